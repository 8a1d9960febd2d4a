//! Activating gateways, once each, so that their doors open from our pages (§5.10, P-32).
//!
//! In: look, begin, or finish with the mailed PIN. Out: how all of them are, or what to do.
//! Why so: secret and PIN are shown once; whoever loses one of them needs an administrator in Salto's web app to reset the PIN.
//! Always: what is captured is stored before the next call; `delta` is always `0000`, since real deltas left cloud and gateway
//! disagreeing; neither secret nor PIN leaves this folder but in a one-time password.

use access::Instant;
use access::vendor::{Gateway, GatewayAct, GatewayState, GatewaysSeen, Secret};
use reqwest::Method;
use serde_json::json;

use super::Salto;
use super::beside::{Beside, Held};
use super::errors::{said, says};
use super::unlock::one_time_password;
use super::wire::{Iq, IqSecret};
use crate::limiter::Lane;
use crate::trouble::{Kind, Trouble};

const ACTIVATED_ELSEWHERE: &str = "This gateway was activated for our account before, and its secret is not known here. A site administrator must reset the account's PIN for this gateway in Salto's web app; then begin again.";
const BLOCKED: &str = "Salto KS blocks this for about 20 minutes after too many wrong PINs. Try again later.";

impl Salto {
    /// The answer to [`crate::Connector::gateways`].
    pub(crate) async fn gateways(&self, act: &GatewayAct, now: Instant) -> GatewaysSeen {
        let done = match act {
            GatewayAct::Look => Ok(None),
            GatewayAct::Begin { gateway } => self.begin(gateway, now).await,
            GatewayAct::Finish { gateway, pin } => self.finish(gateway, pin, now).await,
        };
        let seen = match done {
            Ok(None) => self.all_gateways().await.map(GatewaysSeen::All),
            Ok(Some(other)) => Ok(other),
            Err(trouble) => Err(trouble),
        };
        seen.unwrap_or_else(|trouble| no(plain(&trouble)))
    }

    async fn all_gateways(&self) -> Result<Vec<Gateway>, Trouble> {
        let iqs = self
            .client
            .pages::<Iq>(Lane::Open, &self.path("iqs"), &[], "list gateways")
            .await?
            .items;
        let activated = self.activated().await?;
        let session = &self.client.session;
        let mut held = Beside::of(&session.kept_anew().await?).gateways;
        for (gateway, held) in &mut held {
            // The answer to the last step was lost, and it had been taken.
            if !held.ready && held.pin.is_some() && activated.contains(gateway) {
                held.ready = true;
                self.keep(gateway, |held| held.ready = true).await?;
            }
        }
        let shown = |iq: Iq| Gateway {
            state: state(&iq, activated.contains(&iq.id), held.get(&iq.id)),
            name: iq.customer_reference.unwrap_or_else(|| iq.id.clone()),
            online: iq.online == Some(true),
            external: iq.id,
        };
        Ok(iqs.into_iter().map(shown).collect())
    }

