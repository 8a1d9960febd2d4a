//! The mail server, as one value that sends.
//!
//! In: an address like `smtp://host:25` or `smtps://user:password@host`, and the sender. Out: mails on their way.
//! Always: a mail's id becomes its `Message-ID`, so that a mail sent twice after an unknown outcome is recognised as one.

use lettre::message::{Mailbox, MultiPart, header};
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
        let never = |why: String| Undelivered::Never(why);
        let to: Mailbox = letter
            .to
            .parse()
            .map_err(|why| never(format!("“{}” is no address: {why}", letter.to)))?;
        let message = Message::builder()
            .message_id(Some(format!("<{}@vestibule>", letter.id)))
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject);
        let built = match letter.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(
                letter.text.to_owned(),
                html.to_owned(),
            )),
            None => message
                .header(header::ContentType::TEXT_PLAIN)
                .body(letter.text.to_owned()),
        };
        let message = built.map_err(|why| never(why.to_string()))?;
        match self.server.send(message).await {
            Ok(_) => Ok(()),
            Err(why) if why.is_permanent() => Err(Undelivered::Never(why.to_string())),
            Err(why) => Err(Undelivered::NotYet(why.to_string())),
        }
    }
}
