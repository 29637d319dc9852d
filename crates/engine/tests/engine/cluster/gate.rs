//! A server that answers when the test lets it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::Semaphore;

use super::ApiStub;

#[derive(Clone)]
pub struct Gate {
    /// Answers that may go.
    open: Arc<Semaphore>,
    /// Questions that came.
    came: Arc<AtomicUsize>,
}

impl Gate {
    pub fn shut() -> Self {
        Self { open: Arc::new(Semaphore::new(0)), came: Arc::default() }
    }

    pub async fn pass(&self) {
        self.came.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
    }
}

impl ApiStub {
    /// Lets a slow server answer one question.
    pub fn let_one_go(&self) {
        self.gate.open.add_permits(1);
    }

    /// Waits until so many questions came to a slow server.
    pub async fn asked_slowly(&self, count: usize) {
        for _ in 0..1_200 {
            if self.gate.came.load(Ordering::SeqCst) >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nobody asked: {:?}", self.state().seen);
    }
}
