//! Connections that do not come about.

use std::process::{Command, Stdio};

use domain::Cause;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    helm,
    host::{Host, INDEX, answer},
    registries, sync,
};

async fn cause(allow: &str, url: &str) -> Cause {
    sync(&registries(allow), &helm(url)).await.unwrap_err().cause
}

#[tokio::test]
async fn r_ssrf_01_nothing_private_is_connected_without_the_operators_word() {
    let host = Host::start(|_, _| answer(200, &[], INDEX)).await;
    let port = host.authority.rsplit_once(':').unwrap().1;
    for url in [
        host.url(""),
        format!("https://{}", host.authority),
        format!("https://localhost:{port}"),
        format!("http://localhost:{port}"),
        format!("https://2130706433:{port}"),
        format!("https://[::ffff:7f00:1]:{port}"),
        "https://169.254.169.254/".into(),
    ] {
        assert_eq!(cause("", &url).await, Cause::BlockedAddress, "{url}");
        assert_eq!(cause("10.0.0.0/8 127.0.0.1:1", &url).await, Cause::BlockedAddress, "{url}");
    }
    assert!(host.seen().is_empty());
    // A network that holds the address opens it, by name as well, with and without TLS.
    for url in [host.url(""), format!("http://localhost:{port}")] {
        assert!(sync(&registries("127.0.0.0/8"), &helm(&url)).await.is_ok(), "{url}");
    }
}

#[tokio::test]
async fn closed_ports_and_unknown_names_are_told_apart() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(
        cause(&closed.to_string(), &format!("http://{closed}")).await,
        Cause::ConnectionRefused
    );
    assert_eq!(cause("", "https://charts.does-not-exist.invalid").await, Cause::DnsFailure);
}

#[tokio::test]
async fn a_connection_that_breaks_is_no_answer() {
    for (said, told) in [
        ("", Cause::ConnectionClosed),
        ("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nentries:", Cause::ConnectionClosed),
        ("220 mail.example ESMTP\r\n", Cause::ServerError),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // The request is read, so that the end of the connection is no reset.
                let mut request = [0; 1_024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(said.as_bytes()).await;
            }
        });
        assert_eq!(cause(&authority, &format!("http://{authority}")).await, told, "{said:?}");
    }
}

#[tokio::test]
async fn a_host_without_tls_and_one_with_its_own_certificate_are_told_apart() {
    let plain = Host::start(|_, _| answer(200, &[], INDEX)).await;
    assert_eq!(
        cause(&plain.authority, &format!("https://{}", plain.authority)).await,
        Cause::ConnectionRefused
    );

    let folder = tempfile::tempdir().unwrap();
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        command
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let made = openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost").status().unwrap();
    assert!(made.success());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server =
        openssl(&format!("s_server -accept 127.0.0.1:{port} -cert cert.pem -key key.pem -www"))
            .spawn()
            .unwrap();
    let allow = format!("localhost:{port}");
    let mut told = Cause::ConnectionRefused;
    for _ in 0..100 {
        told = cause(&allow, &format!("https://localhost:{port}")).await;
        if told != Cause::ConnectionRefused {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(told, Cause::TlsUntrusted);
}
