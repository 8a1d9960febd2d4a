//! A member's digital key at a vendor, act by act (P-32).
//!
//! In: whose key and one act. Out: what came of it, in our words. Why so: authorised live by the same offer that the page shows; the
//! member's own login is sealed with their record at the vendor and leaves this room towards its connector only.
//! Always: nobody gets a key who is not offered one, but everybody may take their login back; one act at a time for a person, so that no
//! two use one refresh token; an act runs to its end though the browser goes away; one entry in the audit log for each.

use std::sync::Arc;

use access::digital_key::{self, Asker, Offer};
use access::index::Index;
use access::vendor::{KeyAct, KeyOwner, KeyRefusal, KeySeen, Secret};
use connectors::vault::Trip;
use connectors::{Connectors, KeyLogin, Kind, Trouble};
use serde::Serialize;
use store::account::Role;
use store::facts::{self, As};
use store::{Tx, account, audit, holder, lease, person};

use crate::house::{Account, House, NoAccount};

/// An act takes a few calls, and the pauses a vendor asks for; longer than this it does not take.
const ACT_MS: i64 = 300_000;

/// Does it, or says why not.
pub(crate) async fn key(house: &Arc<House>, owner: KeyOwner, act: KeyAct) -> KeySeen {
    let (here, going_on) = (Arc::clone(house), GoingOn::begin(house));
    let done = tokio::spawn(async move {
        let seen = alone(&here, owner, act).await;
        drop(going_on);
        seen
    });
    match done.await {
        Ok(Ok(seen)) => seen,
        Ok(Err(error)) => {
            tracing::error!(%error, integration = %owner.integration, "a digital key could not be looked after");
            KeySeen::refused(KeyRefusal::VendorError, "our own database did not answer")
        }
        Err(error) => {
            tracing::error!(%error, integration = %owner.integration, "a digital key's act broke off");
            KeySeen::refused(KeyRefusal::VendorError, "the act broke off")
        }
    }
}

/// The end of the worker waits for an act, as for presses.
struct GoingOn(Arc<House>);

impl GoingOn {
    fn begin(house: &Arc<House>) -> Self {
        house.presses.send_modify(|count| *count += 1);
        Self(Arc::clone(house))
    }
}

impl Drop for GoingOn {
    fn drop(&mut self) {
        self.0.presses.send_modify(|count| *count -= 1);
        self.0.ring();
    }
}

/// One act at a time for a person at an account, over all processes. One that was killed in the middle keeps others waiting for the rest
/// of its lease.
async fn alone(house: &Arc<House>, owner: KeyOwner, act: KeyAct) -> store::Result<KeySeen> {
    let name = format!("key/{}/{}", owner.integration, owner.person);
    let token = lease::token();
    let mut tx = house.store.write().await?;
    let taken = lease::take(&mut tx, owner.network, &name, &token, ACT_MS).await?;
    tx.commit().await?;
    if !taken {
        return Ok(KeySeen::refused(
            KeyRefusal::Busy,
            "another act for the same person goes on",
        ));
    }
    let seen = run(house, owner, act).await;
    let given_back = async {
        let mut tx = house.store.write().await?;
        lease::give_back(&mut tx, owner.network, &name, &token).await?;
        tx.commit().await
    };
    if let Err(error) = given_back.await {
        tracing::warn!(%error, integration = %owner.integration, "a member's next act waits until the lease of this one is over");
    }
    seen
}

/// What an act is done with.
struct Ready {
    account: Account,
    external: Option<String>,
    email: String,
    login: Option<Secret>,
}

async fn run(house: &Arc<House>, owner: KeyOwner, act: KeyAct) -> store::Result<KeySeen> {
    let mut tx = house.store.read().await?;
    let ready = prepare(house, &mut tx, owner, &act).await?;
    drop(tx);
    let seen = match ready {
        Ok(ready) => {
            let keep = keeper(house, owner);
            let login = KeyLogin {
                external: ready.external.as_deref(),
                email: &ready.email,
                kept: ready.login,
                keep: &keep,
            };
            ready.account.connector.key(&act, login, house.clock.now()).await
        }
        // What nobody can take back at the vendor is forgotten here all the same.
        Err(_) if matches!(act, KeyAct::Unlink) => KeySeen::Unlinked,
        Err(seen) => seen,
    };
    note(house, owner, &act, &seen).await?;
    Ok(seen)
}

