//! The mails about bookings: what, when, where, with whom, and how the doors open (P-6, P-12).
//!
//! In: what is told, and the booking in words. Out: subject and plain text.
//! Always: a mail is read later, so days are named with their year and times with their zone; never "today".

use access::{Instant, Window};
use jiff::tz::TimeZone;

use super::{dates, list_and};
use crate::book::notice::Notice;

/// The booking, as a mail to one person says it.
#[derive(Clone, Debug, Default)]
pub struct About<'a> {
    /// The brand.
    pub network: &'a str,
    /// Who reads it.
    pub to: &'a str,
    /// Who booked.
    pub booker: &'a str,
    /// Who else comes.
    pub with: Vec<String>,
    /// What is booked.
    pub thing: &'a str,
    /// What for; may be empty.
    pub title: &'a str,
    /// When, from [`when`].
    pub when: String,
    /// The same in short, for subjects, from [`when_briefly`].
    pub when_briefly: String,
    /// Where it stands: name and address.
    pub place: String,
    /// What and when it was before it moved; may be empty.
    pub before: String,
    /// What the resource tells its bookers; may be empty.
    pub confirmation: &'a str,
    /// From when until when its doors open; empty when it opens none.
    pub doors: String,
    /// The page that opens doors, where we know how people reach us.
    pub access_url: Option<String>,
    /// The booking's own page, where we know how people reach us.
    pub booking_url: Option<String>,
}

/// Subject and text.
pub fn letter(notice: Notice, about: &About<'_>) -> (String, String) {
    let About {
        thing,
        booker,
        when_briefly: briefly,
        ..
    } = about;
    let (subject, first) = match notice {
        Notice::Waits => (
            format!("Asked for: {thing}, {briefly}"),
            format!(
                "{thing} is asked for. The team has to approve it; you get another mail when they have decided. Until then it opens no door."
            ),
        ),
        Notice::Booked => (
            format!("Booked: {thing}, {briefly}"),
            format!("{thing} is booked for you."),
        ),
        Notice::Invited => (
            format!("{booker} invites you: {thing}, {briefly}"),
            format!("{booker} invites you to {thing}."),
        ),
        Notice::Moved => (
            format!("Moved: {thing}, {briefly}"),
            format!("The booking of {thing} was changed. This is how it stands now."),
        ),
        Notice::OnHold => (
            format!("On hold: {thing}, {briefly}"),
            format!(
                "{booker} moved the booking of {thing}, and the team has to approve the new time. Until then it opens no door. You get another invitation once it is confirmed."
            ),
        ),
        Notice::Cancelled => (
            format!("Cancelled: {thing}, {briefly}"),
            format!("The booking of {thing} is cancelled. It opens no door any more."),
        ),
        Notice::Declined => (
            format!("Not approved: {thing}, {briefly}"),
            format!("The team did not approve {thing} for this time. Book another time, or ask them."),
        ),
        Notice::Uninvited => (
            format!("No longer invited: {thing}, {briefly}"),
            format!("You are no longer invited to {thing}, and it opens no door for you any more."),
        ),
    };
    let mut parts = vec![format!("Hello {},", about.to), first, facts(notice, about)];
    if takes_place(notice) {
        parts.extend(Some(about.confirmation.trim().to_owned()).filter(|text| !text.is_empty()));
        parts.extend(entering(about));
    }
    if !matches!(notice, Notice::Uninvited | Notice::OnHold) {
        parts.extend(about.booking_url.as_ref().map(|url| format!("The booking: {url}")));
    }
    parts.push(format!("{}\n", about.network));
    (subject, parts.join("\n\n"))
}

const fn takes_place(notice: Notice) -> bool {
    match notice {
        Notice::Booked | Notice::Invited | Notice::Moved => true,
        Notice::Waits | Notice::OnHold | Notice::Cancelled | Notice::Declined | Notice::Uninvited => false,
    }
}

fn facts(notice: Notice, about: &About<'_>) -> String {
    let what = if about.title.is_empty() {
        about.thing.to_owned()
    } else {
        format!("{} – {}", about.thing, about.title)
    };
    let mut lines = vec![
        format!("What:  {what}"),
        format!("When:  {}", about.when),
        format!("Where: {}", about.place),
    ];
    if takes_place(notice) && !about.with.is_empty() {
        lines.push(format!("With:  {}", people(&about.with)));
    }
    if notice == Notice::Moved && !about.before.is_empty() {
        lines.push(format!("It was: {}", about.before));
    }
    lines.join("\n")
}

/// How to come in (P-12).
fn entering(about: &About<'_>) -> Option<String> {
    if about.doors.is_empty() {
        return None;
    }
    let page = about.access_url.as_ref().map_or_else(
        || format!("the Access page of {}.", about.network),
        |url| format!("the Access page:\n{url}"),
    );
    Some(format!(
        "How to come in\nDoors open for you {}, on {page}\nSign in there with the address this mail came to; a code is sent to it, no password is needed.",
        about.doors
    ))
}

/// "Ada and Jonas"; of many, the first and how many more.
fn people(names: &[String]) -> String {
    const NAMED: usize = 10;
    if names.len() <= NAMED {
        return list_and(names.iter().cloned());
    }
    let more = format!("{} more", names.len() - NAMED);
    list_and(names[..NAMED].iter().cloned().chain([more]))
}

