//! What happens at the doors, told while it happens (§5.15): SignalR over a WebSocket, in its JSON protocol.
//!
//! In: the site and the login. Out: the same events as a reading of the access log gives, one by one, until the connection ends.
//! Why so: the stream is quick and may lose entries, the log is late and whole; so nothing here is counted on, and whoever listens
//! reads the log after each beginning.
//! Always: a connection begins with a token that outlives it and ends by itself after 50 minutes; a message has a bounded size; who says
//! nothing for half a minute is taken for gone. Tokens stand in headers only, and neither entries nor addresses reach a log line.
//! Not here: when to begin again (the worker).

use std::collections::VecDeque;
use std::time::Duration;

use access::vendor::Secret;
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use reqwest::{Method, Upgraded, Url};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::errors::{self, Said, says};
use super::wire::{Entry, PlatformUserId};
use super::{Salto, address};
use crate::http::{Body, Call};
use crate::limiter::within;
use crate::port::SeenEvent;
use crate::trouble::{Kind, Trouble};

const HUB: &str = "v1/hub/entries";
const ATTEMPTED: &str = "listen to the doors";
/// Ends every message of the JSON protocol.
const END: char = '\u{1e}';
const HELLO: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
const PING: &str = "{\"type\":6}\u{1e}";
const PING_EVERY: Duration = Duration::from_secs(15);
/// From the open socket to the answered hello, and for anything we send.
const PATIENCE: Duration = Duration::from_secs(15);
/// The server says something every 15 seconds; twice that is the protocol's own limit.
const SILENCE: Duration = Duration::from_secs(30);
const LIFE: Duration = Duration::from_secs(50 * 60);
/// An entry has less than one KiB.
const MOST_BYTES: usize = 256 << 10;

/// The answer to a negotiation.
#[derive(Deserialize)]
struct Negotiated {
    #[serde(rename = "connectionToken")]
    token: String,
}

/// One message of the hub protocol, as far as we read it.
#[derive(Deserialize)]
struct HubMessage {
    #[serde(rename = "type", default)]
    kind: u8,
    #[serde(default)]
    arguments: Vec<Value>,
    error: Option<Value>,
}

const INVOCATION: u8 = 1;
const CLOSE: u8 = 7;

/// An open connection; dropping it ends it.
pub struct Listening(Line<Upgraded>);

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listening")
    }
}

impl Listening {
    /// The next event; `None` once the connection has ended in good order. May be given up while it waits, and nothing is lost.
    ///
    /// # Errors
    /// When the connection broke, or nothing sensible comes over it.
    pub async fn next(&mut self) -> Result<Option<SeenEvent>, Trouble> {
        self.0.next().await
    }
}

impl Salto {
    /// The answer to [`crate::Connector::listen`].
    pub(crate) async fn listen(&self) -> Result<Listening, Trouble> {
        let session = &self.client.session;
        let mut token = session.lasting(LIFE).await?;
        let connection = match self.negotiate(&token).await {
            Err(trouble) if says(&trouble, |said| said.status == 401) => {
                token = session.instead_of(&token).await?;
                self.negotiate(&token).await?
            }
            negotiated => negotiated?,
        };
        let socket = self.socket(&connection, &token).await?;
        let mut line = Line::over(socket, self.me.clone(), SILENCE).await;
        line.shake_hands().await?;
        Ok(Listening(line))
    }

    /// Asks for a connection; the answer is its token.
    async fn negotiate(&self, token: &Secret) -> Result<String, Trouble> {
        let url = self.hub("/negotiate", ("negotiateVersion", "1"))?;
        let none = HeaderMap::new();
        let call = call(Method::POST, url, token, &none);
        let answer = self.client.http().send(call).await?;
        if !answer.is_success() || answer.is_page() {
            return Err(errors::trouble(ATTEMPTED, Said::of(&answer), 0, false));
        }
        answer.json::<Negotiated>(ATTEMPTED).map(|negotiated| negotiated.token)
    }

