//! GET /admin/companies/new, POST /admin/companies, GET and POST /admin/companies/{company}/edit.

use access::id::{CompanyId, LocationId};
use access::may::{Action, Object};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::company::Details;

use crate::admin::parts::choice::Choice;
use crate::admin::parts::places::Places;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;

/// Both forms, and what they submit to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/companies/new", Action::CompaniesWrite).to(new),
        Route::form("/admin/companies", Action::CompaniesWrite).to(create),
        Route::page("/admin/companies/{company}/edit", Action::CompaniesWrite).to(edit),
        Route::form("/admin/companies/{company}/edit", Action::CompaniesWrite).to(save),
    ]
}

#[derive(Template)]
#[template(path = "admin/companies/form.html")]
struct FormPage {
    page: Page,
    title: String,
    back_href: String,
    back_label: String,
    action: String,
    save: &'static str,
    locations: Vec<Choice>,
    form: Fields,
}

async fn new(ctx: Ctx) -> Result<Response, Problem> {
    render(&new_page(&ctx, Fields::new()).await?)
}

async fn new_page(ctx: &Ctx, form: Fields) -> Result<FormPage, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, ctx).await?;
    drop(tx);
    Ok(FormPage {
        page: ctx.page("Add a company", "companies").await?,
        title: "Add a company".into(),
        back_href: "/admin/companies".into(),
        back_label: "Companies".into(),
        action: "/admin/companies".into(),
        save: "Add the company",
        locations: places.options(form.value("location").parse().ok()),
        form,
    })
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let name = form.text("name", 120);
    let location: Option<LocationId> = form.choice("location");
    if let (true, Some(location)) = (form.ok(), location) {
        ctx.allow(Action::CompaniesWrite, &Object::At(location))?;
        let mut tx = ctx.store().write().await?;
        match store::company::create(
            &mut tx,
            &ctx.act(),
            &Details {
                location,
                name: name.clone(),
            },
        )
        .await
        {
            Ok(id) => {
                tx.commit().await?;
                let text = format!("{name} is added. Now add its people, or a subscription.");
                return Ok(ctx.go_with(&format!("/admin/companies/{id}"), "open", text));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    render_again(&new_page(&ctx, form).await?)
}

async fn edit(ctx: Ctx, Path(id): Path<CompanyId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let company = store::company::read(&mut tx, ctx.network(), id).await?;
    drop(tx);
    ctx.allow(
        Action::CompaniesWrite,
        &Object::Company {
            company: id,
            location: company.details.location,
        },
    )?;
    let form = Fields::of([("name", company.details.name)]);
    render(&edit_page(&ctx, id, form).await?)
}

async fn edit_page(ctx: &Ctx, id: CompanyId, form: Fields) -> Result<FormPage, Problem> {
    let href = format!("/admin/companies/{id}");
    Ok(FormPage {
        page: ctx.page("Edit the company", "companies").await?,
        title: "Edit the company".into(),
        back_label: "Company".into(),
        action: format!("{href}/edit"),
        back_href: href,
        save: "Save",
        locations: Vec::new(),
        form,
    })
}

async fn save(ctx: Ctx, Path(id): Path<CompanyId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let company = store::company::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(
        Action::CompaniesWrite,
        &Object::Company {
            company: id,
            location: company.details.location,
        },
    )?;
    let name = form.text("name", 120);
    if form.ok() {
        store::company::rename(&mut tx, &ctx.act(), id, &name).await?;
        tx.commit().await?;
        return Ok(ctx.go_with(&format!("/admin/companies/{id}"), "open", "Saved."));
    }
    drop(tx);
    render_again(&edit_page(&ctx, id, form).await?)
}
