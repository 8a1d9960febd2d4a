//! The event stream (contract §5.15): SignalR over a WebSocket, JSON protocol, no replay.
//!
//! `POST {hub}/negotiate` gives a `connectionToken`; the socket wants it and the access token again. After the
//! handshake every entry of the site is a `ReceiveMessage`. A ping goes out each 15 s. Dropping all connections on
//! purpose is a fault of its own: sockets end without a close.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::ask::{Rank, Refusal};
use super::entries::entry_json;
use super::identity;
use super::rows::{Entry, Host, Id};
use super::server::{Shared, before_effect};
use super::state::World;
use super::switches::StreamArgument;
use crate::clock::pause;
use crate::wire::{Asked, Out, parse_query};

/// Ends every message of the JSON protocol.
const END: char = '\u{1e}';
const PING_EVERY: Duration = Duration::from_secs(15);
/// Connection tokens remembered; when there are more, all of them are forgotten.
const NEGOTIATED_KEPT: usize = 1_000;
const HUB: &str = "/v1/hub/entries";

/// What a connection listens to.
#[derive(Clone)]
struct Wish {
    site: Id,
    /// Only entries of this platform user.
    person: Option<Id>,
}

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route(HUB, get(open))
}

/// `POST /v1/hub/entries/negotiate`; every other path of this host is 404.
pub(super) fn negotiate(world: &mut World, asked: &Asked) -> (Out, Option<Id>) {
    if asked.method() != "POST" || asked.path() != format!("{HUB}/negotiate") {
        return (Out::empty(404), None);
    }
    let query = parse_query(asked.query());
    let (caller, _) = match admitted(world, &query, asked.header("authorization")) {
        Ok(admitted) => admitted,
        Err(out) => return (out, None),
    };
    let (id, token) = (world.new_id(), world.new_secret());
    if world.negotiated.len() >= NEGOTIATED_KEPT {
        world.negotiated.clear();
    }
    world.negotiated.insert(token.clone(), caller.clone());
    let transports = json!([{ "transport": "WebSockets", "transferFormats": ["Text", "Binary"] }]);
    let body = json!({ "negotiateVersion": 1, "connectionId": id, "connectionToken": token,
                       "availableTransports": transports });
    (Out::json(200, &body), Some(caller))
}

/// Token, site, right and plan.
fn admitted(world: &World, query: &[(String, String)], authorization: Option<&str>) -> Result<(Id, Wish), Out> {
    let param = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let token = authorization.and_then(|header| header.strip_prefix("Bearer "));
    let caller = identity::bearer(world, token.or(param("access_token")))?;
    let refused = |refusal: Refusal| refusal.out(world.switches.error_codes);
    let site = param("site_id").ok_or_else(|| refused(Refusal::malformed("The site_id field is required.")))?;
    let (_, rank) = world.caller_on(site, &caller).map_err(refused)?;
    let streams = world
        .sites
        .get(site)
        .is_some_and(|site| site.features.iter().any(|feature| feature == "events_streaming"));
    if rank < Rank::SuperUser || !streams {
        return Err(refused(Refusal::forbidden(
            "User does not have permission for this operation",
        )));
    }
    let wish = Wish {
        site: site.to_owned(),
        person: param("user_id").map(str::to_owned),
    };
    Ok((caller, wish))
}

/// The WebSocket; counted as a call like every other.
async fn open(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let query = parse_query(&query.unwrap_or_default());
    let struck = shared.faults.strike("GET", HUB);
    if !struck.latency.is_zero() {
        pause(struck.latency).await;
    }
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    let (outcome, listening) = {
        let mut world = shared.world();
        let at_ms = world.now();
        let outcome = match before_effect(at_ms, &struck) {
            Some(out) => Err(out.unwrap_or_else(|| Out::empty(503))),
            None => admitted(&world, &query, authorization).and_then(|(caller, wish)| {
                let token = query.iter().find(|(key, _)| key == "id").map(|(_, value)| value);
                let known = token.and_then(|token| world.negotiated.get(token));
                if known == Some(&caller) {
                    Ok((caller, wish))
                } else {
                    Err(Out::empty(404))
                }
            }),
        };
        let caller = outcome.as_ref().ok().and_then(|(caller, _)| world.people.get(caller));
        let caller = caller.and_then(|person| person.email.clone());
        world.keep_call(super::rows::Call {
            host: Host::Stream,
            method: "GET".to_owned(),
            path: HUB.to_owned(),
            query: String::new(),
            status: outcome.as_ref().err().map_or(101, |out| out.status),
            at_ms,
            writing: false,
            caller,
        });
        // Listening from here on: what happens while the socket opens is not lost.
        let listening = (world.live.subscribe(), world.drops.subscribe());
        (outcome.map(|(_, wish)| wish), listening)
    };
    match outcome {
        Ok(wish) => upgrade.on_upgrade(move |socket| talk(shared, socket, wish, listening)),
        Err(out) => {
            let response = out.response();
            match response.status() {
                // A proxy's page that claims success: to a client of sockets it is just no upgrade.
                StatusCode::OK => StatusCode::BAD_GATEWAY.into_response(),
                _ => response,
            }
        }
    }
}

type Listening = (
    tokio::sync::broadcast::Receiver<Entry>,
    tokio::sync::watch::Receiver<u64>,
);

async fn talk(shared: Arc<Shared>, mut socket: WebSocket, wish: Wish, (mut entries, mut drops): Listening) {
    if !shook_hands(&mut socket).await {
        return;
    }
    loop {
        let sent = tokio::select! {
            entry = entries.recv() => match entry {
                Ok(entry) => match message(&shared.world(), &wish, &entry) {
                    Some(message) => message,
                    None => continue,
                },
                // Too slow: what was missed is not sent again.
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
            () = pause(PING_EVERY) => json!({ "type": 6 }),
            _ = drops.changed() => return,
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) if text.contains("\"type\":7") => return,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        if socket.send(Message::Text(format!("{sent}{END}").into())).await.is_err() {
            return;
        }
    }
}

/// `{"protocol":"json","version":1}` is answered by `{}`; anything else ends the connection with a reason.
async fn shook_hands(socket: &mut WebSocket) -> bool {
    let Some(Ok(Message::Text(text))) = socket.recv().await else {
        return false;
    };
    let hello: Value = serde_json::from_str(text.trim_end_matches(END)).unwrap_or_default();
    let known = hello["protocol"] == "json" && hello["version"] == 1;
    let answer = if known {
        json!({})
    } else {
        json!({ "error": "The protocol is not supported." })
    };
    let sent = socket.send(Message::Text(format!("{answer}{END}").into())).await;
    known && sent.is_ok()
}

/// The entry as a message, if this connection asked for it.
fn message(world: &World, wish: &Wish, entry: &Entry) -> Option<Value> {
    let wanted = entry.site == wish.site && (wish.person.is_none() || wish.person == entry.person);
    let entry = entry_json(world, entry);
    let argument = match world.switches.stream_argument {
        StreamArgument::Text => entry.to_string().into(),
        StreamArgument::Object => entry,
    };
    wanted.then(|| json!({ "type": 1, "target": "ReceiveMessage", "arguments": [argument] }))
}
