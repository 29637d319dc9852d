//! Keeps how this browser wants its pages, in cookies that hold nothing else.

use app::appearance::{Side, Theme, Zone};
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::Secret;
use http::{HeaderMap, HeaderValue, Uri, header};
use serde::Deserialize;

use super::{
    cookie::{self, SameSite},
    public_url::Transport,
    site::Site,
};

/// A year; a browser that comes back later shows what the system says.
const SECONDS: u64 = 365 * 24 * 60 * 60;

/// What the buttons of the frame send.
#[derive(Deserialize)]
pub(super) struct AppearanceForm {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    side: String,
    #[serde(default)]
    zone: String,
}

/// Keeps what was chosen and leads back to the page, which the browser names: its address may hold what
/// pages do not repeat. What no button sends is passed over.
pub(super) async fn keep(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(wanted): Form<AppearanceForm>,
) -> Response {
    let mut response = Redirect::to(&back(&headers)).into_response();
    let theme = Theme::parse(&wanted.theme).map(|theme| (Theme::COOKIE, theme.as_str()));
    let folded = Side::parse(&wanted.side).map(|side| (Side::COOKIE, side.as_str()));
    let zone = Zone::parse(&wanted.zone).map(|zone| (Zone::COOKIE, zone.as_str()));
    for (name, value) in theme.into_iter().chain(folded).chain(zone) {
        if let Some(cookie) = header_of(site.transport(), name, value) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The page that sent the form, without its host: that is ours, or the form had not come this far.
fn back(headers: &HeaderMap) -> String {
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok());
    let uri = from.and_then(|from| from.parse::<Uri>().ok());
    let path = uri.as_ref().and_then(|uri| uri.path_and_query()).map_or("/", |path| path.as_str());
    app::ours(path, "/").to_owned()
}

fn header_of(transport: Transport, name: &str, value: &str) -> Option<HeaderValue> {
    cookie::header(transport, name, &Secret::new(value.to_owned()), SameSite::Lax, SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_back_to_where_it_came_from() {
        let back = |from: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, HeaderValue::from_static(from));
            back(&headers)
        };
        assert_eq!(back("https://hawser.example/credentials?page=2"), "/credentials?page=2");
        for elsewhere in ["https://hawser.example//evil.example", "about:blank", "", "/\\evil"] {
            assert_eq!(back(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(super::back(&HeaderMap::new()), "/");
    }

    #[test]
    fn a_cookie_goes_over_tls_alone_where_there_is_tls() {
        let text = |transport| {
            let cookie = header_of(transport, Theme::COOKIE, "dark").unwrap();
            cookie.to_str().unwrap().to_owned()
        };
        assert!(
            text(Transport::Encrypted).starts_with("hawser-theme=dark; HttpOnly; SameSite=Lax")
        );
        assert!(text(Transport::Encrypted).ends_with("; Secure"));
        assert!(!text(Transport::Plain).contains("Secure"));
    }
}
