//! Companies: people join and leave them; their subscriptions reach their people.

use access::facts::Subscriber;
use access::id::*;
use serde_json::{Value, json};

use super::House;
use super::items::{Line, line};

impl House {
    /// A new company.
    pub async fn company(&self, name: &str) -> CompanyId {
        self.make("/api/v1/companies", json!({ "location": self.location, "name": name }))
            .await
    }

    /// Somebody joins from a day on.
    pub async fn join(&self, company: CompanyId, name: &str, from: &str) -> CompanyMembershipId {
        let belonging = json!({ "person": self.person(name).await, "joined_on": from });
        self.make(&format!("/api/v1/companies/{company}/members"), belonging)
            .await
    }

    /// Somebody's last day in the company.
    pub async fn leaves_after(&self, company: CompanyId, id: CompanyMembershipId, last_day: &str) {
        let path = format!("/api/v1/companies/{company}/members/{id}");
        self.api("PATCH", &path, json!({ "left_on": last_day })).await;
    }

    /// Somebody is taken out of the company at once.
    pub async fn leave(&self, company: CompanyId, id: CompanyMembershipId) {
        self.api(
            "DELETE",
            &format!("/api/v1/companies/{company}/members/{id}"),
            Value::Null,
        )
        .await;
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
