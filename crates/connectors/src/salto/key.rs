//! Digital keys: a member's own login at Salto, and their phone as a key (§3.2, §3.3, §5.13, §7).
//!
//! In: one [`KeyAct`] and what is kept of the member's login. Out: a [`KeySeen`]. Why so: everything but the phone's own radio is plain
//! HTTPS with the member's token, so the server does it and the phone gets one blob.
//! Always: the client is the integration's; a rotated refresh token is stored before its access token is used; a login of another person
//! is never kept; each `device_uid` is one device; a key with less than seven days to live is renewed.
//! Not here: who is offered a key (`access::digital_key`), the phone's half (`docs/digital-key.md`).

use access::Instant;
use access::vendor::{KeyAct, KeyRefusal, KeySeen, Secret};
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Salto;
use super::client::Client;
use super::errors::{Said, said, says};
use super::wire::{Me, Named};
use crate::compare::same_address;
use crate::limiter::Lane;
use crate::oauth::{Asked, How, Kept, Session, ask, consent_url, refused};
use crate::port::KeyLogin;
use crate::trouble::{Kind, Trouble};

/// What the member is asked for; `offline_access` keeps the consent alive (§3.2).
const SCOPE: &str = "openid profile user_api.full_access offline_access";
/// A key is renewed when less than this is left of it (§5.13).
const RENEW_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Salto takes no longer names (§5.13).
const LONGEST_NAME: usize = 50;
/// So many phones of one person are remembered; beyond, the oldest is renewed once too often, which harms nothing.
const MOST_PHONES: usize = 20;
/// How the base64 of every EC P-256 SubjectPublicKeyInfo with an uncompressed point begins, and how long it is.
const P256: (&str, usize) = ("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", 124);

/// What is kept beside a member's login: which public key each of their phones had last.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Phones {
    phones: Vec<Phone>,
}

#[derive(Serialize, Deserialize)]
struct Phone {
    uid: String,
    key: String,
}

/// §5.13.
#[derive(Deserialize)]
struct Device {
    id: String,
    device_uid: Option<String>,
    mkey: Option<Mkey>,
}

#[derive(Deserialize)]
struct Mkey {
    key_id: String,
    expiry_date: String,
}

/// No `Debug`: it is the key.
#[derive(Deserialize)]
struct MkeyData {
    mkey_data: String,
}

impl Named for Device {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Why an act ended early.
enum Broken {
    Refused(KeyRefusal, &'static str),
    Trouble(Trouble),
}

impl From<Trouble> for Broken {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Salto {
    /// See [`crate::Connector::key`].
    pub(crate) async fn key(&self, act: &KeyAct, login: KeyLogin<'_>, now: Instant) -> KeySeen {
        let done = match act {
            KeyAct::Begin { back, state, verifier } => self.go(&login, back, state, verifier).await,
            KeyAct::Link { back, code, verifier } => self.link(&login, back, code, verifier).await,
            KeyAct::Issue {
                device,
                device_name,
                public_key,
            } => {
                let phone = Asking {
                    uid: device,
                    name: device_name,
                    key: public_key,
                };
                self.issue(&login, &phone, now).await
            }
            KeyAct::Unlink => self.unlink(&login).await,
        };
        match done {
            Ok(seen) => seen,
            Err(Broken::Refused(why, say)) => KeySeen::refused(why, say),
            Err(Broken::Trouble(trouble)) => KeySeen::refused(why(&trouble), trouble.to_string()),
        }
    }

    async fn go(&self, login: &KeyLogin<'_>, back: &str, state: &str, verifier: &Secret) -> Result<KeySeen, Broken> {
        let kept = self.client.session.kept().await?;
        let authorize = self.settings.identity("/connect/authorize")?;
        let url = consent_url(&authorize, &kept.client_id, SCOPE, back, state, verifier);
        let mut url = Url::parse(&url).expect("it was one a moment ago");
        // Fills in who signs in, and lets a partner's own login answer silently (§3.7).
        url.query_pairs_mut().append_pair("login_hint", login.email);
        Ok(KeySeen::Go { url: url.into() })
    }

