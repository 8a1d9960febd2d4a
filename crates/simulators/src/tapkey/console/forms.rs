//! The console's forms: clock, a phone at a door, fault dial, switches, and what somebody in the portal would do.
//!
//! Every form answers with the page again, or with the problem in words when something was not understood.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::super::server::Shared;
use super::super::state::{World, stamp};
use super::super::switches::CHOICES;
use super::super::{control, doors, grants, phones};
use crate::clock::timestamp;
use crate::fault::{Fault, RetryAfter, Trouble};
use crate::html::{esc, page};

type Tapkey = State<Arc<Shared>>;
type Fields = Form<Vec<(String, String)>>;

/// The clock, in UTC as Tapkey writes it, with the ways to move it. Its text is live.
pub(super) fn clock_card(world: &World) -> String {
    let running = if world.clock.is_running() {
        "runs"
    } else {
        "stands still"
    };
    let steps = [
        (60, "+1 min"),
        (1_800, "+30 min"),
        (3_600, "+1 h"),
        (86_400, "+1 day"),
        (604_800, "+1 week"),
        (-3_600, "−1 h"),
    ];
    let steps: String = steps
        .iter()
        .map(|(seconds, word)| format!("<button name=advance_s value={seconds}>{word}</button> "))
        .collect();
    format!(
        "<section class='card wide' id=clock-card><h2>Clock</h2><div id=clock data-live><b class=num>{}</b> \
         <span class=soft>UTC · {running} · <time>{}</time></span></div>\
         <form class=row method=post action='/_sim/console/clock'>{steps}</form>\
         <form class=row method=post action='/_sim/console/clock'><label>Set to (UTC)<br>\
         <input name=now placeholder='2026-03-02T08:30:00Z' size=24></label><button>Set</button></form></section>",
        timestamp(world.now()).strftime("%a %-d %b %Y, %H:%M:%S"),
        stamp(world.now()),
    )
}

/// Hold a phone to a lock. Not live, so that nobody's choice is lost.
pub(super) fn door_card(world: &World) -> String {
    let people: String = world
        .contacts
        .values()
        .map(|row| {
            let email = world.email_of_user(&row.user).unwrap_or_default();
            format!("<option value='{}'>{}</option>", row.id, esc(email))
        })
        .collect();
    let locks: String = world
        .locks
        .values()
        .filter(|lock| lock.unbound_ms.is_none())
        .map(|lock| format!("<option value='{}'>{}</option>", lock.id, esc(&lock.title)))
        .collect();
    format!(
        "<section class='card wide'><h2>A phone at a lock</h2>\
         <form class=row method=post action='/_sim/console/door'><label>Phone of<br><select name=contact>{people}\
         </select></label><label>Lock<br><select name=lock>{locks}</select></label>\
         <button name=what value=online>Trigger, phone online</button>\
         <button name=what value=offline>Trigger, phone offline</button>\
         <button name=what value=sync>Only bring the news (sync)</button></form></section>"
    )
}

/// The fault dial and the switches; not live either.
pub(super) fn cards(world: &World) -> String {
    let troubles: String = TROUBLES
        .iter()
        .map(|(key, word, _)| format!("<option value={key}>{word}</option>"))
        .collect();
    let values = serde_json::to_value(&world.switches).unwrap_or_default();
    let switch = |(key, sentence, choices): &(&str, &str, &[&str])| {
        let value = match values.get(*key) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let option = |choice: &&str| {
            let selected = if *choice == value { " selected" } else { "" };
            format!("<option{selected}>{choice}</option>")
        };
        let field = if choices.is_empty() {
            format!("<input name={key} value='{}'>", esc(&value))
        } else {
            let options: String = choices.iter().map(option).collect();
            format!("<select name={key}>{options}</select>")
        };
        format!("<label>{sentence}{field}</label>")
    };
    let switches: String = CHOICES.iter().map(switch).collect();
    format!(
        "<section class='card wide'><h2>Fault dial</h2><form class=row method=post action='/_sim/console/faults'>\
         <label>Route<br><input name=route value='*' size=28></label><label>Trouble<br><select name=trouble>{troubles}\
         </select></label><label>Times (empty: until cleared)<br><input name=times inputmode=numeric size=6></label>\
         <button>Add</button></form><form class=row method=post action='/_sim/console/faults'>\
         <button name=clear value=all>Clear all faults</button></form><p><small>Routes: <code>*</code>, \
         <code>PUT /api/v1/Owners/*/Grants</code>, <code>POST /connect/token</code>, <code>DELETE</code>.</small></p>\
         </section><section class='card wide'><details><summary>Switches: what Tapkey leaves open</summary>\
         <form method=post action='/_sim/console/switches'><div class=switches style='margin-top:16px'>{switches}</div>\
         <div class=row><button>Save switches</button></div></form></details></section>"
    )
}

