//! Amazon ECR and ECR Public, against a stub that checks every signature with botocore's own signer.

use std::time::Duration;

use domain::{
    AuthMethod, Cause, Timestamp,
    credentials::{Parameters, SecretMaterial},
};
use egress::{EgressProfile, Freshness};
use token_exchange::Owner;

use crate::{
    exchange_servers::Aws,
    exchange_stub::{
        NOW, assert_tells_nothing, hours, material, owner, pair, unsaved, updated, url,
    },
};

const SECRET: &str = "secret/of+a=person";

fn key(secret: &str, region: &str) -> SecretMaterial {
    let parameters = Parameters { region: region.into(), ..Parameters::default() };
    material(AuthMethod::EcrAccessKey, "AKIAVERIFIERPERSON01", secret, &parameters)
}

const HOST: &str = "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts";

#[tokio::test]
async fn f36_an_access_key_is_exchanged_once_for_all_repositories_of_a_region() {
    let aws = Aws::verifier();
    let (exchanges, owner, key) = (aws.exchanges(), owner(), key(SECRET, ""));
    let login =
        exchanges.login(&key, &owner, &url(HOST), &EgressProfile::default(), NOW).await.unwrap();
    assert_eq!(pair(&login), ("AWS", "token:of:AKIAVERIFIERPERSON01:eu-west-1"));
    assert_eq!(login.freshness, Freshness::Exchanged);
    let other = url("oci://210987654321.dkr.ecr.eu-west-1.amazonaws.com/other");
    let login =
        exchanges.login(&key, &owner, &other, &EgressProfile::default(), NOW).await.unwrap();
    assert_eq!((login.freshness, exchanges.exchanged()), (Freshness::Cached, 1));
    let abroad = url("oci://123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/charts");
    let login =
        exchanges.login(&key, &owner, &abroad, &EgressProfile::default(), NOW).await.unwrap();
    assert!(login.password.expose().ends_with(":us-east-1"));
    assert_eq!(exchanges.exchanged(), 2);
}

#[tokio::test]
async fn of_a_hundred_who_ask_at_once_one_exchanges() {
    let aws = Aws::verifier();
    let (exchanges, owner, key) = (aws.exchanges(), owner(), key(SECRET, ""));
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let (exchanges, owner, key) = (exchanges.clone(), owner.clone(), key.clone());
            let url = url(&format!("{HOST}/{number}"));
            tokio::spawn(async move {
                exchanges.login(&key, &owner, &url, &EgressProfile::default(), NOW).await.unwrap()
            })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        let login = task.await.unwrap();
        assert_eq!(login.username, "AWS");
        fresh += usize::from(login.freshness == Freshness::Exchanged);
    }
    assert_eq!((fresh, exchanges.exchanged()), (1, 1));
}

#[tokio::test]
async fn f36_a_token_is_kept_for_ten_hours_and_no_longer_than_five_minutes_before_its_end() {
    let aws = Aws::verifier();
    let (owner, key, minute) = (owner(), key(SECRET, ""), Duration::from_mins(1));
    // The stub's tokens end 12 hours after NOW. Whoever asks first decides about the ten hours.
    for (first, last_kept) in
        [(NOW, hours(10).minus(minute)), (hours(5), hours(12).minus(6 * minute))]
    {
        let exchanges = aws.exchanges();
        let ask = async |now: Timestamp| {
            exchanges
                .login(&key, &owner, &url(HOST), &EgressProfile::default(), now)
                .await
                .unwrap()
                .freshness
        };
        assert_eq!(ask(first).await, Freshness::Exchanged);
        assert_eq!(ask(last_kept).await, Freshness::Cached);
        assert_eq!(ask(last_kept.plus(minute)).await, Freshness::Exchanged);
    }
    let exchanges = aws.exchanges();
    for _ in 0..2 {
        let late = hours(12).minus(Duration::from_mins(5));
        let login = exchanges
            .login(&key, &owner, &url(HOST), &EgressProfile::default(), late)
            .await
            .unwrap();
        assert_eq!(login.freshness, Freshness::Exchanged, "too short to keep");
    }
}

