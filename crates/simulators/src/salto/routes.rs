//! Which endpoint a call reaches: the catalogue of contract §5.1, versions as mixed as they are there.

use super::ask::{Ask, Refusal, Reply};
use super::state::World;
use super::{devices, entries, groups, iqs, locks, opening, schedules, sites, users};
use crate::wire::Out;

/// Every call to the Connect API, authenticated.
pub(super) fn answer(world: &mut World, ask: &Ask<'_>) -> Reply {
    let segments: Vec<&str> = ask.path.split('/').collect();
    match segments.as_slice() {
        ["v2", ..] => Ok(Out::typed(
            403,
            "application/problem+json",
            r#"{"type":"https://tools.ietf.org/html/rfc7231#section-6.5.3","title":"Forbidden","status":403,"traceId":"00-5a51c0de-01"}"#.to_owned(),
        )),
        [version @ ("v1.1" | "v1.2"), rest @ ..] => known(world, ask, version, rest),
        _ => Err(Refusal::plain(404, "")),
    }
}

fn known(world: &mut World, ask: &Ask<'_>, version: &str, path: &[&str]) -> Reply {
    let newer = version == "v1.2";
    match (ask.verb, path) {
        ("GET", ["sites"]) => sites::list(world, ask),
        ("GET", ["sites", site]) => sites::read(world, ask, site),
        ("GET", ["sites", site, "subscription"]) => sites::subscription(world, ask, site),
        ("GET", ["me"]) => sites::me(world, ask),
        ("GET", ["sites", site, "me"]) => sites::me_on(world, ask, site),
        ("GET", ["sites", site, "roles"]) => sites::roles(world, ask, site),
        ("GET", ["users", "search"]) => users::search(world, ask),
        ("GET", ["sites", site, "users"]) => users::list(world, ask, site),
        ("POST", ["sites", site, "users"]) => users::create(world, ask, site),
        ("POST", ["sites", site, "users", "existing"]) => users::add_existing(world, ask, site),
        ("POST", ["sites", site, "guests"]) => users::create_guest(world, ask, site),
        ("GET", ["sites", site, "users", user]) => users::read(world, ask, site, user),
        ("PATCH", ["sites", site, "users", user]) => users::change(world, ask, site, user),
        ("DELETE", ["sites", site, "users", user]) => users::delete(world, ask, site, user),
        ("PATCH", ["sites", site, "users", user, "subscription"]) => users::seat(world, ask, site, user),
        ("GET", ["sites", site, "users", user, "keys"]) => users::keys(world, ask, site, user),
        ("PUT", ["sites", site, "users", user, "pin"]) => users::pin(world, ask, site, user),
        ("GET", ["sites", site, "users", user, "activated_iqs"]) => iqs::activated_of(world, ask, site, user),
        ("GET", ["sites", site, "access_groups"]) => groups::list(world, ask, site),
        ("POST", ["sites", site, "access_groups"]) => groups::create(world, ask, site),
        (verb, ["sites", site, "access_groups", group, rest @ ..]) => in_group(world, ask, verb, site, group, rest),
        ("GET", ["sites", site, "locks"]) => locks::list(world, ask, site),
        ("GET", ["sites", site, "locks", lock]) => locks::read(world, ask, site, lock),
        ("PATCH", ["sites", site, "locks", lock, "locking"]) => opening::change(world, ask, site, lock),
        ("GET", ["sites", site, "iqs"]) => iqs::list(world, ask, site),
        ("GET", ["sites", site, "iqs", iq]) => iqs::read(world, ask, site, iq),
        ("GET", ["sites", site, "iqs", iq, "secret"]) => iqs::secret(world, ask, site, iq),
        ("GET", ["sites", site, "iqs", iq, "pin"]) => iqs::send_pin(world, ask, site, iq),
        ("PUT", ["sites", site, "iqs", iq, "pin"]) => iqs::activate(world, ask, site, iq),
        ("DELETE", ["sites", site, "iqs", iq, "pin", user]) => iqs::reset(world, ask, site, iq, user),
        ("GET", ["me", site, "activated_iqs"]) => iqs::activated(world, ask, site),
        ("GET", ["sites", site, "entries"]) if !newer => entries::list(world, ask, site),
        ("GET", ["me", "devices"]) => devices::list(world, ask),
        ("POST", ["me", "devices"]) => devices::register(world, ask),
        ("GET", ["me", "devices", device]) => devices::read(world, ask, device),
        ("PUT", ["me", "devices", device, "certificate"]) => devices::renew(world, ask, device),
        ("GET", ["me", "devices", device, "mkey"]) => devices::mkey(world, ask, device),
        (_, path) if exists(path) => Err(Refusal::plain(405, "")),
        _ => Err(Refusal::plain(404, "")),
    }
}

fn in_group(world: &mut World, ask: &Ask<'_>, verb: &str, site: &str, group: &str, path: &[&str]) -> Reply {
    match (verb, path) {
        ("DELETE", []) => groups::delete(world, ask, site, group),
        ("GET", ["users"]) => groups::members(world, ask, site, group),
        ("POST", ["users"]) => groups::add_member(world, ask, site, group),
        ("DELETE", ["users", person]) => groups::remove_member(world, ask, site, group, person),
        ("GET", ["locks"]) => groups::locks(world, ask, site, group),
        ("POST", ["locks"]) => groups::add_lock(world, ask, site, group),
        ("DELETE", ["locks", lock]) => groups::remove_lock(world, ask, site, group, lock),
        ("GET", ["time_schedules"]) => schedules::list(world, ask, site, group),
        ("POST", ["time_schedules"]) => schedules::create(world, ask, site, group),
        ("PATCH", ["time_schedules", schedule]) => schedules::change(world, ask, site, group, schedule),
        ("DELETE", ["time_schedules", schedule]) => schedules::delete(world, ask, site, group, schedule),
        (_, [] | ["users" | "locks" | "time_schedules"] | ["users" | "locks" | "time_schedules", _]) => {
            Err(Refusal::plain(405, ""))
        }
        _ => Err(Refusal::plain(404, "")),
    }
}

/// Paths that exist with another verb or in another version.
fn exists(path: &[&str]) -> bool {
    matches!(
        path,
        ["sites" | "me"]
            | ["sites", _]
            | [
                "sites",
                _,
                "subscription" | "me" | "roles" | "users" | "guests" | "access_groups" | "locks" | "iqs" | "entries"
            ]
            | ["sites", _, "users" | "locks" | "iqs", _]
            | [
                "sites",
                _,
                "users",
                _,
                "subscription" | "keys" | "pin" | "activated_iqs"
            ]
            | ["sites", _, "locks", _, "locking"]
            | ["sites", _, "iqs", _, "secret" | "pin"]
            | ["users", "search"]
            | ["me", "devices"]
            | ["me", "devices", _]
            | ["me", "devices", _, "certificate" | "mkey"]
            | ["me", _, "activated_iqs"]
    )
}
