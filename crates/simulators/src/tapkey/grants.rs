//! Grants (contract §7.7, §7.8): who may open what, from when until when. The object our own grants become.

use serde_json::{Map, Value, json};

use super::ask::{Answer, Ask, Refusal, Reply, instant, text};
use super::login::Caller;
use super::rows::{Grant, GrantState, Grantee, Target};
use super::state::{World, stamp_or_null};
use super::switches::{DuplicateGrants, Revocation};
use super::{contacts, phones};

/// `GET Owners/{o}/Grants`: live, ended and revoked ones.
pub(super) fn list(world: &World, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "read:grants")?;
    let rows = world.grants.values().filter(|grant| grant.owner == owner);
    Ok(Answer::List(rows.map(|grant| show(world, grant)).collect()))
}

/// `GET Owners/{o}/Grants/{id}`.
pub(super) fn read(world: &World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "read:grants")?;
    Ok(Answer::Body(show(world, world.grant(owner, id)?)))
}

/// `PUT Owners/{o}/Grants`. Repeating it makes another one, unless a switch calls that a `Duplicate`.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str) -> Reply {
    world.admit(caller, owner, "write:grants")?;
    let asked = ask.object()?;
    let target = target(world, owner, asked)?;
    let (from_ms, before_ms) = (instant(asked, "validFrom")?, instant(asked, "validBefore")?);
    check_window(from_ms, before_ms)?;
    let ical = text(asked, "timeRestrictionIcal");
    if ical.is_some() && !supports_schedules(world, &target) {
        return Err(Refusal::bad("The lock does not support recurring schedules."));
    }
    let grantee = grantee(world, owner, asked)?;
    let grant = Grant {
        id: world.new_id("g"),
        owner: owner.to_owned(),
        grantee,
        target,
        from_ms,
        before_ms,
        ical,
        state: GrantState::Ok,
        over_api: true,
        unlearnt: Vec::new(),
    };
    check_duplicate(world, &grant)?;
    if let Grantee::Contact(contact) = &grant.grantee {
        world.check_quota(owner, contact)?;
    }
    let shown = show(world, &grant);
    keep(world, grant);
    Ok(Answer::Body(shown))
}

/// Keeps a grant and pushes its keys to the phones in reach.
pub(super) fn keep(world: &mut World, grant: Grant) {
    let id = grant.id.clone();
    world.grants.insert(id.clone(), grant);
    phones::push(world, &id);
}

fn target(world: &World, owner: &str, asked: &Map<String, Value>) -> Result<Target, Refusal> {
    let id = text(asked, "boundLockId").ok_or_else(|| Refusal::bad("boundLockId is missing."))?;
    if world.lock_groups.get(&id).is_some_and(|group| group.owner == owner) {
        return if world.switches.lock_group_grants {
            Ok(Target::Group(id))
        } else {
            Err(Refusal::bad("boundLockId is not the id of a lock."))
        };
    }
    let lock = world.lock(owner, &id)?;
    match lock.unbound_ms {
        None => Ok(Target::Lock(id)),
        Some(_) => Err(Refusal::bad("The lock is not bound any more.")),
    }
}

/// A contact, a card, or a contact made on the fly, which stays also when the grant is then refused; exactly one of them.
fn grantee(world: &mut World, owner: &str, asked: &Map<String, Value>) -> Result<Grantee, Refusal> {
    let inline = asked.get("contact").and_then(Value::as_object);
    match (text(asked, "contactId"), text(asked, "boundCardId"), inline) {
        (Some(contact), None, None) => {
            world.contact(owner, &contact)?;
            Ok(Grantee::Contact(contact))
        }
        (None, Some(card), None) => match world.cards.get(&card) {
            Some(row) if row.owner == owner => Ok(Grantee::Card(card)),
            _ => Err(Refusal::absent("The card")),
        },
        (None, None, Some(contact)) => {
            let address = text(contact, "identifier").or_else(|| text(contact, "email"));
            let address = address.filter(|address| address.contains('@'));
            let address = address.ok_or_else(|| Refusal::bad("contact.identifier must be an e-mail address."))?;
            let user = world.user_of(&address);
            Ok(Grantee::Contact(contacts::of_user(world, owner, &user)))
        }
        _ => Err(Refusal::bad(
            "Give contactId, boundCardId or contact, and only one of them.",
        )),
    }
}

