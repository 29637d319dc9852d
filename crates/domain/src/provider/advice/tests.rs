use super::*;

const LONG: &str = "0123456789abcdefghijABCDEFGHIJ456789";

fn said(provider: Provider, shape: AuthMethod, username: &str, password: &str) -> Vec<Advice> {
    advise(provider, shape, username, password)
}

fn has(advice: &[Advice], severity: Severity, words: &str) -> bool {
    advice.iter().any(|one| one.severity == severity && one.text.contains(words))
}

/// A JWT or key in base64, packed here so that no tool has to be trusted.
fn packed(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
            << (8 * (3 - three.len()));
        for index in 0..=three.len() {
            let digit = (bits >> (18 - 6 * index)) & 63;
            out.push(char::from(DIGITS[digit as usize]));
        }
    }
    out
}

fn key_file(kind: &str) -> String {
    format!(
        "{{\n  \"type\": \"{kind}\",\n  \"project_id\": \"acme-prod\",\n  \"private_key_id\": \"k\",\n  \"private_key\": \"-----BEGIN PRIVATE KEY-----\\n{LONG}\\n\",\n  \"client_email\": \"pull@acme-prod.iam.gserviceaccount.com\",\n  \"token_uri\": \"https://oauth2.googleapis.com/token\"\n}}\n"
    )
}

#[test]
fn kinds_are_recognized_by_their_prefix() {
    use Provider as P;
    let password = AuthMethod::Password;
    for (provider, shape, prefix, words) in [
        (P::Ghcr, password, "ghp_", "classic token"),
        (P::Github, password, "github_pat_", "fine-grained"),
        (P::Github, password, "gho_", "OAuth app"),
        (P::Ghcr, password, "ghs_", "installation token"),
        (P::Ghcr, password, "ghu_", "user token"),
        (P::DockerHub, password, "dckr_pat_", "personal access token"),
        (P::DockerHub, password, "dckr_oat_", "organization's access token"),
        (P::Gitlab, password, "glpat-", "access token of GitLab"),
        (P::GitlabRegistry, password, "gldt-", "deploy token"),
        (P::Jfrog, password, "cmVmdGtu", "reference token"),
        (P::Jfrog, password, "AKCp", "API key"),
        (P::AmazonEcr, password, "eyJwYXlsb2FkIjoi", "login token of Amazon ECR"),
    ] {
        let advice = said(provider, shape, "", &format!("{prefix}{LONG}"));
        assert!(has(&advice, Severity::Recognized, words), "{prefix}: {advice:?}");
    }
    for (id, severity) in [
        ("AKIAIOSFODNN7EXAMPLE", Severity::Recognized),
        ("ASIAIOSFODNN7EXAMPLE", Severity::CannotWork),
    ] {
        let advice = said(P::AmazonEcr, AuthMethod::EcrAccessKey, id, "");
        assert!(advice.iter().any(|one| one.severity == severity), "{id}: {advice:?}");
    }
}

#[test]
fn what_cannot_work_is_said() {
    use Provider as P;
    for (provider, shape, password, words) in [
        (P::Ghcr, AuthMethod::Password, format!("github_pat_{LONG}"), "GHCR refuses fine-grained"),
        (P::Jfrog, AuthMethod::Password, format!("AKCp8{LONG}"), "7.98"),
        (P::Ghcr, AuthMethod::Password, format!("ghr_{LONG}"), "refresh token"),
        (
            P::Ghcr,
            AuthMethod::Password,
            format!("dckr_pat_{LONG}"),
            "not made for GitHub Container",
        ),
        (P::GitlabRegistry, AuthMethod::Password, format!("glcbt-{LONG}"), "pipeline job"),
        (
            P::AmazonEcr,
            AuthMethod::EcrAccessKey,
            "AKIAIOSFODNN7EXAMPLE".into(),
            "secret part is needed",
        ),
        (
            P::GoogleArtifactRegistry,
            AuthMethod::GoogleKey,
            "not a key".into(),
            "whole JSON key file",
        ),
        (P::GoogleArtifactRegistry, AuthMethod::GoogleKey, key_file("authorized_user"), "a person"),
        (P::GoogleArtifactRegistry, AuthMethod::GoogleKey, format!("ghp_{LONG}"), "not made for"),
        (P::Ghcr, AuthMethod::GithubApp, format!("ghp_{LONG}"), "private key in PEM"),
        (
            P::GenericRegistry,
            AuthMethod::ClientCertificate,
            "-----BEGIN CERTIFICATE-----\nMII".into(),
            "This is a certificate",
        ),
        (
            P::GenericRegistry,
            AuthMethod::ClientCertificate,
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII".into(),
            "passphrase",
        ),
        (
            P::Github,
            AuthMethod::Password,
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3".into(),
            "SSH key",
        ),
    ] {
        let advice = said(provider, shape, "", &password);
        assert!(has(&advice, Severity::CannotWork, words), "{provider:?} {words}: {advice:?}");
        assert_eq!(advice[0].severity, Severity::CannotWork, "the worst stands first");
    }
}

