//! Rights that a login has beyond reading.

use domain::{Secret, UnverifiedClaims};
use serde::Deserialize;

use super::{challenge::Challenge, scope::Scope, session::Session};
use egress::lenient;

/// The claims of the tokens of the distribution project (distribution/distribution,
/// `docs/content/spec/auth/jwt.md`).
#[derive(Deserialize)]
struct Claims {
    #[serde(default, deserialize_with = "lenient::list")]
    access: Vec<Access>,
}

#[derive(Deserialize)]
struct Access {
    #[serde(rename = "type", default, deserialize_with = "lenient::text")]
    kind: String,
    #[serde(default, deserialize_with = "lenient::texts")]
    actions: Vec<String>,
}

/// Actions that change something.
const CHANGING: [&str; 3] = ["push", "delete", "*"];

impl Session<'_> {
    /// Asks for a token to push, which is thrown away at once, and reads what the registry put into
    /// it: a token service gives what the account may have of what was asked. Opaque tokens tell
    /// nothing.
    pub(super) async fn excess(&self, repository: &str) -> Vec<String> {
        let Some(Challenge::Bearer { realm, service }) = self.challenge() else {
            return Vec::new();
        };
        if !self.has_login() {
            return Vec::new();
        }
        let scope = Scope::push(repository);
        match self.grant(&realm, &service, &scope).await {
            Ok(granted) => in_token(&granted.token),
            Err(_) => Vec::new(),
        }
    }
}

fn in_token(token: &Secret) -> Vec<String> {
    let Some(claims) = UnverifiedClaims::of(token).and_then(|c| c.read::<Claims>()) else {
        return Vec::new();
    };
    let granted = |action: &str| {
        claims.access.iter().any(|access| {
            access.kind == "repository" && access.actions.iter().any(|given| given == action)
        })
    };
    CHANGING.into_iter().filter(|action| granted(action)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn rights(claims: &str) -> Vec<String> {
        in_token(&Secret::new(format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))))
    }

    #[test]
    fn only_changing_rights_to_repositories_are_told() {
        let access = |actions: &str| {
            rights(&format!(
                r#"{{"access":[7,{{"type":"repository","name":["a/b"],"actions":{actions}}}]}}"#
            ))
        };
        assert_eq!(access(r#"["pull"]"#), Vec::<String>::new());
        assert_eq!(access(r#"["pull","push"]"#), ["push"]);
        assert_eq!(access(r#"["delete","*","push"]"#), ["push", "delete", "*"]);
        let catalog = r#"{"access":[{"type":"registry","name":"catalog","actions":["*"]}]}"#;
        assert!(rights(catalog).is_empty());
        for other in ["{}", r#"{"access":{}}"#, r#"{"access":[{}]}"#, "x"] {
            assert!(rights(other).is_empty(), "{other}");
        }
        assert!(in_token(&Secret::new("opaque".to_owned())).is_empty());
    }
}
