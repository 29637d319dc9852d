//! Certificates: a registry with a private authority, made here.

use std::{collections::HashSet, sync::Arc};

use domain::{
    Cause, Secret,
    connection_tests::{Stage, StageState},
};
use egress::{AllowList, EgressProfile, Login, Outbound, OutboundSettings};
use registries::{Registries, Target};

use crate::{
    authority::{Authority, Identity},
    examine::{examine, failed, stage},
    oci, registries,
    registry::Registry,
    sync, versions, with_login,
};

fn trusting(target: Target, ca: &str) -> Target {
    Target { egress: EgressProfile { ca: ca.into(), ..EgressProfile::default() }, ..target }
}

#[tokio::test]
async fn an_unknown_authority_is_shown_and_can_be_trusted() {
    let (plain, authority) = (Registry::start().await, Authority::new("Quay Side CA"));
    plain.push_chart("team/web", "1.0.0", "A chart").await;
    let identity = authority.sign("localhost");
    let (port, _process) = plain.with_tls(&identity, None).await;
    let registries = registries(&format!("localhost:{port}"));
    let target = with_login(oci(&format!("oci://localhost:{port}/team/web")), "right");

    let examined = examine(&registries, &target).await;
    assert_eq!(failed(&examined), Some((Stage::Tls, Cause::TlsUntrusted)));
    assert_eq!(sync(&registries, &target).await.unwrap_err().cause, Cause::TlsUntrusted);
    let certificate = examined.certificate.unwrap();
    assert_eq!(certificate.issuer, "CN=Quay Side CA");
    assert_eq!(certificate.subject, "CN=localhost");
    assert_eq!(certificate.fingerprint, identity.fingerprint);
    assert_eq!(certificate.not_after.unwrap().day(), "2199-12-31");

    let trusted = trusting(target.clone(), &authority.pem());
    let examined = examine(&registries, &trusted).await;
    assert_eq!(failed(&examined), None, "{examined:?}");
    assert_eq!(stage(&examined, Stage::Tls).detail, "The certificate is trusted.");
    assert_eq!(examined.certificate.unwrap().fingerprint, identity.fingerprint);
    assert_eq!(versions(&sync(&registries, &trusted).await.unwrap()), ["web 1.0.0"]);
    registries.prove(&trusted).await.unwrap();
    let kind = registries.detect(&trusted.url, None, &trusted.egress).await.unwrap();
    assert_eq!(kind, domain::repositories::RepositoryKind::Oci);

    // The trust belongs to the repository that has it, and another authority is none.
    assert_eq!(sync(&registries, &target).await.unwrap_err().cause, Cause::TlsUntrusted);
    let other = trusting(target.clone(), &Authority::new("Quay Side CA").pem());
    let examined = examine(&registries, &other).await;
    assert_eq!(failed(&examined), Some((Stage::Tls, Cause::TlsUntrusted)));
    let no_pem = examine(&registries, &trusting(target, "-----BEGIN")).await;
    assert_eq!(failed(&no_pem), Some((Stage::Url, Cause::TlsUntrusted)));
}

#[tokio::test]
async fn a_wrong_name_and_a_past_date_are_told_apart() {
    let (plain, authority) = (Registry::start().await, Authority::new("CA"));
    for (identity, cause) in [
        (authority.sign("registry.example"), Cause::TlsNameMismatch),
        (authority.sign_until("localhost", 2020), Cause::TlsExpired),
    ] {
        let (port, _process) = plain.with_tls(&identity, None).await;
        let registries = registries(&format!("localhost:{port}"));
        let target = oci(&format!("oci://localhost:{port}/team"));
        let target = trusting(with_login(target, "right"), &authority.pem());
        let examined = examine(&registries, &target).await;
        assert_eq!(failed(&examined), Some((Stage::Tls, cause)));
        assert_eq!(examined.certificate.unwrap().fingerprint, identity.fingerprint);
        assert_eq!(sync(&registries, &target).await.unwrap_err().cause, cause);
    }
}

#[tokio::test]
async fn a_certificate_that_signed_itself_can_be_trusted_for_its_name_alone() {
    let plain = Registry::start().await;
    let itself = Identity::of_itself("localhost");
    let (port, _process) = plain.with_tls(&itself, None).await;
    let registries = registries(&format!("localhost:{port} 127.0.0.1:{port}"));
    let target = |host: &str| oci(&format!("oci://{host}:{port}"));
    let cause = async |target: Target| failed(&examine(&registries, &target).await);
    assert_eq!(cause(target("localhost")).await, Some((Stage::Tls, Cause::TlsUntrusted)));
    let trusted = trusting(with_login(target("localhost"), "right"), &itself.certificate);
    assert_eq!(cause(trusted).await, None);
    let elsewhere = trusting(target("127.0.0.1"), &itself.certificate);
    assert_eq!(cause(elsewhere).await, Some((Stage::Tls, Cause::TlsNameMismatch)));
}

