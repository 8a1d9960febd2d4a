//! The mail server, as one value that sends.
//!
//! In: an address like `smtp://host:25` or `smtps://user:password@host`, and the sender. Out: mails on their way.
//! Always: a mail's id becomes its `Message-ID`, so that a mail sent twice after an unknown outcome is recognised as one.

use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart, header};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// Sends mails through one server.
#[derive(Clone)]
pub struct Post {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What one mail says.
pub struct Letter<'a> {
    /// Our id of it.
    pub id: &'a str,
    /// To whom.
    pub to: &'a str,
    /// Its subject.
    pub subject: &'a str,
    /// As plain text.
    pub text: &'a str,
    /// As HTML, if it has a second form.
    pub html: Option<&'a str>,
    /// A calendar entry that goes with it.
    pub calendar: Option<&'a str>,
}

/// Why a mail did not go.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// It can never go as it is.
    #[error("the mail cannot be sent: {0}")]
    Never(String),
    /// It may go later.
    #[error("the mail could not be sent yet: {0}")]
    NotYet(String),
}

impl Post {
    /// A server and a sender; nothing is connected yet.
    ///
    /// # Errors
    /// A sentence about what is wrong with the address or the sender.
    pub fn new(address: &str, from: &str) -> Result<Self, String> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(address)
            .map_err(|why| format!("“{address}” is no mail server address: {why}. It reads smtp://host:25 or smtps://user:password@host."))?
            .build();
        let from = from
            .parse()
            .map_err(|why| format!("“{from}” is no sender: {why}. It reads Name <name@example.org>."))?;
        Ok(Self { server, from })
    }

    /// Does the server answer?
    ///
    /// # Errors
    /// What it said instead.
    pub async fn check(&self) -> Result<(), String> {
        match self.server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer as one".to_owned()),
            Err(why) => Err(format!("the mail server cannot be reached: {why}")),
        }
    }

    /// Sends one.
    ///
    /// # Errors
    /// [`Undelivered`], which says whether trying again makes sense.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), Undelivered> {
        let message = message(&self.from, letter).map_err(Undelivered::Never)?;
        match self.server.send(message).await {
            Ok(_) => Ok(()),
            Err(why) if why.is_permanent() => Err(Undelivered::Never(why.to_string())),
            Err(why) => Err(Undelivered::NotYet(why.to_string())),
        }
    }
}

/// The mail as it goes over the wire. A calendar entry is a part of its own beside the text, as calendars expect it (RFC 6047).
fn message(from: &Mailbox, letter: &Letter<'_>) -> Result<Message, String> {
    let to: Mailbox = letter
        .to
        .parse()
        .map_err(|why| format!("“{}” is no address: {why}", letter.to))?;
    let message = Message::builder()
        .message_id(Some(format!("<{}@vestibule>", letter.id)))
        .from(from.clone())
        .to(to)
        .subject(letter.subject);
    let text = letter.text.to_owned();
    let built = match (letter.html, letter.calendar) {
        (None, None) => message.header(header::ContentType::TEXT_PLAIN).body(text),
        (Some(html), None) => message.multipart(MultiPart::alternative_plain_html(text, html.to_owned())),
        (None, Some(entry)) => message.multipart(
            MultiPart::mixed()
                .singlepart(SinglePart::plain(text))
                .singlepart(calendar(entry)?),
        ),
        (Some(html), Some(entry)) => message.multipart(
            MultiPart::mixed()
                .multipart(MultiPart::alternative_plain_html(text, html.to_owned()))
                .singlepart(calendar(entry)?),
        ),
    };
    built.map_err(|why| why.to_string())
}

/// The part says what the entry says is to be done with it; calendars look at both.
fn calendar(entry: &str) -> Result<SinglePart, String> {
    let method = entry.lines().find_map(|line| line.strip_prefix("METHOD:"));
    let kind = format!("text/calendar; charset=utf-8; method={}", method.unwrap_or("PUBLISH"));
    let kind = header::ContentType::parse(&kind).map_err(|why| format!("“{kind}” is no type of content: {why}"))?;
    Ok(Attachment::new("booking.ics".to_owned()).body(entry.to_owned(), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(calendar: Option<&str>, html: Option<&str>) -> String {
        let letter = Letter {
            id: "mai_1",
            to: "ada@x.example",
            subject: "Booked",
            text: "Hello Ada",
            html,
            calendar,
        };
        let from = "Harbor Works <doors@harbor.example>".parse().expect("a sender");
        String::from_utf8(message(&from, &letter).expect("a mail").formatted()).expect("mails are ASCII")
    }

    #[test]
    fn a_calendar_entry_is_a_part_of_its_own_and_says_its_method() {
        let entry = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
        for html in [None, Some("<b>Hello</b>")] {
            let wire = wire(Some(entry), html);
            assert!(wire.contains("multipart/mixed"), "{wire}");
            assert!(wire.contains("text/calendar; charset=utf-8; method=REQUEST"), "{wire}");
            assert!(wire.contains("filename=\"booking.ics\""), "{wire}");
            assert!(
                wire.contains("METHOD:REQUEST\r\n") && wire.contains("Hello Ada"),
                "{wire}"
            );
        }
        assert!(!wire(None, None).contains("multipart"));
    }
}
