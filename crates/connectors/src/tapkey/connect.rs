//! Signing in: by a person's consent, or as the client's own service account (§3.1, §3.3, §3.6).
//!
//! In: what the operator typed, and how far the browser's trip is. Out: a login that works, with the locking systems to choose from; or
//! which of the things that go wrong went wrong.
//! Why so: without a shared client every deployment registers its own, so the first sign-in is where a wrong registration shows.
//! Always: what was granted is compared with what was asked; endpoints are the issuer's own (discovery), else the documented ones.

use access::vendor::{ConnectForm, ConnectRefusal, Connected, Consent, NewLogin, Site};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::client::{Auth, Client};
use super::user_groups::GROUPS;
use super::wire::Owner;
use super::{Settings, UserGroups, limiter_key};
use crate::http::{Body, Call, Http};
use crate::limiter::Lane;
use crate::oauth::{Asked, How, Kept, Tokens, ask, consent_url, refused};
use crate::port::Ways;
use crate::trouble::{Kind, Trouble};

/// Without this one only door events are missing.
const LOGS: &str = "read:logs";
/// Locking systems looked at for user groups while connecting, at the most.
const MOST_PROBED: usize = 5;

/// Where the issuer takes what (§2).
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    authorize: Url,
    pub token: Url,
    pub revocation: Option<Url>,
}

impl Endpoints {
    /// The documented ones.
    fn documented(issuer: &Url) -> Self {
        Self {
            authorize: below(issuer, &["connect", "authorize"]),
            token: below(issuer, &["connect", "token"]),
            revocation: None,
        }
    }

    /// What discovery says; a word of it that is no address of this kind is as if it were missing.
    fn said(issuer: &Url, said: &Value) -> Self {
        let address = |key: &str| {
            let url = Url::parse(said[key].as_str()?).ok()?;
            // The client's secret goes there: never over a weaker way than the issuer's own.
            (url.scheme() == issuer.scheme() || url.scheme() == "https").then_some(url)
        };
        let documented = Self::documented(issuer);
        Self {
            authorize: address("authorization_endpoint").unwrap_or(documented.authorize),
            token: address("token_endpoint").unwrap_or(documented.token),
            revocation: address("revocation_endpoint"),
        }
    }

    async fn discovered(http: &Http, issuer: &Url) -> Self {
        let attempted = "look for Tapkey's sign-in";
        let url = below(issuer, &[".well-known", "openid-configuration"]);
        let call = Call {
            method: Method::GET,
            url,
            auth: None,
            headers: &HeaderMap::new(),
            body: Body::None,
            attempted,
        };
        let said = http.send(call).await.and_then(|answer| answer.json::<Value>(attempted));
        match said {
            Ok(said) if said.is_object() => Self::said(issuer, &said),
            Ok(_) => Self::documented(issuer),
            Err(trouble) => {
                tracing::info!(%trouble, "Tapkey's sign-in is used as documented");
                Self::documented(issuer)
            }
        }
    }

    /// As kept beside the login, so that a renewal needs no discovery; those of another issuer are of no use.
    pub fn kept(settings: &Settings, kept: &Kept) -> Result<Self, Trouble> {
        let issuer = settings.issuer()?;
        Ok(match kept.beside["issuer"].as_str() {
            Some(known) if known == issuer.as_str() => Self::said(&issuer, &kept.beside),
            _ => Self::documented(&issuer),
        })
    }

    fn to_keep(&self, issuer: &Url) -> Value {
        json!({
            "issuer": issuer.as_str(), "authorization_endpoint": self.authorize.as_str(),
            "token_endpoint": self.token.as_str(), "revocation_endpoint": self.revocation.as_ref().map(Url::as_str),
        })
    }
}

fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

/// What was typed.
struct Typed {
    client_id: String,
    client_secret: String,
    /// Sign in as the client's own service account?
    as_itself: bool,
}

/// The answer to [`crate::Connectors::connect`].
pub(crate) async fn connect(settings: &Settings, ways: &Ways, form: &ConnectForm) -> Connected {
    match try_connect(settings, ways, form).await {
        Ok(connected) => connected,
        Err(refusal) => Connected::No(refusal),
    }
}

