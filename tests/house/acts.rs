//! What an operator does: people, plans, resources, subscriptions.
//!
//! In: names as people say them. Out: calls of the API; the worker has followed when a verb returns.
//! Always: somebody or something named for the first time is made.

use std::collections::BTreeSet;

use access::facts::{ItemOf, MembershipKind, PersonState, ResourceKind, Subscriber};
use access::id::*;
use serde_json::{Value, json};
use store::{Page, Tx, group, person, plan, resource};

use super::House;
use super::items::{Line, line};

impl House {
    /// A transaction to write in.
    pub async fn tx(&self) -> Tx {
        self.store().write().await.expect("the database answers")
    }

    /// Makes it durable and lets the worker follow.
    pub async fn done(&self, tx: Tx) {
        tx.commit().await.expect("it is durable");
        self.settle().await;
    }

    /// The plans and rooms every scene knows.
    pub(super) async fn furnish(&self) {
        self.plan("Flex desk", &["Members"]).await;
        self.plan("Club", &[]).await;
        self.resource("Lagoon", ResourceKind::Room, &["Room Lagoon"]).await;
        self.resource("Beacon", ResourceKind::Room, &["Room Beacon"]).await;
        self.resource("Parking A", ResourceKind::Parking, &["Garage"]).await;
    }

    /// An address for a name.
    pub fn email(&self, name: &str) -> String {
        format!("{}@members.example", name.to_lowercase().replace(' ', "."))
    }

    /// The person of that name; a member from now on if they are new.
    pub async fn person(&self, name: &str) -> PersonId {
        self.somebody(name, MembershipKind::Member).await
    }

    /// The person of that name; here for the first time if they are new.
    pub async fn nonmember(&self, name: &str) -> PersonId {
        self.somebody(name, MembershipKind::Nonmember).await
    }

    async fn somebody(&self, name: &str, kind: MembershipKind) -> PersonId {
        let mut tx = self.store().read().await.expect("the database answers");
        let known = person::list(&mut tx, self.network, &person::Filter::default(), &Page::longest()).await;
        let known = known.expect("people can be listed").rows;
        if let Some(known) = known.into_iter().find(|known| known.details.name == name) {
            return known.id;
        }
        drop(tx);
        let memberships = json!([{ "location": self.location, "kind": kind }]);
        let new = json!({ "name": name, "email": self.email(name), "state": "active", "memberships": memberships });
        self.make("/api/v1/people", new).await
    }

    /// Suspends somebody.
    pub async fn suspend(&self, name: &str) {
        self.set_state(name, PersonState::Suspended).await;
    }

    /// Takes a suspension back.
    pub async fn reinstate(&self, name: &str) {
        self.set_state(name, PersonState::Active).await;
    }

    /// Removes somebody for good.
    pub async fn remove(&self, name: &str) {
        self.set_state(name, PersonState::Removed).await;
    }

    async fn set_state(&self, name: &str, state: PersonState) {
        self.change_person(name, json!({ "state": state })).await;
    }

    /// Gives somebody another e-mail address.
    pub async fn change_email(&self, name: &str, email: &str) {
        self.change_person(name, json!({ "email": email })).await;
    }

    async fn change_person(&self, name: &str, change: Value) {
        let id = self.person(name).await;
        self.api("PATCH", &format!("/api/v1/people/{id}"), change).await;
    }

    /// Our ids of the vendor's groups of these names, as an operator picks them from the list.
    pub async fn groups(&self, names: &[&str]) -> Vec<AccessGroupId> {
        let mut tx = self.store().read().await.expect("the database answers");
        let known = group::list(&mut tx, self.network, self.integration)
            .await
            .expect("groups were read");
        let pick = |name: &&str| {
            let found = known.iter().rfind(|group| group.name == **name && !group.gone);
            found.unwrap_or_else(|| panic!("the vendor has no group “{name}”")).id
        };
        let names: BTreeSet<&str> = names.iter().flat_map(|name| self.twin.groups_of(name)).collect();
        names.iter().map(pick).collect()
    }

