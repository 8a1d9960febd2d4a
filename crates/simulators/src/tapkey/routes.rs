//! The table of routes of the management API: method and path → the function that answers (contract §7).
//!
//! Words in paths are matched without case, ids with it. A known path with another method is 405, an unknown one 404.
//! Here too: the rate limit, OData over every list, and the property nobody has heard of on every seventh object.

use serde_json::Value;

use super::ask::{Answer, Ask, Refusal, Reply};
use super::login::Caller;
use super::rate::Bucket;
use super::rows::Role;
use super::state::World;
use super::switches::{ForbiddenOr401, RateClock};
use super::{cards, contacts, grants, locks, logs, odata, owners, user_groups};

/// Answers one call of a caller whose token is good. `None` is 204.
pub(crate) fn answer(
    world: &mut World,
    ask: &Ask<'_>,
    path: &[&str],
    caller: &Caller,
    real_ms: i64,
) -> Result<Option<Value>, Refusal> {
    limit(world, caller, real_ms)?;
    let (rows, cap) = match route(world, ask, path, caller)? {
        Answer::Done => return Ok(None),
        Answer::Body(mut body) => {
            surprise(world, &mut body);
            return Ok(Some(body));
        }
        Answer::List(rows) => (rows, world.switches.top_cap),
        Answer::Log(rows) => (rows, world.switches.log_cap),
    };
    let mut rows = odata::applied(ask, &world.switches, cap, rows)?;
    rows.iter_mut().for_each(|row| surprise(world, row));
    Ok(Some(rows.into()))
}

fn limit(world: &mut World, caller: &Caller, real_ms: i64) -> Result<(), Refusal> {
    let per_second = world.switches.rate_limit_per_s;
    if per_second == 0 {
        return Ok(());
    }
    let now_ms = match world.switches.rate_limit_clock {
        RateClock::RealTime => real_ms,
        RateClock::SimTime => world.now(),
    };
    let bucket = world.buckets.entry(caller.user.clone());
    let bucket = bucket.or_insert_with(|| Bucket::full(per_second, now_ms));
    if bucket.take(per_second, now_ms) {
        Ok(())
    } else {
        Err(super::server::too_many(Some(2)))
    }
}

/// New properties may appear at any time (contract §2); this one does so in a fixed rhythm.
fn surprise(world: &mut World, body: &mut Value) {
    world.shown += 1;
    if let (true, Some(object)) = (
        world.switches.extra_properties && world.shown.is_multiple_of(7),
        body.as_object_mut(),
    ) {
        object.insert("x7".to_owned(), true.into());
    }
}

