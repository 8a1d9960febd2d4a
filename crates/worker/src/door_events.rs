//! Door events in: what vendors push, and what is read to catch up.
//!
//! In: the raw inbox, and the vendor's own history. Out: door events kept once, and wake-ups where a hint asks for a look.
//! Always: content is a hint only (P-30): a signature that does not fit is dropped, and access is never changed by an event.

use access::id::*;
use access::{Instant, Window};
use connectors::{Connectors, SeenEvent, SeenPress, SeenWhat, WebhookHint};
use store::door_event::{self, DoorEventKind, NewDoorEvent};
use store::holder::Holder;
use store::inbox::{self, Letter};
use store::integration::{self, Status};
use store::wakeup::{Lane, Wake};
use store::{Tx, group, holder, person, wakeup};

use crate::house::{Account, House};
use crate::reconcile::Stopped;

/// The first reading looks back this far.
const FIRST_LOOK_BACK_S: i64 = 3_600;
/// Readings overlap by this much, since vendors write their history late.
const OVERLAP_S: i64 = 120;
/// At most this much is asked for at once.
const LONGEST_ASK_S: i64 = 86_400;
/// Our own unlock and the vendor's telling of it are one event when they lie this close.
const SAME_EVENT_S: i64 = 20;

/// Reads the vendor's history from where the last reading ended, and notes how far it goes now.
pub(crate) async fn catch_up(house: &House, account: &Account) -> Result<(), Stopped> {
    let Some(read_until) = read_back(house, account).await? else {
        return Ok(());
    };
    let mut tx = house.store.write().await?;
    let status = integration::status(&mut tx, account.network, account.id).await?;
    let events_after = Some(read_until.ms().to_string());
    integration::note_status(&mut tx, account.network, account.id, &Status { events_after, ..status }).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps what happened since the last reading ended; answers until when that was read now.
pub(crate) async fn read_back(house: &House, account: &Account) -> Result<Option<Instant>, Stopped> {
    let now = house.clock.now();
    let read_until = account
        .status
        .events_after
        .as_deref()
        .and_then(|at| at.parse().ok())
        .map(Instant::from_ms);
    let from = match read_until {
        Some(at) if at <= now => at.plus_s(-OVERLAP_S).max(now.plus_s(-30 * LONGEST_ASK_S)),
        _ => now.plus_s(-FIRST_LOOK_BACK_S),
    };
    let Some(span) = Window::new(from, now.min(from.plus_s(LONGEST_ASK_S))) else {
        return Ok(None);
    };
    let read = account.connector.door_events(span).await.map_err(Stopped::Vendor)?;
    let mut tx = house.store.write().await?;
    for event in &read.events {
        keep(&mut tx, account.network, account.id, event).await?;
    }
    tx.commit().await?;
    Ok(Some(read.read_until))
}

/// Looks at what webhooks brought; answers whether there was anything.
pub(crate) async fn read_inbox(house: &House) -> store::Result<bool> {
    let mut tx = house.store.read().await?;
    let letters = inbox::oldest(&mut tx).await?;
    drop(tx);
    for letter in &letters {
        let mut tx = house.store.write().await?;
        look_at(house, &mut tx, letter).await?;
        inbox::done(&mut tx, letter.network, letter.id).await?;
        tx.commit().await?;
    }
    Ok(!letters.is_empty())
}

async fn look_at(house: &House, tx: &mut Tx, letter: &Letter) -> store::Result<()> {
    let (network, id) = (letter.network, letter.integration);
    let Some(known) = integration::find(tx, network, id).await? else {
        return Ok(());
    };
    let Some(key) = integration::hook_secret(tx, network, id).await? else {
        return Ok(());
    };
    let header = |name: &str| {
        letter
            .headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let hint = Connectors::verify_webhook(&known.details.vendor, letter.body.as_bytes(), header, &key);
    let now = house.clock.now();
    match hint {
        None => tracing::warn!(integration = %id, "dropped an event whose signature does not fit"),
        Some(WebhookHint::Door(event)) => keep(tx, network, id, &event).await?,
        Some(WebhookHint::Group) => read_soon(tx, network, id, now).await?,
        Some(WebhookHint::Row { external }) => {
            // Our own acknowledged change comes back as an event; only a row we hold and did not just touch asks for a look.
            let rows = store::grant::live(tx, network, id).await?;
            let touched = rows
                .iter()
                .find(|row| row.external.as_deref() == Some(external.as_str()));
            if touched.is_some_and(|row| row.confirmed_at.is_some_and(|at| now > at.plus_s(60))) {
                read_soon(tx, network, id, now).await?;
            }
        }
        Some(WebhookHint::Holder { external }) => {
            let holders = holder::of_integration(tx, network, id).await?;
            if holders
                .iter()
                .any(|holder| holder.details.external.as_deref() == Some(external.as_str()))
            {
                read_soon(tx, network, id, now).await?;
            }
        }
        Some(WebhookHint::Other) => {}
    }
    Ok(())
}

/// The next round reads the vendor, whatever the timer says.
pub(crate) async fn read_soon(tx: &mut Tx, network: NetworkId, id: IntegrationId, now: Instant) -> store::Result<()> {
    integration::set_reading_due(tx, network, id, now).await?;
    wakeup::mark(
        tx,
        network,
        Wake {
            integration: id,
            person: None,
            lane: Lane::GrantSoon,
        },
        now,
    )
    .await
}

/// Who it was: by the record at the vendor, else by the number of the card, which may be somebody's whom we never let in there.
async fn whose(
    tx: &mut Tx,
    network: NetworkId,
    id: IntegrationId,
    event: &SeenEvent,
) -> store::Result<Option<PersonId>> {
    if let Some(external) = &event.holder {
        let holders = holder::of_integration(tx, network, id).await?;
        let known = |holder: &&Holder| holder.details.external.as_deref() == Some(external.as_str());
        if let Some(holder) = holders.iter().find(known) {
            return Ok(Some(holder.person));
        }
    }
    match &event.card {
        Some(number) => person::with_card(tx, network, number).await,
        None => Ok(None),
    }
}

/// Keeps one event, once.
pub(crate) async fn keep(tx: &mut Tx, network: NetworkId, id: IntegrationId, event: &SeenEvent) -> store::Result<()> {
    let door = match &event.lock {
        Some(lock) => group::door_by_external(tx, network, id, lock).await?,
        None => None,
    };
    let person = whose(tx, network, id, event).await?;
    let kind = match event.what {
        SeenWhat::Opened => DoorEventKind::Opened,
        SeenWhat::Refused => DoorEventKind::Refused,
        SeenWhat::Forced => DoorEventKind::Forced,
        SeenWhat::HeldOpen => DoorEventKind::HeldOpen,
    };
    let presser = match event.press {
        SeenPress::Never => None,
        SeenPress::OfPerson => person.map(Some),
        SeenPress::OfAnybody => Some(None),
    };
    if let (Some(door), Some(person)) = (door, presser) {
        let (from, until) = (event.at.plus_s(-SAME_EVENT_S), event.at.plus_s(SAME_EVENT_S));
        if door_event::own_near(tx, network, door, person, kind, from, until).await? {
            return Ok(());
        }
    }
    let detail = [event.who.as_deref(), event.vendor_says.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(": ");
    let new = NewDoorEvent {
        external: event.external.clone(),
        integration: id,
        door,
        person,
        kind,
        detail,
        at: event.at,
    };
    door_event::keep(tx, network, &new).await?;
    Ok(())
}
