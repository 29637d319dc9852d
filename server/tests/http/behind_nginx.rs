//! Behind nginx, as `docs/behind-a-proxy.md` says, with visitors who forge what proxies say.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use domain::{
    audit::{AuditAction, AuditQuery},
    service::{Audit as _, Sessions as _},
};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use server::web::{RequestRate, TrustedProxies};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    process::{Child, Command},
    sync::watch,
};
use tokio_rustls::TlsConnector;

use crate::asking::{Hawser, PASSWORD, Scheme, encoded};

const HOST: &str = "hawser.example.com";
const ADA: &str = "ada@example.com";

/// A Hawser that trusts the nginx in front of it.
struct Site {
    hawser: Hawser,
    owner: String,
    plain: SocketAddr,
    tls: SocketAddr,
    authority: RootCertStore,
    _nginx: Child,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn start() -> Self {
        let proxies = TrustedProxies::parse("127.0.0.1").unwrap();
        let hawser =
            Hawser::start_for(Scheme::Https, proxies, RequestRate::default(), |engine| engine)
                .await;
        let owner = hawser.set_up().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = listener.local_addr().unwrap();
        let (_, routes) = watch::channel(hawser.router.clone());
        tokio::spawn(server::serve(listener, routes, hawser.stop.subscribe()));
        let folder = tempfile::tempdir().unwrap();
        let authority = certificate(folder.path());
        let tls = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nginx = nginx(folder.path(), tls, plain);
        while TcpStream::connect(tls).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { hawser, owner, plain, tls, authority, _nginx: nginx, _folder: folder }
    }

    /// Tries to sign in over TLS from `127.0.0.n`, with more headers of one's own.
    async fn sign_in(&self, n: u8, email: &str, password: &str, forged: &str) -> String {
        let stream = connect(n, self.tls).await;
        let roots = self.authority.clone();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from(HOST).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        ask(stream, email, password, forged).await
    }

    /// The same without the proxy.
    async fn sign_in_directly(&self, n: u8, email: &str, password: &str, forged: &str) -> String {
        ask(connect(n, self.plain).await, email, password, forged).await
    }

    /// The addresses that the audit log names, newest first.
    async fn addresses(&self, action: AuditAction) -> Vec<String> {
        let user = self.hawser.user_of(&self.owner).await;
        let principal = self.hawser.engine.principal(user).await.unwrap();
        let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
        let page = self.hawser.engine.list(&principal, query).await.unwrap();
        page.rows
            .iter()
            .map(|row| row.address.map(|at| at.to_string()).unwrap_or_default())
            .collect()
    }
}

/// A key and its certificate, beside the configuration of nginx.
fn certificate(folder: &Path) -> RootCertStore {
    let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
    std::fs::write(folder.join("hawser.crt"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("hawser.key"), made.signing_key.serialize_pem()).unwrap();
    let mut authority = RootCertStore::empty();
    authority.add(made.cert.der().clone()).unwrap();
    authority
}

/// Runs nginx with the very block that the documentation shows.
fn nginx(folder: &Path, tls: SocketAddr, hawser: SocketAddr) -> Child {
    let page = include_str!("../../../docs/behind-a-proxy.md");
    let block = page.split("```nginx\n").nth(1).unwrap().split("```").next().unwrap();
    let at = folder.display();
    let block = [
        ("listen 443 ssl;", format!("listen {tls} ssl;")),
        ("/etc/nginx/", format!("{at}/")),
        ("http://127.0.0.1:3000;", format!("http://{hawser};\n        proxy_bind 127.0.0.1;")),
    ]
    .iter()
    .fold(block.to_owned(), |block, (shown, ours)| {
        assert!(block.contains(shown), "{shown}");
        block.replace(shown, ours)
    });
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {at}/{name};"))
        .join("\n");
    let config = format!(
        "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\n\
         events {{}}\nhttp {{ access_log off;\n{paths}\n{block}}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    // Debian keeps it where only root looks.
    let known = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|at| Path::new(at).exists());
    Command::new(known.unwrap_or("nginx"))
        .args(["-e", "stderr", "-p"])
        .arg(folder)
        .arg("-c")
        .arg(folder.join("nginx.conf"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn connect(n: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 0, n), 0).into()).unwrap();
    socket.connect(to).await.unwrap()
}

/// Sends the form of the sign-in; answers the head of what comes back.
async fn ask(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    email: &str,
    password: &str,
    forged: &str,
) -> String {
    let body = encoded(&[("email", email), ("password", password)]);
    let request = format!(
        "POST /actions/sign-in HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nAccept: text/html\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n{forged}Connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that ends the connection without a farewell of TLS has answered all the same.
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_brute_01_forged_headers_move_nobody() {
    let site = Site::start().await;
    for forged in [
        "",
        "X-Forwarded-For: 198.51.100.7\r\n",
        "X-Forwarded-For: 127.0.0.1, 127.0.0.1\r\n",
        "X-Forwarded-For: nonsense\r\nX-Forwarded-For: 198.51.100.7\r\n",
        "X-Real-IP: 198.51.100.7\r\nForwarded: for=198.51.100.7\r\nX-Client-IP: 198.51.100.7\r\n",
    ] {
        let head = site.sign_in(2, ADA, PASSWORD, forged).await;
        assert!(head.contains(" 303 ") && head.contains("__host-hawser="), "{forged}: {head}");
        assert!(head.contains("__host-hawser-known="), "{head}");
    }
    assert_eq!(site.addresses(AuditAction::SignedIn).await, ["127.0.0.2"; 5]);
    // Whoever finds a way around the proxy is not believed at all.
    let forged = "X-Forwarded-For: 198.51.100.7\r\n";
    site.sign_in_directly(3, ADA, PASSWORD, forged).await;
    assert_eq!(site.addresses(AuditAction::SignedIn).await[0], "127.0.0.3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_brute_01_one_client_behind_a_proxy_leaves_another_address_alone() {
    let site = Arc::new(Site::start().await);
    for n in 0..10 {
        let forged = format!("X-Forwarded-For: 198.51.100.{n}\r\n");
        site.sign_in(2, &format!("{n}@example.com"), "wrong", &forged).await;
    }
    assert_eq!(site.addresses(AuditAction::SignInRefused).await, ["127.0.0.2"; 10]);
    let eleventh = tokio::spawn({
        let site = Arc::clone(&site);
        async move { site.sign_in(2, "eleven@example.com", "wrong", "").await }
    });
    site.hawser.clock.slept_on_by(1).await;
    let owner = site.sign_in(4, ADA, PASSWORD, "").await;
    assert!(owner.contains("location: /\r\n"), "{owner}");
    assert!(!eleventh.is_finished(), "it waits for the clock");
    site.hawser.clock.advance(Duration::from_secs(1));
    eleventh.await.unwrap();
    assert_eq!(site.addresses(AuditAction::SignInRefused).await.len(), 11);
}
