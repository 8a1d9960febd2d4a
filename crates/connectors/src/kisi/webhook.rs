//! Kisi's event webhook (§5.3): registered, looked after, verified.
//!
//! In: our address and a key; later raw requests. Out: the vendor's id of it; later what a request hints at.
//! Always: the signature is checked over the raw body in constant time, with or without its prefix; content is a hint only.

use access::vendor::Secret;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::Kisi;
use super::wire::{Event, Webhook};
use crate::limiter::Lane;
use crate::port::{WebhookHint, WebhookState};
use crate::trouble::{Kind, Trouble};

const NAME: &str = "Vestibule events";
/// What a round or the Access page could want to know.
const EVENTS: [&str; 13] = [
    "lock.unlock",
    "lock.forced_open",
    "lock.held_open",
    "group.create",
    "group.update",
    "group.destroy",
    "group_lock.create",
    "group_lock.destroy",
    "role_assignment.create",
    "role_assignment.update",
    "role_assignment.destroy",
    "user.update",
    "user.destroy",
];

impl Kisi {
    /// The answer to [`crate::Connector::watch`].
    pub(crate) async fn watch(&self, url: &str, key: &Secret) -> Result<String, Trouble> {
        let attempted = "register our webhook";
        let all = self
            .client
            .pages::<Webhook>("integrations", &[], 250, "list webhooks")
            .await?
            .items;
        for old in all.iter().filter(|webhook| webhook.url.as_deref() == Some(url)) {
            // The key cannot be read back, so an older one of ours is of no use.
            super::gone_is_done(
                self.client
                    .delete(Lane::Read, &format!("integrations/{}", old.id), attempted)
                    .await,
            )?;
        }
        let webhook = json!({"integration": {
            "type": "event_webhook", "name": NAME, "enabled": true, "url": url,
            "signature_key": key.reveal(), "enabled_events": EVENTS,
        }});
        let made: Webhook = self
            .client
            .create(Lane::Read, "integrations", webhook, attempted)
            .await?;
        Ok(made.id.to_string())
    }

    /// The answer to [`crate::Connector::check_watch`].
    pub(crate) async fn check_watch(&self, id: &str) -> Result<WebhookState, Trouble> {
        let (path, attempted) = (format!("integrations/{id}"), "look after our webhook");
        match self.client.read::<Webhook>(Lane::Read, &path, &[], attempted).await {
            Ok(webhook) if webhook.enabled == Some(false) || webhook.disabled_due_to_error == Some(true) => {
                let on = json!({"integration": {"enabled": true}});
                self.client.change(Lane::Read, &path, on, attempted).await?;
                Ok(WebhookState::WasOff)
            }
            Ok(_) => Ok(WebhookState::Works),
            Err(trouble) if trouble.kind == Kind::Gone => Ok(WebhookState::Missing),
            Err(trouble) => Err(trouble),
        }
    }
}

/// The answer to [`crate::Connectors::verify_webhook`].
pub fn verify_webhook(body: &[u8], header: impl Fn(&str) -> Option<String>, key: &Secret) -> Option<WebhookHint> {
    let signature = header("x-signature")?;
    let hex = signature.trim().strip_prefix("sha256=").unwrap_or(signature.trim());
    // An empty key would accept what anybody can sign.
    if key.reveal().is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()).ok()?;
    mac.update(body);
    mac.verify_slice(&bytes(hex)?).ok()?;
    Some(serde_json::from_slice(body).map_or(WebhookHint::Other, hint))
}

fn hint(event: Event) -> WebhookHint {
    let external = event.object_id.map(|id| id.to_string()).unwrap_or_default();
    match event.kind.split_once('.').map(|(object, _)| object) {
        Some("role_assignment") => WebhookHint::Row { external },
        Some("user") => WebhookHint::Holder { external },
        Some("group" | "group_lock" | "place") => WebhookHint::Group,
        _ => event.seen().map_or(WebhookHint::Other, WebhookHint::Door),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"uuid":"6c1f","type":"role_assignment.destroy","object_id":9900417}"#;

    fn signed(body: &[u8], key: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(body);
        mac.finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn verify(signature: Option<String>, body: &[u8], key: &str) -> Option<WebhookHint> {
        verify_webhook(
            body,
            |name| signature.clone().filter(|_| name == "x-signature"),
            &Secret::new(key),
        )
    }

    #[test]
    fn a_signature_counts_with_and_without_its_prefix() {
        let hint = Some(WebhookHint::Row {
            external: "9900417".to_owned(),
        });
        assert_eq!(verify(Some(signed(BODY, "key")), BODY, "key"), hint);
        assert_eq!(
            verify(Some(format!("sha256={}", signed(BODY, "key"))), BODY, "key"),
            hint
        );
    }

    #[test]
    fn a_missing_wrong_or_malformed_signature_is_refused() {
        assert_eq!(verify(None, BODY, "key"), None);
        assert_eq!(verify(Some(signed(BODY, "other")), BODY, "key"), None);
        assert_eq!(verify(Some(signed(b"{}", "key")), BODY, "key"), None);
        assert_eq!(verify(Some("sha256=".to_owned()), BODY, "key"), None);
        assert_eq!(verify(Some("é".repeat(32)), BODY, "key"), None);
        assert_eq!(verify(Some(signed(BODY, "")), BODY, ""), None);
    }

    #[test]
    fn a_signed_body_that_makes_no_sense_is_of_no_concern() {
        assert_eq!(
            verify(Some(signed(b"[1]", "key")), b"[1]", "key"),
            Some(WebhookHint::Other)
        );
    }
}
