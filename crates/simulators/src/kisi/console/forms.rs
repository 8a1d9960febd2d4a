//! The console's forms: clock, fault dial, switches, and what an administrator would do to a door or a group.
//!
//! Every form answers with the page again, or with the problem in words when something was not understood.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::super::auth::Caller;
use super::super::groups;
use super::super::server::Shared;
use super::super::state::World;
use super::super::switches::CHOICES;
use super::live::zone;
use crate::clock::timestamp;
use crate::fault::{Fault, RetryAfter, Trouble};
use crate::html::esc;

type Fields = Form<Vec<(String, String)>>;

/// The clock: shown in the first place's zone, with the ways to move it. Its text is live.
pub(super) fn clock_card(world: &World) -> String {
    let zone_name = world
        .places
        .values()
        .next()
        .map_or("UTC", |place| place.time_zone.as_str());
    let running = if world.clock.is_running() {
        "runs"
    } else {
        "stands still"
    };
    let steps: String = [
        (60, "+1 min"),
        (1_800, "+30 min"),
        (3_600, "+1 h"),
        (86_400, "+1 day"),
        (-3_600, "−1 h"),
    ]
    .iter()
    .map(|(seconds, word)| format!("<button name=advance_s value={seconds}>{word}</button> "))
    .collect();
    format!(
        "<section class='card wide' id=clock-card><h2>Clock</h2><div id=clock data-live><b class=num>{}</b> \
         <span class=soft>{} · {running} · <time>{}</time></span></div>\
         <form class=row method=post action='/_sim/console/clock'>{steps}</form>\
         <form class=row method=post action='/_sim/console/clock'><label>Set to (UTC)<br>\
         <input name=now placeholder='2025-03-10T11:28:00Z' size=24></label><button>Set</button></form></section>",
        timestamp(world.now())
            .to_zoned(zone(world, None))
            .strftime("%a %-d %b %Y, %H:%M:%S"),
        esc(zone_name),
        world.stamp(world.now() / 1000 * 1000),
    )
}

/// The fault dial and the switches; not live, so that nobody's typing is lost.
pub(super) fn cards(world: &World) -> String {
    let troubles = [
        ("status_500", "500"),
        ("status_502", "502"),
        ("status_503", "503"),
        ("too_many", "429 without Retry-After"),
        ("too_many_seconds", "429, Retry-After 5 seconds"),
        ("too_many_date", "429, Retry-After as a date"),
        ("latency", "two seconds late"),
        ("hang_after", "answer a minute after the effect"),
        ("reset_before", "connection reset before the effect"),
        ("reset_after", "connection reset after the effect"),
        ("truncated_json", "JSON broken off"),
        ("html_page", "HTML error page"),
    ];
    let troubles: String = troubles
        .iter()
        .map(|(key, word)| format!("<option value={key}>{word}</option>"))
        .collect();
    let mut page = format!(
        "<section class='card wide'><h2>Fault dial</h2><form class=row method=post action='/_sim/console/faults'>\
         <label>Route<br><input name=route value='*' size=28></label><label>Trouble<br><select name=trouble>{troubles}\
         </select></label><label>Times (empty: until cleared)<br><input name=times inputmode=numeric size=6></label>\
         <button>Add</button></form><form class=row method=post action='/_sim/console/faults'>\
         <button name=clear value=all>Clear all faults</button></form><p><small>Routes: <code>*</code>, \
         <code>POST /role_assignments</code>, <code>POST /locks/*/unlock</code>, <code>DELETE</code>, \
         <code>GET /groups$</code>.</small></p></section>"
    );
    page += "<section class='card wide'><details><summary>Switches: what Kisi leaves open</summary>\
             <form method=post action='/_sim/console/switches'><div class=switches style='margin-top:16px'>";
    let values = serde_json::to_value(&world.switches).unwrap_or_default();
    for (key, sentence, choices) in CHOICES {
        let value = match values.get(*key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let field = if choices.is_empty() {
            format!("<input name={key} value='{}'>", esc(&value))
        } else {
            let option = |choice: &&str| {
                let selected = if *choice == value { " selected" } else { "" };
                format!("<option{selected}>{choice}</option>")
            };
            format!(
                "<select name={key}>{}</select>",
                choices.iter().map(option).collect::<String>()
            )
        };
        // Writing into a String cannot fail.
        let _ = write!(page, "<label>{sentence}{field}</label>");
    }
    page + "</div><div class=row><button>Save switches</button></div></form></details></section>"
}

pub(super) async fn clock(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let object: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|(key, value)| match value.parse::<i64>() {
            Ok(number) => (key, number.into()),
            Err(_) => (key, value.into()),
        })
        .collect();
    done(super::super::control::move_clock(&shared.clock, &Value::Object(object)))
}

