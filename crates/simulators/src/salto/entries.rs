//! The access log (contract §5.14): what happened at the doors, as far as it has reached the cloud.
//!
//! Pages by a token in the body that comes back in a header. v1.1 only. Old rows fall out with the site's retention.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::ask::{Ask, Refusal, Reply};
use super::listing;
use super::rows::Entry;
use super::state::World;
use crate::clock::{rfc3339, timestamp};
use crate::wire::Out;

const DAY_MS: i64 = 86_400_000;
const FIELDS: &[&str] = &[
    "id",
    "utc_date_time",
    "event_category",
    "lock_id",
    "user_id",
    "access_by",
];

pub(super) fn list(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.admin_on(site, &ask.caller)?;
    let mut rows: Vec<Value> = known(world, site).map(|entry| entry_json(world, entry)).collect();
    rows.reverse();
    listing::select(ask, &mut rows, FIELDS)?;
    let top = ask.number("$top")?.unwrap_or(world.switches.page_size).clamp(1, 1_000);
    let skip = match ask.continuation {
        None => 0,
        Some(token) => offset(token).ok_or_else(|| Refusal::malformed("The continuation token is not valid."))?,
    };
    let more = skip + top < rows.len();
    let page: Vec<Value> = rows.into_iter().skip(skip).take(top).collect();
    let mut body = json!({ "items": page });
    if more {
        body["continuation_token"] = BASE64_STANDARD.encode(format!("offset:{}", skip + top)).into();
    }
    Ok(Out::json(200, &body))
}

fn offset(token: &str) -> Option<usize> {
    let text = String::from_utf8(BASE64_STANDARD.decode(token).ok()?).ok()?;
    text.strip_prefix("offset:")?.parse().ok()
}

/// What the cloud has of a site and still keeps, oldest first.
pub(super) fn known<'a>(world: &'a World, site: &'a str) -> impl Iterator<Item = &'a Entry> {
    let now = world.now();
    let kept_ms = world.sites.get(site).map_or(0, |site| site.keep_entries_days * DAY_MS);
    world.entries.iter().filter(move |entry| {
        entry.site == site && entry.at_ms + kept_ms > now && entry.arrives_ms.is_some_and(|at_ms| at_ms <= now)
    })
}

pub(super) fn entry_json(world: &World, entry: &Entry) -> Value {
    let lock = world.locks.get(&entry.lock);
    let iq = lock.and_then(|lock| world.iqs.get(&lock.iq));
    let person = entry.person.as_ref().and_then(|id| world.people.get(id));
    let user = person.and_then(|person| world.user_on(&entry.site, &person.id));
    let kept_ms = world
        .sites
        .get(&entry.site)
        .map_or(0, |site| site.keep_entries_days * DAY_MS);
    let local = timestamp(entry.at_ms).to_zoned(world.zone(&entry.site));
    json!({
        "id": entry.id, "event_category": entry.category, "event_detail": entry.detail,
        "utc_date_time": rfc3339(entry.at_ms), "local_date_time": local.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        "lock_id": entry.lock, "lock_mac_address": lock.map(|lock| &lock.mac),
        "lock_customer_reference": lock.map(|lock| &lock.name), "user_id": entry.person,
        "user_first_name": person.map(|person| &person.first_name),
        "user_last_name": person.map(|person| &person.last_name), "user_image_url": null,
        "user_alias": user.map(|user| &user.alias), "iq_id": iq.map(|iq| &iq.id),
        "iq_customer_reference": iq.map(|iq| &iq.name), "iq_mac_address": iq.map(|iq| &iq.mac),
        "iq_revision": "2.0", "exit_requested": entry.by == "inside_handle", "access_by": entry.by,
        "access_detail": entry.by_detail, "ttl_in_seconds": kept_ms / 1000,
        "expiration_date_time": rfc3339(entry.at_ms + kept_ms),
    })
}
