//! The moving parts of the console: sites, doors, groups, users, entries, activations, letters, calls, faults in force.
//!
//! Times are written in the zone of the site concerned, and a colour always has a word beside it.

use super::super::rows::{Call, Entry, Group, Lock, SiteUser};
use super::super::schedules;
use super::super::state::World;
use crate::clock::timestamp;
use crate::dials::striking;
use crate::fault::Fault;
use crate::html::{esc, pill, row, section, table};

/// Longest lists on the page; the JSON has the rest.
const ROWS: usize = 200;
const LOG_ROWS: usize = 40;

pub(super) fn sections(world: &World, faults: &[Fault]) -> String {
    let parts: [(&str, &str, &[&str], Vec<String>); 8] = [
        (
            "sites",
            "Sites",
            &["Site", "Zone", "Seats", "State", "Hubs"],
            sites(world),
        ),
        (
            "groups",
            "Access groups",
            &["Group", "Members", "Schedules", "Doors"],
            groups(world),
        ),
        (
            "users",
            "Site users",
            &["Person", "Site", "Seat", "Roles", ""],
            users(world),
        ),
        (
            "entries",
            "Entries",
            &["When", "Door", "What", "Who", "By"],
            entries(world),
        ),
        (
            "activations",
            "Activated hubs and one-time passwords",
            &["Person", "Hub", "State", "Wrong codes"],
            activations(world),
        ),
        (
            "letters",
            "Mails and text messages",
            &["To", "Subject", "Text"],
            letters(world),
        ),
        ("calls", "Last calls", &["When", "Status", "Call", "As"], calls(world)),
        (
            "striking",
            "Faults in force",
            &["Route", "Trouble", "Times"],
            striking(faults),
        ),
    ];
    let doors: String = world.locks.values().map(|lock| door(world, lock)).collect();
    let mut page = section("doors", "wide", "Doors", &format!("<div class=doors>{doors}</div>"));
    for (id, title, heads, rows) in parts {
        page += &section(id, "wide", title, &table(heads, rows));
    }
    page
}

fn buttons(what: &str, id: &str, actions: &[(&str, &str)]) -> String {
    let buttons: String = actions
        .iter()
        .map(|(action, word)| format!("<button class=small name=what value={action}>{word}</button> "))
        .collect();
    format!(
        "<form class=inline method=post action='/_sim/console/{what}'><input type=hidden name=id value={id}>{buttons}</form>"
    )
}

/// An instant as people of the site say it, with the date when it is not today.
fn moment(world: &World, site: &str, at_ms: i64) -> String {
    let zone = world.zone(site);
    let (at, today) = (
        timestamp(at_ms).to_zoned(zone.clone()),
        timestamp(world.now()).to_zoned(zone),
    );
    let day = if at.date() == today.date() {
        "today"
    } else {
        "%a %-d %b %Y"
    };
    at.strftime(&format!("{day} %H:%M:%S")).to_string()
}

fn sites(world: &World) -> Vec<String> {
    let show = |site: &super::super::rows::Site| {
        let used = world.seats_used(&site.id);
        let class = if used >= site.seats { "red" } else { "open" };
        let hubs: String = world
            .iqs
            .values()
            .filter(|iq| iq.site == site.id)
            .map(|iq| {
                let word = if iq.offline_since_ms.is_some() {
                    "Connect"
                } else {
                    "Cut off"
                };
                format!("{} {}", esc(&iq.name), buttons("iq", &iq.id, &[("online", word)]))
            })
            .collect();
        row(&[
            format!("{} <small>{}</small>", esc(&site.name), esc(&site.uid)),
            esc(&site.time_zone),
            pill(class, &format!("{used} of {} in use", site.seats)),
            if site.subscription_valid {
                esc(&site.installation_state)
            } else {
                pill("red", "subscription lapsed")
            },
            hubs,
        ])
    };
    world.sites.values().map(show).collect()
}

fn door(world: &World, lock: &Lock) -> String {
    let state = match lock.locked_state(world.now()) {
        "locked" => pill("", "Locked"),
        "unlocked" => pill("open", "● Open now"),
        _ => pill("open", "Held open"),
    };
    let cut_off = world.cut_off_since(lock).is_some();
    let link = match (cut_off, world.lock_looks_online(lock)) {
        (false, _) => pill("blue", "Online"),
        (true, true) => pill("amber", "Cut off, still shown online"),
        (true, false) => pill("red", "Offline"),
    };
    let privacy = if lock.privacy_mode {
        pill("amber", "Privacy mode")
    } else {
        String::new()
    };
    let light = lock.light.as_ref().map_or_else(
        || "<small>no key yet</small>".to_owned(),
        |(at_ms, green, why)| {
            let (class, word) = if *green {
                ("open", "● Green")
            } else {
                ("red", "● Red")
            };
            let when = moment(world, &lock.site, *at_ms);
            format!("{} <small>{} · {when}</small>", pill(class, word), esc(why))
        },
    );
    let actions = [
        (
            "online",
            if lock.offline_since_ms.is_some() {
                "Connect"
            } else {
                "Cut off"
            },
        ),
        ("privacy", "Privacy mode"),
        ("office", "Office mode"),
    ];
    let class = if lock.locked_state(world.now()) == "locked" {
        "door"
    } else {
        "door is-open"
    };
    format!(
        "<div class='{class}'><b>{}</b><small>{}</small><p>{state} {link} {privacy}</p><p>{light}</p>{}</div>",
        esc(&lock.name),
        esc(&lock.lock_type),
        buttons("lock", &lock.id, &actions)
    )
}