pub(super) async fn faults(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    if field(&fields, "clear").is_some() {
        shared.faults.clear();
        return done(Ok(()));
    }
    let trouble = match field(&fields, "trouble").unwrap_or_default() {
        "status_500" => Trouble::Status { status: 500 },
        "status_502" => Trouble::Status { status: 502 },
        "status_503" => Trouble::Status { status: 503 },
        "too_many" => Trouble::TooMany { retry_after: None },
        "too_many_seconds" => Trouble::TooMany {
            retry_after: Some(RetryAfter::Seconds(5)),
        },
        "too_many_date" => Trouble::TooMany {
            retry_after: Some(RetryAfter::HttpDate(5)),
        },
        "latency" => Trouble::Latency { ms: 2_000 },
        "hang_after" => Trouble::HangAfter { ms: 60_000 },
        "reset_before" => Trouble::ResetBefore,
        "reset_after" => Trouble::ResetAfter,
        "truncated_json" => Trouble::TruncatedJson,
        "html_page" => Trouble::HtmlPage { status: 502 },
        other => return done(Err(format!("there is no trouble “{other}”"))),
    };
    let times = match field(&fields, "times").unwrap_or_default().trim() {
        "" => None,
        text => match text.parse() {
            Ok(times) => Some(times),
            Err(_) => return done(Err(format!("“{text}” is no number of times"))),
        },
    };
    let route = field(&fields, "route")
        .map(str::trim)
        .filter(|route| !route.is_empty())
        .unwrap_or("*");
    shared.faults.add(Fault {
        route: route.to_owned(),
        trouble,
        times,
    });
    done(Ok(()))
}

pub(super) async fn switches(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let before = serde_json::to_value(&world.switches).unwrap_or_default();
    let patch: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|(key, value)| {
            let typed = match before.get(&key) {
                Some(Value::Bool(_)) => value.parse::<bool>().map(Value::from).ok(),
                Some(Value::Number(_)) => value.trim().parse::<u64>().map(Value::from).ok(),
                Some(Value::Null) if value.is_empty() => Some(Value::Null),
                Some(Value::String(_)) if value.is_empty() => Some(Value::Null),
                _ => None,
            };
            (key, typed.unwrap_or(Value::String(value)))
        })
        .collect();
    let patched = world.switches.patched(&Value::Object(patch));
    done(patched.map(|switches| world.switches = switches))
}

pub(super) async fn lock(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let Some(lock) = id(&fields).and_then(|id| world.locks.get_mut(&id)) else {
        return done(Err("that door is gone".to_owned()));
    };
    match field(&fields, "what") {
        Some("online") => lock.online = Some(lock.online == Some(false)),
        Some("lockdown") => lock.locked_down = !lock.locked_down,
        Some("reader") => lock.reader_restriction_enabled = !lock.reader_restriction_enabled,
        _ => return done(Err("that cannot be done to a door".to_owned())),
    }
    done(Ok(()))
}

pub(super) async fn group(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let Some(id) = id(&fields).filter(|id| world.groups.contains_key(id)) else {
        return done(Err("that group is gone".to_owned()));
    };
    match (field(&fields, "what"), world.groups.get_mut(&id)) {
        (Some("app"), Some(group)) => group.login_enabled = !group.login_enabled,
        (Some("reader"), Some(group)) => group.reader_restriction_enabled = !group.reader_restriction_enabled,
        (Some("delete"), Some(_)) => _ = groups::remove(&mut world, id, Caller::Nobody),
        _ => return done(Err("that cannot be done to a group".to_owned())),
    }
    done(Ok(()))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn id(fields: &[(String, String)]) -> Option<i64> {
    field(fields, "id").and_then(|id| id.parse().ok())
}

fn done(outcome: Result<(), String>) -> Response {
    match outcome {
        Ok(()) => Redirect::to("/").into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, format!("Not done: {problem}.")).into_response(),
    }
}
