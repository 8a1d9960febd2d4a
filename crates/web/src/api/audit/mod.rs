//! `GET /api/v1/audit`: who changed what, the newest first (P-48).

use access::Instant;
use access::id::*;
use access::may::{Action, Object};
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::Line;

use crate::body::{Asked, List, Part};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// A line of the audit log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditLine")]
struct LineShape {
    /// Its id.
    #[schemars(with = "crate::wire::AuditRef")]
    id: AuditId,
    /// When.
    #[schemars(with = "crate::wire::At")]
    at: Instant,
    /// Who: a login, a token, the worker, or setting up.
    actor: String,
    /// What, as in `booking.moved`.
    action: String,
    /// What kind of thing it was done to.
    object_kind: String,
    /// Which.
    object: String,
    /// Whose matter, if one person's.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// As it was.
    before: Option<Value>,
    /// As it became.
    after: Option<Value>,
    /// What led to it.
    cause: Option<String>,
}

impl From<Line> for LineShape {
    fn from(line: Line) -> Self {
        let Line {
            id,
            at,
            actor,
            action,
            object_kind,
            object_id: object,
            person,
            before,
            after,
            cause,
        } = line;
        Self {
            id,
            at,
            actor,
            action,
            object_kind,
            object,
            person,
            before,
            after,
            cause,
        }
    }
}

#[derive(Deserialize)]
struct Which {
    object: Option<String>,
    person: Option<PersonId>,
    actor: Option<String>,
    action: Option<String>,
}

/// The route.
pub fn routes() -> Vec<Route> {
    vec![
        Route::api(
            Method::GET,
            "/api/v1/audit",
            Action::AuditRead,
            "audit",
            "List who changed what, the newest first",
        )
        .query("object", "text", false, "Only of the thing with this id")
        .query("person", "id-per", false, "Only what concerns this person")
        .query("actor", "text", false, "Only by this actor")
        .query("action", "text", false, "Only this action, as in booking.moved")
        .lists::<LineShape>()
        .to(list),
    ]
}

async fn list(ctx: Ctx, Asked(which): Asked<Which>, Asked(part): Asked<Part>) -> Result<List<LineShape>, Problem> {
    ctx.allow(Action::AuditRead, &Object::Network)?;
    let Which {
        object,
        person,
        actor,
        action,
    } = which;
    let filter = store::audit::Filter {
        object,
        person,
        actor,
        action,
    };
    let mut tx = ctx.store().read().await?;
    let listed = store::audit::list(&mut tx, ctx.network(), &filter, &part.page()?).await?;
    Ok(List::of(listed, LineShape::from))
}
