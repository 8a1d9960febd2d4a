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

/// The choices of disconnecting (P-37), each with what it means.
pub const fn disconnect(with: DisconnectWith) -> (&'static str, &'static str) {
    match with {
        DisconnectWith::Leave => (
            "Leave what was granted",
            "Everybody keeps what they have at the vendor: what has an end ends then, what has none stays until somebody removes it there. \
             We write these ends now, and nothing after that.",
        ),
        DisconnectWith::RunOut => (
            "Let it run out",
            "Windows that have an end run to it; nothing is renewed. Open-ended access ends within two weeks.",
        ),
        DisconnectWith::Revoke => (
            "Take away all that we made",
            "Every grant we made is taken away at the vendor, one by one. What others made there stays.",
        ),
    }
}
