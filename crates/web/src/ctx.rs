//! The context of a request: who + now + tenant, made once by the guard.
//!
//! In: a request's cookie (pages) or bearer token (API). Out: the actor, the instant, the network, and ways to answer.
//! Always: the instant is read once; role and state of a person are read live, so a suspension acts with the next request;
//! a handler that wants a [`Ctx`] cannot be reached without the guard.

use std::net::SocketAddr;

use access::Instant;
use access::id::{AccountId, LocationId, NetworkId, PersonId, SessionId, TokenId};
use access::may::{Action, Actor, Object, Permit, may};
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use store::record::Act;
use store::{Store, Tx};

use crate::app::App;
use crate::auth::who;
use crate::outside::Outside;
use crate::problem::{Kind, Problem};
use crate::registry::Surface;
use crate::{security, words};

/// Cookie of a signed-in browser.
pub const SESSION_COOKIE: &str = "vestibule_session";
/// Cookie of one message to show on the next page.
pub const FLASH_COOKIE: &str = "vestibule_flash";
/// Cookie of a trip to a vendor for consent.
pub const CONSENT_COOKIE: &str = "vestibule_consent";
/// Cookie of a member's trip to a vendor for a digital key.
pub const KEY_COOKIE: &str = "vestibule_key_trip";
/// Cookie of the operator's chosen location.
pub const LOCATION_COOKIE: &str = "vestibule_location";

/// How somebody is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// A browser's session; when its owner last proved who they are.
    Session {
        /// Which.
        session: SessionId,
        /// The last proof.
        fresh_at: Instant,
    },
    /// An API token.
    Token {
        /// Which.
        token: TokenId,
    },
}

/// Who is signed in.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    /// Tenant.
    pub network: NetworkId,
    /// Their login.
    pub account: AccountId,
    /// The human, where the login belongs to one.
    pub person: Option<PersonId>,
    /// As shown.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Do they run the space (so that operator pages are theirs)?
    pub administers: bool,
    /// How they are known.
    pub by: By,
}

/// A message for the next page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flash {
    /// open, scheduled, attention, refused, quiet.
    pub state: String,
    /// The sentence.
    pub text: String,
}

/// A request that may be sent twice and shall act once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Repeatable {
    /// The caller's key.
    pub(crate) key: String,
    /// Of method, path and body.
    pub(crate) hash: String,
}

/// Who asks what, when, and for which network.
#[derive(Clone)]
pub struct Ctx {
    /// What every request shares.
    pub app: App,
    /// When it came in.
    pub now: Instant,
    /// Who, as decisions about permission see them.
    pub actor: Actor,
    /// Which kind of route it is.
    pub surface: Surface,
    /// The chance in this answer's policy for scripts.
    pub nonce: String,
    /// The form token.
    pub csrf: String,
    /// Path and query, as asked.
    pub path: String,
    /// The caller's address, for limits and the list of sessions.
    pub address: String,
    /// The caller's program, for the list of sessions.
    pub device: String,
    /// A message left by the page before.
    pub flash: Option<Flash>,
    /// A trip to a vendor for consent that this browser is on, sealed.
    pub(crate) consent: Option<String>,
    /// A trip to a vendor for a digital key that this browser is on, sealed.
    pub(crate) key_trip: Option<String>,
    /// The location the operator last chose.
    pub location: Option<LocationId>,
    /// Asked by a script for a part of a page?
    pub htmx: bool,
    pub(crate) repeatable: Option<Repeatable>,
    pub(crate) had_form_cookie: bool,
    referring: Option<String>,
    host: String,
    known: Option<Known>,
}

