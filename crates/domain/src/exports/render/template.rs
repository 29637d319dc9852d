//! Go templates that put a secret together inside the cluster (pkg.go.dev/text/template, with the
//! functions `b64enc`, `printf` and `toJson` of Masterminds/sprig, which both operators have).

use super::{
    CredentialFacts,
    login::{Form, Maker},
    plan::{Opened, Part, Piece},
};

/// How a template names a part of a credential: by what lies in Vault, or by what a maker made.
pub(super) type Named<'f> = &'f dyn Fn(&CredentialFacts, Part, Option<&Maker>) -> String;

/// The template of a piece.
pub(super) fn template(piece: &Piece<'_>, named: Named<'_>) -> String {
    match piece {
        Piece::Text(text) => literal(text),
        Piece::Stored(credential, part, Form::AsIs) => action(&named(credential, *part, None)),
        Piece::Stored(credential, part, Form::Base64) => {
            action(&format!("{} | b64enc", named(credential, *part, None)))
        }
        Piece::Shown(opened, part) => match (part, opened.fixed_user()) {
            (Part::Username, Some(name)) => literal(name),
            _ => action(&shown(opened, *part, named)),
        },
        Piece::DockerConfig(auths) => docker_config(auths, named),
    }
}

fn docker_config(auths: &[(String, Opened<'_>)], named: Named<'_>) -> String {
    let entries: Vec<String> = auths
        .iter()
        .map(|(server, opened)| {
            let user = shown(opened, Part::Username, named);
            let password = shown(opened, Part::Password, named);
            let user_json = action(&format!("{user} | toJson"));
            let password_json = action(&format!("{password} | toJson"));
            let auth = action(&format!("printf \"%s:%s\" ({user}) ({password}) | b64enc | toJson"));
            let server = literal(&json(server));
            format!(
                "{server}:{{\"username\":{user_json},\"password\":{password_json},\"auth\":{auth}}}"
            )
        })
        .collect();
    format!("{{\"auths\":{{{}}}}}", entries.join(","))
}

/// The pipeline of a part as the registry is shown it.
fn shown(opened: &Opened<'_>, part: Part, named: Named<'_>) -> String {
    if let (Part::Username, Some(name)) = (part, opened.fixed_user()) {
        return go_string(name);
    }
    let pipeline = named(opened.credential, part, opened.maker());
    match (part, opened.form()) {
        (Part::Password, Form::Base64) => format!("{pipeline} | b64enc"),
        _ => pipeline,
    }
}

fn action(pipeline: &str) -> String {
    format!("{{{{ {pipeline} }}}}")
}

/// A text that the template engine copies as it is.
pub(super) fn literal(text: &str) -> String {
    if text.contains("{{") { action(&go_string(text)) } else { text.to_owned() }
}

/// A string of Go, which escapes as JSON does, but for `\/` and surrogates, which serde does not
/// write.
fn go_string(text: &str) -> String {
    json(text)
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_a_text_are_not_interpreted() {
        assert_eq!(literal("robot$a+b"), "robot$a+b");
        assert_eq!(literal("{{ .password }}"), r#"{{ "{{ .password }}" }}"#);
        assert_eq!(literal("a\"{{\\"), r#"{{ "a\"{{\\" }}"#);
    }
}
