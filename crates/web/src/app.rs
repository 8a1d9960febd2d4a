//! What every request shares, and the router made from the registry.
//!
//! In: the store, the clock, the ways out, settings. Out: an axum router, and [`serve`] to put it on a socket.
//! Always: every route goes through the guard; there is no other way to add one.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use access::Instant;
use access::id::AccountId;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use futures_util::future::BoxFuture;
use store::Store;
use store::clock::Clock;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::guard;
use crate::outside::Outside;
use crate::registry;

/// The largest body any route reads.
pub const BODY_BYTES: usize = 1024 * 1024;

/// Where and how we are reached.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// As people reach us, as in `https://doors.example.org`; without it links are made from the request's host.
    pub base_url: Option<String>,
    /// Is there a proxy in front whose `X-Forwarded-For` tells the caller's address?
    pub behind_proxy: bool,
}

/// What only the demo has.
#[derive(Clone)]
pub struct Demo {
    /// One-click sign-in links: a label for the bar, the key in the link, whose account.
    pub links: Vec<DemoLink>,
    /// Sets the clock and returns when everything due by then has been worked.
    pub set_clock: Arc<dyn Fn(Instant) -> BoxFuture<'static, ()> + Send + Sync>,
    /// The address of a script that stands in for a phone's own app with a digital key, where the demo has locks for one.
    pub phone: Option<&'static str>,
}

/// One sign-in link of the demo.
#[derive(Clone, Debug)]
pub struct DemoLink {
    /// As shown: "Operator", "Ana, member".
    pub label: String,
    /// The long random text in the link.
    pub key: String,
    /// Whose account it signs in.
    pub account: AccountId,
    /// In which network.
    pub network: access::id::NetworkId,
}

/// What every request shares; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    store: Store,
    clock: Clock,
    outside: Outside,
    settings: Settings,
    demo: Option<Demo>,
}

impl App {
    /// Puts it together.
    pub fn new(store: Store, clock: Clock, outside: Outside, settings: Settings, demo: Option<Demo>) -> Self {
        Self(Arc::new(Shared {
            store,
            clock,
            outside,
            settings,
            demo,
        }))
    }

    /// What remembers.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What tells the time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The ways out.
    pub fn outside(&self) -> &Outside {
        &self.0.outside
    }

    /// Where we are reached.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The demo's extras, in the demo.
    pub fn demo(&self) -> Option<&Demo> {
        self.0.demo.as_ref()
    }

    /// Do people reach us over an encrypted connection?
    pub fn https(&self) -> bool {
        self.0
            .settings
            .base_url
            .as_deref()
            .is_some_and(|base| base.starts_with("https://"))
    }
}

/// Every route of the registry, each behind the guard.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in registry::all() {
        let spec = guard::Spec::of(&route, app.clone());
        router = router.route(
            route.path,
            route.answer.route_layer(from_fn_with_state(spec, guard::guard)),
        );
    }
    let compress = DefaultPredicate::new().and(NotForContentType::new("text/event-stream"));
    router
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(CompressionLayer::new().gzip(true).compress_when(compress))
        .with_state(app)
}

/// Answers on a socket until `stop` resolves.
pub async fn serve(
    listener: tokio::net::TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
