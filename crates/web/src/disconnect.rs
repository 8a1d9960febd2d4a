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
    let details = store::integration::read(tx, ctx.network(), id).await?.details;
    let before = details.state;
    let dated = ctx
        .outside()
        .vendor(&details.vendor)
        .is_none_or(|row| row.native_windows);
    let over = match before {
        IntegrationState::Connected | IntegrationState::NeedsSignIn => false,
        // While real ends are still being written, one may think again.
        IntegrationState::Leaving if dated => with == DisconnectWith::Leave,
        IntegrationState::Leaving => with == DisconnectWith::RunOut,
        IntegrationState::Revoking | IntegrationState::Disconnected => true,
    };
    if over {
        return Err(Problem::conflict("This integration is disconnected already."));
    }
    let (state, choice) = match with {
        // Leases become real ends first, so that what was granted outlives our renewals.
        DisconnectWith::Leave if dated => (IntegrationState::Leaving, "leave"),
        // There are no ends to write: who is in stays in.
        DisconnectWith::Leave => (IntegrationState::Disconnected, "leave"),
        // Nothing ends there by itself, so we stay until the last window is over.
        DisconnectWith::RunOut if !dated => (IntegrationState::Leaving, "run out"),
        // Windows written ahead end at the vendor by themselves; no renewal is made for a disconnected account.
        DisconnectWith::RunOut => (IntegrationState::Disconnected, "run out"),
        DisconnectWith::Revoke => (IntegrationState::Revoking, "revoke"),
    };
    let act = ctx.act().because(format!("disconnect: {choice}"));
    Ok(store::integration::set_state(tx, &act, id, state).await?)
}
