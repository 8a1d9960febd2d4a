//! What happened: events (contract §5.2), snapshots of them (`/event_sets`, §5.1), and their way to the webhooks.
//!
//! Every change and every unlock is an event; a refused unlock is one with `success:false` and the code of the refusal.
//! Inside a snapshot the newest comes first and the interval's end is included (both inferred: a client must not depend
//! on them).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ask::{Answer, Ask, Refusal, Reply, text};
use super::auth::Caller;
use super::state::{World, hex};

/// One event, with everything that was known when it happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub uuid: String,
    /// `lock.unlock`, `role_assignment.create`, …
    pub kind: &'static str,
    pub object_type: &'static str,
    pub object_id: i64,
    pub object_name: Option<String>,
    /// `User` or `GroupLink`, or nothing.
    pub actor_type: Option<&'static str>,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub actor_email: Option<String>,
    pub login_id: Option<i64>,
    pub place: Option<i64>,
    /// Code and message of a refusal; `None` is success.
    pub refused: Option<(&'static str, String)>,
    pub sequence: i64,
    pub at_ms: i64,
}

/// A kept snapshot.
#[derive(Clone, Debug)]
pub(crate) struct EventSet {
    id: i64,
    created_ms: i64,
    asked: Value,
    events: Vec<Event>,
    polls_left: u32,
}

/// The types a client may subscribe to.
pub(super) const TYPES: &[&str] = &[
    "lock.unlock",
    "lock.locked",
    "lock.opened",
    "lock.closed",
    "lock.forced_open",
    "lock.held_open",
    "lock.lock_down",
    "lock.cancel_lockdown",
    "lock.create",
    "lock.update",
    "lock.destroy",
    "place.lock_down",
    "place.cancel_lockdown",
    "place.create",
    "place.update",
    "place.destroy",
    "group.create",
    "group.update",
    "group.destroy",
    "group_lock.create",
    "group_lock.destroy",
    "role_assignment.create",
    "role_assignment.update",
    "role_assignment.destroy",
    "user.create",
    "user.update",
    "user.destroy",
    "login.create",
    "login.destroy",
    "group_link.create",
    "group_link.destroy",
    "card.assign",
    "card.deassign",
    "card.activate",
    "card.deactivate",
    "reader.access",
    "elevator.permit",
    "schedule.create",
    "schedule.update",
    "schedule.destroy",
    "integration.warn_due_to_error",
    "integration.disable_due_to_error",
    "wireless_lock.battery_warning",
];

const KEPT_FOR_MS: i64 = 86_400_000;
const LONGEST_INTERVAL_MS: i64 = 90 * 86_400_000;

/// What an event is about.
pub(crate) struct Object<'a> {
    pub kind: &'static str,
    pub id: i64,
    pub name: Option<&'a str>,
    pub place: Option<i64>,
}

impl World {
    /// Writes an event down and hands it to the webhooks.
    pub fn note(&mut self, kind: &'static str, object: Object<'_>, by: Caller, refused: Option<&Refusal>) {
        self.sequence += 1;
        let at_ms = self.now();
        let user = by.user_id().and_then(|id| self.users.get(&id));
        let (actor_type, actor_id) = match by {
            Caller::Login { user, .. } => (Some("User"), Some(user)),
            Caller::Link(link) => (Some("GroupLink"), Some(link)),
            Caller::Nobody => (None, None),
        };
        let digest = hex(&Sha256::digest(format!(
            "{}/{}/{kind}/{at_ms}",
            self.org.domain, self.sequence
        )));
        let event = Event {
            uuid: [
                &digest[..8],
                &digest[8..12],
                &digest[12..16],
                &digest[16..20],
                &digest[20..32],
            ]
            .join("-"),
            kind,
            object_type: object.kind,
            object_id: object.id,
            object_name: object.name.map(str::to_owned),
            actor_type,
            actor_id,
            actor_name: user.and_then(|user| user.name.clone()),
            actor_email: user.map(|user| user.email.clone()),
            login_id: match by {
                Caller::Login { login, .. } => Some(login),
                Caller::Link(_) | Caller::Nobody => None,
            },
            place: object.place,
            refused: refused.map(|refusal| (refusal.code, refusal.message.clone())),
            sequence: self.sequence,
            at_ms,
        };
        self.keep_event(event.clone());
        if let Err(error) = self.outbox.try_send(event) {
            tracing::warn!(%error, "an event reaches no webhook");
        }
    }

    /// The body of a webhook: exactly the fields of the guide's sample (contract §5.3).
    pub fn webhook_json(&self, event: &Event) -> Value {
        json!({
            "uuid": event.uuid, "type": event.kind,
            "actor_type": event.actor_type, "actor_id": event.actor_id, "actor_name": event.actor_name,
            "object_type": event.object_type, "object_id": event.object_id, "object_name": event.object_name,
            "organization_id": self.org.id, "place_id": event.place, "success": event.refused.is_none(),
            "error_code": event.refused.as_ref().map(|(code, _)| *code),
            "error_message": event.refused.as_ref().map(|(_, message)| message),
            "created_at": self.stamp(event.at_ms),
        })
    }

