//! What is said while a vendor account is being connected.

use access::vendor::{ConnectRefusal, DisconnectWith};

/// Why it did not work and what to do; the field it belongs to, if to one.
pub fn refusal(why: &ConnectRefusal, vendor: &str) -> (Option<String>, String) {
    match why {
        ConnectRefusal::Field { key, say } => (Some(key.clone()), say.clone()),
        ConnectRefusal::UnknownAccount => (
            None,
            format!("{vendor} knows no such account. Look at the domain and the e-mail address again."),
        ),
        ConnectRefusal::WrongCredentials => (
            None,
            format!("{vendor} says that the e-mail address or the password is wrong."),
        ),
        ConnectRefusal::WrongCode => (
            None,
            format!("{vendor} did not take this one-time code. Use a fresh one."),
        ),
        ConnectRefusal::WrongClient => (
            None,
            format!(
                "{vendor} does not know this client, or its secret is wrong. Copy both again from where the client was registered."
            ),
        ),
        ConnectRefusal::ConsentNeeded => (None, consent_needs_a_browser().to_owned()),
        ConnectRefusal::ConsentOver => (
            None,
            format!(
                "What {vendor} handed over works once and only for a few minutes. Nothing was stored; go there once more."
            ),
        ),
        ConnectRefusal::SingleSignOn => (
            None,
            format!(
                "This account signs in through your own identity provider, so {vendor} takes no password for it. \
                 Connect with an owner account that has a password."
            ),
        ),
        ConnectRefusal::MissingRights { say } => {
            (None, format!("The account works, but it lacks a right we need: {say}"))
        }
        ConnectRefusal::TooManyLogins => (
            None,
            format!("{vendor} keeps only so many keys for an account, and all are taken. Remove some of them there."),
        ),
        ConnectRefusal::Unreachable { say } => (
            None,
            format!("{vendor} did not answer properly: {say} Nothing was stored; try again in a minute."),
        ),
    }
}

/// What happens after the first form.
pub fn what_happens(vendor: &str) -> String {
    format!(
        "We sign in at {vendor} with this, check that we may do what is needed, and keep a key that {vendor} makes for us. \
         The password itself is not kept. Nothing there is changed; what others made there is never touched."
    )
}

/// The same where a person consents at the vendor.
pub fn what_happens_with_consent(vendor: &str) -> String {
    format!(
        "You go to {vendor}, sign in there as an administrator and allow it; then you come back here by yourself. We never see your \
         password there. What we are handed is kept sealed. Nothing there is changed; what others made there is never touched."
    )
}

/// A program cannot consent for a person.
pub const fn consent_needs_a_browser() -> &'static str {
    "With these fields a person has to allow it at the vendor, in a browser. Connect it on the Integrations page, or fill in the fields \
     that need no browser."
}

/// The browser came back from a vendor with something that did not begin here.
pub const NOT_THIS_BROWSER: &str = "This sign-in did not begin in this browser, or it began more than a quarter of an hour ago. Nothing \
     was stored. Begin again on the Integrations page.";

/// The vendor's page was left without allowing it.
pub fn not_allowed(vendor: &str) -> String {
    format!(
        "It was not allowed at {vendor}, so nothing was connected. What you typed is kept for a quarter of an hour."
    )
}

/// What the vendor says instead of a code, other than a plain no.
pub fn vendor_sent_back(vendor: &str, says: &str) -> String {
    format!(
        "{vendor} sent you back with “{says}”. Nothing was connected. Is the redirect address registered there to the letter?"
    )
}

/// Why a second integration of a vendor is not made at a location, and what to do instead.
pub fn connected_already(vendor: &str, id: &str, leaving: bool) -> String {
    if leaving {
        return format!(
            "{vendor} is being disconnected here just now ({id}). Connect it anew once what was granted is taken away."
        );
    }
    format!(
        "{vendor} is connected here already ({id}). Sign in again at that integration, or disconnect it before you connect \
         another account."
    )
}

/// The same on the page it leads to.
pub fn connected_here_already(vendor: &str) -> String {
    format!("{vendor} is connected here already. This is it.")
}

/// Signing in again has to be the account from before.
pub fn another_account(shown: &str) -> String {
    format!(
        "This works, but it is another account than before ({shown}). Its groups are not the ones that plans and resources \
         use here. Sign in to the account from before."
    )
}

/// A vendor that works with one site only, and none is chosen.
pub const CHOOSE_A_SITE: &str = "Choose one site: at this vendor a location works with exactly one.";

/// A site that another location works with.
pub fn used_already(place: &str) -> String {
    format!(
        "{place} works with it, too. Give each location a site of its own: what is taken away for one is gone for the other until it looks again"
    )
}

/// A site that the account does not have, and those it has, as (the vendor's id, name).
pub fn no_such_site<'s>(sites: impl Iterator<Item = (&'s str, &'s str)>) -> String {
    let known: Vec<String> = sites.map(|(id, name)| format!("{id} ({name})")).collect();
    if known.is_empty() {
        return "The account has no such site; leave it out for all of the account.".to_owned();
    }
    format!("The account has no such site. It has {}.", super::list_and(known))
}

/// How what is held at a vendor ends once it is left.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// By itself; open-ended access within so many days.
    Alone {
        /// Days.
        lease_days: i64,
    },
    /// Some of it has no end there, so somebody has to take it away.
    ByHand,
}

/// The choices of disconnecting (P-37), each with what it means.
pub fn disconnect(with: DisconnectWith, ends: Ends) -> (&'static str, String) {
    match (with, ends) {
        (DisconnectWith::Leave, Ends::ByHand) => (
            "Leave what was granted",
            "Everybody who is in a group there stays in it until somebody takes them out at the vendor, since groups there know no end."
                .to_owned(),
        ),
        (DisconnectWith::RunOut, Ends::ByHand) => (
            "Let it run out",
            "Nobody new gets in. We stay connected and take everybody out when their window ends; after the last one we disconnect. \
             Whoever has no end stays until you choose otherwise."
                .to_owned(),
        ),
        (DisconnectWith::Leave, Ends::Alone { .. }) => (
            "Leave what was granted",
            "Everybody keeps what they have at the vendor: what has an end ends then, what has none stays until somebody removes it there. \
             We write these ends now, and nothing after that."
                .to_owned(),
        ),
        (DisconnectWith::RunOut, Ends::Alone { lease_days }) => (
            "Let it run out",
            format!(
                "Windows that have an end run to it; nothing is renewed. Open-ended access ends within {lease_days} days."
            ),
        ),
        (DisconnectWith::Revoke, _) => (
            "Take away all that we made",
            "Every grant we made is taken away at the vendor, one by one. What others made there stays.".to_owned(),
        ),
    }
}

/// What is said once it was chosen.
pub const fn disconnecting(with: DisconnectWith, ends: Ends) -> &'static str {
    match (with, ends) {
        (DisconnectWith::Leave, Ends::Alone { .. }) => {
            "Disconnecting. What was granted stays at the vendor; its real ends are being written now."
        }
        (DisconnectWith::Leave, Ends::ByHand) => {
            "Disconnecting. Whoever is in stays in until somebody takes them out at the vendor."
        }
        (DisconnectWith::RunOut, Ends::Alone { .. }) => "Disconnecting. What was granted ends at the vendor by itself.",
        (DisconnectWith::RunOut, Ends::ByHand) => {
            "Nobody new gets in from now on. Leave this server running: it takes everybody out when their window ends, then disconnects."
        }
        (DisconnectWith::Revoke, _) => {
            "Disconnecting. What we granted is being taken away now; it stands under Rounds."
        }
    }
}
