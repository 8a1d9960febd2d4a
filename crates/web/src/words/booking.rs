//! Why a booking is refused, and what to change (P-7).

use access::Instant;
use access::booking::{BookBy, Refusal};
use access::facts::{BookingState, PersonState};
use jiff::tz::TimeZone;

use super::dates;

/// The form field it is about, and the sentence.
pub fn refusal(why: &Refusal, now: Instant, zone: &TimeZone) -> (&'static str, String) {
    match why {
        Refusal::EndNotAfterStart => ("until", "The end must come after the start.".into()),
        Refusal::TooLongForAnybody => (
            "until",
            "No booking is longer than 31 days. Rent it instead, by a subscription.".into(),
        ),
        Refusal::Archived => ("resource", "This is no longer on offer.".into()),
        Refusal::NotLetIn {
            state: PersonState::Suspended,
        } => ("booker", "Suspended people cannot book.".into()),
        Refusal::NotLetIn { .. } => ("booker", "This person was removed and cannot book.".into()),
        Refusal::NotForThem { book_by } => ("resource", for_whom(*book_by).into()),
        Refusal::Cancelled => ("", "This booking is cancelled. Make a new one.".into()),
        Refusal::InThePast => ("from", "This start has passed. Choose a later one.".into()),
        Refusal::EndInThePast => (
            "until",
            "This end has passed. Choose a later one, or cancel the booking.".into(),
        ),
        Refusal::MoreNeedsApproval => (
            "until",
            "The team approves bookings of this one, and yours runs already. Ask them to lengthen it.".into(),
        ),
        Refusal::TooShort { min_minutes } => ("until", format!("Book at least {}.", dates::span(min_minutes * 60))),
        Refusal::TooLong { max_minutes } => ("until", format!("Book at most {}.", dates::span(max_minutes * 60))),
        Refusal::OffStep { step_minutes } => (
            "from",
            format!("Start and end on full steps of {step_minutes} minutes, counted from midnight."),
        ),
        Refusal::Closed { at } => ("from", format!("It is closed {}.", dates::moment(*at, now, zone))),
        Refusal::Taken { by, buffer_minutes: 0 } => (
            "from",
            format!("Taken {}. Choose another time.", dates::window(*by, now, zone)),
        ),
        Refusal::Taken { by, buffer_minutes } => (
            "from",
            format!(
                "Taken {}, and {buffer_minutes} minutes stay free in between. Choose another time.",
                dates::window(*by, now, zone)
            ),
        ),
    }
}

/// Who may book, to somebody who may not.
const fn for_whom(book_by: BookBy) -> &'static str {
    match book_by {
        BookBy::Public => "Everybody may book this.",
        BookBy::NetworkMembers => "Members may book this. Ask the team about a membership.",
        BookBy::Members => "Members of this location may book this. Ask the team about a membership.",
        BookBy::Staff => "The team books this for you. Please ask them.",
    }
}

/// Where a booking stands, in a word.
pub const fn state(state: BookingState) -> &'static str {
    match state {
        BookingState::Requested => "Waits for approval",
        BookingState::Confirmed => "Confirmed",
        BookingState::CheckedIn => "Checked in",
        BookingState::Cancelled => "Cancelled",
    }
}
