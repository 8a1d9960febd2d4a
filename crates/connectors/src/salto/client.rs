//! Verbs over HTTP for Salto KS: read, read all pages, write, delete; each with a token of the session, through the login's limiter.
//!
//! In: a path, a query, a body. Out: the parsed answer, or a trouble with what Salto said below it.
//! Why so: tokens, limits, the two shapes of lists and their links (§4) are met once, here.
//! Always: a 401 is followed by one other token and one more try, since it has no effect; a list says whether it is whole; a token goes
//! to the configured host only, whatever a link says. Only reads are repeated, and only after a 429. What a read met is never "unknown".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use access::vendor::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors::{self, Said, says};
use super::wire::{List, Named};
use crate::http::{Answer, Body, Call, Http};
use crate::limiter::{Lane, Limiter};
use crate::oauth::{Kept, Session};
use crate::trouble::{Kind, Trouble};

/// How often a read is tried when it meets a 429.
const READ_TRIES: u32 = 3;
/// The page size we ask for (§10).
const PAGE: usize = 100;
/// Of a member's own login (digital keys).
const ANOTHERS_CALLS_PER_S: usize = 5;
/// More pages than this are not read.
const MOST_PAGES: usize = 200;

/// Calls with one login.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: Http,
    limiter: Limiter,
    base: Url,
    pub session: Session,
    calls: Arc<AtomicU32>,
}

/// A list and whether it is whole.
pub(super) struct Pages<T> {
    pub items: Vec<T>,
    pub complete: bool,
}

/// What is sent to Salto besides the token.
struct Sent<'a> {
    lane: Lane,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Value>,
    attempted: &'a str,
}

impl Client {
    pub fn new(base: Url, http: &Http, limiter: Limiter, session: Session) -> Self {
        Self {
            http: http.clone(),
            limiter,
            base,
            session,
            calls: Arc::default(),
        }
    }

    /// The same way with a count of its own.
    pub fn counting(&self) -> Self {
        Self {
            calls: Arc::default(),
            ..self.clone()
        }
    }

    /// The same way with another login, whose budget is its own.
    pub fn of_another(&self, session: Session) -> Self {
        Self {
            session,
            limiter: Limiter::new(ANOTHERS_CALLS_PER_S),
            calls: Arc::default(),
            ..self.clone()
        }
    }

