//! Verbs over HTTP for Tapkey: read, read a whole list, write; each through the login's limiter and with its token.
//!
//! In: a path in segments, a query, a body. Out: the parsed answer, or a trouble with what Tapkey said below it.
//! Why so: tokens (§3.8), pages (§4), error bodies and the two meanings of 401 (§5) are met once, here.
//! Always: a list says whether it is whole. A refused token is renewed once and the call repeated once, since a refusal has no effect;
//! reads are repeated after a 429, and nothing that writes ever is.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::vendor::Secret;
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors::{self, NOT_AN_ADMINISTRATOR, RIGHTS_TOO_SMALL, SIGN_IN_AGAIN, Said};
use super::wire::Owner;
use crate::http::{Answer, Body, Call, Http};
use crate::limiter::{Lane, Limiter};
use crate::oauth::{How, Session};
use crate::trouble::{Kind, Trouble};

/// Elements asked for at once; proven for log entries (§4).
pub(super) const PAGE: usize = 500;
/// More pages than any list has.
pub(super) const MOST_PAGES: usize = 400;
/// How often a read is tried when it meets a 429.
const READ_TRIES: u32 = 3;
/// What is live, in the one form of it that is proven (§7.7).
pub(super) const ACTIVE: &str = "active eq true";

/// Who calls.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    /// A stored login, whose tokens renew themselves.
    Session(Session),
    /// A token fetched a moment ago.
    Token(Secret),
}

/// Calls with one login.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: Http,
    limiter: Limiter,
    base: Url,
    auth: Auth,
    /// The owner account in use, to tell what a 401 means.
    owner: Option<String>,
    /// Filters were refused; lists are read whole (§4).
    plain_lists: Arc<AtomicBool>,
}

/// A list and whether it is whole.
pub(super) struct List<T> {
    pub items: Vec<T>,
    pub complete: bool,
}

impl Client {
    pub fn new(base: Url, http: &Http, limiter: Limiter, auth: Auth, owner: Option<String>) -> Self {
        Self {
            http: http.clone(),
            limiter,
            base,
            auth,
            owner,
            plain_lists: Arc::default(),
        }
    }

    /// Were filters refused?
    pub fn reads_plain_lists(&self) -> bool {
        self.plain_lists.load(Ordering::Relaxed)
    }

    /// Filters were refused before.
    pub fn read_plain_lists(&self) {
        self.plain_lists.store(true, Ordering::Relaxed);
    }

    /// Reads one object.
    pub async fn read<T: DeserializeOwned>(&self, lane: Lane, path: &[&str], attempted: &str) -> Result<T, Trouble> {
        self.get(lane, path, &[], attempted).await?.json(attempted)
    }

    /// A read, repeated after a 429: nothing happened, and a reading of many pages must not fall over one.
    async fn get(&self, lane: Lane, path: &[&str], query: &[(&str, &str)], attempted: &str) -> Result<Answer, Trouble> {
        let mut tries = 1;
        loop {
            match self.call(lane, Method::GET, path, query, None, attempted).await {
                Err(Trouble {
                    kind: Kind::Limited { .. },
                    ..
                }) if tries < READ_TRIES => tries += 1,
                answer => return answer,
            }
        }
    }

    /// One page of a list.
    pub async fn page(
        &self,
        lane: Lane,
        path: &[&str],
        query: &[(&str, &str)],
        attempted: &str,
    ) -> Result<Vec<Value>, Trouble> {
        self.get(lane, path, query, attempted).await?.json(attempted)
    }

