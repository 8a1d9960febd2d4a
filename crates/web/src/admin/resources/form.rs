//! GET /admin/resources/new, POST /admin/resources, GET and POST /admin/resources/{resource}: a resource with its rules for
//! booking, its grace minutes and its Access section (P-6, P-22).

use access::id::{AccessGroupId, LocationId, ResourceId};
use access::may::{Action, Object};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;

use super::fill;
use crate::admin::parts::choice::{Choice, as_typed};
use crate::admin::parts::groups::{self, GroupSet};
use crate::admin::parts::hours::{self, HoursForm};
use crate::admin::parts::places::Places;
use crate::admin::parts::reach::Reached;
use crate::admin::parts::states;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// Both forms, and what they submit to.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::page("/admin/resources/new", Action::ResourcesWrite).to(new),
        Route::form("/admin/resources", Action::ResourcesWrite).to(create),
        Route::page("/admin/resources/{resource}", Action::ResourcesRead).to(edit),
        Route::form("/admin/resources/{resource}", Action::ResourcesWrite).to(save),
    ]
}

#[derive(Template)]
#[template(path = "admin/resources/form.html")]
struct FormPage {
    page: Page,
    title: String,
    text: String,
    action: String,
    save: &'static str,
    locations: Vec<Choice>,
    kinds: Vec<Choice>,
    book_by: Vec<Choice>,
    see_by: Vec<Choice>,
    hours: HoursForm,
    grace_hint: String,
    sets: Vec<GroupSet>,
    reach: String,
    may_change: bool,
    previews: bool,
    form: Fields,
}

async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    resource: Option<(ResourceId, &str)>,
    form: Fields,
    reach: String,
) -> Result<FormPage, Problem> {
    let places = Places::read(tx, ctx).await?;
    let location: Option<LocationId> = form.value("location").parse().ok();
    let sets = groups::sets(tx, ctx, &places, location, form.err("groups"), |id| {
        form.has("groups", &id.to_string())
    })
    .await?;
    let title = resource.map_or_else(|| "Add a resource".to_owned(), |(_, name)| name.to_owned());
    let kinds = states::KINDS.iter().map(|kind| {
        let (word, name, _) = states::resource(*kind);
        Choice::new(word, name)
    });
    let open_to = || {
        fill::OPEN_TO
            .iter()
            .map(|(word, _, name, hint)| Choice::new(word, *name).hint(*hint))
    };
    let own = location.and_then(|id| places.one(id)).or(places.home());
    let grace_hint = own.map_or_else(String::new, |place| {
        let grace = place.details.grace;
        let name = &place.details.name;
        format!(
            "Both empty: as at {name}, {} before and {} after",
            grace.before_minutes, grace.after_minutes
        )
    });
    Ok(FormPage {
        page: ctx.page(&title, "resources").await?,
        title,
        text: "What it opens is given to who books or rents it".to_owned(),
        action: resource.map_or_else(
            || "/admin/resources".to_owned(),
            |(id, _)| format!("/admin/resources/{id}"),
        ),
        save: if resource.is_some() { "Save" } else { "Add the resource" },
        locations: places.options(location),
        kinds: as_typed(kinds, &form, "kind"),
        book_by: as_typed(open_to(), &form, "book_by"),
        see_by: as_typed(open_to(), &form, "see_by"),
        hours: hours::section(
            &form,
            "Opening hours",
            "When members may have it, as in 09:00–12:00, 13:00–18:00. All empty: the hours of its location",
            "Besides the days its location is closed. One a line: 2026-12-24, or 2026-12-24 to 2027-01-02",
        ),
        grace_hint,
        sets,
        reach,
        may_change: ctx.may(Action::ResourcesWrite),
        previews: resource.is_some(),
        form,
    })
}

async fn new(ctx: Ctx) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let places = Places::read(&mut tx, &ctx).await?;
    let mut form = fill::empty();
    if let Some(home) = places.home() {
        form.set("location", home.id.to_string());
    }
    render(&page(&mut tx, &ctx, None, form, String::new()).await?)
}

async fn create(ctx: Ctx, mut form: Fields) -> Result<Response, Problem> {
    let details = fill::read(&mut form);
    if let (true, Some(details)) = (form.ok(), &details) {
        ctx.allow(Action::ResourcesWrite, &Object::At(details.location))?;
        let mut tx = ctx.store().write().await?;
        scope::groups(&ctx, &mut tx, Action::ResourcesWrite, ("groups", &details.groups), &[]).await?;
        match store::resource::create(&mut tx, &ctx.act(), details).await {
            Ok(_) => {
                tx.commit().await?;
                return Ok(ctx.go_with(
                    "/admin/resources",
                    "open",
                    format!("{} can be booked now.", details.name),
                ));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, None, form, String::new()).await?)
}

async fn edit(ctx: Ctx, Path(id): Path<ResourceId>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let resource = store::resource::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(Action::ResourcesRead, &Object::At(resource.details.location))?;
    let form = fill::filled(&resource.details);
    render(&page(&mut tx, &ctx, Some((id, &resource.details.name)), form, String::new()).await?)
}

async fn save(ctx: Ctx, Path(id): Path<ResourceId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let resource = store::resource::read(&mut tx, ctx.network(), id).await?;
    ctx.allow(Action::ResourcesWrite, &Object::At(resource.details.location))?;
    let name = resource.details.name.clone();
    if let (Some(details), true) = (fill::read(&mut form), form.ok()) {
        ctx.allow(Action::ResourcesWrite, &Object::At(details.location))?;
        let stand = &resource.details.groups;
        scope::groups(
            &ctx,
            &mut tx,
            Action::ResourcesWrite,
            ("groups", &details.groups),
            stand,
        )
        .await?;
        let touched: Vec<AccessGroupId> = resource.details.groups.iter().chain(&details.groups).copied().collect();
        let before = Reached::by_groups(&mut tx, &ctx, &touched).await?;
        match store::resource::change(&mut tx, &ctx.act(), id, &details).await {
            Ok(()) => {
                let after = Reached::by_groups(&mut tx, &ctx, &touched).await?;
                let reach = before.compared(&after);
                if form.checked("preview") {
                    tx.roll_back().await?;
                    let mut tx = ctx.store().read().await?;
                    let reach = format!("If you save this: {}", before.named(&after));
                    return render(&page(&mut tx, &ctx, Some((id, &name)), form, reach).await?);
                }
                tx.commit().await?;
                return Ok(ctx.go_with(
                    "/admin/resources",
                    "open",
                    format!("{} is saved. {reach}", details.name),
                ));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, Some((id, &name)), form, String::new()).await?)
}
