//! What the digital key's screens say (P-32): to the member, with the phone in the hand.
//!
//! Always: what is so first, then what to do; each state has one screen, and each screen a way on.

use access::vendor::KeyRefusal;

/// One screen's words: a title and a sentence or two.
pub type Words = (&'static str, String);

/// On the Access page: what it is called, before and after it was got.
pub const fn row(linked: bool) -> &'static str {
    if linked { "Digital key" } else { "Get digital key" }
}

/// Below it.
pub fn row_text(place: &str) -> String {
    format!("Your phone opens the readers of {place}, in the installed app")
}

/// Nothing is offered.
pub fn none() -> Words {
    (
        "There is no digital key for you here",
        "Nothing you hold comes with one, or the team gives keys in another way. Doors that open from afar are on the Access page.".into(),
    )
}

/// It comes with the first thing they hold; `from` as "today 13:30".
pub fn not_yet(from: &str, cause: &str) -> Words {
    (
        "Your digital key is not ready yet",
        format!("You can get it from {from}. {cause}. This page changes by itself then."),
    )
}

/// What they held is over.
pub fn ended(since: &str) -> Words {
    (
        "Your access here is over",
        format!(
            "It ended {since}, so a digital key would open nothing. Book a room or a desk, and it is back with your booking."
        ),
    )
}

/// Before the script has looked.
pub fn checking() -> Words {
    ("One moment", "Looking for your key on this phone.".into())
}

/// In a browser's tab.
pub fn install() -> Words {
    (
        "The digital key lives in the installed app",
        "A page in the browser cannot hold it. On an iPhone choose Share, then “Add to Home Screen”; on Android open the browser's menu, \
         then “Install app”. Open the app from your home screen and come back to this page there."
            .into(),
    )
}

/// Installed, but nothing there speaks to locks.
pub fn no_shell() -> Words {
    (
        "This app cannot speak to the readers",
        "Tapping a reader needs the space's own app from the app store, which reaches the locks by Bluetooth. Ask the team where to get it. \
         Doors that open from afar are on the Access page."
            .into(),
    )
}

/// The first step.
pub fn get(vendor: &str, email: &str, place: &str, inside: bool) -> Words {
    let waits = if inside {
        ""
    } else {
        " It opens nothing before your next time begins."
    };
    (
        "Get your digital key",
        format!(
            "With it your phone opens the readers of {place} whenever you may come in.{waits} Sign in at {vendor} once as {email} and allow \
             it there; you come back here by yourself."
        ),
    )
}

/// The link to the vendor.
pub fn go(vendor: &str) -> Words {
    (
        "To your own sign-in",
        format!("{vendor} asks you to sign in and to allow it. You come back here by yourself."),
    )
}

/// Waiting for the vendor.
pub fn activating() -> Words {
    (
        "Activating digital key…",
        "This takes a few seconds. Keep the app open.".into(),
    )
}

/// The same for a key that runs out.
pub fn renewing() -> Words {
    (
        "Renewing your digital key…",
        "The one on this phone has run out, or is about to. Keep the app open.".into(),
    )
}

/// At rest.
pub fn unlock() -> Words {
    (
        "Your phone is a key",
        "Stand at the door, press Unlock, and hold your phone to the reader.".into(),
    )
}

/// The phone asks its owner.
pub fn permission() -> Words {
    (
        "May this app use Bluetooth?",
        "Your phone asks you. The key reaches the lock that way, and only when you press Unlock.".into(),
    )
}

/// Off.
pub fn bluetooth_off() -> Words {
    (
        "Bluetooth is off",
        "Turn it on in your phone's settings, then try again.".into(),
    )
}

/// Denied.
pub fn bluetooth_denied() -> Words {
    (
        "This app may not use Bluetooth",
        "You can allow it in your phone's settings, under this app. Then try again.".into(),
    )
}

/// Waiting for the tap.
pub fn ready() -> Words {
    ("Ready to unlock.", "Tap your phone on the lock reader.".into())
}

/// The signal is out.
pub fn sent() -> Words {
    ("Signal sent.", "Try opening the door.".into())
}

/// The lock said no.
pub fn red() -> Words {
    ("Red light.", "The lock did not let you in.".into())
}

/// No lock was near.
pub fn silent() -> Words {
    (
        "No lock answered",
        "Hold the phone close to the reader, with its back towards it. Some handles wake up when you touch them."
            .into(),
    )
}

/// Anything may have happened.
pub fn unknown() -> Words {
    (
        "Nobody can say what the lock did",
        "The connection broke off in the middle. Try the door; if it is shut, try again.".into(),
    )
}

