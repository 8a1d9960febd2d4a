//! How subscriptions and items look in the API.

use access::facts::{Date, Item, ItemAccess, ItemOf, Reach, Subscriber, Subscription};
use access::id::*;
use access::{Instant, zone::Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::subscription::NewItem;

use crate::problem::Problem;

/// Where a subscription stands at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SubscriptionState")]
pub(super) enum StateWord {
    Scheduled,
    Active,
    Ended,
    Cancelled,
}

impl StateWord {
    fn of(subscription: &Subscription, zone: Option<&Zone>, now: Instant) -> Self {
        let begun = zone.is_none_or(|zone| zone.day_start(subscription.starts_on) <= now);
        let over = zone
            .zip(subscription.ends_on)
            .is_some_and(|(zone, last)| zone.day_end(last) <= now);
        match subscription.cancelled_at {
            Some(at) if at <= now => Self::Cancelled,
            _ if over => Self::Ended,
            _ if begun => Self::Active,
            _ => Self::Scheduled,
        }
    }
}

/// A subscription.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Subscription")]
pub(super) struct SubscriptionShape {
    /// Its id.
    #[schemars(with = "crate::wire::SubscriptionRef")]
    id: SubscriptionId,
    /// The location whose zone its dates are read in.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// The person whose it is, or null.
    #[schemars(with = "Option<crate::wire::PersonRef>")]
    person: Option<PersonId>,
    /// The company whose it is, or null.
    #[schemars(with = "Option<crate::wire::CompanyRef>")]
    company: Option<CompanyId>,
    /// First day.
    #[schemars(with = "crate::wire::Day")]
    starts_on: Date,
    /// Last day, inclusive; null is open-ended.
    #[schemars(with = "Option<crate::wire::Day>")]
    ends_on: Option<Date>,
    /// Cancelled with effect from this instant.
    #[schemars(with = "Option<crate::wire::At>")]
    cancelled_at: Option<Instant>,
    /// Where it stands at the moment.
    state: StateWord,
    /// Its lines.
    items: Vec<ItemShape>,
}

impl SubscriptionShape {
    /// At a moment, in its location's zone.
    pub(super) fn of(subscription: Subscription, zone: Option<&Zone>, now: Instant) -> Self {
        let state = StateWord::of(&subscription, zone, now);
        let (person, company) = match subscription.of {
            Subscriber::Person(person) => (Some(person), None),
            Subscriber::Company(company) => (None, Some(company)),
        };
        Self {
            id: subscription.id,
            location: subscription.location,
            person,
            company,
            starts_on: subscription.starts_on,
            ends_on: subscription.ends_on,
            cancelled_at: subscription.cancelled_at,
            state,
            items: subscription.items.into_iter().map(Into::into).collect(),
        }
    }
}

/// One line of a subscription.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Item")]
pub(super) struct ItemShape {
    /// Its id.
    #[schemars(with = "crate::wire::ItemRef")]
    id: ItemId,
    /// The plan, or null for a rental.
    #[schemars(with = "Option<crate::wire::PlanRef>")]
    plan: Option<PlanId>,
    /// The rented resource, or null for a plan.
    #[schemars(with = "Option<crate::wire::ResourceRef>")]
    resource: Option<ResourceId>,
    /// Its own access groups; null inherits those of the plan or resource.
    #[schemars(with = "Option<Vec<crate::wire::GroupRef>>")]
    groups: Option<Vec<AccessGroupId>>,
    /// Whom it reaches, when the subscription is a company's.
    reach: ReachWord,
    /// The chosen people, when the reach is chosen.
    #[schemars(with = "Vec<crate::wire::PersonRef>")]
    people: Vec<PersonId>,
}

/// Whom a company's item reaches (P-21).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Reach")]
pub(super) enum ReachWord {
    Everyone,
    Chosen,
    BookedToday,
}

impl From<Item> for ItemShape {
    fn from(item: Item) -> Self {
        let (plan, resource) = match item.of {
            ItemOf::Plan(plan) => (Some(plan), None),
            ItemOf::Rental(resource) => (None, Some(resource)),
        };
        let groups = match item.access {
            ItemAccess::Inherited => None,
            ItemAccess::Set(groups) => Some(groups),
        };
        let (reach, people) = match item.reach {
            Reach::Everyone => (ReachWord::Everyone, Vec::new()),
            Reach::Chosen(people) => (ReachWord::Chosen, people),
            Reach::BookedToday => (ReachWord::BookedToday, Vec::new()),
        };
        Self {
            id: item.id,
            plan,
            resource,
            groups,
            reach,
            people,
        }
    }
}

/// A line to be: a plan or a rental.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewItem")]
pub(super) struct NewItemShape {
    /// The plan.
    #[schemars(with = "Option<crate::wire::PlanRef>")]
    plan: Option<PlanId>,
    /// The resource to rent.
    #[schemars(with = "Option<crate::wire::ResourceRef>")]
    resource: Option<ResourceId>,
    /// Its own access groups; those of the plan or resource when left out or null.
    #[schemars(with = "Option<Vec<crate::wire::GroupRef>>", length(max = 100))]
    pub(super) groups: Option<Vec<AccessGroupId>>,
    /// Whom it reaches, when the subscription is a company's; everyone when left out.
    reach: Option<ReachWord>,
    /// The chosen people, when the reach is chosen.
    #[serde(default)]
    #[schemars(with = "Vec<crate::wire::PersonRef>", length(max = 500))]
    people: Vec<PersonId>,
}

impl NewItemShape {
    /// As the store takes it; `at` is the path of its fields.
    pub(super) fn checked(self, at: &str) -> Result<NewItem, Problem> {
        let of = match (self.plan, self.resource) {
            (Some(plan), None) => ItemOf::Plan(plan),
            (None, Some(resource)) => ItemOf::Rental(resource),
            _ => {
                return Err(Problem::field(
                    format!("{at}plan"),
                    "Name either a plan or a resource to rent.",
                ));
            }
        };
        let reach = match self.reach.unwrap_or(ReachWord::Everyone) {
            ReachWord::Everyone => Reach::Everyone,
            ReachWord::Chosen => Reach::Chosen(self.people.clone()),
            ReachWord::BookedToday => Reach::BookedToday,
        };
        if !self.people.is_empty() && !matches!(reach, Reach::Chosen(_)) {
            return Err(Problem::field(
                format!("{at}people"),
                "People are named only when the reach is “chosen”.",
            ));
        }
        let access = self.groups.map_or(ItemAccess::Inherited, ItemAccess::Set);
        Ok(NewItem { of, access, reach })
    }
}