const TROUBLES: &[(&str, &str, Trouble)] = &[
    ("status_500", "500", Trouble::Status { status: 500 }),
    ("status_503", "503", Trouble::Status { status: 503 }),
    (
        "too_many",
        "429 without Retry-After",
        Trouble::TooMany { retry_after: None },
    ),
    (
        "too_many_seconds",
        "429, Retry-After 5 seconds",
        Trouble::TooMany {
            retry_after: Some(RetryAfter::Seconds(5)),
        },
    ),
    ("latency", "two seconds late", Trouble::Latency { ms: 2_000 }),
    (
        "hang_after",
        "answer a minute after the effect",
        Trouble::HangAfter { ms: 60_000 },
    ),
    (
        "reset_before",
        "connection reset before the effect",
        Trouble::ResetBefore,
    ),
    ("reset_after", "connection reset after the effect", Trouble::ResetAfter),
    ("truncated_json", "JSON broken off", Trouble::TruncatedJson),
    ("html_page", "HTML error page", Trouble::HtmlPage { status: 502 }),
];

pub(super) async fn clock(State(shared): Tapkey, Form(fields): Fields) -> Response {
    let object: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|(key, value)| match value.parse::<i64>() {
            Ok(number) => (key, number.into()),
            Err(_) => (key, value.into()),
        })
        .collect();
    done(control::move_clock(&shared.clock, &Value::Object(object)))
}

/// The outcome at the door gets a page of its own: green or red, and why.
pub(super) async fn door(State(shared): Tapkey, Form(fields): Fields) -> Response {
    let (Some(contact), Some(lock)) = (field(&fields, "contact"), field(&fields, "lock")) else {
        return done(Err("choose a person and a lock".to_owned()));
    };
    let mut world = shared.world();
    let outcome = match field(&fields, "what") {
        Some("online") => doors::trigger(&mut world, contact, lock, true),
        Some("offline") => doors::trigger(&mut world, contact, lock, false),
        Some("sync") if doors::sync(&mut world, lock) => return done(Ok(())),
        _ => return done(Err("that cannot be done to a lock".to_owned())),
    };
    let title = world.locks.get(lock).map(|lock| esc(&lock.title)).unwrap_or_default();
    let who = esc(world.email_of_contact(contact).unwrap_or_default());
    let (class, word, why) = match outcome {
        Ok(()) => ("open", "● Opened", String::new()),
        Err(reason) => ("red", "✕ Refused", format!(" <small>{reason}</small>")),
    };
    let body = format!(
        "<header><h1>{title}</h1></header><main class=cards><section class='card wide'><p id=outcome>\
         <span class='pill {class}'>{word}</span>{why}</p><p class=soft>{who}</p><p><a href='/'>Back</a></p></section></main>"
    );
    axum::response::Html(page("At the lock", &body)).into_response()
}

pub(super) async fn contact(State(shared): Tapkey, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    match (field(&fields, "id"), field(&fields, "what")) {
        (Some(id), Some("leave")) => phones::set_reachable(&mut world, id, false),
        (Some(id), Some("return")) => phones::set_reachable(&mut world, id, true),
        _ => return done(Err("that cannot be done to a person".to_owned())),
    }
    done(Ok(()))
}

pub(super) async fn grant(State(shared): Tapkey, Form(fields): Fields) -> Response {
    match field(&fields, "id") {
        Some(id) => grants::end(&mut shared.world(), id),
        None => return done(Err("that grant is gone".to_owned())),
    }
    done(Ok(()))
}

pub(super) async fn faults(State(shared): Tapkey, Form(fields): Fields) -> Response {
    if field(&fields, "clear").is_some() {
        shared.faults.clear();
        return done(Ok(()));
    }
    let asked = field(&fields, "trouble").unwrap_or_default();
    let Some((_, _, trouble)) = TROUBLES.iter().find(|(key, ..)| *key == asked) else {
        return done(Err(format!("there is no trouble “{asked}”")));
    };
    let times = match field(&fields, "times").unwrap_or_default().trim() {
        "" => None,
        text => match text.parse() {
            Ok(times) => Some(times),
            Err(_) => return done(Err(format!("“{text}” is no number of times"))),
        },
    };
    let route = field(&fields, "route").map(str::trim).filter(|route| !route.is_empty());
    shared.faults.add(Fault {
        times,
        ..Fault::on(route.unwrap_or("*"), *trouble)
    });
    done(Ok(()))
}

pub(super) async fn switches(State(shared): Tapkey, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let before = serde_json::to_value(&world.switches).unwrap_or_default();
    let patch: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|(key, value)| {
            let typed = match before.get(&key) {
                Some(Value::Bool(_)) => value.parse::<bool>().map(Value::from).ok(),
                Some(Value::Number(_)) => value.trim().parse::<u64>().map(Value::from).ok(),
                _ => None,
            };
            (key, typed.unwrap_or(Value::String(value)))
        })
        .collect();
    let patched = world.switches.patched(&Value::Object(patch));
    done(patched.map(|switches| world.switches = switches))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn done(outcome: Result<(), String>) -> Response {
    match outcome {
        Ok(()) => Redirect::to("/").into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, format!("Not done: {problem}.")).into_response(),
    }
}
