//! Opening a door on a person's behalf (§4.3, §3.1 variant B).
//!
//! In: a lock, the person's e-mail, their kept device login. Out: what came of it; the login is replaced where it was dead.
//! Why so: acting as the person, Kisi itself checks membership, window and group restrictions, and its events name the person.
//! Always: at most five seconds; the unlock is sent at most once with effect (only a 401, which has none, is followed by one new
//! login and one more try); an answer that did not come is said as unknown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::vendor::{OpenRefusal, Opened, Secret};
use reqwest::Method;
use serde_json::json;

use super::Kisi;
use super::errors::{open_refusal, said};
use super::wire::Login;
use crate::limiter::{Lane, Limiter, within};
use crate::trouble::{Kind, Trouble};

const DEADLINE: Duration = Duration::from_secs(5);

impl Kisi {
    /// The answer to [`crate::Connector::open`].
    pub(crate) async fn open(&self, lock: &str, email: &str, login: &mut Option<Secret>) -> Opened {
        let sent = AtomicBool::new(false);
        match within(DEADLINE, self.open_as(lock, email, login, &sent)).await {
            Some(opened) => opened,
            None if sent.load(Ordering::Relaxed) => Opened::Unknown,
            None => refused(OpenRefusal::VendorError, "no login for this person in time"),
        }
    }

    async fn open_as(&self, lock: &str, email: &str, login: &mut Option<Secret>, sent: &AtomicBool) -> Opened {
        if let Some(kept) = login.clone() {
            match self.unlock(lock, kept, sent).await {
                // A dead key has no effect; a fresh one may still open.
                Err(trouble) if trouble.kind == Kind::SignInNeeded => {
                    tracing::info!(lock, "a person's device login no longer works; a new one is made");
                    *login = None;
                    sent.store(false, Ordering::Relaxed);
                }
                answer => return told(answer),
            }
        }
        let fresh = match self.device_login(email).await {
            Ok(fresh) => fresh,
            Err(trouble) => return no_login(trouble),
        };
        *login = Some(fresh.clone());
        told(self.unlock(lock, fresh, sent).await)
    }

    /// Makes a device login for a managed person, with the owner's key (§3.1 variant B).
    async fn device_login(&self, email: &str) -> Result<Secret, Trouble> {
        let body = json!({"login": {
            "type": "device", "email": email, "expire": false,
            "device_brand": "Vestibule", "device_model": "Access page", "os_name": "Web",
        }});
        let attempted = "sign in for a person";
        let made: Login = self.client.create(Lane::Open, "logins", body, attempted).await?;
        let secret = made.secret.or(made.authentication_token);
        secret
            .map(Secret::new)
            .ok_or_else(|| Trouble::new(attempted, Kind::Nonsense, "Kisi sent no key"))
    }

    /// The call itself, with the person's own key and quota.
    async fn unlock(&self, lock: &str, secret: Secret, sent: &AtomicBool) -> Result<(), Trouble> {
        let person = self.client.as_somebody(Some(secret), Limiter::new(5));
        sent.store(true, Ordering::Relaxed);
        let path = format!("locks/{lock}/unlock");
        person
            .call(Lane::Open, Method::POST, &path, &[], None, &format!("open lock {lock}"))
            .await
            .map(drop)
    }
}

/// What the unlock's answer means.
fn told(answer: Result<(), Trouble>) -> Opened {
    let trouble = match answer {
        Ok(()) => return Opened::Open,
        Err(trouble) => trouble,
    };
    match (trouble.kind, said(&trouble)) {
        (Kind::Unreachable, _) => refused(OpenRefusal::VendorError, &trouble.say),
        // Sent, and nobody knows.
        _ if trouble.unknown => Opened::Unknown,
        (_, Some(said)) => refused(open_refusal(said), &said.to_string()),
        (_, None) => refused(OpenRefusal::VendorError, &trouble.say),
    }
}

/// Why no login could be made for the person.
fn no_login(trouble: Trouble) -> Opened {
    let why = match trouble.kind {
        Kind::Unconfirmed => OpenRefusal::Unconfirmed,
        // No record there, so no right either.
        Kind::Gone => OpenRefusal::NoAccess,
        Kind::SignInNeeded => OpenRefusal::SignInNeeded,
        Kind::Limited { .. } => OpenRefusal::TooMany,
        Kind::Forbidden => match said(&trouble).map(open_refusal) {
            Some(OpenRefusal::Disabled) => OpenRefusal::Disabled,
            _ => OpenRefusal::SignInNeeded,
        },
        _ => OpenRefusal::VendorError,
    };
    refused(why, &said(&trouble).map_or(trouble.say.clone(), ToString::to_string))
}

fn refused(why: OpenRefusal, vendor_says: &str) -> Opened {
    Opened::Refused {
        why,
        vendor_says: vendor_says.to_owned(),
    }
}
