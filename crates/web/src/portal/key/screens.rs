//! The screens of the journey, each with its words and its way on.
//!
//! In: where somebody stands. Out: all screens that this page may come to; the script shows one at a time and has no words of its own.
//! Always: a screen's name is what the script and the tests call it; a screen of a refusal is `refused-` and the refusal's word.

use access::digital_key::Offer;
use access::vendor::KeyRefusal;

use super::journey::Journey;
use crate::ctx::Ctx;
use crate::portal::say;
use crate::words::dates;
use crate::words::digital_key::{self as words, Words};

/// One screen.
#[derive(Debug, PartialEq)]
pub(super) struct Screen {
    pub name: String,
    pub icon: &'static str,
    /// open, attention, refused, or quiet at rest.
    pub state: &'static str,
    pub title: &'static str,
    pub says: String,
    pub ways: Vec<Way>,
}

/// A way on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    pub label: &'static str,
    pub to: To,
}

/// Where a way leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum To {
    /// To the vendor, for consent.
    Begin,
    /// Something the script does: `unlock`, `rest`, `start`.
    Script(&'static str),
    /// A page.
    Page(&'static str),
}

impl Way {
    /// The script's word; empty for others.
    pub fn script(&self) -> &'static str {
        match self.to {
            To::Script(word) => word,
            To::Begin | To::Page(_) => "",
        }
    }

    /// How its button looks: going back to rest is nothing to be urged to.
    pub fn kind(&self) -> &'static str {
        match self.to {
            To::Script("rest") => "plain",
            To::Script(_) | To::Begin | To::Page(_) => "primary",
        }
    }

    /// The page; empty for others.
    pub fn page(&self) -> &'static str {
        match self.to {
            To::Page(href) => href,
            To::Begin | To::Script(_) => "",
        }
    }
}

const BACK: Way = way("Back to Access", To::Page("/access"));
const BEGIN_AGAIN: Way = way("Begin again", To::Begin);
const UNLOCK_AGAIN: Way = way("Try again", To::Script("unlock"));
const START_AGAIN: Way = way("Try again", To::Script("start"));

const fn way(label: &'static str, to: To) -> Way {
    Way { label, to }
}

fn screen(name: &str, icon: &'static str, state: &'static str, words: Words, ways: &[Way]) -> Screen {
    let (title, says) = words;
    Screen {
        name: name.to_owned(),
        icon,
        state,
        title,
        says,
        ways: ways.to_vec(),
    }
}

/// The one screen that needs no script, when no key can be had now; `None` when one can.
pub(super) fn standing(journey: &Journey, ctx: &Ctx) -> Option<Screen> {
    let zone = dates::zone(&journey.zone);
    match journey.offer {
        Offer::Offered { .. } => None,
        Offer::Hidden => Some(none()),
        Offer::NotYet { from, source } => {
            let cause = say::cause(&journey.mine.facts, &journey.mine.names, source, &zone);
            let words = words::not_yet(&dates::moment(from, ctx.now, &zone), &cause);
            Some(screen("not-yet", "clock", "scheduled", words, &[BACK]))
        }
        Offer::Ended { since } => {
            let words = words::ended(&dates::moment(since, ctx.now, &zone));
            let book = way("Book a room or a desk", To::Page("/book"));
            Some(screen("ended", "history", "attention", words, &[book, BACK]))
        }
    }
}

/// Nothing is offered anywhere.
pub(super) fn none() -> Screen {
    screen("none", "key-round", "quiet", words::none(), &[BACK])
}

/// What came back from a vendor did not begin here, or too long ago.
pub(super) fn not_this_trip() -> Screen {
    let again = way("Begin again", To::Page("/portal/key"));
    screen(
        "not-this-trip",
        "history",
        "attention",
        words::not_this_trip(),
        &[again, BACK],
    )
}

