//! The dials that every simulator has in common: its clock and its faults, as JSON and on its console; its switches.
//!
//! | call | does |
//! |---|---|
//! | `GET/PUT /_sim/faults` | reads or replaces the list of faults |
//! | `GET/PUT /_sim/clock` | reads; sets by `{"now_ms":…}`, `{"now":"…Z"}`, `{"advance_ms":…}` or `{"advance_s":…}` |
//! | `POST /_sim/console/clock`, `POST /_sim/console/faults` | the same from the console's forms |
//!
//! A vendor merges [`router`] and puts [`clock_card`], [`faults_card`] and [`switches_card`] on its page.

use std::fmt::Write as _;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::clock::{SimClock, rfc3339, timestamp};
use crate::fault::{Fault, FaultDial, RetryAfter, Trouble};
use crate::html::{esc, row};

/// A console's form, in the order of its fields.
pub(crate) type Fields = Form<Vec<(String, String)>>;

#[derive(Clone)]
struct Dials {
    clock: SimClock,
    faults: FaultDial,
}

/// The calls of the table above, whatever state the rest of the server has.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(clock: &SimClock, faults: &FaultDial) -> Router<S> {
    Router::new()
        .route("/_sim/faults", get(list_faults).put(set_faults))
        .route("/_sim/clock", get(clock_now).put(set_clock))
        .route("/_sim/console/clock", post(clock_form))
        .route("/_sim/console/faults", post(faults_form))
        .with_state(Dials {
            clock: clock.clone(),
            faults: faults.clone(),
        })
}

async fn list_faults(State(dials): State<Dials>) -> Json<Vec<Fault>> {
    Json(dials.faults.list())
}

async fn set_faults(State(dials): State<Dials>, Json(faults): Json<Vec<Fault>>) -> Json<Vec<Fault>> {
    dials.faults.replace(faults);
    Json(dials.faults.list())
}

async fn clock_now(State(dials): State<Dials>) -> Json<Value> {
    Json(show_clock(&dials.clock))
}

async fn set_clock(State(dials): State<Dials>, Json(asked): Json<Value>) -> Response {
    match move_clock(&dials.clock, &asked) {
        Ok(()) => Json(show_clock(&dials.clock)).into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": problem }))).into_response(),
    }
}

fn show_clock(clock: &SimClock) -> Value {
    let now_ms = clock.now_ms();
    json!({ "now": rfc3339(now_ms), "now_ms": now_ms, "running": clock.is_running() })
}

fn move_clock(clock: &SimClock, asked: &Value) -> Result<(), String> {
    let number = |key: &str| asked.get(key).and_then(Value::as_i64);
    if let Some(now_ms) = number("now_ms") {
        clock.set_ms(now_ms);
    } else if let Some(now) = asked.get("now").and_then(Value::as_str) {
        let at = now
            .parse::<jiff::Timestamp>()
            .map_err(|error| format!("now is no instant: {error}"))?;
        clock.set_ms(at.as_millisecond());
    } else if let Some(by_ms) = number("advance_ms").or(number("advance_s").map(|seconds| seconds.saturating_mul(1000)))
    {
        clock.advance_ms(by_ms);
    } else {
        return Err("give now_ms, now, advance_ms or advance_s".to_owned());
    }
    Ok(())
}

async fn clock_form(State(dials): State<Dials>, Form(fields): Fields) -> Response {
    let object: Map<String, Value> = fields
        .into_iter()
        .map(|(key, value)| match value.parse::<i64>() {
            Ok(number) => (key, number.into()),
            Err(_) => (key, value.into()),
        })
        .collect();
    done(move_clock(&dials.clock, &Value::Object(object)))
}

