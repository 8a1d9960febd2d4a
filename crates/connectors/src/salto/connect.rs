//! Signing in by a person's consent, or as a system user, and looking around (§3, §5.2, §5.3).
//!
//! In: what the operator typed and how far the browser got. Out: a login that works, with the sites to choose from; or what is wrong.
//! Always: only released sites where the account is administrator are offered; what will hinder people there is said in plain sentences.

use access::change::Seats;
use access::vendor::{ConnectForm, ConnectRefusal, Connected, Consent, NewLogin, Secret, Site};
use serde_json::Value;

use super::beside::Beside;
use super::client::Client;
use super::wire::{self, Me, PlatformUserId, SiteUser};
use super::{Settings, limiter_key};
use crate::limiter::{Lane, Limiter};
use crate::oauth::{Asked, How, Kept, ask, consent_url, refused};
use crate::port::{Login, Ways};
use crate::trouble::{Kind, Trouble};
use crate::vault::LoginKey;

/// The one scope there is (§3.4).
const SCOPE: &str = "user_api.full_access";
/// With what keeps a consent alive (§3.2).
const CONSENT_SCOPE: &str = "openid profile user_api.full_access offline_access";

/// What was typed.
struct Typed {
    client_id: String,
    client_secret: Option<String>,
    /// E-mail and password of a system user.
    user: Option<(String, String)>,
}

/// What a login sees.
pub(super) struct Look {
    pub sites: Vec<Site>,
    warnings: Vec<String>,
    /// Sites that are visible and cannot be used, with the reason.
    others: Vec<String>,
}

/// The answer to [`crate::Connectors::connect`].
pub(crate) async fn connect(settings: &Settings, ways: &Ways, form: &ConnectForm) -> Connected {
    let typed = match typed(form) {
        Ok(typed) => typed,
        Err(refusal) => return Connected::No(refusal),
    };
    let kept = match kept(settings, ways, typed, &form.consent).await {
        Ok(kept) => kept,
        Err(other) => return other,
    };
    match signed_in(settings, ways, &kept, form).await {
        Ok(connected) => connected,
        Err(trouble) => refusal(&trouble, matches!(kept.how, How::Password { .. })),
    }
}

fn typed(form: &ConnectForm) -> Result<Typed, ConnectRefusal> {
    let text = |key: &str| {
        let typed = form.fields.iter().find(|(name, _)| name == key);
        let typed = typed.map(|(_, value)| value.reveal().trim().to_owned());
        typed.filter(|value| !value.is_empty())
    };
    let wrong = |key: &str, say: &str| ConnectRefusal::Field {
        key: key.to_owned(),
        say: say.to_owned(),
    };
    let client_id = text("client_id")
        .ok_or_else(|| wrong("client_id", "Type the client ID that Salto's regional office gave you."))?;
    // A password may well begin or end with a blank.
    let password = form.fields.iter().find(|(name, _)| name == "password");
    let password = password.map(|(_, value)| value.reveal().to_owned());
    let user = match (text("email"), password.filter(|password| !password.is_empty())) {
        (Some(email), Some(_)) if !email.contains('@') => {
            return Err(wrong("email", "Type the system user's whole e-mail address."));
        }
        (Some(email), Some(password)) => Some((email, password)),
        (Some(_), None) => {
            let say = "Type the system user's password too, or leave both empty to sign in at Salto on the next page.";
            return Err(wrong("password", say));
        }
        (None, Some(_)) => {
            let say =
                "Type the system user's e-mail address too, or leave both empty to sign in at Salto on the next page.";
            return Err(wrong("email", say));
        }
        (None, None) => None,
    };
    Ok(Typed {
        client_id,
        client_secret: text("client_secret"),
        user,
    })
}

