//! `POST /connect/token`: codes, client credentials and refresh tokens become access tokens (contract §3.3–§3.8).
//!
//! Credentials travel in the form. Errors are RFC 6749's, always with 400. Also here: whom a bearer token acts for.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::ask::Refusal;
use super::super::encoding::in_url;
use super::super::rows::{Client, Flow, Token};
use super::super::state::World;
use super::super::switches::RefreshTokens;
use super::{Query, allowed, field, words};
use crate::wire::Out;

const CODE_LIVES_MS: i64 = 5 * 60_000;
const DAY_MS: i64 = 86_400_000;

/// Whom a call acts for, and what its token may do.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub user: String,
    pub scopes: Vec<String>,
    /// A service account, which cannot create owner accounts.
    pub is_service: bool,
}

impl Caller {
    /// The token's scope, or 401 (S2).
    pub fn scope(&self, scope: &str) -> Result<(), Refusal> {
        if self.scopes.iter().any(|granted| granted == scope) {
            return Ok(());
        }
        Err(Refusal::unauthorized(format!("The token lacks the scope {scope}.")))
    }
}

impl World {
    /// The caller behind an `Authorization` header, or 401.
    pub fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Refusal> {
        let token = authorization
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| self.access_tokens.get(token.trim()))
            .filter(|token| self.now() < token.expires_ms)
            .ok_or_else(|| Refusal::unauthorized("The access token is missing, unknown or expired."))?;
        let client = self.clients.get(&token.client);
        Ok(Caller {
            user: token.user.clone(),
            scopes: token.scopes.clone(),
            is_service: client.is_some_and(|client| client.flow == Flow::ClientCredentials),
        })
    }
}

/// `None` for a body that is no form.
pub(crate) fn token(world: &mut World, form: Option<Vec<(String, String)>>) -> Out {
    let issued = match form {
        Some(form) => issue(world, &form),
        None => Err("invalid_request"),
    };
    match issued {
        Ok(body) => Out::json(200, &body).with("cache-control", "no-store"),
        Err(error) => Out::json(400, &json!({ "error": error })),
    }
}

fn issue(world: &mut World, form: &Query) -> Result<Value, &'static str> {
    let grant_type = field(form, "grant_type").ok_or("invalid_request")?;
    if !matches!(
        grant_type,
        "authorization_code" | "client_credentials" | "refresh_token"
    ) {
        return Err("unsupported_grant_type");
    }
    let client = field(form, "client_id")
        .and_then(|id| world.clients.get(id))
        .cloned()
        .ok_or("invalid_client")?;
    if client.secret.as_deref() != field(form, "client_secret") {
        return Err("invalid_client");
    }
    match (grant_type, client.flow) {
        ("client_credentials", Flow::ClientCredentials) => by_credentials(world, &client, form),
        ("authorization_code", Flow::CodeWithSecret | Flow::CodeWithPkce) => by_code(world, &client, form),
        ("refresh_token", Flow::CodeWithSecret | Flow::CodeWithPkce) => by_refresh(world, &client, form),
        _ => Err("unauthorized_client"),
    }
}

fn by_code(world: &mut World, client: &Client, form: &Query) -> Result<Value, &'static str> {
    let now = world.now();
    // Taken out whatever follows: a code works once, also for who gets the rest wrong.
    let code = field(form, "code")
        .and_then(|code| world.codes.remove(code))
        .ok_or("invalid_grant")?;
    let verified = match (&code.challenge, field(form, "code_verifier")) {
        (Some(challenge), Some(verifier)) => *challenge == in_url(&Sha256::digest(verifier)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let fresh = now < code.issued_ms + CODE_LIVES_MS;
    let same = code.client == client.id && Some(code.redirect_uri.as_str()) == field(form, "redirect_uri");
    if !(verified && fresh && same) {
        return Err("invalid_grant");
    }
    let offline = code.scopes.iter().any(|scope| scope == "offline_access");
    let refresh = offline && world.switches.refresh_tokens != RefreshTokens::None;
    let refresh = refresh.then(|| new_refresh_token(world, client, &code.user, &code.scopes));
    Ok(access(world, client, &code.user, code.scopes, refresh))
}

fn by_credentials(world: &mut World, client: &Client, form: &Query) -> Result<Value, &'static str> {
    let scopes = words(field(form, "scope"));
    if scopes.is_empty() || scopes.iter().any(|scope| scope == "offline_access") || !allowed(client, &scopes) {
        return Err("invalid_scope");
    }
    let user = client.service_user.clone().ok_or("unauthorized_client")?;
    Ok(access(world, client, &user, scopes, None))
}

fn by_refresh(world: &mut World, client: &Client, form: &Query) -> Result<Value, &'static str> {
    let now = world.now();
    let presented = field(form, "refresh_token").ok_or("invalid_request")?.to_owned();
    let known = world
        .refresh_tokens
        .get_mut(&presented)
        .filter(|token| token.client == client.id && now < token.expires_ms)
        .ok_or("invalid_grant")?;
    let scopes = match field(form, "scope") {
        None => known.scopes.clone(),
        some => words(some),
    };
    if !scopes.iter().all(|scope| known.scopes.contains(scope)) {
        return Err("invalid_scope");
    }
    known.expires_ms = now + i64::from(world.switches.refresh_token_days) * DAY_MS;
    let known = known.clone();
    let next = match world.switches.refresh_tokens {
        RefreshTokens::Reusable => presented,
        RefreshTokens::Rotating => {
            world.refresh_tokens.remove(&presented);
            new_refresh_token(world, client, &known.user, &known.scopes)
        }
        RefreshTokens::None => return Err("invalid_grant"),
    };
    Ok(access(world, client, &known.user, scopes, Some(next)))
}

fn new_refresh_token(world: &mut World, client: &Client, user: &str, scopes: &[String]) -> String {
    let secret = world.new_secret("rt");
    let token = Token {
        client: client.id.clone(),
        user: user.to_owned(),
        scopes: scopes.to_vec(),
        expires_ms: world.now() + i64::from(world.switches.refresh_token_days) * DAY_MS,
    };
    world.refresh_tokens.insert(secret.clone(), token);
    secret
}

fn access(world: &mut World, client: &Client, user: &str, scopes: Vec<String>, refresh: Option<String>) -> Value {
    let (secret, seconds) = (world.new_secret("at"), world.switches.access_token_s);
    let mut body = json!({
        "access_token": secret, "expires_in": seconds, "token_type": "Bearer", "scope": scopes.join(" "),
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    let token = Token {
        client: client.id.clone(),
        user: user.to_owned(),
        scopes,
        expires_ms: world.now() + i64::from(seconds) * 1000,
    };
    world.access_tokens.insert(secret, token);
    body
}
