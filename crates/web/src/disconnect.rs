//! Disconnecting a vendor account, for pages and programs alike (P-37).
//!
//! In: the choice of what happens to what was granted. Out: the integration's new state; the worker does the rest.
//! Always: nothing new is granted from this moment on; what others made at the vendor is never touched.

use access::facts::IntegrationState;
use access::id::IntegrationId;
use access::vendor::DisconnectWith;
use store::Tx;

use crate::ctx::Ctx;
use crate::problem::Problem;

/// Changes the state; the audit log keeps which choice it was.
pub async fn disconnect(ctx: &Ctx, tx: &mut Tx, id: IntegrationId, with: DisconnectWith) -> Result<(), Problem> {
    let before = store::integration::read(tx, ctx.network(), id).await?.details.state;
    let over = match before {
        IntegrationState::Connected | IntegrationState::NeedsSignIn => false,
        // Until it is over, one may think again.
        IntegrationState::Leaving => with == DisconnectWith::Leave,
        IntegrationState::RunningOut => with == DisconnectWith::RunOut,
        IntegrationState::Revoking | IntegrationState::Disconnected => true,
    };
    if over {
        return Err(Problem::conflict("This integration is disconnected already."));
    }
    let (state, choice) = match with {
        // Leases become real ends first, so that what was granted outlives our renewals.
        DisconnectWith::Leave => (IntegrationState::Leaving, "leave"),
        // What does not end at the vendor by itself we take away when its window is over, and stay so long.
        DisconnectWith::RunOut => (IntegrationState::RunningOut, "run out"),
        DisconnectWith::Revoke => (IntegrationState::Revoking, "revoke"),
    };
    let act = ctx.act().because(format!("disconnect: {choice}"));
    Ok(store::integration::set_state(tx, &act, id, state).await?)
}
