//! The moving parts of the console: doors, assignments, groups, users, logins, events, calls, faults in force.
//!
//! Each part is a section with `data-live` and an id; the page exchanges those that changed. Times are written in the
//! zone of the place concerned, and a colour always has a word beside it.

use super::super::events::Event;
use super::super::questions::login_kind;
use super::super::rows::{Assignment, Call, Scope, SimGroup, SimLock};
use super::super::state::World;
use crate::clock::timestamp;
use crate::dials::striking;
use crate::fault::Fault;
use crate::html::{esc, pill, row, section, table};

/// Longest lists on the page; the JSON has the rest.
const ROWS: usize = 200;
const LOG_ROWS: usize = 40;

pub(super) fn sections(world: &World, faults: &[Fault]) -> String {
    let now = world.now();
    let mut page = String::new();
    page += &section("doors", "wide", "Doors", &doors(world, now));
    let heads = ["State", "Person", "Group", "From", "Until", "Role", "Made by"];
    page += &section(
        "assignments",
        "wide",
        "Role assignments",
        &table(&heads, assignments(world, now)),
    );
    let heads = ["Group", "Place", "Doors", "People", "Restrictions", ""];
    page += &section("groups", "wide", "Groups", &table(&heads, groups(world)));
    page += &section(
        "users",
        "",
        "Users",
        &table(&["Person", "State", "Groups"], users(world)),
    );
    page += &section(
        "logins",
        "",
        "Logins",
        &table(&["Person", "Kind", "Label", "Last used"], logins(world)),
    );
    let heads = ["When", "What", "Result", "Who", "About"];
    page += &section("events", "wide", "Events", &table(&heads, events(world)));
    page += &section(
        "calls",
        "wide",
        "Last calls",
        &table(&["When", "Status", "Call", "As"], calls(world)),
    );
    page += &section(
        "striking",
        "wide",
        "Faults in force",
        &table(&["Route", "Trouble", "Times"], striking(faults)),
    );
    page
}

/// An instant as people of the place say it, with the date when it is not today.
fn moment(world: &World, place: Option<i64>, at_ms: i64) -> String {
    let zone = zone(world, place);
    let (at, today) = (
        timestamp(at_ms).to_zoned(zone.clone()),
        timestamp(world.now()).to_zoned(zone),
    );
    let day = if at.date() == today.date() {
        "today"
    } else {
        "%a %-d %b %Y"
    };
    let time = if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    at.strftime(&format!("{day} {time}")).to_string()
}

/// The place's zone; the first place's where none is concerned.
pub(super) fn zone(world: &World, place: Option<i64>) -> jiff::tz::TimeZone {
    let first = || world.places.keys().next().copied();
    place
        .or_else(first)
        .map_or(jiff::tz::TimeZone::UTC, |place| world.zone(place))
}

fn doors(world: &World, now: i64) -> String {
    let door = |lock: &SimLock| {
        let place = world.places.get(&lock.place);
        let open = lock.is_unlocked(now);
        let in_lockdown = lock.locked_down || place.is_some_and(|place| place.locked_down);
        let state = match (in_lockdown, lock.online) {
            _ if open => pill("open", "● Open now"),
            (true, _) => pill("red", "Locked down"),
            (false, Some(false)) => pill("amber", "Offline"),
            (false, _) => pill("", "Closed"),
        };
        let last = match lock.released {
            Some((at_ms, _)) => format!("last opened {}", moment(world, Some(lock.place), at_ms)),
            None => "never opened".to_owned(),
        };
        let online = if lock.online == Some(false) {
            "Bring online"
        } else {
            "Take offline"
        };
        let lockdown = if lock.locked_down { "End lockdown" } else { "Lock down" };
        let reader = if lock.reader_restriction_enabled {
            "No reader needed"
        } else {
            "Demand reader"
        };
        let (class, name) = (if open { "door is-open" } else { "door" }, esc(&lock.name));
        let place = place
            .map(|place| format!("{} · {}", esc(&place.name), esc(&place.time_zone)))
            .unwrap_or_default();
        let buttons = buttons(
            "lock",
            lock.id,
            &[("online", online), ("lockdown", lockdown), ("reader", reader)],
        );
        format!(
            "<div class='{class}'><b>{name}</b><small>{place}</small><p>{state} <small>{last}</small></p>{buttons}</div>"
        )
    };
    let doors: String = world.locks.values().map(door).collect();
    if doors.is_empty() {
        "<p class=soft>No doors yet.</p>".to_owned()
    } else {
        format!("<div class=doors>{doors}</div>")
    }
}

fn buttons(what: &str, id: i64, actions: &[(&str, &str)]) -> String {
    let buttons: String = actions
        .iter()
        .map(|(action, word)| format!("<button class=small name=what value={action}>{word}</button> "))
        .collect();
    format!(
        "<form class=inline method=post action='/_sim/console/{what}'><input type=hidden name=id value={id}>{buttons}</form>"
    )
}

fn assignments(world: &World, now: i64) -> Vec<String> {
    let mut rows: Vec<&Assignment> = world.assignments.values().collect();
    rows.sort_by_key(|row| {
        let over = row.valid_until_ms.is_some_and(|until_ms| until_ms <= now);
        let future = row.valid_from_ms.is_some_and(|from_ms| from_ms > now);
        (over, future, row.valid_from_ms, row.id)
    });
    rows.into_iter()
        .take(ROWS)
        .map(|row| {
            let place = world.place_of(row.scope);
            let state = match (row.valid_from_ms, row.valid_until_ms) {
                (Some(from_ms), _) if from_ms > now => pill("blue", "Future"),
                (_, Some(until_ms)) if until_ms <= now => pill("", "Over"),
                _ => pill("open", "Running"),
            };
            let group = match row.scope {
                Scope::Group(group) => group_name(world, group),
                Scope::Place(_) => "the whole place".to_owned(),
                Scope::Organization => "everything".to_owned(),
            };
            let end =
                |at_ms: Option<i64>, open: &str| at_ms.map_or(open.to_owned(), |at_ms| moment(world, place, at_ms));
            self::row(&[
                state,
                person(world, row.user),
                group,
                end(row.valid_from_ms, "since ever"),
                end(row.valid_until_ms, "open-ended"),
                esc(&row.role),
                row.created_by.map(|user| person(world, user)).unwrap_or_default(),
            ])
        })
        .collect()
}

