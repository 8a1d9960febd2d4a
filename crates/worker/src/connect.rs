//! Trying a vendor account with what the operator typed, live.
//!
//! In: the form. Out: a login that works, or what to mend. Why so: each sign-in makes a new key at the vendor and vendors allow few,
//! so an account that is connected already keeps the key it has and the new one is deleted again.

use access::vendor::{ConnectForm, Connected, NewLogin, Secret};
use store::{network, vendor_login};

use crate::house::House;

pub(crate) async fn connect(house: &House, form: ConnectForm) -> Connected {
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
    for secret in known {
        if let Some(kept) = reuse(house, &form.vendor, &login, secret).await {
            return Connected::Yes(kept);
        }
    }
    Connected::Yes(login)
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
        .connector(vendor, &login.account, secret.clone(), None)
        .ok()?;
    old.check().await.ok()?;
    let new = house
        .connectors
        .connector(vendor, &login.account, login.secret.clone(), None)
        .ok()?;
    if let Err(trouble) = new.disconnect(None, true).await {
        tracing::warn!(%trouble, "a key that is not needed may be left at the vendor");
    }
    Some(NewLogin {
        secret,
        ..login.clone()
    })
}
