//! Opening a door for somebody, now (P-31).
//!
//! In: who and which door. Out: what came of it, in our words. Why so: authorised live by the same decision that explains it,
//! then by the vendor, with the person's own login; who stands in the rain waits for the vendor alone, not for our disk.
//! Always: never queued, never retried; an unknown outcome is said as unknown. That somebody pressed is kept while the vendor is
//! asked, and before the answer goes out; what came of it right after (P-48). Cut off between the two, it reads as unknown, which it is.

use std::sync::Arc;

use access::decision::{self, Reason};
use access::id::*;
use access::vendor::{OpenDoor, OpenRefusal, Opened, Secret};
use connectors::Connector;
use store::door_event::{self, DoorEventKind, NewDoorEvent};
use store::facts::{self, As};
use store::record::Act;
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
pub(crate) async fn open(house: &Arc<House>, asked: OpenDoor) -> Opened {
    let (here, under_way) = (Arc::clone(house), Presses::one_more(house));
    // A phone that goes away in the middle takes nothing back: what the door did is kept all the same.
    match tokio::spawn(async move { try_open(&here, asked, under_way).await }).await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => {
            tracing::error!(%error, door = %asked.door, "could not open a door");
            refused(OpenRefusal::VendorError, "our own database did not answer")
        }
        Err(error) => {
            tracing::error!(%error, door = %asked.door, "a press broke off");
            Opened::Unknown
        }
    }
}

async fn try_open(house: &House, asked: OpenDoor, under_way: Presses) -> store::Result<Opened> {
    let ready = match prepare(house, asked).await? {
        Ok(ready) => ready,
        Err((integration, why)) => {
            if let Some(integration) = integration {
                Press::new(house, asked, integration).keep(house, &why, None).await?;
            }
            return Ok(why);
        }
    };
    let press = Press::new(house, asked, ready.integration);
    let mut login = ready.login.clone();
    let (begun, opened) = tokio::join!(
        press.begin(house),
        ready
            .connector
            .open(&ready.lock, &ready.email, &mut login, press.act.now)
    );
    if let Err(error) = begun {
        // The door has been asked by now: people hear what it did, and the press is kept with its outcome.
        tracing::error!(%error, door = %asked.door, "a press could not be kept while it went on");
    }
    let changed = (login != ready.login).then_some(login);
    let told = opened.clone();
    tokio::spawn(async move {
        if let Err(error) = press.keep(&under_way.0, &told, changed).await {
            tracing::error!(%error, door = %asked.door, outcome = ?told, "what came of a press could not be kept");
        }
    });
    Ok(opened)
}

/// A press that goes on, or whose outcome is still being kept; [`crate::Worker::settle`] and the end of the worker wait for it.
struct Presses(Arc<House>);

impl Presses {
    fn one_more(house: &Arc<House>) -> Self {
        house.presses.send_modify(|count| *count += 1);
        Self(Arc::clone(house))
    }
}

impl Drop for Presses {
    fn drop(&mut self) {
        self.0.presses.send_modify(|count| *count -= 1);
        self.0.ring();
    }
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

/// One press of a button, as it is kept.
struct Press {
    asked: OpenDoor,
    act: Act,
    event: NewDoorEvent,
}

impl Press {
    fn new(house: &House, asked: OpenDoor, integration: IntegrationId) -> Self {
        let act = house.act(asked.network);
        let event = NewDoorEvent {
            external: format!("own-{}", DoorEventId::new(act.now, chance::for_id(act.now))),
            integration,
            door: Some(asked.door),
            person: Some(asked.person),
            kind: DoorEventKind::Unknown,
            detail: "asked".to_owned(),
            at: act.now,
        };
        Self { asked, act, event }
    }

    /// That it was pressed.
    async fn begin(&self, house: &House) -> store::Result<()> {
        let mut tx = house.store.write().await?;
        door_event::keep(&mut tx, self.act.network, &self.event).await?;
        tx.commit().await
    }

    /// What came of it, and the person's login at the vendor if it changed.
    async fn keep(self, house: &House, opened: &Opened, login: Option<Option<Secret>>) -> store::Result<()> {
        let (kind, detail, action) = match opened {
            Opened::Open => (DoorEventKind::Opened, "", "door.opened"),
            Opened::Refused { vendor_says, .. } => (DoorEventKind::Refused, vendor_says.as_str(), "door.refused"),
            Opened::Unknown => (DoorEventKind::Unknown, "no answer in time", "door.unknown"),
        };
        let detail = detail.to_owned();
        let event = NewDoorEvent {
            kind,
            detail,
            ..self.event
        };
        let OpenDoor { network, door, person } = self.asked;
        let mut tx = house.store.write().await?;
        door_event::conclude(&mut tx, network, &event).await?;
        audit::note(
            &mut tx,
            &self.act,
            action,
            "door",
            &door.to_string(),
            Some(person),
            opened,
        )
        .await?;
        if let Some(login) = login {
            holder::keep_secret(
                &mut tx,
                network,
                event.integration,
                person,
                login.as_ref(),
                self.act.now,
            )
            .await?;
        }
        tx.commit().await
    }
}
