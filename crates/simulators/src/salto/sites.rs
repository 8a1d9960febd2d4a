//! Sites, the caller's own rows, and roles (contract §5.2 and §5.3).

use serde_json::{Value, json};

use super::ask::{Ask, Rank, Refusal, Reply};
use super::listing;
use super::rows::{Person, Site};
use super::state::World;
use super::users;
use crate::wire::Out;

/// Role code, shown name, parent, whether it is a rung of the ladder; ids follow from the position.
pub(super) const ROLES: &[(&str, &str, &str, bool)] = &[
    ("site_owner", "Site Owner", "", true),
    ("site_admin", "Site Admin", "site_owner", true),
    ("site_super_user", "Site Super User", "site_admin", true),
    ("site_user", "Site User", "site_super_user", true),
    ("site_guest", "Site Guest", "site_user", true),
    ("site_mobile_user", "Mobile User", "site_super_user", false),
    (
        "site_remote_office_mode_user",
        "Remote Office Mode User",
        "site_super_user",
        false,
    ),
    ("site_pod_member", "Pod Member", "site_super_user", false),
];

const SITE_FIELDS: &[&str] = &["id", "site_uid", "customer_reference"];

/// The id of a role, the same on all sites of this environment.
pub(super) fn role_id(code: &str) -> Option<String> {
    let at = ROLES.iter().position(|(known, ..)| *known == code)?;
    Some(format!("70e5c0de-7d0c-4a0e-9a3e-5a51c0de0b{at:02}"))
}

pub(super) fn role_of_id(id: &str) -> Option<&'static str> {
    ROLES
        .iter()
        .map(|(code, ..)| *code)
        .find(|code| role_id(code).as_deref() == Some(id))
}

pub(super) fn role_json(code: &str) -> Value {
    let Some((_, name, parent, ladder)) = ROLES.iter().find(|(known, ..)| *known == code) else {
        return Value::Null;
    };
    json!({ "id": role_id(code), "customer_reference": name, "code": code, "parent_id": role_id(parent),
            "is_hierarchical": ladder })
}

/// Whether somebody of this rank may hand out a role: rungs below one's own, add-ons from super user up.
pub(super) fn may_give(rank: Rank, code: &str) -> bool {
    match code {
        "site_owner" => false,
        "site_admin" => rank >= Rank::Owner,
        "site_super_user" => rank >= Rank::Admin,
        "site_user" | "site_guest" => rank >= Rank::User,
        _ => rank >= Rank::SuperUser,
    }
}

pub(super) fn list(world: &World, ask: &Ask<'_>) -> Reply {
    let rows = world
        .sites
        .values()
        .filter(|site| world.user_on(&site.id, &ask.caller).is_some())
        .map(|site| site_json(world, site))
        .collect();
    listing::list(world, ask, rows, SITE_FIELDS)
}

pub(super) fn read(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    let site = world.sites.get(site).ok_or_else(|| Refusal::absent("Site"))?;
    Ok(Out::json(200, &site_json(world, site)))
}

fn site_json(world: &World, site: &Site) -> Value {
    let iqs = world.iqs.values().filter(|iq| iq.site == site.id).count();
    json!({
        "id": site.id, "site_uid": site.uid, "customer_reference": site.name,
        "active_user_amount": world.seats_used(&site.id), "subscribed_user_amount": site.seats,
        "active_iq_amount": iqs, "subscription_valid": site.subscription_valid, "pin_enabled": site.pin_enabled,
        "mkey_compatible": site.mkey_compatible, "country_code": site.uid.get(..2).unwrap_or_default(),
        "time_zone": site.time_zone, "installation_state": site.installation_state,
        "store_events_ttl": format!("{}.00:00:00", site.keep_entries_days),
        "owner": world.people.get(&site.owner).map(|owner| person_json(owner, &site.id)),
    })
}

/// A platform user as it stands inside other objects.
pub(super) fn person_json(person: &Person, site: &str) -> Value {
    json!({ "id": person.id, "email": person.email, "first_name": person.first_name, "last_name": person.last_name,
            "tag_number": person.tag_number, "image_url": null, "has_profile": person.email.is_some() && !person.invited,
            "is_managed_by_current_site": person.managed_by.as_deref() == Some(site) })
}

pub(super) fn subscription(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    let site = world.sites.get(site).ok_or_else(|| Refusal::absent("Site"))?;
    let body = json!({ "type": "default", "user_amount": site.seats, "features": site.features });
    Ok(Out::json(200, &body))
}

pub(super) fn me(world: &World, ask: &Ask<'_>) -> Reply {
    let me = world.people.get(&ask.caller).ok_or_else(|| Refusal::absent("User"))?;
    Ok(Out::json(
        200,
        &json!({ "id": me.id, "first_name": me.first_name, "last_name": me.last_name, "phone": "+31200000000",
                 "email": me.email, "language": "nl-NL", "tag_number": me.tag_number, "tag_rf_id_uid": null,
                 "image_url": null }),
    ))
}

pub(super) fn me_on(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    let (user, rank) = world.caller_on(site, &ask.caller)?;
    let mut shown = users::user_json(world, user);
    shown["ownership_state"] = if rank == Rank::Owner { "site_owner" } else { "site_user" }.into();
    shown["member_of_pods"] = json!([]);
    shown["guest_of_pods"] = json!([]);
    Ok(Out::json(200, &shown))
}

/// Only what the caller may hand out (contract §5.3).
pub(super) fn roles(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    let (_, rank) = world.caller_on(site, &ask.caller)?;
    let rows = ROLES
        .iter()
        .filter(|(code, ..)| may_give(rank, code))
        .map(|(code, ..)| role_json(code))
        .collect();
    listing::list(world, ask, rows, &["id", "code", "customer_reference"])
}
