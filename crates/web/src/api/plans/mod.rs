//! Plans, and what they open (P-4).

mod change;
mod create;
mod list;
mod read;

use access::id::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::plan::{Details, Period, Plan};

use crate::registry::Route;

/// Every route about plans.
pub fn routes() -> Vec<Route> {
    vec![list::route(), create::route(), read::route(), change::route()]
}

/// How often the price is due.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Period")]
enum PeriodWord {
    Day,
    Week,
    Month,
    Year,
    Once,
}

impl From<Period> for PeriodWord {
    fn from(period: Period) -> Self {
        match period {
            Period::Day => Self::Day,
            Period::Week => Self::Week,
            Period::Month => Self::Month,
            Period::Year => Self::Year,
            Period::Once => Self::Once,
        }
    }
}

impl From<PeriodWord> for Period {
    fn from(word: PeriodWord) -> Self {
        match word {
            PeriodWord::Day => Self::Day,
            PeriodWord::Week => Self::Week,
            PeriodWord::Month => Self::Month,
            PeriodWord::Year => Self::Year,
            PeriodWord::Once => Self::Once,
        }
    }
}

/// A plan.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
struct PlanShape {
    /// Its id.
    #[schemars(with = "crate::wire::PlanRef")]
    id: PlanId,
    /// Where it is sold.
    #[schemars(with = "crate::wire::LocationRef")]
    location: LocationId,
    /// As shown.
    name: String,
    /// Shown, never charged here.
    price_cents: i64,
    /// ISO 4217.
    currency: String,
    /// How often the price is due.
    period: PeriodWord,
    /// In plain words; may be empty.
    description: String,
    /// The access groups it opens, across all integrations.
    #[schemars(with = "Vec<crate::wire::GroupRef>")]
    groups: Vec<AccessGroupId>,
    /// No longer offered; running subscriptions keep what it opens.
    archived: bool,
    /// Since when it is as it is.
    #[schemars(with = "crate::wire::At")]
    updated_at: access::Instant,
}

impl From<Plan> for PlanShape {
    fn from(plan: Plan) -> Self {
        let Details {
            location,
            name,
            price_cents,
            currency,
            period,
            description,
            groups,
            archived,
        } = plan.details;
        Self {
            id: plan.id,
            location,
            name,
            price_cents,
            currency,
            period: period.into(),
            description,
            groups,
            archived,
            updated_at: plan.since,
        }
    }
}
