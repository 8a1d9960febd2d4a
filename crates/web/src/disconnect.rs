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
        // While real ends are still being written, one may think again.
        IntegrationState::Leaving => with == DisconnectWith::Leave,
        IntegrationState::Revoking | IntegrationState::Disconnected => true,
    };
    if over {
        return Err(Problem::conflict("This integration is disconnected already."));
    }
    let (state, choice) = match with {
        // Leases become real ends first, so that what was granted outlives our renewals.
        DisconnectWith::Leave => (IntegrationState::Leaving, "leave"),
        // Windows written ahead end at the vendor by themselves; no renewal is made for a disconnected account.
        DisconnectWith::RunOut => (IntegrationState::Disconnected, "run out"),
        DisconnectWith::Revoke => (IntegrationState::Revoking, "revoke"),
    };
    let act = ctx.act().because(format!("disconnect: {choice}"));
    Ok(store::integration::set_state(tx, &act, id, state).await?)
}