fn group_name(world: &World, group: i64) -> String {
    world.groups.get(&group).map_or_else(
        || format!("{} <small>{group}</small>", pill("red", "deleted")),
        |group| esc(&group.name),
    )
}

fn person(world: &World, user: i64) -> String {
    world
        .users
        .get(&user)
        .map_or_else(|| user.to_string(), |user| esc(&user.email))
}

fn groups(world: &World) -> Vec<String> {
    let show = |group: &SimGroup| {
        let locks: Vec<String> = world
            .group_locks
            .values()
            .filter(|row| row.group == group.id)
            .filter_map(|row| world.locks.get(&row.lock))
            .map(|lock| esc(&lock.name))
            .collect();
        let people = world
            .assignments
            .values()
            .filter(|row| row.scope == Scope::Group(group.id))
            .count();
        let restrictions: Vec<&str> = [
            (!group.login_enabled, "no app access"),
            (group.reader_restriction_enabled, "reader"),
            (group.geofence_restriction_enabled, "geofence"),
            (group.primary_device_restriction_enabled, "primary device"),
            (group.managed_device_restriction_enabled, "managed device"),
            (group.tap_to_access_restriction_enabled, "tap to access"),
            (group.time_restriction_enabled, "schedule"),
        ]
        .into_iter()
        .filter_map(|(on, word)| on.then_some(word))
        .collect();
        let place = group
            .place
            .and_then(|id| world.places.get(&id))
            .map_or("whole organization", |place| &place.name);
        let app = if group.login_enabled {
            "Forbid the app"
        } else {
            "Allow the app"
        };
        let reader = if group.reader_restriction_enabled {
            "No reader needed"
        } else {
            "Demand reader"
        };
        row(&[
            format!("<b>{}</b>", esc(&group.name)),
            esc(place),
            if locks.is_empty() {
                "none".to_owned()
            } else {
                locks.join(", ")
            },
            people.to_string(),
            if restrictions.is_empty() {
                "none".to_owned()
            } else {
                pill("amber", &restrictions.join(", "))
            },
            buttons(
                "group",
                group.id,
                &[("app", app), ("reader", reader), ("delete", "Delete group")],
            ),
        ])
    };
    world.groups.values().take(ROWS).map(show).collect()
}

fn users(world: &World) -> Vec<String> {
    world
        .users
        .values()
        .take(ROWS)
        .map(|user| {
            let state = match (user.confirmed, user.access_enabled) {
                _ if user.id == world.org.owner => pill("blue", "Owner"),
                (false, _) => pill("amber", "Unconfirmed"),
                (true, false) => pill("red", "Access off"),
                (true, true) if user.send_emails => pill("", "Regular"),
                (true, true) => pill("", "Managed"),
            };
            let groups = world.assignments.values().filter(|row| row.user == user.id).count();
            let name = user.name.as_deref().map(esc).unwrap_or_default();
            row(&[
                format!("{name} <small>{}</small>", esc(&user.email)),
                state,
                groups.to_string(),
            ])
        })
        .collect()
}

fn logins(world: &World) -> Vec<String> {
    let show = |login: &super::super::rows::Login| {
        row(&[
            person(world, login.user),
            login_kind(login.kind).to_owned(),
            login
                .name
                .as_deref()
                .or(login.device_brand.as_deref())
                .map(esc)
                .unwrap_or_default(),
            login
                .last_used_ms
                .map_or_else(|| "never".to_owned(), |at_ms| moment(world, None, at_ms)),
        ])
    };
    world.logins.values().rev().take(ROWS).map(show).collect()
}

fn events(world: &World) -> Vec<String> {
    let show = |event: &Event| {
        row(&[
            moment(world, event.place, event.at_ms),
            event.kind.to_owned(),
            match &event.refused {
                None => pill("open", "done"),
                Some((code, message)) => format!(
                    "{} <small>{}</small>",
                    pill("red", "refused"),
                    esc(&format!("{code} {message}"))
                ),
            },
            event.actor_email.as_deref().map_or_else(|| "–".to_owned(), esc),
            event
                .object_name
                .as_deref()
                .map_or_else(|| event.object_type.to_owned(), esc),
        ])
    };
    world.events.iter().rev().take(LOG_ROWS).map(show).collect()
}

fn calls(world: &World) -> Vec<String> {
    let show = |call: &Call| {
        let class = match call.status {
            200..=299 => "open",
            0 | 500.. => "red",
            _ => "amber",
        };
        let status = if call.status == 0 {
            "reset".to_owned()
        } else {
            call.status.to_string()
        };
        let query = if call.query.is_empty() {
            String::new()
        } else {
            format!("<small>?{}</small>", esc(&call.query))
        };
        row(&[
            moment(world, None, call.at_ms),
            pill(class, &status),
            format!("{} {}{query}", esc(&call.method), esc(&call.path)),
            call.caller.as_deref().map(esc).unwrap_or_default(),
        ])
    };
    world.calls.iter().rev().take(LOG_ROWS).map(show).collect()
}
