//! `GET /api/v1/integrations/{integration}/rounds` and the changes of one, with receipts.

use access::Instant;
use access::change::{Change, Receipt};
use access::id::*;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use store::round::{ChangeRow, ChangeState, RoundRow, RoundState};

use crate::api::shape::WindowShape;
use crate::body::{Asked, Id, Ids, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// Both routes.
pub fn routes() -> Vec<Route> {
    let rounds = "/api/v1/integrations/{integration}/rounds";
    let changes = "/api/v1/integrations/{integration}/rounds/{round}/changes";
    let action = Action::IntegrationsRead;
    vec![
        Route::api(
            Method::GET,
            rounds,
            action,
            "integrations",
            "List rounds, the newest first",
        )
        .lists::<RoundShape>()
        .to(list),
        Route::api(
            Method::GET,
            changes,
            action,
            "integrations",
            "List the changes of a round with their receipts",
        )
        .lists::<ChangeShape>()
        .to(of_round),
    ]
}

/// How a round ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RoundState")]
enum RoundWord {
    Running,
    Done,
    Failed,
}

/// One pass of desired × observed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Round")]
struct RoundShape {
    /// Its id.
    #[schemars(with = "crate::wire::RoundRef")]
    id: RoundId,
    /// Whom it was about; null is everybody.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// How it ended.
    state: RoundWord,
    /// Began.
    #[schemars(with = "crate::wire::At")]
    began_at: Instant,
    /// Ended.
    #[schemars(with = "Option<crate::wire::At>")]
    ended_at: Option<Instant>,
    /// Was everything read?
    complete: bool,
    /// Changes it made.
    changes: i64,
    /// Calls it took.
    calls: i64,
    /// What went wrong, in plain words.
    error: Option<String>,
}

impl From<RoundRow> for RoundShape {
    fn from(row: RoundRow) -> Self {
        let state = match row.state {
            RoundState::Running => RoundWord::Running,
            RoundState::Done => RoundWord::Done,
            RoundState::Failed => RoundWord::Failed,
        };
        Self {
            id: row.id,
            person: row.person,
            state,
            began_at: row.began_at,
            ended_at: row.ended_at,
            complete: row.complete,
            changes: row.changes,
            calls: row.calls,
            error: row.error,
        }
    }
}

/// What a change does.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Step")]
enum StepWord {
    Give,
    Move,
    Take,
}

/// How a change stands.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ChangeState")]
enum ChangeWord {
    Begun,
    Done,
    Failed,
    Unknown,
}

/// One step at a vendor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change")]
struct ChangeShape {
    /// What it does.
    step: StepWord,
    /// Whose doors.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// In which group.
    #[schemars(with = "crate::wire::GroupRef")]
    group: AccessGroupId,
    /// The window it is about.
    window: WindowShape,
    /// How it stands.
    state: ChangeWord,
    /// The vendor's row, as acknowledged.
    external: Option<String>,
    /// Journalled at.
    #[schemars(with = "crate::wire::At")]
    made_at: Instant,
    /// Answered at.
    #[schemars(with = "Option<crate::wire::At>")]
    ended_at: Option<Instant>,
    /// What went wrong, in plain words.
    error: Option<String>,
}

impl From<ChangeRow> for ChangeShape {
    fn from(row: ChangeRow) -> Self {
        let (step, group, window) = match row.change {
            Change::Give { group, window, .. } => (StepWord::Give, group, window),
            Change::Move { group, to, .. } => (StepWord::Move, group, to),
            Change::Take { group, window, .. } => (StepWord::Take, group, window),
        };
        let state = match row.state {
            ChangeState::Begun => ChangeWord::Begun,
            ChangeState::Done => ChangeWord::Done,
            ChangeState::Failed => ChangeWord::Failed,
            ChangeState::Unknown => ChangeWord::Unknown,
        };
        let external = row.receipt.and_then(|receipt: Receipt| receipt.external);
        let (person, made_at, ended_at, error) = (row.person, row.made_at, row.ended_at, row.error);
        Self {
            step,
            person,
            group,
            window: window.into(),
            state,
            external,
            made_at,
            ended_at,
            error,
        }
    }
}

async fn list(ctx: Ctx, Id(id): Id<IntegrationId>, Asked(part): Asked<Part>) -> Result<List<RoundShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    let listed = store::round::list(&mut tx, ctx.network(), id, &part.page()?).await?;
    Ok(List::of(listed, RoundShape::from))
}

async fn of_round(ctx: Ctx, Ids(id, round): Ids<IntegrationId, RoundId>) -> Result<List<ChangeShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
    let rows = store::round::changes(&mut tx, ctx.network(), round).await?;
    let items = rows
        .into_iter()
        .filter(|row| row.integration == id)
        .map(ChangeShape::from);
    Ok(List {
        items: items.collect(),
        next: None,
    })
}
