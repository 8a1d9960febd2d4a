//! Troubles and their cures (P-42).

use access::change::Note;

use super::names::Names;

/// What is the matter.
pub fn trouble(note: &Note, names: &Names) -> String {
    match note {
        Note::GroupGone { group } => format!("The group “{}” no longer exists at the vendor.", names.group(*group)),
        Note::GroupWithoutLocks { group } => format!("The group “{}” opens no door.", names.group(*group)),
        Note::ForeignMember { group, email } => {
            format!(
                "{email} is in “{}”, and it was not us who put them there.",
                names.group(*group)
            )
        }
        Note::Unconfirmed { person } => {
            format!(
                "{} has not confirmed their e-mail address at the vendor.",
                names.person(*person)
            )
        }
        Note::HolderDisabled { person } => format!("{} is switched off at the vendor.", names.person(*person)),
        Note::GroupRestriction { group, what } => {
            format!(
                "A setting of “{}” keeps the Access page from opening its doors: {what}",
                names.group(*group)
            )
        }
        Note::DoorRestriction { door, what } => {
            format!(
                "A setting of {} keeps it from being opened remotely: {what}",
                names.door(*door)
            )
        }
        Note::WindowsIgnored => "The vendor dropped the start and end we sent with a grant.".into(),
        Note::SeatsShort { bought } => format!("Few of the {bought} seats at the vendor are free."),
        Note::SeatsTaken { bought } => format!("All {bought} seats at the vendor are taken."),
        Note::SignInNeeded => "Our sign-in at the vendor no longer works.".into(),
        Note::Refused { person, what } => format!("The vendor refuses a change for {}: {what}", names.person(*person)),
    }
}

/// What to do about it.
pub fn cure(note: &Note) -> &'static str {
    match note {
        Note::GroupGone { .. } => {
            "Choose another group wherever this one is used; nobody gets in through it meanwhile."
        }
        Note::GroupWithoutLocks { .. } => "Give the group a door at the vendor, or choose another group.",
        Note::ForeignMember { .. } => {
            "We leave them alone. Remove them at the vendor if they should not be in, or give them a subscription here."
        }
        Note::Unconfirmed { .. } => "Ask them to confirm the vendor's mail; until then their phone opens nothing.",
        Note::HolderDisabled { .. } => "Switch them on at the vendor if they should get in.",
        Note::GroupRestriction { .. } | Note::DoorRestriction { .. } => {
            "Lift the setting at the vendor, or tell people to use the vendor's own app for this door."
        }
        Note::WindowsIgnored => {
            "The grant was removed at once. From now on people are let in and out at the minute itself, \
             which needs this server to run."
        }
        Note::SeatsShort { .. } => {
            "Everybody who is let in there takes one. Buy more, or remove people there who no longer come."
        }
        Note::SeatsTaken { .. } => {
            "Nobody new gets in until seats are bought, or people who no longer come are removed there."
        }
        Note::SignInNeeded => {
            "Connect again on the integration's page. What people hold at the vendor stays until then."
        }
        Note::Refused { .. } => "Mend what the vendor says; we try again by ourselves.",
    }
}

/// The stable word, as in lists and the API.
pub const fn kind(note: &Note) -> &'static str {
    match note {
        Note::GroupGone { .. } => "group_gone",
        Note::GroupWithoutLocks { .. } => "group_without_locks",
        Note::ForeignMember { .. } => "foreign_member",
        Note::Unconfirmed { .. } => "unconfirmed",
        Note::HolderDisabled { .. } => "holder_disabled",
        Note::GroupRestriction { .. } => "group_restriction",
        Note::DoorRestriction { .. } => "door_restriction",
        Note::WindowsIgnored => "windows_ignored",
        Note::SeatsShort { .. } => "seats_short",
        Note::SeatsTaken { .. } => "seats_taken",
        Note::SignInNeeded => "sign_in_needed",
        Note::Refused { .. } => "refused",
    }
}
