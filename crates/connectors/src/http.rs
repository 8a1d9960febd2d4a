//! One shared HTTP client for all vendors: limits, timeouts, `Retry-After`.
//!
//! In: a [`Call`]. Out: an [`Answer`] with any status, or a [`Trouble`] when no proper answer came.
//! Why so: what happens next depends on one question, "can it have taken effect?", and only this file sees where a call broke.
//! Always: bodies are at most 4 MiB, nothing waits for ever, redirects are not followed, and neither URLs with queries, headers
//! nor bodies reach an error or a log line. `Retry-After` dates are measured against the answer's own `Date`, so no clock is needed.
//! Not here: what a status means to a vendor (its folder's `errors`), pacing (`limiter`), retries (the worker's queue).

use std::sync::Once;
use std::time::Duration;

use access::vendor::Secret;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Upgraded, Url};
use serde_json::Value;

use crate::trouble::{Kind, Trouble};

const MAX_BODY_BYTES: usize = 4 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the first byte sent to the last byte read.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);
/// A vendor asking for more patience than this is asked again after this.
const MAX_RETRY_AFTER_MS: u64 = 600_000;

/// The shared client; clones share connections.
#[derive(Clone, Debug)]
pub struct Http(reqwest::Client);

/// One request.
pub struct Call<'a> {
    /// GET, POST, PATCH or DELETE.
    pub method: Method,
    /// Where to, with its query.
    pub url: Url,
    /// The scheme word and the secret behind it, as in `KISI-LOGIN …`.
    pub auth: Option<(&'static str, &'a Secret)>,
    /// Further headers.
    pub headers: &'a HeaderMap,
    /// What is sent along.
    pub body: Body<'a>,
    /// What it is for, for errors: "list groups". No secrets, no e-mail addresses.
    pub attempted: &'a str,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Body<'a> {
    /// Nothing.
    None,
    /// JSON.
    Json(Value),
    /// A form, for token endpoints.
    Form(&'a [(&'a str, &'a str)]),
}

impl From<Option<Value>> for Body<'_> {
    fn from(json: Option<Value>) -> Self {
        json.map_or(Self::None, Self::Json)
    }
}

/// What came back, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Milliseconds the vendor asks to wait.
    pub retry_after_ms: Option<u64>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Http {
    /// Builds the client; chooses the crypto provider of the process once.
    ///
    /// # Errors
    /// [`Kind::Unreachable`] when the TLS library cannot start at all.
    pub fn new() -> Result<Self, Trouble> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Somebody else in the process may have chosen already (mail does); then theirs serves as well.
            drop(rustls::crypto::ring::default_provider().install_default());
        });
        let builder = || {
            reqwest::Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(TOTAL_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                // The environment is read in one place, the binary's; a proxy from it would be a surprise here.
                .no_proxy()
                .user_agent(concat!("Vestibule/", env!("CARGO_PKG_VERSION")))
        };
        let client = builder().build().or_else(|error| {
            tracing::warn!(%error, "no certificates of this machine can be used, so https will fail; install ca-certificates");
            builder().tls_certs_only([]).build()
        });
        let failed =
            |error| Trouble::new("set up the HTTP client", Kind::Unreachable, "TLS cannot start").because(error);
        Ok(Self(client.map_err(failed)?))
    }

    /// Sends one call and reads its answer.
    ///
    /// # Errors
    /// [`Kind::Unreachable`]: nothing was sent. [`Kind::Unanswered`]: sent, but no whole answer came. [`Kind::Nonsense`]:
    /// the answer is larger than anything the vendor should say.
    pub async fn send(&self, call: Call<'_>) -> Result<Answer, Trouble> {
        let attempted = call.attempted;
        let response = self
            .request(call)?
            .send()
            .await
            .map_err(|error| broke(attempted, error))?;
        read(attempted, response).await
    }

    /// Sends a call that asks to go on in another protocol, as sockets do. Without a connection the vendor's answer says why not.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn upgrade(&self, call: Call<'_>) -> Result<(Answer, Option<Upgraded>), Trouble> {
        let attempted = call.attempted;
        let broke = |error| broke(attempted, error);
        let response = self.request(call)?.send().await.map_err(broke)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok((read(attempted, response).await?, None));
        }
        let answer = Answer {
            status: response.status().as_u16(),
            retry_after_ms: None,
            headers: response.headers().clone(),
            body: Vec::new(),
        };
        Ok((answer, Some(response.upgrade().await.map_err(broke)?)))
    }

    fn request(&self, call: Call<'_>) -> Result<RequestBuilder, Trouble> {
        let mut request = self.0.request(call.method, call.url).headers(call.headers.clone());
        request = request.header(ACCEPT, "application/json");
        if let Some((scheme, secret)) = call.auth {
            request = request.header(AUTHORIZATION, authorization(call.attempted, scheme, secret)?);
        }
        Ok(match call.body {
            Body::Json(body) => request.json(&body),
            Body::Form(pairs) => request.form(pairs),
            Body::None => request.header(CONTENT_TYPE, "application/json"),
        })
    }
}

async fn read(attempted: &str, mut response: Response) -> Result<Answer, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broke(attempted, error))? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Trouble::new(
                attempted,
                Kind::Nonsense,
                "the answer is larger than 4 MiB",
            ));
        }
        body.extend_from_slice(&chunk);
    }
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    Ok(Answer {
        status,
        retry_after_ms: retry_after_ms(&headers),
        headers,
        body,
    })
}

