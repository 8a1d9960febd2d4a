//! Gateways that have to be activated once before their doors open from our pages (P-32).
//!
//! In: which integration and what an operator does about it. Out: how its gateways are now, or why it cannot be done.
//! Always: live, never queued; what the vendor hands out on the way is sealed with the login before anything else is done.

use access::id::*;
use access::vendor::{GatewayAct, GatewaysSeen};

use crate::door_events;
use crate::house::{Account, House, NoAccount};

pub(crate) async fn gateways(house: &House, network: NetworkId, id: IntegrationId, act: GatewayAct) -> GatewaysSeen {
    let no = |say: &str| GatewaysSeen::No { say: say.to_owned() };
    let account = async {
        let mut tx = house.store.read().await?;
        Account::load(house, &mut tx, network, id).await
    };
    match account.await {
        Ok(Ok(account)) => {
            let seen = account.connector.gateways(&act, house.clock.now()).await;
            if matches!((&act, &seen), (GatewayAct::Finish { .. }, GatewaysSeen::All(_))) {
                read_anew(house, network, id).await;
            }
            seen
        }
        Ok(Err(NoAccount::Left)) => no("The vendor is not connected any more."),
        Ok(Err(NoAccount::NeedsSignIn)) => no("The vendor login no longer works. Sign in again first."),
        Ok(Err(NoAccount::Unusable(trouble))) => no(&trouble.say),
        Err(error) => {
            tracing::error!(%error, integration = %id, "gateways could not be looked after");
            no("Our own database did not answer. Try again in a moment.")
        }
    }
}

/// Its doors open from our pages now, which the next reading tells everybody.
async fn read_anew(house: &House, network: NetworkId, id: IntegrationId) {
    let marked = async {
        let mut tx = house.store.write().await?;
        door_events::read_soon(&mut tx, network, id, house.clock.now()).await?;
        tx.commit().await
    };
    if let Err(error) = marked.await {
        tracing::error!(%error, integration = %id, "an activated gateway is seen with the next regular reading only");
    }
}
