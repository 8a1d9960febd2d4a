//! Doors as the cloud shows them (contract §5.9).
//!
//! `online` is what the cloud believes: a lock or hub that was cut off still looks online until somebody notices.

use serde_json::{Value, json};

use super::ask::{Ask, Refusal, Reply};
use super::listing;
use super::rows::{Iq, Lock};
use super::state::World;
use crate::wire::Out;

const LOCK_FIELDS: &[&str] = &["id", "customer_reference", "mac", "online", "locked_state", "iq/id"];

pub(super) fn list(world: &World, ask: &Ask<'_>, site: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    let rows = world
        .locks
        .values()
        .filter(|lock| lock.site == site)
        .map(|lock| lock_json(world, lock))
        .collect();
    listing::list(world, ask, rows, LOCK_FIELDS)
}

pub(super) fn read(world: &World, ask: &Ask<'_>, site: &str, lock: &str) -> Reply {
    world.caller_on(site, &ask.caller)?;
    Ok(Out::json(200, &lock_json(world, row(world, site, lock)?)))
}

pub(super) fn row<'a>(world: &'a World, site: &str, lock: &str) -> Result<&'a Lock, Refusal> {
    world
        .locks
        .get(lock)
        .filter(|lock| lock.site == site)
        .ok_or_else(|| Refusal::absent("Lock"))
}

pub(super) fn lock_json(world: &World, lock: &Lock) -> Value {
    let iq = world.iqs.get(&lock.iq).map(|iq| {
        json!({ "id": iq.id, "customer_reference": iq.name, "mac_address": iq.mac,
                "is_online": world.iq_looks_online(iq), "revision": "2.0", "otp_enabled": iq.otp_enabled })
    });
    json!({
        "id": lock.id, "customer_reference": lock.name, "mac": lock.mac, "lock_type": lock.lock_type,
        "online": world.lock_looks_online(lock), "locked_state": lock.locked_state(world.now()),
        "battery_level": "fresh", "communication_type": "blue_net", "iq_link_state": "attached",
        "privacy_mode": lock.privacy_mode, "left_open_alarm": false, "intrusion_alarm": false,
        "tag_registration_state": "not_started", "floor": null, "repeater": null,
        "offline_access_keys_limit": 360, "offline_access_keys_count": 0,
        "easy_office_mode_schedule": {
            "eom_auto_start": false, "monday": true, "tuesday": true, "wednesday": true, "thursday": true,
            "friday": true, "saturday": false, "sunday": false, "start_time": "08:00:00", "end_time": "18:00:00",
            "start_date": null, "end_date": null },
        "vendor": { "id": "5a1115c0-7d0c-4a0e-9a3e-5a51c0de0c01", "reference": "sallis",
                    "display_name": "SALTO Sallis" },
        "iq": iq,
    })
}

impl Lock {
    /// The vendor's word for how the door stands.
    pub(crate) fn locked_state(&self, now_ms: i64) -> &'static str {
        if self.office_mode {
            "office_mode"
        } else if self.is_released(now_ms) {
            "unlocked"
        } else {
            "locked"
        }
    }

    /// Whether the last opening still lasts.
    pub(crate) fn is_released(&self, now_ms: i64) -> bool {
        self.opened_ms
            .is_some_and(|at_ms| (at_ms..at_ms + self.open_seconds * 1000).contains(&now_ms))
    }
}

impl World {
    /// Since when a lock hears nothing, by its own radio or because its hub is cut off.
    pub fn cut_off_since(&self, lock: &Lock) -> Option<i64> {
        let iq = self.iqs.get(&lock.iq).and_then(|iq| iq.offline_since_ms);
        lock.offline_since_ms.into_iter().chain(iq).min()
    }

    /// What the cloud believes of a lock.
    pub fn lock_looks_online(&self, lock: &Lock) -> bool {
        let noticed = |since_ms: i64| self.now() >= since_ms + self.switches.lock_stale_s * 1000;
        !lock.offline_since_ms.is_some_and(noticed) && self.iqs.get(&lock.iq).is_none_or(|iq| self.iq_looks_online(iq))
    }

    /// What the cloud believes of a hub.
    pub fn iq_looks_online(&self, iq: &Iq) -> bool {
        let noticed = |since_ms: i64| self.now() >= since_ms + self.switches.iq_stale_s * 1000;
        !iq.offline_since_ms.is_some_and(noticed)
    }
}
