//! OAuth 2 as the vendors speak it: consent by authorization code with PKCE, renewal, password and client credentials.
//!
//! In: what was kept of a login. Out: access tokens that work. Why so: vendors differ in how one signs in, not in how a token is kept.
//! Always: one renewal at a time per login ([`Vault`]); a new refresh token is stored before the access token is used; a refused
//! renewal is [`Kind::SignInNeeded`] and never repeated by itself; an access token lives in memory only. How long a token lives is
//! measured in real time on purpose (the vendor's clock runs on while a test's stands), so it is tokio's.
//! Why our own: the public crates bring a second date library and a second source of chance; what we need of them is this file.

use std::sync::Arc;
use std::time::Duration;

use access::vendor::Secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::http::{Body, Call, Http};
use crate::limiter::moment;
use crate::trouble::{Kind, Trouble};
use crate::vault::{Borrowed, LoginKey, Vault};

/// A token is renewed when less than this is left of its life.
const MARGIN: Duration = Duration::from_secs(90);
/// Between two looks whether somebody else has renewed a login.
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// So many looks are more than a renewal may take.
const MOST_LOOKS: usize = 120;

/// What is kept of a login, sealed, as JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Does the client sign in by HTTP Basic? Else its secret travels in the form.
    #[serde(default)]
    pub basic: bool,
    pub scope: String,
    pub how: How,
    /// What a vendor keeps beside: activated gateways, say.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub beside: serde_json::Value,
}

/// How a new access token is had.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum How {
    /// By a person's consent.
    Refresh { token: String },
    /// As a system user.
    Password { username: String, password: String },
    /// As the client itself.
    Client,
}

impl Kept {
    pub fn read(secret: &Secret) -> Result<Self, Trouble> {
        serde_json::from_str(secret.reveal()).map_err(|_| {
            Trouble::new(
                "read the login",
                Kind::SignInNeeded,
                "what is kept of it cannot be read",
            )
        })
    }

    /// The new one, with what lay beside an old one where nothing lies beside it yet.
    pub fn carried_over(old: &[Secret], new: Secret) -> Secret {
        let Ok(mut kept) = Self::read(&new) else { return new };
        let beside = |old: &Secret| {
            Self::read(old)
                .ok()
                .map(|old| old.beside)
                .filter(|beside| !beside.is_null())
        };
        match old.iter().find_map(beside) {
            Some(beside) if kept.beside.is_null() => {
                kept.beside = beside;
                kept.secret()
            }
            _ => new,
        }
    }

    /// By field key, as it was typed.
    pub fn typed(&self) -> Vec<(String, Secret)> {
        let mut typed = vec![("client_id", &*self.client_id)];
        typed.extend(self.client_secret.as_deref().map(|secret| ("client_secret", secret)));
        match &self.how {
            How::Refresh { .. } => {}
            How::Password { username, password } => typed.extend([("email", &**username), ("password", password)]),
            How::Client => typed.push(("service_account", "yes")),
        }
        typed
            .into_iter()
            .map(|(key, text)| (key.to_owned(), Secret::new(text)))
            .collect()
    }

    pub fn secret(&self) -> Secret {
        Secret::new(serde_json::to_string(self).expect("a login is plain JSON"))
    }
}

/// A token endpoint's answer.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    pub refresh_token: Option<String>,
    #[serde(default)]
    pub scope: Option<String>,
}

impl Tokens {
    pub fn access(&self) -> Secret {
        Secret::new(&*self.access_token)
    }
}

/// What a token is asked for with.
pub(crate) enum Asked<'a> {
    Code {
        code: &'a Secret,
        back: &'a str,
        verifier: &'a Secret,
    },
    Kept(&'a How),
}

/// The address the browser is sent to.
pub(crate) fn consent_url(
    authorize: &Url,
    client_id: &str,
    scope: &str,
    back: &str,
    state: &str,
    verifier: &Secret,
) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.reveal()));
    let mut url = authorize.clone();
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", back),
        ("scope", scope),
        ("state", state),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    url.into()
}

