//! The login server's pages: discovery and the consent page (contract §3.3, §3.4, §10.2).
//!
//! `GET /connect/authorize` shows who asks for what, with *Allow* and *Deny*. Programs pass the page by
//! `&sim_auto=allow|deny`, with `&sim_user=<e-mail>` for who signs in (else the first account) and `&sim_scope=` for
//! what is granted (else all that is asked for). The page's own buttons send exactly that.
//!
//! A wrong client or redirect URI never redirects: the browser stays on an error page here.

mod token;

use serde_json::json;

use super::rows::{Client, Code, Flow};
use super::state::World;
use crate::html::{esc, page};
use crate::wire::Out;
pub(crate) use token::Caller;
pub(super) use token::token;

/// Every scope there is (contract §3.2), without those of the mobile SDK.
pub(crate) const SCOPES: &[&str] = &[
    "read:owneraccounts",
    "write:owneraccounts",
    "read:core:entities",
    "write:core:entities",
    "read:grants",
    "write:grants",
    "read:logs",
    "read:owneraccount:permissions",
    "write:owneraccount:permissions",
    "read:ip:users",
    "write:ip:users",
    "offline_access",
];

type Query = [(String, String)];

/// `GET /.well-known/openid-configuration`.
pub(super) fn discovery(world: &World) -> Out {
    let url = &world.url;
    Out::json(
        200,
        &json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/connect/authorize"),
            "token_endpoint": format!("{url}/connect/token"),
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }),
    )
}

/// What a client asks the person for.
struct Request {
    client: Client,
    redirect_uri: String,
    state: Option<String>,
    form_post: bool,
    scopes: Vec<String>,
    challenge: Option<String>,
}

/// `GET /connect/authorize`.
pub(super) fn authorize(world: &mut World, query: &Query) -> Out {
    let client = field(query, "client_id").and_then(|id| world.clients.get(id)).cloned();
    let Some(client) = client.filter(|client| client.flow != Flow::ClientCredentials) else {
        return error_page("This application is not registered here for signing people in.");
    };
    let redirect_uri = field(query, "redirect_uri").unwrap_or_default().to_owned();
    if !client.redirect_uris.contains(&redirect_uri) {
        return error_page("The redirect URI is not the one registered for this application.");
    }
    let mut request = Request {
        client,
        redirect_uri,
        state: field(query, "state").map(str::to_owned),
        form_post: field(query, "response_mode") == Some("form_post"),
        scopes: words(field(query, "scope")),
        challenge: field(query, "code_challenge").map(str::to_owned),
    };
    if let Err(error) = understood(&request, query) {
        return back(&request, &[("error", error)]);
    }
    match field(query, "sim_auto") {
        Some("allow") => {}
        Some("deny") => return back(&request, &[("error", "access_denied")]),
        _ => return consent_page(world, &request, query),
    }
    if let Some(granted) = field(query, "sim_scope") {
        let granted = words(Some(granted));
        request.scopes.retain(|scope| granted.contains(scope));
    }
    let chosen = field(query, "sim_user");
    let user = world
        .users
        .values()
        .filter(|user| user.signs_in)
        .find(|user| chosen.is_none_or(|email| super::state::same_address(email, &user.email)));
    let Some(user) = user.map(|user| user.id.clone()) else {
        return error_page("Nobody signs in here under this address.");
    };
    let (code, issued_ms) = (world.new_secret("c"), world.now());
    let granted = request.scopes.join(" ");
    let row = Code {
        client: request.client.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        user,
        scopes: request.scopes.clone(),
        challenge: request.challenge.clone(),
        issued_ms,
    };
    world.codes.insert(code.clone(), row);
    back(&request, &[("code", &code), ("scope", &granted)])
}

/// The errors that go back to the client with the browser.
fn understood(request: &Request, query: &Query) -> Result<(), &'static str> {
    if field(query, "response_type") != Some("code") {
        return Err("unsupported_response_type");
    }
    match field(query, "response_mode") {
        None | Some("query" | "form_post") => {}
        Some(_) => return Err("invalid_request"),
    }
    if request.challenge.is_some() != (field(query, "code_challenge_method") == Some("S256")) {
        return Err("invalid_request");
    }
    if request.client.flow == Flow::CodeWithPkce && request.challenge.is_none() {
        return Err("invalid_request");
    }
    if request.scopes.is_empty() || !allowed(&request.client, &request.scopes) {
        return Err("invalid_scope");
    }
    Ok(())
}

/// Whether the client is registered for all of these; old names like `manage:grants` never are.
pub(super) fn allowed(client: &Client, scopes: &[String]) -> bool {
    scopes
        .iter()
        .all(|scope| SCOPES.contains(&scope.as_str()) && client.scopes.contains(scope))
}

/// To the redirect URI, in the query or by a form that sends itself.
fn back(request: &Request, answer: &[(&str, &str)]) -> Out {
    let state = request.state.as_deref().map(|state| ("state", state));
    let fields: Vec<(&str, &str)> = answer.iter().copied().chain(state).collect();
    if request.form_post {
        let inputs: String = fields
            .iter()
            .map(|(name, value)| format!("<input type=hidden name={name} value='{}'>", esc(value)))
            .collect();
        let body = format!(
            "<main><form method=post action='{}'>{inputs}<button>Continue</button></form>\
             <script>document.forms[0].submit()</script></main>",
            esc(&request.redirect_uri)
        );
        return Out::html(200, &page("Signed in", &body));
    }
    match reqwest::Url::parse(&request.redirect_uri) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(fields);
            Out::empty(302).with("location", url)
        }
        Err(error) => error_page(&format!("The registered redirect URI is no URL: {error}.")),
    }
}

/// A page that goes nowhere.
fn error_page(problem: &str) -> Out {
    let body = format!(
        "<header><h1>Tapkey login, simulated</h1></header><main class=cards><section class='card wide'>\
         <h2>Sign-in error</h2><p>{}</p></section></main>",
        esc(problem)
    );
    Out::html(400, &page("Sign-in error", &body))
}

fn consent_page(world: &World, request: &Request, query: &Query) -> Out {
    let hidden: String = query
        .iter()
        .filter(|(name, _)| !name.starts_with("sim_"))
        .map(|(name, value)| format!("<input type=hidden name='{}' value='{}'>", esc(name), esc(value)))
        .collect();
    let users: String = world
        .users
        .values()
        .filter(|user| user.signs_in)
        .map(|user| format!("<option>{}</option>", esc(&user.email)))
        .collect();
    let scopes: String = request
        .scopes
        .iter()
        .map(|scope| format!("<li><code>{}</code></li>", esc(scope)))
        .collect();
    let body = format!(
        "<header><h1>Tapkey login, simulated</h1></header><main class=cards><section class='card wide'>\
         <h2>{} asks for access</h2><ul>{scopes}</ul><form method=get action='/connect/authorize'>{hidden}\
         <label>Sign in as<br><select name=sim_user>{users}</select></label><div class=row>\
         <button name=sim_auto value=allow>Allow</button><button name=sim_auto value=deny>Deny</button></div></form>\
         </section></main>",
        esc(&request.client.id)
    );
    Out::html(200, &page("Allow access?", &body))
}

/// A field of a query or form; an empty one counts as absent.
fn field<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query
        .iter()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}