fn route(world: &mut World, ask: &Ask<'_>, path: &[&str], caller: &Caller) -> Reply {
    let word = |place: usize| {
        path.get(place)
            .map(|word| word.to_ascii_lowercase())
            .unwrap_or_default()
    };
    if word(0) != "owners" {
        return Err(no_route());
    }
    let (collection, action) = (word(2), word(4));
    match (path.len(), ask.verb) {
        (1, "GET") => return owners::list(world, caller),
        (1, "PUT") => return owners::create(world, ask, caller),
        (2, "GET") => return owners::read(world, caller, path[1]),
        (2, "PATCH") => return owners::rename(world, ask, caller, path[1]),
        (1 | 2, _) => return Err(Refusal::method()),
        _ => {}
    }
    if collection == world.switches.user_groups_segment.to_ascii_lowercase() {
        return user_groups::route(world, ask, path, caller);
    }
    let owner = path[1];
    let id = path.get(3).copied().unwrap_or_default();
    match (collection.as_str(), path.len(), action.as_str(), ask.verb) {
        ("permissions", 3, _, "GET") => owners::list_permissions(world, caller, owner),
        ("permissions", 3, _, "PUT") => owners::add_permission(world, ask, caller, owner),
        ("permissions", 4, _, "GET") => owners::read_permission(world, caller, owner, id),
        ("permissions", 4, _, "DELETE") => owners::delete_permission(world, caller, owner, id),

        ("boundlocks", 3, _, "GET") => locks::list(world, ask, caller, owner),
        ("boundlocks", 3, _, "PUT") => locks::bind(world, ask, caller, owner),
        ("boundlocks", 4, _, "GET") => locks::read(world, ask, caller, owner, id),
        ("boundlocks", 4, _, "PATCH") => locks::change(world, ask, caller, owner, id),
        ("boundlocks", 5, "logentries", "GET") => logs::list(world, caller, owner, Some(id)),
        ("lockgroups", 3, _, "GET") => locks::list_groups(world, ask, caller, owner),
        ("lockgroups", 3, _, "PUT") => locks::create_group(world, ask, caller, owner),
        ("lockgroups", 4, _, "GET") => locks::read_group(world, ask, caller, owner, id),

        ("contacts", 3, _, "GET") => contacts::list(world, caller, owner),
        ("contacts", 3, _, "PUT") => contacts::create(world, ask, caller, owner),
        ("contacts", 4, _, "GET") => contacts::read(world, caller, owner, id),
        ("contacts", 4, _, "PATCH") => contacts::change(world, ask, caller, owner, id),
        ("contacts", 5, "grants", "GET") => contacts::grants(world, caller, owner, id),
        ("contacts", 5, "revokegrants", "POST") => contacts::revoke_grants(world, ask, caller, owner, id),

        ("grants", 3, _, "GET") => grants::list(world, caller, owner),
        ("grants", 3, _, "PUT") => grants::create(world, ask, caller, owner),
        ("grants", 4, _, "GET") => grants::read(world, caller, owner, id),
        ("grants", 4, _, "PATCH") => grants::change(world, ask, caller, owner, id),
        ("grants", 5, "revoke", "POST") => grants::revoke(world, ask, caller, owner, id),
        ("grants", 5, "deletefromcard", "POST") => grants::delete_from_card(world, caller, owner, id),

        ("boundcards", 3, _, "GET") => cards::list(world, caller, owner),
        ("boundcards", 4, _, "GET") => cards::read(world, caller, owner, id),
        ("boundcards", 4, _, "PATCH") => cards::change(world, ask, caller, owner, id),
        ("boundcards", 5, "grants", "GET") => cards::grants(world, caller, owner, id),

        ("logentries", 3, _, "GET") => logs::list(world, caller, owner, None),

        ("permissions" | "boundlocks" | "lockgroups" | "contacts" | "grants" | "boundcards", 3 | 4, _, _)
        | ("logentries", 3, _, _)
        | ("contacts", 5, "grants" | "revokegrants", _)
        | ("boundcards", 5, "grants", _)
        | ("boundlocks", 5, "logentries", _)
        | ("grants", 5, "revoke" | "deletefromcard", _) => Err(Refusal::method()),
        _ => Err(no_route()),
    }
}

pub(super) fn no_route() -> Refusal {
    Refusal::absent("The resource")
}

impl World {
    /// The caller's role on an owner account: 404 when there is none of that id, else the refusal of S2.
    pub fn role(&self, caller: &Caller, owner: &str) -> Result<Role, Refusal> {
        if !self.owners.contains_key(owner) {
            return Err(Refusal::absent("The owner account"));
        }
        self.role_of(&caller.user, owner)
            .ok_or_else(|| match self.switches.foreign_owner {
                ForbiddenOr401::Forbidden => Refusal::forbidden("The account may not manage this owner account."),
                ForbiddenOr401::Unauthorized => Refusal::unauthorized("The account may not manage this owner account."),
            })
    }

    /// The same without a refusal.
    pub fn role_of(&self, user: &str, owner: &str) -> Option<Role> {
        let acts = |contact: &str| self.contacts.get(contact).is_some_and(|contact| contact.user == user);
        self.permissions
            .values()
            .find(|row| row.owner == owner && acts(&row.contact))
            .map(|row| row.role)
    }

    /// Scope first, then the role: what every call inside an owner account asks.
    pub fn admit(&self, caller: &Caller, owner: &str, scope: &str) -> Result<Role, Refusal> {
        caller.scope(scope)?;
        self.role(caller, owner)
    }
}
