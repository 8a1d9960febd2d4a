//! A bookable thing with everything that booking it needs, as stored → as `access::booking` asks for it.
//!
//! Why so: the one place where stored rows become [`Rules`]; pages, programs and mails read the same.
//! Always: a schedule that was never set is always open. A resource without weekly hours of its own has its location's; the
//! days its location is closed are closed for it too.

use access::booking::{BookBy, Rules};
use access::facts::Grace;
use access::id::*;
use access::schedule::Schedule;
use access::zone::Zone;
use jiff::tz::TimeZone;
use store::Tx;
use store::location::Location;
use store::resource::{OpenTo, Resource};

use crate::problem::Problem;
use crate::words::dates;

/// A resource with its location and the rules for booking it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The resource.
    pub resource: Resource,
    /// Where it stands.
    pub location: Location,
    /// That location's zone.
    pub zone: Zone,
    /// What binds members.
    pub rules: Rules,
}

impl Place {
    /// Reads a resource with everything that booking it needs.
    pub async fn read(tx: &mut Tx, network: NetworkId, resource: ResourceId) -> Result<Self, Problem> {
        let resource = store::resource::read(tx, network, resource).await?;
        let location = store::location::read(tx, network, resource.details.location).await?;
        let zone = Zone::named(&location.details.zone).map_err(|error| {
            Problem::conflict(format!(
                "The location's time zone cannot be read: {error}. Set it in Settings."
            ))
        })?;
        let rules = rules(&resource, &location);
        Ok(Self {
            resource,
            location,
            zone,
            rules,
        })
    }

    /// The zone for words.
    pub fn tz(&self) -> TimeZone {
        dates::zone(&self.location.details.zone)
    }

    /// The minutes around bookings: its own, else its location's (P-22).
    pub fn grace(&self) -> Grace {
        self.resource.details.grace.unwrap_or(self.location.details.grace)
    }
}

fn rules(resource: &Resource, location: &Location) -> Rules {
    let of = &resource.details;
    Rules {
        location: of.location,
        archived: of.archived,
        book_by: match of.book_by {
            OpenTo::Nobody => BookBy::Staff,
            OpenTo::Members => BookBy::Members,
            OpenTo::NetworkMembers => BookBy::NetworkMembers,
            OpenTo::Public => BookBy::Public,
        },
        min_minutes: of.min_minutes,
        max_minutes: (of.max_minutes > 0).then_some(of.max_minutes),
        step_minutes: of.step_minutes,
        buffer_minutes: of.buffer_minutes,
        hours: hours(of.opening_hours.as_ref(), &location.details.opening_hours),
        approval: of.approval,
    }
}

fn hours(own: Option<&serde_json::Value>, of_location: &serde_json::Value) -> Schedule {
    let mut of_location = schedule(Some(of_location));
    let Some(own) = own else { return of_location };
    let mut own = schedule(Some(own));
    if own.hours.is_empty() {
        own.hours = of_location.hours;
    }
    own.closures.append(&mut of_location.closures);
    own
}

/// A schedule as it was kept; never set, or kept by another version, is always open, which takes nothing from anybody.
pub fn schedule(kept: Option<&serde_json::Value>) -> Schedule {
    let kept = kept.filter(|value| !value.is_null());
    let read = kept.map(|value| serde_json::from_value(value.clone()));
    read.and_then(|read| {
        read.inspect_err(|error| tracing::warn!(%error, "opening hours cannot be read and count as always open"))
            .ok()
    })
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hours_that_were_never_set_are_always_open() {
        assert_eq!(schedule(None), Schedule::default());
        assert_eq!(schedule(Some(&serde_json::Value::Null)), Schedule::default());
        assert_eq!(hours(None, &serde_json::Value::Null), Schedule::default());
    }

    #[test]
    fn a_room_with_its_own_hours_is_closed_when_its_location_is() {
        let monday = |from: u16, until: u16| json!({ "day": "monday", "from_minute": from, "until_minute": until });
        let holiday = json!({ "from_on": "2026-12-24", "until_on": "2026-12-26" });
        let repair = json!({ "from_on": "2026-05-04", "until_on": "2026-05-04" });
        let of_location = json!({ "hours": [monday(540, 1080)], "closures": [holiday] });
        let own = json!({ "hours": [monday(600, 720)], "closures": [repair] });
        let both = schedule(Some(
            &json!({ "hours": [monday(600, 720)], "closures": [repair, holiday] }),
        ));
        assert_eq!(hours(Some(&own), &of_location), both);
        assert_eq!(hours(None, &of_location), schedule(Some(&of_location)));
        let repaired = schedule(Some(
            &json!({ "hours": [monday(540, 1080)], "closures": [repair, holiday] }),
        ));
        let only_closed = json!({ "hours": [], "closures": [repair] });
        assert_eq!(
            hours(Some(&only_closed), &of_location),
            repaired,
            "closed days alone keep the location's week"
        );
    }
}