fn check_window(from_ms: Option<i64>, before_ms: Option<i64>) -> Result<(), Refusal> {
    match (from_ms, before_ms) {
        (Some(from_ms), Some(before_ms)) if from_ms >= before_ms => {
            Err(Refusal::bad("validFrom must be before validBefore."))
        }
        _ => Ok(()),
    }
}

fn supports_schedules(world: &World, target: &Target) -> bool {
    phones::locks_of(world, target)
        .iter()
        .all(|lock| world.locks.get(lock).is_some_and(|lock| lock.supports_schedules))
}

/// S4 and S5.
fn check_duplicate(world: &World, new: &Grant) -> Result<(), Refusal> {
    let now = world.now();
    let pair: Vec<&Grant> = world
        .grants
        .values()
        .filter(|old| old.grantee == new.grantee && old.target == new.target && old.is_live(now))
        .collect();
    let window = |grant: &Grant| (grant.from_ms, grant.before_ms);
    let equal = |old: &&Grant| window(old) == window(new) && old.ical == new.ical;
    let duplicate = match world.switches.duplicate_grants {
        DuplicateGrants::Equal => pair.iter().any(equal),
        DuplicateGrants::AnyLive => !pair.is_empty(),
        DuplicateGrants::Allow => false,
    };
    if duplicate {
        return Err(Refusal::duplicate("An equal grant exists already."));
    }
    if world.switches.refuse_other_windows && pair.iter().any(|old| window(old) != window(new)) {
        return Err(Refusal::bad("There is a grant with another window already."));
    }
    Ok(())
}

/// `PATCH Owners/{o}/Grants/{id}`: the window, if switch S6 lets it (contract §7.7).
pub(super) fn change(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:grants")?;
    if !world.switches.patch_grants {
        return Err(Refusal::method());
    }
    let grant = world.grant(owner, id)?;
    if grant.state != GrantState::Ok {
        return Err(Refusal::conflict("The grant has been revoked."));
    }
    let asked = ask.object()?;
    let end = |key: &str, before: Option<i64>| {
        if asked.contains_key(key) {
            instant(asked, key)
        } else {
            Ok(before)
        }
    };
    let (from_ms, before_ms) = (end("validFrom", grant.from_ms)?, end("validBefore", grant.before_ms)?);
    check_window(from_ms, before_ms)?;
    if let Some(grant) = world.grants.get_mut(id) {
        (grant.from_ms, grant.before_ms) = (from_ms, before_ms);
    }
    phones::push(world, id);
    Ok(Answer::Body(show(world, world.grant(owner, id)?)))
}

/// `POST Owners/{o}/Grants/{id}/Revoke?dryRun=false`.
pub(super) fn revoke(world: &mut World, ask: &Ask<'_>, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:grants")?;
    let dry = dry_run(world, ask)?;
    let grant = world.grant(owner, id)?;
    if grant.state != GrantState::Ok {
        return Err(Refusal::conflict("The grant has been revoked already."));
    }
    if !dry {
        end(world, id);
    }
    Ok(Answer::Done)
}

/// `POST Owners/{o}/Grants/{id}/DeleteFromCard`: a card grant goes at once, since whoever asks holds the card.
pub(super) fn delete_from_card(world: &mut World, caller: &Caller, owner: &str, id: &str) -> Reply {
    world.admit(caller, owner, "write:grants")?;
    match world.grant(owner, id)?.grantee {
        Grantee::Card(_) => {}
        Grantee::Contact(_) | Grantee::UserGroup(_) => return Err(Refusal::bad("The grant is not on a card.")),
    }
    if let Some(grant) = world.grants.get_mut(id) {
        (grant.state, grant.unlearnt) = (GrantState::Revoked, Vec::new());
    }
    Ok(Answer::Done)
}

