//! A proxy, called a stub: it opens tunnels, relays plain requests, and wants a login if told so.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

pub struct Proxy {
    pub authority: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// A proxy that wants `login`, the value of `Proxy-Authorization`; empty for none.
    pub async fn start(login: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, login, Arc::clone(&log)));
            }
        });
        Self { authority, asked }
    }

    /// The first lines of all requests.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(connection: TcpStream, login: &str, asked: Arc<Mutex<Vec<String>>>) {
    let mut client = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let first = head.lines().next().unwrap_or_default().to_owned();
    asked.lock().unwrap().push(first.clone());
    let given = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization").then_some(value)
    });
    if !login.is_empty() && given != Some(login) {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        client.write_all(refusal).await.unwrap_or_default();
        return;
    }
    let words: Vec<_> = first.split(' ').collect();
    let tunnel = words[0] == "CONNECT";
    let authority = if tunnel { words[1] } else { words[1].split('/').nth(2).unwrap() };
    let Ok(mut host) = TcpStream::connect(authority).await else {
        let refusal = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
        client.write_all(refusal).await.unwrap_or_default();
        return;
    };
    if tunnel {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap_or_default();
        copy_bidirectional(&mut client, &mut host).await.unwrap_or_default();
    } else {
        let path = words[1].splitn(4, '/').nth(3).unwrap();
        let own = head.replacen(words[1], &format!("/{path}"), 1);
        let own = own.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        host.write_all(own.as_bytes()).await.unwrap_or_default();
        let mut body = vec![0; length(&head)];
        client.read_exact(&mut body).await.unwrap_or_default();
        host.write_all(&body).await.unwrap_or_default();
        let mut answer = Vec::new();
        host.read_to_end(&mut answer).await.unwrap_or_default();
        client.write_all(&answer).await.unwrap_or_default();
    }
}

/// The bytes of the body that follows a head.
fn length(head: &str) -> usize {
    let named = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
    };
    head.lines().find_map(named).unwrap_or(0)
}
