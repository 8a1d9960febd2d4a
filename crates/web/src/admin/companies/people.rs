//! POST /admin/companies/{company}/people, …/people/{belonging}/leave, …/people/{belonging}/remove (P-3, P-25).

use access::facts::MembershipKind;
use access::id::{CompanyId, CompanyMembershipId};
use access::may::{Action, Object};
use axum::extract::Path;
use axum::response::Response;
use store::Tx;
use store::company::Company;

use super::show;
use crate::admin::parts::people::{self, Meant};
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::render_again;
use crate::problem::Problem;
use crate::registry::Route;

/// Taking people in and out.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/companies/{company}/people", Action::CompaniesWrite).to(add),
        Route::form(
            "/admin/companies/{company}/people/{belonging}/leave",
            Action::CompaniesWrite,
        )
        .to(leave),
        Route::form(
            "/admin/companies/{company}/people/{belonging}/remove",
            Action::CompaniesWrite,
        )
        .to(remove),
    ]
}

async fn company(tx: &mut Tx, ctx: &Ctx, id: CompanyId) -> Result<Company, Problem> {
    let company = store::company::read(tx, ctx.network(), id).await?;
    ctx.allow(
        Action::CompaniesWrite,
        &Object::Company {
            company: id,
            location: company.details.location,
        },
    )?;
    Ok(company)
}

async fn add(ctx: Ctx, Path(id): Path<CompanyId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let company = company(&mut tx, &ctx, id).await?;
    let email = form.email("email");
    let name = form.optional_text("name", 120);
    let joined_on = form.date("joined_on");
    let left_on = form.optional_date("left_on");
    if let (Some(joined), Some(left)) = (joined_on, left_on)
        && left < joined
    {
        form.wrong("left_on", "The last day lies before the first.");
    }
    if let (true, Some(joined_on)) = (form.ok(), joined_on) {
        let act = ctx.act();
        let person = match people::meant(&mut tx, &ctx, &email).await? {
            Meant::Known(person) => person.id,
            Meant::New(email) => {
                let location = company.details.location;
                let id = people::add_nonmember(&mut tx, &act, location, &email, name.as_deref()).await?;
                store::person::set_membership(&mut tx, &act, id, location, Some(MembershipKind::Member)).await?;
                id
            }
            Meant::Unclear(_) => return Err(Problem::field("email", "This is no e-mail address.")),
        };
        match store::company::join(&mut tx, &act, id, person, joined_on, left_on).await {
            Ok(_) => {
                tx.commit().await?;
                let text = format!("{email} belongs to {} now.", company.details.name);
                return Ok(ctx.go_with(&format!("/admin/companies/{id}"), "open", text));
            }
            Err(error) if matches!(error.kind, store::Kind::Conflict | store::Kind::Invalid) => {
                form.wrong("email", Problem::from(error).detail);
            }
            Err(error) => return Err(error.into()),
        }
    }
    // What was written before the refusal goes with the transaction: nothing is stored half.
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&show::page(&mut tx, &ctx, &company, form).await?)
}

async fn leave(
    ctx: Ctx,
    Path((id, belonging)): Path<(CompanyId, CompanyMembershipId)>,
    mut form: Fields,
) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let company = company(&mut tx, &ctx, id).await?;
    let membership = store::company::read_membership(&mut tx, ctx.network(), belonging).await?;
    if membership.company != id {
        return Err(Problem::not_found());
    }
    let left_on = form.date("left_on");
    if left_on.is_some_and(|left| left < membership.joined_on) {
        form.wrong("", "The last day lies before the first; nothing was changed.");
    }
    if let (true, Some(left_on)) = (form.ok(), left_on) {
        store::company::change_dates(&mut tx, &ctx.act(), belonging, membership.joined_on, Some(left_on)).await?;
        tx.commit().await?;
        return Ok(ctx.go_with(&format!("/admin/companies/{id}"), "open", "The last day is saved."));
    }
    render_again(&show::page(&mut tx, &ctx, &company, form).await?)
}

async fn remove(ctx: Ctx, Path((id, belonging)): Path<(CompanyId, CompanyMembershipId)>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    company(&mut tx, &ctx, id).await?;
    if store::company::read_membership(&mut tx, ctx.network(), belonging)
        .await?
        .company
        != id
    {
        return Err(Problem::not_found());
    }
    store::company::remove(&mut tx, &ctx.act(), belonging).await?;
    tx.commit().await?;
    Ok(ctx.go_with(
        &format!("/admin/companies/{id}"),
        "quiet",
        "Removed. What the company gave is being taken away now.",
    ))
}
