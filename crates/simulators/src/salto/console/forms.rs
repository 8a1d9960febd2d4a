//! The console's forms: a key held to a reader, and what an operator or an accident does to doors, hubs and people.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::Response;

use super::super::door::{self, Key};
use super::super::server::Shared;
use super::super::state::World;
use super::super::users;
use crate::dials::{self, Fields, done, field};
use crate::html::esc;

/// "Hold a key to the reader"; not live, so that nobody's choice is lost.
pub(super) fn key_card(world: &World) -> String {
    let locks: String = world
        .locks
        .values()
        .map(|lock| format!("<option value={}>{}</option>", lock.id, esc(&lock.name)))
        .collect();
    let tags: String = world
        .people
        .values()
        .filter_map(|person| person.tag_number.as_ref().map(|tag| (tag, person)))
        .map(|(tag, person)| {
            let (tag, name) = (esc(tag), esc(&format!("{} {}", person.first_name, person.last_name)));
            format!("<option value='{tag}'>tag of {name}</option>")
        })
        .collect();
    let phones: String = world
        .devices
        .values()
        .filter_map(|device| device.mkey.as_ref().map(|mkey| (mkey, device)))
        .map(|(mkey, device)| format!("<option value='{}'>{}</option>", mkey.id, esc(&device.name)))
        .collect();
    format!(
        "<section class='card wide' id=key><h2>Hold a key to the reader</h2>\
         <form class=row method=post action='/_sim/console/key'><label>Door<br><select name=lock>{locks}</select></label>\
         <label>Kind<br><select name=kind><option value=tag>tag</option><option value=pin>PIN</option>\
         <option value=mobile>phone</option><option value=inside>handle inside</option></select></label>\
         <label>Number, PIN or key<br><input name=value list=keys size=28></label>\
         <datalist id=keys>{tags}{phones}</datalist><button>Hold it there</button></form></section>"
    )
}

pub(super) async fn key(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let value = field(&fields, "value").unwrap_or_default().trim().to_owned();
    let key = match field(&fields, "kind") {
        Some("tag") => Key::Tag(value),
        Some("pin") => Key::Pin(value),
        Some("mobile") => Key::Mobile(value),
        Some("inside") => Key::InsideHandle,
        _ => return done(Err("that is no kind of key".to_owned())),
    };
    let lock = field(&fields, "lock").unwrap_or_default();
    let light = door::present(&mut shared.world(), lock, &key);
    done(light.map(|_| ()).ok_or_else(|| "that door is gone".to_owned()))
}

pub(super) async fn switches(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let patched = dials::patched_by_form(&world.switches, fields);
    done(patched.map(|switches| world.switches = switches))
}

pub(super) async fn lock(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let now = world.now();
    let Some(lock) = field(&fields, "id").and_then(|id| world.locks.get_mut(id)) else {
        return done(Err("that door is gone".to_owned()));
    };
    match field(&fields, "what") {
        Some("online") => lock.offline_since_ms = lock.offline_since_ms.is_none().then_some(now),
        Some("privacy") => lock.privacy_mode = !lock.privacy_mode,
        Some("office") => lock.office_mode = !lock.office_mode,
        _ => return done(Err("that cannot be done to a door".to_owned())),
    }
    door::deliver_kept(&mut world);
    done(Ok(()))
}

pub(super) async fn iq(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let now = world.now();
    let Some(iq) = field(&fields, "id").and_then(|id| world.iqs.get_mut(id)) else {
        return done(Err("that hub is gone".to_owned()));
    };
    iq.offline_since_ms = iq.offline_since_ms.is_none().then_some(now);
    door::deliver_kept(&mut world);
    done(Ok(()))
}

pub(super) async fn user(State(shared): State<Arc<Shared>>, Form(fields): Fields) -> Response {
    let mut world = shared.world();
    let now = world.now();
    let id = field(&fields, "id").unwrap_or_default();
    let Some(user) = world.users.get_mut(id).filter(|user| user.gone_ms.is_none()) else {
        return done(Err("that user is gone".to_owned()));
    };
    let (site, subscribed) = (user.site.clone(), user.subscribed);
    let outcome = match field(&fields, "what") {
        Some("block") => {
            user.blocked = !user.blocked;
            world.tell_doors(id, now);
            Ok(())
        }
        Some("seat") => users::set_seat(&mut world, &site, id, !subscribed).map_err(|refusal| refusal.message),
        Some("delete") => users::remove(&mut world, &site, id).map_err(|refusal| refusal.message),
        _ => Err("that cannot be done to a user".to_owned()),
    };
    done(outcome)
}