    /// The shared connections, for the identity server.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Calls since counting began.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Reads one object.
    pub async fn read<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
        attempted: &str,
    ) -> Result<T, Trouble> {
        let url = self.url(path, query);
        self.get(lane, url, HeaderMap::new(), attempted).await?.json(attempted)
    }

    /// Reads one page of the access log, which pages by a token in a header (§5.14).
    pub async fn continued(
        &self,
        path: &str,
        query: &[(&str, &str)],
        token: Option<&str>,
        attempted: &str,
    ) -> Result<Value, Trouble> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let value = HeaderValue::from_str(token).map_err(|error| {
                Trouble::new(attempted, Kind::Nonsense, "the continuation cannot be sent back").because(error)
            })?;
            headers.insert(HeaderName::from_static("clp-continuation-token"), value);
        }
        let url = self.url(path, query);
        self.get(Lane::Read, url, headers, attempted).await?.json(attempted)
    }

    /// A read, repeated after a 429: nothing happened, and a reading of many pages must not fall over one.
    async fn get(&self, lane: Lane, url: Url, headers: HeaderMap, attempted: &str) -> Result<Answer, Trouble> {
        let mut tries = 1;
        loop {
            let sent = Sent {
                lane,
                method: Method::GET,
                url: url.clone(),
                headers: headers.clone(),
                body: None,
                attempted,
            };
            match self.send(sent).await {
                Err(Trouble {
                    kind: Kind::Limited { .. },
                    ..
                }) if tries < READ_TRIES => tries += 1,
                answer => return answer,
            }
        }
    }

    /// Reads a whole list, link by link (§4).
    pub async fn pages<T: DeserializeOwned + Named>(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
        attempted: &str,
    ) -> Result<Pages<T>, Trouble> {
        let page = PAGE.to_string();
        let mut query = query.to_vec();
        query.extend([("$top", &*page), ("$inlinecount", "allpages")]);
        let mut next = Some(self.url(path, &query));
        let mut items: BTreeMap<String, T> = BTreeMap::new();
        let (mut order, mut seen, mut count, mut complete) = (Vec::new(), BTreeSet::new(), None, true);
        while let Some(url) = next.take() {
            if seen.len() == MOST_PAGES || !seen.insert(url.to_string()) {
                complete = false;
                break;
            }
            let list = match self.page(lane, url, attempted).await {
                Ok(list) => list,
                // The first page decides whether there is a list at all.
                Err(trouble) if seen.len() > 1 && trouble.kind == Kind::Nonsense => {
                    complete = false;
                    break;
                }
                Err(trouble) => return Err(trouble),
            };
            complete &= !(list.bare && list.items.len() >= PAGE);
            complete &= seen.len() == 1 || count == list.count;
            count = list.count;
            for element in list.items {
                match serde_json::from_value::<T>(element) {
                    Ok(item) if !items.contains_key(item.id()) => {
                        order.push(item.id().to_owned());
                        items.insert(item.id().to_owned(), item);
                    }
                    Ok(_) | Err(_) => complete = false,
                }
            }
            next = list.next.and_then(|link| {
                let own = self.own(&link);
                complete &= own.is_some();
                own
            });
        }
        complete &= count.is_none_or(|count| count == items.len());
        if !complete {
            tracing::info!(attempted, read = items.len(), ?count, "the list has holes");
        }
        let items = order.iter().filter_map(|id| items.remove(id)).collect();
        Ok(Pages { items, complete })
    }

    async fn page(&self, lane: Lane, url: Url, attempted: &str) -> Result<List, Trouble> {
        let value: Value = self
            .get(lane, url, HeaderMap::new(), attempted)
            .await?
            .json(attempted)?;
        let none = || Trouble::new(attempted, Kind::Nonsense, "the answer is no list");
        List::read(value).ok_or_else(none)
    }

    /// A link as an address of the configured host; `None` when it leads elsewhere (§4).
    fn own(&self, link: &str) -> Option<Url> {
        let mut url = self.base.join(link).ok()?;
        url.set_scheme(self.base.scheme()).ok()?;
        let place = |url: &Url| (url.host_str().map(str::to_owned), url.port_or_known_default());
        if place(&url) == place(&self.base) {
            return Some(url);
        }
        tracing::warn!(
            host = url.host_str(),
            "a link of Salto's leads to another host and is not followed"
        );
        None
    }

    /// Changes something; the answer may be read or ignored.
    pub async fn write(
        &self,
        lane: Lane,
        method: Method,
        path: &str,
        body: Option<Value>,
        attempted: &str,
    ) -> Result<Answer, Trouble> {
        let (url, headers) = (self.url(path, &[]), HeaderMap::new());
        let sent = Sent {
            lane,
            method,
            url,
            headers,
            body,
            attempted,
        };
        self.send(sent).await
    }

    /// Asks for something that is done by reading (§5.10, step 2).
    pub async fn ask(&self, path: &str, query: &[(&str, &str)], attempted: &str) -> Result<(), Trouble> {
        let url = self.url(path, query);
        self.get(Lane::Open, url, HeaderMap::new(), attempted).await.map(drop)
    }

    /// One call with a token; a 401 is followed by one more with another.
    async fn send(&self, sent: Sent<'_>) -> Result<Answer, Trouble> {
        let token = self.session.token().await.map_err(Trouble::without_effect)?;
        match self.send_with(&sent, &token).await {
            Err(trouble) if says(&trouble, |said| said.status == 401) => {
                let other = self.session.instead_of(&token).await.map_err(Trouble::without_effect)?;
                self.send_with(&sent, &other).await
            }
            answer => answer,
        }
    }

    async fn send_with(&self, sent: &Sent<'_>, token: &Secret) -> Result<Answer, Trouble> {
        let permit = self.limiter.turn(sent.lane, sent.attempted).await?;
        let writes = sent.method != Method::GET;
        let call = Call {
            method: sent.method.clone(),
            url: sent.url.clone(),
            auth: Some(("Bearer", token)),
            headers: &sent.headers,
            body: sent.body.clone().into(),
            attempted: sent.attempted,
        };
        self.calls.fetch_add(1, Ordering::Relaxed);
        let answer = self.http.send(call).await;
        let retry_after_ms = permit.ended(&answer);
        let answer = answer.map_err(|trouble| if writes { trouble } else { trouble.without_effect() })?;
        if answer.is_success() && !answer.is_page() {
            return Ok(answer);
        }
        Err(errors::trouble(
            sent.attempted,
            Said::of(&answer),
            retry_after_ms,
            writes,
        ))
    }

    /// Takes a refresh token back where discovery names an address for it on the same host (§3).
    pub async fn take_back(&self, discovery: Url, kept: &Kept, token: &str) -> Result<(), Trouble> {
        let attempted = "take the refresh token back";
        let none = HeaderMap::new();
        let call = |method, url, auth, body| Call {
            method,
            url,
            auth,
            headers: &none,
            body,
            attempted,
        };
        let known: Value = self
            .http
            .send(call(Method::GET, discovery.clone(), None, Body::None))
            .await?
            .json(attempted)?;
        let named = known.get("revocation_endpoint").and_then(Value::as_str);
        let Some(url) = named.and_then(|named| Url::parse(named).ok()) else {
            return Ok(());
        };
        if url.origin() != discovery.origin() {
            return Err(Trouble::new(
                attempted,
                Kind::Nonsense,
                "the address for it is at another host",
            ));
        }
        let form = [
            ("client_id", &*kept.client_id),
            ("token", token),
            ("token_type_hint", "refresh_token"),
        ];
        let pair = kept.client_secret.as_ref();
        let pair = pair.map(|secret| Secret::new(STANDARD.encode(format!("{}:{secret}", kept.client_id))));
        let auth = pair.as_ref().map(|pair| ("Basic", pair));
        let answer = self.http.send(call(Method::POST, url, auth, Body::Form(&form))).await?;
        match answer.is_success() {
            true => Ok(()),
            false => Err(errors::trouble(attempted, Said::of(&answer), 0, false)),
        }
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}
