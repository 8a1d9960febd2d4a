//! The links of a decision (P-27) as sentences: for the operator with the cure, for the member with what to do.
//!
//! In: a [`Reason`], names, now and the zone of the place. Out: a sentence, a place to mend it, or nothing to say.
//! Why so: the same chain is "Why?" on the operator's page (P-40) and the words under a member's empty Access page.
//! Always: a member never reads another person's name, and never a vendor's error text.

use access::Instant;
use access::causes::Source;
use access::decision::{Decision, Reason};
use access::facts::{PersonState, Visibility};
use access::vendor::Abilities;
use jiff::tz::TimeZone;

use super::dates;
use super::names::Names;

/// Does this link hold (so that it is shown with a tick)?
pub const fn is_sound(reason: &Reason) -> bool {
    matches!(reason, Reason::Inside { .. } | Reason::Sent { .. })
}

/// What the first link that is not sound says; `None` when all is well.
pub fn first_broken(decision: &Decision) -> Option<&Reason> {
    decision.chain.iter().find(|reason| !is_sound(reason))
}

/// To the operator.
pub fn for_operator(reason: &Reason, names: &Names, now: Instant, zone: &TimeZone) -> String {
    let by = |source| names.source(source, now, zone);
    let moment = |at| dates::moment(at, now, zone);
    match reason {
        Reason::Inside { source, group, window } => {
            format!(
                "By {}, in “{}”: {}.",
                by(*source),
                names.group(*group),
                dates::window(*window, now, zone)
            )
        }
        Reason::Sent { group, window } => {
            format!(
                "The vendor holds “{}”: {}.",
                names.group(*group),
                dates::window(*window, now, zone)
            )
        }
        Reason::NobodyKnown => "Nobody by that id is known here.".into(),
        Reason::PersonState { state } => match state {
            PersonState::Suspended => "This person is suspended, which takes everything away at once.".into(),
            PersonState::Removed => "This person was removed.".into(),
            PersonState::Invited => "This person is invited.".into(),
            PersonState::Active => "This person is active.".into(),
        },
        Reason::DoorInNoGroup => "No access group has this door, so it cannot be given to anybody.".into(),
        Reason::DoorGone => "The vendor no longer lists this door.".into(),
        Reason::OtherSite => "The door belongs to another site than the one chosen for the integration.".into(),
        Reason::NothingAssigned => "Nothing this person holds is assigned to a group with this door.".into(),
        Reason::GroupWithoutLocks { group, source } => {
            format!(
                "“{}”, held by {}, opens no door at the vendor.",
                names.group(*group),
                by(*source)
            )
        }
        Reason::GroupGone { group, source } => {
            format!(
                "“{}”, held by {}, was deleted at the vendor.",
                names.group(*group),
                by(*source)
            )
        }
        Reason::StartsLater { source, at } => format!("By {}, but only from {}.", by(*source), moment(*at)),
        Reason::Ended { source, at } => format!("By {}, but that ended {}.", by(*source), moment(*at)),
        Reason::Cancelled { source, at: Some(at) } => {
            format!(
                "By {}, but that was cancelled with effect from {}.",
                by(*source),
                moment(*at)
            )
        }
        Reason::Cancelled { source, at: None } => format!("By {}, but that was cancelled.", by(*source)),
        Reason::BookingRequested { source } => format!("By {}, which still waits for approval.", by(*source)),
        Reason::NotInCompany {
            company,
            left_on: Some(left_on),
        } => format!(
            "By a subscription of {}, which they left; their last day was {}.",
            names.company(*company),
            dates::day(*left_on, now, zone)
        ),
        Reason::NotInCompany { company, left_on: None } => {
            format!(
                "By a subscription of {}, but they do not belong to it at that time.",
                names.company(*company)
            )
        }
        Reason::NotChosen { source } => format!(
            "By {}, which reaches chosen people only, and not this one.",
            by(*source)
        ),
        Reason::NoBookingThatDay { source } => {
            format!(
                "By {}, which reaches only people with a booking here that day.",
                by(*source)
            )
        }
        Reason::UnknownZone { .. } => {
            "The location's time zone is not known, so its dates cannot be read. Set it in Settings.".into()
        }
        Reason::OtherEmail { other } => {
            format!(
                "{} holds it, under another e-mail address. Is that the same person?",
                names.person(*other)
            )
        }
        Reason::NotConnected { .. } => "The integration is disconnected, so nothing is granted.".into(),
        Reason::SignInNeeded { .. } => "Our sign-in at the vendor no longer works; nothing can be sent.".into(),
        Reason::PageNotVisible { visibility } => {
            format!(
                "The Access page of this place is shown to {} only.",
                visible_to(*visibility)
            )
        }
        Reason::VendorRestriction { what } => format!("A vendor setting keeps the page from opening it: {what}"),
        Reason::Unconfirmed => "They have not confirmed their e-mail address at the vendor.".into(),
        Reason::HolderDisabled => "They are switched off at the vendor.".into(),
        Reason::NotYetSent => "Decided, but the vendor has not acknowledged it yet.".into(),
        Reason::VendorRefused { what } => format!("The vendor refused the change: {what}"),
    }
}

