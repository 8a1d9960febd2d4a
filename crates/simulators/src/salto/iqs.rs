//! Hubs and their activation per person (contract §5.10).
//!
//! First the secret, then a mailed PIN, then a one-time password of both. Afterwards neither can be read again.

use serde_json::{Value, json};

use super::ask::{Ask, Refusal, Reply};
use super::rows::{Activation, Id, Iq, Letter, text};
use super::state::World;
use super::{listing, opening};
use crate::clock::rfc3339;
use crate::wire::Out;

fn iq_json(world: &World, iq: &Iq) -> Value {
    let zone = world.sites.get(&iq.site).map(|site| site.time_zone.clone());
    json!({ "id": iq.id, "customer_reference": iq.name, "time_zone": zone, "mac": iq.mac,
            "operator": "Example Telecom", "state": "active", "online": world.iq_looks_online(iq),
            "restore_required": iq.restore_required, "reset_date": null, "led_enabled": true,
            "data_sync_state": "not_synced", "signal_strength": 21, "revision": "2.0",
            "otp_enabled": iq.otp_enabled })
}

fn row<'a>(world: &'a World, site: &str, iq: &str) -> Result<&'a Iq, Refusal> {
    world
        .iqs
        .get(iq)
        .filter(|row| row.site == site)
        .ok_or_else(|| Refusal::absent("Iq"))
}

pub(super) fn list(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    let rows = world
        .iqs
        .values()
        .filter(|iq| iq.site == site)
        .map(|iq| iq_json(world, iq))
        .collect();
    listing::list(world, ask, rows, &["id", "customer_reference", "mac"])
}

pub(super) fn read(world: &World, ask: &Ask<'_>, site: &str, iq: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    Ok(Out::json(200, &iq_json(world, row(world, site, iq)?)))
}

/// The caller's activation at a hub of the site that is reachable when it must be.
fn activation<'a>(
    world: &'a mut World,
    ask: &Ask<'_>,
    site: &str,
    iq: &str,
    reach: bool,
) -> Result<&'a mut Activation, Refusal> {
    world.caller_on(site, &ask.caller)?;
    let cut_off = row(world, site, iq)?.offline_since_ms.is_some();
    if reach && cut_off {
        return Err(Refusal::plain(
            world.switches.offline_status,
            "The IQ could not be reached",
        ));
    }
    let key = (ask.caller.clone(), iq.to_owned());
    Ok(world.activations.entry(key).or_default())
}

/// `GET …/secret`: sixteen characters, never again after activation.
pub(super) fn secret(world: &mut World, ask: &Ask<'_>, site: &str, iq: &str) -> Reply {
    let (fresh, once) = (world.new_secret()[..16].to_uppercase(), world.switches.secret_once);
    let activation = activation(world, ask, site, iq, false)?;
    if activation.activated_ms.is_some() || (once && activation.secret.is_some()) {
        return Err(Refusal::not_permitted(
            "Cannot get first secret for an already activated Iq.",
        ));
    }
    let secret = activation.secret.get_or_insert(fresh);
    Ok(Out::json(200, &json!({ "secret": secret })))
}

/// `GET …/pin`: four digits by mail, or by text message.
pub(super) fn send_pin(world: &mut World, ask: &Ask<'_>, site: &str, iq: &str) -> Reply {
    let fresh = world.new_digits(4);
    let activation = activation(world, ask, site, iq, true)?;
    if activation.activated_ms.is_some() {
        return Err(Refusal::forbidden("command_forbidden"));
    }
    activation.pin = Some(fresh.clone());
    let email = world.people.get(&ask.caller).and_then(|person| person.email.clone());
    let to = match ask.param("send_email") {
        Some("true") => email.unwrap_or_default(),
        _ => "+31200000000".to_owned(),
    };
    world.letters.push(Letter {
        to,
        subject: "Your PIN for the IQ".to_owned(),
        text: format!("Your PIN is {fresh}"),
    });
    Ok(Out::empty(204))
}

/// `PUT …/pin`: the self-test with which the hub becomes the caller's.
pub(super) fn activate(world: &mut World, ask: &Ask<'_>, site: &str, iq: &str) -> Reply {
    let otp = ask.needed("otp")?;
    activation(world, ask, site, iq, true)?;
    opening::check(world, &ask.caller, iq, "pin", Some(otp))?;
    let (now, delta) = (world.now(), text(&ask.body, "delta").unwrap_or("0000"));
    let activation = activation(world, ask, site, iq, true)?;
    activation.pin = activation.pin.take().map(|pin| less(&pin, delta));
    activation.activated_ms.get_or_insert(now);
    Ok(Out::empty(204))
}

/// Digit by digit, without borrowing.
fn less(pin: &str, delta: &str) -> String {
    let digits = pin.bytes().zip(delta.bytes().chain(std::iter::repeat(b'0')));
    digits
        .map(|(digit, less)| char::from(b'0' + (10 + digit - b'0' - (less.saturating_sub(b'0') % 10)) % 10))
        .collect()
}

/// `DELETE …/pin/<user>`: only with a good one-time password.
pub(super) fn reset(world: &mut World, ask: &Ask<'_>, site: &str, iq: &str, user: &str) -> Reply {
    let otp = text(&ask.body, "otp").or(ask.param("otp"));
    let otp = otp.ok_or_else(|| Refusal::malformed("The otp field is required."))?;
    activation(world, ask, site, iq, true)?;
    opening::check(world, &ask.caller, iq, "pin", Some(otp))?;
    let person: Id = world
        .users
        .get(user)
        .map_or_else(|| user.to_owned(), |row| row.person.clone());
    world
        .activations
        .remove(&(person, iq.to_owned()))
        .ok_or_else(|| Refusal::absent("User"))?;
    Ok(Out::empty(204))
}

/// `GET /me/<site>/activated_iqs`.
pub(super) fn activated(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    activated_list(world, ask, site, &ask.caller)
}

/// `GET …/users/<su>/activated_iqs`.
pub(super) fn activated_of(world: &World, ask: &Ask<'_>, site: &str, user: &str) -> Reply {
    world.admin_on(site, &ask.caller)?;
    let row = world.users.get(user).filter(|row| row.site == site);
    let person = &row.ok_or_else(|| Refusal::absent("User"))?.person;
    activated_list(world, ask, site, person)
}

fn activated_list(world: &World, ask: &Ask<'_>, site: &str, person: &str) -> Reply {
    let rows = world
        .iqs
        .values()
        .filter(|iq| iq.site == site)
        .map(|iq| {
            let key = (person.to_owned(), iq.id.clone());
            let at_ms = world.activations.get(&key).and_then(|row| row.activated_ms);
            json!({ "iq_id": iq.id, "activated": at_ms.is_some(), "activation_date": at_ms.map(rfc3339) })
        })
        .collect();
    listing::list(world, ask, rows, &["iq_id", "activated"])
}
