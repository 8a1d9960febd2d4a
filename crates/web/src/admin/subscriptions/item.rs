//! POST /admin/subscriptions/{subscription}/items; GET and POST …/items/{item}; POST …/items/{item}/remove.
//!
//! A line's access is inherited from its plan or resource, or set on the line; a company's line also says whom it reaches
//! (P-5, P-21).

use access::facts::{Item, ItemAccess, ItemOf, Reach, Subscriber, Subscription};
use access::id::{AccessGroupId, ItemId, PersonId, SubscriptionId};
use access::may::Action;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::Tx;
use store::subscription::NewItem;

use super::{item_of, show};
use crate::admin::parts::choice::{Choice, as_typed};
use crate::admin::parts::groups::{self, GroupSet};
use crate::admin::parts::named::Named;
use crate::admin::parts::places::Places;
use crate::admin::parts::reach::Reached;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::page::{Page, render, render_again};
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// Adding, changing and removing lines.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::form("/admin/subscriptions/{subscription}/items", Action::SubscriptionsWrite).to(add),
        Route::page(
            "/admin/subscriptions/{subscription}/items/{item}",
            Action::SubscriptionsWrite,
        )
        .to(edit),
        Route::form(
            "/admin/subscriptions/{subscription}/items/{item}",
            Action::SubscriptionsWrite,
        )
        .to(save),
        Route::form(
            "/admin/subscriptions/{subscription}/items/{item}/remove",
            Action::SubscriptionsWrite,
        )
        .to(remove),
    ]
}

#[derive(Template)]
#[template(path = "admin/subscriptions/item.html")]
struct ItemPage {
    page: Page,
    title: String,
    text: String,
    back_href: String,
    back_label: String,
    action: String,
    kinds: Vec<Choice>,
    company: bool,
    reach: Vec<Choice>,
    chosen: Vec<Choice>,
    sets: Vec<GroupSet>,
    reach_line: String,
    form: Fields,
}

async fn add(ctx: Ctx, Path(id): Path<SubscriptionId>, mut form: Fields) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let one = super::read(&mut tx, &ctx, id, Action::SubscriptionsWrite).await?;
    let of = match item_of(form.value("of")) {
        None => {
            form.wrong("of", "Choose a plan or a rental.");
            None
        }
        Some(of) => match scope::elsewhere(&ctx, &mut tx, one.location, of).await? {
            Some(say) => {
                form.wrong("of", say);
                None
            }
            None => Some(of),
        },
    };
    match of {
        Some(of) => {
            let new = NewItem {
                of,
                access: ItemAccess::Inherited,
                reach: Reach::Everyone,
            };
            store::subscription::add_item(&mut tx, &ctx.act(), id, &new).await?;
            tx.commit().await?;
            Ok(ctx.go_with(
                &format!("/admin/subscriptions/{id}"),
                "open",
                "The line is added. The doors follow at once.",
            ))
        }
        None => {
            form.set("starts_on", one.starts_on.to_string());
            tx.roll_back().await?;
            let mut tx = ctx.store().read().await?;
            render_again(&show::page(&mut tx, &ctx, &one, form).await?)
        }
    }
}

async fn line(tx: &mut Tx, ctx: &Ctx, id: SubscriptionId, item: ItemId) -> Result<(Subscription, Item), Problem> {
    let one = super::read(tx, ctx, id, Action::SubscriptionsWrite).await?;
    let item = one
        .items
        .iter()
        .find(|line| line.id == item)
        .cloned()
        .ok_or_else(Problem::not_found)?;
    Ok((one, item))
}

async fn edit(ctx: Ctx, Path((id, item)): Path<(SubscriptionId, ItemId)>) -> Result<Response, Problem> {
    let mut tx = ctx.store().read().await?;
    let (one, item) = line(&mut tx, &ctx, id, item).await?;
    let mut form = Fields::new();
    form.set(
        "access",
        if item.access == ItemAccess::Inherited {
            "inherited"
        } else {
            "set"
        },
    );
    form.set(
        "reach",
        match &item.reach {
            Reach::Everyone => "everyone",
            Reach::Chosen(_) => "chosen",
            Reach::BookedToday => "booked_today",
        },
    );
    if let Reach::Chosen(people) = &item.reach {
        for person in people {
            form.add("chosen", person.to_string());
        }
    }
    let chosen = match &item.access {
        ItemAccess::Set(groups) => groups.clone(),
        ItemAccess::Inherited => scope::inherited(&ctx, &mut tx, item.of).await?,
    };
    for group in chosen {
        form.add("groups", group.to_string());
    }
    render(&page(&mut tx, &ctx, &one, &item, form, String::new()).await?)
}