/// The phone's own part failed.
pub fn phone() -> Words {
    (
        "The phone's own key store did not answer",
        "Close the app, open it again, and try once more. If this stays so, tell the team.".into(),
    )
}

/// No network.
pub fn offline() -> Words {
    (
        "There is no connection",
        "Your key could not be fetched. Look whether your phone is online, then try again.".into(),
    )
}

/// The vendor's page was left without allowing it.
pub fn consent_refused(vendor: &str) -> Words {
    (
        "You did not allow it",
        format!("So {vendor} gave out no key, and nothing was kept. You can begin again at any time."),
    )
}

/// The vendor sent something else back.
pub fn sent_back(vendor: &str) -> Words {
    (
        "That did not work out",
        format!(
            "{vendor} sent you back without a key. Begin again; if it stays so, tell the team: the way back to us may not be registered there."
        ),
    )
}

/// What came back did not begin here, or too long ago.
pub fn not_this_trip() -> Words {
    (
        "This sign-in is over",
        "It did not begin in this app, or it began more than a quarter of an hour ago. Nothing was kept; begin again."
            .into(),
    )
}

/// Why there is no key.
pub fn refusal(why: KeyRefusal, vendor: &str, email: &str) -> Words {
    match why {
        KeyRefusal::NotOffered => (
            "There is no digital key for you now",
            "What you hold here has changed meanwhile. The Access page says what opens for you.".into(),
        ),
        KeyRefusal::NotConnected => (
            "The doors are not connected just now",
            format!(
                "The team has to connect {vendor} again; they see it on their page. A key that is on your phone already goes on working."
            ),
        ),
        KeyRefusal::NotLinked => (
            "You have not signed in there yet",
            format!("{vendor} gives a key to you alone. Sign in there once and allow it."),
        ),
        KeyRefusal::ConsentOver => (
            "That took a little too long",
            format!("What {vendor} handed over works once and for a few minutes. Nothing was kept; begin again."),
        ),
        KeyRefusal::ClientRefused => (
            "This space cannot give out keys yet",
            format!(
                "{vendor} does not let our server sign members in. The team has to ask {vendor} to allow it; tell them, please."
            ),
        ),
        KeyRefusal::OtherAccount => (
            "That was somebody else's account",
            format!("A key follows its owner, so it has to be yours. Begin again, and sign in at {vendor} as {email}."),
        ),
        KeyRefusal::LoginOver => (
            "Your sign-in there is over",
            format!(
                "You took it back at {vendor}, or your password there has changed. Sign in once more, and your key is back."
            ),
        ),
        KeyRefusal::NoSeatOrRole => (
            "You have no place for a key yet",
            format!(
                "{vendor} knows you, but without a seat or without the right to a digital key. The team can give you both; ask them."
            ),
        ),
        KeyRefusal::PhoneTaken => (
            "This phone is somebody else's key",
            "It was registered for another person. Install the app anew on this phone, then try again.".into(),
        ),
        KeyRefusal::PhoneKey => (
            "This phone makes keys that do not fit",
            "Update the app, then try again. If this stays so, tell the team.".into(),
        ),
        KeyRefusal::Busy => (
            "Another phone of yours is being activated",
            "Wait a few seconds, then try again. After something went wrong in the middle it can take five minutes."
                .into(),
        ),
        KeyRefusal::TooMany => (
            "Too many people get keys just now",
            "Wait a minute, then try again.".into(),
        ),
        KeyRefusal::Down => (
            "The lock system does not answer",
            format!("{vendor} cannot be reached at the moment. Try again in a minute; nothing is lost."),
        ),
        KeyRefusal::VendorError => (
            "That did not work out",
            format!("{vendor} answered with an error. Try again; if it stays so, tell the team."),
        ),
    }
}

/// After a red light: doors that do open now, and perhaps that their access is still on its way.
pub fn opens_now(doors: &str, on_its_way: bool) -> String {
    let way = if on_its_way {
        " It may still be on its way to the doors; that takes up to a minute."
    } else {
        ""
    };
    format!("These open for you now: {doors}. Others stay shut.{way}")
}

/// After a red light, when nothing opens and nothing is to come.
pub const fn opens_nothing() -> &'static str {
    "Nothing you hold opens a door here now."
}

/// Before a key is removed.
pub fn removing(vendor: &str) -> String {
    format!(
        "We forget your sign-in at {vendor}, and renew its key no more; the one on this phone works for up to a month. What you may open stays as it is; you can get a key again at any time."
    )
}

/// After it.
pub const REMOVED: &str = "Your sign-in is forgotten. The key on this phone is renewed no more.";