async fn try_connect(settings: &Settings, ways: &Ways, form: &ConnectForm) -> Result<Connected, ConnectRefusal> {
    let typed = typed(form)?;
    let issuer = settings.issuer().map_err(|trouble| unreachable(&trouble))?;
    let asked_for = scope(settings, typed.as_itself);
    let endpoints = Endpoints::discovered(&ways.http, &issuer).await;
    let mut kept = Kept {
        client_id: typed.client_id,
        client_secret: Some(typed.client_secret),
        basic: false,
        scope: asked_for.clone(),
        how: How::Client,
        beside: endpoints.to_keep(&issuer),
    };
    let (tokens, granted) = match (&form.consent, typed.as_itself) {
        (_, true) => {
            let asked = Asked::Kept(&How::Client);
            let tokens = ask(&ways.http, &endpoints.token, &kept, asked)
                .await
                .map_err(|trouble| refusal_of_client(&trouble, &asked_for))?;
            (tokens, None)
        }
        (Consent::Impossible, false) => return Err(ConnectRefusal::ConsentNeeded),
        (Consent::Possible { back, state, verifier }, false) => {
            let url = consent_url(&endpoints.authorize, &kept.client_id, &asked_for, back, state, verifier);
            return Ok(Connected::ConsentNeeded { url });
        }
        (
            Consent::Given {
                back,
                code,
                verifier,
                scope,
            },
            false,
        ) => {
            let asked = Asked::Code { code, back, verifier };
            let tokens = ask(&ways.http, &endpoints.token, &kept, asked)
                .await
                .map_err(|trouble| refusal_of_code(&trouble))?;
            (tokens, scope.clone())
        }
    };
    let mut warnings = Vec::new();
    // Silence means that all was granted (RFC 6749); the token endpoint's word counts more than the callback's.
    if let Some(granted) = tokens.scope.as_ref().or(granted.as_ref()) {
        check_granted(&asked_for, granted, &mut warnings)?;
    }
    if !typed.as_itself {
        let token = tokens
            .refresh_token
            .clone()
            .ok_or_else(|| ConnectRefusal::MissingRights {
                say: "Tapkey did not allow us to stay signed in: the client needs the permission “offline access”."
                    .to_owned(),
            })?;
        kept.how = How::Refresh { token };
    }
    let account = account(&kept.client_id, &tokens);
    let limiter = ways.limiters.of(&limiter_key(&account), settings.calls_per_s);
    let base = settings.api().map_err(|trouble| unreachable(&trouble))?;
    let client = Client::new(base, &ways.http, limiter, Auth::Token(tokens.access()), None);
    let sites = sites(&client, Lane::Open).await.map_err(|trouble| no_right(&trouble))?;
    if sites.is_empty() {
        return Err(ConnectRefusal::MissingRights {
            say: "Signed in, but this account is not an administrator of any locking system. Add it as a co-administrator in Tapkey's portal and connect again."
                .to_owned(),
        });
    }
    warnings.extend(probe_user_groups(settings, &client, &sites).await);
    Ok(Connected::Yes(NewLogin {
        account,
        shown: format!("Tapkey client {}", kept.client_id),
        secret: kept.secret(),
        sites,
        warnings,
    }))
}

fn typed(form: &ConnectForm) -> Result<Typed, ConnectRefusal> {
    let text = |key: &str| {
        let field = form.fields.iter().find(|(known, _)| known == key);
        field
            .map(|(_, typed)| typed.reveal().trim().to_owned())
            .unwrap_or_default()
    };
    let needed = |key: &str, say: &str| match text(key) {
        typed if typed.is_empty() => Err(ConnectRefusal::Field {
            key: key.to_owned(),
            say: say.to_owned(),
        }),
        typed => Ok(typed),
    };
    Ok(Typed {
        client_id: needed("client_id", "Type the client ID that Tapkey's integrator portal shows.")?,
        client_secret: needed(
            "client_secret",
            "Type the client's secret. If it is lost, make a new one on the portal.",
        )?,
        as_itself: text("service_account") == "yes",
    })
}

/// §3.6: a client that signs in as itself gets no refresh token, and must not ask for one.
fn scope(settings: &Settings, as_itself: bool) -> String {
    let words = settings.scope.split_whitespace();
    let words: Vec<&str> = words.filter(|word| !(as_itself && *word == "offline_access")).collect();
    words.join(" ")
}

fn check_granted(asked_for: &str, granted: &str, warnings: &mut Vec<String>) -> Result<(), ConnectRefusal> {
    let granted: Vec<&str> = granted.split_whitespace().collect();
    let missing = asked_for.split_whitespace().filter(|word| !granted.contains(word));
    let (logs, missing): (Vec<&str>, Vec<&str>) = missing.partition(|word| *word == LOGS);
    if !missing.is_empty() {
        let rights: Vec<&str> = missing.into_iter().map(in_plain_words).collect();
        return Err(ConnectRefusal::MissingRights {
            say: format!(
                "Tapkey did not grant all that is needed. Missing: {}.",
                rights.join("; ")
            ),
        });
    }
    if !logs.is_empty() {
        warnings.push("Tapkey did not grant reading the log, so openings will not be shown.".to_owned());
    }
    Ok(())
}

/// §3.2 for an operator's eyes.
fn in_plain_words(scope: &str) -> &str {
    match scope {
        "read:owneraccounts" => "reading locking systems (owner accounts, read)",
        "read:core:entities" => "reading locks and contacts (core entities, read)",
        "write:core:entities" => "adding contacts (core entities, read and write)",
        "read:grants" => "reading grants (grants, read)",
        "write:grants" => "giving and revoking grants (grants, read and write)",
        "offline_access" => "staying signed in (offline access)",
        other => other,
    }
}

