//! The moving parts of the console: owners, locks, grants, contacts, user groups, log entries, calls, faults in force.
//!
//! Each part is a section with `data-live` and an id; the page exchanges those that changed. Times are UTC, and a
//! colour always has a word beside it.

use super::super::encoding::for_people;
use super::super::rows::{Call, Grant, GrantState, Grantee, SimLogEntry, Target};
use super::super::state::World;
use crate::clock::timestamp;
use crate::dials::striking;
use crate::fault::Fault;
use crate::html::{esc, pill, row, section, table};

/// Longest lists on the page; the JSON has the rest.
const ROWS: usize = 200;
const LOG_ROWS: usize = 40;

pub(super) fn sections(world: &World, faults: &[Fault]) -> String {
    let owners = owners(world);
    let parts: [(&str, &str, &[&str], Vec<String>); 8] = [
        (
            "grants",
            "Grants",
            &["State", "For", "Opens", "From", "Until", "Made", ""],
            grants(world),
        ),
        (
            "locks",
            "Locks",
            &["Lock", "Hardware", "Revocation list", "Last news", "Openings"],
            locks(world),
        ),
        ("groups", "User groups", &["Group", "Opens", "Members"], groups(world)),
        (
            "contacts",
            "Contacts",
            &["Person", "Locking system", "Name", "Comment", "Keys", "Phone", ""],
            contacts(world),
        ),
        ("owners", "Owner accounts", &["Name", "State", "Managed by"], owners),
        (
            "log",
            "Log entries",
            &["At the lock", "Arrived", "Lock", "No.", "Who"],
            log(world),
        ),
        ("calls", "Last calls", &["When", "Status", "Call", "As"], calls(world)),
        (
            "striking",
            "Faults in force",
            &["Route", "Trouble", "Times"],
            striking(faults),
        ),
    ];
    parts
        .into_iter()
        .map(|(id, title, heads, rows)| section(id, "wide", title, &table(heads, rows)))
        .collect()
}

fn moment(at_ms: i64) -> String {
    timestamp(at_ms).strftime("%a %-d %b %Y %H:%M:%S").to_string()
}

fn edge(at_ms: Option<i64>) -> String {
    at_ms.map_or_else(|| "unbounded".to_owned(), moment)
}

fn person(world: &World, contact: &str) -> String {
    esc(world.email_of_contact(contact).unwrap_or("somebody deleted"))
}

fn opened_by(world: &World, target: &Target) -> String {
    let title = match target {
        Target::Lock(id) => world.locks.get(id).map(|lock| lock.title.as_str()),
        Target::Group(id) => world.lock_groups.get(id).map(|group| group.title.as_str()),
    };
    esc(title.unwrap_or("something deleted"))
}

fn grants(world: &World) -> Vec<String> {
    let now = world.now();
    let show = |grant: &Grant| {
        let state = match grant.state {
            GrantState::Ok if grant.covers(now) => pill("open", "Running"),
            GrantState::Ok if grant.is_live(now) => pill("blue", "To come"),
            GrantState::Ok => pill("", "Ended"),
            GrantState::RevokePending => pill(
                "amber",
                &format!("Revoked, not yet known to {} of its locks", grant.unlearnt.len()),
            ),
            GrantState::Revoked => pill("red", "Revoked"),
        };
        let whose = match &grant.grantee {
            Grantee::Contact(contact) => person(world, contact),
            Grantee::UserGroup(id) => {
                let title = world.user_groups.get(id).map(|group| esc(&group.title));
                format!("group <b>{}</b>", title.unwrap_or_default())
            }
            Grantee::Card(id) => format!("card {id}"),
        };
        let revoke = format!(
            "<form class=inline method=post action='/_sim/console/grant'>\
             <button class=small name=id value='{}'>Revoke</button></form>",
            grant.id
        );
        row(&[
            state,
            whose,
            opened_by(world, &grant.target),
            edge(grant.from_ms),
            edge(grant.before_ms),
            if grant.over_api {
                "over the API"
            } else {
                "in the portal"
            }
            .to_owned(),
            if grant.state == GrantState::Ok {
                revoke
            } else {
                String::new()
            },
        ])
    };
    world.grants.values().rev().take(ROWS).map(show).collect()
}

