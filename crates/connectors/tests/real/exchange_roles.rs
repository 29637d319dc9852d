//! Roles at AWS: this server's own identity, STS, then ECR; and moto, which plays all of it.

use std::path::PathBuf;

use domain::{
    AuthMethod, Cause, OrganizationId,
    credentials::{Parameters, SecretMaterial},
};
use egress::{EgressProfile, Freshness};
use token_exchange::{Ambient, AwsIdentity, Endpoints, ExchangeSettings, Owner};

use crate::{
    exchange_servers::Aws,
    exchange_stub::{NOW, assert_tells_nothing, configured, material, owner, pair, url},
};

const HOST: &str = "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts";

fn role() -> SecretMaterial {
    let parameters = Parameters { account: "123456789012".into(), ..Parameters::default() };
    material(AuthMethod::EcrRole, "", "", &parameters)
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn f37_a_role_is_assumed_by_rule_with_the_external_id_of_the_organization() {
    let aws = Aws::verifier();
    let folder = tempfile::tempdir().unwrap();
    let identities = [
        AwsIdentity::AccessKey {
            id_file: write(&folder, "id", "AKIAVERIFIERSERVER01\n"),
            secret_file: write(&folder, "secret", "secret/of+this=server\n"),
        },
        AwsIdentity::WebIdentity {
            token_file: write(&folder, "token", "web.identity.token\n"),
            role: "arn:aws:iam::999999999999:role/hawser".into(),
        },
    ];
    for identity in identities {
        let exchanges = aws.with_identity(identity);
        let login = exchanges
            .login(&role(), &owner(), &url(HOST), &EgressProfile::default(), NOW)
            .await
            .unwrap();
        assert_eq!(pair(&login), ("AWS", "token:of:ASIAVERIFIERASSUMED1:eu-west-1"));
        // The stub's role trusts one organization and one project.
        let mut stranger = owner();
        stranger.organization = OrganizationId::new();
        let failure = exchanges
            .login(&role(), &stranger, &url(HOST), &EgressProfile::default(), NOW)
            .await
            .unwrap_err();
        assert_eq!(failure.cause, Cause::ExchangeRefused);
        let neighbour = Owner { project_name: "other".into(), ..owner() };
        let failure = exchanges
            .login(&role(), &neighbour, &url(HOST), &EgressProfile::default(), NOW)
            .await
            .unwrap_err();
        assert_eq!(failure.cause, Cause::ExchangeRefused);
        assert_tells_nothing(&failure, &["canary", "secret/of", "session//"]);
    }
}

#[tokio::test]
async fn without_the_operator_there_is_no_identity() {
    let aws = Aws::verifier();
    let failure = aws
        .exchanges()
        .login(&role(), &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::AmbientDisabled);
    let missing = AwsIdentity::WebIdentity {
        token_file: "/no/such/canary-file".into(),
        role: "arn:aws:iam::999999999999:role/hawser".into(),
    };
    let exchanges = aws.with_identity(missing);
    let failure = exchanges
        .login(&role(), &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::Internal);
    assert_tells_nothing(&failure, &["canary"]);
}

#[tokio::test]
async fn moto_gives_tokens_to_keys_and_roles() {
    let aws = Aws::moto().await;
    let exchanges = aws.exchanges();
    let key =
        material(AuthMethod::EcrAccessKey, "AKIAVERIFIERPERSON01", "x", &Parameters::default());
    let login =
        exchanges.login(&key, &owner(), &url(HOST), &EgressProfile::default(), NOW).await.unwrap();
    assert_eq!((login.username.as_str(), login.freshness), ("AWS", Freshness::Exchanged));
    assert!(login.password.expose().ends_with("-auth-token"));
    let folder = tempfile::tempdir().unwrap();
    let endpoints = Endpoints::parse(&format!("ecr=http://{0},sts=http://{0}", aws.authority));
    let identity = AwsIdentity::WebIdentity {
        token_file: write(&folder, "token", "any.web.token"),
        role: "arn:aws:iam::123456789012:role/hawser".into(),
    };
    let settings = ExchangeSettings {
        endpoints: endpoints.unwrap(),
        ambient: Ambient { aws: Some(identity), google: None },
        ..ExchangeSettings::default()
    };
    let exchanges = configured(&aws.authority, settings);
    let login = exchanges
        .login(&role(), &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap();
    assert_eq!(login.username, "AWS");
}