    /// Captures the secret, then lets Salto mail a PIN. What was broken is tried out first: it may have been our clock.
    async fn begin(&self, gateway: &str, now: Instant) -> Result<Option<GatewaysSeen>, Trouble> {
        let session = &self.client.session;
        let mut held = Beside::held(&session.kept_anew().await?, gateway);
        let iq: Iq = self
            .client
            .read(Lane::Open, &self.iq_path(gateway, ""), &[], "look at a gateway")
            .await?;
        let voided = iq.restore_required == Some(true) || !self.activated().await?.contains(gateway);
        if let Some((secret, pin)) = held.as_ref().and_then(Held::pair) {
            if voided {
                // Reset since: what we hold of it is worth nothing.
                held = None;
                self.keep(gateway, |held| *held = Held::default()).await?;
            } else {
                let tested = self.put_pin(gateway, &one_time_password(now, secret, pin)).await;
                return match tested {
                    Ok(()) => {
                        self.keep(gateway, |held| held.wrong = 0).await?;
                        Ok(None)
                    }
                    Err(trouble) if says(&trouble, |said| said.is_otp_blocked()) => Ok(Some(no(BLOCKED.to_owned()))),
                    Err(trouble) if says(&trouble, |said| said.is_otp_invalid() || said.is_otp_missing()) => {
                        self.keep(gateway, |held| held.wrong = held.wrong.max(3)).await?;
                        Ok(Some(no(ACTIVATED_ELSEWHERE.to_owned())))
                    }
                    Err(trouble) => Err(trouble),
                };
            }
        }
        let path = self.iq_path(gateway, "/secret");
        match self
            .client
            .read::<IqSecret>(Lane::Open, &path, &[], "fetch a gateway's secret")
            .await
        {
            Ok(IqSecret { secret }) => {
                let keep = |held: &mut Held| {
                    *held = Held {
                        secret,
                        ..Held::default()
                    }
                };
                self.keep(gateway, keep).await?;
            }
            // Given once already, and it is we who have it (§9, `secret_once`).
            Err(trouble) if trouble.kind == Kind::Forbidden && voided && held.is_some() => {}
            Err(trouble) if trouble.kind == Kind::Forbidden => return Ok(Some(no(ACTIVATED_ELSEWHERE.to_owned()))),
            Err(trouble) => return Err(trouble),
        }
        let path = self.iq_path(gateway, "/pin");
        match self
            .client
            .ask(&path, &[("send_email", "true")], "have a gateway's PIN mailed")
            .await
        {
            Ok(()) => self.keep(gateway, |held| held.asked = true).await.map(|()| None),
            Err(trouble) if says(&trouble, |said| said.mentions(&["command_forbidden"])) => {
                Ok(Some(no(ACTIVATED_ELSEWHERE.to_owned())))
            }
            Err(trouble) if matches!(trouble.kind, Kind::VendorDown | Kind::Unanswered) => {
                let say = "Salto KS could not have the PIN mailed; the gateway must be online for it. Look at its power and network, then begin again.";
                Ok(Some(no(say.to_owned())))
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Proves to the gateway that we hold both.
    async fn finish(&self, gateway: &str, pin: &Secret, now: Instant) -> Result<Option<GatewaysSeen>, Trouble> {
        let pin = pin.reveal().trim().to_owned();
        if pin.is_empty() || !pin.bytes().all(|letter| letter.is_ascii_digit()) {
            return Ok(Some(GatewaysSeen::WrongPin));
        }
        let session = &self.client.session;
        let held = Beside::held(&session.kept_anew().await?, gateway).filter(|held| !held.secret.is_empty());
        let Some(held) = held else {
            return Ok(Some(no("Begin first, so that Salto KS mails a PIN.".to_owned())));
        };
        if held.pair().is_some() && !held.is_broken() {
            return Ok(None);
        }
        let otp = one_time_password(now, &held.secret, &pin);
        self.keep(gateway, move |held| held.pin = Some(pin)).await?;
        match self.put_pin(gateway, &otp).await {
            Ok(()) => {
                let ready = |held: &mut Held| (held.ready, held.wrong, held.blocked_until_ms) = (true, 0, None);
                self.keep(gateway, ready).await.map(|()| None)
            }
            Err(trouble) if says(&trouble, |said| said.is_otp_blocked()) => {
                self.keep(gateway, |held| held.pin = None).await?;
                Ok(Some(no(BLOCKED.to_owned())))
            }
            // A PIN that is over looks like one that was never sent.
            Err(trouble) if says(&trouble, |said| said.is_otp_invalid() || said.is_otp_missing()) => {
                self.keep(gateway, |held| held.pin = None).await?;
                Ok(Some(GatewaysSeen::WrongPin))
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Changes what is held of a gateway, and stores it.
    pub(super) async fn keep(
        &self,
        gateway: &str,
        change: impl FnOnce(&mut Held) + Send + 'static,
    ) -> Result<(), Trouble> {
        Beside::change(&self.client.session, &self.me, gateway, change).await
    }

    async fn put_pin(&self, gateway: &str, otp: &str) -> Result<(), Trouble> {
        let body = json!({"otp": otp, "delta": "0000"});
        let path = self.iq_path(gateway, "/pin");
        self.client
            .write(Lane::Open, Method::PUT, &path, Some(body), "activate a gateway")
            .await
            .map(drop)
    }

    fn iq_path(&self, gateway: &str, rest: &str) -> String {
        self.path(&format!("iqs/{gateway}{rest}"))
    }
}

/// How far a gateway is, from what Salto says and what we hold.
fn state(iq: &Iq, activated: bool, held: Option<&Held>) -> GatewayState {
    if iq.otp_enabled == Some(false) {
        return GatewayState::Ready;
    }
    let captured = held.filter(|held| !held.secret.is_empty());
    match (activated && iq.restore_required != Some(true), captured) {
        (true, Some(held)) if held.pair().is_some() && !held.is_broken() => GatewayState::Ready,
        // Activated with another secret than ours, or with one that no longer fits.
        (true, _) => GatewayState::Broken,
        // It was ours and is not any more.
        (false, Some(held)) if held.ready => GatewayState::Broken,
        (false, Some(held)) if held.asked => GatewayState::AwaitsPin,
        (false, _) => GatewayState::Off,
    }
}

fn no(say: String) -> GatewaysSeen {
    GatewaysSeen::No { say }
}

fn plain(trouble: &Trouble) -> String {
    match said(trouble) {
        Some(said) if said.status >= 500 => {
            format!("{trouble}. The gateway must be online for it; look at its power and network.")
        }
        _ => format!("{trouble}."),
    }
}
