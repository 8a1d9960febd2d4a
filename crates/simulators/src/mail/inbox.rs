//! The inbox page: the list (live, by recipient), a mail with its text and HTML, and the same as JSON.
//!
//! | call | answers |
//! |---|---|
//! | `GET /?to=` | the list |
//! | `GET /mail/{id}` | one mail: text with links that can be followed, HTML in a frame that cannot run anything, its calendar entry |
//! | `GET /messages?to=`, `GET /messages/{id}` | JSON |
//! | `GET/PUT /_sim/faults` | what goes wrong |

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::{Mail, MailFaults, Shared};
use crate::clock::timestamp;
use crate::html::{esc, page};

/// Mails on the list; the JSON has all.
const LISTED: usize = 100;

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    to: String,
}

type Inbox = State<Arc<Shared>>;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/live", get(live))
        .route("/mail/{id}", get(read))
        .route("/messages", get(messages))
        .route("/messages/{id}", get(message))
        .route("/_sim/faults", get(faults).put(set_faults))
        .with_state(shared)
}

async fn messages(State(shared): Inbox, Query(filter): Query<Filter>) -> Json<Vec<Mail>> {
    Json(wanted(&shared, &filter))
}

async fn message(State(shared): Inbox, Path(id): Path<u64>) -> Response {
    match find(&shared, id) {
        Some(mail) => Json(mail).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn faults(State(shared): Inbox) -> Json<MailFaults> {
    Json(shared.faults())
}

async fn set_faults(State(shared): Inbox, Json(faults): Json<MailFaults>) -> Json<MailFaults> {
    shared.inbox().faults = faults.clone();
    Json(faults)
}

async fn list(State(shared): Inbox, Query(filter): Query<Filter>) -> Html<String> {
    let body = format!(
        "<header><h1>Inbox</h1><span class=soft>Every mail that was sent here, whoever it was for</span></header>\
         <main class=cards data-source='/live'><section class='card wide'><form class=row method=get action='/'>\
         <label>Recipient<br><input name=to type=search value='{}' placeholder='somebody@example.org' size=32></label>\
         <button>Show</button></form></section>{}</main>",
        esc(&filter.to),
        rows(&shared, &filter),
    );
    Html(page("Inbox", &body))
}

async fn live(State(shared): Inbox, Query(filter): Query<Filter>) -> Html<String> {
    Html(rows(&shared, &filter))
}

fn rows(shared: &Shared, filter: &Filter) -> String {
    let mails = wanted(shared, filter);
    let row = |mail: &Mail| {
        format!(
            "<tr><td>{}</td><td>{}</td><td><a href='/mail/{}'>{}</a></td></tr>",
            moment(mail.at_ms),
            esc(&mail.to.join(", ")),
            mail.id,
            if mail.subject.is_empty() {
                "(no subject)".to_owned()
            } else {
                esc(&mail.subject)
            },
        )
    };
    let inside = if mails.is_empty() {
        "<p class=soft>No mail yet. It appears here by itself.</p>".to_owned()
    } else {
        let rows: String = mails.iter().rev().take(LISTED).map(row).collect();
        format!(
            "<div class=scroll style='max-height:none'><table><thead><tr><th>When (UTC)</th><th>To</th><th>Subject</th>\
             </tr></thead><tbody>{rows}</tbody></table></div>"
        )
    };
    format!("<section class='card wide' id=mails data-live>{inside}</section>")
}

async fn read(State(shared): Inbox, Path(id): Path<u64>) -> Response {
    let Some(mail) = find(&shared, id) else {
        let body = "<main><h1>No such mail</h1><p><a href='/'>Back to the inbox</a></p></main>";
        return (StatusCode::NOT_FOUND, Html(page("No such mail", body))).into_response();
    };
    let html = mail.html.as_ref().map_or_else(String::new, |html| {
        // Links open in a tab of their own; scripts and forms of a mail stay dead.
        format!(
            "<section class='card wide'><h2>HTML</h2><iframe title='The HTML of the mail' \
             sandbox='allow-popups allow-popups-to-escape-sandbox' srcdoc=\"{}\"></iframe></section>",
            esc(&format!("<base target=_blank>{html}"))
        )
    });
    let entry = mail.calendar.as_ref().map_or_else(String::new, |entry| {
        format!(
            "<section class='card wide'><h2>Calendar entry</h2><pre>{}</pre></section>",
            esc(entry)
        )
    });
    let body = format!(
        "<header><h1>{}</h1><span class=soft>from {} to {} · {} UTC · <a href='/'>Inbox</a></span></header>\
         <main class=cards><section class='card wide'><h2>Text</h2><pre>{}</pre></section>{html}{entry}</main>",
        esc(&mail.subject),
        esc(&mail.from),
        esc(&mail.to.join(", ")),
        moment(mail.at_ms),
        linked(&mail.text),
    );
    Html(page(&mail.subject, &body)).into_response()
}

fn wanted(shared: &Shared, filter: &Filter) -> Vec<Mail> {
    let to = filter.to.trim();
    if to.is_empty() {
        shared.inbox().mails.iter().cloned().collect()
    } else {
        shared.messages_to(to)
    }
}

fn find(shared: &Shared, id: u64) -> Option<Mail> {
    shared.inbox().mails.iter().find(|mail| mail.id == id).cloned()
}

fn moment(at_ms: i64) -> String {
    timestamp(at_ms).strftime("%a %-d %b %Y %H:%M:%S").to_string()
}

/// Text with its web addresses as links.
fn linked(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("http://").into_iter().chain(rest.find("https://")).min() {
        let (before, address) = rest.split_at(start);
        let ends = |letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"');
        let end = address.find(ends).unwrap_or(address.len());
        // A full stop after an address ends the sentence, not the address.
        let (address, after) = address.split_at(address[..end].trim_end_matches(['.', ',', ';', ')']).len());
        html += &format!("{}<a href=\"{1}\">{1}</a>", esc(before), esc(address));
        rest = after;
    }
    html + &esc(rest)
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn addresses_become_links_without_the_full_stop_after_them() {
        assert_eq!(
            linked("Go to http://127.0.0.1:1/a?b=1&c=2. <b>"),
            "Go to <a href=\"http://127.0.0.1:1/a?b=1&amp;c=2\">http://127.0.0.1:1/a?b=1&amp;c=2</a>. &lt;b&gt;"
        );
        assert_eq!(linked("nothing"), "nothing");
    }
}
