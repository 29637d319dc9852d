//! How pages look in this browser: the theme, the side bar and the time zone, kept in cookies so that the first byte of a
//! page is right.

use http::{HeaderMap, header};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// In which zone exact times are told. Without a script it is UTC: only the browser knows its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Zone {
    /// That of the browser.
    #[default]
    Browser,
    /// Coordinated universal time.
    Utc,
}

/// How wide the side bar is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Side {
    /// Icons with their names.
    #[default]
    Wide,
    /// Icons alone.
    Narrow,
}

domain::spelled!(Theme);
domain::spelled!(Side);
domain::spelled!(Zone);

impl Theme {
    /// The cookie it is kept in.
    pub const COOKIE: &'static str = "hawser-theme";

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

impl Zone {
    /// The cookie it is kept in.
    pub const COOKIE: &'static str = "hawser-zone";

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Browser => "Local",
            Self::Utc => "UTC",
        }
    }
}

impl Side {
    /// The cookie it is kept in.
    pub const COOKIE: &'static str = "hawser-side";
}

/// How this browser wants its pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appearance {
    /// Light or dark.
    pub theme: Theme,
    /// How wide the side bar is.
    pub side: Side,
    /// In which zone exact times are told.
    pub zone: Zone,
}

impl Appearance {
    /// What the cookies of a request say.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter();
        let pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='));
        let mut found = Self::default();
        for (name, value) in pairs {
            match name {
                Theme::COOKIE => found.theme = Theme::parse(value).unwrap_or_default(),
                Side::COOKIE => found.side = Side::parse(value).unwrap_or_default(),
                Zone::COOKIE => found.zone = Zone::parse(value).unwrap_or_default(),
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn cookies_say_it_and_anything_else_is_the_default() {
        let of = |cookies: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, HeaderValue::from_static(cookies));
            Appearance::of(&headers)
        };
        let dark = Appearance { theme: Theme::Dark, side: Side::Narrow, zone: Zone::Utc };
        assert_eq!(of("a=b; hawser-theme=dark; hawser-side=narrow; hawser-zone=utc"), dark);
        assert_eq!(of("hawser-theme=\"><script>; hawser-side=1"), Appearance::default());
        assert_eq!(Appearance::of(&HeaderMap::new()), Appearance::default());
    }
}
