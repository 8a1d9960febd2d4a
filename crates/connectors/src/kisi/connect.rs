//! Signing in with the owner's e-mail and password, once (§3.1, §7.1).
//!
//! In: what the operator typed. Out: a key that works, with the places to choose from; or which of the things that go wrong went wrong.
//! Always: the password is used for one call and dropped; a key that turns out useless is deleted again, since Kisi keeps ten at most.

use access::vendor::{ConnectForm, ConnectRefusal, Connected, NewLogin, Secret, Site};
use serde_json::json;

use super::client::Client;
use super::errors::{Said, said};
use super::wire::{Group, Login, Organization, Place, Row};
use super::{Settings, limiter_key};
use crate::limiter::{Lane, Limiter};
use crate::port::Ways;
use crate::trouble::{Kind, Trouble};

/// What was typed, as far as it is needed.
struct Typed<'a> {
    domain: String,
    email: String,
    password: &'a Secret,
    code: Option<&'a Secret>,
}

/// The answer to [`crate::Connectors::connect`].
pub(crate) async fn connect(settings: &Settings, ways: &Ways, form: &ConnectForm) -> Connected {
    let typed = match typed(form) {
        Ok(typed) => typed,
        Err(refusal) => return Connected::No(refusal),
    };
    // Nobody is signed in yet, so this counts against our address, not the owner (§2.2).
    let nobody = match Client::new(settings, &ways.http, Limiter::new(5), None) {
        Ok(nobody) => nobody,
        Err(trouble) => return unreachable(&trouble),
    };
    let path = format!("organizations/{}/public", typed.domain);
    let public: Organization = match nobody.read(Lane::Open, &path, &[], "look for the organization").await {
        Ok(public) => public,
        Err(trouble) if trouble.kind == Kind::Gone => return Connected::No(ConnectRefusal::UnknownAccount),
        Err(trouble) => return unreachable(&trouble),
    };
    let login = match sign_in(&nobody, &typed, &form.label).await {
        Ok(login) => login,
        Err(trouble) => return refused(&trouble, &typed, public.sso_flow_enabled == Some(true)),
    };
    let user = login.user_id.or(login.user.and_then(|user| user.id));
    let (Some(user), Some(secret)) = (user, login.secret.or(login.authentication_token).map(Secret::new)) else {
        return unreachable(&Trouble::new("sign in", Kind::Nonsense, "Kisi sent no key"));
    };
    let account = format!("{}/{user}", typed.domain);
    let owner = nobody.as_somebody(
        Some(secret.clone()),
        ways.limiters.of(&limiter_key(&account), settings.calls_per_s),
    );
    match look_around(&owner, user).await {
        Ok((sites, warnings)) => {
            let shown = format!("{} at {}", typed.email, typed.domain);
            Connected::Yes(NewLogin {
                account,
                shown,
                secret,
                sites,
                warnings,
            })
        }
        Err(refusal) => {
            if let Err(trouble) = owner
                .delete(Lane::Open, "login", "delete a key that is of no use")
                .await
            {
                tracing::warn!(%trouble, account, "a key stays behind at Kisi");
            }
            Connected::No(refusal)
        }
    }
}

/// Reads the places (§4.1).
pub(super) async fn sites(client: &Client) -> Result<Vec<Site>, Trouble> {
    let places = client
        .pages::<Place>("places", &[("sort", "name")], 250, "list places")
        .await?
        .items;
    let site = |place: Place| Site {
        external: place.id.to_string(),
        name: place.name.unwrap_or_else(|| place.id.to_string()),
        zone: place.time_zone,
    };
    Ok(places.into_iter().map(site).collect())
}

fn typed(form: &ConnectForm) -> Result<Typed<'_>, ConnectRefusal> {
    let field = |key: &str| form.fields.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let text = |key: &str| {
        field(key)
            .map(|value| value.reveal().trim().to_lowercase())
            .unwrap_or_default()
    };
    let wrong = |key: &str, say: &str| {
        Err(ConnectRefusal::Field {
            key: key.to_owned(),
            say: say.to_owned(),
        })
    };
    let domain = text("domain");
    // People paste what stands in the browser's address bar.
    let domain = domain.trim_start_matches("https://").trim_end_matches('/').to_owned();
    if domain.is_empty() {
        return wrong(
            "domain",
            "Type the short name of your Kisi organization, as in harbor-works.",
        );
    }
    if !domain
        .chars()
        .all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.'))
    {
        return wrong(
            "domain",
            "A Kisi domain has letters, digits and hyphens only, as in harbor-works.",
        );
    }
    let email = text("email");
    if !email.contains('@') {
        return wrong("email", "Type the e-mail address of the organization's owner.");
    }
    let Some(password) = field("password").filter(|password| !password.reveal().is_empty()) else {
        return wrong("password", "Type the owner's password; it is used once and not kept.");
    };
    let code = field("code").filter(|code| !code.reveal().trim().is_empty());
    Ok(Typed {
        domain,
        email,
        password,
        code,
    })
}

