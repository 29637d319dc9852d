//! This server's identity at the metadata service of its cloud. The services are stubs that look at
//! methods, paths and headers as the real ones do; STS and ECR check signatures.

use std::{path::PathBuf, sync::Mutex, time::Duration};

use axum::response::Response;
use domain::{
    AuthMethod, Cause, OrganizationId, Timestamp,
    credentials::{Parameters, SecretMaterial},
};
use egress::EgressProfile;
use serde_json::json;
use token_exchange::{
    Ambient, AwsIdentity, Container, ContainerUri, Endpoints, ExchangeSettings, Exchanges,
    GoogleIdentity,
};

use crate::{
    exchange_servers::Aws,
    exchange_stub::{
        Asked, NOW, Stub, assert_tells_nothing, configured, hours, material, owner, pair, url,
    },
    host::answer,
};

const ECR: &str = "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts";
const GAR: &str = "oci://europe-docker.pkg.dev/acme/charts";

fn role() -> SecretMaterial {
    let parameters = Parameters { account: "123456789012".into(), ..Parameters::default() };
    material(AuthMethod::EcrRole, "", "", &parameters)
}

/// A temporary key of this server, that the verifier of signatures knows, until `ends`.
fn keys(ends: Timestamp) -> String {
    json!({
        "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": NOW.rfc3339(),
        "AccessKeyId": "ASIAVERIFIERWEBIDEN1", "SecretAccessKey": "secret/of+the=web",
        "Token": "session//of+web==", "Expiration": ends.rfc3339(),
    })
    .to_string()
}

/// IMDS, version 2 alone: every question needs the token of a session.
fn imds(asked: &Asked, ends: Timestamp) -> Response {
    let session = asked.header("x-aws-ec2-metadata-token") == "session-canary";
    let role = "/latest/meta-data/iam/security-credentials/";
    match (asked.method.as_str(), asked.path.as_str()) {
        ("PUT", "/latest/api/token") => {
            let seconds = asked.header("x-aws-ec2-metadata-token-ttl-seconds").parse::<u32>();
            let fine = seconds.is_ok_and(|seconds| (1..=21_600).contains(&seconds));
            if fine { answer(200, &[], "session-canary") } else { answer(400, &[], "") }
        }
        _ if !session => answer(401, &[], ""),
        ("GET", path) if path == role => answer(200, &[], "hawser-node"),
        ("GET", path) if path == format!("{role}hawser-node") => answer(200, &[], keys(ends)),
        _ => answer(404, &[], ""),
    }
}

fn with(aws: &Aws, service: &str, stub: &Stub, identity: AwsIdentity) -> Exchanges {
    let endpoints = format!("{},{service}={}", aws.endpoints(), stub.url("/"));
    let settings = ExchangeSettings {
        endpoints: Endpoints::parse(&endpoints).unwrap(),
        ambient: Ambient { aws: Some(identity), google: None },
        ..ExchangeSettings::default()
    };
    configured(&format!("{} {}", aws.authority, stub.authority), settings)
}

#[tokio::test]
async fn the_role_of_a_machine_is_asked_once_until_shortly_before_its_end() {
    let aws = Aws::verifier();
    let stub = Stub::start(|asked| imds(asked, hours(6))).await;
    let exchanges = with(&aws, "aws_metadata", &stub, AwsIdentity::Instance);
    let login = async |now: Timestamp| {
        // Another credential each time, so that nothing but the key of this server is kept.
        exchanges.login(&role(), &owner(), &url(ECR), &EgressProfile::default(), now).await
    };
    let (a, b) = tokio::join!(login(NOW), login(NOW));
    assert_eq!(pair(&a.unwrap()), ("AWS", "token:of:ASIAVERIFIERASSUMED1:eu-west-1"));
    assert!(b.is_ok());
    assert_eq!(stub.asked().len(), 3, "session, role, key: once for both");
    login(NOW.plus(Duration::from_mins(354))).await.unwrap();
    assert_eq!(stub.asked().len(), 3);
    login(NOW.plus(Duration::from_mins(356))).await.unwrap();
    assert_eq!(stub.asked().len(), 6, "five minutes before its end");
}