    /// Reads a whole list. `filter` only saves work: it may be refused (§4), so whoever asks filters again.
    ///
    /// Each page begins with the last element of the one before, so that what comes or goes meanwhile is noticed. A page that is shorter
    /// than asked ends the list, unless its length looks like a cap of the server's own.
    pub async fn list<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &[&str],
        filter: Option<&str>,
        attempted: &str,
    ) -> Result<List<T>, Trouble> {
        let mut list = List {
            items: Vec::new(),
            complete: true,
        };
        let (mut ids, mut last, mut skip): (BTreeSet<String>, Option<String>, usize) = (BTreeSet::new(), None, 0);
        let mut asks = Asks::of(filter.filter(|_| !self.reads_plain_lists()));
        for _ in 0..MOST_PAGES {
            let (top_text, skip_text) = (PAGE.to_string(), skip.to_string());
            let page = match self
                .page(lane, path, &asks.query(&top_text, &skip_text), attempted)
                .await
            {
                Err(trouble) if trouble.kind == Kind::Invalid && skip == 0 && asks != Asks::Nothing => {
                    asks = self.asks_less(asks);
                    continue;
                }
                page => page?,
            };
            let named: Vec<Option<&str>> = page.iter().map(|element| element["id"].as_str()).collect();
            let fresh = named.iter().flatten().filter(|id| !ids.contains(**id)).count();
            let first = named.first().copied().flatten();
            if skip > 0 && fresh == 0 {
                // Either the end, or a server that knows no pages and has sent everything twice.
                list.complete &= page.len() > 1 || first == last.as_deref();
                break;
            }
            list.complete &= skip == 0 || first == last.as_deref();
            let more = asks != Asks::Nothing && page.len() <= PAGE && (page.len() == PAGE || looks_capped(page.len()));
            last = named.last().copied().flatten().map(str::to_owned);
            let names: Vec<Option<String>> = named.into_iter().map(|id| id.map(str::to_owned)).collect();
            skip += page.len().saturating_sub(1);
            for (at, (element, id)) in page.into_iter().zip(names).enumerate() {
                let Some(id) = id else {
                    list.complete = false;
                    continue;
                };
                if !ids.insert(id) {
                    // Only the one that the pages share may come twice.
                    list.complete &= at == 0;
                    continue;
                }
                match serde_json::from_value::<T>(element) {
                    Ok(item) => list.items.push(item),
                    Err(_) => list.complete = false,
                }
            }
            if !more {
                break;
            }
        }
        if !list.complete {
            tracing::info!(attempted, read = list.items.len(), "the list has holes");
        }
        Ok(list)
    }

    /// §4: what is not proven may be refused; then less is asked, and that is remembered.
    fn asks_less(&self, asks: Asks<'_>) -> Asks<'static> {
        match asks {
            Asks::Filter(_) => {
                self.read_plain_lists();
                Asks::Pages
            }
            Asks::Pages | Asks::Nothing => Asks::Nothing,
        }
    }

    /// Writes, and reads the reply if there is one (§5: any 2xx, with a body or without).
    pub async fn write<T: DeserializeOwned>(
        &self,
        lane: Lane,
        method: Method,
        path: &[&str],
        body: Value,
        attempted: &str,
    ) -> Result<Option<T>, Trouble> {
        let answer = self.call(lane, method, path, &[], Some(body), attempted).await?;
        if answer.is_empty() {
            return Ok(None);
        }
        // It took effect, but we do not know how.
        answer.json(attempted).map(Some).map_err(Trouble::half_done)
    }

    /// One call; an answer that is no success is a trouble.
    pub async fn call(
        &self,
        lane: Lane,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
        attempted: &str,
    ) -> Result<Answer, Trouble> {
        let token = match &self.auth {
            Auth::Session(session) => session.token().await.map_err(Trouble::without_effect)?,
            Auth::Token(token) => token.clone(),
        };
        let url = self.url(path, query);
        let first = self.send(lane, &method, &url, body.clone(), &token, attempted).await;
        let (Err(trouble), Auth::Session(session)) = (&first, &self.auth) else {
            return first;
        };
        if errors::status(trouble) != Some(401) {
            return first;
        }
        // §5: 401 is also what an expired token gets.
        let token = session.instead_of(&token).await.map_err(Trouble::without_effect)?;
        match self.send(lane, &method, &url, body, &token, attempted).await {
            Err(trouble) if errors::status(&trouble) == Some(401) => {
                Err(self.meaning_of_401(lane, &token, trouble).await)
            }
            second => second,
        }
    }

    /// §5: with a fresh token, 401 means that the login may not do this, that it lost the locking system, or that it is dead after all.
    async fn meaning_of_401(&self, lane: Lane, token: &Secret, refused: Trouble) -> Trouble {
        let attempted = "look at the locking systems";
        let url = self.url(&["Owners"], &[]);
        let seen = self.send(lane, &Method::GET, &url, None, token, attempted).await;
        let owners = match seen.and_then(|answer| answer.json::<Vec<Owner>>(attempted)) {
            Ok(owners) => owners,
            Err(trouble) if errors::status(&trouble) == Some(401) => {
                return Trouble {
                    say: SIGN_IN_AGAIN.to_owned(),
                    ..refused
                };
            }
            Err(trouble) => return trouble,
        };
        let ours = |owner: &Owner| self.owner.as_ref().is_none_or(|known| owner.id == *known);
        let say = if owners.iter().any(ours) {
            RIGHTS_TOO_SMALL
        } else {
            NOT_AN_ADMINISTRATOR
        };
        Trouble {
            kind: Kind::Forbidden,
            say: say.to_owned(),
            ..refused
        }
    }

    async fn send(
        &self,
        lane: Lane,
        method: &Method,
        url: &Url,
        body: Option<Value>,
        token: &Secret,
        attempted: &str,
    ) -> Result<Answer, Trouble> {
        let permit = self.limiter.turn(lane, attempted).await?;
        let call = Call {
            method: method.clone(),
            url: url.clone(),
            auth: Some(("Bearer", token)),
            headers: &HeaderMap::new(),
            body: body.into(),
            attempted,
        };
        let sent = self.http.send(call).await;
        let retry_after_ms = permit.ended(&sent);
        let writes = *method != Method::GET;
        let answer = sent.map_err(|trouble| if writes { trouble } else { trouble.without_effect() })?;
        let said = Said::of(&answer);
        if answer.is_success() && !said.is_page {
            return Ok(answer);
        }
        Err(errors::trouble(attempted, said, retry_after_ms, writes))
    }

    /// Ends the refresh token at the issuer (§3.8). There is none where the client signs in as itself.
    pub async fn end_session(&self, revocation: &Url) -> Result<(), Trouble> {
        let Auth::Session(session) = &self.auth else {
            return Ok(());
        };
        let kept = session.kept().await?;
        let How::Refresh { token } = &kept.how else {
            return Ok(());
        };
        let mut form = vec![
            ("token", &**token),
            ("token_type_hint", "refresh_token"),
            ("client_id", &kept.client_id),
        ];
        form.extend(kept.client_secret.as_deref().map(|secret| ("client_secret", secret)));
        let attempted = "end the sign-in";
        let call = Call {
            method: Method::POST,
            url: revocation.clone(),
            auth: None,
            headers: &HeaderMap::new(),
            body: Body::Form(&form),
            attempted,
        };
        let answer = self.http.send(call).await?;
        match answer.is_success() {
            true => Ok(()),
            false => Err(errors::trouble(attempted, Said::of(&answer), 0, false)),
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// How much is asked of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asks<'a> {
    Filter(&'a str),
    Pages,
    Nothing,
}

impl<'a> Asks<'a> {
    fn of(filter: Option<&'a str>) -> Self {
        filter.map_or(Self::Pages, Self::Filter)
    }

    fn query<'q>(self, top: &'q str, skip: &'q str) -> Vec<(&'static str, &'q str)>
    where
        'a: 'q,
    {
        let pages = [("$top", top), ("$skip", skip)];
        match self {
            Self::Filter(filter) => [&pages[..], &[("$filter", filter)]].concat(),
            Self::Pages => pages.to_vec(),
            Self::Nothing => Vec::new(),
        }
    }
}

/// Silent caps are round numbers; a list that only happens to be as long costs one more call.
fn looks_capped(len: usize) -> bool {
    len > 0 && len.is_multiple_of(10)
}

/// A text inside a filter: quotes are doubled (§4).
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_filter_is_doubled() {
        assert_eq!(quoted("O'Hara"), "'O''Hara'");
    }
}
