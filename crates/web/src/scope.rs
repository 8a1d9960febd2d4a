//! What an action is about: the object of permission, read from the store.
//!
//! In: an id. Out: the row and the [`Object`] that [`crate::Ctx::allow`] wants.
//! Always: another network's id is not found, before anything else is said about it.

use std::collections::HashMap;

use access::facts::{Item, ItemAccess, ItemOf, Reach};
use access::id::*;
use access::may::{Action, Object};
use access::zone::Zone;
use store::Tx;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words;

/// A person, if the actor may do this to them.
pub async fn person(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    id: PersonId,
) -> Result<(store::person::Person, Vec<(LocationId, access::facts::MembershipKind)>), Problem> {
    let person = store::person::read(tx, ctx.network(), id).await?;
    let memberships = store::person::memberships(tx, ctx.network(), id).await?;
    let locations = memberships.iter().map(|(location, _)| *location).collect();
    ctx.allow(action, &Object::Person { person: id, locations })?;
    Ok((person, memberships))
}

/// A location, if the actor may do this at it.
pub async fn location(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    id: LocationId,
) -> Result<store::location::Location, Problem> {
    let location = store::location::read(tx, ctx.network(), id).await?;
    ctx.allow(action, &Object::At(id))?;
    Ok(location)
}

/// A company, if the actor may do this to it.
pub async fn company(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    id: CompanyId,
) -> Result<store::company::Company, Problem> {
    let company = store::company::read(tx, ctx.network(), id).await?;
    ctx.allow(
        action,
        &Object::Company {
            company: id,
            location: company.details.location,
        },
    )?;
    Ok(company)
}

/// Access groups that are to be mapped by a body or a form: this network's, and where the actor may do this. Those that `stand` there
/// already may be anybody's.
pub async fn groups(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    (field, groups): (&str, &[AccessGroupId]),
    stand: &[AccessGroupId],
) -> Result<(), Problem> {
    for (at, group) in groups.iter().enumerate() {
        let group = store::group::read(tx, ctx.network(), *group)
            .await
            .map_err(Problem::at(format!("{field}.{at}")))?;
        if !stand.contains(&group.id) {
            integration(ctx, tx, action, group.integration).await?;
        }
    }
    Ok(())
}

/// A booking with the location of its resource, if the actor may do this there.
pub async fn booking(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    id: BookingId,
) -> Result<(store::booking::Booking, LocationId), Problem> {
    let booking = store::booking::read(tx, ctx.network(), id).await?;
    let location = store::resource::read(tx, ctx.network(), booking.details.resource)
        .await?
        .details
        .location;
    ctx.allow(action, &Object::At(location))?;
    Ok((booking, location))
}

/// A subscription, if the actor may do this where it is.
pub async fn subscription(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    id: SubscriptionId,
) -> Result<access::facts::Subscription, Problem> {
    let subscription = store::subscription::read(tx, ctx.network(), id).await?;
    ctx.allow(action, &Object::At(subscription.location))?;
    Ok(subscription)
}

/// An integration, if the actor may do this where it is.
pub async fn integration(
    ctx: &Ctx,
    tx: &mut Tx,
    action: Action,
    id: IntegrationId,
) -> Result<store::integration::Integration, Problem> {
    let integration = store::integration::read(tx, ctx.network(), id).await?;
    ctx.allow(action, &Object::At(integration.details.location))?;
    Ok(integration)
}

/// What an item is for, and whom it chooses, is this network's; `at` is the path of its fields.
pub async fn item(ctx: &Ctx, tx: &mut Tx, at: &str, item: &store::subscription::NewItem) -> Result<(), Problem> {
    match item.of {
        ItemOf::Plan(plan) => {
            store::plan::read(tx, ctx.network(), plan)
                .await
                .map_err(Problem::at(format!("{at}plan")))?;
        }
        ItemOf::Rental(resource) => {
            store::resource::read(tx, ctx.network(), resource)
                .await
                .map_err(Problem::at(format!("{at}resource")))?;
        }
    }
    if let Reach::Chosen(people) = &item.reach {
        for (i, person) in people.iter().enumerate() {
            store::person::read(tx, ctx.network(), *person)
                .await
                .map_err(Problem::at(format!("{at}people.{i}")))?;
        }
    }
    Ok(())
}

/// A line belongs to the location of its subscription: its days are counted in that zone, and its doors are there. The
/// sentence for one of another location; none when it fits.
pub async fn elsewhere(ctx: &Ctx, tx: &mut Tx, location: LocationId, of: ItemOf) -> Result<Option<String>, Problem> {
    let (what, there) = match of {
        ItemOf::Plan(id) => ("plan", store::plan::read(tx, ctx.network(), id).await?.details.location),
        ItemOf::Rental(id) => (
            "resource",
            store::resource::read(tx, ctx.network(), id).await?.details.location,
        ),
    };
    if there == location {
        return Ok(None);
    }
    let there = store::location::read(tx, ctx.network(), there).await?.details.name;
    let here = store::location::read(tx, ctx.network(), location).await?.details.name;
    Ok(Some(words::validation::of_another_location(what, &there, &here)))
}

/// The same, as the fault of the line's field; `at` is the path of its fields.
pub async fn fits(ctx: &Ctx, tx: &mut Tx, at: &str, location: LocationId, of: ItemOf) -> Result<(), Problem> {
    let field = match of {
        ItemOf::Plan(_) => "plan",
        ItemOf::Rental(_) => "resource",
    };
    match elsewhere(ctx, tx, location, of).await? {
        Some(say) => Err(Problem::field(format!("{at}{field}"), say)),
        None => Ok(()),
    }
}

/// The zones of a network's locations.
pub struct Zones(HashMap<LocationId, Zone>);

impl Zones {
    /// Read once for a page or an answer. A zone that is not known is left out.
    pub async fn read(ctx: &Ctx, tx: &mut Tx) -> Result<Self, Problem> {
        let locations = store::location::list(tx, ctx.network(), &store::Page::longest())
            .await?
            .rows;
        let zones = locations
            .into_iter()
            .filter_map(|at| Some((at.id, Zone::named(&at.details.zone).ok()?)));
        Ok(Self(zones.collect()))
    }

    /// Of one location.
    pub fn of(&self, location: LocationId) -> Option<&Zone> {
        self.0.get(&location)
    }
}

/// What a line opens by its plan or resource.
pub async fn inherited(ctx: &Ctx, tx: &mut Tx, of: ItemOf) -> Result<Vec<AccessGroupId>, Problem> {
    Ok(match of {
        ItemOf::Plan(id) => store::plan::read(tx, ctx.network(), id).await?.details.groups,
        ItemOf::Rental(id) => store::resource::read(tx, ctx.network(), id).await?.details.groups,
    })
}

/// What a line opens: by itself, or by its plan or resource.
pub async fn opened_by(ctx: &Ctx, tx: &mut Tx, item: &Item) -> Result<Vec<AccessGroupId>, Problem> {
    match &item.access {
        ItemAccess::Set(groups) => Ok(groups.clone()),
        ItemAccess::Inherited => inherited(ctx, tx, item.of).await,
    }
}