    async fn socket(&self, connection: &str, token: &Secret) -> Result<Upgraded, Trouble> {
        let url = self.hub("", ("id", connection))?;
        let key = generate_key();
        let mut headers = HeaderMap::from_iter([
            (CONNECTION, HeaderValue::from_static("Upgrade")),
            (UPGRADE, HeaderValue::from_static("websocket")),
            (
                HeaderName::from_static("sec-websocket-version"),
                HeaderValue::from_static("13"),
            ),
        ]);
        let value = HeaderValue::from_str(&key).expect("it is base64");
        headers.insert(HeaderName::from_static("sec-websocket-key"), value);
        let (answer, socket) = self
            .client
            .http()
            .upgrade(call(Method::GET, url, token, &headers))
            .await?;
        let Some(socket) = socket else {
            return Err(errors::trouble(ATTEMPTED, Said::of(&answer), 0, false));
        };
        if answer.header("sec-websocket-accept") != Some(derive_accept_key(key.as_bytes()).as_str()) {
            return Err(nonsense("the answer is no socket's"));
        }
        Ok(socket)
    }

    /// An address of the site's hub.
    fn hub(&self, rest: &str, more: (&str, &str)) -> Result<Url, Trouble> {
        let base = address(&self.settings.stream_url)?;
        let mut url = address(&format!("{}/{HUB}{rest}", base.as_str().trim_end_matches('/')))?;
        url.query_pairs_mut()
            .append_pair("site_id", &self.site)
            .append_pair(more.0, more.1);
        Ok(url)
    }
}

fn call<'a>(method: Method, url: Url, token: &'a Secret, headers: &'a HeaderMap) -> Call<'a> {
    Call {
        method,
        url,
        auth: Some(("Bearer", token)),
        headers,
        body: Body::None,
        attempted: ATTEMPTED,
    }
}

fn nonsense(say: &str) -> Trouble {
    Trouble::new(ATTEMPTED, Kind::Nonsense, say)
}

fn broke(say: &str) -> Trouble {
    Trouble::new(ATTEMPTED, Kind::Unreachable, say)
}

