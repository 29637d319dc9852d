//! Credentials of every auth method, repositories that use them, and exports of every kind.

use domain::{
    AuthMethod, CredentialId, CredentialKind, Name, Provider, RepositoryId, Secret,
    credentials::{AllowedAddresses, OauthTokens, Parameters, PatternKind, Route, SecretMaterial},
    exports::{
        Consumer, CredentialFacts, DeliveryMethod, ExportFacts, ExportFields, ExportForm,
        ExportSettings, KnownChart, RepositoryFacts, Selects, VaultFacts,
    },
    repositories::{ChartPlace, RepositoryKind, Transport},
};
use uuid::Uuid;

/// Stands in every secret value.
pub const CANARY: &str = "canary7Qx";

pub const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

/// An id that is the same in every run.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0192_a3f4_7c1e_7b6a_9a3e_0000_0000_0000 + number)
}

pub fn credential(
    number: u128,
    name: &str,
    provider: Provider,
    shape: AuthMethod,
) -> CredentialFacts {
    let kind = provider.facts().kind;
    let mut credential = CredentialFacts {
        id: CredentialId::from(id(number)),
        name: name.into(),
        provider,
        shape,
        username: username(shape).into(),
        parameters: Parameters {
            account: "123456789012".into(),
            tenant: "acme.example".into(),
            installation: "42".into(),
            gcp_project: "acme-prod".into(),
            certificate: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".into(),
            ..Parameters::default()
        }
        .of(shape),
        purposes: provider.purposes().to_vec(),
        pattern: String::new(),
        pattern_kind: PatternKind::None,
        path: format!("orgs/{}/credentials/{}", id(0), id(number)),
        vault_version: 3,
        addresses: Vec::new(),
        is_shared: false,
        allowed: allowed(provider),
        material: None,
    };
    if kind == CredentialKind::Git {
        credential.pattern = "https://github.com/acme/gitops".into();
        credential.pattern_kind = PatternKind::Exact;
    } else {
        credential.addresses.push(address(provider).into());
    }
    credential
}

/// All addresses of the tests are allowed; what becomes of others is told in `allowed`.
fn allowed(provider: Provider) -> AllowedAddresses {
    let hosts = [
        "https://ghcr.io:443",
        "https://europe-docker.pkg.dev:443",
        "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com:443",
        "https://public.ecr.aws:443",
        "https://acme.azurecr.io:443",
        "https://docker.io:443",
        "https://registry-1.docker.io:443",
        "https://cgr.dev:443",
        "https://charts.example.com:443",
        "http://charts.example.com:80",
        "http://charts.example:80",
        "https://registry.example:5000",
        "https://a.example:443",
        "https://b.example:5000",
        "https://g:443",
        "https://h:443",
        "https://h:8443",
        "https://h.evil:443",
    ];
    AllowedAddresses::new(provider, hosts.map(|origin| (origin.to_owned(), Route::default())))
}

const fn address(provider: Provider) -> &'static str {
    match provider {
        Provider::GoogleArtifactRegistry => "oci://europe-docker.pkg.dev/acme/charts",
        Provider::AmazonEcr => "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts",
        Provider::AmazonEcrPublic => "oci://public.ecr.aws/acme",
        Provider::AzureAcr => "oci://acme.azurecr.io/helm",
        Provider::DockerHub => "oci://registry-1.docker.io/acme",
        Provider::Chainguard => "oci://cgr.dev/acme/charts",
        Provider::GenericRegistry => "https://charts.example.com/stable",
        _ => "oci://ghcr.io/acme/charts",
    }
}

const fn username(shape: AuthMethod) -> &'static str {
    match shape {
        AuthMethod::EcrAccessKey | AuthMethod::EcrPublicAccessKey => "AKIAIOSFODNN7EXAMPLE",
        AuthMethod::GoogleKey | AuthMethod::GoogleKeyBase64 | AuthMethod::GoogleKeyExchange => {
            "hawser@acme-prod.iam.gserviceaccount.com"
        }
        AuthMethod::GithubApp => "123456",
        AuthMethod::ClientCertificate
        | AuthMethod::Kubeconfig
        | AuthMethod::EcrRole
        | AuthMethod::GoogleWorkload
        | AuthMethod::GithubOauth
        | AuthMethod::GithubInstallation => "",
        _ => "robot$acme+{{ .x }}\"'\\ü",
    }
}

