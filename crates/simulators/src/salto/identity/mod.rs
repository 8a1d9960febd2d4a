//! The identity server (contract §3): discovery, keys, consent, tokens.
//!
//! One switch takes it all down: then every path answers 404, as the accept environment did for hours.

mod authorize;
pub(crate) mod jwt;
mod token;

pub(super) use token::bearer;

use serde_json::json;

use super::rows::{Host, Id};
use super::state::World;
use crate::wire::{Asked, Out, parse_query};

/// Every call to the identity host; the caller's platform id for the log when a person is concerned.
pub(super) fn answer(world: &mut World, asked: &Asked) -> (Out, Option<Id>) {
    if world.switches.identity_down {
        return (Out::empty(404), None);
    }
    let form = || parse_query(std::str::from_utf8(&asked.body).unwrap_or_default());
    match (asked.method(), asked.path()) {
        ("GET", "/.well-known/openid-configuration") => (discovery(world), None),
        ("GET", "/.well-known/openid-configuration/jwks") => (Out::json(200, &jwt::key_set(&world.key)), None),
        ("GET", "/connect/authorize") => (authorize::ask(world, &parse_query(asked.query())), None),
        ("POST", "/connect/authorize") => (authorize::decide(world, &form()), None),
        ("POST", "/connect/token") => token::answer(world, &form(), asked.header("authorization")),
        ("POST", "/connect/revocation") => (token::revoke(world, &form(), asked.header("authorization")), None),
        ("GET" | "POST", "/connect/userinfo") => token::user_info(world, asked.header("authorization")),
        ("GET", "/connect/endsession") => (Out::html(200, "<h1>You are signed out</h1>"), None),
        _ => (Out::empty(404), None),
    }
}

fn discovery(world: &World) -> Out {
    let base = world.url(Host::Identity);
    Out::json(
        200,
        &json!({
            "issuer": base,
            "jwks_uri": format!("{base}/.well-known/openid-configuration/jwks"),
            "authorization_endpoint": format!("{base}/connect/authorize"),
            "token_endpoint": format!("{base}/connect/token"),
            "userinfo_endpoint": format!("{base}/connect/userinfo"),
            "end_session_endpoint": format!("{base}/connect/endsession"),
            "revocation_endpoint": format!("{base}/connect/revocation"),
            "scopes_supported": ["openid", "profile", "user_api.full_access", "offline_access"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token", "password"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": false,
        }),
    )
}

/// The first value of a form or query.
fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}
