//! Leaving a vendor (P-37): once nothing of ours is to be taken any more, our webhook and our key go too.
//!
//! In: an integration that was disconnected, or whose last row was taken. Out: nothing of ours but the grants the operator left.
//! Always: the key is deleted only when no other integration uses the same login, in whatever network.

use access::facts::IntegrationState;
use access::id::NetworkId;
use store::integration::{self, Details};
use store::vendor_login::{self, VendorLogin};
use store::{Page, Tx, finding, grant, network, wakeup};

use crate::house::{Account, House, stored};
use crate::outcome::Outcome;
use crate::reconcile::carry_out::Stopped;
use crate::reconcile::journal::Journal;
use crate::reconcile::reading;

/// Once all of ours is taken away the integration is disconnected, and its next wake-up tidies up. Answers whether it is so.
pub(crate) async fn finish_if_empty(house: &House, account: &Account) -> Result<bool, Stopped> {
    if !account.is_revoking() {
        return Ok(false);
    }
    let mut tx = house.store.write().await?;
    if !grant::live(&mut tx, account.network, account.id).await?.is_empty() {
        return Ok(false);
    }
    integration::set_state(
        &mut tx,
        &house.act(account.network),
        account.id,
        IntegrationState::Disconnected,
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Deletes our webhook and, with its last user, our key; forgets wake-ups and findings.
pub(crate) async fn tidy_up(house: &House, journal: &mut Journal<'_>) -> Result<Outcome, Stopped> {
    journal.take().await?;
    let (network, id) = (journal.claimed().network, journal.claimed().integration);
    let mut tx = house.store.read().await?;
    let Some(left) = integration::account(&mut tx, network, id).await? else {
        return Ok(Outcome::Done { again_at: None });
    };
    let Some((login, secret)) = left.login else {
        return Ok(Outcome::Done { again_at: None });
    };
    let details = left.integration.details;
    let users = integration::list(&mut tx, network, None, &Page::longest()).await?.rows;
    let elsewhere = is_used_elsewhere(&mut tx, network, &login).await?;
    drop(tx);
    let last = !users
        .iter()
        .any(|other| other.id != id && other.details.login == Some(login.id));
    let site = details.site.as_deref();
    let connector = house
        .connectors
        .connector(&details.vendor, &stored(network, login.clone(), secret), site)
        .map_err(Stopped::Vendor)?;
    let webhook = reading::webhook(&left.status);
    match connector.disconnect(webhook.as_deref(), last && !elsewhere).await {
        Ok(()) => {}
        Err(trouble) if trouble.passes() => return Err(Stopped::Vendor(trouble)),
        // A key that no longer works needs no deleting; the operator sees in the log what may be left.
        Err(trouble) => tracing::warn!(integration = %id, %trouble, "left a vendor without deleting our key there"),
    }
    let act = house.act(network);
    let mut tx = house.store.write().await?;
    let now = integration::read(&mut tx, network, id).await?.details;
    if (now.state, now.login) != (IntegrationState::Disconnected, Some(login.id)) {
        // Somebody connected it again meanwhile.
        return Ok(Outcome::Done { again_at: None });
    }
    integration::change(&mut tx, &act, id, &Details { login: None, ..now }).await?;
    if last {
        vendor_login::forget(&mut tx, &act, login.id).await?;
    }
    finding::forget(&mut tx, &act, id).await?;
    wakeup::forget(&mut tx, network, id).await?;
    tx.commit().await?;
    Ok(Outcome::Done { again_at: None })
}

/// Has another network of this installation signed in to the same account? Then its key may be ours.
async fn is_used_elsewhere(tx: &mut Tx, network: NetworkId, login: &VendorLogin) -> store::Result<bool> {
    for other in network::all(tx).await? {
        let logins = vendor_login::list(tx, other.id).await?;
        let same = |known: &VendorLogin| (&known.vendor, &known.account) == (&login.vendor, &login.account);
        if other.id != network && logins.iter().any(same) {
            return Ok(true);
        }
    }
    Ok(false)
}
