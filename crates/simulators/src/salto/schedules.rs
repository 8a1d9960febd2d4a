//! The endpoints of time schedules (contract §5.8); what a schedule means is in `hours`.
//!
//! Doors learn of a schedule later than of a member. A change is the old one's end and a new one's beginning.

use super::ask::{Ask, Refusal, Reply};
use super::groups::{changeable, readable};
use super::hours::Hours;
use super::listing;
use super::rows::{Id, Schedule, Span};
use super::state::World;
use crate::wire::Out;

pub(super) fn list(world: &World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    readable(world, ask, site, group)?;
    let rows = of_group(world, group).map(|row| row.hours.shown(&row.id)).collect();
    listing::list(world, ask, rows, &["id", "start_date", "end_date"])
}

pub(super) fn create(world: &mut World, ask: &Ask<'_>, site: &str, group: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let hours = Hours::read(&ask.body)?;
    let from_ms = world.schedules_roll_out_ms();
    let id = add(world, group, hours.clone(), from_ms);
    Ok(Out::json(201, &hours.shown(&id)))
}

pub(super) fn change(world: &mut World, ask: &Ask<'_>, site: &str, group: &str, id: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let hours = Hours::read(&ask.body)?;
    let doors_ms = world.schedules_roll_out_ms();
    end(world, group, id, doors_ms)?;
    world.schedules.push(Schedule {
        id: id.to_owned(),
        group: group.to_owned(),
        hours: hours.clone(),
        listed: true,
        span: Span::from(doors_ms),
    });
    Ok(Out::json(200, &hours.shown(id)))
}

pub(super) fn delete(world: &mut World, ask: &Ask<'_>, site: &str, group: &str, id: &str) -> Reply {
    changeable(world, ask, site, group)?;
    let doors_ms = world.schedules_roll_out_ms();
    end(world, group, id, doors_ms)?;
    Ok(Out::empty(204))
}

/// The schedules listed of a group.
pub(super) fn of_group<'a>(world: &'a World, group: &'a str) -> impl Iterator<Item = &'a Schedule> {
    world
        .schedules
        .iter()
        .filter(move |row| row.listed && row.group == group)
}

/// A new schedule; doors go by it from `from_ms` on.
pub(super) fn add(world: &mut World, group: &str, hours: Hours, from_ms: i64) -> Id {
    let id = world.new_id();
    world.schedules.push(Schedule {
        id: id.clone(),
        group: group.to_owned(),
        hours,
        listed: true,
        span: Span::from(from_ms),
    });
    id
}

fn end(world: &mut World, group: &str, id: &str, until_ms: i64) -> Result<(), Refusal> {
    let row = world
        .schedules
        .iter_mut()
        .find(|row| row.listed && row.group == group && row.id == id)
        .ok_or_else(|| Refusal::absent("Time schedule"))?;
    row.listed = false;
    row.span.until_ms = Some(until_ms);
    Ok(())
}