#[tokio::test]
async fn a_client_certificate_is_asked_for_and_shown() {
    let (plain, authority) = (Registry::start().await, Authority::new("CA"));
    plain.push_chart("team/web", "1.0.0", "A chart").await;
    let clients = Authority::new("Clients CA");
    let server = authority.sign("localhost");
    let (port, _process) = plain.with_tls(&server, Some(&clients.pem())).await;
    let registries = registries(&format!("localhost:{port}"));
    let target = oci(&format!("oci://localhost:{port}/team/web"));
    let target = trusting(with_login(target, "right"), &authority.pem());

    let without = examine(&registries, &target).await;
    assert_eq!(failed(&without), Some((Stage::Tls, Cause::ClientCertificate)));
    assert_eq!(without.certificate.unwrap().fingerprint, server.fingerprint);

    let showing = |identity: &Identity| {
        let login = target.login.clone().unwrap();
        let login = Login { certificate: Some(Arc::new(identity.shown())), ..login };
        Target { login: Some(login), ..target.clone() }
    };
    let with = showing(&clients.sign("ann"));
    let examined = examine(&registries, &with).await;
    assert_eq!(failed(&examined), None, "{examined:?}");
    assert!(stage(&examined, Stage::Tls).detail.ends_with("asks for a client certificate."));
    assert_eq!(versions(&sync(&registries, &with).await.unwrap()), ["web 1.0.0"]);

    let foreign = showing(&Authority::new("Other CA").sign("ann"));
    let examined = examine(&registries, &foreign).await;
    assert_eq!(failed(&examined), Some((Stage::Tls, Cause::ClientCertificate)));
    let nonsense = Identity { key: "canary-key".into(), ..clients.sign("ann") };
    let examined = examine(&registries, &showing(&nonsense)).await;
    assert_eq!(failed(&examined), Some((Stage::Url, Cause::ClientCertificate)));
}

#[tokio::test]
async fn a_client_certificate_alone_is_a_login() {
    let (plain, authority) = (Registry::start().await, Authority::new("CA"));
    let clients = Authority::new("Clients CA");
    let server = authority.sign("localhost");
    let (port, _process) = plain.with_tls(&server, Some(&clients.pem())).await;
    let registries = registries(&format!("localhost:{port}"));
    let target = trusting(oci(&format!("oci://localhost:{port}/team")), &authority.pem());
    let login = Login {
        certificate: Some(Arc::new(clients.sign("ann").shown())),
        ..Login::stored(String::new(), Secret::default())
    };
    // This registry wants a password too, so TLS goes well and the login does not.
    let examined = examine(&registries, &Target { login: Some(login), ..target }).await;
    assert_eq!(stage(&examined, Stage::Tls).state, StageState::Passed);
    assert_eq!(failed(&examined), Some((Stage::Token, Cause::InvalidCredentials)));
}

#[tokio::test]
async fn only_the_operator_skips_the_check_and_for_one_port() {
    let (plain, authority) = (Registry::start().await, Authority::new("CA"));
    plain.push_chart("team/web", "1.0.0", "A chart").await;
    let identity = authority.sign("registry.example");
    let (port, _first) = plain.with_tls(&identity, None).await;
    let (other, _second) = plain.with_tls(&identity, None).await;
    let outbound = Outbound::with(OutboundSettings {
        allow: AllowList::parse(&format!("localhost:{port} localhost:{other}")).unwrap(),
        skip_verify: HashSet::from([("LOCALHOST.".to_owned(), port)]),
        ..OutboundSettings::default()
    });
    let registries = Registries::new(outbound.unwrap());
    let target = |port| with_login(oci(&format!("oci://localhost:{port}/team/web")), "right");
    let examined = examine(&registries, &target(port)).await;
    assert_eq!(failed(&examined), None, "{examined:?}");
    assert!(stage(&examined, Stage::Tls).detail.contains("not checked"));
    assert_eq!(examined.certificate.unwrap().fingerprint, identity.fingerprint);
    assert!(sync(&registries, &target(port)).await.is_ok());
    let examined = examine(&registries, &target(other)).await;
    assert_eq!(failed(&examined), Some((Stage::Tls, Cause::TlsUntrusted)));
}
