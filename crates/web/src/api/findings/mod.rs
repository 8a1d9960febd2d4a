//! `GET /api/v1/findings`: open troubles, each with its cure (P-42).

use access::Instant;
use access::id::*;
use access::may::Action;
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::body::{Asked, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;
use crate::words::{findings as say, names};

/// A typed trouble.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingShape {
    /// Its id.
    #[schemars(with = "crate::wire::FindingRef")]
    id: FindingId,
    /// Where.
    #[schemars(with = "crate::wire::IntegrationRef")]
    integration: IntegrationId,
    /// Whose matter, if one person's.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// The stable word for its kind.
    kind: String,
    /// What is the matter, in a sentence.
    trouble: String,
    /// What to do about it.
    cure: String,
    /// Noticed first.
    #[schemars(with = "crate::wire::At")]
    first_at: Instant,
    /// Noticed last.
    #[schemars(with = "crate::wire::At")]
    last_at: Instant,
}

#[derive(Deserialize)]
struct Which {
    integration: Option<IntegrationId>,
}

/// The route.
pub fn routes() -> Vec<Route> {
    let what = "List open findings with their cures";
    vec![
        Route::api(
            Method::GET,
            "/api/v1/findings",
            Action::IntegrationsRead,
            "integrations",
            what,
        )
        .query("integration", "id-int", false, "Only those of this integration")
        .lists::<FindingShape>()
        .to(list),
    ]
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>) -> Result<List<FindingShape>, Problem> {
    let mut tx = ctx.store().read().await?;
    let network = ctx.network();
    let found = match which.integration {
        Some(id) => {
            scope::integration(&ctx, &mut tx, Action::IntegrationsRead, id).await?;
            store::finding::open_of(&mut tx, network, id).await?
        }
        None => store::finding::open(&mut tx, network).await?,
    };
    let mut items = Vec::with_capacity(found.len());
    for finding in found {
        let location = store::integration::read(&mut tx, network, finding.integration)
            .await?
            .details
            .location;
        if !ctx.actor.acts_at(location) {
            continue;
        }
        let names = names::for_note(&mut tx, network, &finding.note).await?;
        items.push(FindingShape {
            id: finding.id,
            integration: finding.integration,
            person: finding.person,
            kind: say::kind(&finding.note).to_owned(),
            trouble: say::trouble(&finding.note, &names),
            cure: say::cure(&finding.note).to_owned(),
            first_at: finding.first_at,
            last_at: finding.last_at,
        });
    }
    Ok(List { items, next: None })
}