async fn faults_form(State(dials): State<Dials>, Form(fields): Fields) -> Response {
    if field(&fields, "clear").is_some() {
        dials.faults.clear();
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
    dials.faults.add(Fault {
        route: route.to_owned(),
        trouble,
        times,
    });
    done(Ok(()))
}

/// The clock in an IANA zone, with the ways to move it. Its text is live.
pub(crate) fn clock_card(clock: &SimClock, zone_name: &str) -> String {
    let running = if clock.is_running() { "runs" } else { "stands still" };
    let now = clock.now_ms();
    let zone = jiff::tz::TimeZone::get(zone_name).unwrap_or(jiff::tz::TimeZone::UTC);
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
        timestamp(now).to_zoned(zone).strftime("%a %-d %b %Y, %H:%M:%S"),
        esc(zone_name),
        rfc3339(now / 1000 * 1000),
    )
}

/// The form that sets faults, with one vendor route as an example; not live, so that nobody's typing is lost.
pub(crate) fn faults_card(examples: &[&str]) -> String {
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
    let examples: Vec<String> = examples.iter().map(|route| format!("<code>{route}</code>")).collect();
    format!(
        "<section class='card wide'><h2>Fault dial</h2><form class=row method=post action='/_sim/console/faults'>\
         <label>Route<br><input name=route value='*' size=28></label><label>Trouble<br><select name=trouble>{troubles}\
         </select></label><label>Times (empty: until cleared)<br><input name=times inputmode=numeric size=6></label>\
         <button>Add</button></form><form class=row method=post action='/_sim/console/faults'>\
         <button name=clear value=all>Clear all faults</button></form><p><small>Routes: <code>*</code>, {}.</small></p></section>",
        examples.join(", ")
    )
}

/// The switches as a form; each choice is key, sentence and the words it can take (empty: free text or a number).
pub(crate) fn switches_card<T: Serialize>(title: &str, switches: &T, choices: &[(&str, &str, &[&str])]) -> String {
    let mut page = format!(
        "<section class='card wide'><details><summary>{}</summary>\
         <form method=post action='/_sim/console/switches'><div class=switches style='margin-top:16px'>",
        esc(title)
    );
    let values = serde_json::to_value(switches).unwrap_or_default();
    for (key, sentence, choices) in choices {
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

/// Switches with the keys of a JSON object laid over them; says which value was not understood.
pub(crate) fn patched<T: Serialize + DeserializeOwned>(switches: &T, patch: &Value) -> Result<T, String> {
    let Some(patch) = patch.as_object() else {
        return Err("the switches are a JSON object".to_owned());
    };
    let mut whole = serde_json::to_value(switches).map_err(|error| error.to_string())?;
    for (key, value) in patch {
        match whole.get_mut(key) {
            Some(place) => *place = value.clone(),
            None => return Err(format!("there is no switch “{key}”")),
        }
    }
    serde_json::from_value(whole).map_err(|error| error.to_string())
}

/// The same from the console's form, where every value is text: each takes the type of the one it replaces.
pub(crate) fn patched_by_form<T: Serialize + DeserializeOwned>(
    switches: &T,
    fields: Vec<(String, String)>,
) -> Result<T, String> {
    let before = serde_json::to_value(switches).unwrap_or_default();
    let patch: Map<String, Value> = fields
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
    patched(switches, &Value::Object(patch))
}

/// The faults in force as table rows: route, trouble, times.
pub(crate) fn striking(faults: &[Fault]) -> Vec<String> {
    let show = |fault: &Fault| {
        let times = fault
            .times
            .map_or_else(|| "until cleared".to_owned(), |times| times.to_string());
        row(&[esc(&fault.route), esc(&format!("{:?}", fault.trouble)), times])
    };
    faults.iter().map(show).collect()
}

/// The first value of a field.
pub(crate) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// A form is answered by the page again, or by the problem in words.
pub(crate) fn done(outcome: Result<(), String>) -> Response {
    match outcome {
        Ok(()) => Redirect::to("/").into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, format!("Not done: {problem}.")).into_response(),
    }
}
