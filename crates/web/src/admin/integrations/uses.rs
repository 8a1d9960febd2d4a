//! Where an access group is used: plans, resources, and lines of subscriptions with access of their own.

use access::facts::{Facts, Item, ItemAccess, Subscription};
use access::id::{AccessGroupId, PlanId, ResourceId};

/// Everything that names a group.
#[derive(Default)]
pub(super) struct Uses<'f> {
    pub(super) plans: Vec<(PlanId, &'f str)>,
    pub(super) resources: Vec<(ResourceId, &'f str)>,
    pub(super) items: Vec<(&'f Subscription, &'f Item)>,
}

impl<'f> Uses<'f> {
    /// Of one group, in a network's facts.
    pub(super) fn of(facts: &'f Facts, group: AccessGroupId) -> Self {
        let plans = facts.plans.iter().filter(|plan| plan.groups.contains(&group));
        let resources = facts.resources.iter().filter(|thing| thing.groups.contains(&group));
        let mut items = Vec::new();
        for subscription in &facts.subscriptions {
            for item in &subscription.items {
                if matches!(&item.access, ItemAccess::Set(groups) if groups.contains(&group)) {
                    items.push((subscription, item));
                }
            }
        }
        Self {
            plans: plans.map(|plan| (plan.id, plan.name.as_str())).collect(),
            resources: resources.map(|thing| (thing.id, thing.name.as_str())).collect(),
            items,
        }
    }

    /// In how many places.
    pub(super) fn count(&self) -> usize {
        self.plans.len() + self.resources.len() + self.items.len()
    }
}
