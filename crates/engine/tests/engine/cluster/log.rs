//! Everything that is logged while the tests of this program run.

use std::{
    io::{self, Write},
    sync::{Mutex, Once},
};

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENS: Once = Once::new();

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the log from here on, down to the last detail.
pub fn listen() {
    LISTENS.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| Kept)
            .init();
    });
}

pub fn assert_without(text: &str) {
    let logged = String::from_utf8_lossy(&LOGGED.lock().unwrap()).into_owned();
    assert!(!logged.is_empty(), "nothing was logged at all");
    let line = logged.lines().find(|line| line.contains(text));
    assert!(line.is_none(), "logged: {}", line.unwrap_or_default());
}
