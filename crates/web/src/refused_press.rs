//! Presses that our own rules refuse, kept like those a vendor refuses (P-48).
//!
//! In: who pressed for which door, and the stable word of the reason. Out: a door event and an audit entry, in one transaction.
//! Why so: the vendor is not asked when the answer is known, but "she stood there at 11:28" is worth knowing all the same.

use access::id::*;
use store::audit;
use store::door_event::{self, DoorEventKind, NewDoorEvent};

use crate::ctx::Ctx;
use crate::problem::Problem;

/// Keeps one refusal.
pub async fn keep(ctx: &Ctx, door: DoorId, person: PersonId, why: &str) -> Result<(), Problem> {
    let mut tx = ctx.store().write().await?;
    let row = store::group::door(&mut tx, ctx.network(), door).await?;
    let event = NewDoorEvent {
        external: format!("own-{}", DoorEventId::new(ctx.now, store::chance::for_id(ctx.now))),
        integration: row.integration,
        door: Some(door),
        person: Some(person),
        kind: DoorEventKind::Refused,
        detail: format!("not asked: {why}"),
        at: ctx.now,
    };
    door_event::keep(&mut tx, ctx.network(), &event).await?;
    audit::note(
        &mut tx,
        &ctx.act(),
        "door.refused",
        "door",
        &door.to_string(),
        Some(person),
        &why,
    )
    .await?;
    Ok(tx.commit().await?)
}
