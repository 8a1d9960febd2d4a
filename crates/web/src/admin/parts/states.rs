//! States as a colour's name and a word beside it.

use access::Instant;
use access::facts::{BookingState, Date, IntegrationState, MembershipKind, PersonState, ResourceKind};
use access::timeline::VendorState;
use jiff::tz::TimeZone;

use crate::words::dates;

/// A person's state.
pub(crate) const fn person(state: PersonState) -> (&'static str, &'static str) {
    match state {
        PersonState::Invited => ("scheduled", "Invited"),
        PersonState::Active => ("open", "Active"),
        PersonState::Suspended => ("refused", "Suspended"),
        PersonState::Removed => ("quiet", "Removed"),
    }
}

/// Member or nonmember.
pub(crate) const fn membership(kind: MembershipKind) -> &'static str {
    match kind {
        MembershipKind::Member => "Member",
        MembershipKind::Nonmember => "Nonmember",
    }
}

/// A booking's state, with the day's course.
pub(crate) fn booking(state: BookingState, window: access::Window, now: Instant) -> (&'static str, &'static str) {
    match state {
        BookingState::Cancelled => ("quiet", "Cancelled"),
        BookingState::Requested => ("attention", "Waits for approval"),
        BookingState::Confirmed | BookingState::CheckedIn if window.until <= now => ("quiet", "Over"),
        BookingState::CheckedIn => ("open", "Checked in"),
        BookingState::Confirmed if window.from <= now => ("open", "Running"),
        BookingState::Confirmed => ("scheduled", "Confirmed"),
    }
}

/// An integration's state.
pub(crate) const fn integration(state: IntegrationState) -> (&'static str, &'static str) {
    match state {
        IntegrationState::Connected => ("open", "Connected"),
        IntegrationState::NeedsSignIn => ("refused", "Sign in again"),
        IntegrationState::Leaving => ("attention", "Being left"),
        IntegrationState::RunningOut => ("attention", "Running out"),
        IntegrationState::Revoking => ("attention", "Being taken away"),
        IntegrationState::Disconnected => ("quiet", "Disconnected"),
    }
}

/// What the vendor has of a window.
pub(crate) fn vendor(state: &VendorState, tense_now: bool) -> (&'static str, String) {
    match state {
        VendorState::Planned => ("scheduled", "planned".into()),
        VendorState::Sent => ("scheduled", "being sent".into()),
        VendorState::Confirmed { .. } if tense_now => ("open", "open".into()),
        VendorState::Confirmed { .. } => ("scheduled", "confirmed".into()),
        VendorState::Ended => ("quiet", "ended".into()),
        VendorState::Failed { .. } => ("refused", "refused by the vendor".into()),
        VendorState::Withheld => ("attention", "not granted".into()),
    }
}

/// A resource's kind: its word in forms, its name, and the name of several.
pub(crate) const fn resource(kind: ResourceKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ResourceKind::Room => ("room", "Room", "Rooms"),
        ResourceKind::Desk => ("desk", "Desk", "Desks"),
        ResourceKind::Office => ("office", "Office", "Offices"),
        ResourceKind::Parking => ("parking", "Parking place", "Parking"),
        ResourceKind::Equipment => ("equipment", "Equipment", "Equipment"),
    }
}

/// All kinds, in the order of pages.
pub(crate) const KINDS: [ResourceKind; 5] = [
    ResourceKind::Room,
    ResourceKind::Desk,
    ResourceKind::Office,
    ResourceKind::Parking,
    ResourceKind::Equipment,
];

/// "since 1 March", "1 March – 30 April".
pub(crate) fn days(from: Date, until: Option<Date>, now: Instant, zone: &TimeZone) -> String {
    let this_year = dates::local(now, zone).year();
    let from_words = dates::date(from, this_year);
    match until {
        Some(until) if until == from => from_words,
        Some(until) => format!("{from_words} – {}", dates::date(until, this_year)),
        None if from <= dates::local(now, zone).date() => format!("since {from_words}"),
        None => format!("from {from_words}"),
    }
}

/// The letters in a face's place.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}
