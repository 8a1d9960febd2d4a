//! `vestibule demo`: a whole coworking business on this machine, with simulated doors and mail, and a clock to move.
//!
//! In: where to keep data, a port, a start. Out: running servers and a few lines that say where to look.
//! Always: the same house as `serve`, wired by the same function; only the vendor's address, the clock and the links differ.
//! Data from an earlier start is taken up again; the simulators begin anew, so the house signs in and compares once more.

pub mod building;
mod clock;
mod contracts;
mod directory;
mod furnish;
mod phone;
mod seed;
mod vendor;

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use access::Instant;
use access::facts::IntegrationState;
use access::id::NetworkId;
use access::vendor::NewLogin;
use store::wakeup::{Lane, Wake};
use store::{Clock, Page, Store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use worker::Worker;
use worker::post::Post;

use crate::cli::Demo;
use crate::demo::clock::Clocks;
use crate::demo::directory::Directory;
use crate::demo::vendor::Neighbours;
use crate::serve;
use crate::wire::{self, House, Parts};

/// Runs the demo until it is asked to stop.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(args: Demo) -> Result<(), String> {
    let json = args.json;
    let opened = Opened::open(args, wire::asked_to_stop()).await?;
    // The pages answer already; whoever reads on finds every door as it should be.
    opened.settle().await;
    println!("{}", if json { opened.json().to_string() } else { opened.text() });
    opened.until_stopped().await
}

/// A running demo.
pub struct Opened {
    web: String,
    directory: Directory,
    around: Neighbours,
    clocks: Clocks,
    house: House,
    serving: JoinHandle<std::io::Result<()>>,
    _folder: Folder,
}

impl Opened {
    /// Starts everything; pages answer from here on, until `stop` resolves.
    ///
    /// # Errors
    /// A sentence for the person at the terminal.
    pub async fn open(args: Demo, stop: impl Future<Output = ()> + Send + 'static) -> Result<Self, String> {
        let folder = Folder::of(args.data)?;
        let start = args.at.unwrap_or_else(|| Clock::system().now());
        let listener = wire::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port))).await?;
        let web = address(&listener)?;
        let around = Neighbours::start(start, &web).await?;
        let key = serve::seal_key(&folder.path.join("vestibule.key"))?;
        let file = format!("sqlite:{}", folder.path.join("vestibule.sqlite").display());
        let store = Store::open(&file, key)
            .await
            .map_err(|why| format!("{file} cannot be used: {why}"))?;
        let product = Clock::movable(start);
        let known = network(&store).await.map_err(unread)?;
        if let Some(network) = known {
            around.forget_ids_up_to(newest_external(&store, network).await.map_err(unread)?, start);
        }
        let sender = "Harbor Works <doors@harbor-works.example>";
        let house = House::start(Parts {
            store: store.clone(),
            clock: product.clone(),
            connectors: around.connectors(&store)?,
            post: Some(Post::new(&format!("smtp://{}", around.mail.smtp_addr()), sender)?),
            public_url: Some(web.clone()),
            behind_proxy: false,
        });
        let network = match known {
            Some(network) => {
                take_up(&store, &house.worker, network, product.now()).await?;
                network
            }
            None => seed::seed(&store, &house.worker, &around, product.now()).await?,
        };
        let act = directory::act(network, product.now());
        let directory = Directory::read(&store, &act).await.map_err(unread)?;
        let clocks = Clocks {
            product,
            simulators: around.clock.clone(),
            worker: house.worker.clone(),
            store: store.clone(),
        };
        let pages = web::router(house.app(Some(extras(&directory, &clocks))));
        let pages = phone::in_front_of(pages, around.salto.clone());
        let service = clock::in_front_of(pages, clocks.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stop);
        let serving = tokio::spawn(async move { serving.await });
        Ok(Self {
            web,
            directory,
            around,
            clocks,
            house,
            serving,
            _folder: folder,
        })
    }

    /// The line for scripts.
    pub fn json(&self) -> serde_json::Value {
        self.directory.json(&self.web, &self.around)
    }

    /// The lines for people.
    pub fn text(&self) -> String {
        self.directory.text(&self.web, &self.around)
    }

    /// The simulated vendors, for the last question: does this door open?
    pub fn vendors(&self) -> &Neighbours {
        &self.around
    }

    /// Returns when everything that is due has been worked.
    pub async fn settle(&self) {
        self.clocks.settle().await;
    }

    /// Moves every clock, and returns when everything due by then has been worked.
    pub async fn set_clock(&self, to: Instant) {
        self.clocks.set(to).await;
    }

    /// Returns when it was asked to stop, and has.
    ///
    /// # Errors
    /// When serving broke off.
    pub async fn until_stopped(self) -> Result<(), String> {
        let served = self.serving.await.map_err(|why| format!("serving broke off: {why}"))?;
        served.map_err(|why| format!("serving broke off: {why}"))?;
        self.house.stop().await;
        Ok(())
    }
}

