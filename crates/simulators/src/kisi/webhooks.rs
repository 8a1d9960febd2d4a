//! Event webhooks (contract §5.3): the integrations that ask for them, and the task that delivers them.
//!
//! Each event is posted to every enabled integration that wants its type, signed over the raw body. A failed delivery
//! is repeated beside the others, so one dead receiver does not hold up the rest. Doubling and swapping are switches.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::ask::{Answer, Ask, OTHERS, Refusal, Reply, lenient_bool, text};
use super::auth::Caller;
use super::events::{Event, Object};
use super::rows::WebhookIntegration;
use super::server::Shared;
use super::state::{World, hex};
use super::switches::Signature;
use crate::clock::pause;

/// A receiver that has not answered by then counts as failed.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a webhook waits for another one to swap places with.
const SWAP_WAIT: Duration = Duration::from_secs(1);

/// `GET /integrations`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let wanted = |row: &&WebhookIntegration| {
        ask.wants_id(row.id)
            && ask.wants_text(&[&row.name])
            && ask.flag("enabled").is_none_or(|enabled| enabled == row.enabled)
    };
    let rows: Vec<&WebhookIntegration> = world.integrations.values().filter(wanted).collect();
    ask.page(rows, OTHERS, |row| show(world, row))
}

/// `GET /integrations/{id}`.
pub(super) fn read(world: &World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    Ok(Answer::Body(show(
        world,
        world.integrations.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `POST /integrations`; the key is never shown again.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let asked = ask.wrapped("integration")?;
    if text(asked, "type").as_deref() != Some("event_webhook") {
        return Err(Refusal::field("type", "is not included in the list"));
    }
    let name = text(asked, "name").ok_or_else(|| Refusal::field("name", "can't be blank"))?;
    let url = valid_url(text(asked, "url"))?;
    let now = world.now();
    let row = WebhookIntegration {
        id: world.new_id(),
        name,
        url,
        signature_key: text(asked, "signature_key"),
        enabled: lenient_bool(asked.get("enabled")).unwrap_or(true),
        enabled_events: enabled_events(asked)?.unwrap_or_default(),
        disabled_due_to_error_ms: None,
        failures: 0,
        created_ms: now,
        updated_ms: now,
    };
    let shown = show(world, &row);
    world.integrations.insert(row.id, row);
    Ok(Answer::Body(shown))
}

/// `PATCH /integrations/{id}`; enabling again forgets the failures.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let now = world.now();
    let row = world.integrations.get_mut(&id).ok_or_else(Refusal::absent)?;
    let asked = ask.wrapped("integration")?;
    if asked.contains_key("url") {
        row.url = valid_url(text(asked, "url"))?;
    }
    if let Some(events) = enabled_events(asked)? {
        row.enabled_events = events;
    }
    row.name = text(asked, "name").unwrap_or_else(|| row.name.clone());
    row.signature_key = text(asked, "signature_key").or(row.signature_key.take());
    if let Some(enabled) = lenient_bool(asked.get("enabled")) {
        row.enabled = enabled;
        if enabled {
            (row.failures, row.disabled_due_to_error_ms) = (0, None);
        }
    }
    row.updated_ms = now;
    Ok(Answer::Done)
}

/// `DELETE /integrations/{id}`.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    world
        .integrations
        .remove(&id)
        .map(|_| Answer::Done)
        .ok_or_else(Refusal::absent)
}

fn valid_url(url: Option<String>) -> Result<String, Refusal> {
    url.filter(|url| reqwest::Url::parse(url).is_ok_and(|url| url.has_host()))
        .ok_or_else(|| Refusal::field("url", "is invalid"))
}

fn enabled_events(asked: &Map<String, Value>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(events) = asked.get("enabled_events").and_then(Value::as_array) else {
        return Ok(None);
    };
    let known = |event: &Value| {
        event
            .as_str()
            .filter(|event| super::events::TYPES.contains(event))
            .map(str::to_owned)
    };
    let events: Option<Vec<String>> = events.iter().map(known).collect();
    events
        .map(Some)
        .ok_or_else(|| Refusal::field("enabled_events", "is not included in the list"))
}

fn show(world: &World, row: &WebhookIntegration) -> Value {
    json!({
        "id": row.id, "resource_type": "Integration", "name": row.name, "type": "event_webhook",
        "enabled": row.enabled, "disabled_due_to_error": row.disabled_due_to_error_ms.is_some(),
        "disabled_due_to_error_at": world.stamp_or_null(row.disabled_due_to_error_ms),
        "organization_id": world.org.id,
        "organization": { "id": world.org.id, "resource_type": "Organization", "name": world.org.name },
        "place_id": null, "url": row.url, "enabled_events": row.enabled_events,
        "created_at": world.stamp(row.created_ms), "updated_at": world.stamp(row.updated_ms),
    })
}

/// One event on its way to one integration.
#[derive(Clone)]
struct Parcel {
    integration: i64,
    url: String,
    signature: Option<String>,
    body: String,
}

/// Delivers until the simulator is gone.
pub(super) async fn deliver(shared: Arc<Shared>, mut events: mpsc::Receiver<Event>) {
    let client = match client() {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no webhook can be delivered"),
    };
    let mut repeats = JoinSet::new();
    while let Some(first) = events.recv().await {
        let mut batch = vec![first];
        let reordered = shared.world().switches.webhook_reordered;
        if reordered && let Ok(Some(second)) = tokio::time::timeout(SWAP_WAIT, events.recv()).await {
            batch.insert(0, second);
        }
        for event in &batch {
            // Collected first: the state is not held while a receiver is waited for.
            let parcels = parcels(&shared.world(), event);
            for parcel in parcels {
                if !send(&client, &parcel).await {
                    repeats.spawn(repeat(shared.clone(), client.clone(), parcel));
                } else if let Some(row) = shared.world().integrations.get_mut(&parcel.integration) {
                    row.failures = 0;
                }
            }
        }
        while repeats.try_join_next().is_some() {}
    }
}

fn client() -> Result<reqwest::Client, reqwest::Error> {
    // A provider that the process chose before is just as good, so a refusal here means nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(PATIENCE).build()
}

fn parcels(world: &World, event: &Event) -> Vec<Parcel> {
    let wanted = |row: &&WebhookIntegration| {
        row.enabled && (row.enabled_events.is_empty() || row.enabled_events.iter().any(|kind| kind == event.kind))
    };
    let body = world.webhook_json(event).to_string();
    let copies = if world.switches.webhook_duplicates { 2 } else { 1 };
    world
        .integrations
        .values()
        .filter(wanted)
        .flat_map(|row| {
            let signature = row
                .signature_key
                .as_ref()
                .map(|key| sign(key, &body, world.switches.signature));
            let parcel = Parcel {
                integration: row.id,
                url: row.url.clone(),
                signature,
                body: body.clone(),
            };
            std::iter::repeat_n(parcel, copies)
        })
        .collect()
}

fn sign(key: &str, body: &str, form: Signature) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(body.as_bytes());
    let digest = hex(&mac.finalize().into_bytes());
    match form {
        Signature::Prefixed => format!("sha256={digest}"),
        Signature::Bare => digest,
    }
}

