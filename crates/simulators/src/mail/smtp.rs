//! The SMTP side (RFC 5321): EHLO/HELO, MAIL, RCPT, DATA with dot-unstuffing, RSET, NOOP, VRFY, QUIT and SIZE.
//!
//! No TLS and no AUTH are offered. Every line and every message has a bound, and so has the number of connections and
//! the patience with a silent client.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Shared;
use crate::clock::pause;

/// Largest message, announced with SIZE.
const LARGEST_MESSAGE: usize = 5 * 1024 * 1024;
/// Longest line, generously above the 1000 of the standard.
const LONGEST_LINE: u64 = 64 * 1024;
const MOST_RECIPIENTS: usize = 100;
const MOST_CONNECTIONS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    loop {
        while sessions.try_join_next().is_some() {}
        match listener.accept().await {
            // Dropped at once: the client sees a closed connection instead of a greeting.
            Ok(_) if shared.faults().refuse_connections || sessions.len() >= MOST_CONNECTIONS => {}
            Ok((stream, _)) => {
                let shared = shared.clone();
                sessions.spawn(async move {
                    if let Err(error) = Session::new(stream, shared).run().await {
                        tracing::debug!(%error, "a mail client left in the middle");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a mail connection could not be accepted");
                // Out of sockets, most likely: asking again at once would only burn the machine.
                pause(Duration::from_millis(50)).await;
            }
        }
    }
}

/// One client's conversation.
struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    shared: Arc<Shared>,
    from: Option<String>,
    to: Vec<String>,
}

/// Whether the conversation goes on.
enum Then {
    GoOn,
    Leave,
}

impl Session {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Session {
        let (reader, writer) = stream.into_split();
        Session {
            reader: BufReader::new(reader),
            writer,
            shared,
            from: None,
            to: Vec::new(),
        }
    }

    async fn run(mut self) -> io::Result<()> {
        self.say("220 mail.simulated.example ESMTP").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            match self.command(&line).await? {
                Then::GoOn => {}
                Then::Leave => break,
            }
        }
        Ok(())
    }

    async fn command(&mut self, line: &str) -> io::Result<Then> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.reset();
                let size = format!("250-SIZE {LARGEST_MESSAGE}");
                self.say(&format!(
                    "250-mail.simulated.example\r\n{size}\r\n250-8BITMIME\r\n250 SMTPUTF8"
                ))
                .await?;
            }
            "HELO" => {
                self.reset();
                self.say("250 mail.simulated.example").await?;
            }
            "MAIL" => self.mail(rest).await?,
            "RCPT" => self.rcpt(rest).await?,
            "DATA" => self.data().await?,
            "RSET" => {
                self.reset();
                self.say("250 2.0.0 Forgotten").await?;
            }
            "NOOP" => self.say("250 2.0.0 Still here").await?,
            "VRFY" => self.say("252 2.5.0 Send it and see").await?,
            "QUIT" => {
                self.say("221 2.0.0 Goodbye").await?;
                return Ok(Then::Leave);
            }
            _ => self.say("502 5.5.1 This command is not known here").await?,
        }
        Ok(Then::GoOn)
    }

    async fn mail(&mut self, rest: &str) -> io::Result<()> {
        let announced = rest
            .split(' ')
            .find_map(|word| word.strip_prefix("SIZE="))
            .and_then(|size| size.parse().ok());
        match path(rest, "FROM:") {
            _ if self.from.is_some() => self.say("503 5.5.1 A message is already under way").await,
            None => self.say("501 5.5.4 Say MAIL FROM:<address>").await,
            Some(_) if announced.is_some_and(|size: usize| size > LARGEST_MESSAGE) => {
                self.say("552 5.3.4 The message is too large").await
            }
            Some(_) if self.shared.faults().temporary => self.say("451 4.3.0 Try again later").await,
            Some(from) => {
                self.from = Some(from.to_owned());
                self.say("250 2.1.0 Sender accepted").await
            }
        }
    }

    async fn rcpt(&mut self, rest: &str) -> io::Result<()> {
        let refused = self.shared.faults().refuse_recipients;
        match path(rest, "TO:") {
            _ if self.from.is_none() => self.say("503 5.5.1 Say MAIL first").await,
            None | Some("") => self.say("501 5.5.4 Say RCPT TO:<address>").await,
            Some(_) if self.to.len() >= MOST_RECIPIENTS => self.say("452 4.5.3 Too many recipients").await,
            Some(to)
                if refused
                    .iter()
                    .any(|refused| refused == "*" || refused.eq_ignore_ascii_case(to)) =>
            {
                self.say("550 5.1.1 Nobody of that name lives here").await
            }
            Some(to) => {
                self.to.push(to.to_owned());
                self.say("250 2.1.5 Recipient accepted").await
            }
        }
    }

    async fn data(&mut self) -> io::Result<()> {
        if self.to.is_empty() {
            return self.say("503 5.5.1 Say MAIL and RCPT first").await;
        }
        self.say("354 End with a dot on a line of its own").await?;
        let mut message = Vec::new();
        let mut too_large = false;
        loop {
            let Some(line) = self.line().await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if line == b".\r\n" || line == b".\n" {
                break;
            }
            // A line that begins with a dot was sent with one dot more.
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_large |= message.len() + line.len() > LARGEST_MESSAGE;
            if !too_large {
                message.extend_from_slice(line);
            }
        }
        let (from, to) = (self.from.take().unwrap_or_default(), std::mem::take(&mut self.to));
        if too_large {
            return self.say("552 5.3.4 The message is too large").await;
        }
        self.shared.deliver(from, to, &message);
        self.say("250 2.0.0 Delivered").await
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    /// One line with its end, or `None` when the client closed or fell silent.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.reader).take(LONGEST_LINE);
        match tokio::time::timeout(PATIENCE, bounded.read_until(b'\n', &mut line)).await {
            Err(_) | Ok(Ok(0)) => Ok(None),
            Ok(Ok(_)) if line.ends_with(b"\n") => Ok(Some(line)),
            Ok(Ok(_)) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a line is too long or breaks off",
            )),
            Ok(Err(error)) => Err(error),
        }
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(format!("{text}\r\n").as_bytes()).await
    }
}

/// The address in `FROM:<address> …` or `TO:<address>`; `<>` is the empty sender.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<&'a str> {
    let head = rest.get(..keyword.len())?;
    let address = rest[keyword.len()..].trim_start();
    let (address, _) = address.strip_prefix('<')?.split_once('>')?;
    head.eq_ignore_ascii_case(keyword).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn paths_are_read_with_parameters_and_any_case() {
        assert_eq!(path("FROM:<a@example.org> SIZE=12", "FROM:"), Some("a@example.org"));
        assert_eq!(path("from: <a@example.org>", "FROM:"), Some("a@example.org"));
        assert_eq!(path("FROM:<>", "FROM:"), Some(""));
        assert_eq!(path("FROM:a@example.org", "FROM:"), None);
        assert_eq!(path("FR", "FROM:"), None);
    }
}