/// "Your booking of Room A, today 12:00–16:00"; what a company has stays the company's.
fn yours(source: Source, said: &str) -> String {
    let company = matches!(source, Source::Item { company: Some(_), .. });
    match said.split_once(' ') {
        Some(("the" | "a", rest)) if !company => format!("Your {rest}"),
        Some((first, rest)) => {
            let mut letters = first.chars();
            let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            format!("{capital}{} {rest}", letters.as_str())
        }
        None => said.to_owned(),
    }
}

/// To the member themselves: what is so, and what to do.
pub fn for_member(reason: &Reason, names: &Names, now: Instant, zone: &TimeZone) -> String {
    let by = |source| names.source(source, now, zone);
    let moment = |at| dates::moment(at, now, zone);
    match reason {
        Reason::Inside { window, .. } if window.until == Instant::MAX => "You may come in at any time.".into(),
        Reason::Inside { window, .. } => format!("You may come in until {}.", moment(window.until)),
        Reason::Sent { .. } => "The door knows about it.".into(),
        Reason::NobodyKnown => "We do not know you here yet. Ask the team to invite you.".into(),
        Reason::PersonState {
            state: PersonState::Suspended,
        } => "Your access is suspended at the moment. Please speak to the team.".into(),
        Reason::PersonState { .. } => {
            "You are not among this space's people at the moment. Please speak to the team.".into()
        }
        Reason::DoorInNoGroup | Reason::DoorGone | Reason::OtherSite => "This door cannot be opened from here.".into(),
        Reason::NothingAssigned => {
            "Nothing you hold opens this door. Book a room, or ask the team what your membership includes.".into()
        }
        Reason::GroupWithoutLocks { .. } | Reason::GroupGone { .. } => {
            "What you hold should open a door, but the door system has none for it. The team can see this and mend it."
                .into()
        }
        Reason::StartsLater { source, at } => {
            format!("{} opens it from {}.", yours(*source, &by(*source)), moment(*at))
        }
        Reason::Ended { source, at } => format!("You could come in by {}, until {}.", by(*source), moment(*at)),
        Reason::Cancelled { source, .. } => format!("You could come in by {}, but it was cancelled.", by(*source)),
        Reason::BookingRequested { source } => {
            format!(
                "You can come in by {} as soon as the team has approved it.",
                by(*source)
            )
        }
        Reason::NotInCompany { company, .. } => {
            format!(
                "{} can come in, but you are not listed as one of its people now.",
                names.company(*company)
            )
        }
        Reason::NotChosen { .. } => "Your company's access is for some of its people. Ask whoever manages it.".into(),
        Reason::NoBookingThatDay { .. } => {
            "Your company's access opens on days with a booking. Book a desk for the day.".into()
        }
        Reason::UnknownZone { .. } => "The team has to mend the location's time zone first. Please tell them.".into(),
        Reason::OtherEmail { .. } => {
            "Access like this is known under another e-mail address. Sign in with that one, or tell the team.".into()
        }
        Reason::NotConnected { .. } => "The doors of this place are not connected at the moment. Ask the team.".into(),
        Reason::SignInNeeded { .. } => {
            "The door system has to be connected again by the team. They see it on their page.".into()
        }
        Reason::PageNotVisible { .. } => {
            "Doors of this place are not opened from this page. Use what the team gave you.".into()
        }
        Reason::VendorRestriction { .. } => {
            "This door does not open from this page. Use the door system's own app at the reader, or ask the team."
                .into()
        }
        Reason::Unconfirmed => {
            "Your e-mail address still waits for your confirmation. Look for the door system's mail and confirm it."
                .into()
        }
        Reason::HolderDisabled => "You are switched off in the door system. Ask the team.".into(),
        Reason::NotYetSent => "It is on its way to the door. That takes a few seconds.".into(),
        Reason::VendorRefused { .. } => "The door system did not take your access. The team can see why.".into(),
    }
}

/// What to do at the doors of a vendor that opens none from our pages (P-33).
pub fn own_app(row: &Abilities, email: &str) -> String {
    if row.app.is_empty() {
        return format!("These doors open with {}’s own app or a card.", row.name);
    }
    row.app.replace("{email}", email)
}

/// The stable code, as in the API and in tests.
pub fn code(reason: &Reason) -> String {
    let value = serde_json::to_value(reason).unwrap_or_default();
    value
        .get("code")
        .and_then(|code| code.as_str())
        .unwrap_or("unknown")
        .to_owned()
}

/// Who sees an Access page, as the end of a sentence (P-31).
pub const fn visible_to(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "everybody who may open a door",
        Visibility::NetworkMembers => "members of any of the network's locations",
        Visibility::Members => "members of this location",
        Visibility::Administrators => "administrators",
    }
}

#[cfg(test)]
mod tests {
    use access::id::*;

    use super::*;

    #[test]
    fn what_opens_a_door_later_is_said_as_the_reader_s_own() {
        let at = Instant::from_ms(0);
        let booking = BookingId::new(at, 1);
        let own = yours(
            Source::Booker { booking },
            "the booking of Room Lagoon, today 10:30–11:30",
        );
        assert_eq!(own, "Your booking of Room Lagoon, today 10:30–11:30");
        let item = |company| Source::Item {
            subscription: SubscriptionId::new(at, 2),
            item: ItemId::new(at, 3),
            company,
        };
        assert_eq!(yours(item(None), "the plan Flex"), "Your plan Flex");
        let team = yours(item(Some(CompanyId::new(at, 4))), "the plan Team of Northlight");
        assert_eq!(team, "The plan Team of Northlight");
    }
}