/// Asks a token endpoint. A refusal's OAuth word (`invalid_grant`, …) is the first word of [`Refused`] below the trouble.
pub(crate) async fn ask(http: &Http, token: &Url, kept: &Kept, asked: Asked<'_>) -> Result<Tokens, Trouble> {
    let attempted = "sign in";
    let mut form: Vec<(&str, &str)> = vec![("client_id", &kept.client_id)];
    match &asked {
        Asked::Code { code, back, verifier } => form.extend([
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("redirect_uri", back),
            ("code_verifier", verifier.reveal()),
        ]),
        Asked::Kept(How::Refresh { token }) => {
            form.extend([("grant_type", "refresh_token"), ("refresh_token", token)]);
        }
        Asked::Kept(How::Password { username, password }) => form.extend([
            ("grant_type", "password"),
            ("username", username),
            ("password", password),
            ("scope", &kept.scope),
        ]),
        Asked::Kept(How::Client) => form.extend([("grant_type", "client_credentials"), ("scope", &kept.scope)]),
    }
    let mut auth = None;
    if let Some(secret) = &kept.client_secret {
        if kept.basic {
            auth = Some(Secret::new(STANDARD.encode(format!("{}:{secret}", kept.client_id))));
        } else {
            form.push(("client_secret", secret));
        }
    }
    let call = Call {
        method: Method::POST,
        url: token.clone(),
        auth: auth.as_ref().map(|pair| ("Basic", pair)),
        headers: &HeaderMap::new(),
        body: Body::Form(&form),
        attempted,
    };
    let answer = http.send(call).await?;
    if answer.is_success() {
        return answer.json(attempted);
    }
    let refused = answer.json::<Refused>(attempted).unwrap_or_default();
    let (kind, say) = match (answer.status, &*refused.error) {
        (429, _) => (
            Kind::Limited {
                retry_after_ms: answer.retry_after_ms.unwrap_or(5_000),
            },
            "too many sign-ins just now",
        ),
        (500.., _) => (Kind::VendorDown, "the vendor's sign-in is not working at the moment"),
        (_, "invalid_grant" | "invalid_client" | "unauthorized_client" | "invalid_scope") => {
            (Kind::SignInNeeded, "the vendor does not accept this login any more")
        }
        // Both vendors' sign-in has answered plain 404s for hours while it was down.
        (404, _) => (Kind::VendorDown, "the vendor's sign-in is not there at the moment"),
        _ => (Kind::Nonsense, "the vendor's sign-in answered with something else"),
    };
    let mut trouble = Trouble::new(attempted, kind, say);
    trouble.unknown = false;
    Err(trouble.because(refused))
}

/// What a token endpoint refuses with.
#[derive(Clone, Debug, Default, Deserialize, thiserror::Error)]
#[error("{error} {error_description}")]
pub(crate) struct Refused {
    #[serde(default)]
    pub error: String,
    #[serde(default)]
    pub error_description: String,
}

/// The OAuth word below a trouble, if a token endpoint refused.
pub(crate) fn refused(trouble: &Trouble) -> Option<&Refused> {
    trouble.source.as_ref()?.downcast_ref()
}

/// One login's token, shared by all that use the login in this process.
#[derive(Clone)]
pub(crate) struct Session(Arc<Inner>);

struct Inner {
    http: Http,
    token_url: Url,
    vault: Option<(Arc<dyn Vault>, LoginKey)>,
    held: Mutex<Held>,
}