/// Whether a revocation is only tried; without `dryRun` in the query the method does not exist (S7).
pub(super) fn dry_run(world: &World, ask: &Ask<'_>) -> Result<bool, Refusal> {
    match ask.param("dryRun") {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Refusal::bad("dryRun must be true or false.")),
        None if world.switches.revoke_without_dry_run => Ok(false),
        None => Err(Refusal::method()),
    }
}

/// Ends a grant at Tapkey. Its keys go onto the locks' lists; locks learn when a phone brings the news (S8).
pub(super) fn end(world: &mut World, id: &str) {
    let Some(grant) = world.grants.get(id).filter(|grant| grant.state == GrantState::Ok) else {
        return;
    };
    let locks = phones::locks_of(world, &grant.target);
    let immediate = world.switches.revocation == Revocation::Immediate || locks.is_empty();
    for lock in &locks {
        // A new list for every lock concerned, even without a key to name: that it arrived is what ends the grant.
        phones::revoke_keys(world, lock, |_, grant| grant == id);
    }
    if let Some(grant) = world.grants.get_mut(id) {
        grant.unlearnt = locks;
        grant.state = if immediate {
            GrantState::Revoked
        } else {
            GrantState::RevokePending
        };
    }
}

impl World {
    /// A grant of this owner account, or 404.
    pub fn grant(&self, owner: &str, id: &str) -> Result<&Grant, Refusal> {
        self.grants
            .get(id)
            .filter(|grant| grant.owner == owner)
            .ok_or_else(|| Refusal::absent("The grant"))
    }

    /// S14: 402 when one more smartphone user would be one too many.
    pub fn check_quota(&self, owner: &str, contact: &str) -> Result<(), Refusal> {
        let quota = self.switches.smartphone_quota as usize;
        let users = self.smartphone_users(owner);
        if quota == 0 || users.contains(contact) || users.len() < quota {
            return Ok(());
        }
        Err(Refusal::plan("The plan's number of smartphone users is used up."))
    }

    /// Contacts with live grants or membership in a user group.
    pub fn smartphone_users(&self, owner: &str) -> std::collections::BTreeSet<&str> {
        let now = self.now();
        let granted = self.grants.values().filter_map(|grant| match &grant.grantee {
            Grantee::Contact(contact) if grant.owner == owner && grant.is_live(now) => Some(contact.as_str()),
            _ => None,
        });
        let groups = self.user_groups.values().filter(|group| group.owner == owner);
        let members = groups.flat_map(|group| group.members.values().map(String::as_str));
        granted.chain(members).collect()
    }
}

pub(super) fn show(world: &World, grant: &Grant) -> Value {
    let (mut contact, mut card, mut group) = (Value::Null, Value::Null, Value::Null);
    match &grant.grantee {
        Grantee::Contact(id) => contact = id.clone().into(),
        Grantee::Card(id) => card = id.clone().into(),
        Grantee::UserGroup(id) => group = id.clone().into(),
    }
    let (Target::Lock(target) | Target::Group(target)) = &grant.target;
    let nested_contact = contact.as_str().and_then(|id| world.contacts.get(id));
    let nested_lock = world.locks.get(target).map(|lock| {
        json!({ "id": lock.id, "title": lock.title, "physicalLockId": super::encoding::in_json(&lock.physical) })
    });
    let nested_card = card.as_str().and_then(|id| world.cards.get(id));
    let ended = grant.before_ms.is_some_and(|before_ms| before_ms <= world.now());
    let active = grant.state != GrantState::Revoked && !(ended && world.switches.ended_grants_inactive);
    json!({
        "id": grant.id, "boundLockId": target, "contactId": contact, "boundCardId": card, "userGroupId": group,
        "validFrom": stamp_or_null(grant.from_ms), "validBefore": stamp_or_null(grant.before_ms),
        "timeRestrictionIcal": grant.ical, "state": grant.state, "active": active,
        "contact": nested_contact.map(|contact| contacts::brief(world, contact)), "boundLock": nested_lock,
        "boundCard": nested_card.map(super::cards::show), "owner": null,
    })
}
