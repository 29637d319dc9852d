//! A proxy between the engine and its Vault that can be shut while something is under way.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use vault::VaultConfig;

/// A way to a Vault.
pub struct FaultProxy {
    pub config: VaultConfig,
    open: watch::Sender<bool>,
    refused: watch::Receiver<usize>,
}

impl FaultProxy {
    /// An open proxy in front of this Vault.
    pub async fn before(vault: VaultConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut address = vault.address.clone();
        address.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let to = vault.address.authority().to_owned();
        let (open, seen) = watch::channel(true);
        let (count, refused) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let (to, mut seen, count) = (to.clone(), seen.clone(), count.clone());
                tokio::spawn(async move {
                    if !*seen.borrow() {
                        count.send_modify(|count| *count += 1);
                        return;
                    }
                    let mut to = TcpStream::connect(to).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut from, &mut to) => {}
                        _ = seen.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { config: VaultConfig { address, ..vault }, open, refused }
    }

    /// Changes with each connection that finds it shut.
    pub fn refused(&self) -> watch::Receiver<usize> {
        self.refused.clone()
    }

    /// Opens and shuts it, from wherever.
    pub fn handle(&self) -> watch::Sender<bool> {
        self.open.clone()
    }
}
