//! The fault dial: what can go wrong between a client and a vendor, on demand.
//!
//! A [`Fault`] names a route pattern and a trouble, for the next so many calls or until it is cleared. The server asks
//! the dial once per call; latency adds up, of the other troubles the oldest matching one strikes.
//!
//! Patterns: `*` is every call; `POST /role_assignments` is a method and a path prefix by whole segments; a method
//! alone (`DELETE`) or a path alone (`/locks`) leave the other open; `*` stands for one segment
//! (`POST /locks/*/unlock`); a trailing `$` ends the path there (`GET /groups$`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trouble {
    /// The answer comes so much later; the call is otherwise normal.
    Latency {
        /// Milliseconds of real time before the call is looked at.
        ms: u64,
    },
    /// The call takes effect at once, the answer comes so much later: a client times out after success.
    HangAfter {
        /// Milliseconds of real time between effect and answer.
        ms: u64,
    },
    /// 429 without effect.
    TooMany {
        /// What the `Retry-After` header says, if it is sent at all.
        retry_after: Option<RetryAfter>,
    },
    /// An error status (500, 502, 503 …) without effect, with a vendor-like JSON body.
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The connection is reset before the call takes effect.
    ResetBefore,
    /// The call takes effect, then the connection is reset without an answer.
    ResetAfter,
    /// The call takes effect, the JSON of the answer breaks off in the middle.
    TruncatedJson,
    /// A proxy's HTML error page without effect.
    HtmlPage {
        /// The HTTP status the page comes with; 200 is possible and nasty.
        status: u16,
    },
}

/// The two forms of a `Retry-After` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// An HTTP date so many seconds from the simulator's now.
    HttpDate(u64),
}

/// One trouble on one route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The route pattern; see the head of this file.
    pub route: String,
    /// What happens.
    pub trouble: Trouble,
    /// How many more calls it strikes; `None` is until cleared.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// A trouble on a route until it is cleared.
    pub fn on(route: &str, trouble: Trouble) -> Fault {
        Fault {
            route: route.to_owned(),
            trouble,
            times: None,
        }
    }

    /// The same for the next `times` matching calls only.
    pub fn times(self, times: u32) -> Fault {
        Fault {
            times: Some(times),
            ..self
        }
    }
}

/// The dial of one simulator; clones share it.
#[derive(Clone, Debug, Default)]
pub struct FaultDial(Arc<Mutex<Vec<Fault>>>);

/// What the dial says about one call.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Struck {
    pub latency: Duration,
    pub trouble: Option<Trouble>,
}

impl FaultDial {
    /// Adds one fault after those already set.
    pub fn add(&self, fault: Fault) {
        self.faults().push(fault);
    }

    /// Removes every fault.
    pub fn clear(&self) {
        self.faults().clear();
    }

    /// The faults still to strike, oldest first.
    pub fn list(&self) -> Vec<Fault> {
        self.faults().clone()
    }

    /// Sets exactly these faults.
    pub fn replace(&self, faults: Vec<Fault>) {
        *self.faults() = faults;
    }

    /// What strikes this call; counts it on every fault that does.
    pub(crate) fn strike(&self, method: &str, path: &str) -> Struck {
        let mut struck = Struck::default();
        let mut faults = self.faults();
        for fault in faults.iter_mut().filter(|fault| matches(&fault.route, method, path)) {
            match fault.trouble {
                Trouble::Latency { ms } => struck.latency += Duration::from_millis(ms),
                trouble if struck.trouble.is_none() => struck.trouble = Some(trouble),
                _ => continue,
            }
            fault.times = fault.times.map(|times| times.saturating_sub(1));
        }
        faults.retain(|fault| fault.times != Some(0));
        struck
    }

    fn faults(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn matches(route: &str, method: &str, path: &str) -> bool {
    let (verb, pattern) = match route.trim().split_once(' ') {
        Some((verb, pattern)) => (verb, pattern.trim()),
        None if route.trim().starts_with('/') => ("*", route.trim()),
        None => (route.trim(), "*"),
    };
    if verb != "*" && !verb.eq_ignore_ascii_case(method) {
        return false;
    }
    let (pattern, exact) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let wanted: Vec<&str> = segments(pattern).collect();
    let actual: Vec<&str> = segments(path).collect();
    if pattern == "*" {
        return true;
    }
    (if exact {
        wanted.len() == actual.len()
    } else {
        wanted.len() <= actual.len()
    }) && wanted
        .iter()
        .zip(&actual)
        .all(|(wanted, actual)| *wanted == "*" || wanted == actual)
}

/// The non-empty segments of a path.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_method_prefix_wildcard_and_end() {
        assert!(matches("*", "GET", "/locks"));
        assert!(matches("POST *", "POST", "/locks"));
        assert!(matches("DELETE", "DELETE", "/role_assignments/5"));
        assert!(matches("POST /locks/*/unlock", "POST", "/locks/44/unlock"));
        assert!(!matches("POST /locks/*/unlock", "POST", "/locks/44/lock_down"));
        assert!(matches("/groups", "GET", "/groups/5") && !matches("GET /groups$", "GET", "/groups/5"));
        assert!(!matches("/group", "GET", "/groups"));
    }

    #[test]
    fn a_counted_fault_strikes_so_often_and_latency_adds_up() {
        let dial = FaultDial::default();
        dial.add(Fault::on("*", Trouble::Latency { ms: 5 }));
        dial.add(Fault::on("GET", Trouble::Status { status: 503 }).times(1));
        dial.add(Fault::on("GET", Trouble::Latency { ms: 7 }).times(1));
        let first = dial.strike("GET", "/users");
        assert_eq!(first.latency, Duration::from_millis(12));
        assert_eq!(first.trouble, Some(Trouble::Status { status: 503 }));
        let second = dial.strike("GET", "/users");
        assert_eq!(
            second,
            Struck {
                latency: Duration::from_millis(5),
                trouble: None
            }
        );
    }
}
