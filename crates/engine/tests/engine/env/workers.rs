//! Background loops that a test starts and ends.

use engine::Engine;
use tokio::{sync::oneshot, task::JoinHandle};

/// Running background loops.
pub struct Workers {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Workers {
    /// Those of this engine.
    pub fn of(engine: &Engine) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let engine = engine.clone();
        let task = tokio::spawn(engine.run_workers(async move { drop(stopped.await) }));
        Self { stop, task }
    }

    /// Ends them at once, as a killed process does.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.is_err(), "they were still running");
    }

    /// Ends them in order.
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap();
    }
}
