//! What happened at the doors, read back from the access log (§5.14).
//!
//! In: a span. Out: openings and refusals in it, oldest first, and until when the reading reaches.
//! Why so: the log pages newest first by a token whose way back is not certain, and has no filter one could trust; so we go back until
//! before the span, and further by what may have come late after a gateway was cut off.
//! Always: each entry once; bounded pages; kinds of entries we do not know are left out; entries never reach a log line.

use std::collections::BTreeSet;

use access::Window;
use serde_json::Value;

use super::Salto;
use super::wire::{Entry, PlatformUserId};
use crate::port::{DoorEvents, SeenEvent, SeenPress, SeenWhat};
use crate::trouble::{Kind, Trouble};

/// Entries come late after an outage: so many seconds before the span are read again.
const OVERLAP_S: i64 = 600;
const MOST_PAGES: usize = 200;

impl Entry {
    /// In our words; `None` for what is not about going in. `me` is whose login we use.
    pub(super) fn seen(self, me: &PlatformUserId) -> Option<SeenEvent> {
        let what = match self.event_category.as_deref() {
            Some("lock_opened") => SeenWhat::Opened,
            Some("lock_rejected") => SeenWhat::Refused,
            _ => return None,
        };
        let names = [self.user_first_name.as_deref(), self.user_last_name.as_deref()];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let who = self.user_alias.unwrap_or(name);
        let says = || match self.event_detail.as_deref() {
            Some("no_access") => "Salto KS: no access with this key, here and now".to_owned(),
            Some("suspended") => "Salto KS: the person is suspended, that is, has no seat".to_owned(),
            Some("offline") => "Salto KS: the door was offline and did not know the key".to_owned(),
            Some(other) => format!("Salto KS: {other}"),
            None => "Salto KS: rejected".to_owned(),
        };
        let by_card = self.access_by.as_deref() == Some("tag");
        // The word for opening from afar is not certain (§5.14); what somebody does at the door with a key of their own is no press.
        let at_the_door = matches!(self.access_by.as_deref(), Some("tag" | "pin_code" | "inside_handle"));
        let press = match self.user_id.as_ref() == Some(me) && !at_the_door {
            true => SeenPress::OfAnybody,
            false => SeenPress::Never,
        };
        Some(SeenEvent {
            press,
            at: self.utc_date_time.parse().ok()?,
            lock: self.lock_id,
            card: self.access_detail.filter(|number| by_card && !number.is_empty()),
            holder: self.user_id.map(|id| id.to_string()),
            who: Some(who).filter(|who| !who.is_empty()),
            what,
            vendor_says: (what == SeenWhat::Refused).then(says),
            external: self.id,
        })
    }
}

impl Salto {
    /// The answer to [`crate::Connector::door_events`].
    pub(crate) async fn door_events(&self, span: Window) -> Result<DoorEvents, Trouble> {
        let attempted = "read door events";
        let path = self.older_path("entries");
        let query = [("$top", "100"), ("$orderby", "utc_date_time desc")];
        let from = span.from.plus_s(-OVERLAP_S);
        let (mut events, mut ids) = (Vec::new(), BTreeSet::new());
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut page = self
                .client
                .continued(&path, &query, token.as_deref(), attempted)
                .await?;
            let Value::Array(items) = page["items"].take() else {
                return Err(Trouble::new(attempted, Kind::Nonsense, "the answer is no list"));
            };
            let (mut news, mut before) = (false, false);
            for item in items {
                let Ok(entry) = serde_json::from_value::<Entry>(item) else {
                    tracing::warn!("an entry of Salto's cannot be read and is left out");
                    continue;
                };
                news |= ids.insert(entry.id.clone());
                before |= entry.utc_date_time.parse().is_ok_and(|at: access::Instant| at < from);
                events.extend(
                    entry
                        .seen(&self.me)
                        .filter(|event| from <= event.at && event.at < span.until),
                );
            }
            token = page["continuation_token"]
                .as_str()
                .filter(|token| !token.is_empty())
                .map(str::to_owned);
            // The same page again means that the token is not taken (§10): what it showed is all there is to see.
            if before || !news || token.is_none() {
                token = None;
                break;
            }
        }
        if token.is_some() {
            tracing::warn!(
                pages = MOST_PAGES,
                "the access log is longer than is read; its older part is left out"
            );
        }
        let mut once = BTreeSet::new();
        events.retain(|event: &SeenEvent| once.insert(event.external.clone()));
        events.sort_by(|a, b| (a.at, &a.external).cmp(&(b.at, &b.external)));
        Ok(DoorEvents {
            events,
            read_until: span.until,
        })
    }
}
