//! The consent page and its answer (contract §3.2).
//!
//! A client that is unknown, or a redirect that is not registered to the letter, gets a page and never a redirect;
//! every other trouble goes back to the client. Signing in is choosing who one is: passwords are for the token endpoint.

use super::super::rows::Client;
use super::super::state::{Granted, World};
use super::super::switches::Consent;
use super::field;
use super::token::CODE_LIFE_MS;
use crate::html::{esc, page};
use crate::wire::Out;

type Fields = [(String, String)];

/// What a client asks for, once it is worth asking a person.
struct Wish {
    client: String,
    redirect_uri: String,
    state: Option<String>,
    scopes: Vec<String>,
    challenge: String,
    nonce: Option<String>,
}

/// `GET /connect/authorize`.
pub(super) fn ask(world: &mut World, query: &Fields) -> Out {
    let wish = match wish(world, query) {
        Ok(wish) => wish,
        Err(out) => return out,
    };
    let hint = field(query, "login_hint");
    match world.switches.consent {
        Consent::Ask => consent_page(world, query, &wish, hint),
        Consent::Deny => back(&wish, &[("error", "access_denied")]),
        Consent::External => match hint.and_then(|email| world.person_by_email(email)) {
            // Nobody is provisioned by signing in: the person must be on a site already.
            Some(person) if world.users.values().any(|user| user.person == person.id) => {
                let person = person.id.clone();
                allow(world, wish, person)
            }
            _ => back(&wish, &[("error", "access_denied")]),
        },
        Consent::Allow => {
            let owner = || world.sites.values().next().map(|site| site.owner.clone());
            let person = hint
                .and_then(|email| world.person_by_email(email))
                .map(|person| person.id.clone())
                .or_else(owner);
            match person {
                Some(person) => allow(world, wish, person),
                None => back(&wish, &[("error", "login_required")]),
            }
        }
    }
}

/// The consent page's form comes back.
pub(super) fn decide(world: &mut World, form: &Fields) -> Out {
    let wish = match wish(world, form) {
        Ok(wish) => wish,
        Err(out) => return out,
    };
    if field(form, "decision") != Some("allow") {
        return back(&wish, &[("error", "access_denied")]);
    }
    let person = field(form, "email").and_then(|email| world.person_by_email(email));
    match person.map(|person| person.id.clone()) {
        Some(person) => allow(world, wish, person),
        None => refused("Nobody with that e-mail address has a profile."),
    }
}

fn wish(world: &World, query: &Fields) -> Result<Wish, Out> {
    let client = field(query, "client_id").and_then(|id| world.clients.iter().find(|client| client.id == id));
    let Some(client) = client else {
        return Err(refused("This application is not known (unauthorized_client)."));
    };
    let redirect_uri = field(query, "redirect_uri").unwrap_or_default();
    if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(refused("This redirect_uri is not registered (invalid_request)."));
    }
    let scopes: Vec<String> = field(query, "scope")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let wish = Wish {
        client: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: field(query, "state").map(str::to_owned),
        challenge: field(query, "code_challenge").unwrap_or_default().to_owned(),
        nonce: field(query, "nonce").map(str::to_owned),
        scopes,
    };
    match problem(client, query, &wish) {
        None => Ok(wish),
        Some(error) => Err(back(&wish, &[("error", error)])),
    }
}

fn problem(client: &Client, query: &Fields, wish: &Wish) -> Option<&'static str> {
    if field(query, "response_type") != Some("code") {
        Some("unsupported_response_type")
    } else if !client.grants.iter().any(|grant| grant == "authorization_code") {
        Some("unauthorized_client")
    } else if wish.scopes.is_empty() || !wish.scopes.iter().all(|scope| client.scopes.contains(scope)) {
        Some("invalid_scope")
    } else if wish.challenge.is_empty() || field(query, "code_challenge_method") != Some("S256") {
        Some("invalid_request")
    } else {
        None
    }
}

fn allow(world: &mut World, wish: Wish, person: String) -> Out {
    let code = world.new_secret().to_uppercase();
    let out = back(&wish, &[("code", &code)]);
    let at_ms = world.now();
    world.codes.retain(|_, granted| at_ms - granted.at_ms <= CODE_LIFE_MS);
    world.codes.insert(
        code,
        Granted {
            client: wish.client,
            person,
            scopes: wish.scopes,
            redirect_uri: wish.redirect_uri,
            challenge: wish.challenge,
            nonce: wish.nonce,
            at_ms,
        },
    );
    out
}

/// 302 to the client with these parameters and its state.
fn back(wish: &Wish, parameters: &[(&str, &str)]) -> Out {
    match reqwest::Url::parse(&wish.redirect_uri) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(parameters);
            if let Some(state) = &wish.state {
                url.query_pairs_mut().append_pair("state", state);
            }
            Out::empty(302).with("location", url.to_string())
        }
        Err(_) => refused("The registered redirect_uri is no address."),
    }
}

fn refused(problem: &str) -> Out {
    let body = format!(
        "<header><h1>Salto KS, simulated</h1></header><main class=cards><section class='card wide'>\
         <h2>Sorry, there was an error</h2><p>{}</p></section></main>",
        esc(problem)
    );
    Out::html(400, &page("Error – Salto KS simulator", &body))
}

fn consent_page(world: &World, query: &Fields, wish: &Wish, hint: Option<&str>) -> Out {
    let hidden: String = query
        .iter()
        .filter(|(key, _)| key != "email" && key != "decision")
        .map(|(key, value)| format!("<input type=hidden name='{}' value='{}'>", esc(key), esc(value)))
        .collect();
    let people: String = world
        .people
        .values()
        .filter_map(|person| person.email.as_deref())
        .map(|email| {
            let chosen = if hint.is_some_and(|hint| hint.eq_ignore_ascii_case(email)) {
                " selected"
            } else {
                ""
            };
            format!("<option{chosen}>{}</option>", esc(email))
        })
        .collect();
    let scopes: String = wish
        .scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", esc(scope)))
        .collect();
    let body = format!(
        "<header><h1>Salto KS, simulated</h1></header><main class=cards><section class='card wide'>\
         <h2>An application asks for access</h2><p><b>{}</b> asks for:</p><ul>{scopes}</ul>\
         <form method=post action='/connect/authorize'>{hidden}\
         <label>You are<br><select name=email>{people}</select></label>\
         <div class=row><button name=decision value=allow>Allow</button>\
         <button name=decision value=deny>Deny</button></div></form></section></main>",
        esc(&wish.client)
    );
    Out::html(200, &page("Allow access? – Salto KS simulator", &body))
}
