//! Tokens (§3.5, §3.8, §10.4 no. 2): renewed in time, once for all who ask, and the new one stored before it is used.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::id::{NetworkId, VendorLoginId};
use access::vendor::Secret;
use connectors::vault::{Borrowed, LoginKey, Trip, Vault};
use connectors::{Connector, Connectors, Kind, Login, Settings};
use simulators::tapkey::switches::RefreshTokens;
use simulators::tapkey::{Seed, TapkeySim};

use crate::kit::*;

/// A vault in memory.
#[derive(Debug)]
struct Drawer(Mutex<Inside>);

#[derive(Debug)]
struct Inside {
    secret: Secret,
    lent: bool,
    changes: usize,
}

impl Drawer {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for Drawer {
    fn borrow(&self, _: LoginKey) -> Trip<'_, Borrowed> {
        let mut inside = self.inside();
        let free = !std::mem::replace(&mut inside.lent, true);
        let borrowed = if free {
            Borrowed::Yours(inside.secret.clone())
        } else {
            Borrowed::Elsewhere
        };
        Box::pin(async move { Ok(borrowed) })
    }

    fn give_back(&self, _: LoginKey, changed: Option<Secret>) -> Trip<'_, ()> {
        let mut inside = self.inside();
        inside.lent = false;
        if let Some(secret) = changed {
            inside.secret = secret;
            inside.changes += 1;
        }
        Box::pin(async { Ok(()) })
    }
}

struct Stored {
    sim: TapkeySim,
    seed: Seed,
    drawer: Arc<Drawer>,
}

impl Stored {
    /// A consented login lies in the vault.
    async fn open() -> Self {
        let (sim, seed) = house().await;
        let connectors = connectors(settings(&sim));
        let consented = given(&connectors, &seed, &[]).await;
        let login = yes(connectors.connect(&consent_form(&seed, consented)).await);
        sim.clear_calls();
        let inside = Inside {
            secret: login.secret,
            lent: false,
            changes: 0,
        };
        let drawer = Arc::new(Drawer(Mutex::new(inside)));
        Self { sim, seed, drawer }
    }

    /// A connector of a process that has just started.
    fn started(&self) -> Connector {
        let settings = Settings {
            tapkey: settings(&self.sim),
            ..Settings::default()
        };
        let vault: Arc<dyn Vault> = self.drawer.clone();
        let key = LoginKey {
            network: NetworkId::new(at(0), 1),
            login: VendorLoginId::new(at(0), 1),
        };
        let login = Login {
            key: Some(key),
            account: self.seed.code_client.clone(),
            secret: self.secret(),
        };
        let connectors = Connectors::new(settings, Some(vault)).expect("loopback needs no TLS");
        connectors
            .connector("tapkey", &login, Some(&self.seed.harbour_loft))
            .expect("Tapkey has a connector")
    }

    fn secret(&self) -> Secret {
        self.drawer.inside().secret.clone()
    }

    fn changes(&self) -> usize {
        self.drawer.inside().changes
    }

    fn renewals(&self) -> usize {
        self.sim
            .calls()
            .iter()
            .filter(|call| call.path == "/connect/token")
            .count()
    }
}

#[tokio::test]
async fn calls_at_one_moment_cause_one_renewal() {
    let stored = Stored::open().await;
    let connector = stored.started();
    let (a, b, c) = tokio::join!(connector.check(), connector.check(), connector.sites());
    a.and(b).and(c.map(drop)).unwrap();
    assert_eq!(stored.renewals(), 1);
    // The token grows old at Tapkey; each of them is refused, one renews, all go on.
    stored.sim.clock().set_ms(at(120).ms());
    let (a, b, c) = tokio::join!(connector.check(), connector.check(), connector.sites());
    a.and(b).and(c.map(drop)).unwrap();
    assert_eq!(stored.renewals(), 2);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_not_after_a_refusal() {
    let stored = Stored::open().await;
    stored.sim.set_switches(|switches| switches.access_token_s = 60);
    let connector = stored.started();
    for _ in 0..3 {
        connector.check().await.unwrap();
    }
    assert_eq!(stored.renewals(), 3, "a minute is less than is left in hand");
    assert!(stored.sim.calls().iter().all(|call| call.status == 200));
}

#[tokio::test]
async fn a_refresh_token_that_works_once_is_followed_by_the_next_also_after_a_restart() {
    let stored = Stored::open().await;
    stored
        .sim
        .set_switches(|switches| switches.refresh_tokens = RefreshTokens::Rotating);
    for start in 1..=3 {
        stored.started().check().await.unwrap();
        assert_eq!(stored.changes(), start, "the new one is stored");
    }
}

#[tokio::test]
async fn a_reusable_refresh_token_is_not_stored_again_and_again() {
    let stored = Stored::open().await;
    stored.started().check().await.unwrap();
    stored.started().check().await.unwrap();
    assert_eq!(stored.changes(), 0);
}

#[tokio::test]
async fn a_dead_refresh_token_asks_for_signing_in_and_keeps_what_is_stored() {
    let stored = Stored::open().await;
    let connector = stored.started();
    connector.check().await.unwrap();
    let before = stored.secret();
    stored.sim.revoke_tokens();
    for _ in 0..2 {
        assert_eq!(connector.check().await.unwrap_err().kind, Kind::SignInNeeded);
    }
    assert!(stored.secret() == before && !stored.drawer.inside().lent);
}

#[tokio::test]
async fn a_sign_in_that_is_down_is_tried_again_later_and_is_no_refusal() {
    use simulators::fault::{Fault, Trouble};
    let stored = Stored::open().await;
    let connector = stored.started();
    let down = Trouble::Status { status: 503 };
    stored.sim.faults().add(Fault::on("POST /connect/token", down).times(1));
    assert_eq!(connector.check().await.unwrap_err().kind, Kind::VendorDown);
    connector.check().await.unwrap();
}

#[tokio::test]
async fn a_service_account_renews_by_asking_again() {
    let desk = Desk::open().await;
    desk.connector.check().await.unwrap();
    desk.sim.revoke_tokens();
    desk.connector.check().await.unwrap();
}

#[tokio::test]
async fn leaving_ends_the_refresh_token_where_the_issuer_says_how_and_is_harmless_as_often_as_one_likes() {
    let stored = Stored::open().await;
    let ends = |sim: &TapkeySim| {
        sim.calls()
            .iter()
            .filter(|call| call.path == "/connect/revocation")
            .count()
    };
    for _ in 0..2 {
        stored.started().disconnect(None, true).await.unwrap();
    }
    assert_eq!(ends(&stored.sim), 0, "discovery lists no such place");
    // As it would be kept had discovery listed one. Nobody answers there, and leaving goes on all the same.
    let listed = format!("\"revocation_endpoint\":\"{}/connect/revocation\"", stored.sim.url());
    let secret = stored
        .secret()
        .reveal()
        .replace("\"revocation_endpoint\":null", &listed);
    stored.drawer.inside().secret = Secret::new(secret);
    stored.started().disconnect(None, false).await.unwrap();
    assert_eq!(ends(&stored.sim), 0, "other locations still use the login");
    stored.started().disconnect(None, true).await.unwrap();
    assert_eq!(ends(&stored.sim), 1);
}
