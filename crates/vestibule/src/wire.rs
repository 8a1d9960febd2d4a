//! Wires the rooms: store, worker and pages become one running house.
//!
//! In: an open store, a clock, where vendors and mail are. Out: [`Running`]. Why so: `serve`, the demo and the tests start the very
//! same thing. Always: pages reach vendors only through the two ports handed in here.

use std::net::SocketAddr;
use std::sync::Arc;

use connectors::Connectors;
use store::{Clock, Store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use web::{App, Outside};
use worker::Worker;
use worker::post::Post;

/// What a house is made of.
pub struct Parts {
    /// Where facts are.
    pub store: Store,
    /// The product's clock.
    pub clock: Clock,
    /// The way to the vendors.
    pub connectors: Connectors,
    /// The mail server, if there is one.
    pub post: Option<Post>,
    /// Our address as people and vendors type it.
    pub public_url: Option<String>,
    /// Is there a proxy in front whose `X-Forwarded-For` tells the caller's address?
    pub behind_proxy: bool,
}

/// A worker, and what pages need to reach it.
pub struct House {
    /// The running worker.
    pub worker: Worker,
    /// Ends when the worker has stopped.
    pub working: JoinHandle<()>,
    parts: Parts,
}

impl House {
    /// Starts the worker.
    pub fn start(parts: Parts) -> Self {
        let (worker, working) = Worker::start(worker::Settings {
            store: parts.store.clone(),
            clock: parts.clock.clone(),
            connectors: parts.connectors.clone(),
            post: parts.post.clone(),
            public_url: parts.public_url.clone(),
        });
        Self { worker, working, parts }
    }

    /// The pages, with the demo's extras or without.
    pub fn app(&self, demo: Option<web::Demo>) -> App {
        let settings = web::Settings {
            base_url: self.parts.public_url.clone(),
            behind_proxy: self.parts.behind_proxy,
        };
        App::new(
            self.parts.store.clone(),
            self.parts.clock.clone(),
            outside(&self.worker),
            settings,
            demo,
        )
    }

    /// Lets the worker finish what it is at, then closes the store.
    pub async fn stop(self) {
        self.worker.stop().await;
        if let Err(error) = self.working.await {
            tracing::error!(%error, "the worker broke off");
        }
        self.parts.store.close().await;
    }
}

/// The two ways out that pages have.
fn outside(worker: &Worker) -> Outside {
    let (opens, connects, looks, keys) = (worker.clone(), worker.clone(), worker.clone(), worker.clone());
    Outside {
        open: Arc::new(move |asked| {
            let worker = opens.clone();
            Box::pin(async move { worker.open(asked).await })
        }),
        connect: Arc::new(move |form| {
            let worker = connects.clone();
            Box::pin(async move { worker.connect(form).await })
        }),
        gateways: Arc::new(move |network, integration, act| {
            let worker = looks.clone();
            Box::pin(async move { worker.gateways(network, integration, act).await })
        }),
        key: Arc::new(move |owner, act| {
            let worker = keys.clone();
            Box::pin(async move { worker.key(owner, act).await })
        }),
        vendors: Worker::vendors().to_vec(),
    }
}

/// Binds an address, with a sentence when it is taken.
///
/// # Errors
/// A sentence about what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|why| {
        format!("{address} cannot be listened on: {why}. Is another program using the port? Choose another with --listen or --port.")
    })
}

/// Resolves when the process is asked to end: Ctrl-C, or a service manager's SIGTERM.
pub async fn asked_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "SIGTERM cannot be heard; use Ctrl-C");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