#[tokio::test]
async fn updates_refusals_and_unsaved_forms_exchange_anew() {
    let aws = Aws::verifier();
    let (exchanges, owner, key, url) = (aws.exchanges(), owner(), key(SECRET, ""), url(HOST));
    let ask = async |owner: &Owner| {
        exchanges.login(&key, owner, &url, &EgressProfile::default(), NOW).await.unwrap()
    };
    let login = ask(&owner).await;
    assert_eq!(ask(&updated(&owner)).await.freshness, Freshness::Exchanged);
    assert_eq!(ask(&owner).await.freshness, Freshness::Cached);
    exchanges.refused(&owner, &login);
    assert_eq!(ask(&owner).await.freshness, Freshness::Exchanged);
    assert_eq!(ask(&updated(&owner)).await.freshness, Freshness::Cached);
    exchanges.evict(owner.key.unwrap().credential);
    assert_eq!(ask(&updated(&owner)).await.freshness, Freshness::Exchanged);
    for _ in 0..2 {
        assert_eq!(ask(&unsaved(&owner)).await.freshness, Freshness::Exchanged);
    }
}

#[tokio::test]
async fn wrong_keys_are_told_from_refused_ones_and_no_secret_is_told() {
    let aws = Aws::verifier();
    let exchanges = aws.exchanges();
    let wrong = key("canary/secret", "");
    let failure = exchanges
        .login(&wrong, &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!((failure.cause, failure.status), (Cause::InvalidCredentials, Some(400)));
    assert_tells_nothing(&failure, &["canary", "AKIAVERIFIER", "Signature="]);
    assert!(!format!("{wrong:?}").contains("canary"));
    let unknown =
        material(AuthMethod::EcrAccessKey, "AKIAUNKNOWNUNKNOWN01", SECRET, &Parameters::default());
    let failure = exchanges
        .login(&unknown, &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::InvalidCredentials);
    let login = exchanges
        .login(&key(SECRET, ""), &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap();
    assert!(!format!("{login:?}").contains("token:of"));
}

#[tokio::test]
async fn trap_3_nothing_is_signed_for_a_host_that_only_looks_like_ecr() {
    let aws = Aws::verifier();
    let exchanges = aws.exchanges();
    for host in [
        "oci://1.dkr.ecr.eu-west-1.amazonaws.com.evil.example/x",
        "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/x",
        "oci://123456789012.dkr.ecr.evil.amazonaws.com/x",
    ] {
        for region in ["", "eu-west-1"] {
            let key = key(SECRET, region);
            let failure = exchanges
                .login(&key, &owner(), &url(host), &EgressProfile::default(), NOW)
                .await
                .unwrap_err();
            assert_eq!(failure.cause, Cause::RegionUnknown, "{host}");
        }
    }
    let elsewhere = url("oci://charts.acme.example/x");
    let failure = exchanges
        .login(&key(SECRET, ""), &owner(), &elsewhere, &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::RegionUnknown);
    assert_eq!(exchanges.exchanged(), 0);
    let login = exchanges
        .login(&key(SECRET, "eu-west-3"), &owner(), &elsewhere, &EgressProfile::default(), NOW)
        .await
        .unwrap();
    assert!(login.password.expose().ends_with(":eu-west-3"), "a typed region is enough elsewhere");
}

#[tokio::test]
async fn the_public_gallery_is_asked_in_its_one_region() {
    let aws = Aws::verifier();
    let gallery = url("oci://public.ecr.aws/acme/charts");
    let key = material(
        AuthMethod::EcrPublicAccessKey,
        "AKIAVERIFIERPERSON01",
        SECRET,
        &Parameters::default(),
    );
    let login = aws
        .exchanges()
        .login(&key, &owner(), &gallery, &EgressProfile::default(), NOW)
        .await
        .unwrap();
    assert_eq!(pair(&login), ("AWS", "token:of:AKIAVERIFIERPERSON01:us-east-1"));
}
