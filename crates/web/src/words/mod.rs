//! Every sentence shown to people, as plain functions.
//!
//! In: closed enums and names. Out: English sentences. Another language would be another module beside these.
//! Why so: one place to read what the product says, and the compiler tells which sentence is missing.
//! Always: says what is so and what to do about it; vendor names arrive as data; no HTML here.

use access::may::Denial;

pub mod booking;
pub mod booking_mail;
pub mod connecting;
pub mod dates;
pub mod digital_key;
pub mod findings;
pub mod gateways;
pub mod mail;
pub mod names;
pub mod opening;
pub mod reasons;
pub mod validation;

/// "a", "a or b", "a, b or c".
pub fn list_or(parts: impl IntoIterator<Item = String>) -> String {
    join(parts, "or")
}

/// When losing a door takes effect, as its vendor's row says it: "At Kiosk Locks: at once."
pub fn effect_at(vendor: &str, effective: &str) -> String {
    format!("At {vendor}: {effective}")
}

/// "a", "a and b", "a, b and c".
pub fn list_and(parts: impl IntoIterator<Item = String>) -> String {
    join(parts, "and")
}

fn join(parts: impl IntoIterator<Item = String>, word: &str) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// Why somebody may not do something, to themselves.
pub const fn denied(denial: Denial) -> &'static str {
    match denial {
        Denial::SignInFirst => "Sign in to go on.",
        Denial::Suspended => {
            "Your access is suspended at the moment, so nothing can be changed or opened. Please speak to the team."
        }
        Denial::NotYours => "This belongs to somebody else.",
        Denial::NoPerson => "Your login belongs to no person of this space, so it has nothing of its own here.",
        Denial::StaffOnly => "This is for the team that runs the space.",
        Denial::OtherArea => "Your role does not include this area. The owner can add it.",
        Denial::OtherLocation => "Your role does not include this location. The owner can add it.",
        Denial::OwnerOnly => "This is for the owner, signed in in person.",
    }
}

/// "1 person", "3 people".
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}