/// What only the demo's pages have.
fn extras(directory: &Directory, clocks: &Clocks) -> web::Demo {
    let clocks = clocks.clone();
    web::Demo {
        links: directory.links.clone(),
        set_clock: Arc::new(move |to| {
            let clocks = clocks.clone();
            Box::pin(async move { clocks.set(to).await })
        }),
        phone: Some(phone::SCRIPT),
    }
}

/// The network of an earlier start, if there was one.
async fn network(store: &Store) -> store::Result<Option<NetworkId>> {
    let mut tx = store.read().await?;
    Ok(store::network::all(&mut tx).await?.first().map(|network| network.id))
}

/// The newest vendor id that was given out before.
async fn newest_external(store: &Store, network: NetworkId) -> store::Result<i64> {
    let mut tx = store.read().await?;
    let mut newest = 0;
    let number = |external: Option<&String>| external.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    for integration in store::integration::list(&mut tx, network, None, &Page::longest())
        .await?
        .rows
    {
        for grant in store::grant::live(&mut tx, network, integration.id).await? {
            newest = newest.max(number(grant.external.as_ref()));
        }
        for holder in store::holder::of_integration(&mut tx, network, integration.id).await? {
            newest = newest.max(number(holder.details.external.as_ref()));
        }
    }
    Ok(newest)
}

/// Goes on with old data: the simulated vendor forgot our key and everything we gave, so sign in and compare anew.
async fn take_up(store: &Store, worker: &Worker, network: NetworkId, now: Instant) -> Result<(), String> {
    let mut logins = Vec::new();
    for site in building::SITES {
        logins.push((site.at.word(), seed::sign_in(worker, site.at).await?));
    }
    renew(store, network, &logins, now)
        .await
        .map_err(|why| format!("The demo's data could not be taken up: {why}"))
}

async fn renew(store: &Store, network: NetworkId, logins: &[(&str, NewLogin)], now: Instant) -> store::Result<()> {
    let act = directory::act(network, now);
    let mut tx = store.write().await?;
    for (vendor, login) in logins {
        store::vendor_login::keep(&mut tx, &act, vendor, &login.account, &login.shown, &login.secret).await?;
    }
    for integration in store::integration::list(&mut tx, network, None, &Page::longest())
        .await?
        .rows
    {
        if integration.details.state == IntegrationState::NeedsSignIn {
            store::integration::set_state(&mut tx, &act, integration.id, IntegrationState::Connected).await?;
        }
        let whole = Wake {
            integration: integration.id,
            person: None,
            lane: Lane::GrantSoon,
        };
        // Read it all again, whatever the receipts say.
        store::integration::set_reading_due(&mut tx, network, integration.id, now).await?;
        store::wakeup::mark(&mut tx, network, whole, now).await?;
    }
    tx.commit().await
}

fn unread(why: store::Error) -> String {
    format!("The demo's data cannot be read: {why}. Choose another folder with --data, or remove this one.")
}

fn address(listener: &TcpListener) -> Result<String, String> {
    let at = listener
        .local_addr()
        .map_err(|why| format!("The pages' port cannot be read: {why}."))?;
    Ok(format!("http://{at}"))
}

/// Where the demo keeps its data; a folder of its own goes with it.
struct Folder {
    path: PathBuf,
    passing: bool,
}

impl Folder {
    fn of(asked: Option<PathBuf>) -> Result<Self, String> {
        let passing = asked.is_none();
        let path = asked.unwrap_or_else(|| {
            std::env::temp_dir().join(format!("vestibule-demo-{}", &store::chance::token().reveal()[..12]))
        });
        std::fs::create_dir_all(&path)
            .map_err(|why| format!("The folder {} cannot be made: {why}.", path.display()))?;
        Ok(Self { path, passing })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.passing
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(%error, folder = %self.path.display(), "the demo's passing folder stays behind");
        }
    }
}

#[cfg(test)]
mod tests;
