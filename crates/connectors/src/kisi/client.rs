//! Verbs over HTTP for Kisi: read, read all pages, write, delete; each through the owner's limiter.
//!
//! In: a path, a query, a body. Out: the parsed answer, or a trouble with what Kisi said below it.
//! Why so: limits, pages (§2.1) and error bodies (§2.3) are met once, here.
//! Always: a list says whether it is whole (`X-Collection-Range` agrees, no double, every element readable). Only reads are repeated
//! here, and only after a 429; nothing that writes ever is.

use std::collections::BTreeSet;

use access::vendor::Secret;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Settings;
use super::errors::{self, Said};
use super::wire::Numbered;
use crate::http::{Answer, Call, Http};
use crate::limiter::{Lane, Limiter};
use crate::trouble::{Kind, Trouble};

/// Offsets beyond are refused (§2.1).
const MAX_OFFSET: usize = 20_000;
/// How often a read is tried when it meets a 429.
const READ_TRIES: u32 = 3;

/// Calls with one credential.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: Http,
    /// The quota of the login in use.
    limiter: Limiter,
    base: Url,
    headers: HeaderMap,
    secret: Option<Secret>,
}

/// A list and whether it is whole.
pub(super) struct Pages<T> {
    pub items: Vec<T>,
    pub complete: bool,
}

impl Client {
    pub fn new(settings: &Settings, http: &Http, limiter: Limiter, secret: Option<Secret>) -> Result<Self, Trouble> {
        let mut headers = HeaderMap::new();
        for (name, text) in [
            ("x-kisi-integration-identifier", &settings.partner),
            ("x-kisi-integration-contact", &settings.contact),
        ] {
            let value = HeaderValue::from_str(text).map_err(|error| {
                Trouble::new(
                    "introduce ourselves to Kisi",
                    Kind::Invalid,
                    format!("{name} cannot be sent"),
                )
                .because(error)
            })?;
            headers.insert(name, value);
        }
        Ok(Self {
            http: http.clone(),
            limiter,
            base: settings.base()?,
            headers,
            secret,
        })
    }

    /// The same way with another credential, whose quota is another (§2.2).
    pub fn as_somebody(&self, secret: Option<Secret>, limiter: Limiter) -> Self {
        Self {
            secret,
            limiter,
            ..self.clone()
        }
    }

    /// Reads one object.
    pub async fn read<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
        attempted: &str,
    ) -> Result<T, Trouble> {
        self.get(lane, path, query, attempted).await?.json(attempted)
    }

    /// A read, repeated after a 429: nothing happened, and a reading of many pages must not fall over one.
    async fn get(&self, lane: Lane, path: &str, query: &[(&str, &str)], attempted: &str) -> Result<Answer, Trouble> {
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

    /// Reads a whole list, page by page.
    pub async fn pages<T: DeserializeOwned + Numbered>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        limit: usize,
        attempted: &str,
    ) -> Result<Pages<T>, Trouble> {
        let mut pages = Pages {
            items: Vec::new(),
            complete: true,
        };
        let (mut ids, mut total, mut offset) = (BTreeSet::new(), None, 0);
        let limit_text = limit.to_string();
        while offset <= MAX_OFFSET {
            let offset_text = offset.to_string();
            let mut query = query.to_vec();
            query.extend([("limit", &*limit_text), ("offset", &*offset_text)]);
            let Some((elements, said_total)) = self.page(path, &query, offset, attempted).await? else {
                pages.complete = false;
                return Ok(pages);
            };
            // Rows that come or go between two pages shift the rest: the reading has holes.
            pages.complete &= said_total.is_some() && (total.is_none() || total == said_total);
            total = said_total;
            let count = elements.len();
            for element in elements {
                match serde_json::from_value::<T>(element) {
                    Ok(item) if ids.insert(item.id()) => pages.items.push(item),
                    Ok(_) | Err(_) => pages.complete = false,
                }
            }
            offset += count;
            if count == 0 || total.map_or(count < limit, |total| offset >= total) {
                break;
            }
        }
        pages.complete &= total == Some(pages.items.len());
        if !pages.complete {
            tracing::info!(attempted, read = pages.items.len(), ?total, "the list has holes");
        }
        Ok(pages)
    }

    /// One page and the total the vendor names; `None` when a later page makes no sense.
    async fn page(
        &self,
        path: &str,
        query: &[(&str, &str)],
        offset: usize,
        attempted: &str,
    ) -> Result<Option<(Vec<Value>, Option<usize>)>, Trouble> {
        let answer = self.get(Lane::Read, path, query, attempted).await;
        let read = answer.and_then(|answer| {
            let total = answer.header("x-collection-range").and_then(total);
            answer.json::<Vec<Value>>(attempted).map(|elements| (elements, total))
        });
        match read {
            Ok(read) => Ok(Some(read)),
            Err(trouble) if offset > 0 && trouble.kind == Kind::Nonsense => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Creates something and reads the reply.
    pub async fn create<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        body: Value,
        attempted: &str,
    ) -> Result<T, Trouble> {
        let answer = self.call(lane, Method::POST, path, &[], Some(body), attempted).await?;
        // It was made, but we do not know what it is called.
        answer.json(attempted).map_err(Trouble::half_done)
    }

    /// Changes something; there is no reply to read (§2).
    pub async fn change(&self, lane: Lane, path: &str, body: Value, attempted: &str) -> Result<(), Trouble> {
        self.call(lane, Method::PATCH, path, &[], Some(body), attempted)
            .await
            .map(drop)
    }

    /// Deletes something.
    pub async fn delete(&self, lane: Lane, path: &str, attempted: &str) -> Result<(), Trouble> {
        self.call(lane, Method::DELETE, path, &[], None, attempted)
            .await
            .map(drop)
    }

    /// One call; an answer that is no success is a trouble.
    pub async fn call(
        &self,
        lane: Lane,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
        attempted: &str,
    ) -> Result<Answer, Trouble> {
        let permit = self.limiter.turn(lane, attempted).await?;
        let writes = method != Method::GET;
        let auth = self.secret.as_ref().map(|secret| ("KISI-LOGIN", secret));
        let call = Call {
            method,
            url: self.url(path, query),
            auth,
            headers: &self.headers,
            body: body.into(),
            attempted,
        };
        let sent = self.http.send(call).await;
        let retry_after_ms = permit.ended(&sent);
        let answer = sent?;
        if let Some(sunset) = answer.header("sunset").or_else(|| answer.header("deprecation")) {
            tracing::warn!(path, sunset, "Kisi announces the end of this call");
        }
        let said = Said::of(&answer);
        if answer.is_success() && !answer.is_page() {
            return Ok(answer);
        }
        Err(errors::trouble(attempted, said, retry_after_ms, writes))
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

/// `0-9/200` and `*/0` (§2.1). Only the total is trustworthy.
fn total(range: &str) -> Option<usize> {
    range.rsplit_once('/')?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_of_a_list_is_read_in_both_forms() {
        assert_eq!(total("0-9/200"), Some(200));
        assert_eq!(total("*/0"), Some(0));
        assert_eq!(total("0-9/*"), None);
    }
}
