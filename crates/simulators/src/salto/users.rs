//! Site users, guests, seats and PINs (contract §5.4–§5.6 and §5.12).
//!
//! A seat that is not free is never an error here: the user is `suspended`, and who does not read back does not know.
//! A new guest has not settled for a while: no roles, and writes about it fail as if it were not there.

use serde_json::{Value, json};

use super::ask::{Ask, Refusal, Reply, instant};
use super::listing;
use super::rows::{Id, Letter, Person, Pin, SiteUser, Span, text};
use super::sites::{may_give, person_json, role_json, role_of_id};
use super::state::World;
use crate::clock::rfc3339;
use crate::wire::Out;

const USER_FIELDS: &[&str] = &[
    "id",
    "alias",
    "blocked",
    "subscription_state",
    "use_pin",
    "user/id",
    "user/email",
    "user/first_name",
    "user/last_name",
    "user/tag_number",
];

pub(super) fn user_json(world: &World, user: &SiteUser) -> Value {
    let settled = user.settles_ms <= world.now();
    let roles: Vec<Value> = user
        .roles
        .iter()
        .filter(|_| settled)
        .map(|role| role_json(role))
        .collect();
    let person = world.people.get(&user.person);
    json!({
        "id": user.id, "alias": user.alias, "blocked": user.blocked,
        "subscription_state": if user.subscribed { "subscribed" } else { "suspended" },
        "use_pin": user.use_pin, "remote_access": user.remote_access,
        "toggle_easy_office_mode": user.toggle_easy_office_mode,
        "toggle_manual_office_mode": user.toggle_manual_office_mode,
        "override_privacy_mode": user.override_privacy_mode, "tag_owned_by_this_site": false,
        "expires_at": user.expires_ms.map(rfc3339), "data_removal_expires_at": null, "roles": roles,
        "user": person.map(|person| person_json(person, &user.site)),
    })
}

/// The row behind a site-user id; a deleted one is still read for some seconds.
fn row<'a>(world: &'a World, site: &str, user: &str) -> Result<&'a SiteUser, Refusal> {
    world
        .users
        .get(user)
        .filter(|row| row.site == site && row.gone_ms.is_none_or(|gone_ms| world.now() < gone_ms))
        .ok_or_else(|| Refusal::absent("User"))
}

/// The row to change: not deleted, on this site.
fn row_mut<'a>(world: &'a mut World, site: &str, user: &str) -> Result<&'a mut SiteUser, Refusal> {
    world
        .users
        .get_mut(user)
        .filter(|row| row.site == site && row.gone_ms.is_none())
        .ok_or_else(|| Refusal::absent("User"))
}

pub(super) fn list(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.admin_on(site, &ask.caller)?;
    let shown = |user: &&SiteUser| row(world, site, &user.id).is_ok();
    let rows = world
        .users
        .values()
        .filter(shown)
        .map(|user| user_json(world, user))
        .collect();
    listing::list(world, ask, rows, USER_FIELDS)
}

pub(super) fn read(world: &World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.admin_on(site, &ask.caller)?;
    Ok(Out::json(200, &user_json(world, row(world, site, user)?)))
}

/// `POST /sites/<site>/users`: a person known elsewhere by the same e-mail keeps the platform id.
pub(super) fn create(world: &mut World, ask: &Ask<'_>, site: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    let body = &ask.body;
    let email = text(body, "email").map(str::trim);
    if email.is_some_and(|email| !email.contains('@')) {
        return Err(Refusal::invalid("The Email field is not a valid e-mail address."));
    }
    let (first, last) = (ask.needed("first_name")?.to_owned(), text(body, "last_name"));
    let roles = roles(world, ask, site)?.unwrap_or_else(|| vec!["site_user".to_owned()]);
    let known = email
        .and_then(|email| world.person_by_email(email))
        .map(|person| person.id.clone());
    if known
        .as_deref()
        .is_some_and(|person| world.user_on(site, person).is_some())
    {
        let (status, message) = (world.switches.same_email_status, "User already exists on this site");
        return Err(Refusal {
            status,
            ..Refusal::invalid(message)
        });
    }
    let person = match known {
        Some(person) => person,
        None => {
            let last = last.unwrap_or_default().to_owned();
            let id = add_person(world, email, &first, &last, site);
            if let Some(email) = email {
                invite(world, site, email);
            }
            id
        }
    };
    let alias = text(body, "alias").map_or_else(|| format!("{first} {}", last.unwrap_or_default()), str::to_owned);
    let settles_ms = world.now() + world.switches.user_settle_s * 1000;
    let id = add_user(world, site, &person, alias.trim(), roles, settles_ms);
    edit(world, site, &id, body)?;
    created(world, &id)
}

