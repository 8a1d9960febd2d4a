//! The demo's vendors and mail server: simulators on free ports, furnished with the building.
//!
//! In: the demo's clock. Out: running servers, and what one types to connect. Always: furnished in the same order, so that
//! places, locks and groups keep their vendor ids over restarts, and what the database knows of them stays true.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use access::Instant;
use access::vendor::{ConnectForm, Consent, Secret};
use connectors::Connectors;
use simulators::clock::SimClock;
use simulators::kisi::KisiSim;
use simulators::kisi::switches::RateLimits;
use simulators::mail::MailSim;
use simulators::salto::{Client, Host, SaltoSim};
use simulators::tapkey::TapkeySim;
use store::Store;
use worker::StoreVault;

use super::building::At;
use super::furnish;

/// The organization's domain at the simulated Kisi.
pub const DOMAIN: &str = "harbor-works";
/// Its owner; also who signs in at the other two.
pub const OWNER: &str = "owner@harbor-works.example";
/// The owner's password; the vendors are simulated, and listen on this machine only.
pub const PASSWORD: &str = "harbor-works-demo";
/// Our clients at the vendors that want one: the first needs no browser, the second sends people to consent.
pub const CLIENTS: [&str; 2] = ["vestibule-server", "vestibule"];
/// Their secret.
pub const CLIENT_SECRET: &str = "harbor-works-client";
/// Calls a second; the simulated vendors are asked for no limit, so that the demo stands complete within seconds.
const CALLS_PER_S: usize = 500;

/// The servers around the house.
pub struct Neighbours {
    /// The clock they live by.
    pub clock: SimClock,
    /// Kisi.
    pub kisi: KisiSim,
    /// Salto KS.
    pub salto: SaltoSim,
    /// Tapkey.
    pub tapkey: TapkeySim,
    /// The mail server.
    pub mail: MailSim,
    /// The sites' ids at their vendors, in the order of the sites.
    pub sites: Vec<String>,
}

impl Neighbours {
    /// Starts and furnishes them. `web` is where our pages are: browsers come back there.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(now: Instant, web: &str) -> Result<Self, String> {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let clock = SimClock::movable(now.ms());
        let failed = |what: &str, why: std::io::Error| format!("The simulated {what} cannot start: {why}.");
        let kisi = KisiSim::start(clock.clone(), anywhere)
            .await
            .map_err(|why| failed("Kisi", why))?;
        let salto = SaltoSim::start(clock.clone(), [anywhere; 3])
            .await
            .map_err(|why| failed("Salto KS", why))?;
        let tapkey = TapkeySim::start(clock.clone(), anywhere)
            .await
            .map_err(|why| failed("Tapkey", why))?;
        let mail = MailSim::start(clock.clone(), anywhere, anywhere)
            .await
            .map_err(|why| failed("mail server", why))?;
        kisi.set_switches(|switches| switches.rate_limits = RateLimits::Off);
        tapkey.reset();
        tapkey.set_switches(|switches| switches.smartphone_quota = 0);
        register(&salto, &tapkey, web);
        let sites = furnish::furnish(&kisi, &salto, &tapkey);
        Ok(Self {
            clock,
            kisi,
            salto,
            tapkey,
            mail,
            sites,
        })
    }

    /// The way to these vendors.
    ///
    /// # Errors
    /// When TLS cannot start at all.
    pub fn connectors(&self, store: &Store) -> Result<Connectors, String> {
        let mut settings = connectors::Settings::default();
        settings.kisi.base_url = self.kisi.url();
        settings.kisi.calls_per_s = CALLS_PER_S;
        settings.salto.identity_url = self.salto.url(Host::Identity);
        settings.salto.api_url = self.salto.url(Host::Api);
        settings.salto.stream_url = self.salto.url(Host::Stream);
        settings.salto.calls_per_s = CALLS_PER_S;
        settings.tapkey.issuer_url = self.tapkey.url();
        settings.tapkey.api_base_url = format!("{}/api/v1/", self.tapkey.url());
        settings.tapkey.calls_per_s = CALLS_PER_S;
        let vault = Arc::new(StoreVault::new(store.clone()));
        Connectors::new(settings, Some(vault)).map_err(|why| why.to_string())
    }

    /// The PIN in the newest mail of the simulated Salto KS.
    pub fn mailed_pin(&self) -> Option<Secret> {
        let newest = self.salto.letters().into_iter().next_back()?;
        let digits: String = newest.text.chars().filter(char::is_ascii_digit).take(4).collect();
        (digits.len() == 4).then(|| Secret::new(digits))
    }

    /// Uses up ids, so that new rows never get one that the database knows from before a restart.
    pub fn forget_ids_up_to(&self, last: i64, now: Instant) {
        while self.kisi.users().last().is_some_and(|newest| newest.id < last) {
            let passing = self.kisi.add_user("passing@harbor-works.example", "Passing", false);
            let reached = passing > last;
            self.kisi.delete_user(passing);
            if reached {
                break;
            }
        }
        // The other two count on from the second of this start, which no earlier start has reached.
        let seconds = now.ms().unsigned_abs() / 1_000;
        self.salto.skip_ids(seconds);
        self.tapkey.skip_ids(seconds);
    }
}

/// Our clients at the vendors that want one, as an operator registers them.
fn register(salto: &SaltoSim, tapkey: &TapkeySim, web: &str) {
    let back = [
        format!("{web}/admin/integrations/consent"),
        format!("{web}/portal/key/linked"),
    ];
    let scopes = ["openid", "profile", "user_api.full_access", "offline_access"].map(str::to_owned);
    for (id, grants) in CLIENTS.iter().zip([
        &["password", "authorization_code", "refresh_token"][..],
        &["authorization_code", "refresh_token"],
    ]) {
        salto.add_client(Client {
            id: (*id).to_owned(),
            secret: Some(CLIENT_SECRET.to_owned()),
            redirect_uris: back.to_vec(),
            grants: grants.iter().map(|grant| (*grant).to_owned()).collect(),
            scopes: scopes.to_vec(),
        });
    }
    tapkey.add_code_client(CLIENTS[1], Some(CLIENT_SECRET), &[&back[0]]);
}

/// What an operator would type into the connect form.
pub fn connect_form(at: At) -> ConnectForm {
    let fields: &[(&str, &str)] = match at {
        At::Kisi => &[("domain", DOMAIN), ("email", OWNER), ("password", PASSWORD)],
        At::Salto => &[
            ("client_id", CLIENTS[0]),
            ("client_secret", CLIENT_SECRET),
            ("email", OWNER),
            ("password", PASSWORD),
        ],
        At::Tapkey => &[
            ("client_id", CLIENTS[0]),
            ("client_secret", CLIENT_SECRET),
            ("service_account", "yes"),
        ],
    };
    ConnectForm {
        vendor: at.word().to_owned(),
        fields: fields
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Secret::new(*value)))
            .collect(),
        label: "Vestibule – Harbor Works".to_owned(),
        consent: Consent::Impossible,
        like: None,
    }
}