async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    one: &Subscription,
    item: &Item,
    form: Fields,
    reach_line: String,
) -> Result<ItemPage, Problem> {
    let places = Places::read(tx, ctx).await?;
    let mut named = Named::of(ctx.network());
    let (what, whose) = (named.item(tx, item.of).await?, named.subscriber(tx, one.of).await?);
    let given = scope::inherited(ctx, tx, item.of).await?;
    let (opens, _) = groups::summary(tx, ctx, &given).await?;
    let from = match item.of {
        ItemOf::Plan(_) => "the plan",
        ItemOf::Rental(_) => "the resource",
    };
    let kinds = [
        Choice::new("inherited", format!("Inherited from {from}"))
            .hint(format!("Now {opens}; follows {from} when it changes")),
        Choice::new("set", "Set on this line")
            .hint("Exactly the groups chosen below, whatever the plan or resource says"),
    ];
    let reach = [
        Choice::new("everyone", "Everyone").hint("While they belong to the company"),
        Choice::new("chosen", "Chosen people").hint("Only those ticked below"),
        Choice::new("booked_today", "Only with a booking that day").hint("For teams that take turns"),
    ];
    let mut chosen = Vec::new();
    if let Subscriber::Company(company) = one.of {
        for member in store::company::members(tx, ctx.network(), company).await? {
            if member.removed_at.is_none()
                && !chosen
                    .iter()
                    .any(|known: &Choice| known.value == member.person.to_string())
            {
                chosen.push(Choice::new(member.person, named.person(tx, member.person).await?));
            }
        }
    }
    let location = Some(one.location);
    let sets = groups::sets(tx, ctx, &places, location, form.err("groups"), |id| {
        form.has("groups", &id.to_string())
    })
    .await?;
    let href = format!("/admin/subscriptions/{}", one.id);
    Ok(ItemPage {
        page: ctx.page(&what, "subscriptions").await?,
        title: what,
        text: format!("A line of {whose}’s subscription"),
        back_label: whose,
        action: format!("{href}/items/{}", item.id),
        back_href: href,
        kinds: as_typed(kinds, &form, "access"),
        company: matches!(one.of, Subscriber::Company(_)),
        reach: as_typed(reach, &form, "reach"),
        chosen: as_typed(chosen, &form, "chosen"),
        sets,
        reach_line,
        form,
    })
}

/// What the form says of a line.
fn read(form: &mut Fields, one: &Subscription, item: &Item) -> Option<NewItem> {
    let groups: Vec<AccessGroupId> = form.choices("groups");
    let access = match form.one_of("access", &[("inherited", false), ("set", true)])? {
        true => ItemAccess::Set(groups),
        false => ItemAccess::Inherited,
    };
    let reach = match one.of {
        Subscriber::Person(_) => Reach::Everyone,
        Subscriber::Company(_) => {
            let people: Vec<PersonId> = form.choices("chosen");
            match form.one_of("reach", &[("everyone", 0), ("chosen", 1), ("booked_today", 2)])? {
                1 if people.is_empty() => {
                    form.wrong("chosen", "Choose at least one person, or let it reach everyone.");
                    return None;
                }
                1 => Reach::Chosen(people),
                2 => Reach::BookedToday,
                _ => Reach::Everyone,
            }
        }
    };
    Some(NewItem {
        of: item.of,
        access,
        reach,
    })
}

async fn save(
    ctx: Ctx,
    Path((id, item)): Path<(SubscriptionId, ItemId)>,
    mut form: Fields,
) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let (one, item) = line(&mut tx, &ctx, id, item).await?;
    if let (Some(new), true) = (read(&mut form, &one, &item), form.ok()) {
        let mut touched = scope::inherited(&ctx, &mut tx, item.of).await?;
        if let ItemAccess::Set(stand) = &item.access {
            touched.extend(stand);
        }
        if let ItemAccess::Set(groups) = &new.access {
            scope::groups(&ctx, &mut tx, Action::SubscriptionsWrite, ("groups", groups), &touched).await?;
            touched.extend(groups);
        }
        let before = Reached::by_groups(&mut tx, &ctx, &touched).await?;
        match store::subscription::change_item(&mut tx, &ctx.act(), id, item.id, &new).await {
            Ok(()) => {
                let after = Reached::by_groups(&mut tx, &ctx, &touched).await?;
                let reach = before.compared(&after);
                if form.checked("preview") {
                    tx.roll_back().await?;
                    let mut tx = ctx.store().read().await?;
                    let reach = format!("If you save this: {}", before.named(&after));
                    return render(&page(&mut tx, &ctx, &one, &item, form, reach).await?);
                }
                tx.commit().await?;
                return Ok(ctx.go_with(&format!("/admin/subscriptions/{id}"), "open", format!("Saved. {reach}")));
            }
            Err(error) => form.refused(&error.into()),
        }
    }
    tx.roll_back().await?;
    let mut tx = ctx.store().read().await?;
    render_again(&page(&mut tx, &ctx, &one, &item, form, String::new()).await?)
}

async fn remove(ctx: Ctx, Path((id, item)): Path<(SubscriptionId, ItemId)>) -> Result<Response, Problem> {
    let mut tx = ctx.store().write().await?;
    let (one, item) = line(&mut tx, &ctx, id, item).await?;
    if one.items.len() < 2 {
        return Err(Problem::conflict(
            "A subscription needs at least one line. Cancel the subscription instead.",
        ));
    }
    store::subscription::remove_item(&mut tx, &ctx.act(), id, item.id).await?;
    tx.commit().await?;
    let text = "The line is removed. What it opened is being taken away now.";
    Ok(ctx.go_with(&format!("/admin/subscriptions/{id}"), "quiet", text))
}
