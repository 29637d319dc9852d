//! What the templates of reference delivery methods become inside the cluster: the same as the values that
//! SOPS carries. A reader of the few functions that are used stands for the template engine of Go.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    AuthMethod,
    exports::{
        Consumer, CredentialFacts, DeliveryMethod, ExportFacts, RenderedObject, SecretObject,
        Values, render,
    },
};
use serde_json::Value;

use testkit::export_facts::{every_credential, facts, fields, vault};

/// Evaluates a template; `variable` gives the value of `.name` or of `get .Secrets "name"`.
fn evaluated(template: &str, variable: &dyn Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{ ") {
        text.push_str(before);
        let (action, after) = split_action(after);
        text.push_str(&pipeline(action, variable));
        rest = after;
    }
    text + rest
}

/// Ends at ` }}` outside of strings, as the lexer of text/template does.
fn split_action(text: &str) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted && text[place..].starts_with(" }}") => {
                return (&text[..place], &text[place + 3..]);
            }
            _ => {}
        }
    }
    panic!("an action without an end: {text}");
}

fn pipeline(action: &str, variable: &dyn Fn(&str) -> String) -> String {
    let mut stages = stages(action).into_iter();
    let mut value = first(stages.next().unwrap(), variable);
    for stage in stages {
        value = match stage {
            "b64enc" => STANDARD.encode(value),
            "toJson" => Value::from(value).to_string(),
            other => panic!("an unknown function {other}"),
        };
    }
    value
}