fn locks(world: &World) -> Vec<String> {
    let show = |lock: &super::super::rows::SimLock| {
        let list = match lock.seen_rcl_serial {
            _ if lock.rcl_serial == 0 => pill("", "Empty"),
            Some(seen) if seen == lock.rcl_serial => pill("open", "Known to the lock"),
            _ => pill("amber", "Pending on this door"),
        };
        let title = esc(&lock.title);
        row(&[
            if lock.unbound_ms.is_some() {
                format!("<s>{title}</s> unbound")
            } else {
                format!("<b>{title}</b>")
            },
            for_people(&lock.physical),
            list,
            lock.seen_ms.map_or_else(|| "never".to_owned(), moment),
            lock.last_entry_no.to_string(),
        ])
    };
    world.locks.values().take(ROWS).map(show).collect()
}

fn groups(world: &World) -> Vec<String> {
    let show = |group: &super::super::rows::UserGroup| {
        let own = Grantee::UserGroup(group.id.clone());
        let grants = world.grants.values().filter(|grant| grant.grantee == own);
        let opens: Vec<String> = grants.map(|grant| opened_by(world, &grant.target)).collect();
        let members: Vec<String> = group.members.values().map(|contact| person(world, contact)).collect();
        row(&[
            format!("<b>{}</b>", esc(&group.title)),
            opens.join(", "),
            members.join(", "),
        ])
    };
    world.user_groups.values().take(ROWS).map(show).collect()
}

fn contacts(world: &World) -> Vec<String> {
    let show = |contact: &super::super::rows::Contact| {
        let owner = world.owners.get(&contact.owner);
        let reachable = world.users.get(&contact.user).is_some_and(|user| user.reachable);
        let (phone, what, word) = if reachable {
            (pill("open", "In reach"), "leave", "Leave the net")
        } else {
            (pill("amber", "Out of reach"), "return", "Back in the net")
        };
        let keys = world.keys.keys().filter(|(whose, ..)| *whose == contact.id).count();
        row(&[
            person(world, &contact.id),
            owner.map(|owner| esc(&owner.name)).unwrap_or_default(),
            esc(contact.title.as_deref().unwrap_or_default()),
            esc(contact.comment.as_deref().unwrap_or_default()),
            keys.to_string(),
            phone,
            format!(
                "<form class=inline method=post action='/_sim/console/contact'><input type=hidden name=id value='{}'>\
                 <button class=small name=what value={what}>{word}</button></form>",
                contact.id
            ),
        ])
    };
    world.contacts.values().take(ROWS).map(show).collect()
}

fn owners(world: &World) -> Vec<String> {
    let show = |owner: &super::super::rows::SimOwner| {
        let admins = world.permissions.values().filter(|row| row.owner == owner.id);
        let admins: Vec<String> = admins
            .map(|row| format!("{} <small>{:?}</small>", person(world, &row.contact), row.role))
            .collect();
        let state = if owner.active {
            pill("open", "Active")
        } else {
            pill("", "Closed")
        };
        row(&[format!("<b>{}</b>", esc(&owner.name)), state, admins.join(", ")])
    };
    world.owners.values().take(ROWS).map(show).collect()
}

fn log(world: &World) -> Vec<String> {
    let show = |entry: &SimLogEntry| {
        let lock = world.locks.get(&entry.lock).map(|lock| esc(&lock.title));
        row(&[
            moment(entry.lock_ms),
            entry
                .received_ms
                .map_or_else(|| pill("amber", "still in the lock"), moment),
            lock.unwrap_or_default(),
            entry.entry_no.to_string(),
            entry
                .contact
                .as_deref()
                .map(|contact| person(world, contact))
                .unwrap_or_default(),
        ])
    };
    world.log.iter().rev().take(LOG_ROWS).map(show).collect()
}

fn calls(world: &World) -> Vec<String> {
    let show = |call: &Call| {
        let class = match call.status {
            200..=399 => "open",
            0 | 500.. => "red",
            _ => "amber",
        };
        let status = if call.status == 0 {
            "reset".to_owned()
        } else {
            call.status.to_string()
        };
        row(&[
            moment(call.at_ms),
            pill(class, &status),
            format!("{} {}", esc(&call.method), esc(&call.path)),
            call.caller.as_deref().map(esc).unwrap_or_default(),
        ])
    };
    world.calls.iter().rev().take(LOG_ROWS).map(show).collect()
}
