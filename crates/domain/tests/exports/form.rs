//! The form of an export.

use domain::{
    Field, ServiceError,
    exports::{Consumer, DeliveryMethod, ExportForm, ExportSettings},
};

use testkit::export_facts::{RECIPIENT, id};

fn form(consumer: &str, carrier: &str) -> ExportForm {
    ExportForm {
        name: " prod ".into(),
        consumer: consumer.into(),
        carrier: carrier.into(),
        credentials: vec![id(1).to_string(), id(1).to_string(), String::new()],
        repositories: vec![id(2).to_string()],
        ..ExportForm::default()
    }
}

fn problems(form: &ExportForm) -> Vec<Field> {
    match form.parse() {
        Err(ServiceError::Invalid(problems)) => {
            problems.iter().map(|problem| problem.field).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_asked_for_is_emptied_and_what_is_not_typed_is_usual() {
    let mut form = form("pull_secret", "external_secret");
    form.settings.argo_project = "x".into();
    form.settings.recipients = RECIPIENT.into();
    form.settings.service_accounts = "a, b,, a".into();
    let fields = form.parse().unwrap();
    assert_eq!((fields.name.as_str(), fields.consumer), ("prod", Consumer::PullSecret));
    assert_eq!((fields.credentials.len(), fields.repositories.len()), (1, 0));
    let settings = ExportSettings {
        namespace: "default".into(),
        service_accounts: "a,b".into(),
        store: "hawser".into(),
        store_kind: "ClusterSecretStore".into(),
        ..ExportSettings::default()
    };
    assert_eq!(fields.settings, settings);
    let fields = self::form("argo_cd", "vault_static_secret").parse().unwrap();
    assert_eq!((fields.credentials.len(), fields.repositories.len()), (0, 1));
    assert_eq!(fields.settings.namespace, "argocd");
    assert_eq!(fields.settings.template, "repository");
}

#[test]
fn a_consumer_without_secrets_has_no_carrier_to_choose() {
    assert_eq!(form("helm", "").parse().unwrap().carrier, DeliveryMethod::None);
    assert_eq!(form("helm", "sops").parse().unwrap().carrier, DeliveryMethod::None);
    assert_eq!(problems(&form("flux", "none")), [Field::Carrier]);
    assert_eq!(problems(&form("flux", "")), [Field::Carrier]);
}

#[test]
fn all_problems_are_told_at_once() {
    let empty = ExportForm { consumer: "kyma".into(), ..ExportForm::default() };
    assert_eq!(problems(&empty), [Field::Name, Field::Carrier, Field::Credentials]);
    assert_eq!(problems(&ExportForm::default()), [Field::Name, Field::Consumer]);
    let mut form = form("carvel", "sops");
    form.credentials = vec!["x".into()];
    form.settings.namespace = "Team".into();
    form.settings.secret_name = "a_b".into();
    form.settings.package = "https://x/y".into();
    form.settings.recipients = "age1x".into();
    assert_eq!(
        problems(&form),
        [
            Field::Credentials,
            Field::Namespace,
            Field::SecretName,
            Field::ToNamespaces,
            Field::Package,
            Field::Recipients
        ]
    );
}

#[test]
fn each_setting_keeps_to_the_names_of_kubernetes() {
    type Set = fn(&mut ExportSettings) -> &mut String;
    type Row<'r> = (&'r str, &'r str, Set, &'r [&'r str], &'r [&'r str]);
    let long = "a".repeat(64);
    let labels = ["", "a--", "-a", "A", "a.b", "a b", "ä", long.as_str()];
    let rows: [Row<'_>; 13] = [
        ("flux", "sops", |s| &mut s.namespace, &["a", "team-1", "0"], labels.get(1..).unwrap()),
        ("kyma", "sops", |s| &mut s.label, &["a", "Test_1.x", "A"], &["", "-a", "a/b", &long]),
        (
            "kyma",
            "sops",
            |s| &mut s.registry,
            &["", "ghcr.io", "a.example:5000"],
            &["ghcr.io/acme", "a b", "ftp://a", "u@a.example"],
        ),
        ("pull_secret", "sops", |s| &mut s.secret_name, &["", "a.b-c"], &["a..b", ".a", "A"]),
        ("carvel", "sops", |s| &mut s.to_namespaces, &["*", "a, b"], &["", "A", "a,*", "**"]),
        (
            "carvel",
            "sops",
            |s| &mut s.package,
            &["", "my-pkg.example", "r.io/a:1"],
            &["A b", "/a", "a/b c"],
        ),
        ("flux", "external_secret", |s| &mut s.store, &["", "a.b"], &["a/b", "A"]),
        ("flux", "vault_static_secret", |s| &mut s.store, &["a", "ns/a"], &["a/b/c", "/a", "A/b"]),
        ("flux", "external_secret", |s| &mut s.store_kind, &["SecretStore"], &["secretstore"]),
        ("argo_cd", "sops", |s| &mut s.template, &["", "template"], &["x"]),
        (
            "flux",
            "sops",
            |s| &mut s.charts,
            &["", "web", "web@^1.2, team/api\nb@>=1 <2"],
            &["Web", "../web", "web@", "web@latest", "a b", "oci://a/b"],
        ),
        (
            "carvel",
            "sops",
            |s| &mut s.packages,
            &["", "a.b.c", "a.b.c@1.x, d.e.f@>=1.0.0 <2.0.0"],
            &["a", "a.b", "A.b.c", "a.b.c@~1", "a.b.c@>=1"],
        ),
        ("carvel", "sops", |s| &mut s.service_account, &["a", "a.b"], &["A", "a/b", "a,b"]),
    ];
    for (consumer, carrier, set, good, bad) in rows {
        for (texts, fine) in [(good, true), (bad, false)] {
            for text in texts {
                let mut form = form(consumer, carrier);
                form.settings.label = "a".into();
                form.settings.to_namespaces = "a".into();
                form.settings.service_account = "a".into();
                form.settings.recipients = RECIPIENT.into();
                *set(&mut form.settings) = (*text).into();
                assert_eq!(form.parse().is_ok(), fine, "{consumer} {carrier} {text:?}");
            }
        }
    }
}

#[test]
fn all_namespaces_stand_alone() {
    let mut form = form("carvel", "sops");
    form.settings.recipients = RECIPIENT.into();
    form.settings.to_namespaces = "*, team".into();
    let refused = form.parse().unwrap_err();
    let problem = refused.problem_of(Field::ToNamespaces).unwrap();
    assert!(problem.contains("stands alone"), "{problem}");
}

#[test]
fn packages_need_somebody_who_installs_them() {
    let mut form = form("carvel", "sops");
    form.settings.to_namespaces = "a".into();
    form.settings.recipients = RECIPIENT.into();
    assert!(form.parse().is_ok());
    form.settings.packages = "a.b.c".into();
    assert_eq!(problems(&form), [Field::ServiceAccount]);
    form.settings.service_account = "A".into();
    assert_eq!(problems(&form), [Field::ServiceAccount]);
    form.settings.service_account = "installer".into();
    let settings = form.parse().unwrap().settings;
    assert_eq!(
        (settings.packages.as_str(), settings.service_account.as_str()),
        ("a.b.c", "installer")
    );
}

#[test]
fn x21_recipients_are_read_as_their_tools_print_them() {
    const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
    let read = |text: &str| {
        let mut form = form("flux", "sops");
        form.settings.recipients = text.into();
        form.parse().map(|fields| fields.settings.recipients)
    };
    for text in [
        format!("# created: 2026-11-30T10:00:00Z\r\n# public key: {RECIPIENT}\r\n"),
        format!("Public key: {RECIPIENT}"),
        format!("# the cluster\n\n{RECIPIENT} # prod\n#{OTHER}"),
        format!("- {RECIPIENT}"),
        format!("  \"{RECIPIENT}\",\n"),
    ] {
        assert_eq!(read(&text).as_deref(), Ok(RECIPIENT), "{text}");
    }
    for both in [format!("{RECIPIENT},{OTHER}"), format!("# Public Key: {RECIPIENT}\n- {OTHER}")] {
        assert_eq!(read(&both), Ok(format!("{RECIPIENT}\n{OTHER}")), "{both}");
    }
    // A whole key file has the secret key too, which nobody should paste.
    let file = format!("# public key: {RECIPIENT}\nAGE-SECRET-KEY-1CANARY\n");
    let refused = read(&file).unwrap_err();
    let problem = refused.problem_of(Field::Recipients).unwrap();
    assert!(problem.contains("secret key") && !problem.contains("CANARY"), "{problem}");
    for bad in ["# nothing but a comment", "public key: nonsense", "age1x # comment"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn recipients_are_kept_once_a_line() {
    let mut form = form("flux", "sops");
    form.settings.recipients = format!("\n {RECIPIENT} \n\n{}\n", RECIPIENT.to_uppercase());
    let settings = form.parse().unwrap().settings;
    assert_eq!(settings.recipients, RECIPIENT);
    assert_eq!(settings.recipients()[0].to_string(), RECIPIENT);
    form.settings.recipients = String::new();
    assert_eq!(problems(&form), [Field::Recipients]);
}