async fn sign_in(nobody: &Client, typed: &Typed<'_>, label: &str) -> Result<Login, Trouble> {
    let mut user = json!({"domain": typed.domain, "email": typed.email, "password": typed.password.reveal()});
    if let Some(code) = typed.code {
        user["otp_attempt"] = json!(code.reveal().trim());
    }
    let body = json!({"login": {"type": "api", "name": label, "expire": false}, "user": user});
    nobody.create(Lane::Open, "logins", body, "sign in").await
}

/// Each failure of §3.1 in its own words.
fn refused(trouble: &Trouble, typed: &Typed<'_>, sso: bool) -> Connected {
    let Some(said) = said(trouble).filter(|_| !trouble.passes() || trouble.kind == Kind::Nonsense) else {
        return unreachable(trouble);
    };
    Connected::No(match (said.status, &*said.code) {
        (_, "afc526") => {
            let say = "The owner's account is protected by a one-time code: type the code from the authenticator app and connect again.";
            return Connected::CodeNeeded { say: say.to_owned() };
        }
        (_, "afc536" | "afc546") => ConnectRefusal::WrongCode,
        _ if said.is_unconfirmed() => ConnectRefusal::MissingRights {
            say: "The owner's e-mail address is not confirmed at Kisi yet.".to_owned(),
        },
        _ if is_login_limit(said) => ConnectRefusal::TooManyLogins,
        // The same code is used for a wrong second factor (§2.3); with a code typed, the password was right a moment ago.
        (_, "afc516") | (401, _) if typed.code.is_some() => ConnectRefusal::WrongCode,
        (_, "afc516") | (401, _) => ConnectRefusal::WrongCredentials,
        (403, _) if sso || said.mentions(&["single sign", "sso"]) => ConnectRefusal::SingleSignOn,
        (403, _) => ConnectRefusal::MissingRights {
            say: format!("Kisi does not let this account sign in: {said}"),
        },
        (400 | 422, _) if !said.code.starts_with("afc") => ConnectRefusal::TooManyLogins,
        _ => return unreachable(trouble),
    })
}

/// §8: the refusal of the eleventh key has no published code.
fn is_login_limit(said: &Said) -> bool {
    let about_limit = said.mentions(&["limit", "maximum", "too many"]);
    (400..500).contains(&said.status) && said.mentions(&["login"]) && about_limit
}

/// Owner? May the key read what we need? Which places are there?
async fn look_around(owner: &Client, user: i64) -> Result<(Vec<Site>, Vec<String>), ConnectRefusal> {
    let organization: Organization = owner
        .read(Lane::Open, "organization", &[], "look at the organization")
        .await
        .map_err(|trouble| no_right("the organization", &trouble))?;
    let one = [("limit", "1")];
    let groups = owner
        .read::<Vec<Group>>(Lane::Open, "groups", &one, "look at groups")
        .await;
    groups.map_err(|trouble| no_right("groups", &trouble))?;
    let rows = owner
        .read::<Vec<Row>>(Lane::Open, "role_assignments", &one, "look at access rights")
        .await;
    rows.map_err(|trouble| no_right("access rights", &trouble))?;
    let sites = sites(owner).await.map_err(|trouble| no_right("places", &trouble))?;
    let mut warnings = Vec::new();
    if organization.user_id != Some(user) {
        warnings.push(
            "This is not the owner's account. It works as long as this person keeps their role at Kisi; the owner's account is safer."
                .to_owned(),
        );
    }
    if organization.scim_enabled == Some(true) {
        warnings.push(
            "People at this organization are also managed by an identity provider (SCIM), which may switch them off."
                .to_owned(),
        );
    }
    if sites.is_empty() {
        warnings.push("The organization has no places yet.".to_owned());
    }
    Ok((sites, warnings))
}

fn no_right(what: &str, trouble: &Trouble) -> ConnectRefusal {
    match trouble.kind {
        Kind::Forbidden | Kind::SignInNeeded | Kind::Gone => ConnectRefusal::MissingRights {
            say: format!("This account may not read {what}. Use the account of the organization's owner."),
        },
        _ => ConnectRefusal::Unreachable {
            say: trouble.to_string(),
        },
    }
}

fn unreachable(trouble: &Trouble) -> Connected {
    Connected::No(ConnectRefusal::Unreachable {
        say: trouble.to_string(),
    })
}