/// Same login, same key. Which user consented is not told by any call (§7.12), but the usual access token says it in its `sub`; where
/// it is opaque the client alone must do. The locking systems are no part of it: they come and go while the login stays the same.
fn account(client_id: &str, tokens: &Tokens) -> String {
    let token = tokens.access();
    let claims = token
        .reveal()
        .split('.')
        .nth(1)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    match claims.as_ref().and_then(|claims| claims["sub"].as_str()) {
        Some(user) => format!("{client_id}/{user}"),
        None => client_id.to_owned(),
    }
}

/// The active owner accounts (§7.1).
pub(super) async fn sites(client: &Client, lane: Lane) -> Result<Vec<Site>, Trouble> {
    let owners = client
        .list::<Owner>(lane, &["Owners"], None, "list locking systems")
        .await?;
    let active = owners.items.into_iter().filter(|owner| owner.active != Some(false));
    Ok(active
        .map(|owner| Site {
            name: owner.name.unwrap_or_else(|| owner.id.clone()),
            external: owner.id,
            zone: None,
        })
        .collect())
}

/// §7.6: only a reading call tells whether user groups can be reached.
async fn probe_user_groups(settings: &Settings, client: &Client, sites: &[Site]) -> Vec<String> {
    let mut warnings = Vec::new();
    if settings.user_groups == UserGroups::Off {
        return warnings;
    }
    for site in sites.iter().take(MOST_PROBED) {
        let path = ["Owners", &*site.external, GROUPS];
        let found = client.page(Lane::Open, &path, &[], "look for user groups").await;
        let name = &site.name;
        match (found, settings.user_groups) {
            (Ok(groups), UserGroups::Probe) if !groups.is_empty() => warnings.push(format!(
                "{name} has {} user groups at Tapkey. Vestibule gives access door by door; user groups can be used once this server's settings switch them on.",
                groups.len()
            )),
            (Err(trouble), UserGroups::On) => warnings.push(format!(
                "The user groups of {name} cannot be used: {}. Access can be given door by door.",
                trouble.say
            )),
            (Ok(_) | Err(_), _) => {}
        }
    }
    warnings
}

fn refusal_of_client(trouble: &Trouble, asked_for: &str) -> ConnectRefusal {
    match refused(trouble).map(|refused| &*refused.error) {
        Some("invalid_client") => ConnectRefusal::WrongClient,
        Some("unauthorized_client") => ConnectRefusal::Field {
            key: "service_account".to_owned(),
            say: "This client was not made for client credentials, so it has no service account. Untick this to sign in yourself.".to_owned(),
        },
        Some("invalid_scope") => ConnectRefusal::MissingRights {
            say: format!("The client may not ask for all that is needed. On Tapkey's integrator portal, permit it: {asked_for}."),
        },
        _ => unreachable(trouble),
    }
}

fn refusal_of_code(trouble: &Trouble) -> ConnectRefusal {
    match refused(trouble).map(|refused| &*refused.error) {
        Some("invalid_grant") => ConnectRefusal::ConsentOver,
        Some("invalid_client" | "unauthorized_client") => ConnectRefusal::WrongClient,
        _ => unreachable(trouble),
    }
}

fn no_right(trouble: &Trouble) -> ConnectRefusal {
    match trouble.kind {
        Kind::Forbidden | Kind::SignInNeeded => ConnectRefusal::MissingRights {
            say: "Signed in, but the locking systems may not be read: the client needs the permission to read owner accounts.".to_owned(),
        },
        _ => unreachable(trouble),
    }
}

fn unreachable(trouble: &Trouble) -> ConnectRefusal {
    ConnectRefusal::Unreachable {
        say: trouble.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(access: &str) -> Tokens {
        serde_json::from_value(json!({"access_token": access})).unwrap()
    }

    #[test]
    fn two_people_who_consent_to_one_client_are_two_accounts_where_the_token_tells_them_apart() {
        let of = |user: &str| {
            let claims = URL_SAFE_NO_PAD.encode(json!({"sub": user}).to_string());
            account("spaces-prod", &tokens(&format!("h.{claims}.s")))
        };
        assert_eq!(of("u-1"), "spaces-prod/u-1");
        assert_ne!(of("u-1"), of("u-2"));
        for opaque in ["at-17", "a.b.c", "h..s"] {
            assert_eq!(account("spaces-prod", &tokens(opaque)), "spaces-prod");
        }
    }

    #[test]
    fn endpoints_are_the_issuers_own_and_never_weaker_than_it() {
        let issuer = Url::parse("https://login.tapkey.com").unwrap();
        let said = json!({"token_endpoint": "https://login.tapkey.com/t", "authorization_endpoint": "http://x.example/a",
                          "revocation_endpoint": "https://login.tapkey.com/connect/revocation"});
        let endpoints = Endpoints::said(&issuer, &said);
        assert_eq!(endpoints.token.as_str(), "https://login.tapkey.com/t");
        assert_eq!(
            endpoints.authorize.as_str(),
            "https://login.tapkey.com/connect/authorize"
        );
        assert!(endpoints.revocation.is_some() && Endpoints::documented(&issuer).revocation.is_none());
        let again = Endpoints::said(&issuer, &endpoints.to_keep(&issuer));
        assert_eq!((again.token, again.revocation), (endpoints.token, endpoints.revocation));
    }
}
