//! A booking as a calendar entry: iCalendar text (RFC 5545) with the method of RFC 5546.
//!
//! In: what, when, where, with whom, and what is to become of it. Out: the text of a `text/calendar` part.
//! Why so: people live by their calendars; one entry a booking, by a UID that stays, moved and removed by the version that counts
//! up. Always: lines end in CRLF and are folded at 75 octets, texts are escaped, times are UTC, so that no zone's rules are sent.

use std::fmt::Write;

use access::{Instant, Window};

/// What a calendar is to do with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Show it to who booked.
    Publish,
    /// Ask an invitee.
    Request,
    /// Take it out.
    Cancel,
}

/// Somebody by name and address.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

/// The entry.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What is to be done with it.
    pub method: Method,
    /// The same for every mail about one booking.
    pub uid: &'a str,
    /// Counts up with every change.
    pub sequence: i64,
    /// Written when.
    pub now: Instant,
    /// From start to end.
    pub window: Window,
    /// Is it not certain yet?
    pub tentative: bool,
    /// What.
    pub summary: &'a str,
    /// Where.
    pub location: &'a str,
    /// More of it.
    pub description: &'a str,
    /// Its page, where we know how people reach us.
    pub url: Option<&'a str>,
    /// Who booked.
    pub organizer: Party<'a>,
    /// Who is asked, unless it is who booked.
    pub attendee: Option<Party<'a>>,
}

/// The text of the entry.
pub fn text(entry: &Entry<'_>) -> String {
    let (method, status) = match entry.method {
        Method::Cancel => ("CANCEL", "CANCELLED"),
        Method::Publish if entry.tentative => ("PUBLISH", "TENTATIVE"),
        Method::Request if entry.tentative => ("REQUEST", "TENTATIVE"),
        Method::Publish => ("PUBLISH", "CONFIRMED"),
        Method::Request => ("REQUEST", "CONFIRMED"),
    };
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "PRODID:-//Vestibule//Bookings//EN".to_owned(),
        "VERSION:2.0".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{method}"),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(entry.uid)),
        format!("SEQUENCE:{}", entry.sequence),
        format!("DTSTAMP:{}", moment(entry.now)),
        format!("DTSTART:{}", moment(entry.window.from)),
        format!("DTEND:{}", moment(entry.window.until)),
        format!("STATUS:{status}"),
        format!("SUMMARY:{}", escaped(entry.summary)),
        format!("LOCATION:{}", escaped(entry.location)),
        format!("DESCRIPTION:{}", escaped(entry.description)),
    ];
    lines.extend(entry.url.map(|url| format!("URL:{url}")));
    lines.push(party("ORGANIZER", "", entry.organizer));
    let asked = ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE";
    lines.extend(entry.attendee.map(|one| party("ATTENDEE", asked, one)));
    lines.push("END:VEVENT".to_owned());
    lines.push("END:VCALENDAR".to_owned());
    let mut text = String::new();
    for line in &lines {
        fold(line, &mut text);
    }
    text
}

/// "20260310T110000Z".
fn moment(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn party(property: &str, more: &str, who: Party<'_>) -> String {
    // A quoted parameter has neither quotes nor controls in it (RFC 5545 3.1).
    let name: String = who
        .name
        .chars()
        .filter(|one| *one != '"' && !one.is_control())
        .collect();
    format!("{property};CN=\"{name}\"{more}:mailto:{}", who.email)
}

/// A text value (RFC 5545 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A line of at most 75 octets, and what does not fit on lines that begin with a space (RFC 5545 3.1); no letter is cut.
fn fold(line: &str, text: &mut String) {
    const MOST: usize = 75;
    let mut used = 0;
    for letter in line.chars() {
        if used + letter.len_utf8() > MOST {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(letter);
        used += letter.len_utf8();
    }
    // Writing into a String cannot fail.
    text.write_str("\r\n").expect("a String takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry<'static> {
        Entry {
            method: Method::Request,
            uid: "boo_1@vestibule",
            sequence: 2,
            now: "2026-03-10T08:00:00Z".parse().unwrap(),
            window: Window::new(
                "2026-03-10T11:00:00Z".parse().unwrap(),
                "2026-03-10T15:00:00Z".parse().unwrap(),
            )
            .unwrap(),
            tentative: false,
            summary: "Room Lagoon; planning, part 2",
            location: "Pier 3, 3 Pier Road",
            description: "Ring twice.\nBring C:\\keys",
            url: None,
            organizer: Party {
                name: "Ada \"the first\"",
                email: "ada@x.example",
            },
            attendee: Some(Party {
                name: "Jonas",
                email: "jonas@x.example",
            }),
        }
    }

    /// Lines as a calendar reads them: unfolded.
    fn lines(text: &str) -> Vec<String> {
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let whole = text.replace("\r\n ", "");
        whole.trim_end().split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_entry_says_when_and_keeps_its_name_over_changes() {
        let lines = lines(&text(&entry()));
        for line in [
            "METHOD:REQUEST",
            "UID:boo_1@vestibule",
            "SEQUENCE:2",
            "DTSTAMP:20260310T080000Z",
            "DTSTART:20260310T110000Z",
            "DTEND:20260310T150000Z",
            "STATUS:CONFIRMED",
            "SUMMARY:Room Lagoon\\; planning\\, part 2",
            "LOCATION:Pier 3\\, 3 Pier Road",
            "DESCRIPTION:Ring twice.\\nBring C:\\\\keys",
            "ORGANIZER;CN=\"Ada the first\":mailto:ada@x.example",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line} in {lines:#?}");
        }
        let cancelled = Entry {
            method: Method::Cancel,
            ..entry()
        };
        let cancelled = text(&cancelled);
        assert!(cancelled.contains("METHOD:CANCEL\r\n") && cancelled.contains("STATUS:CANCELLED\r\n"));
    }

    #[test]
    fn long_lines_are_folded_between_letters() {
        let long = "Grüße aus dem Hafen ".repeat(20);
        let entry = Entry {
            description: &long,
            ..entry()
        };
        let text = text(&entry);
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
        }
        assert!(lines(&text).contains(&format!("DESCRIPTION:{long}")));
    }

    #[test]
    fn nobody_writes_a_line_of_their_own() {
        let entry = Entry {
            summary: "A\r\nATTENDEE:mailto:x@y.example\u{7}",
            ..entry()
        };
        let lines = lines(&text(&entry));
        assert!(lines.contains(&"SUMMARY:A\\nATTENDEE:mailto:x@y.example".to_owned()));
    }
}
