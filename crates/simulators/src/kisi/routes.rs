//! The table of routes: method and path → the function that answers. Unknown paths are `000404` (contract §2.3).

use super::ask::{Answer, Ask, Refusal, Reply};
use super::auth::Caller;
use super::rate::Quota;
use super::state::World;
use super::switches::RateLimits;
use super::{assignments, events, groups, links, locks, logins, unlock, users, webhooks};

/// Answers one call: credential, quota, route. Also says who called.
pub(crate) fn answer(world: &mut World, ask: &Ask<'_>, real_ms: i64) -> (Reply, Option<i64>) {
    // Signing in by password ignores whatever header an old session left behind.
    let signing_in = ask.verb == "POST" && ask.segments == ["logins"] && ask.body.pointer("/user/password").is_some();
    let caller = if signing_in {
        Ok(Caller::Nobody)
    } else {
        world.authenticate(ask.authorization)
    };
    let quota = match caller {
        Ok(Caller::Login { user, .. }) => Quota::User(user),
        // Ids come from one counter, so a link never shares a user's bucket.
        Ok(Caller::Link(link)) => Quota::User(link),
        Ok(Caller::Nobody) | Err(_) => Quota::Address(ask.ip),
    };
    let user = caller.as_ref().ok().and_then(|caller| caller.user_id());
    let reply = take(world, quota, real_ms)
        .and_then(|()| caller.clone())
        .and_then(|caller| match ask.segments.as_slice() {
            ["event_sets"] if ask.verb == "POST" => {
                take(world, Quota::EventSets(caller.user()?), real_ms)?;
                events::create_set(world, ask, caller)
            }
            _ => route(world, ask, caller),
        });
    (reply, user)
}

fn take(world: &mut World, quota: Quota, real_ms: i64) -> Result<(), Refusal> {
    let now_ms = match world.switches.rate_limits {
        RateLimits::RealTime => real_ms,
        RateLimits::SimTime => world.now(),
        RateLimits::Off => return Ok(()),
    };
    world.buckets.take(quota, now_ms).map_err(|wait_ms| Refusal {
        wait_ms: Some(wait_ms),
        ..Refusal::new(429, "000429", "Too many requests. Please slow down.")
    })
}