#[tokio::test]
async fn a_container_shows_its_token_and_asks_one_address() {
    let aws = Aws::verifier();
    let stub = Stub::start(|asked| {
        let fine = asked.method == "GET"
            && asked.path == "/v1/credentials"
            && asked.header("authorization") == "pod-token-canary";
        if fine { answer(200, &[], keys(hours(6))) } else { answer(401, &[], "canary") }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "pod-token-canary\n").unwrap();
    let container = |token_file: Option<PathBuf>| {
        let uri = ContainerUri::parse("http://169.254.170.23/v1/credentials").unwrap();
        let identity = AwsIdentity::Container(Container { uri, token_file });
        with(&aws, "aws_container", &stub, identity)
    };
    let ask = async |exchanges: Exchanges| {
        exchanges.login(&role(), &owner(), &url(ECR), &EgressProfile::default(), NOW).await
    };
    let login = ask(container(Some(file))).await.unwrap();
    assert_eq!(pair(&login), ("AWS", "token:of:ASIAVERIFIERASSUMED1:eu-west-1"));
    let failure = ask(container(None)).await.unwrap_err();
    assert_eq!(failure.cause, Cause::Internal);
    assert_tells_nothing(&failure, &["canary", "secret/of", "session//"]);
}

/// Google's metadata service, IAM and nothing else: a question without its flavor is refused, and
/// an answer without it is not believed.
fn google(asked: &Asked, flavor: &str) -> Response {
    let account = "hawser-456789ab-web-shop@acme-prod.iam.gserviceaccount.com";
    let path = asked.path.replace("%40", "@").replace("%3A", ":");
    if path.starts_with("/computeMetadata/v1/instance/service-accounts/default/token?scopes=") {
        let fine = asked.header("metadata-flavor") == "Google" && asked.method == "GET";
        let token =
            json!({"access_token": "of-machine", "expires_in": 3_600, "token_type": "Bearer"});
        let headers = [("metadata-flavor", flavor)];
        return if fine { answer(200, &headers, token.to_string()) } else { answer(403, &[], "") };
    }
    let fine = path == format!("/v1/projects/-/serviceAccounts/{account}:generateAccessToken")
        && asked.header("authorization") == "Bearer of-machine";
    let ends = hours(1).rfc3339();
    let body = json!({"accessToken": "ya29.workload", "expireTime": ends});
    if fine { answer(200, &[], body.to_string()) } else { answer(403, &[], "{\"canary\":1}") }
}

#[tokio::test]
async fn the_service_account_of_a_machine_acts_as_that_of_the_rule() {
    let flavor = std::sync::Arc::new(Mutex::new("Google"));
    let answered = std::sync::Arc::clone(&flavor);
    let stub = Stub::start(move |asked| google(asked, *answered.lock().unwrap())).await;
    let at = stub.url("/");
    let endpoints = Endpoints::parse(&format!("google_metadata={at},google_iam={at}")).unwrap();
    let ambient = Ambient { aws: None, google: Some(GoogleIdentity::Instance) };
    let exchanges = configured(
        &stub.authority,
        ExchangeSettings { endpoints, ambient, ..ExchangeSettings::default() },
    );
    let parameters = Parameters { gcp_project: "acme-prod".into(), ..Parameters::default() };
    let workload = material(AuthMethod::GoogleWorkload, "", "", &parameters);
    let login = async |owner, now| {
        exchanges.login(&workload, &owner, &url(GAR), &EgressProfile::default(), now).await
    };
    let first = login(owner(), NOW).await.unwrap();
    assert_eq!(pair(&first), ("oauth2accesstoken", "ya29.workload"));
    let stranger = token_exchange::Owner { organization: OrganizationId::new(), ..owner() };
    let failure = login(stranger, NOW).await.unwrap_err();
    assert_eq!(failure.cause, Cause::ExchangeRefused);
    assert_tells_nothing(&failure, &["canary", "of-machine"]);
    let tokens = || stub.asked().iter().filter(|asked| asked.path.contains("/token?")).count();
    assert_eq!(tokens(), 1, "the machine's token is kept");
    *flavor.lock().unwrap() = "Other";
    let failure = login(owner(), NOW.plus(Duration::from_mins(56))).await.unwrap_err();
    assert_eq!((failure.cause, tokens()), (Cause::Internal, 2), "another service answers");
}

#[tokio::test]
async fn r_ssrf_06_nobody_but_the_operator_leads_to_a_metadata_service() {
    let aws = Aws::verifier();
    let stub = Stub::start(|asked| imds(asked, hours(6))).await;
    // Turned off: the service is not asked, even where its address may be reached.
    let endpoints = format!("{},aws_metadata={}", aws.endpoints(), stub.url("/"));
    let settings = ExchangeSettings {
        endpoints: Endpoints::parse(&endpoints).unwrap(),
        ambient: Ambient::default(),
        ..ExchangeSettings::default()
    };
    let off = configured(&format!("{} {}", aws.authority, stub.authority), settings);
    let failure =
        off.login(&role(), &owner(), &url(ECR), &EgressProfile::default(), NOW).await.unwrap_err();
    assert_eq!((failure.cause, stub.asked().len()), (Cause::AmbientDisabled, 0));
    // Turned on: a repository there is still refused.
    let registries = crate::registries("10.0.0.0/8");
    for address in ["http://169.254.169.254/charts", "http://[fd00:ec2::23]/charts"] {
        let failure = crate::sync(&registries, &crate::helm(address)).await.unwrap_err();
        assert_eq!(failure.cause, Cause::BlockedAddress, "{address}");
    }
}