    /// The full event object of contract §5.1.
    pub fn event_json(&self, event: &Event) -> Value {
        let mut whole = self.webhook_json(event);
        let action = event.kind.split_once('.').map_or(event.kind, |(_, action)| action);
        let more = json!({
            "action": action, "actor_email": event.actor_email, "object": null,
            "authenticated_by_type": match (event.actor_type, event.login_id) {
                (_, Some(_)) => Some("Login"),
                (Some("GroupLink"), None) => Some("GroupLink"),
                _ => None,
            },
            "authenticated_by_id": event.login_id.or(event.actor_id),
            "authorized_by_type": null, "authorized_by_id": null, "authorized_by_role_id": null,
            "code": event.refused.as_ref().map(|(code, _)| *code),
            "message": event.refused.as_ref().map(|(_, message)| message),
            "sequence": event.sequence, "details": null, "via": null,
        });
        if let (Value::Object(whole), Value::Object(more)) = (&mut whole, more) {
            whole.extend(more);
        }
        whole
    }
}

/// `GET /events/types`.
pub(super) fn types(caller: Caller) -> Reply {
    caller.user()?;
    Ok(Answer::Body(json!(TYPES)))
}

/// `POST /event_sets`.
pub(super) fn create_set(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let now = world.now();
    let empty = serde_json::Map::new();
    let asked = ask.body.get("event_set").and_then(Value::as_object).unwrap_or(&empty);
    let (from_ms, until_ms) = match text(asked, "interval") {
        Some(interval) => span(&interval).ok_or_else(|| Refusal::bad("interval is not valid."))?,
        None => (now - LONGEST_INTERVAL_MS, now),
    };
    if until_ms - from_ms > LONGEST_INTERVAL_MS {
        return Err(Refusal::field("interval", "must not be longer than 90 days"));
    }
    if asked.contains_key("event_place_id") && asked.contains_key("place_id") {
        return Err(Refusal::bad("place_id and event_place_id cannot be combined."));
    }
    let number = |key: &str| asked.get(key).and_then(Value::as_i64);
    let list = |key: &str| text(asked, key).map(|text| text.split(',').map(|part| part.trim().to_owned()).collect());
    let (kinds, uuids): (Option<Vec<String>>, Option<Vec<String>>) = (list("event_type"), list("event_uuid"));
    let sequences: Option<Vec<String>> = list("event_sequence");
    let place = number("event_place_id").or(number("place_id"));
    let wanted = |event: &&Event| {
        (from_ms..=until_ms).contains(&event.at_ms)
            && kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|kind| kind == event.kind))
            && uuids.as_ref().is_none_or(|uuids| uuids.contains(&event.uuid))
            && sequences
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&event.sequence.to_string()))
            && place.is_none_or(|place| event.place == Some(place))
            && number("event_actor_id").is_none_or(|id| event.actor_id == Some(id))
            && text(asked, "event_actor_type").is_none_or(|kind| event.actor_type == Some(kind.as_str()))
            && number("event_object_id").is_none_or(|id| event.object_id == id)
            && text(asked, "event_object_type").is_none_or(|kind| event.object_type == kind)
            && number("event_authenticated_by_id").is_none_or(|id| event.login_id == Some(id))
            && asked
                .get("event_success")
                .and_then(Value::as_bool)
                .is_none_or(|yes| yes == event.refused.is_none())
    };
    let events = world.events.iter().rev().filter(wanted).cloned().collect();
    let (id, polls_left) = (world.new_id(), world.switches.event_set_polls);
    let set = EventSet {
        id,
        created_ms: now,
        asked: Value::Object(asked.clone()),
        events,
        polls_left,
    };
    let shown = show_set(world, &set, None);
    world.event_sets.retain(|_, set| now - set.created_ms < KEPT_FOR_MS);
    world.event_sets.insert(id, set);
    Ok(Answer::Body(shown))
}

/// `GET /event_sets/{id}`: still in progress for as many polls as the switch says, then pages by cursor.
pub(super) fn read_set(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let limit = ask.number("limit")?.unwrap_or(50).clamp(1, 250) as usize;
    let start = match ask.param("cursor") {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix("after-")
            .and_then(|text| text.parse::<usize>().ok())
            .ok_or_else(|| Refusal::bad("cursor is not valid."))?,
    };
    let set = world.event_sets.get_mut(&id).ok_or_else(Refusal::absent)?;
    if set.polls_left > 0 {
        set.polls_left -= 1;
        let set = set.clone();
        return Ok(Answer::Body(show_set(world, &set, None)));
    }
    let set = set.clone();
    Ok(Answer::Body(show_set(world, &set, Some((start, limit)))))
}

fn show_set(world: &World, set: &EventSet, page: Option<(usize, usize)>) -> Value {
    let mut shown = set.asked.clone();
    let (status, events, cursor) = match page {
        None => ("in_progress", Vec::new(), None),
        Some((start, limit)) => {
            let events: Vec<Value> = set
                .events
                .iter()
                .skip(start)
                .take(limit)
                .map(|event| world.event_json(event))
                .collect();
            let next = start + limit;
            (
                "finished",
                events,
                (next < set.events.len()).then(|| format!("after-{next}")),
            )
        }
    };
    let more = json!({ "id": set.id, "created_at": world.stamp(set.created_ms), "status": status, "events": events,
                       "cursor": cursor });
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more);
    }
    shown
}

/// An ISO 8601 interval as unix milliseconds: start/end, start/duration or duration/end.
fn span(interval: &str) -> Option<(i64, i64)> {
    let (left, right) = interval.split_once('/')?;
    let at = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let long = |text: &str| text.parse::<jiff::Span>().ok();
    let utc = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC);
    let (from, until) = match (at(left), at(right)) {
        (Some(from), Some(until)) => (from, until),
        (Some(from), None) => (from, utc(from).checked_add(long(right)?).ok()?.timestamp()),
        (None, Some(until)) => (utc(until).checked_sub(long(left)?).ok()?.timestamp(), until),
        (None, None) => return None,
    };
    (from <= until).then(|| (from.as_millisecond(), until.as_millisecond()))
}