/// What is to be kept, as far as the browser got; or what has to come first.
async fn kept(settings: &Settings, ways: &Ways, typed: Typed, consent: &Consent) -> Result<Kept, Connected> {
    let kept = |scope: &str, how| Kept {
        basic: typed.client_secret.is_some(),
        client_id: typed.client_id.clone(),
        client_secret: typed.client_secret.clone(),
        scope: scope.to_owned(),
        how,
        beside: Value::Null,
    };
    if let Some((username, password)) = typed.user.clone() {
        return Ok(kept(SCOPE, How::Password { username, password }));
    }
    match consent {
        Consent::Impossible => Err(Connected::No(ConnectRefusal::ConsentNeeded)),
        Consent::Possible { back, state, verifier } => {
            let authorize = settings
                .identity("/connect/authorize")
                .map_err(|trouble| unreachable(&trouble))?;
            let url = consent_url(&authorize, &typed.client_id, CONSENT_SCOPE, back, state, verifier);
            Err(Connected::ConsentNeeded { url })
        }
        Consent::Given {
            back, code, verifier, ..
        } => {
            let token = settings.token().map_err(|trouble| unreachable(&trouble))?;
            let nothing = kept(CONSENT_SCOPE, How::Refresh { token: String::new() });
            let asked = Asked::Code { code, back, verifier };
            let tokens = ask(&ways.http, &token, &nothing, asked).await;
            let tokens = tokens.map_err(|trouble| refusal(&trouble, false))?;
            let scope = tokens.scope.unwrap_or_else(|| CONSENT_SCOPE.to_owned());
            let Some(token) = tokens.refresh_token else {
                let say = "Salto gave no lasting permission (refresh token). Ask Salto's office to allow your client the scope offline_access.";
                return Err(Connected::No(missing(say)));
            };
            Ok(kept(&scope, How::Refresh { token }))
        }
    }
}

/// Signs in, and says who it is and what they may use.
async fn signed_in(settings: &Settings, ways: &Ways, kept: &Kept, form: &ConnectForm) -> Result<Connected, Trouble> {
    let session = ways.session(&Login::passing("", kept.secret()), settings.token()?);
    // Who it is turns out with the first call; only then their budget is known.
    let nobody = Client::new(settings.api()?, &ways.http, Limiter::new(5), session.clone());
    let me: Me = nobody.read(Lane::Open, "v1.2/me", &[], "look who signed in").await?;
    let limiter = ways.limiters.of(&limiter_key(me.id.as_str()), settings.calls_per_s);
    let client = Client::new(settings.api()?, &ways.http, limiter, session.clone());
    let mut look = look_around(&client, &me.id).await?;
    let shown = me.email.clone().unwrap_or_else(|| me.id.to_string());
    if look.sites.is_empty() {
        let seen = match look.others.is_empty() {
            true => "it sees none".to_owned(),
            false => look.others.join("; "),
        };
        let say = format!(
            "{shown} is not administrator of any released site: {seen}. Make it Site Admin in Salto's web app and connect again."
        );
        return Ok(Connected::No(missing(say)));
    }
    let others = look.others.into_iter().map(|other| format!("Not offered: {other}."));
    look.warnings.extend(others);
    // The refresh token may be another one by now.
    let mut kept = session.kept().await?;
    kept.beside = gateways_of_before(settings, ways, form, &me.id).await?;
    Ok(Connected::Yes(NewLogin {
        account: me.id.to_string(),
        shown,
        secret: kept.secret(),
        sites: look.sites,
        warnings: look.warnings,
    }))
}

/// Gateways that the same account activated before: their secrets are never given again (§5.10), so signing in anew keeps them.
async fn gateways_of_before(
    settings: &Settings,
    ways: &Ways,
    form: &ConnectForm,
    me: &PlatformUserId,
) -> Result<Value, Trouble> {
    let Some((network, login)) = form.like else {
        return Ok(Value::Null);
    };
    let before = Login {
        key: Some(LoginKey { network, login }),
        account: me.to_string(),
        // What is stored is read below.
        secret: Secret::new(""),
    };
    let kept = match ways.session(&before, settings.token()?).kept_anew().await {
        Ok(kept) => kept,
        Err(trouble) if trouble.kind == Kind::SignInNeeded => return Ok(Value::Null),
        Err(trouble) => return Err(trouble),
    };
    let theirs = Beside::of(&kept).account == *me;
    Ok(if theirs { kept.beside } else { Value::Null })
}

