use super::*;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n";

fn file(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\npreferences: {{}}\ncurrent-context: prod\n\
         clusters:\n- name: c\n  cluster:\n    {cluster}\n\
         contexts:\n- name: prod\n  context: {{cluster: c, user: hawser, namespace: team-a}}\n\
         users:\n- name: hawser\n  user:\n    {user}\n"
    )
}

fn parsed(text: &str) -> Result<Kubeconfig, FieldProblem> {
    Kubeconfig::parse(Secret::new(text.to_owned()))
}

fn refused(text: &str) -> String {
    let problem = parsed(text).unwrap_err();
    assert_eq!(problem.field, Field::Password);
    assert!(!problem.message.contains("canary"), "{}", problem.message);
    problem.message
}

const SERVER: &str = "server: https://api.example.com:6443";

#[test]
fn each_way_to_log_in_is_read() {
    let authority = STANDARD.encode(CERTIFICATE);
    let cluster =
        format!("{SERVER}\n    certificate-authority-data: {authority}\n    extensions: []");
    let read = parsed(&file(&cluster, "token: canary.x.y")).unwrap();
    assert_eq!(read.server.as_str(), "https://api.example.com:6443/");
    assert_eq!((read.authority.as_str(), read.user.as_str()), (CERTIFICATE, "hawser"));
    assert_eq!(read.namespace, "team-a");
    assert!(matches!(&read.login, ClusterLogin::Token(token) if *token == "canary.x.y"));
    assert!(!format!("{read:?}").contains("canary"));

    let (certificate, key) = (STANDARD.encode(CERTIFICATE), STANDARD.encode(KEY));
    let user = format!("client-certificate-data: {certificate}\n    client-key-data: {key}");
    let read = parsed(&file(SERVER, &user)).unwrap();
    assert_eq!(read.authority, "");
    let ClusterLogin::Certificate { certificate, key } = &read.login else { panic!("{read:?}") };
    assert_eq!((certificate.as_str(), key), (CERTIFICATE, &crate::Secret::new(KEY.to_owned())));

    let read = parsed(&file(SERVER, "username: u\n    password: canary")).unwrap();
    assert!(matches!(read.login, ClusterLogin::Password { .. }));
    let json = "{\"kind\":\"Config\",\"current-context\":\"p\",\
        \"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://a/k8s/clusters/c-1\"}}],\
        \"contexts\":[{\"name\":\"p\",\"context\":{\"cluster\":\"c\",\"user\":\"u\"}}],\
        \"users\":[{\"name\":\"u\",\"user\":{\"token\":\"t\"}}]}";
    assert_eq!(parsed(json).unwrap().server.path(), "/k8s/clusters/c-1");
}

#[test]
fn nothing_that_runs_programs_or_reads_this_disk_is_taken() {
    for (user, said) in [
        ("exec: {command: /bin/sh, args: [canary]}", "runs none"),
        ("auth-provider: {name: gcp}", "runs none"),
        ("tokenFile: /etc/canary", "is a path"),
        ("token: canary\n    tokenFile: /etc/canary", "is a path"),
        ("client-certificate: /etc/canary", "is a path"),
        ("client-key: /etc/canary", "is a path"),
        ("token: canary\n    as: admin", "impersonation"),
        ("token: canary\n    as-groups: [system:masters]", "impersonation"),
        ("token: canary\n    as-uid: '1'", "impersonation"),
        ("token: canary\n    as-user-extra: {a: [b]}", "impersonation"),
        ("token: canary\n    newKey: canary", "documented format"),
        ("token: canary\n    username: u\n    password: canary", "two ways"),
        ("token: \"canary\\ncanary\"", "no token has"),
        ("username: u", "neither"),
        ("{}", "neither"),
        ("client-certificate-data: canary\n    client-key-data: canary", "in base64"),
    ] {
        let message = refused(&file(SERVER, user));
        assert!(message.contains(said), "{user}: {message}");
    }
    for (cluster, said) in [
        ("server: http://api.example.com", "https address"),
        ("server: file:///etc/canary", "https address"),
        ("server: https://u:canary@api.example.com", "no user"),
        ("server: https://api.example.com/?a=canary", "no user"),
        ("server: https://a\n    insecure-skip-tls-verify: true", "Only the operator"),
        ("server: https://a\n    proxy-url: http://canary", "the operator's to say"),
        ("server: https://a\n    tls-server-name: canary", "tls-server-name"),
        ("server: https://a\n    certificate-authority: /etc/canary", "is a path"),
        ("server: https://a\n    certificate-authority-data: canary", "in base64"),
        ("server: https://a\n    unknown: canary", "documented format"),
    ] {
        let message = refused(&file(cluster, "token: canary"));
        assert!(message.contains(said), "{cluster}: {message}");
    }
}

#[test]
fn a_file_is_small_and_says_one_thing() {
    let good = file(SERVER, "token: canary");
    assert!(parsed(&good).is_ok());
    assert!(refused(&good.replace("current-context: prod", "")).contains("current-context"));
    assert!(refused(&good.replace("user: hawser,", "user: other,")).contains("has to name"));
    let two = format!("{good}- name: second\n  user: {{token: canary}}\n");
    assert!(refused(&two).contains("--minify"));
    assert!(refused(&good.replace("kind: Config", "kind: Pod")).contains("kind"));
    for bad in ["", "canary", "[]", "- a", "a: *canary", "&canary a: b", "---\n---\n"] {
        refused(bad);
    }
    let alias = good.replace("token: canary", "token: &x canary\n    username: *x");
    assert!(refused(&alias).contains("can read"));
    let deep = format!("a: {}{}", "[".repeat(500), "]".repeat(500));
    refused(&deep);
    let twice = good.replace("token: canary", "token: canary\n    token: canary");
    assert!(refused(&twice).contains("can read"));
}
