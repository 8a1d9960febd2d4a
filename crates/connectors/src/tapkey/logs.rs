//! What happened at the doors, from Tapkey's log (§7.11).
//!
//! In: a span of arrival. Out: openings, told by the lock's own clock.
//! Why by arrival: locks are offline, and an opening reaches Tapkey when a phone brings it: seconds or weeks later. What is asked for is
//! therefore what arrived within the span, whenever it happened.
//! Always: read from the newest backwards where the server sorts, else the whole list; only openings are known, the rest is left out; a
//! login that may not read logs is no reason to stop anything else.

use std::collections::BTreeSet;

use access::{Instant, Window};

use super::Tapkey;
use super::client::{MOST_PAGES, PAGE};
use super::wire::LogEntry;
use crate::limiter::Lane;
use crate::port::{DoorEvents, SeenEvent, SeenPress, SeenWhat};
use crate::trouble::{Kind, Trouble};

/// Entries that arrived so long before the span are told again: sorting by arrival is not proven to be exact.
const OVERLAP_S: i64 = 3_600;
const ATTEMPTED: &str = "read the log";
const ENTRIES: &str = "LogEntries";

impl LogEntry {
    /// In our words; `None` for what is no opening.
    fn seen(self) -> Option<SeenEvent> {
        let is = |word: &Option<String>, expected: &str| word.as_deref() == Some(expected);
        if !is(&self.log_type, "Command") || !is(&self.command, "TriggerLock") {
            return None;
        }
        Some(SeenEvent {
            card: None,
            at: self.lock_timestamp.or(self.received_at)?,
            external: self.id,
            lock: self.bound_lock_id,
            holder: self.contact_id,
            press: SeenPress::Never,
            who: None,
            what: SeenWhat::Opened,
            vendor_says: None,
        })
    }
}

impl Tapkey {
    /// The answer to [`crate::Connector::door_events`].
    pub(crate) async fn door_events(&self, span: Window) -> Result<DoorEvents, Trouble> {
        let after = span.from.plus_s(-OVERLAP_S);
        let read = match self.newest_entries(after).await {
            Err(trouble) if trouble.kind == Kind::Invalid => self.all_entries().await,
            read => read,
        };
        let entries = match read {
            Ok(entries) => entries,
            // Only the import stops; what is missed is read once it is permitted.
            Err(trouble) if matches!(trouble.kind, Kind::Forbidden | Kind::NoSeats) => {
                tracing::warn!(%trouble, "openings are not read");
                return Ok(DoorEvents {
                    events: Vec::new(),
                    read_until: span.from,
                });
            }
            Err(trouble) => return Err(trouble),
        };
        let arrived = |entry: &LogEntry| entry.received_at.or(entry.lock_timestamp).is_some_and(|at| at >= after);
        let seen = entries.into_iter().filter(arrived).filter_map(LogEntry::seen);
        let mut events: Vec<SeenEvent> = seen.collect();
        events.sort_by(|a, b| (a.at, &a.external).cmp(&(b.at, &b.external)));
        Ok(DoorEvents {
            events,
            read_until: span.until,
        })
    }

    /// From the newest back to an instant of arrival. [`Kind::Invalid`] when the server does not sort.
    async fn newest_entries(&self, after: Instant) -> Result<Vec<LogEntry>, Trouble> {
        let path = self.path(&[ENTRIES])?;
        let (mut entries, mut ids, mut skip): (Vec<LogEntry>, BTreeSet<String>, usize) =
            (Vec::new(), BTreeSet::new(), 0);
        let top_text = PAGE.to_string();
        for _ in 0..MOST_PAGES {
            let skip_text = skip.to_string();
            let query = [
                ("$orderby", "receivedAt desc"),
                ("$top", &*top_text),
                ("$skip", &*skip_text),
            ];
            let page = self.client.page(Lane::Read, &path, &query, ATTEMPTED).await?;
            skip += page.len();
            let (mut fresh, mut reached) = (false, false);
            for element in page {
                match serde_json::from_value::<LogEntry>(element) {
                    Ok(entry) if ids.insert(entry.id.clone()) => {
                        fresh = true;
                        reached |= entry.received_at.is_some_and(|at| at < after);
                        entries.push(entry);
                    }
                    // Arrivals push the rest onto the next page, so doubles are usual.
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, "a log entry cannot be read and is left out"),
                }
            }
            if reached || !fresh {
                break;
            }
        }
        Ok(entries)
    }

    async fn all_entries(&self) -> Result<Vec<LogEntry>, Trouble> {
        let list = self
            .client
            .list(Lane::Read, &self.path(&[ENTRIES])?, None, ATTEMPTED)
            .await?;
        Ok(list.items)
    }
}
