//! What an operator does: people, plans, resources, subscriptions.
//!
//! In: names as people say them. Out: the store's rows; the worker has seen them when a verb returns.
//! Always: somebody or something named for the first time is made.

use access::facts::{Date, Grace, ItemOf, MembershipKind, PersonState, ResourceKind, Subscriber};
use access::id::*;
use store::resource::OpenTo;
use store::{Page, Tx, group, person, plan, resource, subscription};

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
        self.somebody(name, Some(MembershipKind::Member)).await
    }

    /// The person of that name; here for the first time if they are new.
    pub async fn nonmember(&self, name: &str) -> PersonId {
        self.somebody(name, Some(MembershipKind::Nonmember)).await
    }

    async fn somebody(&self, name: &str, kind: Option<MembershipKind>) -> PersonId {
        let mut tx = self.tx().await;
        let known = person::list(&mut tx, self.network, &person::Filter::default(), &Page::longest()).await;
        let known = known.expect("people can be listed").rows;
        if let Some(known) = known.into_iter().find(|known| known.details.name == name) {
            return known.id;
        }
        let details = person::Details {
            name: name.to_owned(),
            email: self.email(name),
            phone: String::new(),
            cards: Vec::new(),
            state: PersonState::Active,
        };
        let id = person::create(&mut tx, &self.act(), &details)
            .await
            .expect("the person is kept");
        let set = person::set_membership(&mut tx, &self.act(), id, self.location, kind).await;
        set.expect("the membership is kept");
        self.done(tx).await;
        id
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
        let id = self.person(name).await;
        let mut tx = self.tx().await;
        person::set_state(&mut tx, &self.act(), id, state)
            .await
            .expect("the state is kept");
        self.done(tx).await;
    }

    /// Gives somebody another e-mail address.
    pub async fn change_email(&self, name: &str, email: &str) {
        let id = self.person(name).await;
        let mut tx = self.tx().await;
        let known = person::read(&mut tx, self.network, id).await.expect("they are known");
        let details = person::Details {
            email: email.to_owned(),
            ..known.details
        };
        person::change(&mut tx, &self.act(), id, &details)
            .await
            .expect("the address is kept");
        self.done(tx).await;
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
        names.iter().map(pick).collect()
    }

    /// The plan of that name opens exactly these groups.
    pub async fn plan(&self, name: &str, opens: &[&str]) -> PlanId {
        let groups = self.groups(opens).await;
        let known = self.plan_named(name).await;
        let mut tx = self.tx().await;
        let id = match known {
            Some(known) => {
                let details = plan::Details {
                    groups,
                    ..known.details
                };
                plan::change(&mut tx, &self.act(), known.id, &details)
                    .await
                    .expect("the plan is kept");
                known.id
            }
            None => {
                let details = plan::Details {
                    location: self.location,
                    name: name.to_owned(),
                    price_cents: 19_900,
                    currency: "EUR".to_owned(),
                    period: plan::Period::Month,
                    description: String::new(),
                    groups,
                    archived: false,
                };
                plan::create(&mut tx, &self.act(), &details)
                    .await
                    .expect("the plan is kept")
            }
        };
        self.done(tx).await;
        id
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
        let mut tx = self.tx().await;
        let id = match known {
            Some(known) => {
                let details = resource::Details {
                    groups,
                    ..known.details
                };
                resource::change(&mut tx, &self.act(), known.id, &details)
                    .await
                    .expect("it is kept");
                known.id
            }
            None => {
                let details = resource::Details {
                    location: self.location,
                    name: name.to_owned(),
                    kind,
                    capacity: 8,
                    groups,
                    grace: None,
                    buffer_minutes: 0,
                    min_minutes: 15,
                    max_minutes: 24 * 60,
                    step_minutes: 15,
                    opening_hours: None,
                    book_by: OpenTo::Public,
                    see_by: OpenTo::Public,
                    approval: false,
                    confirmation: String::new(),
                    archived: false,
                };
                resource::create(&mut tx, &self.act(), &details)
                    .await
                    .expect("it is kept")
            }
        };
        self.done(tx).await;
        id
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
        let grace = Some(Grace {
            before_minutes,
            after_minutes,
        });
        let details = resource::Details { grace, ..known.details };
        let mut tx = self.tx().await;
        resource::change(&mut tx, &self.act(), known.id, &details)
            .await
            .expect("it is kept");
        self.done(tx).await;
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
        let item = self.item(line).await;
        let new = subscription::NewSubscription {
            location: self.location,
            of,
            starts_on: date(from),
            ends_on: until.map(date),
            items: vec![item],
        };
        let mut tx = self.tx().await;
        let id = subscription::create(&mut tx, &self.act(), &new)
            .await
            .expect("the subscription is kept");
        self.done(tx).await;
        id
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
        let mut tx = self.tx().await;
        let changed = subscription::change_dates(&mut tx, &self.act(), id, date(from), until.map(date)).await;
        changed.expect("the dates are kept");
        self.done(tx).await;
    }

    /// Cancels a subscription with effect from now.
    pub async fn cancel_subscription(&self, id: SubscriptionId) {
        let mut tx = self.tx().await;
        let now = self.now();
        subscription::cancel(&mut tx, &self.act(), id, Some(now))
            .await
            .expect("the cancellation is kept");
        self.done(tx).await;
    }
}

/// A day as people write it.
pub fn date(said: &str) -> Date {
    said.parse().unwrap_or_else(|why| panic!("“{said}” is no date: {why}"))
}