async fn prepare(house: &House, tx: &mut Tx, owner: KeyOwner, act: &KeyAct) -> store::Result<Result<Ready, KeySeen>> {
    let KeyOwner {
        network,
        integration,
        person: id,
    } = owner;
    if !matches!(act, KeyAct::Unlink) && !is_offered(house, tx, owner).await? {
        return Ok(Err(KeySeen::refused(
            KeyRefusal::NotOffered,
            "not asked: our own rules offer no key",
        )));
    }
    let account = match Account::load(house, tx, network, integration).await? {
        Ok(account) => account,
        Err(NoAccount::Left) => {
            return Ok(Err(KeySeen::refused(
                KeyRefusal::NotConnected,
                "the vendor is not connected",
            )));
        }
        Err(NoAccount::NeedsSignIn) => {
            return Ok(Err(KeySeen::refused(
                KeyRefusal::NotConnected,
                "the vendor login no longer works",
            )));
        }
        Err(NoAccount::Unusable(trouble)) => return Ok(Err(KeySeen::refused(KeyRefusal::VendorError, trouble.say))),
    };
    let known = holder::find(tx, network, integration, id).await?;
    Ok(Ok(Ready {
        account,
        external: known.and_then(|known| known.details.external),
        email: person::read(tx, network, id).await?.details.email,
        login: holder::secret(tx, network, integration, id).await?,
    }))
}

async fn is_offered(house: &House, tx: &mut Tx, owner: KeyOwner) -> store::Result<bool> {
    let now = house.clock.now();
    let facts = facts::load_person(tx, owner.network, owner.person, As::Known { now }).await?;
    let index = Index::new(&facts);
    let row = index
        .integration(owner.integration)
        .and_then(|integration| Connectors::abilities(&integration.vendor));
    let Some(row) = row else { return Ok(false) };
    let theirs = account::by_person(tx, owner.network, owner.person).await?;
    let asker = Asker {
        person: owner.person,
        staff: theirs.is_some_and(|account| account.details.role != Role::Member),
        had_one: holder::secret(tx, owner.network, owner.integration, owner.person)
            .await?
            .is_some(),
        integration: owner.integration,
        row,
    };
    Ok(matches!(digital_key::offer(&index, asker, now), Offer::Offered { .. }))
}

/// Stores a member's login; back when it is committed.
fn keeper(house: &Arc<House>, owner: KeyOwner) -> impl Fn(Secret) -> Trip<'static, ()> + Send + Sync + use<> {
    let house = Arc::clone(house);
    move |login| {
        let house = Arc::clone(&house);
        Box::pin(async move {
            keep(&house, owner, Some(&login)).await.map_err(|error| {
                Trouble::new(
                    "keep the member's login",
                    Kind::VendorDown,
                    "our own database did not keep it",
                )
                .because(error)
            })
        })
    }
}

async fn keep(house: &House, owner: KeyOwner, login: Option<&Secret>) -> store::Result<()> {
    let mut tx = house.store.write().await?;
    let now = house.clock.now();
    holder::keep_secret(&mut tx, owner.network, owner.integration, owner.person, login, now).await?;
    tx.commit().await
}

/// What the audit log keeps of an act: nothing that opens or signs in.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<access::Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<KeyRefusal>,
    #[serde(skip_serializing_if = "str::is_empty")]
    vendor_says: &'a str,
}

async fn note(house: &House, owner: KeyOwner, act: &KeyAct, seen: &KeySeen) -> store::Result<()> {
    let (device, device_name) = match act {
        KeyAct::Issue {
            device, device_name, ..
        } => (Some(&**device), Some(&**device_name)),
        KeyAct::Begin { .. } | KeyAct::Link { .. } | KeyAct::Unlink => (None, None),
    };
    let mut said = Said {
        device,
        device_name,
        key: None,
        until: None,
        why: None,
        vendor_says: "",
    };
    let mut forget = false;
    let action = match seen {
        KeySeen::Go { .. } => "key.begun",
        KeySeen::Linked => "key.linked",
        KeySeen::Key { key_id, until, .. } => {
            (said.key, said.until) = (Some(&**key_id), Some(*until));
            "key.issued"
        }
        KeySeen::Unlinked => {
            forget = true;
            "key.unlinked"
        }
        KeySeen::Refused { why, vendor_says } => {
            // A login that the vendor took back is no login any more; the next look offers to sign in again.
            forget = *why == KeyRefusal::LoginOver;
            (said.why, said.vendor_says) = (Some(*why), vendor_says);
            "key.refused"
        }
    };
    let by_us = house.act(owner.network);
    let mut tx = house.store.write().await?;
    if forget {
        holder::keep_secret(&mut tx, owner.network, owner.integration, owner.person, None, by_us.now).await?;
    }
    let (id, whose) = (owner.integration.to_string(), Some(owner.person));
    audit::note(&mut tx, &by_us, action, "integration", &id, whose, &said).await?;
    tx.commit().await
}
