//! The twins of the building at the simulated vendors, as their operators would have set them up.
//!
//! In: running simulators. Out: the sites' ids there. Always: in the same order, so that ids are the same at every start. Every site
//! stands at Kisi too, so that a location can be moved there.

use simulators::kisi::KisiSim;
use simulators::salto::{Hours, SaltoSim};
use simulators::tapkey::{Role, TapkeySim};

use super::building::{self, At, CARDS, SITES, Site};
use super::vendor::{CLIENT_SECRET, CLIENTS, DOMAIN, OWNER, PASSWORD};

/// Seats bought at the simulated Salto KS.
const SEATS: usize = 120;

/// Furnishes all three; answers each site's id at its own vendor.
pub fn furnish(kisi: &KisiSim, salto: &SaltoSim, tapkey: &TapkeySim) -> Vec<String> {
    let places = at_kisi(kisi);
    let ids = SITES.iter().zip(places).map(|(site, place)| match site.at {
        At::Kisi => place.to_string(),
        At::Salto => at_salto(salto, site),
        At::Tapkey => at_tapkey(tapkey, site),
    });
    ids.collect()
}

/// Every site, and two things an operator finds at any real account: a right somebody gave by hand, and a group whose setting keeps the
/// Access page from opening its doors.
fn at_kisi(kisi: &KisiSim) -> Vec<i64> {
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
            let group = kisi.add_group(Some(place), name, &of(&locks, opens));
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

/// A site with one hub, and two people with cards; its owner is the operator's administrator.
fn at_salto(salto: &SaltoSim, site: &Site) -> String {
    let id = salto.add_site(site.name, "US0042113377", site.zone, SEATS, (OWNER, PASSWORD));
    let hub = salto.add_iq(&id, "Loft hub");
    let locks: Vec<(&str, String)> = site
        .locks
        .iter()
        .map(|name| (*name, salto.add_lock(&hub, name)))
        .collect();
    for (name, opens) in site.groups {
        salto.add_group(&id, name, &of(&locks, opens), &[Hours::always()]);
    }
    for (name, number) in CARDS {
        let (first, last) = name.split_once(' ').unwrap_or((name, "-"));
        let email = building::email(name);
        salto.add_user(&id, &email, first, last, &["site_user"]);
        salto.set_person(&email, |person| person.tag_number = Some(number.to_owned()));
    }
    id
}

/// A locking system; every lock of it is granted for itself.
fn at_tapkey(tapkey: &TapkeySim, site: &Site) -> String {
    let owner = tapkey.add_owner(site.name, OWNER);
    let service = tapkey.add_service_client(CLIENTS[0], CLIENT_SECRET);
    tapkey.add_admin(&owner, &service, Role::Admin);
    for name in site.locks {
        tapkey.add_lock(&owner, name);
    }
    owner
}

/// The ids behind names.
fn of<T: Clone>(known: &[(&str, T)], names: &[&str]) -> Vec<T> {
    let id = |name: &&str| known.iter().find(|(one, _)| one == name).map(|(_, id)| id.clone());
    names.iter().filter_map(id).collect()
}
