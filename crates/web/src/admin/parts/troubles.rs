//! Findings and door events as rows, for Today and for an integration's page.

use access::change::Note;
use access::facts::Facts;
use jiff::tz::TimeZone;
use store::door_event::{DoorEvent, DoorEventKind};
use store::finding::Finding;

use crate::ctx::Ctx;
use crate::words::names::Names;
use crate::words::{dates, findings};

/// One trouble with its cure (P-42).
pub(crate) struct Trouble {
    /// Its colour.
    pub state: &'static str,
    /// What is the matter.
    pub trouble: String,
    /// What to do.
    pub cure: String,
    /// Where to do it; may be empty.
    pub href: String,
    /// What the link says.
    pub label: &'static str,
}

impl Trouble {
    /// Of a finding.
    pub(crate) fn of(finding: &Finding, names: &Names) -> Self {
        let integration = finding.integration;
        let (href, label) = match &finding.note {
            Note::GroupGone { group } => (
                format!("/admin/integrations/{integration}/groups/{group}/replace"),
                "Replace it everywhere",
            ),
            Note::SignInNeeded => (format!("/admin/integrations/{integration}/reconnect"), "Connect again"),
            Note::Unconfirmed { person } | Note::HolderDisabled { person } | Note::Refused { person, .. } => {
                (format!("/admin/people/{person}"), "Look at the person")
            }
            Note::GroupWithoutLocks { .. }
            | Note::ForeignMember { .. }
            | Note::GroupRestriction { .. }
            | Note::DoorRestriction { .. }
            | Note::WindowsIgnored
            | Note::SeatsShort { .. }
            | Note::SeatsTaken { .. } => (String::new(), ""),
        };
        let state = match &finding.note {
            Note::GroupGone { .. } | Note::SignInNeeded | Note::SeatsTaken { .. } | Note::Refused { .. } => "refused",
            Note::GroupWithoutLocks { .. }
            | Note::ForeignMember { .. }
            | Note::Unconfirmed { .. }
            | Note::HolderDisabled { .. }
            | Note::GroupRestriction { .. }
            | Note::DoorRestriction { .. }
            | Note::WindowsIgnored
            | Note::SeatsShort { .. } => "attention",
        };
        let (trouble, cure) = (
            findings::trouble(&finding.note, names),
            findings::cure(&finding.note).to_owned(),
        );
        Self {
            state,
            trouble,
            cure,
            href,
            label,
        }
    }
}

/// Something that happened at a door.
pub(crate) struct Event {
    /// Its colour.
    pub state: &'static str,
    /// "Ana Ferreira opened Front door".
    pub what: String,
    /// More of it.
    pub detail: String,
    /// When.
    pub when: String,
}

impl Event {
    /// Of a door event.
    pub(crate) fn of(event: &DoorEvent, facts: &Facts, ctx: &Ctx, zone: &TimeZone) -> Self {
        let door = event.door.and_then(|id| facts.doors.iter().find(|door| door.id == id));
        let door = door.map_or("a door", |door| door.name.as_str());
        let person = event
            .person
            .and_then(|id| facts.people.iter().find(|person| person.id == id));
        let person = person.map(|person| person.name.as_str());
        let (state, what) = match (event.kind, person) {
            (DoorEventKind::Opened, Some(person)) => ("open", format!("{person} opened {door}")),
            (DoorEventKind::Opened, None) => ("open", format!("{} was opened", capital(door))),
            (DoorEventKind::Refused, Some(person)) => ("refused", format!("{} refused {person}", capital(door))),
            (DoorEventKind::Refused, None) => ("refused", format!("{} refused somebody", capital(door))),
            (DoorEventKind::Unknown, Some(person)) => ("attention", format!("{person} pressed {door}; no answer came")),
            (DoorEventKind::Unknown, None) => ("attention", format!("{} was pressed; no answer came", capital(door))),
            (DoorEventKind::Forced, _) => ("refused", format!("{} was forced open", capital(door))),
            (DoorEventKind::HeldOpen, _) => ("attention", format!("{} stands open", capital(door))),
        };
        Self {
            state,
            what,
            detail: event.detail.clone(),
            when: dates::relative(event.at, ctx.now, zone),
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}
