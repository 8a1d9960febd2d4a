//! Group links (contract §4.10) and, as plain rows, cards (§4.11).

use serde_json::{Value, json};

use super::ask::{Answer, Ask, OTHERS, Refusal, Reply, instant, lenient_bool, text};
use super::auth::Caller;
use super::events::Object;
use super::rows::{Card, GroupLink};
use super::state::World;

/// `GET /group_links`.
pub(super) fn list(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let group = ask.number("group_id")?;
    let mut rows: Vec<&GroupLink> = world
        .links
        .values()
        .filter(|link| {
            let email = link.email.as_deref().unwrap_or_default();
            ask.wants_id(link.id)
                && group.is_none_or(|group| link.group == group)
                && ask.wants_text(&[&link.name, email])
        })
        .collect();
    ask.sort(&mut rows, &["name", "valid_until"], |link, field| match field {
        "name" => link.name.clone(),
        _ => format!("{:020}", link.valid_until_ms.unwrap_or(i64::MAX)),
    })?;
    ask.page(rows, OTHERS, |link| show(world, link))
}

/// `POST /group_links`; the secret is shown only here.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    let by = caller.admin()?;
    let asked = ask.wrapped("group_link")?;
    let group = asked
        .get("group_id")
        .and_then(Value::as_i64)
        .filter(|id| world.groups.contains_key(id));
    let group = group.ok_or_else(|| Refusal::field("group", "must exist"))?;
    let name = text(asked, "name").ok_or_else(|| Refusal::field("name", "can't be blank"))?;
    let link = GroupLink {
        id: world.new_id(),
        group,
        name: name.clone(),
        email: text(asked, "email"),
        secret: world.new_secret(),
        link_enabled: lenient_bool(asked.get("link_enabled")).unwrap_or(true),
        valid_from_ms: instant(asked, "valid_from")?,
        valid_until_ms: instant(asked, "valid_until")?,
        last_used_ms: None,
        created_by: Some(by),
        created_ms: world.now(),
    };
    let id = link.id;
    let mut shown = show(world, &link);
    shown["secret"] = link.secret.clone().into();
    shown["quick_response_code_token"] = Value::Null;
    shown["quick_response_code_image"] = Value::Null;
    world.links.insert(id, link);
    let place = world.groups.get(&group).and_then(|group| group.place);
    world.note(
        "group_link.create",
        Object {
            kind: "GroupLink",
            id,
            name: Some(&name),
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Body(shown))
}

/// `DELETE /group_links/{id}`.
pub(super) fn delete(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    let link = world.links.remove(&id).ok_or_else(Refusal::absent)?;
    let place = world.groups.get(&link.group).and_then(|group| group.place);
    world.note(
        "group_link.destroy",
        Object {
            kind: "GroupLink",
            id,
            name: Some(&link.name),
            place,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

fn show(world: &World, link: &GroupLink) -> Value {
    json!({
        "id": link.id, "resource_type": "GroupLink", "name": link.name, "email": link.email, "phone": null,
        "group_id": link.group, "link_enabled": link.link_enabled, "quick_response_code_type": null,
        "valid_from": world.stamp_or_null(link.valid_from_ms), "valid_until": world.stamp_or_null(link.valid_until_ms),
        "last_used_at": world.stamp_or_null(link.last_used_ms), "created_by_type": "User",
        "created_by_id": link.created_by,
        "created_at": world.stamp(link.created_ms), "updated_at": world.stamp(link.created_ms),
    })
}

/// `GET /cards`.
pub(super) fn list_cards(world: &World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let user = ask.number("user_id")?;
    let wanted = |card: &&Card| {
        ask.wants_id(card.id)
            && user.is_none_or(|user| card.user == Some(user))
            && ask.param("token").is_none_or(|token| card.token == token)
            && ask.param("status").is_none_or(|wanted| status(card) == wanted)
    };
    let rows: Vec<&Card> = world.cards.values().filter(wanted).collect();
    ask.page(rows, OTHERS, |card| show_card(world, card))
}

/// `POST /cards`.
pub(super) fn create_card(world: &mut World, ask: &Ask<'_>, caller: Caller) -> Reply {
    caller.admin()?;
    let asked = ask.wrapped("card")?;
    let token = text(asked, "token").ok_or_else(|| Refusal::field("token", "can't be blank"))?;
    if world.cards.values().any(|card| card.token == token) {
        return Err(Refusal::field("token", "has already been taken"));
    }
    let kind = text(asked, "type").unwrap_or_else(|| "third_party_hf".to_owned());
    let card = Card {
        id: world.new_id(),
        token,
        kind,
        user: None,
        activated: false,
        created_ms: world.now(),
    };
    let shown = show_card(world, &card);
    world.cards.insert(card.id, card);
    Ok(Answer::Body(shown))
}

/// `GET /cards/{id}`.
pub(super) fn read_card(world: &World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    Ok(Answer::Body(show_card(
        world,
        world.cards.get(&id).ok_or_else(Refusal::absent)?,
    )))
}

/// `DELETE /cards/{id}`.
pub(super) fn delete_card(world: &mut World, caller: Caller, id: i64) -> Reply {
    caller.admin()?;
    world
        .cards
        .remove(&id)
        .map(|_| Answer::Done)
        .ok_or_else(Refusal::absent)
}

/// `POST /cards/{id}/assign|deassign|activate|deactivate`.
pub(super) fn act_on_card(world: &mut World, ask: &Ask<'_>, caller: Caller, id: i64, action: &str) -> Reply {
    caller.admin()?;
    let user = ask.body.pointer("/card/user_id").and_then(Value::as_i64);
    let card = world
        .cards
        .get_mut(&id)
        .ok_or_else(|| Refusal::new(404, "faa9ef", "Card not found."))?;
    let kind = match action {
        "assign" => {
            let user = user.filter(|user| world.users.contains_key(user));
            card.user = Some(user.ok_or_else(|| Refusal::field("user", "must exist"))?);
            card.activated = true;
            "card.assign"
        }
        "deassign" => {
            (card.user, card.activated) = (None, false);
            "card.deassign"
        }
        "activate" => {
            card.activated = true;
            "card.activate"
        }
        "deactivate" => {
            card.activated = false;
            "card.deactivate"
        }
        _ => return Err(Refusal::no_route()),
    };
    world.note(
        kind,
        Object {
            kind: "Card",
            id,
            name: None,
            place: None,
        },
        caller,
        None,
    );
    Ok(Answer::Done)
}

fn status(card: &Card) -> &'static str {
    match (card.user, card.activated) {
        (None, _) => "unassigned",
        (Some(_), true) => "activated",
        (Some(_), false) => "deactivated",
    }
}

fn show_card(world: &World, card: &Card) -> Value {
    json!({ "id": card.id, "resource_type": "Card", "token": card.token, "type": card.kind, "user_id": card.user,
            "status": status(card), "created_at": world.stamp(card.created_ms),
            "updated_at": world.stamp(card.created_ms) })
}