impl Ctx {
    /// Nobody, as yet.
    pub(crate) fn anonymous(app: &App, surface: Surface, request: &Request) -> Self {
        let headers = request.headers();
        let https = app.https();
        let cookie = |plain: &str| security::cookie(headers, &security::cookie_name(plain, https));
        let form = cookie(security::FORM_COOKIE)
            .filter(|value| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()));
        Self {
            app: app.clone(),
            now: app.clock().now(),
            actor: Actor::Anonymous,
            surface,
            nonce: security::text_of(&store::chance::bytes::<16>()),
            had_form_cookie: form.is_some(),
            csrf: form.unwrap_or_else(|| security::text_of(&store::chance::bytes::<16>())),
            path: request
                .uri()
                .path_and_query()
                .map_or("/", |asked| asked.as_str())
                .to_owned(),
            address: address(app, request),
            device: text(headers, &header::USER_AGENT).chars().take(200).collect(),
            flash: cookie(FLASH_COOKIE).and_then(|value| flash_of(&value)),
            consent: cookie(CONSENT_COOKIE),
            key_trip: cookie(KEY_COOKIE),
            location: cookie(LOCATION_COOKIE).and_then(|value| value.parse().ok()),
            repeatable: None,
            htmx: headers.contains_key("hx-request"),
            referring: referring(headers),
            host: text(headers, &header::HOST).to_owned(),
            known: None,
        }
    }

    /// What a request shows to be recognised by, as its surface tells people apart: a bearer token or a session's cookie.
    pub(crate) fn shown(&self, request: &Request) -> Option<String> {
        match self.surface {
            Surface::Api => bearer(request.headers()).map(str::to_owned),
            Surface::Page | Surface::Portal | Surface::Auth => security::cookie(
                request.headers(),
                &security::cookie_name(SESSION_COOKIE, self.app.https()),
            ),
            Surface::Hook | Surface::Open => None,
        }
    }

    /// The same context with whoever the shown text belongs to.
    pub(crate) async fn recognise(&mut self, shown: Option<String>) -> Result<(), Problem> {
        let Some(shown) = shown else { return Ok(()) };
        let found = match self.surface {
            Surface::Api => who::by_token(self, &shown).await?,
            _ => who::by_session(self, &shown).await?,
        };
        if let Some((known, actor)) = found {
            self.known = Some(known);
            self.actor = actor;
        }
        Ok(())
    }

    /// What remembers.
    pub fn store(&self) -> &Store {
        self.app.store()
    }

    /// The ways out.
    pub fn outside(&self) -> &Outside {
        self.app.outside()
    }

    /// Who is signed in, if anybody.
    pub fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// Who is signed in, or the problem that nobody is.
    pub fn signed_in(&self) -> Result<&Known, Problem> {
        self.known.as_ref().ok_or_else(Problem::not_signed_in)
    }

    /// The tenant.
    ///
    /// # Panics
    /// On a route that needs nothing, where nobody may be signed in; use [`Ctx::known`] there.
    pub fn network(&self) -> NetworkId {
        self.known
            .as_ref()
            .map(|known| known.network)
            .expect("the guard lets only signed-in people into this route")
    }

    /// The signed-in human; a login that belongs to none finds nothing of its own.
    pub fn person(&self) -> Result<PersonId, Problem> {
        self.signed_in()?.person.ok_or_else(Problem::not_found)
    }

    /// Who acts, for the audit log.
    pub fn act(&self) -> Act {
        let actor = match self.known.as_ref().map(|known| (known.by, known.account)) {
            Some((By::Token { token }, _)) => store::record::Actor::Token(token),
            Some((By::Session { .. }, account)) => store::record::Actor::Account(account),
            None => store::record::Actor::Setup,
        };
        Act::new(self.network(), self.now, actor)
    }

    /// Was the sign-in within these minutes? API tokens were made by a fresh sign-in and count as fresh; the demo's clock is
    /// moved by days, and its one-click accounts have nothing to sign in with again.
    pub fn fresh(&self, minutes: i64) -> Result<(), Problem> {
        match self.signed_in()?.by {
            By::Session { fresh_at, .. } if fresh_at.plus_minutes(minutes) <= self.now => Err(Problem::new(
                Kind::FreshSignInNeeded,
                "For this, sign in again first. It takes a moment.",
            )),
            By::Session { .. } | By::Token { .. } => Ok(()),
        }
    }

    /// May they do this to that?
    pub fn allow(&self, action: Action, object: &Object) -> Result<(), Problem> {
        match may(&self.actor, action, object) {
            Permit::Granted => Ok(()),
            Permit::Denied(denial) => Err(Problem::new(Kind::NotAllowed, words::denied(denial))),
        }
    }

    /// May they do this at all? For showing or leaving out a button.
    pub fn may(&self, action: Action) -> bool {
        may(&self.actor, action, &Object::Some).is_granted()
    }

    /// The start of an address as people outside reach us, without a slash at the end.
    pub fn base_url(&self) -> String {
        match &self.app.settings().base_url {
            Some(base) => base.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.host),
        }
    }

    /// An address for a mail: only where the installation knows its own. What a request says of its host may be anybody's
    /// invention, and a mailed link must never lead elsewhere.
    pub fn mailed_url(&self, path: &str) -> Option<String> {
        let base = self.app.settings().base_url.as_ref()?;
        Some(format!("{}{path}", base.trim_end_matches('/')))
    }

    /// Where the browser came from, if that was a page of ours.
    pub(crate) fn referring_path(&self) -> &str {
        self.referring.as_deref().unwrap_or("/")
    }

    /// After a form has done its work: go and look at the result.
    pub fn go(&self, to: &str) -> Response {
        Redirect::to(to).into_response()
    }

    /// The same, with a message on the next page; `state` is open, scheduled, attention, refused or quiet.
    pub fn go_with(&self, to: &str, state: &str, text: impl AsRef<str>) -> Response {
        let mut response = self.go(to);
        let value = security::text_of(format!("{state}|{}", text.as_ref()).as_bytes());
        let cookie = security::set_cookie(FLASH_COOKIE, &value, self.app.https(), Some(60));
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }

    /// Commits what was done together with its answer, so that the same `Idempotency-Key` gets the same answer again.
    pub async fn commit(&self, mut tx: Tx, answer: impl IntoResponse) -> Result<Response, Problem> {
        let answer = answer.into_response();
        let Some(Repeatable { key, hash }) = &self.repeatable else {
            tx.commit().await?;
            return Ok(answer);
        };
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX)
            .await
            .map_err(|error| Problem::internal("writing an answer", error))?;
        let kept = store::idempotency::Answer {
            status: i64::from(parts.status.as_u16()),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        store::idempotency::keep(&mut tx, self.network(), key, hash, &kept, self.now).await?;
        tx.commit().await?;
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }

    /// Adds a cookie to an answer.
    pub fn with_cookie(&self, mut response: Response, plain: &str, value: &str, max_age_s: Option<i64>) -> Response {
        let cookie: HeaderValue = security::set_cookie(plain, value, self.app.https(), max_age_s);
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let ctx = parts.extensions.get::<Self>().cloned();
        ctx.ok_or_else(|| Problem::internal("entering a handler", "the route is not behind the guard"))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, &header::AUTHORIZATION).split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.trim())
}

fn referring(headers: &HeaderMap) -> Option<String> {
    let (_, rest) = text(headers, &header::REFERER).split_once("://")?;
    let (authority, _) = rest.split_once('/')?;
    if authority != text(headers, &header::HOST) {
        return None;
    }
    security::safe_next(&rest[authority.len()..]).map(str::to_owned)
}

/// The socket's other end, or what our own proxy says it is.
fn address(app: &App, request: &Request) -> String {
    let forwarded = text(request.headers(), &header::HeaderName::from_static("x-forwarded-for"));
    match forwarded.rsplit(',').next().map(str::trim) {
        Some(last) if app.settings().behind_proxy && !last.is_empty() => last.chars().take(64).collect(),
        _ => request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string()),
    }
}

fn flash_of(value: &str) -> Option<Flash> {
    let pairs: Vec<u8> = value
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let text = String::from_utf8(pairs).ok()?;
    let (state, text) = text.split_once('|')?;
    let known = ["open", "scheduled", "attention", "refused", "quiet"].contains(&state);
    (known && !text.is_empty()).then(|| Flash {
        state: state.to_owned(),
        text: text.to_owned(),
    })
}
