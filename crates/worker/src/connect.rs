//! Trying a vendor account with what the operator typed, live.
//!
//! In: the form. Out: a login that works, or what to mend. Why so: each sign-in makes a new key at the vendor and vendors allow few,
//! so an account that is connected already keeps the key it has and the new one is deleted again.

use access::vendor::{ConnectForm, Connected, NewLogin, Secret};
use connectors::{Connectors, Login};
use store::{network, vendor_login};

use crate::house::House;

pub(crate) async fn connect(house: &House, mut form: ConnectForm) -> Connected {
    if let Err(error) = fill_in(house, &mut form).await {
        tracing::warn!(%error, "what was typed before could not be read");
    }
    let login = match house.connectors.connect(&form).await {
        Connected::Yes(login) => login,
        other => return other,
    };
    let known = match known_secrets(house, &form.vendor, &login.account).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, "could not look for a key of the same account; the new one is used");
            Vec::new()
        }
    };
    if Connectors::abilities(&form.vendor).is_some_and(|row| row.consent) {
        // A new consent takes the place of the one before; there are no keys to spare.
        let secret = Connectors::carried_over(&form.vendor, &known, login.secret);
        return Connected::Yes(NewLogin { secret, ..login });
    }
    for secret in known {
        if let Some(kept) = reuse(house, &form.vendor, &login, secret).await {
            return Connected::Yes(kept);
        }
    }
    Connected::Yes(login)
}

/// What was left empty is as it was typed the last time.
async fn fill_in(house: &House, form: &mut ConnectForm) -> store::Result<()> {
    let Some((network, login)) = form.like else {
        return Ok(());
    };
    let mut tx = house.store.read().await?;
    let secret = vendor_login::secret(&mut tx, network, login).await?;
    for (key, typed) in Connectors::typed_before(&form.vendor, &secret) {
        if form.fields.iter().all(|(known, _)| *known != key) {
            form.fields.push((key, typed));
        }
    }
    Ok(())
}

/// Secrets of the same account, stored already.
async fn known_secrets(house: &House, vendor: &str, account: &str) -> store::Result<Vec<Secret>> {
    let mut tx = house.store.read().await?;
    let mut known = Vec::new();
    for network in network::all(&mut tx).await? {
        for login in vendor_login::list(&mut tx, network.id).await? {
            if login.vendor == vendor && login.account == account {
                known.push(vendor_login::secret(&mut tx, network.id, login.id).await?);
            }
        }
    }
    Ok(known)
}

/// The login with the key it had, if that still works; then the new key is deleted.
async fn reuse(house: &House, vendor: &str, login: &NewLogin, secret: Secret) -> Option<NewLogin> {
    let old = house
        .connectors
        .connector(vendor, &Login::passing(&*login.account, secret.clone()), None)
        .ok()?;
    old.check().await.ok()?;
    let new = house
        .connectors
        .connector(vendor, &Login::passing(&*login.account, login.secret.clone()), None)
        .ok()?;
    if let Err(trouble) = new.disconnect(None, true).await {
        tracing::warn!(%trouble, "a key that is not needed may be left at the vendor");
    }
    Some(NewLogin {
        secret,
        ..login.clone()
    })
}