fn groups(world: &World) -> Vec<String> {
    let show = |group: &Group| {
        let members: Vec<String> = world
            .members_of(&group.id)
            .map(|person| esc(person.email.as_deref().unwrap_or(&person.first_name)))
            .collect();
        let hours: Vec<String> = schedules::of_group(world, &group.id)
            .map(|row| esc(&row.hours.words()))
            .collect();
        let locks: Vec<String> = world
            .group_locks
            .iter()
            .filter(|row| row.listed && row.group == group.id)
            .filter_map(|row| world.locks.get(&row.lock))
            .map(|lock| esc(&lock.name))
            .collect();
        row(&[
            esc(&group.name),
            members.join("<br>"),
            if hours.is_empty() {
                pill("red", "none: never opens")
            } else {
                hours.join("<br>")
            },
            locks.join("<br>"),
        ])
    };
    world.groups.values().take(ROWS).map(show).collect()
}

fn users(world: &World) -> Vec<String> {
    let show = |user: &SiteUser| {
        let person = world.people.get(&user.person);
        let email = person.and_then(|person| person.email.as_deref()).unwrap_or("guest");
        let seat = match (user.blocked, user.subscribed) {
            (true, _) => pill("red", "blocked"),
            (false, true) => pill("open", "subscribed"),
            (false, false) => pill("amber", "suspended"),
        };
        let seat_word = if user.subscribed { "Suspend" } else { "Give a seat" };
        let block_word = if user.blocked { "Unblock" } else { "Block" };
        let tag = person.and_then(|person| person.tag_number.as_deref());
        let tag = tag
            .map(|tag| format!(" <small>tag {}</small>", esc(tag)))
            .unwrap_or_default();
        row(&[
            format!("{} <small>{}</small>{tag}", esc(&user.alias), esc(email)),
            world
                .sites
                .get(&user.site)
                .map(|site| esc(&site.name))
                .unwrap_or_default(),
            seat,
            esc(&user.roles.join(", ")),
            buttons(
                "user",
                &user.id,
                &[("seat", seat_word), ("block", block_word), ("delete", "Delete")],
            ),
        ])
    };
    let here = world.users.values().filter(|user| user.gone_ms.is_none());
    here.take(ROWS).map(show).collect()
}

fn entries(world: &World) -> Vec<String> {
    let show = |entry: &Entry| {
        let person = entry.person.as_ref().and_then(|id| world.people.get(id));
        let name = person.map(|person| esc(&format!("{} {}", person.first_name, person.last_name)));
        let class = if entry.category == "lock_opened" { "open" } else { "red" };
        row(&[
            moment(world, &entry.site, entry.at_ms),
            world
                .locks
                .get(&entry.lock)
                .map(|lock| esc(&lock.name))
                .unwrap_or_default(),
            format!("{} {}", pill(class, entry.category), entry.detail.unwrap_or_default()),
            name.unwrap_or_else(|| "nobody known".to_owned()),
            format!("{} {}", entry.by, esc(entry.by_detail.as_deref().unwrap_or_default())),
        ])
    };
    world.entries.iter().rev().take(LOG_ROWS).map(show).collect()
}

fn activations(world: &World) -> Vec<String> {
    let now = world.now();
    let show = |((person, iq), activation): (&(String, String), &super::super::rows::Activation)| {
        let state = match (activation.activated_ms, &activation.secret) {
            (Some(_), _) => pill("open", "activated"),
            (None, Some(_)) => pill("amber", "secret taken"),
            (None, None) => pill("", "not begun"),
        };
        let failures: Vec<String> = activation
            .failures
            .iter()
            .map(|(command, (count, until))| match until {
                Some(until_ms) if now < *until_ms => pill("red", &format!("{command} blocked")),
                _ => format!("{command}: {count}"),
            })
            .collect();
        let email = world.people.get(person).and_then(|person| person.email.as_deref());
        row(&[
            esc(email.unwrap_or_default()),
            world.iqs.get(iq).map(|iq| esc(&iq.name)).unwrap_or_default(),
            state,
            failures.join(" "),
        ])
    };
    world.activations.iter().map(show).collect()
}

fn letters(world: &World) -> Vec<String> {
    let letters = world.letters.iter().rev().take(LOG_ROWS);
    letters
        .map(|letter| row(&[esc(&letter.to), esc(&letter.subject), esc(&letter.text)]))
        .collect()
}

fn calls(world: &World) -> Vec<String> {
    let site = world.sites.keys().next().map_or("", String::as_str);
    let show = |call: &Call| {
        let (class, status) = match call.status {
            0 => ("red", "reset".to_owned()),
            status @ 101..=399 => ("open", status.to_string()),
            status @ 500.. => ("red", status.to_string()),
            status => ("amber", status.to_string()),
        };
        let query = if call.query.is_empty() {
            String::new()
        } else {
            format!("<small>?{}</small>", esc(&call.query))
        };
        row(&[
            moment(world, site, call.at_ms),
            pill(class, &status),
            format!("{} {}{query}", esc(&call.method), esc(&call.path)),
            call.caller.as_deref().map(esc).unwrap_or_default(),
        ])
    };
    world.calls.iter().rev().take(LOG_ROWS).map(show).collect()
}