async fn send(client: &reqwest::Client, parcel: &Parcel) -> bool {
    let mut request = client
        .post(&parcel.url)
        .header("content-type", "application/json")
        .body(parcel.body.clone());
    if let Some(signature) = &parcel.signature {
        request = request.header("x-signature", signature);
    }
    match request.send().await {
        Ok(answer) => answer.status().is_success(),
        Err(error) => {
            tracing::debug!(%error, "a webhook was not taken");
            false
        }
    }
}

async fn repeat(shared: Arc<Shared>, client: reqwest::Client, parcel: Parcel) {
    let (retries, mut wait_ms) = {
        let world = shared.world();
        (world.switches.webhook_retries.min(5), world.switches.webhook_retry_ms)
    };
    for _ in 0..retries {
        pause(Duration::from_millis(wait_ms)).await;
        if send(&client, &parcel).await {
            return;
        }
        wait_ms = wait_ms.saturating_mul(2);
    }
    let mut world = shared.world();
    let (now, limit) = (world.now(), world.switches.webhook_disable_after);
    let Some(row) = world.integrations.get_mut(&parcel.integration) else {
        return;
    };
    row.failures += 1;
    if limit > 0 && row.failures >= limit && row.enabled {
        row.enabled = false;
        row.disabled_due_to_error_ms = Some(now);
        let name = row.name.clone();
        let object = Object {
            kind: "Integration",
            id: parcel.integration,
            name: Some(&name),
            place: None,
        };
        world.note("integration.disable_due_to_error", object, Caller::Nobody, None);
    }
}
