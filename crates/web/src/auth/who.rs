//! Who a session or a token belongs to, read live with every request.
//!
//! In: the shown text. Out: who, and as whom they are asked about permission; nothing when it is over.
//! Why so: suspending somebody, or changing their role, acts with their next request.
//! Always: the owner stays the owner whatever became of them as a person, so that nobody can lock them out.

use access::facts::PersonState;
use access::may::Actor;
use access::vendor::Secret;
use store::Tx;
use store::account::{Account, Role};

use super::permissions::{Permissions, actor};
use super::{MEMBER_IDLE_S, idle_s};
use crate::ctx::{By, Ctx, Known};
use crate::problem::Problem;

/// Use is noted at most once a minute.
const NOTED_EVERY_S: i64 = 60;

/// By a browser's session.
pub(crate) async fn by_session(ctx: &Ctx, token: &str) -> Result<Option<(Known, Actor)>, Problem> {
    let mut tx = ctx.store().read().await?;
    let widest_ms = MEMBER_IDLE_S.max(idle_s(ctx, Role::Member)) * 1000;
    let found = store::session::by_token(&mut tx, &Secret::new(token), ctx.now, widest_ms).await?;
    let Some((session, account)) = found else {
        return Ok(None);
    };
    if session.seen_at.plus_s(idle_s(ctx, account.details.role)) <= ctx.now {
        return Ok(None);
    }
    let Some(actor) = live(&mut tx, session.network, &account).await? else {
        return Ok(None);
    };
    drop(tx);
    if session.seen_at.plus_s(NOTED_EVERY_S) <= ctx.now {
        let noted = async {
            let mut tx = ctx.store().write().await?;
            store::session::note_seen(&mut tx, session.network, session.id, ctx.now).await?;
            tx.commit().await
        };
        // Reading goes on when the disk is full; the session then only ends earlier.
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a session's use could not be noted");
        }
    }
    let by = By::Session {
        session: session.id,
        fresh_at: session.fresh_at,
    };
    Ok(Some((known(session.network, account, by), actor)))
}

/// By a program's token.
pub(crate) async fn by_token(ctx: &Ctx, token: &str) -> Result<Option<(Known, Actor)>, Problem> {
    let mut tx = ctx.store().read().await?;
    let found = store::api_token::by_secret(&mut tx, &Secret::new(token), ctx.now).await?;
    drop(tx);
    let Some((row, account)) = found else { return Ok(None) };
    if row.used_at.is_none_or(|used| used.plus_s(NOTED_EVERY_S) <= ctx.now) {
        let noted = async {
            let mut tx = ctx.store().write().await?;
            store::api_token::note_used(&mut tx, row.network, row.id, ctx.now).await?;
            tx.commit().await
        };
        // As above: a full disk shall not keep programs from reading.
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a token's use could not be noted");
        }
    }
    Ok(Some((
        known(row.network, account, By::Token { token: row.id }),
        Actor::ApiToken,
    )))
}

/// Is the session that opened a long answer still good?
pub(crate) async fn still(ctx: &Ctx) -> bool {
    let Some(known) = ctx.known() else { return false };
    let By::Session { session, .. } = known.by else {
        return false;
    };
    let listed = async {
        let mut tx = ctx.store().read().await?;
        store::session::list(&mut tx, known.network, known.account, ctx.app.clock().now()).await
    };
    // A database that does not answer ends the stream; the page asks again by itself.
    listed
        .await
        .is_ok_and(|sessions| sessions.iter().any(|one| one.id == session))
}

/// As whom they are asked, as of now; nobody when they were removed.
async fn live(tx: &mut Tx, network: access::id::NetworkId, account: &Account) -> Result<Option<Actor>, Problem> {
    let permissions = Permissions::read(&account.details.permissions);
    let Some(person) = account.details.person else {
        return Ok(Some(actor(account.details.role, permissions, None)).filter(|actor| *actor != Actor::Anonymous));
    };
    let state = store::person::find(tx, network, person)
        .await?
        .map(|person| person.details.state);
    Ok(match (account.details.role, state) {
        (Role::Owner, _) => Some(Actor::Owner { person: Some(person) }),
        (_, None | Some(PersonState::Removed)) => None,
        (_, Some(PersonState::Suspended)) => Some(Actor::Suspended { person }),
        (role, Some(PersonState::Invited | PersonState::Active)) => Some(actor(role, permissions, Some(person))),
    })
}

fn known(network: access::id::NetworkId, account: Account, by: By) -> Known {
    let administers = account.details.role != Role::Member;
    Known {
        network,
        account: account.id,
        person: account.details.person,
        name: account.details.name,
        email: account.details.email,
        administers,
        by,
    }
}
