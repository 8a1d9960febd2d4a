//! Gateways that have to be activated once before their doors open from our pages (P-32).
//!
//! In: which integration and what an operator does about it. Out: how its gateways are now, or why it cannot be done.
//! Always: live, never queued; what the vendor hands out on the way is sealed with the login before anything else is done.

use access::id::*;
use access::vendor::{GatewayAct, GatewaysSeen};

use crate::house::{Account, House, NoAccount};

pub(crate) async fn gateways(house: &House, network: NetworkId, id: IntegrationId, act: GatewayAct) -> GatewaysSeen {
    let no = |say: &str| GatewaysSeen::No { say: say.to_owned() };
    let account = async {
        let mut tx = house.store.read().await?;
        Account::load(house, &mut tx, network, id).await
    };
    match account.await {
        Ok(Ok(account)) => account.connector.gateways(&act, house.clock.now()).await,
        Ok(Err(NoAccount::Left)) => no("The vendor is not connected any more."),
        Ok(Err(NoAccount::NeedsSignIn)) => no("The vendor login no longer works. Sign in again first."),
        Ok(Err(NoAccount::Unusable(trouble))) => no(&trouble.say),
        Err(error) => {
            tracing::error!(%error, integration = %id, "gateways could not be looked after");
            no("Our own database did not answer. Try again in a moment.")
        }
    }
}
