//! The simulated Salto KS, written from Salto's contract (§ numbers in this folder are that document's sections).
//!
//! [`SaltoSim`] starts three servers that share one state, as the vendor has three hosts: identity, Connect API, event
//! stream. It seeds sites, changes them the way an operator in Salto's web app would, holds keys to readers, and
//! answers what scenario tests ask at the end: does this door open for this person now? Everything else is HTTP.

mod ask;
mod console;
mod control;
mod devices;
mod door;
mod entries;
mod groups;
mod hours;
mod identity;
mod iqs;
mod listing;
mod locks;
mod opening;
mod questions;
mod routes;
mod rows;
mod schedules;
mod seed;
mod server;
mod sites;
mod state;
mod stream;
pub mod switches;
mod users;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use door::{By, Key, Light};
pub use hours::Hours;
pub use opening::otp;
pub use questions::Seats;
pub use rows::{Call, Client, Entry, Group, Host, Id, Iq, Letter, Lock, Person, Site, SiteUser};
pub use switches::Switches;

use crate::clock::SimClock;
use crate::fault::FaultDial;
use crate::socket::{Tearable, Thread};
use server::Shared;
use state::World;

/// A running simulated Salto KS. Clones are handles to the same one; it ends with the last of them.
#[derive(Clone)]
pub struct SaltoSim {
    pub(crate) shared: Arc<Shared>,
    running: Arc<Running>,
}

struct Running {
    urls: [String; 3],
    closed: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl SaltoSim {
    /// Starts with no site and no client; `addrs` are those of identity, API and stream, port 0 takes a free one.
    pub async fn start(clock: SimClock, addrs: [SocketAddr; 3]) -> io::Result<SaltoSim> {
        let mut listeners = Vec::with_capacity(addrs.len());
        for addr in addrs {
            listeners.push(TcpListener::bind(addr).await?);
        }
        let mut urls = [String::new(), String::new(), String::new()];
        for (url, listener) in urls.iter_mut().zip(&listeners) {
            *url = format!("http://{}", listener.local_addr()?);
        }
        let shared = Arc::new(Shared::new(clock.clone(), World::new(clock, urls.clone())));
        let closed = Arc::new(AtomicBool::new(false));
        let own = || control::router(&shared).merge(console::router());
        let hosts: [Router<Arc<Shared>>; 3] = [
            Router::new().fallback(server::identity),
            own().fallback(server::api),
            stream::router().fallback(server::stream),
        ];
        let mut tasks = Vec::with_capacity(listeners.len());
        for (listener, router) in listeners.into_iter().zip(hosts) {
            let tearable = Tearable {
                listener,
                closed: closed.clone(),
            };
            let service = router
                .with_state(shared.clone())
                .into_make_service_with_connect_info::<Thread>();
            tasks.push(tokio::spawn(async move {
                if let Err(error) = axum::serve(tearable, service).await {
                    tracing::error!(%error, "the simulated Salto KS stopped serving");
                }
            }));
        }
        let running = Arc::new(Running { urls, closed, tasks });
        Ok(SaltoSim { shared, running })
    }

    /// The base address of one host, without a slash at the end. The console is the API's `/`.
    pub fn url(&self, host: Host) -> String {
        let [identity, api, stream] = &self.running.urls;
        match host {
            Host::Identity => identity.clone(),
            Host::Api => api.clone(),
            Host::Stream => stream.clone(),
        }
    }

    /// The clock this Salto KS lives by.
    pub fn clock(&self) -> SimClock {
        self.shared.clock.clone()
    }

    /// What can go wrong with calls, on all three hosts.
    pub fn faults(&self) -> FaultDial {
        self.shared.faults.clone()
    }

    /// The open questions as they are answered now.
    pub fn switches(&self) -> Switches {
        self.shared.world().switches.clone()
    }

    /// Answers open questions differently from now on.
    pub fn set_switches(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.shared.world().switches);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
