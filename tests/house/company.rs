//! Companies: people join and leave them; their subscriptions reach their people.

use access::facts::Subscriber;
use access::id::*;
use store::company;

use super::House;
use super::acts::date;
use super::items::{Line, line};

impl House {
    /// A new company.
    pub async fn company(&self, name: &str) -> CompanyId {
        let details = company::Details {
            location: self.location,
            name: name.to_owned(),
        };
        let mut tx = self.tx().await;
        let id = company::create(&mut tx, &self.act(), &details)
            .await
            .expect("the company is kept");
        self.done(tx).await;
        id
    }

    /// Somebody joins from a day on.
    pub async fn join(&self, company: CompanyId, name: &str, from: &str) -> CompanyMembershipId {
        let person = self.person(name).await;
        let mut tx = self.tx().await;
        let joined = company::join(&mut tx, &self.act(), company, person, date(from), None).await;
        self.done(tx).await;
        joined.expect("joining is kept")
    }

    /// Somebody's last day in the company.
    pub async fn leaves_after(&self, id: CompanyMembershipId, from: &str, last_day: &str) {
        let mut tx = self.tx().await;
        let left = company::change_dates(&mut tx, &self.act(), id, date(from), Some(date(last_day))).await;
        left.expect("leaving is kept");
        self.done(tx).await;
    }

    /// Somebody is taken out of the company at once.
    pub async fn leave(&self, id: CompanyMembershipId) {
        let mut tx = self.tx().await;
        company::remove(&mut tx, &self.act(), id)
            .await
            .expect("leaving is kept");
        self.done(tx).await;
    }

    /// Subscribes a company.
    pub async fn subscribe_company(&self, company: CompanyId, to: &str, from: &str) -> SubscriptionId {
        self.subscribe_company_to(company, line(to), from).await
    }

    /// The same with a line that says more.
    pub async fn subscribe_company_to(&self, company: CompanyId, line: Line<'_>, from: &str) -> SubscriptionId {
        self.subscribe_as(Subscriber::Company(company), line, from, None).await
    }
}