/// "Tuesday 10 March 2026, 12:00–16:00 (Berlin time)".
pub fn when(window: Window, zone: &str) -> String {
    let tz = dates::zone(zone);
    let day = |at: Instant| dates::local(at, &tz).strftime("%A %-d %B %Y").to_string();
    let (from, until) = (dates::time(window.from, &tz), dates::time(window.until, &tz));
    let zone = dates::zone_words(zone);
    let (first, last) = (day(window.from), day(window.until));
    if first == last {
        format!("{first}, {from}–{until} ({zone})")
    } else {
        format!("{first} {from} – {last} {until} ({zone})")
    }
}

/// "Tue 10 March 12:00", for subjects.
pub fn when_briefly(window: Window, zone: &TimeZone) -> String {
    dates::local(window.from, zone).strftime("%a %-d %B %H:%M").to_string()
}

/// "from 11:30 until 16:30", the days named where they differ.
pub fn doors(window: Window, zone: &TimeZone) -> String {
    let (from, until) = (dates::local(window.from, zone), dates::local(window.until, zone));
    let how = if from.date() == until.date() {
        "%H:%M"
    } else {
        "%a %-d %B %H:%M"
    };
    format!("from {} until {}", from.strftime(how), until.strftime(how))
}

/// "Ada gets a mail.", for the page after a change; nothing when nobody does.
pub fn told(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] if one == "You" => "You get a mail.".to_owned(),
        [one] => format!("{one} gets a mail."),
        [_, _] | [_, _, _] => format!("{} get a mail.", list_and(names.iter().cloned())),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more get a mail.", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, until: &str) -> Window {
        Window::new(from.parse().unwrap(), until.parse().unwrap()).unwrap()
    }

    fn about() -> About<'static> {
        About {
            network: "Harbor Works",
            to: "Jonas",
            booker: "Ada Lovelace",
            with: vec!["Ada Lovelace".into(), "Greta".into()],
            thing: "Room Lagoon",
            title: "Planning",
            when: when(window("2026-03-10T11:00:00Z", "2026-03-10T15:00:00Z"), "Europe/Berlin"),
            when_briefly: "Tue 10 March 12:00".into(),
            place: "Pier 3, 3 Pier Road".into(),
            before: String::new(),
            confirmation: "Ring at the green door.",
            doors: "from 11:30 until 16:30".into(),
            access_url: Some("https://doors.example.org/access".into()),
            booking_url: Some("https://doors.example.org/bookings/boo_1".into()),
        }
    }

    #[test]
    fn an_invitation_says_who_what_when_where_and_how_to_come_in() {
        let (subject, text) = letter(Notice::Invited, &about());
        assert_eq!(subject, "Ada Lovelace invites you: Room Lagoon, Tue 10 March 12:00");
        let expected = "Hello Jonas,\n\n\
            Ada Lovelace invites you to Room Lagoon.\n\n\
            What:  Room Lagoon – Planning\n\
            When:  Tuesday 10 March 2026, 12:00–16:00 (Berlin time)\n\
            Where: Pier 3, 3 Pier Road\n\
            With:  Ada Lovelace and Greta\n\n\
            Ring at the green door.\n\n\
            How to come in\n\
            Doors open for you from 11:30 until 16:30, on the Access page:\n\
            https://doors.example.org/access\n\
            Sign in there with the address this mail came to; a code is sent to it, no password is needed.\n\n\
            The booking: https://doors.example.org/bookings/boo_1\n\n\
            Harbor Works\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_does_not_take_place_tells_no_way_in() {
        for notice in [
            Notice::Waits,
            Notice::OnHold,
            Notice::Cancelled,
            Notice::Declined,
            Notice::Uninvited,
        ] {
            let (_, text) = letter(notice, &about());
            assert!(
                !text.contains("How to come in") && !text.contains("green door"),
                "{text}"
            );
        }
    }

    #[test]
    fn without_an_address_of_ours_no_link_is_made_up() {
        let about = About {
            access_url: None,
            booking_url: None,
            ..about()
        };
        let (_, text) = letter(Notice::Booked, &about);
        assert!(!text.contains("http"), "{text}");
        assert!(text.contains("on the Access page of Harbor Works"));
    }

    #[test]
    fn a_night_names_both_days() {
        let night = window("2026-03-10T21:00:00Z", "2026-03-11T00:00:00Z");
        assert_eq!(
            when(night, "Europe/Berlin"),
            "Tuesday 10 March 2026 22:00 – Wednesday 11 March 2026 01:00 (Berlin time)"
        );
        assert_eq!(
            doors(night, &dates::zone("Europe/Berlin")),
            "from Tue 10 March 22:00 until Wed 11 March 01:00"
        );
    }

    #[test]
    fn who_gets_a_mail_is_said_in_few_words() {
        let names = |count: usize| ["Ada", "Bo", "Cy", "Di"].map(str::to_owned)[..count].to_vec();
        assert_eq!(told(&names(0)), "");
        assert_eq!(told(&names(1)), "Ada gets a mail.");
        assert_eq!(told(&["You".to_owned()]), "You get a mail.");
        assert_eq!(told(&names(3)), "Ada, Bo and Cy get a mail.");
        assert_eq!(told(&names(4)), "Ada, Bo and 2 more get a mail.");
    }
}