fn route(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    match (ask.verb, ask.segments.as_slice()) {
        ("POST", ["logins"]) => logins::create(world, ask, caller),
        ("GET", ["logins"]) => logins::list(world, ask, caller),
        ("GET", ["login"]) => logins::current(world, caller),
        ("PATCH", ["login"]) => logins::rename_current(world, ask, caller),
        ("DELETE", ["login"]) => logins::delete_current(world, caller),
        ("DELETE", ["login", "elsewhere"]) => logins::delete_elsewhere(world, caller),
        ("DELETE", ["logins", id]) => logins::delete(world, caller, number(id)?),
        ("POST", ["login", "promote"]) => logins::promote(world, caller, None),
        ("POST", ["logins", id, "promote"]) => logins::promote(world, caller, Some(number(id)?)),

        ("GET", ["organization"]) => locks::organization(world, caller),
        ("GET", ["organizations"]) => locks::organizations(world, ask, caller),
        ("GET", ["organizations", domain, "public"]) => locks::public(world, domain),
        ("GET", ["places"]) => locks::list_places(world, ask, caller),
        ("GET", ["places", id]) => locks::read_place(world, caller, number(id)?),
        ("POST", ["places", id, "lock_down"]) => locks::lock_down_place(world, caller, number(id)?, true),
        ("POST", ["places", id, "cancel_lockdown"]) => locks::lock_down_place(world, caller, number(id)?, false),

        ("GET", ["locks"]) => locks::list(world, ask, caller),
        ("POST", ["locks"]) => locks::create(world, ask, caller),
        ("GET", ["locks", id]) => locks::read(world, caller, number(id)?),
        ("PATCH", ["locks", id]) => locks::change(world, ask, caller, number(id)?),
        ("DELETE", ["locks", id]) => locks::delete(world, caller, number(id)?),
        ("POST", ["locks", id, "unlock"]) => unlock::unlock(world, ask, caller, number(id)?),
        ("POST", ["locks", id, "lock_down"]) => locks::lock_down(world, caller, number(id)?, true),
        ("POST", ["locks", id, "cancel_lockdown"]) => locks::lock_down(world, caller, number(id)?, false),

        ("GET", ["groups"]) => groups::list(world, ask, caller),
        ("POST", ["groups"]) => groups::create(world, ask, caller),
        ("GET", ["groups", id]) => groups::read(world, caller, number(id)?),
        ("PATCH", ["groups", id]) => groups::change(world, ask, caller, number(id)?),
        ("DELETE", ["groups", id]) => groups::delete(world, caller, number(id)?),
        ("GET", ["group_locks"]) => groups::list_locks(world, ask, caller),
        ("POST", ["group_locks"]) => groups::add_lock(world, ask, caller),
        ("GET", ["group_locks", id]) => groups::read_lock(world, caller, number(id)?),
        ("DELETE", ["group_locks", id]) => groups::remove_lock(world, caller, number(id)?),
        ("GET", ["schedules"]) => groups::schedules(world, ask, caller),

        ("GET", ["user"]) => users::own(world, caller),
        ("GET", ["users"]) => users::list(world, ask, caller),
        ("POST", ["users"]) => users::create(world, ask, caller),
        ("GET", ["users", id]) => users::read(world, caller, number(id)?),
        ("PATCH", ["users", id]) => users::change(world, ask, caller, number(id)?),
        ("DELETE", ["users", id]) => users::delete(world, caller, number(id)?),

        ("GET", ["roles"]) => assignments::roles(ask, caller),
        ("GET", ["role_assignments"]) => assignments::list(world, ask, caller),
        ("POST", ["role_assignments"]) => assignments::create(world, ask, caller),
        ("GET", ["role_assignments", id]) => assignments::read(world, caller, number(id)?),
        ("PATCH", ["role_assignments", id]) => assignments::change(world, ask, caller, number(id)?),
        ("DELETE", ["role_assignments", id]) => assignments::delete(world, caller, number(id)?),

        ("GET", ["group_links"]) => links::list(world, ask, caller),
        ("POST", ["group_links"]) => links::create(world, ask, caller),
        ("DELETE", ["group_links", id]) => links::delete(world, caller, number(id)?),
        ("GET", ["cards"]) => links::list_cards(world, ask, caller),
        ("POST", ["cards"]) => links::create_card(world, ask, caller),
        ("GET", ["cards", id]) => links::read_card(world, caller, number(id)?),
        ("DELETE", ["cards", id]) => links::delete_card(world, caller, number(id)?),
        ("POST", ["cards", id, action]) => links::act_on_card(world, ask, caller, number(id)?, action),

        ("GET", ["integrations"]) => webhooks::list(world, ask, caller),
        ("POST", ["integrations"]) => webhooks::create(world, ask, caller),
        ("GET", ["integrations", id]) => webhooks::read(world, caller, number(id)?),
        ("PATCH", ["integrations", id]) => webhooks::change(world, ask, caller, number(id)?),
        ("DELETE", ["integrations", id]) => webhooks::delete(world, caller, number(id)?),

        ("GET", ["events", "types"]) => events::types(caller),
        ("GET", ["event_sets", id]) => events::read_set(world, ask, caller, number(id)?),

        // Elevators exist in the contract; this organization has none.
        ("GET", ["elevator_stops"]) => match ask.number("place_id")? {
            Some(_) => caller
                .admin()
                .and_then(|_| ask.page(Vec::<()>::new(), super::ask::OTHERS, |()| ().into())),
            None => Err(Refusal::bad("place_id is missing.")),
        },
        _ => Err(Refusal::no_route()),
    }
}

/// An id in a path; anything else is no row.
fn number(segment: &str) -> Result<i64, Refusal> {
    segment.parse().map_err(|_| Refusal::absent())
}

impl Answer {
    /// The status of a good answer: 200 with a body, also on create, 204 without (contract §2).
    pub fn status(&self) -> u16 {
        match self {
            Answer::Body(_) | Answer::Page(..) => 200,
            Answer::Done => 204,
        }
    }
}
