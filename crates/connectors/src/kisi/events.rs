//! What happened at the doors, read back from event sets (§5.1).
//!
//! In: a span. Out: openings and refusals in it, oldest first, and until when the reading reaches.
//! Why so: webhooks may be lost or switched off; the sets are the truth. Kisi has no plain list of events.
//! Always: bounded: a set has at most so many pages, else the span is halved and `read_until` says so.

use std::collections::BTreeSet;
use std::time::Duration;

use access::{Instant, Window};
use serde_json::{Value, json};

use super::Kisi;
use super::wire::{Event, EventSet};
use crate::limiter::{Lane, moment};
use crate::port::{DoorEvents, SeenEvent, SeenPress, SeenWhat};
use crate::trouble::{Kind, Trouble};

const DOOR_EVENTS: &str = "lock.unlock,lock.forced_open,lock.held_open";
const PAGE: &str = "50";
const MAX_PAGES: usize = 100;
const MAX_POLLS: usize = 20;
const BETWEEN_POLLS: Duration = Duration::from_millis(300);
const MAX_HALVINGS: usize = 12;

impl Event {
    /// In our words; `None` for what is not about a door.
    pub(super) fn seen(self) -> Option<SeenEvent> {
        let what = match (&*self.kind, self.success) {
            ("lock.unlock", Some(false)) => SeenWhat::Refused,
            ("lock.unlock", _) => SeenWhat::Opened,
            ("lock.forced_open", _) => SeenWhat::Forced,
            ("lock.held_open", _) => SeenWhat::HeldOpen,
            _ => return None,
        };
        let is = |kind: &Option<String>, word: &str| kind.as_deref() == Some(word);
        let says = self.error_message.filter(|text| !text.is_empty()).or(self.error_code);
        Some(SeenEvent {
            card: None,
            at: self.created_at?,
            lock: self
                .object_id
                .filter(|_| is(&self.object_type, "Lock"))
                .map(|id| id.to_string()),
            holder: self
                .actor_id
                .filter(|_| is(&self.actor_type, "User"))
                .map(|id| id.to_string()),
            press: SeenPress::OfPerson,
            who: self.actor_name,
            what,
            vendor_says: says.filter(|_| what == SeenWhat::Refused),
            external: self.uuid,
        })
    }
}

impl Kisi {
    /// The answer to [`crate::Connector::door_events`].
    pub(crate) async fn door_events(&self, mut span: Window) -> Result<DoorEvents, Trouble> {
        for _ in 0..MAX_HALVINGS {
            if let Some(mut events) = self.event_set(span).await? {
                events.sort_by(|a, b| (a.at, &a.external).cmp(&(b.at, &b.external)));
                return Ok(DoorEvents {
                    events,
                    read_until: span.until,
                });
            }
            let middle = Instant::from_ms(span.from.ms() / 2 + span.until.ms() / 2);
            span = Window::new(span.from, middle).unwrap_or(span);
        }
        Err(Trouble::new(
            "read door events",
            Kind::Nonsense,
            "there are more events in a moment than can be read",
        ))
    }

    /// All events of a span; `None` when there are too many.
    async fn event_set(&self, span: Window) -> Result<Option<Vec<SeenEvent>>, Trouble> {
        let attempted = "read door events";
        let mut ask = json!({"interval": format!("{}/{}", span.from, span.until), "event_type": DOOR_EVENTS});
        if let Some(place) = self.place {
            ask["event_place_id"] = json!(place);
        }
        let body = json!({"event_set": ask});
        let mut set: EventSet = self.client.create(Lane::Read, "event_sets", body, attempted).await?;
        let path = match &set.id {
            Value::Number(id) => format!("event_sets/{id}"),
            Value::String(id) => format!("event_sets/{id}"),
            _ => return Err(Trouble::new(attempted, Kind::Nonsense, "the set of events has no id")),
        };
        let mut polls = 0;
        while set.status.as_deref() == Some("in_progress") {
            if polls == MAX_POLLS {
                return Err(Trouble::new(
                    attempted,
                    Kind::VendorDown,
                    "Kisi is still preparing the events",
                ));
            }
            polls += 1;
            moment(BETWEEN_POLLS).await;
            set = self
                .client
                .read(Lane::Read, &path, &[("limit", PAGE)], attempted)
                .await?;
        }
        if set.status.as_deref() == Some("failed") {
            return Err(Trouble::new(
                attempted,
                Kind::VendorDown,
                "Kisi could not prepare the events",
            ));
        }
        let (mut events, mut cursors) = (Vec::new(), BTreeSet::new());
        for _ in 0..MAX_PAGES {
            for element in set.events.take().unwrap_or_default() {
                match serde_json::from_value::<Event>(element) {
                    Ok(event) => events.extend(event.seen().filter(|event| span.contains(event.at))),
                    Err(error) => tracing::warn!(%error, "an event cannot be read and is left out"),
                }
            }
            let Some(cursor) = set.cursor.take().filter(|cursor| cursors.insert(cursor.clone())) else {
                let mut ids = BTreeSet::new();
                events.retain(|event: &SeenEvent| ids.insert(event.external.clone()));
                return Ok(Some(events));
            };
            set = self
                .client
                .read(Lane::Read, &path, &[("limit", PAGE), ("cursor", &cursor)], attempted)
                .await?;
        }
        Ok(None)
    }
}
