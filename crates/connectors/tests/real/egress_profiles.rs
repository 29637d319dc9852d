//! Proxies, and what keeps to its origin on an egress profile.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Cause, Secret, connection_tests::Stage};
use egress::{AllowList, EgressProfile, Login, Outbound, OutboundError, OutboundSettings};
use registries::{Registries, Target};

use crate::{
    authority::Authority,
    examine::{examine, failed, stage},
    helm,
    host::{Host, INDEX, answer},
    oci,
    proxy::Proxy,
    registry::Registry,
    sync, versions, with_login,
};

fn settings(allow: &str, proxies: &[(&str, String)]) -> OutboundSettings {
    let proxies: BTreeMap<_, _> =
        proxies.iter().map(|(name, url)| ((*name).to_owned(), url.parse().unwrap())).collect();
    let allow = AllowList::parse(allow).unwrap();
    OutboundSettings { allow, proxies, ..OutboundSettings::default() }
}

fn by(proxy: &str, target: Target) -> Target {
    Target { egress: EgressProfile { proxy: proxy.into(), ..target.egress.clone() }, ..target }
}

#[tokio::test]
async fn a_named_proxy_is_taken_for_tunnels_and_plain_requests() {
    let (plain, authority) = (Registry::start().await, Authority::new("CA"));
    plain.push_chart("team/web", "1.0.0", "A chart").await;
    let (port, _process) = plain.with_tls(&authority.sign("localhost"), None).await;
    // user:p@ss, as it stands in the URL and as it has to arrive.
    let proxy = Proxy::start("Basic dXNlcjpwQHNz").await;
    let open = format!("http://user:p%40ss@{}", proxy.authority);
    let locked = format!("http://user:wrong@{}", proxy.authority);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outbound = Outbound::with(settings(
        &format!("localhost:{port} {}", plain.authority),
        &[("out", open), ("locked", locked), ("closed", format!("http://{closed}"))],
    ))
    .unwrap();
    assert_eq!(outbound.proxies(), ["closed", "locked", "out"]);
    let registries = Registries::new(outbound);
    let egress = EgressProfile { ca: authority.pem(), ..EgressProfile::default() };
    let target = with_login(oci(&format!("oci://localhost:{port}/team/web")), "right");
    let target = Target { egress, ..target };

    let examined = examine(&registries, &by("out", target.clone())).await;
    assert_eq!(failed(&examined), None, "{examined:?}");
    assert_eq!(stage(&examined, Stage::Tcp).detail, "The proxy connects.");
    assert_eq!(
        versions(&sync(&registries, &by("out", target.clone())).await.unwrap()),
        ["web 1.0.0"]
    );
    let tunnel = format!("CONNECT localhost:{port} HTTP/1.1");
    assert!(proxy.asked().len() >= 2 && proxy.asked().iter().all(|asked| *asked == tunnel));

    for name in ["locked", "closed"] {
        let examined = examine(&registries, &by(name, target.clone())).await;
        assert_eq!(failed(&examined), Some((Stage::Tcp, Cause::ProxyError)), "{name}");
        let failure = sync(&registries, &by(name, target.clone())).await.unwrap_err();
        assert_eq!(failure.cause, Cause::ProxyError, "{name}");
        assert!(!format!("{failure} {failure:?}").contains("wrong"), "{failure:?}");
        assert!(!format!("{examined:?}").contains("wrong"));
    }
    let plain_host = with_login(oci(&plain.url("/team/web")), "right");
    let relayed = sync(&registries, &by("out", plain_host.clone())).await.unwrap();
    assert_eq!(versions(&relayed), ["web 1.0.0"]);
    let failure = sync(&registries, &by("locked", plain_host)).await.unwrap_err();
    assert_eq!((failure.cause, failure.status), (Cause::ProxyError, Some(407)));

    let unknown = by("other", target);
    let examined = examine(&registries, &unknown).await;
    assert_eq!(failed(&examined), Some((Stage::Url, Cause::ProxyError)));
    assert_eq!(sync(&registries, &unknown).await.unwrap_err().cause, Cause::ProxyError);
}

