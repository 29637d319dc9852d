//! Search as one types, over everything there is.

use std::time::{Duration, Instant};

use crate::{Failure, hawser::Hawser, http::Connection, table::Row};

/// What a person types, key by key: a word that everything has, numbers that few have, and both.
const TYPED: [&str; 4] = ["many", "chart-00017", "00042", "nothing-like-it"];
const ROUNDS: usize = 40;

/// Asks for every beginning of what is typed over one connection.
pub async fn measure(server: &Hawser) -> Result<Vec<Row>, Failure> {
    let mut connection = Connection::open(server.address).await?;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        for typed in TYPED {
            for (end, letter) in typed.char_indices() {
                let beginning = typed.get(..end + letter.len_utf8()).unwrap_or(typed);
                let request = server.get_request(&format!("/search/results?q={beginning}"));
                let started = Instant::now();
                let answer = connection.ask(&request).await?;
                took.push(started.elapsed());
                if answer.status != 200 {
                    return Err(
                        format!("searching for {beginning} answers {}", answer.status).into()
                    );
                }
            }
        }
    }
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    Ok(vec![Row::new(
        "Search as one types, 70,000 things",
        format!("{} median, {} p99", milliseconds(at(50)), milliseconds(at(99))),
        "10 ms p99 goal",
        "over HTTP",
    )])
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