/// `POST /sites/<site>/guests`: no e-mail, one role, an end that frees nothing.
pub(super) fn create_guest(world: &mut World, ask: &Ask<'_>, site: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    let alias = ask.needed("alias")?.to_owned();
    let expires_ms = instant(&ask.body, "expires_at")?;
    let person = add_person(world, None, &alias, "", site);
    let settles_ms = world.now() + world.switches.guest_settle_s * 1000;
    let id = add_user(world, site, &person, &alias, vec!["site_guest".to_owned()], settles_ms);
    if let Some(user) = world.users.get_mut(&id) {
        user.expires_ms = expires_ms;
    }
    created(world, &id)
}

fn created(world: &World, id: &str) -> Reply {
    let user = world.users.get(id).ok_or_else(|| Refusal::absent("User"))?;
    Ok(Out::json(201, &user_json(world, user)))
}

/// `GET /users/search`: people of other sites, by e-mail or tag number.
pub(super) fn search(world: &World, ask: &Ask<'_>) -> Reply {
    let wanted = ask
        .param("search_for")
        .ok_or_else(|| Refusal::malformed("The search_for field is required."))?;
    let site = ask
        .param("for_site_id")
        .ok_or_else(|| Refusal::malformed("The for_site_id field is required."))?;
    world.admin_on(site, &ask.caller)?;
    let matches = |person: &&Person| {
        person
            .email
            .as_deref()
            .is_some_and(|email| email.eq_ignore_ascii_case(wanted))
            || person.tag_number.as_deref() == Some(wanted)
    };
    let rows = world
        .people
        .values()
        .filter(matches)
        .map(|person| person_json(person, site))
        .collect();
    listing::list(world, ask, rows, &["id", "email"])
}

pub(super) fn add_existing(world: &mut World, ask: &Ask<'_>, site: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    let person = ask.needed("user_id")?.to_owned();
    let known = world.people.get(&person).ok_or_else(|| Refusal::absent("User"))?;
    let alias = format!("{} {}", known.first_name, known.last_name);
    if world.user_on(site, &person).is_some() {
        return Err(Refusal::invalid("User already exists on this site"));
    }
    let roles = roles(world, ask, site)?.unwrap_or_else(|| vec!["site_user".to_owned()]);
    let settles_ms = world.now() + world.switches.user_settle_s * 1000;
    let id = add_user(world, site, &person, alias.trim(), roles, settles_ms);
    created(world, &id)
}

pub(super) fn change(world: &mut World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    settled(world, site, user)?;
    let roles = roles(world, ask, site)?;
    edit(world, site, user, &ask.body)?;
    if let Some(roles) = roles {
        row_mut(world, site, user)?.roles = roles;
    }
    Ok(Out::json(200, &user_json(world, row(world, site, user)?)))
}