#[tokio::test]
async fn r_ssrf_01_a_proxy_leads_to_nothing_that_is_blocked_without_it() {
    let host = Host::start(|_, _| answer(200, &[], INDEX)).await;
    let proxy = Proxy::start("").await;
    let port = host.authority.rsplit_once(':').unwrap().1;
    let named = [("out", format!("http://{}", proxy.authority))];
    let registries = Registries::new(Outbound::with(settings("", &named)).unwrap());
    for url in [
        format!("https://{}", host.authority),
        host.url(""),
        format!("https://localhost:{port}"),
        "https://169.254.169.254/".into(),
        "https://[::1]/".into(),
    ] {
        let target = by("out", helm(&url));
        let failure = sync(&registries, &target).await.unwrap_err();
        assert_eq!(failure.cause, Cause::BlockedAddress, "{url}");
        let examined = examine(&registries, &target).await;
        assert_eq!(failed(&examined).unwrap().1, Cause::BlockedAddress, "{url}");
    }
    assert!(proxy.asked().is_empty() && host.seen().is_empty());
}

#[tokio::test]
async fn r_ssrf_03_a_name_that_only_the_proxy_can_resolve_has_to_be_named_by_the_operator() {
    let proxy = Proxy::start("").await;
    let named = [("out", format!("http://{}", proxy.authority))];
    let inside = "https://charts.does-not-exist.invalid";
    for (allow, url) in [
        ("", inside),
        ("10.0.0.0/8", inside),
        ("10.0.0.0/8", "http://charts.does-not-exist.invalid"),
        ("charts.does-not-exist.invalid:8443", inside),
    ] {
        let registries = Registries::new(Outbound::with(settings(allow, &named)).unwrap());
        let target = by("out", helm(url));
        let failure = sync(&registries, &target).await.unwrap_err();
        assert_eq!(failure.cause, Cause::DnsFailure, "{allow} {url}");
        let examined = examine(&registries, &target).await;
        assert_eq!(failed(&examined), Some((Stage::Dns, Cause::DnsFailure)), "{allow} {url}");
    }
    assert!(proxy.asked().is_empty());
    // Named with its port it goes to the proxy, which cannot resolve it here either.
    let allow = "charts.does-not-exist.invalid:443";
    let registries = Registries::new(Outbound::with(settings(allow, &named)).unwrap());
    let target = by("out", helm(inside));
    assert_eq!(sync(&registries, &target).await.unwrap_err().cause, Cause::ProxyError);
    assert_eq!(proxy.asked(), ["CONNECT charts.does-not-exist.invalid:443 HTTP/1.1"]);
}

#[tokio::test]
async fn r_ssrf_05_only_http_proxies_can_be_named() {
    for url in ["socks5://127.0.0.1:1080", "ftp://proxy.local", "data:x"] {
        let made = Outbound::with(settings("", &[("odd", url.into())]));
        assert!(matches!(made, Err(OutboundError::Proxy { name }) if name == "odd"), "{url}");
    }
}

#[tokio::test]
async fn r_cred_01_a_client_certificate_stays_at_its_origin() {
    let authority = Authority::new("CA");
    let clients = Authority::new("Clients CA");
    let plain = Registry::start().await;
    // The second host demands a certificate; it would be shown one if the egress profile led there with it.
    let (port, _process) = plain.with_tls(&authority.sign("localhost"), Some(&clients.pem())).await;
    let to = format!("https://localhost:{port}/index.yaml");
    let first = Host::start(move |_, _| answer(302, &[("location", &to)], "")).await;
    let outbound =
        Outbound::with(settings(&format!("localhost:{port} {}", first.authority), &[])).unwrap();
    let login = Login {
        certificate: Some(Arc::new(clients.sign("ann").shown())),
        ..Login::stored(String::new(), Secret::default())
    };
    let egress = EgressProfile { ca: authority.pem(), ..EgressProfile::default() };
    let at = |url: &str| Target { login: Some(login.clone()), egress: egress.clone(), ..helm(url) };
    let registries = Registries::new(outbound);
    // At its own origin the certificate opens the handshake: what follows is an ordinary 404.
    let own = sync(&registries, &at(&format!("https://localhost:{port}"))).await.unwrap_err();
    assert_eq!(own.status, Some(404));
    let led = sync(&registries, &at(&first.url(""))).await.unwrap_err();
    assert!(led.status.is_none(), "{led:?}");
}
