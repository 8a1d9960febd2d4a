//! The simulated mail server: a real SMTP server that delivers into an inbox everybody can read.
//!
//! Mail goes in by SMTP ([`smtp`]), out by a page and JSON ([`inbox`]) or by [`MailSim::messages_to`]. Waiting for a
//! mail is waiting for its arrival, not for time. Nothing ever leaves for a real recipient.

mod inbox;
mod smtp;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mail_parser::{MessageParser, MimeHeaders};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::SimClock;

/// Mails kept; older ones fall off.
const KEPT: usize = 10_000;

/// One delivered mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Counts from 1 in order of arrival.
    pub id: u64,
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Decoded; empty when there is none.
    pub subject: String,
    /// The plain text, or what is left of the HTML without its tags.
    pub text: String,
    /// The HTML, when the mail has any.
    pub html: Option<String>,
    /// The calendar entry, when it carries one.
    pub calendar: Option<String>,
    /// Arrival, unix ms on the simulator's clock.
    pub at_ms: i64,
}

/// What goes wrong with mail, until it is set differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailFaults {
    /// Connections are closed before a greeting.
    pub refuse_connections: bool,
    /// Every message is answered with 451: try again later.
    pub temporary: bool,
    /// Recipients that are refused with 550; `*` is everybody.
    pub refuse_recipients: Vec<String>,
}

/// A running simulated mail server. Clones are handles to the same one; it ends with the last of them.
#[derive(Clone)]
pub struct MailSim {
    shared: Arc<Shared>,
    running: Arc<Running>,
}

pub(crate) struct Shared {
    clock: SimClock,
    inbox: Mutex<Inbox>,
    /// The number of mails that ever arrived; changes wake whoever waits.
    arrived: watch::Sender<u64>,
}

#[derive(Default)]
struct Inbox {
    mails: VecDeque<Mail>,
    last_id: u64,
    faults: MailFaults,
}

struct Running {
    smtp: SocketAddr,
    http: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl MailSim {
    /// Starts both servers; port 0 takes a free one.
    pub async fn start(clock: SimClock, smtp: SocketAddr, http: SocketAddr) -> io::Result<MailSim> {
        let (smtp, http) = (TcpListener::bind(smtp).await?, TcpListener::bind(http).await?);
        let (smtp_addr, http_addr) = (smtp.local_addr()?, http.local_addr()?);
        let shared = Arc::new(Shared {
            clock,
            inbox: Mutex::default(),
            arrived: watch::Sender::new(0),
        });
        let router = inbox::router(shared.clone());
        let reading = tokio::spawn(async move {
            if let Err(error) = axum::serve(http, router).await {
                tracing::error!(%error, "the inbox page stopped serving");
            }
        });
        let receiving = tokio::spawn(smtp::serve(smtp, shared.clone()));
        let running = Arc::new(Running {
            smtp: smtp_addr,
            http: http_addr,
            tasks: vec![reading, receiving],
        });
        Ok(MailSim { shared, running })
    }

    /// Where to send mail: plain SMTP without TLS or authentication.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.running.smtp
    }

    /// The inbox page, `http://127.0.0.1:<port>` without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.http)
    }

    /// Every mail to a recipient, oldest first; addresses are compared without case.
    pub fn messages_to(&self, email: &str) -> Vec<Mail> {
        self.shared.messages_to(email)
    }

    /// Every mail, oldest first.
    pub fn messages(&self) -> Vec<Mail> {
        self.shared.inbox().mails.iter().cloned().collect()
    }

    /// Waits until more than `after_count` mails have reached a recipient and returns the first of the new ones;
    /// `None` when `timeout` (real time) passes before.
    pub async fn wait_for_mail(&self, email: &str, after_count: usize, timeout: Duration) -> Option<Mail> {
        let mut arrived = self.shared.arrived.subscribe();
        let arrival = async {
            loop {
                arrived.mark_unchanged();
                if let Some(mail) = self.messages_to(email).into_iter().nth(after_count) {
                    return Some(mail);
                }
                // The sender lives in `self`, so this ends only with an arrival.
                arrived.changed().await.ok()?;
            }
        };
        tokio::time::timeout(timeout, arrival).await.ok().flatten()
    }

    /// Forgets every mail.
    pub fn clear(&self) {
        self.shared.inbox().mails.clear();
    }

    /// What goes wrong now.
    pub fn faults(&self) -> MailFaults {
        self.shared.inbox().faults.clone()
    }

    /// Lets something else go wrong from now on.
    pub fn set_faults(&self, change: impl FnOnce(&mut MailFaults)) {
        change(&mut self.shared.inbox().faults);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Shared {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MailFaults {
        self.inbox().faults.clone()
    }

    fn messages_to(&self, email: &str) -> Vec<Mail> {
        let wanted = |mail: &&Mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(email.trim()));
        self.inbox().mails.iter().filter(wanted).cloned().collect()
    }

    /// Takes a message apart and keeps it.
    fn deliver(&self, from: String, to: Vec<String>, raw: &[u8]) {
        let message = MessageParser::default().parse(raw).unwrap_or_default();
        let calendar = message
            .parts
            .iter()
            .find(|part| part.is_content_type("text", "calendar"));
        let calendar = calendar.and_then(|part| part.text_contents()).map(str::to_owned);
        let has_html = message.html_bodies().any(|part| part.is_text_html());
        {
            let mut inbox = self.inbox();
            inbox.last_id += 1;
            let mail = Mail {
                id: inbox.last_id,
                from,
                to,
                subject: message.subject().unwrap_or_default().to_owned(),
                text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
                html: if has_html {
                    message.body_html(0).map(|html| html.into_owned())
                } else {
                    None
                },
                calendar,
                at_ms: self.clock.now_ms(),
            };
            if inbox.mails.len() >= KEPT {
                inbox.mails.pop_front();
            }
            inbox.mails.push_back(mail);
        }
        self.arrived.send_modify(|count| *count += 1);
    }
}
