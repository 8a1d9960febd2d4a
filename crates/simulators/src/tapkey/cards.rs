//! Bound cards (contract §7.9): read, renamed, and holders of grants; never managed by us.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, text};
use super::encoding::in_json;
use super::login::Caller;
use super::rows::{Card, Grantee};
use super::state::{World, stamp};

/// `GET Owners/{o}/BoundCards`.
pub(super) fn list(world: &World, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    let rows = world.cards.values().filter(|card| card.owner == owner);
    Ok(Answer::List(rows.map(show).collect()))
}

/// `GET Owners/{o}/BoundCards/{id}`.
pub(super) fn read(world: &World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:core:entities")?;
    Ok(Answer::Body(show(world.card(owner, id)?)))
}

/// `PATCH Owners/{o}/BoundCards/{id}`: the title; 204, unlike other changes.
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:core:entities")?;
    world.card(owner, id)?;
    let title = text(ask.object()?, "title").unwrap_or_default();
    if let Some(card) = world.cards.get_mut(id) {
        card.title = title;
    }
    Ok(Answer::Done)
}

/// `GET Owners/{o}/BoundCards/{id}/Grants`.
pub(super) fn grants(world: &World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:grants")?;
    world.card(owner, id)?;
    let own = Grantee::Card(id.to_owned());
    let rows = world.grants.values().filter(|grant| grant.grantee == own);
    Ok(Answer::List(
        rows.map(|grant| super::grants::show(world, grant)).collect(),
    ))
}

impl World {
    fn card(&self, owner: &str, id: &str) -> Result<&Card, Refusal> {
        self.cards
            .get(id)
            .filter(|card| card.owner == owner)
            .ok_or_else(|| Refusal::absent("The card"))
    }
}

pub(super) fn show(card: &Card) -> Value {
    json!({ "id": card.id, "label": card.label, "title": card.title, "uid": in_json(&card.uid), "isActive": true,
            "physicalCardId": format!("pc-{}", card.id), "ownerAccountId": card.owner,
            "bindDate": stamp(card.bound_ms), "unbindDate": null, "nofGrantsCapacity": 12 })
}