/// What stands between the bars that are in no parentheses and in no string.
fn stages(action: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut start) = (0, false, false, 0);
    let mut stages = Vec::new();
    for (place, c) in action.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            '|' if !quoted && depth == 0 => {
                stages.push(action[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    stages.push(action[start..].trim());
    stages
}

fn first(stage: &str, variable: &dyn Fn(&str) -> String) -> String {
    if let Some(arguments) = stage.strip_prefix("printf \"%s:%s\" (") {
        let (user, password) = arguments.strip_suffix(')').unwrap().split_once(") (").unwrap();
        return format!("{}:{}", pipeline(user, variable), pipeline(password, variable));
    }
    if stage.starts_with('"') {
        return serde_json::from_str(stage).unwrap();
    }
    match stage.strip_prefix("get .Secrets ") {
        Some(name) => variable(name.trim_matches('"')),
        None => variable(stage.strip_prefix('.').unwrap()),
    }
}

/// As it lies in Vault.
fn stored(credential: &CredentialFacts, property: &str) -> String {
    match property {
        "username" => credential.username.clone(),
        "password" => credential.material.as_ref().unwrap().secret().unwrap().expose().to_owned(),
        other => panic!("{other} does not lie in Vault"),
    }
}

/// The secrets that values make, by name.
fn by_values(consumer: Consumer, credential: &CredentialFacts) -> Vec<SecretObject> {
    let facts = facts(credential.clone());
    let rendered = render(&fields(consumer, DeliveryMethod::Sops, &facts), &facts, Values::Carried);
    let objects = rendered.files.into_iter().flat_map(|file| file.objects);
    objects
        .filter_map(|object| match object {
            RenderedObject::Secret(secret) => Some(secret),
            RenderedObject::Open(_) => None,
        })
        .collect()
}

fn by_reference(
    consumer: Consumer,
    carrier: DeliveryMethod,
    credential: &CredentialFacts,
) -> Vec<Value> {
    let facts = facts(credential.clone());
    let rendered = render(&fields(consumer, carrier, &facts), &facts, Values::Carried);
    let objects = rendered.files.into_iter().flat_map(|file| file.objects);
    objects
        .filter_map(|object| match object {
            RenderedObject::Open(value) => Some(value),
            RenderedObject::Secret(_) => None,
        })
        .collect()
}

const CONSUMERS: [Consumer; 6] = [
    Consumer::PullSecret,
    Consumer::ArgoCd,
    Consumer::Flux,
    Consumer::Kargo,
    Consumer::Kyma,
    Consumer::Carvel,
];

#[test]
fn an_external_secret_becomes_the_secret_that_sops_carries() {
    let mut compared = 0;
    for credential in every_credential() {
        for consumer in CONSUMERS {
            let objects = by_reference(consumer, DeliveryMethod::ExternalSecret, &credential);
            for secret in by_values(consumer, &credential) {
                let object = objects
                    .iter()
                    .find(|object| {
                        object["kind"] == "ExternalSecret"
                            && object["metadata"]["name"] == secret.name()
                    })
                    .unwrap_or_else(|| panic!("{consumer:?} {}", credential.name));
                let spec = &object["spec"];
                let variable = |name: &str| {
                    let data = spec["data"].as_array().unwrap();
                    let entry = data.iter().find(|entry| entry["secretKey"] == name).unwrap();
                    assert_eq!(entry["remoteRef"]["key"], credential.path);
                    assert_eq!(entry["remoteRef"]["version"], "3");
                    stored(&credential, entry["remoteRef"]["property"].as_str().unwrap())
                };
                same(
                    &secret,
                    &spec["target"]["template"]["data"],
                    |t| t.as_str().unwrap(),
                    &variable,
                );
                let template = &spec["target"]["template"];
                assert_eq!(template["type"], secret.kind());
                assert_eq!(template["metadata"]["labels"], secret.open()["metadata"]["labels"]);
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn several_credentials_in_one_secret_keep_their_own_values() {
    let all = every_credential();
    let some = |shape| all.iter().find(|credential| credential.shape == shape).unwrap().clone();
    let credentials = vec![
        some(AuthMethod::Password),
        some(AuthMethod::GoogleKeyBase64),
        some(AuthMethod::AcrToken),
        some(AuthMethod::PullToken),
    ];
    let facts = ExportFacts { credentials, repositories: Vec::new(), vault: vault() };
    let one = |carrier| {
        let fields = fields(Consumer::PullSecret, carrier, &facts);
        let files = render(&fields, &facts, Values::Carried).files;
        files.into_iter().flat_map(|file| file.objects).next().unwrap()
    };
    let RenderedObject::Secret(secret) = one(DeliveryMethod::Sops) else { panic!() };
    let RenderedObject::Open(object) = one(DeliveryMethod::ExternalSecret) else { panic!() };
    let variable = |name: &str| {
        let data = object["spec"]["data"].as_array().unwrap();
        let entry = data.iter().find(|entry| entry["secretKey"] == name).unwrap();
        let reference = &entry["remoteRef"];
        let credential = facts.credentials.iter().find(|c| reference["key"] == *c.path).unwrap();
        stored(credential, reference["property"].as_str().unwrap())
    };
    let templates = &object["spec"]["target"]["template"]["data"];
    same(&secret, templates, |text| text.as_str().unwrap(), &variable);
    let (_, config) = secret.values().next().unwrap();
    let config: Value = serde_json::from_str(config).unwrap();
    assert_eq!(config["auths"].as_object().unwrap().len(), 4);
}

#[test]
fn a_vault_static_secret_becomes_the_secret_that_sops_carries() {
    for credential in every_credential() {
        for consumer in CONSUMERS {
            let objects = by_reference(consumer, DeliveryMethod::VaultStaticSecret, &credential);
            for secret in by_values(consumer, &credential) {
                let object = objects
                    .iter()
                    .find(|object| {
                        object["kind"] == "VaultStaticSecret"
                            && object["metadata"]["name"] == secret.name()
                    })
                    .unwrap_or_else(|| panic!("{consumer:?} {}", credential.name));
                let spec = &object["spec"];
                assert_eq!(spec["path"], credential.path);
                assert_eq!((&spec["version"], &spec["mount"]), (&3.into(), &"secret".into()));
                let templates = &spec["destination"]["transformation"]["templates"];
                same(&secret, templates, |t| t["text"].as_str().unwrap(), &|name| {
                    stored(&credential, name)
                });
                let labels = &spec["destination"]["labels"];
                assert_eq!(*labels, secret.open()["metadata"]["labels"]);
            }
        }
    }
}

fn same(
    secret: &SecretObject,
    templates: &Value,
    text: impl Fn(&Value) -> &str,
    variable: &dyn Fn(&str) -> String,
) {
    let templates = templates.as_object().unwrap();
    assert_eq!(templates.len(), secret.values().count());
    for (key, value) in secret.values() {
        assert_eq!(evaluated(text(&templates[key]), variable), value, "{key} of {}", secret.name());
    }
}

#[test]
fn what_is_exchanged_is_made_by_generators_or_left_out() {
    for credential in every_credential() {
        if !credential.shape.is_exchanged() || credential.shape.is_ambient() {
            continue;
        }
        assert!(by_values(Consumer::PullSecret, &credential).is_empty());
        let objects =
            by_reference(Consumer::PullSecret, DeliveryMethod::ExternalSecret, &credential);
        if credential.provider.facts().kind == domain::CredentialKind::Git {
            assert!(objects.is_empty());
            continue;
        }
        let [feed, generator, secret] = objects.as_slice() else {
            panic!("{}: {objects:?}", credential.name)
        };
        assert_eq!(feed["metadata"]["name"], generator["metadata"]["name"]);
        let reference = &secret["spec"]["dataFrom"][0]["sourceRef"]["generatorRef"];
        assert_eq!(reference["kind"], generator["kind"]);
        assert_eq!(reference["name"], generator["metadata"]["name"]);
        if credential.shape == AuthMethod::EcrAccessKey {
            assert_eq!(generator["spec"]["region"], "eu-west-1");
        }
    }
}