impl Answer {
    /// 2xx?
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`Kind::Nonsense`] when it is none, or of another shape. The body itself is never quoted: it may hold secrets.
    pub fn json<T: serde::de::DeserializeOwned>(&self, attempted: &str) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let place = format!(
                "{:?} at byte {} of {}",
                error.classify(),
                error.column(),
                self.body.len()
            );
            Trouble::new(
                attempted,
                Kind::Nonsense,
                format!("the answer cannot be read ({place})"),
            )
        })
    }

    /// No body at all?
    pub fn is_empty(&self) -> bool {
        self.body.iter().all(u8::is_ascii_whitespace)
    }

    /// A page for people, as proxies send them?
    pub fn is_page(&self) -> bool {
        let typed = self.header("content-type").is_some_and(|kind| kind.contains("html"));
        typed || self.body.trim_ascii_start().first() == Some(&b'<')
    }

    /// The body as JSON if it is any, for error bodies of uncertain shape.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A vendor's address as it was set; `vendor` is its name, for who set it.
///
/// # Errors
/// [`Kind::Invalid`] when it is none, or neither http nor https.
pub(crate) fn address(vendor: &str, text: &str) -> Result<Url, Trouble> {
    let failed = |say: &str| Trouble::new(format!("reach {vendor}"), Kind::Invalid, format!("{text} {say}"));
    let url = Url::parse(text).map_err(|error| failed("is no address").because(error))?;
    if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
        return Err(failed("is neither http nor https"));
    }
    Ok(url)
}

/// One place decides what reaches the wire; the header is marked so that no logger prints it.
fn authorization(attempted: &str, scheme: &str, secret: &Secret) -> Result<HeaderValue, Trouble> {
    let mut value = HeaderValue::from_str(&format!("{scheme} {}", secret.reveal())).map_err(|_| {
        Trouble::new(
            attempted,
            Kind::SignInNeeded,
            "the stored key has characters no key has",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn broke(attempted: &str, error: reqwest::Error) -> Trouble {
    let (kind, say) = if error.is_connect() || error.is_builder() {
        (Kind::Unreachable, "no connection")
    } else if error.is_timeout() {
        (Kind::Unanswered, "no answer in time")
    } else {
        (Kind::Unanswered, "the connection broke before the answer")
    };
    Trouble::new(attempted, kind, say).because(error.without_url())
}

/// Seconds or a date; a date counts from the answer's own `Date`.
fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let ms = match text.parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1000),
        Err(_) => {
            let date = |text: &str| {
                jiff::fmt::rfc2822::parse(text)
                    .ok()
                    .map(|at| at.timestamp().as_millisecond())
            };
            let sent = date(headers.get(DATE)?.to_str().ok()?)?;
            u64::try_from(date(text)?.saturating_sub(sent)).unwrap_or(0)
        }
    };
    Some(ms.min(MAX_RETRY_AFTER_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v)))
            .collect()
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        assert_eq!(retry_after_ms(&headers(&[("retry-after", "7")])), Some(7_000));
        let dates = [
            ("date", "Mon, 10 Mar 2025 11:02:31 GMT"),
            ("retry-after", "Mon, 10 Mar 2025 11:03:01 GMT"),
        ];
        assert_eq!(retry_after_ms(&headers(&dates)), Some(30_000));
        let past = [
            ("date", "Mon, 10 Mar 2025 11:02:31 GMT"),
            ("retry-after", "Mon, 10 Mar 2025 11:02:01 GMT"),
        ];
        assert_eq!(retry_after_ms(&headers(&past)), Some(0));
    }

    #[test]
    fn retry_after_that_makes_no_sense_is_as_if_absent_and_an_absurd_one_is_bounded() {
        assert_eq!(retry_after_ms(&headers(&[])), None);
        assert_eq!(retry_after_ms(&headers(&[("retry-after", "soon")])), None);
        assert_eq!(
            retry_after_ms(&headers(&[("retry-after", "Mon, 10 Mar 2025 11:03:01 GMT")])),
            None
        );
        assert_eq!(
            retry_after_ms(&headers(&[("retry-after", "99999999999999999999")])),
            None
        );
        assert_eq!(
            retry_after_ms(&headers(&[("retry-after", "999999")])),
            Some(MAX_RETRY_AFTER_MS)
        );
    }

    #[test]
    fn a_key_with_a_line_break_is_refused_before_it_is_sent() {
        let trouble = authorization("list groups", "KISI-LOGIN", &Secret::new("a\nb")).unwrap_err();
        assert_eq!(trouble.kind, Kind::SignInNeeded);
        assert!(!format!("{trouble:?}").contains("a\\nb"));
    }

    #[test]
    fn an_answer_that_cannot_be_read_does_not_quote_itself() {
        let answer = Answer {
            status: 200,
            retry_after_ms: None,
            headers: HeaderMap::new(),
            body: b"{\"secret\": \"1f0c".to_vec(),
        };
        let trouble = answer.json::<Value>("sign in").unwrap_err();
        assert_eq!(trouble.kind, Kind::Nonsense);
        assert!(!format!("{trouble:?} {trouble}").contains("1f0c"));
    }
}