#[test]
fn what_works_is_not_called_impossible() {
    use Provider as P;
    for (provider, shape, username, password) in [
        (P::Ghcr, AuthMethod::Password, "octocat", format!("ghp_{LONG}")),
        (P::Github, AuthMethod::Password, "octocat", format!("github_pat_{LONG}")),
        (P::DockerHub, AuthMethod::Password, "acme", format!("dckr_oat_{LONG}")),
        (P::Harbor, AuthMethod::Password, "robot$team+pull", LONG.into()),
        (P::Quay, AuthMethod::Password, "acme+pull", LONG.into()),
        (P::GitlabRegistry, AuthMethod::Password, "gitlab+deploy-token-7", format!("gldt-{LONG}")),
        (P::GoogleArtifactRegistry, AuthMethod::GoogleKeyExchange, "", key_file("service_account")),
        (P::GenericRegistry, AuthMethod::Password, "ada", format!("ghp_{LONG}")),
        (
            P::GenericRegistry,
            AuthMethod::ClientCertificate,
            "",
            "-----BEGIN PRIVATE KEY-----\nMII".into(),
        ),
    ] {
        let advice = said(provider, shape, username, &password);
        assert!(
            advice.iter().all(|one| one.severity == Severity::Recognized),
            "{provider:?}: {advice:?}"
        );
    }
}

#[test]
fn a_key_file_is_shown_back_by_its_public_half() {
    let whole = "Service account pull@acme-prod.iam.gserviceaccount.com, project acme-prod.";
    for text in [key_file("service_account"), packed(&key_file("service_account"))] {
        for shape in
            [AuthMethod::GoogleKey, AuthMethod::GoogleKeyBase64, AuthMethod::GoogleKeyExchange]
        {
            let advice = said(Provider::GoogleArtifactRegistry, shape, "", &text);
            assert!(has(&advice, Severity::Recognized, whole), "{advice:?}");
            assert!(!has(&advice, Severity::Recognized, "A JSON file."), "{advice:?}");
        }
    }
    let hostile = key_file("service_account")
        .replace("https://oauth2.googleapis.com", "https://evil.example");
    let advice = said(Provider::GoogleArtifactRegistry, AuthMethod::GoogleKey, "", &hostile);
    assert!(has(&advice, Severity::Caution, "another token address"), "{advice:?}");
}

#[test]
fn the_end_of_a_signed_token_is_read_from_it() {
    let token = format!(
        "{}.{}.{LONG}",
        packed("{\"alg\":\"RS256\"}"),
        packed("{\"sub\":\"x\",\"exp\":1800000000}")
    );
    let advice = said(Provider::Chainguard, AuthMethod::PullToken, "0a1b/2c3d", &token);
    assert!(has(&advice, Severity::Recognized, "expires on 2027-01-15 08:00 UTC"), "{advice:?}");
    assert!(UnverifiedClaims::of_text("v1.2.3").is_none());
}

