//! Takes connections, with limits on what a client may cost before a route sees it.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::timeout,
};
use tower::{Service as _, service_fn};

use crate::stalled::Taken;

/// The most connections at once.
const CONNECTIONS: usize = 1_024;

/// How long a client may take to send its headers, and how long an idle connection stays.
const HEADERS: Duration = Duration::from_secs(30);

/// How long a client may take nothing of its answer.
const TAKES_NOTHING: Duration = Duration::from_secs(30);

/// How long requests may take to finish after the server was told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Serves what `routes` holds at the time of each request, until `stop` turns true; then lets
/// running requests finish.
pub async fn serve(
    listener: TcpListener,
    routes: watch::Receiver<Router>,
    mut stop: watch::Receiver<bool>,
) {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connections.watch(connection(stream, peer, routes.clone()));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::trace!(%error, "a connection ended early");
                    }
                    drop(place);
                });
            }
            // Usually too many open files: accepting again at once would not help.
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if timeout(LAST_REQUESTS, connections.shutdown()).await.is_err() {
        tracing::warn!("failed to finish all requests before the shutdown limit");
    }
}

/// One client's connection, HTTP/1.1 or HTTP/2.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    routes: watch::Receiver<Router>,
) -> impl hyper_util::server::graceful::GracefulConnection<
    Error = Box<dyn std::error::Error + Send + Sync>,
    Output: Send,
> + Send
+ 'static {
    // Small answers must not wait for the client's acknowledgement of the ones before.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut current = routes.borrow().clone();
        async move {
            Ok::<_, Infallible>(
                current.call(request.map(Body::new)).await.unwrap_or_else(|never| match never {}),
            )
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    let stream = Taken::new(stream, TAKES_NOTHING);
    builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned()
}
