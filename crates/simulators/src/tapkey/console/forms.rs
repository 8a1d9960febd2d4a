//! The console's forms of its own: a phone at a door, switches, and what somebody in the portal would do.
//!
//! Every form answers with the page again, or with the problem in words when something was not understood.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Response};

use super::super::server::Shared;
use super::super::state::World;
use super::super::{doors, grants, phones};
use crate::dials::{self, Fields, done, field};
use crate::html::{esc, page};

type Tapkey = State<Arc<Shared>>;

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
    Html(page("At the lock", &body)).into_response()
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

pub(super) async fn switches(State(shared): Tapkey, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let patched = dials::patched_by_form(&world.switches, fields);
    done(patched.map(|switches| world.switches = switches))
}
