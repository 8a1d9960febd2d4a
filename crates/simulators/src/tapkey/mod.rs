//! The simulated Tapkey, written from Tapkey's contract (§ numbers in this folder are that document's sections).
//!
//! [`TapkeySim`] starts one server for both of Tapkey's hosts, the login server and the management API. It is seeded
//! and changed the way somebody in Tapkey's portal would, and answers what scenario tests ask at the end: does this
//! lock open for this person's phone, with or without a connection? Everything else goes over HTTP.

mod ask;
mod cards;
mod console;
mod contacts;
mod control;
mod doors;
mod encoding;
mod grants;
mod locks;
mod login;
mod logs;
mod odata;
mod owners;
mod phones;
mod portal;
mod questions;
mod rate;
mod routes;
mod rows;
mod server;
mod state;
pub mod switches;
mod user_groups;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use portal::{SEED_REDIRECT, Seed};
pub use questions::{SimContact, SimGrant};
pub use rows::{Call, GrantState, Role, SimLock, SimLogEntry, SimOwner};
pub use switches::Switches;

use crate::clock::SimClock;
use crate::dials;
use crate::fault::FaultDial;
use crate::socket::{Tearable, Thread};
use server::Shared;
use state::World;

/// A running simulated Tapkey. Clones are handles to the same one; it ends with the last of them.
#[derive(Clone)]
pub struct TapkeySim {
    shared: Arc<Shared>,
    /// `None` for a handle that the server makes for itself; it must not keep itself alive.
    _running: Option<Arc<Running>>,
}

struct Running {
    closed: Arc<AtomicBool>,
    serving: JoinHandle<()>,
}

impl TapkeySim {
    /// Starts an empty Tapkey on `addr`; port 0 takes a free one.
    pub async fn start(clock: SimClock, addr: SocketAddr) -> io::Result<TapkeySim> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let world = World::new(clock.clone(), format!("http://{addr}"));
        let shared = Arc::new(Shared::new(clock, world));
        let closed = Arc::new(AtomicBool::new(false));
        let service = control::router()
            .merge(dials::router(&shared.clock, &shared.faults))
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
                tracing::error!(%error, "the simulated Tapkey stopped serving");
            }
        });
        let running = Some(Arc::new(Running { closed, serving }));
        Ok(TapkeySim {
            shared,
            _running: running,
        })
    }

    /// A handle from inside the server, for the moment of one request.
    fn inside(shared: Arc<Shared>) -> TapkeySim {
        TapkeySim { shared, _running: None }
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end: the issuer. The API is below it at `/api/v1/`.
    pub fn url(&self) -> String {
        self.shared.world().url.clone()
    }

    /// The clock this Tapkey lives by.
    pub fn clock(&self) -> SimClock {
        self.shared.clock.clone()
    }

    /// What can go wrong with calls, at the login server and the API alike.
    pub fn faults(&self) -> FaultDial {
        self.shared.faults.clone()
    }

    /// The open questions of contract §10.1 as they are answered now.
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
        self.serving.abort();
    }
}