    async fn link(
        &self,
        login: &KeyLogin<'_>,
        back: &str,
        code: &Secret,
        verifier: &Secret,
    ) -> Result<KeySeen, Broken> {
        let ours = self.client.session.kept().await?;
        let mut kept = Kept {
            scope: SCOPE.to_owned(),
            how: How::Refresh { token: String::new() },
            beside: Value::Null,
            ..ours
        };
        let asked = Asked::Code { code, back, verifier };
        let tokens = ask(self.client.http(), &self.settings.token()?, &kept, asked).await;
        let tokens = tokens.map_err(|trouble| match refused(&trouble) {
            Some(word) if word.error == "invalid_grant" => {
                Broken::Refused(KeyRefusal::ConsentOver, "the code was used already or is too old")
            }
            _ => trouble.into(),
        })?;
        let Some(token) = tokens.refresh_token else {
            let say = "Salto gave no lasting permission (refresh token): the client lacks offline_access";
            return Err(Broken::Refused(KeyRefusal::ClientRefused, say));
        };
        kept.how = How::Refresh { token };
        let member = self.member(kept.secret())?;
        let me: Me = member.read(Lane::Open, "v1.2/me", &[], "look who signed in").await?;
        let theirs = match login.external {
            Some(external) => me.id.as_str() == external,
            None => me
                .email
                .as_deref()
                .is_some_and(|email| same_address(email, login.email)),
        };
        let kept = member.session.kept().await?;
        if !theirs {
            self.take_back(&kept).await;
            let say = "somebody else signed in at Salto; their login was not kept";
            return Err(Broken::Refused(KeyRefusal::OtherAccount, say));
        }
        (login.keep)(kept.secret()).await?;
        Ok(KeySeen::Linked)
    }

    async fn issue(&self, login: &KeyLogin<'_>, phone: &Asking<'_>, now: Instant) -> Result<KeySeen, Broken> {
        if !phone.key.starts_with(P256.0) || phone.key.len() != P256.1 {
            return Err(Broken::Refused(KeyRefusal::PhoneKey, "not an EC P-256 public key"));
        }
        let Some(secret) = login.kept.clone() else {
            return Err(Broken::Refused(KeyRefusal::NotLinked, "no login is kept"));
        };
        let member = self.member(secret.clone())?;
        // Renewed and stored before anything is done with it: the old refresh token may be dead by now (§3.3).
        member.session.token().await?;
        let mut stored = keep_if_changed(login, &member.session, secret).await?;
        let device = self.device(&member, phone, now).await;
        // A token refused on the way was renewed once more.
        stored = keep_if_changed(login, &member.session, stored).await?;
        let device = device?;
        let path = format!("v1.1/me/devices/{}/mkey", device.id);
        let data: MkeyData = member.read(Lane::Open, &path, &[], "fetch the phone's key").await?;
        let mkey = match device.mkey {
            Some(mkey) => mkey,
            // The first fetch made it.
            None => look_up(&member, phone.uid)
                .await?
                .and_then(|device| device.mkey)
                .ok_or_else(nonsense)?,
        };
        let until: Instant = mkey.expiry_date.parse().map_err(|_| nonsense())?;
        let uid = phone.uid.to_owned();
        let key = fingerprint(phone.key);
        member.session.change(move |kept| Phones::note(kept, uid, key)).await?;
        keep_if_changed(login, &member.session, stored).await?;
        Ok(KeySeen::Key {
            key_id: mkey.key_id,
            data: Secret::new(data.mkey_data),
            until,
        })
    }

    /// The phone's row at Salto, registered or renewed as needed, so that its next fetched key fits this phone and lasts.
    async fn device(&self, member: &Client, phone: &Asking<'_>, now: Instant) -> Result<Device, Trouble> {
        let Some(known) = look_up(member, phone.uid).await? else {
            let name: String = phone.name.chars().take(LONGEST_NAME).collect();
            let body = json!({ "device_name": name, "device_uid": phone.uid, "public_key": phone.key });
            let made = member.write(
                Lane::Open,
                Method::POST,
                "v1.1/me/devices",
                Some(body),
                "register the phone",
            );
            return made.await?.json("register the phone");
        };
        let same_key = Phones::of(&member.session.kept().await?).has(phone.uid, &fingerprint(phone.key));
        let lasts = match &known.mkey {
            Some(mkey) => {
                let until: Option<Instant> = mkey.expiry_date.parse().ok();
                until.is_some_and(|until| now.plus_ms(RENEW_MS) <= until)
            }
            // The first fetch makes a new one.
            None => true,
        };
        if same_key && lasts {
            return Ok(known);
        }
        let path = format!("v1.1/me/devices/{}/certificate", known.id);
        let body = json!({ "public_key": phone.key });
        let renewed = member.write(
            Lane::Open,
            Method::PUT,
            &path,
            Some(body),
            "renew the phone's certificate",
        );
        renewed.await?.json("renew the phone's certificate")
    }

