//! The demo's Kisi and mail server: simulators on free ports, the Kisi one furnished with the building.
//!
//! In: the demo's clock. Out: running servers, and what one types to connect. Always: furnished in the same order, so that
//! places, locks and groups keep their vendor ids over restarts, and what the database knows of them stays true.

use std::net::{Ipv4Addr, SocketAddr};

use access::Instant;
use access::vendor::{ConnectForm, Secret};
use connectors::Connectors;
use simulators::clock::SimClock;
use simulators::kisi::KisiSim;
use simulators::kisi::switches::RateLimits;
use simulators::mail::MailSim;

use super::building::SITES;

/// The organization's domain at the simulated Kisi.
pub const DOMAIN: &str = "harbor-works";
/// Its owner.
pub const OWNER: &str = "owner@harbor-works.example";
/// The owner's password; the vendor is simulated, and listens on this machine only.
pub const PASSWORD: &str = "harbor-works-demo";
/// Calls a second; the simulated vendor is asked for no limit, so that the demo stands complete within seconds.
const CALLS_PER_S: usize = 500;

/// The servers around the house.
pub struct Neighbours {
    /// The clock they live by.
    pub clock: SimClock,
    /// The vendor.
    pub kisi: KisiSim,
    /// The mail server.
    pub mail: MailSim,
    /// The places' ids at the vendor, in the order of the sites.
    pub places: Vec<i64>,
}

impl Neighbours {
    /// Starts and furnishes them.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(now: Instant) -> Result<Self, String> {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let clock = SimClock::movable(now.ms());
        let failed = |what: &str, why: std::io::Error| format!("The simulated {what} cannot start: {why}.");
        let kisi = KisiSim::start(clock.clone(), anywhere)
            .await
            .map_err(|why| failed("Kisi", why))?;
        let mail = MailSim::start(clock.clone(), anywhere, anywhere)
            .await
            .map_err(|why| failed("mail server", why))?;
        kisi.set_switches(|switches| switches.rate_limits = RateLimits::Off);
        let places = furnish(&kisi);
        Ok(Self {
            clock,
            kisi,
            mail,
            places,
        })
    }

    /// The way to this vendor.
    ///
    /// # Errors
    /// When TLS cannot start at all.
    pub fn connectors(&self) -> Result<Connectors, String> {
        let mut settings = connectors::Settings::default();
        settings.kisi.base_url = self.kisi.url();
        settings.kisi.calls_per_s = CALLS_PER_S;
        Connectors::new(settings).map_err(|why| why.to_string())
    }

    /// Uses up ids, so that new rows never get one that the database knows from before a restart.
    pub fn forget_ids_up_to(&self, last: i64) {
        while self.kisi.users().last().is_some_and(|newest| newest.id < last) {
            let passing = self.kisi.add_user("passing@harbor-works.example", "Passing", false);
            let reached = passing > last;
            self.kisi.delete_user(passing);
            if reached {
                break;
            }
        }
    }
}

/// What an operator would type into the connect form.
pub fn connect_form() -> ConnectForm {
    let field = |key: &str, value: &str| (key.to_owned(), Secret::new(value));
    ConnectForm {
        vendor: "kisi".to_owned(),
        fields: vec![
            field("domain", DOMAIN),
            field("email", OWNER),
            field("password", PASSWORD),
        ],
        label: "Vestibule – Harbor Works".to_owned(),
    }
}

/// The twin of the building, and two things an operator finds at any real account: a right somebody gave by hand, and a
/// group whose setting keeps the Access page from opening its doors.
fn furnish(kisi: &KisiSim) -> Vec<i64> {
    kisi.seed_org(DOMAIN, OWNER, PASSWORD);
    let mut places = Vec::with_capacity(SITES.len());
    let mut members = None;
    for site in SITES {
        let place = kisi.add_place(site.name, site.zone);
        kisi.set_place(place, |place| site.address.clone_into(&mut place.address));
        let locks: Vec<(&str, i64)> = site
            .locks
            .iter()
            .map(|name| (*name, kisi.add_lock(place, name)))
            .collect();
        for (name, opens) in site.groups {
            let of: Vec<i64> = locks
                .iter()
                .filter(|(lock, _)| opens.contains(lock))
                .map(|(_, id)| *id)
                .collect();
            let group = kisi.add_group(Some(place), name, &of);
            members = members.or(Some(group));
            if *name == "Workshop" {
                kisi.set_group(group, |group| group.reader_restriction_enabled = true);
            }
        }
        places.push(place);
    }
    if let Some(group) = members {
        let cleaner = kisi.add_user("cleaning@brightside.example", "Brightside Cleaning", true);
        kisi.foreign_assignment(cleaner, group, None, None);
    }
    places
}
