//! External Secrets Operator: an `ExternalSecret` per secret, and the generators that make tokens.
//!
//! Field names: external-secrets/external-secrets `apis/externalsecrets/v1/externalsecret_types.go`,
//! `apis/generators/v1alpha1`. The version is pinned, because a candidate that is only being tested
//! may lie above the one that counts.

use serde_json::{Map, Value, json};

use super::{
    CredentialFacts,
    draft::{Draft, MakerName},
    login::Maker,
    object::put,
    plan::{Part, SecretPlan, Source},
    remark::Remark,
    secret::{Meta, pairs_value},
    template::template,
};

/// How often the operator looks again. The version is pinned, so it only has to mend what somebody
/// changed by hand.
const REFRESH: &str = "1h";
/// How often it makes a new token: often enough for those that live for an hour.
const REFRESH_TOKENS: &str = "30m";

pub(super) fn objects(draft: &mut Draft<'_>, plan: &SecretPlan<'_>) -> Vec<Value> {
    let sources = plan.sources();
    let prefixes = Prefixes(&sources);
    let mut objects = Vec::new();
    let (mut data, mut data_from) = (Vec::new(), Vec::new());
    for source in &sources {
        let credential = source.credential;
        let prefix = prefixes.of(credential, source.made.as_ref());
        let Some(maker) = &source.made else {
            data.extend(stored(credential, &prefix, &plan.used(credential)));
            continue;
        };
        let name = draft.maker_name(credential, maker);
        data_from.push(from_generator(maker, name.text(), &prefix));
        if let MakerName::New(name) = &name {
            draft.warning(Remark::of(credential).say(format!(
                ": the key of the cloud itself is written to the Secret {name}, readable by anyone who can read Secrets in this namespace."
            )));
            objects.extend(made(draft, credential, maker, name, &plan.meta.namespace));
        }
    }
    let named = |credential: &CredentialFacts, part: Part, maker: Option<&Maker>| {
        format!(".{}{}", prefixes.of(credential, maker), variable(part, maker))
    };
    let templates: Map<String, Value> = plan
        .pieces
        .iter()
        .map(|(key, piece)| ((*key).to_owned(), Value::from(template(piece, &named))))
        .collect();
    for source in &sources {
        draft.reads(source.credential);
    }
    let target = Target { meta: &plan.meta, kind: plan.kind, templates, data, data_from };
    objects.push(target.object(draft));
    objects
}

/// What an `ExternalSecret` makes, and from what.
struct Target<'t> {
    meta: &'t Meta,
    kind: &'t str,
    templates: Map<String, Value>,
    data: Vec<Value>,
    data_from: Vec<Value>,
}

impl Target<'_> {
    fn object(self, draft: &Draft<'_>) -> Value {
        let mut of_secret = json!({});
        for (key, pairs) in [("labels", &self.meta.labels), ("annotations", &self.meta.annotations)]
        {
            if !pairs.is_empty() {
                put(&mut of_secret, key, pairs_value(pairs));
            }
        }
        let mut template =
            json!({"engineVersion": "v2", "type": self.kind, "data": self.templates});
        if of_secret.as_object().is_some_and(|fields| !fields.is_empty()) {
            put(&mut template, "metadata", of_secret);
        }
        let settings = &draft.fields.settings;
        let mut spec = json!({
            "refreshInterval": if self.data_from.is_empty() { REFRESH } else { REFRESH_TOKENS },
            "secretStoreRef": {"name": settings.store, "kind": settings.store_kind},
            "target": {"name": self.meta.name, "creationPolicy": "Owner", "template": template},
        });
        if !self.data.is_empty() {
            put(&mut spec, "data", self.data);
        }
        if !self.data_from.is_empty() {
            put(&mut spec, "dataFrom", self.data_from);
        }
        json!({
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": self.meta.without_labels().value(),
            "spec": spec,
        })
    }
}

/// The entries that read what lies in Vault.
fn stored(credential: &CredentialFacts, prefix: &str, parts: &[Part]) -> Vec<Value> {
    let entry = |part: &Part| {
        let property = variable(*part, None);
        json!({
            "secretKey": format!("{prefix}{property}"),
            "remoteRef": {
                "key": credential.path,
                "property": property,
                "version": credential.vault_version.to_string(),
            },
        })
    };
    parts.iter().map(entry).collect()
}

const fn variable(part: Part, maker: Option<&Maker>) -> &'static str {
    match (part, maker) {
        (Part::Username, _) => "username",
        (Part::Password, Some(Maker::Github)) => "token",
        (Part::Password, _) => "password",
    }
}