/// The hub protocol over a socket.
struct Line<S> {
    socket: WebSocketStream<S>,
    /// Whose login we use.
    me: PlatformUserId,
    /// What one message brought and has not been asked for yet.
    waiting: VecDeque<SeenEvent>,
    is_over: bool,
    silence: Duration,
    heard_at: Instant,
    ping_at: Instant,
    until: Instant,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn over(socket: S, me: PlatformUserId, silence: Duration) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST_BYTES))
            .max_frame_size(Some(MOST_BYTES))
            .read_buffer_size(8 << 10)
            .write_buffer_size(0);
        let now = Instant::now();
        Self {
            socket: WebSocketStream::from_raw_socket(socket, Role::Client, Some(config)).await,
            me,
            waiting: VecDeque::new(),
            is_over: false,
            silence,
            heard_at: now,
            ping_at: now + PING_EVERY,
            until: now + LIFE,
        }
    }

    /// Says hello; what comes together with the answer is kept.
    async fn shake_hands(&mut self) -> Result<(), Trouble> {
        let patience = PATIENCE.min(self.silence);
        let answered = async {
            self.say(HELLO).await?;
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(text),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => {
                        return Err(broke("the connection broke before it began"));
                    }
                    Some(Ok(_)) => {}
                }
            }
        };
        let text = within(patience, answered).await;
        let text = text.unwrap_or_else(|| Err(broke("Salto KS does not answer on the open connection")))?;
        let (hello, rest) = text.split_once(END).ok_or_else(|| nonsense("a message breaks off"))?;
        if read(hello)?.error.is_some() {
            return Err(nonsense("Salto KS refuses the protocol"));
        }
        self.hear(rest)
    }

    async fn next(&mut self) -> Result<Option<SeenEvent>, Trouble> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            let now = Instant::now();
            if self.is_over || now >= self.until {
                return Ok(None);
            }
            let silent_at = self.heard_at + self.silence;
            if now >= silent_at {
                return Err(broke("nothing was heard for too long"));
            }
            if now >= self.ping_at {
                self.ping_at = now + PING_EVERY;
                self.say(PING).await?;
            }
            let next_look = self.until.min(silent_at).min(self.ping_at);
            let Some(heard) = within(next_look - now, self.socket.next()).await else {
                continue;
            };
            match heard {
                None | Some(Ok(Message::Close(_))) => self.is_over = true,
                Some(Ok(message)) => {
                    self.heard_at = Instant::now();
                    if let Message::Text(text) = message {
                        self.hear(&text)?;
                    }
                }
                Some(Err(error)) => return Err(broke("the connection broke").because(error)),
            }
        }
    }

    async fn say(&mut self, text: &'static str) -> Result<(), Trouble> {
        match within(PATIENCE, self.socket.send(Message::text(text))).await {
            Some(sent) => sent.map_err(|error| broke("the connection broke").because(error)),
            None => Err(broke("Salto KS takes nothing any more")),
        }
    }

    /// Any number of whole messages.
    fn hear(&mut self, text: &str) -> Result<(), Trouble> {
        if text.is_empty() {
            return Ok(());
        }
        let text = text.strip_suffix(END).ok_or_else(|| nonsense("a message breaks off"))?;
        for message in text.split(END) {
            let message = read(message)?;
            match message.kind {
                // Its name is not certain (§5.15); what it holds decides.
                INVOCATION => self.keep(message.arguments),
                CLOSE => self.is_over = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn keep(&mut self, arguments: Vec<Value>) {
        for argument in arguments {
            // A text that holds the entry, or the entry itself (§5.15).
            let entry = match argument {
                Value::String(text) => serde_json::from_str::<Entry>(&text),
                other => serde_json::from_value(other),
            };
            match entry {
                Ok(entry) => self.waiting.extend(entry.seen(&self.me)),
                Err(_) => tracing::warn!("an entry that Salto told of cannot be read and is left to the access log"),
            }
        }
    }
}

/// One message without its end. What it says is never quoted: entries name people.
fn read(message: &str) -> Result<HubMessage, Trouble> {
    serde_json::from_str(message).map_err(|_| nonsense("a message cannot be read"))
}

#[cfg(test)]
mod tests {
    use tokio::io::DuplexStream;

    use super::*;

    /// Both ends of a connection, the server's first.
    async fn line(silence: Duration) -> (WebSocketStream<DuplexStream>, Line<DuplexStream>) {
        let (theirs, ours) = tokio::io::duplex(4 << 10);
        let server = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
        (server, Line::over(ours, PlatformUserId::from("me"), silence).await)
    }

    async fn says(server: &mut WebSocketStream<DuplexStream>, text: &str) {
        server.send(Message::text(text)).await.expect("it is heard");
    }

    fn entry(id: &str) -> String {
        let entry =
            serde_json::json!({ "id": id, "event_category": "lock_opened", "utc_date_time": "2027-03-09T08:15:44Z" });
        serde_json::json!({ "type": 1, "target": "ReceiveMessage", "arguments": [entry] }).to_string()
    }

    #[tokio::test]
    async fn a_server_that_falls_silent_is_taken_for_gone() {
        let (mut server, mut line) = line(Duration::from_millis(30)).await;
        says(&mut server, &format!("{{\"type\":6}}{END}")).await;
        let trouble = line.next().await.expect_err("nobody is there");
        assert_eq!((trouble.kind, trouble.passes()), (Kind::Unreachable, true));
        let trouble = line.shake_hands().await.expect_err("nor before it began");
        assert_eq!(trouble.kind, Kind::Unreachable);
    }

    #[tokio::test]
    async fn one_text_may_hold_several_messages_and_the_end_comes_after_them() {
        let (mut server, mut line) = line(SILENCE).await;
        let many = format!("{{}}{END}{}{END}{{\"type\":6}}{END}", entry("a"));
        says(&mut server, &many).await;
        line.shake_hands().await.expect("hello");
        says(&mut server, &format!("{}{END}{{\"type\":7}}{END}", entry("b"))).await;
        for id in ["a", "b"] {
            let event = line.next().await.expect("it is well").expect("an event");
            assert_eq!(event.external, id);
        }
        assert_eq!(line.next().await.expect("it is well"), None);
    }

    #[tokio::test]
    async fn what_is_too_large_or_breaks_off_ends_the_connection_without_being_quoted() {
        let (mut server, mut line) = line(SILENCE).await;
        says(&mut server, "{\"type\":1,\"arguments\":[\"Noor").await;
        let trouble = line.next().await.expect_err("half a message");
        assert!(trouble.kind == Kind::Nonsense && !format!("{trouble:?}").contains("Noor"));
        let (mut server, mut line) = self::line(SILENCE).await;
        let huge = Message::text("x".repeat(MOST_BYTES + 1));
        let (_, heard) = tokio::join!(server.send(huge), async {
            let heard = line.next().await;
            drop(line);
            heard
        });
        assert!(heard.is_err());
    }

    #[tokio::test]
    async fn a_connection_ends_by_itself_before_its_token_does() {
        let (_server, mut line) = line(SILENCE).await;
        line.until = Instant::now();
        assert_eq!(line.next().await.expect("in good order"), None);
    }
}
