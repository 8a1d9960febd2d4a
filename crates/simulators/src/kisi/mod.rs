//! The simulated Kisi, written from Kisi's contract (§ numbers in this folder are that document's sections).
//!
//! [`KisiSim`] starts the server, seeds it, changes it the way an administrator in Kisi's console would, and answers
//! what scenario tests ask at the end: may this person open this lock now? Everything else goes over HTTP.

mod ask;
mod assignments;
mod auth;
mod console;
mod control;
mod events;
mod groups;
mod links;
mod locks;
mod logins;
mod questions;
mod rate;
mod routes;
mod rows;
mod server;
mod state;
pub mod switches;
mod unlock;
mod users;
mod webhooks;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use questions::{SimAssignment, SimEvent, SimLogin};
pub use rows::{Call, LoginKind, SimGroup, SimHours, SimLock, SimPlace, SimUser, Unlock};
pub use switches::Switches;

use crate::clock::SimClock;
use crate::dials;
use crate::fault::FaultDial;
use crate::socket::{Tearable, Thread};
use server::Shared;
use state::World;

/// Events waiting for delivery; more fall off with a warning.
const OUTBOX: usize = 10_000;

/// A running simulated Kisi. Clones are handles to the same one; it ends with the last of them.
#[derive(Clone)]
pub struct KisiSim {
    pub(crate) shared: Arc<Shared>,
    running: Arc<Running>,
}

struct Running {
    addr: SocketAddr,
    closed: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl KisiSim {
    /// Starts an empty organization on `addr`; port 0 takes a free one.
    pub async fn start(clock: SimClock, addr: SocketAddr) -> io::Result<KisiSim> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let (outbox, events) = mpsc::channel(OUTBOX);
        let shared = Arc::new(Shared::new(clock.clone(), World::new(clock, outbox)));
        let closed = Arc::new(AtomicBool::new(false));
        let service = dials::router(&shared.clock, &shared.faults)
            .merge(control::router())
            .merge(console::router())
            .fallback(server::front)
            .with_state(shared.clone())
            .into_make_service_with_connect_info::<Thread>();
        let tearable = Tearable {
            listener,
            closed: closed.clone(),
        };
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(tearable, service).await {
                tracing::error!(%error, "the simulated Kisi stopped serving");
            }
        });
        let delivering = tokio::spawn(webhooks::deliver(shared.clone(), events));
        let running = Arc::new(Running {
            addr,
            closed,
            tasks: vec![serving, delivering],
        });
        Ok(KisiSim { shared, running })
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.addr)
    }

    /// The clock this Kisi lives by.
    pub fn clock(&self) -> SimClock {
        self.shared.clock.clone()
    }

    /// What can go wrong with calls.
    pub fn faults(&self) -> FaultDial {
        self.shared.faults.clone()
    }

    /// The open questions of contract §8 as they are answered now.
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
