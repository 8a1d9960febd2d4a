//! Opening a door for somebody, now (P-31).
//!
//! In: who and which door. Out: what came of it, in our words. Why so: authorised live by the same decision that explains it,
//! then by the vendor, with the person's own login. Always: never queued, never retried; an unknown outcome is said as
//! unknown; every unlock and every refusal is kept before the answer goes out (P-48).

use access::decision::{self, Reason};
use access::id::*;
use access::vendor::{OpenDoor, OpenRefusal, Opened, Secret};
use connectors::Connector;
use store::door_event::{self, DoorEventKind, NewDoorEvent};
use store::facts::{self, As};
use store::{audit, chance, group, holder};

use crate::house::{Account, House, NoAccount};

/// What is needed to press the button.
struct Ready {
    integration: IntegrationId,
    connector: Connector,
    lock: String,
    email: String,
    login: Option<Secret>,
}

/// Opens it, or says why not.
pub(crate) async fn open(house: &House, asked: OpenDoor) -> Opened {
    match try_open(house, asked).await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%error, door = %asked.door, "could not open a door");
            refused(OpenRefusal::VendorError, "our own database did not answer")
        }
    }
}

async fn try_open(house: &House, asked: OpenDoor) -> store::Result<Opened> {
    let ready = match prepare(house, asked).await? {
        Ok(ready) => ready,
        Err((integration, why)) => {
            if let Some(integration) = integration {
                keep(house, asked, integration, &why, None).await?;
            }
            return Ok(why);
        }
    };
    let before = ready.login.clone();
    let mut login = ready.login;
    let opened = ready.connector.open(&ready.lock, &ready.email, &mut login).await;
    let changed = (login != before).then_some(login);
    keep(house, asked, ready.integration, &opened, changed).await?;
    Ok(opened)
}

type Answer = Result<Ready, (Option<IntegrationId>, Opened)>;

async fn prepare(house: &House, asked: OpenDoor) -> store::Result<Answer> {
    let now = house.clock.now();
    let mut tx = house.store.read().await?;
    let door = match group::door(&mut tx, asked.network, asked.door).await {
        Ok(door) => door,
        Err(error) if error.kind == store::Kind::NotFound => {
            return Ok(Err((None, refused(OpenRefusal::NotFound, "no such door"))));
        }
        Err(error) => return Err(error),
    };
    let here = Some(door.integration);
    let facts = facts::load_person(&mut tx, asked.network, asked.person, As::Known { now }).await?;
    let decision = decision::decide(&facts, asked.person, asked.door, now);
    if !decision.open {
        return Ok(Err((
            here,
            refused(why_not(&decision.chain), "not asked: our own rules say no"),
        )));
    }
    let account = match Account::load(house, &mut tx, asked.network, door.integration).await? {
        Ok(account) => account,
        Err(NoAccount::Left) => {
            return Ok(Err((
                here,
                refused(OpenRefusal::NoAccess, "the vendor is not connected"),
            )));
        }
        Err(NoAccount::NeedsSignIn) => {
            return Ok(Err((
                here,
                refused(OpenRefusal::SignInNeeded, "the vendor login no longer works"),
            )));
        }
        Err(NoAccount::Unusable(trouble)) => return Ok(Err((here, refused(OpenRefusal::VendorError, &trouble.say)))),
    };
    let known = holder::find(&mut tx, asked.network, door.integration, asked.person).await?;
    let Some(known) = known.filter(|known| known.details.external.is_some()) else {
        return Ok(Err((
            here,
            refused(OpenRefusal::NotYet, "the vendor has not acknowledged this person yet"),
        )));
    };
    let login = holder::secret(&mut tx, asked.network, door.integration, asked.person).await?;
    Ok(Ok(Ready {
        integration: door.integration,
        connector: account.connector,
        lock: door.external,
        email: known.details.email,
        login,
    }))
}

/// The first link that forbids, as a refusal.
fn why_not(chain: &[Reason]) -> OpenRefusal {
    chain
        .iter()
        .find_map(|reason| match reason {
            Reason::StartsLater { .. } => Some(OpenRefusal::NotYet),
            Reason::Ended { .. } | Reason::Cancelled { .. } => Some(OpenRefusal::Over),
            Reason::DoorGone | Reason::GroupGone { .. } => Some(OpenRefusal::NotFound),
            _ => None,
        })
        .unwrap_or(OpenRefusal::NoAccess)
}

fn refused(why: OpenRefusal, vendor_says: &str) -> Opened {
    Opened::Refused {
        why,
        vendor_says: vendor_says.to_owned(),
    }
}

/// Keeps what happened, and the person's login at the vendor if it changed.
async fn keep(
    house: &House,
    asked: OpenDoor,
    integration: IntegrationId,
    opened: &Opened,
    login: Option<Option<Secret>>,
) -> store::Result<()> {
    let now = house.clock.now();
    let (kind, detail) = match opened {
        Opened::Open => (DoorEventKind::Opened, String::new()),
        Opened::Refused { vendor_says, .. } => (DoorEventKind::Refused, vendor_says.clone()),
        Opened::Unknown => (DoorEventKind::Unknown, "no answer in time".to_owned()),
    };
    let event = NewDoorEvent {
        external: format!("own-{}", DoorEventId::new(now, chance::for_id(now))),
        integration,
        door: Some(asked.door),
        person: Some(asked.person),
        kind,
        detail,
        at: now,
    };
    let mut tx = house.store.write().await?;
    door_event::keep(&mut tx, asked.network, &event).await?;
    let action = match opened {
        Opened::Open => "door.opened",
        Opened::Refused { .. } => "door.refused",
        Opened::Unknown => "door.unknown",
    };
    let (act, door) = (house.act(asked.network), asked.door.to_string());
    audit::note(&mut tx, &act, action, "door", &door, Some(asked.person), opened).await?;
    if let Some(login) = login {
        holder::keep_secret(&mut tx, asked.network, integration, asked.person, login.as_ref(), now).await?;
    }
    tx.commit().await
}
