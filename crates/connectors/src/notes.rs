//! What a comparison notices besides its changes (P-42). Pure.
//!
//! In: the [`Question`] of the comparison. Out: typed notes, sorted, each once; words and cures live with the pages.
//! Always: about groups, doors and strangers only when the whole integration is looked at, and only for groups that are mapped.

use std::collections::{BTreeMap, BTreeSet};

use access::change::{Note, ObservedGroup, Seats};
use access::id::DoorId;

use crate::port::{KnownGroup, Question, Scope};

/// All notes of a question.
pub(crate) fn notes(question: &Question<'_>) -> Vec<Note> {
    let mut notes = BTreeSet::new();
    if question.learned.keeps_windows == Some(false) {
        notes.insert(Note::WindowsIgnored);
    }
    about_people(question, &mut notes);
    if question.scope == Scope::Integration {
        notes.extend(question.observed.seats.and_then(about_seats));
    }
    let wanted = |group: &&KnownGroup| match question.scope {
        Scope::Integration => group.mapped,
        Scope::Person(person) => question
            .desired
            .iter()
            .any(|desired| desired.person == person && desired.group == group.id),
    };
    for group in question.groups.iter().filter(wanted) {
        if question.observed.gone_groups.contains(&group.external) {
            notes.insert(Note::GroupGone { group: group.id });
        } else if question.scope == Scope::Integration {
            about_group(question, group, &mut notes);
        }
    }
    notes.into_iter().collect()
}

fn about_seats(seats: Seats) -> Option<Note> {
    let bought = seats.bought;
    if seats.free() == 0 {
        Some(Note::SeatsTaken { bought })
    } else {
        seats.are_short().then_some(Note::SeatsShort { bought })
    }
}

fn about_people(question: &Question<'_>, notes: &mut BTreeSet<Note>) {
    let with_grants: BTreeSet<_> = question
        .desired
        .iter()
        .filter(|desired| desired.windows.iter().any(|window| window.until > question.now))
        .map(|desired| desired.person)
        .filter(|person| question.scope == Scope::Integration || question.scope == Scope::Person(*person))
        .collect();
    for holder in &question.observed.holders {
        let Some(person) = holder.person.filter(|person| with_grants.contains(person)) else {
            continue;
        };
        if holder.unconfirmed {
            notes.insert(Note::Unconfirmed { person });
        }
        if holder.disabled {
            notes.insert(Note::HolderDisabled { person });
        }
    }
}

fn about_group(question: &Question<'_>, group: &KnownGroup, notes: &mut BTreeSet<Note>) {
    let rows = question
        .observed
        .rows
        .iter()
        .filter(|row| row.external_group == group.external);
    for foreign in rows.filter(|row| row.ours.is_none()) {
        notes.insert(Note::ForeignMember {
            group: group.id,
            email: foreign.email.clone(),
        });
    }
    let Some(seen) = question
        .observed
        .groups
        .iter()
        .find(|seen| seen.external == group.external)
    else {
        return;
    };
    // Without a whole reading, locks may only be unread.
    if seen.locks.is_empty() && question.observed.complete {
        notes.insert(Note::GroupWithoutLocks { group: group.id });
    }
    for what in &seen.restrictions {
        notes.insert(Note::GroupRestriction {
            group: group.id,
            what: what.clone(),
        });
    }
    about_doors(question, seen, notes);
}

fn about_doors(question: &Question<'_>, group: &ObservedGroup, notes: &mut BTreeSet<Note>) {
    let doors: BTreeMap<&str, DoorId> = question.doors.iter().map(|door| (&*door.external, door.id)).collect();
    for lock in question
        .observed
        .locks
        .iter()
        .filter(|lock| group.locks.contains(&lock.external))
    {
        let Some(door) = doors.get(&*lock.external) else {
            continue;
        };
        for what in &lock.restrictions {
            notes.insert(Note::DoorRestriction {
                door: *door,
                what: what.clone(),
            });
        }
    }
}
