//! Lines of subscriptions: what they are for, what they open, whom they reach.

use access::facts::{ItemAccess, Reach};
use access::id::*;
use store::subscription::{self, NewItem};

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
    pub(super) async fn item(&self, line: Line<'_>) -> NewItem {
        let access = match line.opens {
            Some(groups) => ItemAccess::Set(self.groups(groups).await),
            None => ItemAccess::Inherited,
        };
        NewItem {
            of: self.item_of(line.of).await,
            access,
            reach: line.reach,
        }
    }

    /// Replaces the first line of a subscription.
    pub async fn change_line(&self, id: SubscriptionId, line: Line<'_>) {
        let item = self.item(line).await;
        let mut tx = self.tx().await;
        let known = subscription::read(&mut tx, self.network, id)
            .await
            .expect("it is known");
        let changed = subscription::change_item(&mut tx, &self.act(), id, known.items[0].id, &item).await;
        changed.expect("the line is kept");
        self.done(tx).await;
    }
}