    async fn unlink(&self, login: &KeyLogin<'_>) -> Result<KeySeen, Broken> {
        if let Some(secret) = &login.kept
            && let Ok(kept) = Kept::read(secret)
        {
            self.take_back(&kept).await;
        }
        Ok(KeySeen::Unlinked)
    }

    /// Best effort: what is not taken back is forgotten by us all the same, and dies unused.
    async fn take_back(&self, kept: &Kept) {
        let How::Refresh { token } = &kept.how else { return };
        let taken = async {
            let discovery = self.settings.identity("/.well-known/openid-configuration")?;
            self.client.take_back(discovery, kept, token).await
        };
        if let Err(trouble) = taken.await {
            tracing::warn!(%trouble, "a member's refresh token stays behind at Salto KS");
        }
    }

    /// Calls as the member. The vault is the caller's `keep`, so the session has none.
    fn member(&self, secret: Secret) -> Result<Client, Trouble> {
        let session = Session::new(self.client.http(), self.settings.token()?, None, secret);
        Ok(self.client.of_another(session))
    }
}

/// A phone that wants to be a key.
struct Asking<'a> {
    uid: &'a str,
    name: &'a str,
    key: &'a str,
}

impl Phones {
    fn of(kept: &Kept) -> Self {
        Self::deserialize(&kept.beside).unwrap_or_default()
    }

    fn has(&self, uid: &str, key: &str) -> bool {
        self.phones.iter().any(|phone| phone.uid == uid && phone.key == key)
    }

    fn note(kept: &mut Kept, uid: String, key: String) {
        let mut known = Self::of(kept);
        if known.has(&uid, &key) {
            return;
        }
        known.phones.retain(|phone| phone.uid != uid);
        known.phones.push(Phone { uid, key });
        let over = known.phones.len().saturating_sub(MOST_PHONES);
        known.phones.drain(..over);
        kept.beside = serde_json::to_value(known).expect("it is plain JSON");
    }
}

async fn look_up(member: &Client, uid: &str) -> Result<Option<Device>, Trouble> {
    let filter = format!("device_uid eq '{}'", uid.replace('\'', "''"));
    let query = [("$filter", &*filter)];
    let found = member.pages::<Device>(Lane::Open, "v1.1/me/devices", &query, "look up the phone");
    let is_this = |device: &Device| device.device_uid.as_deref().is_none_or(|known| known == uid);
    Ok(found.await?.items.into_iter().find(is_this))
}

/// Stores what the session holds now, if it is another than what is stored; answers what is stored then.
async fn keep_if_changed(login: &KeyLogin<'_>, session: &Session, stored: Secret) -> Result<Secret, Trouble> {
    let held = session.kept().await?.secret();
    if held != stored {
        (login.keep)(held.clone()).await?;
    }
    Ok(held)
}

fn fingerprint(public_key: &str) -> String {
    Sha256::digest(public_key)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn nonsense() -> Trouble {
    Trouble::new(
        "fetch the phone's key",
        Kind::Nonsense,
        "the answer names no key, or no end of it",
    )
}

/// What Salto said, as the member's screen has to say it.
fn why(trouble: &Trouble) -> KeyRefusal {
    match refused(trouble).map(|word| &*word.error) {
        Some("invalid_grant") => return KeyRefusal::LoginOver,
        Some("invalid_client" | "unauthorized_client" | "invalid_scope") => return KeyRefusal::ClientRefused,
        _ => {}
    }
    match trouble.kind {
        Kind::SignInNeeded => KeyRefusal::LoginOver,
        Kind::Forbidden => KeyRefusal::NoSeatOrRole,
        Kind::Invalid | Kind::Conflict if mentions(trouble, "already registered") => KeyRefusal::PhoneTaken,
        Kind::Invalid if mentions(trouble, "publickey") => KeyRefusal::PhoneKey,
        Kind::Limited { .. } => KeyRefusal::TooMany,
        Kind::Unreachable | Kind::Unanswered | Kind::VendorDown => KeyRefusal::Down,
        // Plain 404s and pages for people are how an outage looks (§2).
        Kind::Nonsense if said(trouble).is_some() => KeyRefusal::Down,
        Kind::Nonsense | Kind::Invalid | Kind::Conflict | Kind::Gone => KeyRefusal::VendorError,
        Kind::GroupGone | Kind::Unconfirmed | Kind::NoSeats | Kind::Settling => KeyRefusal::VendorError,
    }
}

fn mentions(trouble: &Trouble, word: &str) -> bool {
    says(trouble, |said: &Said| said.mentions(&[word]))
}