/// The content of a credential; every secret in it holds the canary and what needs escaping.
pub fn material(credential: &CredentialFacts) -> SecretMaterial {
    let password = match credential.shape {
        AuthMethod::GoogleKey | AuthMethod::GoogleKeyBase64 | AuthMethod::GoogleKeyExchange => {
            format!(
                "{{\"type\":\"service_account\",\"project_id\":\"acme-prod\",\"private_key_id\":\"1\",\n\"private_key\":\"-----BEGIN PRIVATE KEY-----\\n{CANARY}\\n-----END PRIVATE KEY-----\\n\",\"client_email\":\"{}\"}}",
                credential.username
            )
        }
        AuthMethod::ClientCertificate | AuthMethod::GithubApp => {
            format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n")
        }
        AuthMethod::GithubOauth => {
            let access = Secret::new(format!("gho_{CANARY}"));
            OauthTokens::new(access, Secret::default(), None).json.expose().to_owned()
        }
        AuthMethod::Kubeconfig => format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: prod\n\
             clusters:\n- name: c\n  cluster: {{server: \"https://api.example.com:6443\"}}\n\
             contexts:\n- name: prod\n  context: {{cluster: c, user: hawser}}\n\
             users:\n- name: hawser\n  user: {{token: {CANARY}}}\n"
        ),
        _ => format!("{CANARY}\"'\\ü{{{{ .x }}}}: no"),
    };
    let shape = credential.shape;
    SecretMaterial::parse(
        shape,
        &credential.username,
        Secret::new(password),
        &credential.parameters,
    )
    .unwrap_or_else(|problems| panic!("{shape:?}: {problems:?}"))
}

/// A credential for every auth method of every provider, with its content.
pub fn every_credential() -> Vec<CredentialFacts> {
    let mut shapes: Vec<(Provider, AuthMethod)> = Provider::ALL
        .into_iter()
        .flat_map(|provider| provider.facts().shapes.iter().map(move |shape| (provider, *shape)))
        .collect();
    shapes.push((Provider::Github, AuthMethod::GithubOauth));
    shapes.push((Provider::Github, AuthMethod::GithubInstallation));
    (1..)
        .zip(shapes)
        .map(|(number, (provider, shape))| {
            let name = format!("{} {}", provider.facts().label, shape.as_str());
            let mut credential = credential(number, &name, provider, shape);
            credential.material = Some(material(&credential));
            credential
        })
        .collect()
}

pub fn repository(number: u128, url: &str, credential: Option<CredentialId>) -> RepositoryFacts {
    let oci = url.starts_with("oci://");
    RepositoryFacts {
        id: RepositoryId::from(id(number)),
        name: url.split_once("://").unwrap().1.replace(['/', '.'], "-"),
        kind: if oci { RepositoryKind::Oci } else { RepositoryKind::Helm },
        url: url.into(),
        transport: Transport::Tls,
        ca: String::new(),
        credential,
        interval_seconds: 900,
        charts: Vec::new(),
        only: None,
        archives: Vec::new(),
    }
}

/// A chart that the last sync found, whose newest version lies at `archive`.
pub fn known(repository: &RepositoryFacts, name: &str, archive: Option<&str>) -> KnownChart {
    let place = ChartPlace::of(repository.kind, &repository.url, name, archive);
    KnownChart { name: name.into(), place }
}

/// All facts about one credential: a repository of each kind is linked to it.
pub fn facts(credential: CredentialFacts) -> ExportFacts {
    let id = Some(credential.id);
    let mut repositories = vec![repository(901, "https://charts.example.com/private", id)];
    if let Some(address) = credential.addresses.first() {
        repositories.push(repository(902, address, id));
    }
    if let Some(first) = repositories.first_mut() {
        first.ca = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".into();
    }
    ExportFacts { credentials: vec![credential], repositories, vault: vault() }
}

pub fn vault() -> VaultFacts {
    VaultFacts { mount: "secret".into(), namespace: "platform".into() }
}

/// The form of an export about everything in `facts`, filled in as far as it has to be.
pub fn fields(consumer: Consumer, carrier: DeliveryMethod, facts: &ExportFacts) -> ExportFields {
    asking(consumer, carrier, facts, "web@>=1.2.0 <2.0.0, team/api")
}

/// As [`fields`], with these charts.
pub fn asking(
    consumer: Consumer,
    carrier: DeliveryMethod,
    facts: &ExportFacts,
    charts: &str,
) -> ExportFields {
    let credentials = facts.credentials.iter().map(|credential| credential.id.to_string());
    let repositories = facts.repositories.iter().map(|repository| repository.id.to_string());
    let of = |selects: Selects, ids: Vec<String>| {
        if consumer.facts().selects == selects { ids } else { Vec::new() }
    };
    let form = ExportForm {
        name: "Prod cluster".into(),
        consumer: consumer.as_str().into(),
        carrier: carrier.as_str().into(),
        credentials: of(Selects::Credentials, credentials.collect()),
        repositories: of(Selects::Repositories, repositories.collect()),
        settings: ExportSettings {
            namespace: "team-a".into(),
            label: "test-operator".into(),
            to_namespaces: "dev, staging".into(),
            package: "ghcr.io/acme/packages:1.0.0".into(),
            packages: "prometheus.example.com@2.x, a.b.c".into(),
            service_account: "installer".into(),
            charts: charts.into(),
            recipients: RECIPIENT.into(),
            ..ExportSettings::default()
        },
        ..ExportForm::default()
    };
    let parsed =
        form.parse().unwrap_or_else(|error| panic!("{consumer:?} by {carrier:?}: {error:?}"));
    let patterns = facts.credentials.iter().map(|one| (one.id, one.pattern.clone()));
    ExportFields { agreed: patterns.collect(), ..parsed }
}

/// As [`fields`], with a name that is an object's name already.
pub fn named(consumer: Consumer, carrier: DeliveryMethod, facts: &ExportFacts) -> ExportFields {
    ExportFields { name: Name::parse("prod").unwrap(), ..fields(consumer, carrier, facts) }
}

/// Every consumer with every delivery method it has.
pub fn pairs() -> impl Iterator<Item = (Consumer, DeliveryMethod)> {
    Consumer::ALL.into_iter().flat_map(|consumer| {
        consumer.facts().carriers.iter().map(move |carrier| (consumer, *carrier))
    })
}
