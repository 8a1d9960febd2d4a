//! The token endpoint and what hangs on it (contract §3.2–§3.6).
//!
//! Access tokens are looked up, not verified: the simulator knows what it gave out. They live 3600 s by the clock.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::rows::{Client, Host, Id};
use super::super::state::{Access, Granted, World};
use super::super::switches::Refresh;
use super::{field, jwt};
use crate::wire::Out;

const ACCESS_LIFE_S: i64 = 3_600;
/// Codes live five minutes.
pub(super) const CODE_LIFE_MS: i64 = 300_000;

type Fields = [(String, String)];
/// What is granted, or status and error.
type Grant = Result<(Granted, Option<String>), (u16, &'static str)>;

/// `POST /connect/token`.
pub(super) fn answer(world: &mut World, form: &Fields, authorization: Option<&str>) -> (Out, Option<Id>) {
    let granted = client(world, form, authorization).and_then(|client| {
        let grant = field(form, "grant_type").unwrap_or_default();
        let known = ["authorization_code", "refresh_token", "password", "client_credentials"];
        if !known.contains(&grant) {
            return Err((400, "unsupported_grant_type"));
        }
        if !client.grants.iter().any(|allowed| allowed == grant) {
            return Err((400, "unauthorized_client"));
        }
        match grant {
            "authorization_code" => by_code(world, &client, form),
            "refresh_token" => by_refresh(world, &client, form),
            "password" => by_password(world, &client, form),
            // Enabled for nobody who acts for a person: there is no person in it.
            _ => Err((400, "unauthorized_client")),
        }
    });
    match granted {
        Ok((granted, refresh)) => {
            let person = granted.person.clone();
            (issue(world, &granted, refresh), Some(person))
        }
        Err((status, error)) => (Out::json(status, &json!({ "error": error })), None),
    }
}

fn client(world: &World, form: &Fields, authorization: Option<&str>) -> Result<Client, (u16, &'static str)> {
    let refused = (world.switches.invalid_client_status, "invalid_client");
    let basic = authorization.and_then(basic);
    let id = basic
        .as_ref()
        .map(|(id, _)| id.as_str())
        .or_else(|| field(form, "client_id"));
    let secret = basic
        .as_ref()
        .map(|(_, secret)| secret.as_str())
        .or_else(|| field(form, "client_secret"));
    let client = world.clients.iter().find(|client| Some(client.id.as_str()) == id);
    match client {
        Some(client) if client.secret.is_none() || client.secret.as_deref() == secret => Ok(client.clone()),
        _ => Err(refused),
    }
}

/// Client id and secret of a Basic header. Percent signs inside are decoded, a plus stays one: so plain secrets work as
/// well as those of clients that encode both parts as the standard has it.
fn basic(header: &str) -> Option<(String, String)> {
    let bytes = BASE64_STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| {
        let text = text.replace('+', "%2B").replace('&', "%26").replace('#', "%23");
        let mut pairs = crate::wire::parse_query(&format!("v={text}"));
        pairs.pop().map(|(_, value)| value)
    };
    Some((plain(id)?, plain(secret)?))
}

fn by_code(world: &mut World, client: &Client, form: &Fields) -> Grant {
    let refused = (400, "invalid_grant");
    // Taken out whatever comes next: a code is good once.
    let granted = field(form, "code")
        .and_then(|code| world.codes.remove(code))
        .ok_or(refused)?;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(field(form, "code_verifier").unwrap_or_default()));
    let good = granted.client == client.id
        && field(form, "redirect_uri") == Some(granted.redirect_uri.as_str())
        && granted.challenge == challenge
        && world.now() - granted.at_ms <= CODE_LIFE_MS;
    if !good {
        return Err(refused);
    }
    let refresh = fresh_refresh(world, &granted);
    Ok((granted, refresh))
}

fn by_refresh(world: &mut World, client: &Client, form: &Fields) -> Grant {
    let refused = (400, "invalid_grant");
    let token = field(form, "refresh_token").ok_or(refused)?;
    let granted = world
        .refresh_tokens
        .get(token)
        .filter(|granted| granted.client == client.id)
        .cloned()
        .ok_or(refused)?;
    match world.switches.refresh {
        Refresh::Expired => Err(refused),
        Refresh::Sliding => Ok((granted, None)),
        Refresh::Rotating => {
            world.refresh_tokens.remove(token);
            let refresh = fresh_refresh(world, &granted);
            Ok((granted, refresh))
        }
    }
}

fn by_password(world: &mut World, client: &Client, form: &Fields) -> Grant {
    let scopes: Vec<String> = field(form, "scope")
        .unwrap_or("user_api.full_access")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if !scopes.iter().all(|scope| client.scopes.contains(scope)) {
        return Err((400, "invalid_scope"));
    }
    let person = field(form, "username")
        .and_then(|email| world.person_by_email(email))
        .filter(|person| person.password.is_some() && person.password.as_deref() == field(form, "password"))
        .ok_or((400, "invalid_grant"))?;
    let granted = Granted {
        client: client.id.clone(),
        person: person.id.clone(),
        scopes,
        redirect_uri: String::new(),
        challenge: String::new(),
        nonce: None,
        at_ms: world.now(),
    };
    let refresh = fresh_refresh(world, &granted);
    Ok((granted, refresh))
}