/// Released sites where the account is administrator or owner, and what will hinder people there.
pub(super) async fn look_around(client: &Client, me: &PlatformUserId) -> Result<Look, Trouble> {
    let mut look = Look {
        sites: Vec::new(),
        warnings: Vec::new(),
        others: Vec::new(),
    };
    let all = client
        .pages::<wire::Site>(Lane::Read, "v1.2/sites", &[], "list sites")
        .await?;
    for site in all.items {
        let name = site.name().to_owned();
        if site
            .installation_state
            .as_deref()
            .is_some_and(|state| state != "released")
        {
            look.others.push(format!("{name} is not released yet"));
            continue;
        }
        let path = format!("v1.2/sites/{}/me", site.id);
        let user = client
            .read::<SiteUser>(Lane::Read, &path, &[], "look at our role on a site")
            .await;
        match user {
            Ok(user) if administers(&site, &user, me) => {
                look.warnings.extend(warnings(&site, &user));
                look.sites.push(Site {
                    external: site.id,
                    name,
                    zone: site.time_zone,
                });
            }
            Ok(_) => look.others.push(format!("at {name} it is no administrator")),
            Err(trouble) if matches!(trouble.kind, Kind::Forbidden | Kind::Gone) => {
                look.others.push(format!("at {name} it may not look around"));
            }
            Err(trouble) => return Err(trouble),
        }
    }
    look.sites
        .sort_by(|a, b| (&a.name, &a.external).cmp(&(&b.name, &b.external)));
    Ok(look)
}

fn administers(site: &wire::Site, user: &SiteUser, me: &PlatformUserId) -> bool {
    let owns = user
        .ownership_state
        .as_deref()
        .is_some_and(|state| state.ends_with("owner"));
    let owner = site.owner.as_ref().is_some_and(|owner| owner.id == *me);
    user.has_role("site_admin") || user.has_role("site_owner") || owns || owner
}

fn warnings(site: &wire::Site, user: &SiteUser) -> Vec<String> {
    let name = site.name();
    let mut warnings = Vec::new();
    if site.subscription_valid == Some(false) {
        warnings.push(format!(
            "{name}: the site's subscription at Salto is not valid, so nobody can be let in or out until it is renewed."
        ));
    }
    if let Some(seats) = site.seats() {
        let Seats { used, bought } = seats;
        if seats.free() == 0 {
            warnings.push(format!(
                "{name}: all {bought} seats are taken, so nobody new gets in until seats are bought or people suspended."
            ));
        } else if seats.are_short() {
            warnings.push(format!(
                "{name}: {used} of {bought} seats are taken; think of buying more."
            ));
        }
    }
    if user.remote_access == Some(false) {
        warnings.push(format!(
            "{name}: this account has no remote access there, so doors cannot be opened from our pages."
        ));
    }
    warnings
}

fn missing(say: impl Into<String>) -> ConnectRefusal {
    ConnectRefusal::MissingRights { say: say.into() }
}

/// Each failure of §3.6 in its own words.
fn refusal(trouble: &Trouble, by_password: bool) -> Connected {
    let word = refused(trouble).map(|refused| &*refused.error);
    Connected::No(match (word, trouble.kind) {
        (Some("invalid_client"), _) => ConnectRefusal::WrongClient,
        (Some("invalid_grant"), _) if by_password => ConnectRefusal::WrongCredentials,
        (Some("invalid_grant"), _) => ConnectRefusal::ConsentOver,
        (Some("unauthorized_client"), _) if by_password => missing(
            "Salto's office has not enabled signing in by e-mail and password for this client. Leave both empty and sign in at Salto on the next page.",
        ),
        (Some("unauthorized_client"), _) => missing(
            "Salto's office has not enabled this way of signing in for this client. Ask them for authorization_code and refresh_token.",
        ),
        (Some("invalid_scope"), _) => {
            missing("Salto's office has not allowed this client the scope user_api.full_access. Ask them for it.")
        }
        (None, Kind::Forbidden) => missing("Salto does not let this account read its own profile and sites."),
        _ => return unreachable(trouble),
    })
}

fn unreachable(trouble: &Trouble) -> Connected {
    Connected::No(ConnectRefusal::Unreachable {
        say: trouble.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> ConnectForm {
        let fields = fields
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Secret::new(*value)));
        ConnectForm {
            vendor: "salto".to_owned(),
            fields: fields.collect(),
            label: String::new(),
            consent: Consent::Impossible,
            like: None,
        }
    }

    #[test]
    fn e_mail_and_password_are_given_both_or_neither() {
        let one = [("client_id", "c"), ("email", "bot@example.org")];
        assert!(matches!(typed(&form(&one)), Err(ConnectRefusal::Field { key, .. }) if key == "password"));
        let other = [("client_id", "c"), ("password", "x")];
        assert!(matches!(typed(&form(&other)), Err(ConnectRefusal::Field { key, .. }) if key == "email"));
        assert!(typed(&form(&[("client_id", "c")])).is_ok_and(|typed| typed.user.is_none()));
    }
}
