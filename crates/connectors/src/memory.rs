//! What was read at a vendor during one stretch of work, so that three hundred people in one minute do not cost three hundred readings.
//!
//! In: lists by name. Out: the same, for a minute at most. Why so: before somebody is put in a group, whoever else put them there must
//! be seen; one reading of the group serves all who come one after another.
//! Always: a stretch of work begins with an empty one (the worker makes it); our own steps keep it true; a minute is real time on
//! purpose, since a vendor's people work while a test's clock stands.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

const LASTS: Duration = Duration::from_secs(60);

/// Lists by name; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<String, List>>>);

#[derive(Debug)]
struct List {
    read_at: Instant,
    items: BTreeMap<String, Value>,
}

impl Memory {
    /// A list that was read lately: what is known of one of its members, if it is one. `None` when it has to be read.
    pub(crate) fn look(&self, list: &str, id: &str) -> Option<Option<Value>> {
        let lists = self.lists();
        let known = lists.get(list).filter(|known| known.read_at.elapsed() < LASTS)?;
        Some(known.items.get(id).cloned())
    }

    /// Keeps a list that was just read.
    pub(crate) fn keep(&self, list: &str, items: BTreeMap<String, Value>) {
        let read_at = Instant::now();
        self.lists().insert(list.to_owned(), List { read_at, items });
    }

    /// We changed a member ourselves.
    pub(crate) fn put(&self, list: &str, id: &str, value: Value) {
        if let Some(known) = self.lists().get_mut(list) {
            known.items.insert(id.to_owned(), value);
        }
    }

    /// We removed a member ourselves.
    pub(crate) fn drop(&self, list: &str, id: &str) {
        if let Some(known) = self.lists().get_mut(list) {
            known.items.remove(id);
        }
    }

    /// A list is to be read again.
    pub(crate) fn forget(&self, list: &str) {
        self.lists().remove(list);
    }

    fn lists(&self) -> MutexGuard<'_, BTreeMap<String, List>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unread_list_knows_nothing_and_a_read_one_knows_who_is_missing() {
        let memory = Memory::default();
        assert_eq!(memory.look("g", "a"), None);
        memory.keep("g", BTreeMap::from([("a".to_owned(), Value::Null)]));
        assert_eq!(memory.look("g", "a"), Some(Some(Value::Null)));
        assert_eq!(memory.look("g", "b"), Some(None));
        memory.put("g", "b", Value::Bool(true));
        memory.drop("g", "a");
        assert_eq!(memory.look("g", "b"), Some(Some(Value::Bool(true))));
        assert_eq!(memory.look("g", "a"), Some(None));
        memory.forget("g");
        assert_eq!(memory.look("g", "b"), None);
    }
}
