//! A connection to a server that can be closed: what is sent meanwhile waits, and nothing is lost.
#![expect(clippy::indexing_slicing, reason = "what was read is no longer than the buffer")]

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};
use url::Url;

/// The connection, open at first.
pub struct Held {
    address: Url,
    is_open: watch::Sender<bool>,
    waiting: Arc<Notify>,
}

impl Held {
    /// A connection of our own to a server.
    pub async fn before(server: &Url) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut address = server.clone();
        address.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let to = format!("{}:{}", server.host_str().unwrap(), server.port().unwrap());
        let (is_open, opened) = watch::channel(true);
        let waiting = Arc::new(Notify::new());
        let told = Arc::clone(&waiting);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(carry(client, to.clone(), opened.clone(), Arc::clone(&told)));
            }
        });
        Self { address, is_open, waiting }
    }

    /// Where it begins.
    pub fn address(&self) -> Url {
        self.address.clone()
    }

    pub fn close(&self) {
        self.is_open.send_replace(false);
    }

    pub fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Until something waits at the closed connection.
    pub async fn waits(&self) {
        self.waiting.notified().await;
    }
}

async fn carry(
    client: TcpStream,
    to: String,
    mut opened: watch::Receiver<bool>,
    waiting: Arc<Notify>,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(to).await.unwrap().into_split();
    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from_client.read(&mut bytes).await {
        if !*opened.borrow() {
            waiting.notify_one();
        }
        if opened.wait_for(|is_open| *is_open).await.is_err() {
            return;
        }
        to_server.write_all(&bytes[..read]).await.unwrap();
    }
}