#[test]
fn mistakes_with_user_names_are_noticed() {
    use Provider as P;
    for (provider, shape, username, password, words) in [
        (P::Harbor, AuthMethod::Password, "robot+pull", LONG, "swallowed"),
        (P::Harbor, AuthMethod::Password, "pull", LONG, "robot_name_prefix"),
        (P::Quay, AuthMethod::Password, "acme", LONG, "organization+robot"),
        (P::DockerHub, AuthMethod::Password, "ada@example.com", "hunter22", "not the e-mail"),
        (P::DockerHub, AuthMethod::Password, "ada", "hunter22", "password of the account"),
        (P::GitlabRegistry, AuthMethod::Password, "ada", "gldt-abcdefgh", "gitlab+deploy-token-1"),
        (P::AzureAcr, AuthMethod::AcrEntra, "pull", "secret", "appId"),
        (P::Chainguard, AuthMethod::PullToken, "abc", "x", "two parts"),
        (P::AmazonEcr, AuthMethod::Password, "ada", "x", "always AWS"),
        (
            P::AmazonEcr,
            AuthMethod::Password,
            "AWS",
            "",
            "expires within 12 h: convert to access keys",
        ),
        (P::GenericRegistry, AuthMethod::Password, "ghp_0123456789", "x", "looks like a token"),
        (P::GenericRegistry, AuthMethod::Password, "ada", "x ", "a space"),
    ] {
        let advice = said(provider, shape, username, password);
        assert!(has(&advice, Severity::Caution, words), "{provider:?} {words}: {advice:?}");
    }
    let keys = said(P::AmazonEcr, AuthMethod::Password, "AKIAIOSFODNN7EXAMPLE", "x");
    assert!(has(&keys, Severity::CannotWork, "Choose Access key"), "{keys:?}");
}

#[test]
fn a_kubeconfig_that_cannot_work_is_noticed() {
    let said = |text: &str| advise(Provider::Kubernetes, AuthMethod::Kubeconfig, "", text);
    let good = "clusters:\n- cluster: {certificate-authority-data: AA==}\nusers:\n- user: {token: x-exec}\n";
    assert_eq!(said(good)[0].severity, Severity::Recognized);
    assert_eq!(said("").len(), 0);
    for bad in [
        LONG.to_owned(),
        good.replace("token: x-exec", "exec: {}"),
        good.replace("token: x-exec", "\"exec\" : {}"),
        good.replace("token: x-exec", "tokenFile: /a"),
        good.replace("certificate-authority-data", "certificate-authority"),
    ] {
        assert_eq!(said(&bad)[0].severity, Severity::CannotWork, "{bad}");
    }
}

#[test]
fn r_cred_05_advice_never_repeats_a_secret() {
    let secrets = [
        LONG.to_owned(),
        format!("ghp_{LONG}"),
        format!("github_pat_{LONG}"),
        format!("AKCp8{LONG}"),
        format!("docker login -u ada -p {LONG}"),
        format!("-----BEGIN PRIVATE KEY-----\n{LONG}"),
        format!("{}.{}.{LONG}", packed("{\"a\":1}"), packed(&format!("{{\"sub\":\"{LONG}\"}}"))),
        key_file("service_account"),
        format!("{{\"type\":\"service_account\",\"private_key\":\"{LONG}\"}}"),
    ];
    let mut pieces = 0;
    for provider in Provider::ALL {
        for shape in provider.facts().shapes {
            for secret in &secrets {
                for advice in advise(provider, *shape, "ada", secret) {
                    assert!(!advice.text.contains(&LONG[..8]), "{provider:?}: {}", advice.text);
                    pieces += 1;
                }
                // A secret in the wrong field is not repeated either.
                for advice in advise(provider, *shape, secret, "") {
                    assert!(!advice.text.contains(&LONG[..8]), "{provider:?}: {}", advice.text);
                }
            }
        }
    }
    assert!(pieces > 200, "{pieces}");
}

#[test]
fn account_and_region_are_read_from_whole_hosts_only() {
    for (url, place) in [
        (
            "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts",
            Some(("123456789012", "eu-west-1")),
        ),
        (
            "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
            Some(("123456789012", "us-gov-west-1")),
        ),
        (
            "https://123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn:443/x",
            Some(("123456789012", "cn-north-1")),
        ),
        ("oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/charts", None),
        ("oci://evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com", None),
        ("oci://x.123456789012.dkr.ecr.eu-west-1.amazonaws.com", None),
        ("oci://public.ecr.aws/alias", None),
        ("", None),
    ] {
        assert_eq!(registry_place(url), place, "{url}");
    }
}