/// Lays the fields of a body over a user; `blocked` reaches the doors at once (contract §5.4).
fn edit(world: &mut World, site: &str, user: &str, body: &Value) -> Result<(), Refusal> {
    let row = row_mut(world, site, user)?;
    let flag = |key: &str| body.get(key).and_then(Value::as_bool);
    if let Some(alias) = text(body, "alias") {
        row.alias = alias.to_owned();
    }
    for (key, place) in [
        ("use_pin", &mut row.use_pin),
        ("remote_access", &mut row.remote_access),
        ("override_privacy_mode", &mut row.override_privacy_mode),
        ("toggle_easy_office_mode", &mut row.toggle_easy_office_mode),
        ("toggle_manual_office_mode", &mut row.toggle_manual_office_mode),
    ] {
        *place = flag(key).unwrap_or(*place);
    }
    if let Some(blocked) = flag("blocked").filter(|blocked| *blocked != row.blocked) {
        row.blocked = blocked;
        let now = world.now();
        world.tell_doors(user, now);
    }
    Ok(())
}

/// The role codes a body asks for, each one known and the caller's to give.
fn roles(world: &World, ask: &Ask<'_>, site: &str) -> Result<Option<Vec<String>>, Refusal> {
    let (_, rank) = world.caller_on(site, &ask.caller)?;
    let Some(ids) = ask.body.get("role_ids").and_then(Value::as_array) else {
        return Ok(None);
    };
    let read = |id: &Value| match id.as_str().and_then(role_of_id) {
        None => Err(Refusal::absent("Role")),
        Some(code) if !may_give(rank, code) => Err(Refusal::forbidden("User may not assign this role")),
        Some(code) => Ok(code.to_owned()),
    };
    ids.iter().map(read).collect::<Result<Vec<_>, _>>().map(Some)
}

/// `DELETE`: 202; the seat is free at once, the row stays readable for some seconds.
pub(super) fn delete(world: &mut World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    remove(world, site, user)?;
    Ok(Out::empty(202))
}

/// Takes a user off a site: keys, memberships and PINs end at the doors with the roll-out.
pub(super) fn remove(world: &mut World, site: &str, user: &str) -> Result<(), Refusal> {
    let (doors_ms, gone_ms) = (
        world.members_roll_out_ms(),
        world.now() + world.switches.delete_settle_s * 1000,
    );
    let row = row_mut(world, site, user)?;
    row.gone_ms = Some(gone_ms);
    let person = row.person.clone();
    let groups: Vec<Id> = world
        .groups
        .values()
        .filter(|group| group.site == site)
        .map(|group| group.id.clone())
        .collect();
    world.end_members(doors_ms, |member| {
        member.person == person && groups.contains(&member.group)
    });
    end_pins(world, user, doors_ms);
    world.tell_doors(user, doors_ms);
    Ok(())
}

/// `PATCH …/subscription`: silently stays suspended when no seat is free.
pub(super) fn seat(world: &mut World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    let wanted = match text(&ask.body, "state") {
        Some("subscribed") => true,
        Some("suspended") => false,
        _ => return Err(Refusal::invalid("The State field is required.")),
    };
    if wanted && !has_key(world, row(world, site, user)?) {
        return Err(Refusal::invalid("User has no usable key"));
    }
    set_seat(world, site, user, wanted)?;
    Ok(Out::json(200, &user_json(world, row(world, site, user)?)))
}

/// A seat wants a tag, a PIN, remote opening or a digital key (contract §5.6).
fn has_key(world: &World, user: &SiteUser) -> bool {
    user.remote_access
        || user.use_pin
        || world
            .people
            .get(&user.person)
            .is_some_and(|person| person.tag_number.is_some())
        || world
            .devices
            .values()
            .any(|device| device.person == user.person && device.mkey.is_some())
}

/// Takes a seat if one is free, or gives it back; doors learn with the roll-out.
pub(super) fn set_seat(world: &mut World, site: &str, user: &str, wanted: bool) -> Result<(), Refusal> {
    let free = world
        .sites
        .get(site)
        .is_some_and(|row| world.seats_used(site) < row.seats);
    let row = row_mut(world, site, user)?;
    row.subscribed = wanted && (row.subscribed || free);
    let doors_ms = world.members_roll_out_ms();
    world.tell_doors(user, doors_ms);
    Ok(())
}

