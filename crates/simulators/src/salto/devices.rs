//! Phones and their digital keys, asked for with the member's own token (contract §5.13).
//!
//! The key's content is opaque here as there: it hangs on device, public key and key id and opens a door only by its
//! id at the simulated reader. A renewed certificate cancels the key before it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ask::{Ask, Refusal, Reply};
use super::listing;
use super::rows::{Device, Mkey, text};
use super::state::World;
use crate::clock::rfc3339;
use crate::wire::Out;

const LONGEST_NAME: usize = 50;
/// How the DER of every uncompressed P-256 public key begins.
const P256_SPKI: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

fn device_json(device: &Device) -> Value {
    let mkey = device.mkey.as_ref().map(|mkey| {
        json!({ "id": mkey.id, "key_id": mkey.id, "expiry_date": rfc3339(mkey.expires_ms),
                "registration_date": rfc3339(mkey.registered_ms) })
    });
    json!({ "id": device.id, "device_name": device.name, "device_uid": device.uid,
            "certificate": device.certificate, "mkey": mkey })
}

fn row<'a>(world: &'a World, ask: &Ask<'_>, device: &str) -> Result<&'a Device, Refusal> {
    world
        .devices
        .get(device)
        .filter(|row| row.person == ask.caller)
        .ok_or_else(|| Refusal::absent("Device"))
}

pub(super) fn list(world: &World, ask: &Ask<'_>) -> Reply {
    let rows = world
        .devices
        .values()
        .filter(|device| device.person == ask.caller)
        .map(device_json)
        .collect();
    listing::list(world, ask, rows, &["id", "device_uid", "device_name"])
}

pub(super) fn read(world: &World, ask: &Ask<'_>, device: &str) -> Reply {
    Ok(Out::json(200, &device_json(row(world, ask, device)?)))
}

pub(super) fn register(world: &mut World, ask: &Ask<'_>) -> Reply {
    eligible(world, ask)?;
    let (name, uid) = (
        ask.needed("device_name")?.to_owned(),
        ask.needed("device_uid")?.to_owned(),
    );
    if name.chars().count() > LONGEST_NAME {
        return Err(Refusal::invalid(
            "The field DeviceName must have a maximum length of 50.",
        ));
    }
    if world.devices.values().any(|device| device.uid == uid) {
        return Err(Refusal::invalid("The device_uid is already registered"));
    }
    let public_key = public_key(ask)?;
    let id = world.new_id();
    let device = Device {
        certificate: certificate(&id, &public_key, 0),
        id: id.clone(),
        person: ask.caller.clone(),
        name,
        uid,
        public_key,
        mkey: None,
    };
    let shown = device_json(&device);
    world.devices.insert(id, device);
    Ok(Out::json(201, &shown))
}

/// `PUT …/certificate`: a new certificate and, if there was a key, a new key in its place.
pub(super) fn renew(world: &mut World, ask: &Ask<'_>, device: &str) -> Reply {
    eligible(world, ask)?;
    let public_key = public_key(ask)?;
    let had_key = row(world, ask, device)?.mkey.is_some();
    let (fresh, now) = (fresh_key(world), world.now());
    let row = world.devices.get_mut(device).ok_or_else(|| Refusal::absent("Device"))?;
    row.certificate = certificate(device, &public_key, now);
    row.public_key = public_key;
    row.mkey = had_key.then_some(fresh);
    Ok(Out::json(200, &device_json(row)))
}

/// `GET …/mkey`: the first fetch makes the key; an expired one is made anew.
pub(super) fn mkey(world: &mut World, ask: &Ask<'_>, device: &str) -> Reply {
    eligible(world, ask)?;
    row(world, ask, device)?;
    let (fresh, now) = (fresh_key(world), world.now());
    let row = world.devices.get_mut(device).ok_or_else(|| Refusal::absent("Device"))?;
    if row.mkey.as_ref().is_some_and(|mkey| mkey.expires_ms <= now) {
        row.mkey = None;
    }
    let key = row.mkey.get_or_insert(fresh);
    let seed = format!("{}/{}/{}", row.id, row.public_key, key.id);
    let data: Vec<u8> = (0..6u8)
        .flat_map(|part| Sha256::digest(format!("{seed}/{part}")))
        .collect();
    Ok(Out::json(200, &json!({ "mkey_data": BASE64_STANDARD.encode(data) })))
}

fn fresh_key(world: &mut World) -> Mkey {
    let (id, now) = (world.new_id(), world.now());
    Mkey {
        id,
        registered_ms: now,
        expires_ms: now + world.switches.mkey_days * 86_400_000,
    }
}

/// A subscribed user with the digital-key role on a site that can do it; else 403/2203.
fn eligible(world: &World, ask: &Ask<'_>) -> Result<(), Refusal> {
    let good = world.users.values().any(|user| {
        user.person == ask.caller
            && user.gone_ms.is_none()
            && user.subscribed
            && !user.blocked
            && user.roles.iter().any(|role| role == "site_mobile_user")
            && world.sites.get(&user.site).is_some_and(|site| site.mkey_compatible)
    });
    good.then_some(()).ok_or_else(Refusal::not_on_this_user)
}

fn public_key(ask: &Ask<'_>) -> Result<String, Refusal> {
    let text = text(&ask.body, "public_key").unwrap_or_default();
    let der = BASE64_STANDARD.decode(text).unwrap_or_default();
    if der.len() != P256_SPKI.len() + 64 || !der.starts_with(&P256_SPKI) {
        return Err(Refusal::invalid("The PublicKey field is not a valid public key."));
    }
    Ok(text.to_owned())
}

/// Looks like a certificate from outside and is none; nobody here reads it.
fn certificate(device: &str, public_key: &str, at_ms: i64) -> String {
    let mut bytes = vec![0x30, 0x82, 0x01];
    bytes.extend(Sha256::digest(format!("{device}/{public_key}/{at_ms}")));
    BASE64_STANDARD.encode(bytes)
}
