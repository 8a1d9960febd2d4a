//! Timelines: past, running and coming windows of a person, a group or a door, with causes and what the vendor holds (P-41).
//!
//! In: [`Facts`], the span looked at, and now. Out: one [`Line`] for each merged window of a person in a group.
//! Why so: it is the same merge that grants come from, so what the picture shows is what is sent.
//! Always: windows are whole even where they reach beyond the span; sorted by start, then person, then group. The past is what
//! today's facts say about it: a suspended person has none. What was known then is asked with facts as of then.

use serde::{Deserialize, Serialize};

use crate::causes::{self, Cause, Source};
use crate::facts::*;
use crate::id::*;
use crate::index::Index;
use crate::{Instant, Window, Windows};

/// One merged window of a person in a group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Who.
    pub person: PersonId,
    /// Through which group.
    pub group: AccessGroupId,
    /// When, merged over its causes (P-24).
    pub window: Window,
    /// Before, around or after now.
    pub tense: Tense,
    /// By what, each with its own window, sorted by start.
    pub causes: Vec<Span>,
    /// What the vendor has of it.
    pub vendor: VendorState,
}

/// One cause's own window inside a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Span {
    /// When.
    pub window: Window,
    /// By what.
    pub source: Source,
}

/// Where a window lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tense {
    /// Over.
    Past,
    /// Running.
    Now,
    /// To come.
    Future,
}

impl Tense {
    /// Where a window lies, seen from `now`.
    pub fn of(window: Window, now: Instant) -> Self {
        if window.until <= now {
            Self::Past
        } else if window.contains(now) {
            Self::Now
        } else {
            Self::Future
        }
    }
}

/// What the vendor has of a window.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum VendorState {
    /// Nothing yet.
    Planned,
    /// Some of it, but not from when it is needed: a change is on its way.
    Sent,
    /// Held from its start (or from now on, when it runs).
    Confirmed {
        /// Without a break until then: the window's end, or as far as it is written ahead (P-46).
        until: Instant,
    },
    /// It is over.
    Ended,
    /// The vendor refused.
    Failed {
        /// In plain words.
        what: String,
    },
    /// The group is gone at the vendor, or its account does not grant: nothing is asked of anybody.
    Withheld,
}

/// Everything of one person that touches `within`.
pub fn of_person(facts: &Facts, person: PersonId, within: Window, now: Instant) -> Vec<Line> {
    of_person_in(&Index::new(facts), person, within, now)
}

/// The same for many people of the same facts.
pub fn of_person_in(index: &Index<'_>, person: PersonId, within: Window, now: Instant) -> Vec<Line> {
    let causes = causes::of_person_in(index, person);
    in_order(lines(index, &causes, within, now, |_| true))
}

/// Everybody in one group whose windows touch `within`.
pub fn of_group(facts: &Facts, group: AccessGroupId, within: Window, now: Instant) -> Vec<Line> {
    of_groups(&Index::new(facts), within, now, |one| one == group)
}

/// Everybody whom some group lets through one door while `within`, by group.
pub fn of_door(facts: &Facts, door: DoorId, within: Window, now: Instant) -> Vec<Line> {
    let index = Index::new(facts);
    let Some(door) = index.door(door) else {
        return Vec::new();
    };
    let groups: Vec<AccessGroupId> = index.groups_with(door).map(|group| group.id).collect();
    of_groups(&index, within, now, |one| groups.contains(&one))
}

fn of_groups(index: &Index<'_>, within: Window, now: Instant, wanted: impl Fn(AccessGroupId) -> bool) -> Vec<Line> {
    let (mut all, mut causes) = (Vec::new(), Vec::new());
    for (person, rows) in index.everybody() {
        causes::gather(index, person, rows, &mut causes);
        all.extend(lines(index, &causes, within, now, &wanted));
    }
    in_order(all)
}

fn in_order(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| (line.window.from, line.person, line.group));
    lines
}

/// One person's causes as lines, by group.
fn lines(
    index: &Index<'_>,
    causes: &[Cause],
    within: Window,
    now: Instant,
    wanted: impl Fn(AccessGroupId) -> bool,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for causes in causes
        .chunk_by(|one, next| one.group == next.group)
        .filter(|causes| wanted(causes[0].group))
    {
        let (person, group) = (causes[0].person, causes[0].group);
        let mut spans: Vec<Span> = causes
            .iter()
            .flat_map(|cause| {
                cause.windows.iter().map(|window| Span {
                    window,
                    source: cause.source,
                })
            })
            .collect();
        spans.sort_unstable();
        let merged = Windows::union(spans.iter().map(|span| span.window));
        let mut rest = spans.as_slice();
        for window in merged.iter() {
            // Sorted by start, and each span lies in exactly one merged window.
            let (these, after) = rest.split_at(rest.partition_point(|span| span.window.from < window.until));
            rest = after;
            if window.clip(within).is_some() {
                let vendor = vendor_state(index, person, group, window, now);
                let tense = Tense::of(window, now);
                lines.push(Line {
                    person,
                    group,
                    window,
                    tense,
                    causes: these.to_vec(),
                    vendor,
                });
            }
        }
    }
    lines
}

fn vendor_state(
    index: &Index<'_>,
    person: PersonId,
    group: AccessGroupId,
    window: Window,
    now: Instant,
) -> VendorState {
    if window.until <= now {
        return VendorState::Ended;
    }
    let Some(group) = index.group(group).filter(|group| index.is_live(group)) else {
        return VendorState::Withheld;
    };
    let holder = index.holder(person, group.integration);
    let held = holder
        .iter()
        .flat_map(|holder| &holder.held)
        .filter(|held| held.group == group.id);
    let needed_from = window.from.max(now);
    let held = Windows::union(held.map(|held| held.window)).clip(Window {
        from: needed_from,
        until: window.until,
    });
    match (held.at(needed_from), holder.and_then(|holder| holder.refused.as_ref())) {
        (Some(held), _) => VendorState::Confirmed { until: held.until },
        (None, Some(what)) => VendorState::Failed { what: what.clone() },
        (None, None) if held.is_empty() => VendorState::Planned,
        (None, None) => VendorState::Sent,
    }
}