/// What a maker made, each key with the prefix of its credential.
fn from_generator(maker: &Maker, name: &str, prefix: &str) -> Value {
    let mut from = json!({"sourceRef": {"generatorRef": {
        "apiVersion": GENERATORS, "kind": kind(maker), "name": name,
    }}});
    if !prefix.is_empty() {
        put(
            &mut from,
            "rewrite",
            json!([{"regexp": {"source": "^(.*)$", "target": format!("{prefix}$1")}}]),
        );
    }
    from
}

const GENERATORS: &str = "generators.external-secrets.io/v1alpha1";

const fn kind(maker: &Maker) -> &'static str {
    match maker {
        Maker::Ecr(_) | Maker::EcrPublic => "ECRAuthorizationToken",
        Maker::Google => "GCRAccessToken",
        Maker::Acr(_) => "ACRAccessToken",
        Maker::Github => "GithubAccessToken",
    }
}

/// The generator of a credential, and the `ExternalSecret` that feeds it what lies in Vault.
fn made(
    draft: &Draft<'_>,
    credential: &CredentialFacts,
    maker: &Maker,
    name: &str,
    namespace: &str,
) -> [Value; 2] {
    let meta = Meta { name: name.to_owned(), namespace: namespace.to_owned(), ..Meta::default() };
    let (key, spec) = generator(credential, maker, name);
    let mut templates = Map::new();
    templates.insert(key.to_owned(), Value::from("{{ .password }}"));
    let mut data = stored(credential, "", &[Part::Password]);
    if matches!(maker, Maker::Ecr(_) | Maker::EcrPublic | Maker::Acr(_)) {
        templates.insert("username".to_owned(), Value::from("{{ .username }}"));
        data.extend(stored(credential, "", &[Part::Username]));
    }
    let feed = Target { meta: &meta, kind: "Opaque", templates, data, data_from: Vec::new() };
    let feed = feed.object(draft);
    let generator = json!({
        "apiVersion": GENERATORS, "kind": kind(maker), "metadata": meta.value(), "spec": spec,
    });
    [feed, generator]
}

/// The key under which a generator reads the stored secret, and its `spec`.
fn generator(credential: &CredentialFacts, maker: &Maker, name: &str) -> (&'static str, Value) {
    let key = |key: &str| json!({"name": name, "key": key});
    let aws = |region: &str, scope: &str| {
        json!({
            "region": region,
            "scope": scope,
            "auth": {"secretRef": {
                "accessKeyIDSecretRef": key("username"),
                "secretAccessKeySecretRef": key("password"),
            }},
        })
    };
    match maker {
        Maker::Ecr(region) => ("password", aws(region, "private")),
        // ECR Public answers in this region only
        // (docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html).
        Maker::EcrPublic => ("password", aws("us-east-1", "public")),
        Maker::Google => (
            "key.json",
            json!({
                "projectID": google_project(&credential.username),
                "auth": {"secretRef": {"secretAccessKeySecretRef": key("key.json")}},
            }),
        ),
        Maker::Acr(registry) => (
            "password",
            json!({
                "registry": registry,
                "tenantId": credential.parameters.tenant,
                "environmentType": azure_cloud(registry),
                "auth": {"servicePrincipal": {"secretRef": {
                    "clientId": key("username"), "clientSecret": key("password"),
                }}},
            }),
        ),
        Maker::Github => {
            let mut spec = json!({
                "appID": credential.username,
                "installID": credential.parameters.installation,
                "auth": {"privateKey": {"secretRef": key("key.pem")}},
            });
            let repositories: Vec<&str> = credential
                .parameters
                .repositories
                .split([',', '\n', '\r', ' ', '\t'])
                .filter(|name| !name.is_empty())
                .collect();
            if !repositories.is_empty() {
                put(&mut spec, "repositories", json!(repositories));
            }
            ("key.pem", spec)
        }
    }
}

/// The project of `name@PROJECT.iam.gserviceaccount.com`.
fn google_project(service_account: &str) -> &str {
    let host = service_account.split_once('@').map_or("", |(_, host)| host);
    host.strip_suffix(".iam.gserviceaccount.com").unwrap_or_default()
}

fn azure_cloud(registry: &str) -> &'static str {
    match registry.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("cn") => "ChinaCloud",
        Some("us") => "USGovernmentCloud",
        Some("de") => "GermanCloud",
        _ => "PublicCloud",
    }
}

/// What stands before the variables of each source: nothing when there is one only.
struct Prefixes<'s, 'a>(&'s [Source<'a>]);

impl Prefixes<'_, '_> {
    fn of(&self, credential: &CredentialFacts, made: Option<&Maker>) -> String {
        match self.0.iter().position(|source| source.is(credential, made)) {
            Some(place) if self.0.len() > 1 => format!("c{}_", place + 1),
            _ => String::new(),
        }
    }
}
