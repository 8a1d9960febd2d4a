//! Lines of subscriptions: what they are for, what they open, whom they reach.

use access::facts::{ItemOf, Reach};
use access::id::*;
use serde_json::{Value, json};
use store::subscription;

use super::House;

/// A line, as a scene says it.
#[derive(Clone)]
pub struct Line<'a> {
    of: &'a str,
    opens: Option<&'a [&'a str]>,
    reach: Reach,
}

/// A line for a plan or a rental, with the access these give, for everybody.
pub fn line(of: &str) -> Line<'_> {
    Line {
        of,
        opens: None,
        reach: Reach::Everyone,
    }
}

impl<'a> Line<'a> {
    /// It opens exactly these groups instead.
    pub fn opening(self, groups: &'a [&'a str]) -> Self {
        Self {
            opens: Some(groups),
            ..self
        }
    }

    /// It reaches only these.
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }
}

impl House {
    /// The line as the API takes it.
    pub(super) async fn item(&self, line: Line<'_>) -> Value {
        let mut item = match self.item_of(line.of).await {
            ItemOf::Plan(plan) => json!({ "plan": plan }),
            ItemOf::Rental(resource) => json!({ "resource": resource }),
        };
        if let Some(groups) = line.opens {
            item["groups"] = json!(self.groups(groups).await);
        }
        match line.reach {
            Reach::Everyone => {}
            Reach::Chosen(people) => {
                item["reach"] = json!("chosen");
                item["people"] = json!(people);
            }
            Reach::BookedToday => item["reach"] = json!("booked_today"),
        }
        item
    }

    /// Replaces the first line of a subscription.
    pub async fn change_line(&self, id: SubscriptionId, line: Line<'_>) {
        let item = self.item(line).await;
        let mut tx = self.store().read().await.expect("the database answers");
        let known = subscription::read(&mut tx, self.network, id)
            .await
            .expect("it is known");
        drop(tx);
        self.api(
            "PUT",
            &format!("/api/v1/subscriptions/{id}/items/{}", known.items[0].id),
            item,
        )
        .await;
    }
}
