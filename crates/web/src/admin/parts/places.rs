//! The locations an operator acts at, with their zones.

use access::id::LocationId;
use jiff::tz::TimeZone;
use store::location::Location;
use store::{Page, Tx};

use super::choice::Choice;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words::dates;

/// Locations the actor acts at, oldest first.
pub(crate) struct Places {
    /// All of them.
    pub all: Vec<Location>,
    chosen: Option<LocationId>,
}

impl Places {
    /// Reads them; the operator's choice counts when they act there.
    pub(crate) async fn read(tx: &mut Tx, ctx: &Ctx) -> Result<Self, Problem> {
        let listed = store::location::list(tx, ctx.network(), &Page::longest()).await?;
        let all: Vec<Location> = listed
            .rows
            .into_iter()
            .filter(|one| ctx.actor.acts_at(one.id))
            .collect();
        let chosen = ctx.location.filter(|id| all.iter().any(|one| one.id == *id));
        Ok(Self { all, chosen })
    }

    /// The one that was chosen in the corner, if one was.
    pub(crate) fn chosen(&self) -> Option<LocationId> {
        self.chosen
    }

    /// The chosen one, else the first.
    pub(crate) fn home(&self) -> Option<&Location> {
        self.chosen.and_then(|id| self.one(id)).or_else(|| self.all.first())
    }

    /// One of them.
    pub(crate) fn one(&self, id: LocationId) -> Option<&Location> {
        self.all.iter().find(|one| one.id == id)
    }

    /// Its name.
    pub(crate) fn name(&self, id: LocationId) -> &str {
        self.one(id).map_or("another location", |one| &one.details.name)
    }

    /// Its zone.
    pub(crate) fn zone(&self, id: LocationId) -> TimeZone {
        self.one(id).map_or(TimeZone::UTC, |one| dates::zone(&one.details.zone))
    }

    /// The zone of [`Self::home`].
    pub(crate) fn home_zone(&self) -> TimeZone {
        self.home().map_or(TimeZone::UTC, |one| dates::zone(&one.details.zone))
    }

    /// "Lisbon time", where there are several zones; else nothing.
    pub(crate) fn zone_words(&self, id: LocationId) -> String {
        let several = self.all.iter().any(|one| one.details.zone != self.all[0].details.zone);
        self.one(id)
            .filter(|_| several)
            .map_or_else(String::new, |one| dates::zone_words(&one.details.zone))
    }

    /// The same, but only where it is not the zone of [`Self::home`], in which the page says its times.
    pub(crate) fn other_zone_words(&self, id: LocationId) -> String {
        let same = self
            .one(id)
            .zip(self.home())
            .is_some_and(|(one, home)| one.details.zone == home.details.zone);
        if same { String::new() } else { self.zone_words(id) }
    }

    /// For a select.
    pub(crate) fn options(&self, selected: Option<LocationId>) -> Vec<Choice> {
        let selected = selected.or_else(|| self.home().map(|one| one.id));
        self.all
            .iter()
            .map(|one| Choice::new(one.id, &one.details.name).selected(Some(one.id) == selected))
            .collect()
    }

    /// In the order of pages: this one first.
    pub(crate) fn with_first(&self, first: Option<LocationId>) -> Vec<&Location> {
        let mut all: Vec<&Location> = self.all.iter().collect();
        all.sort_by_key(|one| Some(one.id) != first);
        all
    }
}
