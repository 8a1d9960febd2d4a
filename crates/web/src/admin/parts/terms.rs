//! Where a subscription stands, by the span that decisions use for it (P-20).

use access::facts::{Facts, Location as Site, Subscriber, Subscription};
use access::index::Index;
use access::{Instant, Window};
use store::location::Location;

/// Where a subscription stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Term {
    /// Starts later.
    Scheduled,
    /// Runs.
    Active,
    /// Its last day is over.
    Ended,
    /// Cancelled, and that instant has come.
    Cancelled,
}

impl Term {
    /// Each with the word of its filter and its name.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Active, "active", "Active"),
        (Self::Scheduled, "scheduled", "Scheduled"),
        (Self::Ended, "ended", "Ended"),
        (Self::Cancelled, "cancelled", "Cancelled"),
    ];

    /// The pill.
    pub(crate) const fn pill(self) -> (&'static str, &'static str) {
        match self {
            Self::Scheduled => ("scheduled", "Scheduled"),
            Self::Active => ("open", "Active"),
            Self::Ended => ("quiet", "Ended"),
            Self::Cancelled => ("refused", "Cancelled"),
        }
    }

    /// Can it still open something, now or later?
    pub(crate) const fn is_alive(self) -> bool {
        matches!(self, Self::Scheduled | Self::Active)
    }

    /// Of a subscription at its location.
    pub(crate) fn of(subscription: &Subscription, location: Option<&Location>, now: Instant) -> Self {
        if subscription.cancelled_at.is_some_and(|at| at <= now) {
            return Self::Cancelled;
        }
        match span(subscription, location) {
            Some(span) if span.from > now => Self::Scheduled,
            Some(span) if span.until > now => Self::Active,
            Some(_) | None => Self::Ended,
        }
    }
}

fn span(subscription: &Subscription, location: Option<&Location>) -> Option<Window> {
    let site = location.map(|one| Site {
        id: one.id,
        name: one.details.name.clone(),
        zone: one.details.zone.clone(),
        grace: one.details.grace,
    });
    let facts = Facts {
        locations: site.into_iter().collect(),
        subscriptions: vec![subscription.clone()],
        ..Facts::default()
    };
    let index = Index::new(&facts);
    match subscription.of {
        Subscriber::Person(person) => index.personal(person).first().and_then(|(_, contract)| contract.span),
        Subscriber::Company(company) => index.company(company).first().and_then(|(_, contract)| contract.span),
    }
}