    /// The plan of that name opens exactly these groups.
    pub async fn plan(&self, name: &str, opens: &[&str]) -> PlanId {
        let groups = self.groups(opens).await;
        let known = self.plan_named(name).await;
        let Some(known) = known else {
            let new = json!({ "location": self.location, "name": name, "price_cents": 19_900, "groups": groups });
            return self.make("/api/v1/plans", new).await;
        };
        self.api(
            "PATCH",
            &format!("/api/v1/plans/{}", known.id),
            json!({ "groups": groups }),
        )
        .await;
        known.id
    }

    async fn plan_named(&self, name: &str) -> Option<plan::Plan> {
        let mut tx = self.store().read().await.expect("the database answers");
        let known = plan::list(&mut tx, self.network, &plan::Filter::default(), &Page::longest()).await;
        known
            .expect("plans can be listed")
            .rows
            .into_iter()
            .find(|plan| plan.details.name == name)
    }

    /// The resource of that name opens exactly these groups.
    pub async fn resource(&self, name: &str, kind: ResourceKind, opens: &[&str]) -> ResourceId {
        let groups = self.groups(opens).await;
        let known = self.resource_named(name).await;
        let Some(known) = known else {
            let new = json!({ "location": self.location, "name": name, "kind": kind, "capacity": 8, "groups": groups });
            return self.make("/api/v1/resources", new).await;
        };
        self.api(
            "PATCH",
            &format!("/api/v1/resources/{}", known.id),
            json!({ "groups": groups }),
        )
        .await;
        known.id
    }

    /// The resource of that name.
    pub async fn resource_named(&self, name: &str) -> Option<resource::Resource> {
        let mut tx = self.store().read().await.expect("the database answers");
        let known = resource::list(&mut tx, self.network, &resource::Filter::default(), &Page::longest()).await;
        known
            .expect("they can be listed")
            .rows
            .into_iter()
            .find(|resource| resource.details.name == name)
    }

    /// The resource gets minutes of its own around bookings.
    pub async fn grace(&self, name: &str, before_minutes: i64, after_minutes: i64) {
        let known = self.resource_named(name).await.expect("it is known");
        let grace = json!({ "before_minutes": before_minutes, "after_minutes": after_minutes });
        self.api(
            "PATCH",
            &format!("/api/v1/resources/{}", known.id),
            json!({ "grace": grace }),
        )
        .await;
    }

    /// Subscribes somebody to a plan, or to a rental where the name is a resource's, from a day on, until a last day if one is said.
    pub async fn subscribe(&self, name: &str, to: &str, from: &str, until: Option<&str>) -> SubscriptionId {
        let of = Subscriber::Person(self.person(name).await);
        self.subscribe_as(of, line(to), from, until).await
    }

    /// The same with a line that says more.
    pub async fn subscribe_as(
        &self,
        of: Subscriber,
        line: Line<'_>,
        from: &str,
        until: Option<&str>,
    ) -> SubscriptionId {
        let mut new = json!({
            "location": self.location,
            "starts_on": from,
            "ends_on": until,
            "items": [self.item(line).await],
        });
        match of {
            Subscriber::Person(person) => new["person"] = json!(person),
            Subscriber::Company(company) => new["company"] = json!(company),
        }
        self.make("/api/v1/subscriptions", new).await
    }

    /// What a name is for.
    pub(super) async fn item_of(&self, name: &str) -> ItemOf {
        if let Some(plan) = self.plan_named(name).await {
            return ItemOf::Plan(plan.id);
        }
        let resource = self.resource_named(name).await;
        ItemOf::Rental(
            resource
                .unwrap_or_else(|| panic!("“{name}” is neither plan nor resource"))
                .id,
        )
    }

    /// Gives a subscription other days.
    pub async fn change_dates(&self, id: SubscriptionId, from: &str, until: Option<&str>) {
        let days = json!({ "starts_on": from, "ends_on": until });
        self.api("PATCH", &format!("/api/v1/subscriptions/{id}"), days).await;
    }

    /// Cancels a subscription with effect from now.
    pub async fn cancel_subscription(&self, id: SubscriptionId) {
        self.api("POST", &format!("/api/v1/subscriptions/{id}/cancel"), json!({}))
            .await;
    }
}
