//! A webhook that remembers what it took.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode};
use serde_json::Value;

/// A stub of somebody's webhook.
#[derive(Clone, Default)]
pub struct Hook(Arc<Mutex<(Vec<Value>, Vec<u16>)>>);

impl Hook {
    /// Starts one that gives these answers, and 200 after them.
    pub async fn start(answers: &[u16]) -> (Self, String) {
        let hook = Self::default();
        hook.0.lock().unwrap().1 = answers.iter().rev().copied().collect();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook?token=hunter2", listener.local_addr().unwrap());
        let take = async |State(hook): State<Self>, body: String| {
            let mut inner = hook.0.lock().unwrap();
            inner.0.push(serde_json::from_str(&body).unwrap());
            StatusCode::from_u16(inner.1.pop().unwrap_or(200)).unwrap()
        };
        let router =
            Router::new().route("/hook", axum::routing::post(take)).with_state(hook.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (hook, address)
    }

    /// Waits until it was asked so often; answers with what.
    pub async fn took(&self, count: usize) -> Vec<Value> {
        for _ in 0..400 {
            let seen = self.0.lock().unwrap().0.clone();
            if seen.len() >= count {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the webhook was not asked {count} times");
    }
}
