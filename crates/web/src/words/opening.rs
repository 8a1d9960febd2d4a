//! What is said when a door was asked to open.

use access::vendor::{OpenRefusal, Opened};

/// To the member in front of the door: what happened and what to do.
pub fn outcome(opened: &Opened, door: &str) -> String {
    match opened {
        Opened::Open => format!("{door} is open."),
        Opened::Refused { why, .. } => for_member(*why, door),
        Opened::Unknown => {
            format!("No answer came back in time. {door} may have opened: try it, and press again if it has not.")
        }
    }
}

/// Why it did not open, to the member.
pub fn for_member(why: OpenRefusal, door: &str) -> String {
    match why {
        OpenRefusal::NoAccess => {
            format!("The lock does not know of your access to {door} yet. If this lasts a minute, ask the team.")
        }
        OpenRefusal::NotYet => "The lock says that your time has not begun yet.".into(),
        OpenRefusal::Over => "The lock says that your time is over.".into(),
        OpenRefusal::Schedule => format!("{door} keeps its own hours, and does not open now."),
        OpenRefusal::Disabled => "Your access is switched off in the door system. Ask the team.".into(),
        OpenRefusal::ReaderRestriction => {
            format!("{door} only opens when your phone is at its reader. Hold it there with the vendor's app.")
        }
        OpenRefusal::Geofence => format!("{door} only opens for people nearby, in the vendor's app."),
        OpenRefusal::TapOnly => format!("{door} only opens by tapping its reader."),
        OpenRefusal::AppAccessOff => format!("{door} cannot be opened from here. Use your card, or ask the team."),
        OpenRefusal::PrimaryDevice => format!("{door} only opens with the first phone you registered."),
        OpenRefusal::Unconfirmed => {
            "Your e-mail address still waits for your confirmation. Look for the door system's mail and confirm it."
                .into()
        }
        OpenRefusal::Lockdown => "All doors are held shut at the moment. Ask the team.".into(),
        OpenRefusal::AlreadyOpen => format!("{door} is already open. Just push."),
        OpenRefusal::Busy => format!("{door} is busy with another opening. Try again in a moment."),
        OpenRefusal::NotActivated => {
            format!("{door} is not set up to be opened from here. Use your card or key, or ask the team.")
        }
        OpenRefusal::Offline => {
            format!("{door} cannot be reached just now. Use your card if you have one, or ask the team.")
        }
        OpenRefusal::NotFound => format!("{door} no longer exists in the door system. Ask the team."),
        OpenRefusal::SignInNeeded => {
            "The door system has to be connected again by the team. They see it on their page.".into()
        }
        OpenRefusal::TooMany => "Too many openings just now. Try again in a moment.".into(),
        OpenRefusal::VendorError => "The door system answered with an error. Try again, or ask the team.".into(),
    }
}

/// Why it did not open, to the operator: with the cure.
pub fn for_operator(why: OpenRefusal) -> &'static str {
    match why {
        OpenRefusal::NoAccess => "The vendor knows no right for this person on this door. Look at their timeline.",
        OpenRefusal::NotYet => "The vendor's window for this person has not begun.",
        OpenRefusal::Over => "The vendor's window for this person is over.",
        OpenRefusal::Schedule => "A schedule at the vendor keeps this door shut now.",
        OpenRefusal::Disabled => "This person is switched off at the vendor. Switch them on there.",
        OpenRefusal::ReaderRestriction => {
            "A reader restriction at the vendor asks for the phone at the reader. Lift it for opening from the page."
        }
        OpenRefusal::Geofence => "A geofence at the vendor keeps the page from opening this door. Lift it there.",
        OpenRefusal::TapOnly => "The vendor's settings allow this door to be opened by tapping only.",
        OpenRefusal::AppAccessOff => "The group at the vendor does not allow opening from an app. Allow it there.",
        OpenRefusal::PrimaryDevice => "The vendor's settings ask for the person's first phone. Lift it there.",
        OpenRefusal::Unconfirmed => "The person has not confirmed their e-mail address at the vendor.",
        OpenRefusal::Lockdown => "The vendor holds every door shut. End the lockdown there.",
        OpenRefusal::AlreadyOpen => "The door is already open by its own schedule.",
        OpenRefusal::Busy => "The door was busy with another opening.",
        OpenRefusal::NotActivated => {
            "The door's gateway is not activated for our account, or no longer. Activate it on the integration's page."
        }
        OpenRefusal::Offline => "The vendor cannot reach the door. Look at its power and network.",
        OpenRefusal::NotFound => "The vendor has no such door any more.",
        OpenRefusal::SignInNeeded => {
            "Our sign-in at the vendor no longer works. Connect again on the integration's page."
        }
        OpenRefusal::TooMany => "The vendor refused because of too many calls.",
        OpenRefusal::VendorError => "The vendor answered with an error.",
    }
}
