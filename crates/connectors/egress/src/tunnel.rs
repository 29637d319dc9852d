//! A connection to a host for a look at it: straight, or through a proxy's tunnel.

use std::{io, net::SocketAddr, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::Url;
use zeroize::Zeroizing;

use super::{
    resolve::look_up,
    tls::{Checking, Tls},
};

/// As much of a proxy's answer as is read.
const ANSWER_BYTES: usize = 8 * 1024;
/// The most addresses of a host that are tried.
const TRIED: usize = 4;

/// A connection, whatever it goes through.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Connects to one of the addresses; the error is the last one's.
pub(super) async fn connect(addresses: &[SocketAddr]) -> io::Result<Box<dyn Stream>> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses.iter().take(TRIED) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(Box::new(stream)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Connects to a proxy, which the operator named, and has it open a tunnel to `host:port` when one
/// is asked for. `tls` is for a proxy that is itself spoken to with TLS.
pub(super) async fn through(
    proxy: &Url,
    tunnel: Option<(&str, u16)>,
    tls: &Tls,
) -> io::Result<Box<dyn Stream>> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
    let port = proxy.port_or_known_default().ok_or_else(invalid)?;
    let name = proxy.host_str().ok_or_else(invalid)?.trim_matches(['[', ']']);
    let mut addresses = look_up(name).await?;
    for address in &mut addresses {
        address.set_port(port);
    }
    let mut stream = connect(&addresses).await?;
    if proxy.scheme() == "https" {
        let mut config = tls.config(Checking::Verify).map_err(io::Error::other)?;
        config.alpn_protocols.clear();
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        stream = Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await?);
    }
    if let Some((host, port)) = tunnel {
        let greeting = greeting(proxy, host, port);
        stream.write_all(greeting.as_bytes()).await?;
        stream.flush().await?;
        opened(&mut stream).await?;
    }
    Ok(stream)
}

fn greeting(proxy: &Url, host: &str, port: u16) -> Zeroizing<String> {
    let mut text =
        Zeroizing::new(format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"));
    if !proxy.username().is_empty() || proxy.password().is_some() {
        let pair = Zeroizing::new(format!(
            "{}:{}",
            decoded(proxy.username()),
            decoded(proxy.password().unwrap_or_default())
        ));
        let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        text.push_str("Proxy-Authorization: Basic ");
        text.push_str(&encoded);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text
}

/// A part of a URL without its percent signs.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the proxy's answer up to its empty line: byte by byte, so that nothing of the tunnel is
/// taken with it.
async fn opened(stream: &mut Box<dyn Stream>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= ANSWER_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(stream.read_u8().await?);
    }
    let status = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if head.starts_with(b"HTTP/1.") && status == b"200" {
        Ok(())
    } else {
        Err(io::ErrorKind::ConnectionRefused.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_greeted_with_its_login() {
        let greet =
            |proxy: &str| greeting(&Url::parse(proxy).unwrap(), "r.example", 443).to_string();
        assert_eq!(
            greet("http://p:3128"),
            "CONNECT r.example:443 HTTP/1.1\r\nHost: r.example:443\r\n\r\n"
        );
        // a@b:c%d
        assert!(
            greet("http://a%40b:c%25d@p").contains("Proxy-Authorization: Basic YUBiOmMlZA==\r\n")
        );
    }
}