pub(super) fn keys(world: &World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.admin_on(site, &ask.caller)?;
    let row = row(world, site, user)?;
    let mut rows: Vec<Value> = world
        .pins
        .iter()
        .filter(|pin| pin.user == row.id && pin.listed)
        .map(|pin| {
            json!({ "type": "pin", "key_identifier": "pin", "expiry_date": pin.expires_ms.map(rfc3339),
                    "offline_access": false })
        })
        .collect();
    if let Some(tag) = world
        .people
        .get(&row.person)
        .and_then(|person| person.tag_number.as_ref())
    {
        rows.push(json!({ "type": "tag", "key_identifier": tag, "expiry_date": null, "offline_access": false }));
    }
    listing::list(world, ask, rows, &["type"])
}

/// `PUT …/pin`: a new PIN as a bare JSON string; the old one is dead.
pub(super) fn pin(world: &mut World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.writer_on(site, &ask.caller)?;
    settled(world, site, user)?;
    let expires_ms = instant(&ask.body, "expiry_date")?;
    let allowed = world.sites.get(site).is_some_and(|site| site.pin_enabled) && row(world, site, user)?.use_pin;
    if !allowed {
        return Err(Refusal::not_on_this_user());
    }
    let (pin, doors_ms) = (world.new_digits(6), world.members_roll_out_ms());
    end_pins(world, user, doors_ms);
    world.pins.push(Pin {
        user: user.to_owned(),
        pin: pin.clone(),
        expires_ms,
        listed: true,
        span: Span::from(doors_ms),
    });
    Ok(Out::json(200, &pin.into()))
}

fn end_pins(world: &mut World, user: &str, doors_ms: i64) {
    for pin in world.pins.iter_mut().filter(|pin| pin.listed && pin.user == user) {
        pin.listed = false;
        pin.span.until_ms = Some(doors_ms);
    }
}

/// 403/2203 while the user has not settled (contract §5.5).
fn settled(world: &World, site: &str, user: &str) -> Result<(), Refusal> {
    match row(world, site, user)? {
        row if row.settles_ms > world.now() => Err(Refusal::not_on_this_user()),
        _ => Ok(()),
    }
}

fn invite(world: &mut World, site: &str, email: &str) {
    let name = world.sites.get(site).map(|site| site.name.clone()).unwrap_or_default();
    world.letters.push(Letter {
        to: email.to_owned(),
        subject: format!("You have been invited to {name}"),
        text: "Complete your profile to use your keys.".to_owned(),
    });
}

/// A new person; one without e-mail belongs to the site that made it.
pub(super) fn add_person(world: &mut World, email: Option<&str>, first: &str, last: &str, site: &str) -> Id {
    let (id, sub) = (world.new_id(), world.new_id());
    world.people.insert(
        id.clone(),
        Person {
            id: id.clone(),
            sub,
            email: email.map(str::to_owned),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            password: None,
            invited: false,
            tag_number: None,
            managed_by: email.is_none().then(|| site.to_owned()),
        },
    );
    id
}

/// A person on a site, with a seat if one is free.
pub(super) fn add_user(
    world: &mut World,
    site: &str,
    person: &str,
    alias: &str,
    roles: Vec<String>,
    settles_ms: i64,
) -> Id {
    let id = world.new_id();
    let seats = world.sites.get(site).map_or(0, |site| site.seats);
    let profile = world.people.get(person).is_some_and(|person| person.email.is_some());
    let subscribed = world.seats_used(site) < seats;
    world.users.insert(
        id.clone(),
        SiteUser {
            id: id.clone(),
            site: site.to_owned(),
            person: person.to_owned(),
            alias: alias.to_owned(),
            blocked: false,
            subscribed,
            use_pin: false,
            remote_access: profile,
            override_privacy_mode: false,
            toggle_manual_office_mode: false,
            toggle_easy_office_mode: false,
            roles,
            expires_ms: None,
            settles_ms,
            gone_ms: None,
            standing: Vec::new(),
        },
    );
    let now = world.now();
    world.tell_doors(&id, now);
    id
}
