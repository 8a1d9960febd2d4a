//! The words of a story's answers: one for each link of a decision's chain, and by what somebody comes in.

use access::causes::Source;
use access::decision::Reason;
use access::facts::PersonState;

/// By what one may come in.
pub const SOURCES: [&str; 4] = [" by subscription", " by company", " by booking", " by invitation"];

/// By what somebody comes in.
pub fn by(reason: &Reason) -> &'static str {
    let Reason::Inside { source, .. } = reason else {
        return "";
    };
    match source {
        Source::Item { company: None, .. } => SOURCES[0],
        Source::Item { company: Some(_), .. } => SOURCES[1],
        Source::Booker { .. } => SOURCES[2],
        Source::Invitee { .. } => SOURCES[3],
    }
}

/// Every reason that a story may name.
pub const WORDS: [&str; 27] = [
    "nobody known",
    "suspended",
    "removed",
    "door in no group",
    "door gone",
    "other site",
    "not connected",
    "nothing assigned",
    "group without locks",
    "group gone",
    "starts later",
    "ended",
    "cancelled",
    "booking requested",
    "not in the company",
    "not chosen",
    "no booking that day",
    "zone unknown",
    "other e-mail",
    "sign-in needed",
    "page not visible",
    "vendor restriction",
    "e-mail unconfirmed",
    "switched off at the vendor",
    "not yet sent",
    "vendor refused",
    "inside",
];

/// A link of the chain, in a story's words.
pub fn word(reason: &Reason) -> &'static str {
    match reason {
        Reason::Inside { .. } => "inside",
        Reason::Sent { .. } => "sent",
        Reason::NobodyKnown => "nobody known",
        Reason::PersonState {
            state: PersonState::Suspended,
        } => "suspended",
        Reason::PersonState {
            state: PersonState::Removed,
        } => "removed",
        Reason::PersonState {
            state: PersonState::Active | PersonState::Invited,
        } => "a state that forbids nothing",
        Reason::DoorInNoGroup => "door in no group",
        Reason::DoorGone => "door gone",
        Reason::OtherSite => "other site",
        Reason::NotConnected { .. } => "not connected",
        Reason::NothingAssigned => "nothing assigned",
        Reason::GroupWithoutLocks { .. } => "group without locks",
        Reason::GroupGone { .. } => "group gone",
        Reason::StartsLater { .. } => "starts later",
        Reason::Ended { .. } => "ended",
        Reason::Cancelled { .. } => "cancelled",
        Reason::BookingRequested { .. } => "booking requested",
        Reason::NotInCompany { .. } => "not in the company",
        Reason::NotChosen { .. } => "not chosen",
        Reason::NoBookingThatDay { .. } => "no booking that day",
        Reason::UnknownZone { .. } => "zone unknown",
        Reason::OtherEmail { .. } => "other e-mail",
        Reason::SignInNeeded { .. } => "sign-in needed",
        Reason::PageNotVisible { .. } => "page not visible",
        Reason::VendorRestriction { .. } => "vendor restriction",
        Reason::Unconfirmed => "e-mail unconfirmed",
        Reason::HolderDisabled => "switched off at the vendor",
        Reason::NotYetSent => "not yet sent",
        Reason::VendorRefused { .. } => "vendor refused",
    }
}
