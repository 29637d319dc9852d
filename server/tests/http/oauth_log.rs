//! What is logged while somebody connects an account.

use std::{
    io::Write,
    sync::{Mutex, Once},
};

use testkit::github_stub::SECRET;

use crate::oauth::start;

/// Everything that the tests of this program log.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn r_oauth_07_nothing_secret_is_logged() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
            .with_writer(|| Log)
            .init();
    });
    let side = start().await;
    let (page, cookie) = side.begin().await;
    let back = side.stub.agree(&page);
    side.back(&back, &[&side.ada, &cookie]).await;
    side.hawser.form("/actions/gitops/device", &side.ada, &[]).await;
    let key = cookie.split_once('=').unwrap().1;
    let logged = String::from_utf8(LOGGED.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("/oauth/github/callback"), "requests are logged: {logged}");
    for secret in [key, &back.0, &back.1, "canary", "ghu_", "ghr_", SECRET] {
        assert!(!logged.contains(secret), "{secret} is in {logged}");
    }
}