/// Every screen that the journey may come to while a key is offered, the first one first.
pub(super) fn journey(journey: &Journey, inside: bool) -> Vec<Screen> {
    let (vendor, email, place) = (&*journey.vendor, journey.email(), &*journey.place);
    let get = way("Get digital key", To::Begin);
    let rest = |label| way(label, To::Script("rest"));
    let mut screens = vec![
        screen("checking", "hourglass", "quiet", words::checking(), &[]),
        screen("install", "door-open", "quiet", words::install(), &[BACK]),
        screen("no-shell", "unplug", "attention", words::no_shell(), &[BACK]),
        screen(
            "get",
            "key-round",
            "quiet",
            words::get(vendor, email, place, inside),
            &[get],
        ),
        screen("activating", "key-round", "busy", words::activating(), &[]),
        screen("renewing", "refresh-cw", "busy", words::renewing(), &[]),
        screen(
            "unlock",
            "key-round",
            "quiet",
            words::unlock(),
            &[way("Unlock", To::Script("unlock"))],
        ),
        screen("permission", "radio", "busy", words::permission(), &[]),
        screen(
            "bluetooth-off",
            "radio",
            "attention",
            words::bluetooth_off(),
            &[UNLOCK_AGAIN],
        ),
        screen(
            "bluetooth-denied",
            "ban",
            "attention",
            words::bluetooth_denied(),
            &[UNLOCK_AGAIN],
        ),
        screen("ready", "radio", "busy", words::ready(), &[rest("Cancel")]),
        screen("sent", "circle-check", "open", words::sent(), &[rest("Done")]),
        screen("red", "circle-x", "refused", words::red(), &[UNLOCK_AGAIN, BACK]),
        screen(
            "silent",
            "circle-question-mark",
            "attention",
            words::silent(),
            &[UNLOCK_AGAIN],
        ),
        screen(
            "unknown",
            "circle-question-mark",
            "attention",
            words::unknown(),
            &[UNLOCK_AGAIN],
        ),
        screen("phone", "wrench", "attention", words::phone(), &[START_AGAIN]),
        screen("offline", "wifi-off", "attention", words::offline(), &[START_AGAIN]),
        screen(
            "consent-refused",
            "ban",
            "attention",
            words::consent_refused(vendor),
            &[BEGIN_AGAIN, BACK],
        ),
        screen(
            "sent-back",
            "undo-2",
            "attention",
            words::sent_back(vendor),
            &[BEGIN_AGAIN, BACK],
        ),
    ];
    screens.extend(KeyRefusal::ALL.map(|why| {
        let words = words::refusal(why, vendor, email);
        let (icon, state, ways) = look(why);
        screen(&refused(why), icon, state, words, ways)
    }));
    screens
}

/// How a refusal looks, and what to do about it.
fn look(why: KeyRefusal) -> (&'static str, &'static str, &'static [Way]) {
    match why {
        KeyRefusal::NotLinked | KeyRefusal::LoginOver => ("key-round", "attention", &[SIGN_IN]),
        KeyRefusal::ConsentOver | KeyRefusal::OtherAccount => ("undo-2", "attention", &[BEGIN_AGAIN, BACK]),
        KeyRefusal::NoSeatOrRole | KeyRefusal::PhoneTaken | KeyRefusal::PhoneKey => {
            ("circle-x", "refused", &[START_AGAIN, BACK])
        }
        KeyRefusal::NotOffered | KeyRefusal::NotConnected | KeyRefusal::ClientRefused => {
            ("unplug", "attention", &[BACK])
        }
        KeyRefusal::Busy | KeyRefusal::TooMany => ("hourglass", "attention", &[START_AGAIN]),
        KeyRefusal::Down | KeyRefusal::VendorError => ("triangle-alert", "attention", &[START_AGAIN, BACK]),
    }
}

const SIGN_IN: Way = way("Sign in again", To::Begin);

/// The word of a refusal, as the script gets it.
pub(super) fn code(why: KeyRefusal) -> String {
    match serde_json::to_value(why) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a refusal is one word: {other:?}"),
    }
}

/// The name of a refusal's screen.
pub(super) fn refused(why: KeyRefusal) -> String {
    format!("refused-{}", code(why))
}