/// A refresh token, if `offline_access` was granted.
fn fresh_refresh(world: &mut World, granted: &Granted) -> Option<String> {
    if !granted.scopes.iter().any(|scope| scope == "offline_access") {
        return None;
    }
    let token = world.new_secret().to_uppercase();
    world.refresh_tokens.insert(token.clone(), granted.clone());
    Some(token)
}

fn issue(world: &mut World, granted: &Granted, refresh: Option<String>) -> Out {
    let (now_ms, jti) = (world.now(), world.new_secret());
    let now_s = now_ms.div_euclid(1000);
    let base = world.url(Host::Identity).to_owned();
    let Some(person) = world.people.get(&granted.person).cloned() else {
        return Out::json(400, &json!({ "error": "invalid_grant" }));
    };
    let mut claims = json!({
        "iss": base, "aud": "user_api", "scope": granted.scopes, "client_id": granted.client, "sub": person.sub,
        "amr": ["password"], "idp": "local", "auth_time": granted.at_ms.div_euclid(1000), "iat": now_s, "nbf": now_s,
        "exp": now_s + ACCESS_LIFE_S, "tenant_id": "salto-ks", "product_id": "ks", "identity_id": person.sub,
        "skip_email": false, "jti": jti[..32].to_uppercase(),
    });
    claims[format!("profile_id_{}", person.sub)] = person.id.clone().into();
    let access = jwt::signed(&world.key, "at+jwt", &claims);
    let expires_ms = (now_s + ACCESS_LIFE_S) * 1000;
    // Expired ones are told from unknown ones for a day.
    world
        .access_tokens
        .retain(|_, access| access.expires_ms + 86_400_000 > now_ms);
    world.access_tokens.insert(
        access.clone(),
        Access {
            person: person.id.clone(),
            scopes: granted.scopes.clone(),
            expires_ms,
        },
    );
    let mut body = json!({ "access_token": access, "expires_in": ACCESS_LIFE_S, "token_type": "Bearer",
                           "scope": granted.scopes.join(" ") });
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    if granted.scopes.iter().any(|scope| scope == "openid") {
        let mut claims = json!({ "iss": base, "aud": granted.client, "sub": person.sub, "iat": now_s, "nbf": now_s,
                                 "exp": now_s + 300, "auth_time": granted.at_ms.div_euclid(1000), "amr": ["password"],
                                 "idp": "local" });
        if let Some(nonce) = &granted.nonce {
            claims["nonce"] = nonce.clone().into();
        }
        body["id_token"] = jwt::signed(&world.key, "JWT", &claims).into();
    }
    Out::json(200, &body).with("cache-control", "no-store")
}

/// `POST /connect/revocation`: 200 whether or not the token was known.
pub(super) fn revoke(world: &mut World, form: &Fields, authorization: Option<&str>) -> Out {
    if let Err((status, error)) = client(world, form, authorization) {
        return Out::json(status, &json!({ "error": error }));
    }
    if let Some(token) = field(form, "token") {
        world.refresh_tokens.remove(token);
        world.access_tokens.remove(token);
    }
    Out::empty(200)
}

/// `GET /connect/userinfo`.
pub(super) fn user_info(world: &World, authorization: Option<&str>) -> (Out, Option<Id>) {
    match bearer(world, authorization.and_then(|header| header.strip_prefix("Bearer "))) {
        Ok(caller) => {
            let person = world.people.get(&caller);
            let text = |read: fn(&super::super::rows::Person) -> Value| person.map_or(Value::Null, read);
            let body = json!({ "sub": text(|person| person.sub.clone().into()),
                               "email": text(|person| person.email.clone().into()),
                               "given_name": text(|person| person.first_name.clone().into()),
                               "family_name": text(|person| person.last_name.clone().into()) });
            (Out::json(200, &body), Some(caller))
        }
        Err(out) => (out, None),
    }
}

/// The platform id behind an access token for the Connect API, or the 401 of contract §4.
pub(crate) fn bearer(world: &World, token: Option<&str>) -> Result<Id, Out> {
    let refused = |why: &str| {
        let header = format!("Bearer error=\"invalid_token\", error_description=\"{why}\"");
        Out::empty(401).with("www-authenticate", header)
    };
    let Some(token) = token else {
        return Err(Out::empty(401).with("www-authenticate", "Bearer"));
    };
    match world.access_tokens.get(token) {
        None => Err(refused("The signature key was not found")),
        Some(access) if access.expires_ms <= world.now() => {
            let at = crate::clock::timestamp(access.expires_ms).strftime("%m/%d/%Y %H:%M:%S");
            Err(refused(&format!("The token expired at '{at}'")))
        }
        Some(access) if !access.scopes.iter().any(|scope| scope == "user_api.full_access") => {
            Err(refused("The audience is invalid"))
        }
        Some(access) => Ok(access.person.clone()),
    }
}
