//! One thousand repositories on one credential of Amazon ECR, all asked for at once, beside as many
//! exchanges one after the other. AWS is a stub that takes 5 ms to answer, as one nearby does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use axum::{Router, extract::State, routing::post};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    AuthMethod, CredentialId, OrganizationId, Secret, Timestamp,
    credentials::{Parameters, SecretMaterial},
    repositories::RepositoryUrl,
};
use egress::{AllowList, EgressProfile, LoginKey, Outbound};
use token_exchange::{Endpoints, ExchangeSettings, Exchanges, LoginReach, Owner};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{Failure, table::Row};

const REPOSITORIES: usize = 1_000;
const AWS: Duration = Duration::from_millis(5);
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Asks for a login for every repository at once, then for one after the other without a cache.
pub async fn measure() -> Result<Vec<Row>, Failure> {
    let asked = Arc::new(AtomicU32::new(0));
    let aws = serve(Arc::clone(&asked)).await?;
    let outbound = Outbound::new(AllowList::parse(&aws.to_string())?)?;
    let endpoints = Endpoints::parse(&format!("ecr=http://{aws}"))?;
    let settings = ExchangeSettings { endpoints, ..ExchangeSettings::default() };
    let exchanges = Exchanges::with(outbound, settings);
    let key = Secret::new("not a key of anybody".to_owned());
    let material = SecretMaterial::parse(
        AuthMethod::EcrAccessKey,
        "AKIAIOSFODNN7EXAMPLE",
        key,
        &Parameters::default(),
    );
    let material = material.map_err(|_| "the key has another form")?;

    let together = at_once(&exchanges, &material).await?;
    let count = asked.swap(0, SeqCst);
    if count != 1 {
        return Err(format!("{count} exchanges for one credential").into());
    }
    let unsaved = Owner { key: None, ..owner() };
    let started = Instant::now();
    for n in 0..REPOSITORIES {
        let url = url(n)?;
        exchanges.login(&material, &unsaved, &url, &EgressProfile::default(), NOW).await?;
    }
    let one_by_one = started.elapsed();
    Ok(vec![Row::new(
        format!("{REPOSITORIES} repositories on one ECR credential, AWS answers in 5 ms"),
        format!("{} ms, 1 exchange", together.as_millis()),
        format!("{} ms, {} one by one", one_by_one.as_millis(), asked.load(SeqCst)),
        format!("{:.0} × as fast", one_by_one.as_secs_f64() / together.as_secs_f64()),
    )])
}

async fn at_once(exchanges: &Exchanges, material: &SecretMaterial) -> Result<Duration, Failure> {
    let owner = owner();
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for n in 0..REPOSITORIES {
        let (exchanges, material, owner, url) =
            (exchanges.clone(), material.clone(), owner.clone(), url(n)?);
        tasks.spawn(async move {
            exchanges.login(&material, &owner, &url, &EgressProfile::default(), NOW).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        if done??.username != "AWS" {
            return Err("another login came back".into());
        }
    }
    Ok(started.elapsed())
}

fn owner() -> Owner {
    let organization = OrganizationId::new();
    let credential = CredentialId::new();
    Owner {
        key: Some(LoginKey { organization, credential, vault_version: 1 }),
        organization,
        organization_name: "Bench".to_owned(),
        project_name: "default".to_owned(),
        reach: LoginReach::Typed,
    }
}

fn url(n: usize) -> Result<RepositoryUrl, Failure> {
    let text = format!("oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts/r{n}");
    RepositoryUrl::parse(&text).map_err(|problem| problem.message.into())
}

async fn serve(asked: Arc<AtomicU32>) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", post(token)).with_state(asked);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn token(State(asked): State<Arc<AtomicU32>>) -> String {
    asked.fetch_add(1, SeqCst);
    tokio::time::sleep(AWS).await;
    let token = BASE64_STANDARD.encode("AWS:a token");
    let ends = NOW.plus(Duration::from_hours(12)).millis() / 1_000;
    format!(
        "{{\"authorizationData\":[{{\"authorizationToken\":\"{token}\",\"expiresAt\":{ends},\"proxyEndpoint\":\"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com\"}}]}}"
    )
}