struct Held {
    /// What was kept when we last looked; the truth where there is no vault.
    secret: Secret,
    access: Option<(Secret, Instant)>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl Session {
    pub fn new(http: &Http, token_url: Url, vault: Option<(Arc<dyn Vault>, LoginKey)>, secret: Secret) -> Self {
        Self(Arc::new(Inner {
            http: http.clone(),
            token_url,
            vault,
            held: Mutex::new(Held { secret, access: None }),
        }))
    }

    /// A token that lives long enough for a call.
    pub async fn token(&self) -> Result<Secret, Trouble> {
        self.other_than(None).await
    }

    /// The vendor refused this one: another, unless somebody has fetched it already.
    pub async fn instead_of(&self, stale: &Secret) -> Result<Secret, Trouble> {
        self.other_than(Some(stale.clone())).await
    }

    /// A token that lives for so long from now, as far as the vendor's live that long at all.
    pub async fn lasting(&self, life: Duration) -> Result<Secret, Trouble> {
        let held = self.0.held.lock().await.access.clone();
        let (stale, until) = held.unzip();
        match stale {
            Some(token) if until.is_some_and(|until| Instant::now() + life < until) => Ok(token),
            stale => self.other_than(stale).await,
        }
    }

    async fn other_than(&self, stale: Option<Secret>) -> Result<Secret, Trouble> {
        if let Some(usable) = self.0.held.lock().await.usable(stale.as_ref()) {
            return Ok(usable);
        }
        let session = self.clone();
        unbroken(async move {
            let mut held = session.0.held.lock().await;
            match held.usable(stale.as_ref()) {
                Some(usable) => Ok(usable),
                None => session.renew(&mut held).await,
            }
        })
        .await
    }

    /// Reads what is kept.
    pub async fn kept(&self) -> Result<Kept, Trouble> {
        Kept::read(&self.0.held.lock().await.secret)
    }

    /// Reads what is kept now, also by other processes.
    pub async fn kept_anew(&self) -> Result<Kept, Trouble> {
        self.change(|_| ()).await
    }

    /// Changes what is kept, and answers it as it is then.
    pub async fn change(&self, change: impl FnOnce(&mut Kept) + Send + 'static) -> Result<Kept, Trouble> {
        let session = self.clone();
        unbroken(async move {
            let mut held = session.0.held.lock().await;
            let before = session.borrow(&mut held).await?;
            let mut after = match Kept::read(&before) {
                Ok(kept) => kept,
                Err(trouble) => {
                    session.give_back(None).await?;
                    return Err(trouble);
                }
            };
            change(&mut after);
            let secret = after.secret();
            let changed = (secret != before).then(|| secret.clone());
            session.give_back(changed).await?;
            held.secret = secret;
            Ok(after)
        })
        .await
    }

    async fn renew(&self, held: &mut Held) -> Result<Secret, Trouble> {
        held.access = None;
        let before = self.borrow(held).await?;
        let renewed = match Kept::read(&before) {
            Ok(kept) => ask(&self.0.http, &self.0.token_url, &kept, Asked::Kept(&kept.how))
                .await
                .map(|tokens| (kept, tokens)),
            Err(trouble) => Err(trouble),
        };
        let (mut kept, tokens) = match renewed {
            Ok(renewed) => renewed,
            Err(trouble) => {
                self.give_back(None).await?;
                return Err(trouble);
            }
        };
        let mut changed = None;
        if let (How::Refresh { token }, Some(new)) = (&mut kept.how, &tokens.refresh_token)
            && token != new
        {
            token.clone_from(new);
            changed = Some(kept.secret());
        }
        // The new one lies in the database before anything is done with it: the vendor has taken the old one back by now.
        self.give_back(changed.clone()).await?;
        held.secret = changed.unwrap_or(before);
        let access = tokens.access();
        // Tokens without a stated life are tried until the vendor refuses them.
        let life = Duration::from_secs(tokens.expires_in.unwrap_or(600));
        held.access = Some((access.clone(), Instant::now() + life));
        Ok(access)
    }

    async fn borrow(&self, held: &mut Held) -> Result<Secret, Trouble> {
        let Some((vault, key)) = &self.0.vault else {
            return Ok(held.secret.clone());
        };
        for _ in 0..MOST_LOOKS {
            match vault.borrow(*key).await? {
                Borrowed::Yours(secret) => return Ok(secret),
                Borrowed::Elsewhere => moment(LOOK_AGAIN).await,
            }
        }
        let say = "another process has been renewing this login for too long";
        Err(Trouble::new("sign in", Kind::VendorDown, say))
    }

    async fn give_back(&self, changed: Option<Secret>) -> Result<(), Trouble> {
        match &self.0.vault {
            Some((vault, key)) => vault.give_back(*key, changed).await,
            None => Ok(()),
        }
    }
}

impl Held {
    /// The token in hand, if it lives long enough and is not the one that was refused.
    fn usable(&self, stale: Option<&Secret>) -> Option<Secret> {
        let (token, until) = self.access.as_ref()?;
        let lives = Instant::now() + MARGIN < *until;
        (lives && stale != Some(token)).then(|| token.clone())
    }
}

/// Runs to its end whatever becomes of who asked: a renewal broken off half-way would lose the only refresh token there is.
async fn unbroken<T: Send + 'static>(
    trip: impl Future<Output = Result<T, Trouble>> + Send + 'static,
) -> Result<T, Trouble> {
    let failed = |error| Trouble::new("sign in", Kind::VendorDown, "the sign-in broke off").because(error);
    tokio::spawn(trip).await.unwrap_or_else(|error| Err(failed(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let authorize = Url::parse("https://login.example/connect/authorize").expect("an address");
        let url = consent_url(&authorize, "c", "a b", "https://us.example/back", "s", &verifier);
        assert!(
            url.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            "{url}"
        );
        assert!(url.contains("redirect_uri=https%3A%2F%2Fus.example%2Fback"), "{url}");
    }

    #[test]
    fn what_is_kept_reads_back_and_shows_nothing() {
        let kept = Kept {
            client_id: "c".to_owned(),
            client_secret: None,
            basic: false,
            scope: "a".to_owned(),
            how: How::Refresh { token: "rt".to_owned() },
            beside: serde_json::Value::Null,
        };
        let secret = kept.secret();
        assert!(Kept::read(&secret).expect("it is ours") == kept);
        assert_eq!(format!("{secret:?}"), "(secret)");
        let activated = Kept {
            beside: serde_json::json!({ "gateways": 1 }),
            ..kept.clone()
        };
        let carried = Kept::carried_over(&[secret.clone(), activated.secret()], secret.clone());
        assert!(Kept::read(&carried).expect("it is ours") == activated);
        assert_eq!(
            Kept::carried_over(std::slice::from_ref(&secret), activated.secret()),
            activated.secret()
        );
        assert_eq!(
            Kept::read(&Secret::new("x")).map(drop).unwrap_err().kind,
            Kind::SignInNeeded
        );
    }
}
