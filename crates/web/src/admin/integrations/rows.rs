//! An integration's groups, doors, rounds and changes as rows.

use access::Instant;
use access::change::Change;
use access::facts::Facts;
use access::id::{DoorId, RoundId};
use jiff::tz::TimeZone;
use store::group::{DoorRow, GroupRow};
use store::round::{ChangeRow, ChangeState, RoundRow, RoundState};

use super::uses::Uses;
use crate::ctx::Ctx;
use crate::words;
use crate::words::dates;
use crate::words::names::Names;

/// A group with its hygiene.
pub(super) struct Group {
    pub(super) state: &'static str,
    pub(super) name: String,
    pub(super) doors: String,
    pub(super) warnings: Vec<String>,
    pub(super) used: String,
    pub(super) replace_href: String,
}

impl Group {
    pub(super) fn of(row: &GroupRow, doors: &[DoorRow], facts: &Facts) -> Self {
        let named = |id: &DoorId| {
            doors
                .iter()
                .find(|door| door.id == *id && !door.gone)
                .map(|door| door.name.clone())
        };
        let opens: Vec<String> = row.doors.iter().filter_map(named).collect();
        let uses = Uses::of(facts, row.id).count();
        let mut warnings = row.restrictions.clone();
        if row.gone {
            warnings.insert(0, "Deleted at the vendor; it opens nothing.".to_owned());
        } else if opens.is_empty() {
            warnings.insert(
                0,
                "It opens no door. Give it one at the vendor, or do not use it.".to_owned(),
            );
        }
        let state = match (row.gone, warnings.is_empty(), uses) {
            (true, _, 0) => "quiet",
            (true, ..) => "refused",
            (false, false, _) => "attention",
            (false, true, 0) => "quiet",
            (false, true, _) => "open",
        };
        Self {
            state,
            name: row.name.clone(),
            doors: if opens.is_empty() {
                "No door".to_owned()
            } else {
                opens.join(", ")
            },
            warnings,
            used: if uses == 0 {
                "not used".to_owned()
            } else {
                format!("used in {}", words::count(uses, "place", "places"))
            },
            replace_href: if uses == 0 {
                String::new()
            } else {
                format!("/admin/integrations/{}/groups/{}/replace", row.integration, row.id)
            },
        }
    }
}

/// A door as last read.
pub(super) struct Door {
    pub(super) state: &'static str,
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) word: &'static str,
}

impl Door {
    pub(super) fn of(row: &DoorRow) -> Self {
        let (state, word) = match (row.gone, row.locked_down, row.online) {
            (true, ..) => ("quiet", "gone"),
            (false, true, _) => ("refused", "locked down"),
            (false, false, Some(true)) => ("open", "online"),
            (false, false, Some(false)) => ("attention", "offline"),
            (false, false, None) => ("quiet", "not known"),
        };
        Self {
            state,
            name: row.name.clone(),
            detail: row.restrictions.join(" "),
            word,
        }
    }
}

/// A round with its changes.
pub(super) struct Round {
    pub(super) id: RoundId,
    pub(super) state: &'static str,
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) changes: Vec<Step>,
    pub(super) when: String,
}

impl Round {
    pub(super) fn of(row: &RoundRow, names: &Names, ctx: &Ctx, zone: &TimeZone) -> Self {
        let what = match (row.person, row.cause.as_str()) {
            (Some(person), _) => format!("About {}", names.person(person)),
            (None, "reading") => "Everything, with a full reading of the vendor".to_owned(),
            (None, _) => "Everybody".to_owned(),
        };
        let count = |number: i64, one: &str, many: &str| words::count(usize::try_from(number).unwrap_or(0), one, many);
        let changes = count(row.changes, "change", "changes");
        let calls = count(row.calls, "call", "calls");
        let mut detail = format!("{changes}, {calls}");
        if !row.complete {
            detail.push_str(", not everything could be read");
        }
        if let Some(error) = &row.error {
            detail.push_str(&format!(". {error}"));
        }
        let state = match row.state {
            RoundState::Running => "scheduled",
            RoundState::Done => "open",
            RoundState::Failed => "refused",
        };
        Self {
            id: row.id,
            state,
            what,
            detail,
            changes: Vec::new(),
            when: dates::moment(row.began_at, ctx.now, zone),
        }
    }
}

/// One step at the vendor, with its receipt.
pub(super) struct Step {
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    pub(super) what: String,
    pub(super) detail: String,
}

impl Step {
    /// `effective` is when a revocation takes effect at this vendor.
    pub(super) fn of(row: &ChangeRow, names: &Names, effective: &str, (ctx, zone): (&Ctx, &TimeZone)) -> Self {
        let (state, word) = match row.state {
            ChangeState::Begun => ("scheduled", "sent"),
            ChangeState::Done => ("open", "done"),
            ChangeState::Failed => ("refused", "failed"),
            ChangeState::Unknown => ("attention", "no answer"),
        };
        let window = |window| dates::window(window, ctx.now, zone);
        let what = match &row.change {
            Change::Give {
                person,
                group,
                window: to,
                ..
            } => {
                format!(
                    "Put {} into “{}”, {}",
                    names.person(*person),
                    names.group(*group),
                    window(*to)
                )
            }
            Change::Move {
                person,
                group,
                from,
                to,
                ..
            } => format!(
                "Moved {} in “{}”: {}, before {}",
                names.person(*person),
                names.group(*group),
                window(*to),
                window(*from)
            ),
            Change::Take { person, group, .. } => {
                format!("Took {} out of “{}”", names.person(*person), names.group(*group))
            }
        };
        let takes = matches!(row.change, Change::Take { .. }) && row.state == ChangeState::Done && row.error.is_none();
        let mut detail = match (&row.error, &row.receipt) {
            (Some(error), _) => error.clone(),
            (None, Some(receipt)) => {
                let calls = words::count(receipt.calls as usize, "call", "calls");
                let already = if receipt.already { ", was so already" } else { "" };
                match &receipt.external {
                    Some(external) => format!("row {external} at the vendor, {calls}{already}"),
                    None => format!("no longer at the vendor, {calls}{already}"),
                }
            }
            (None, None) => String::new(),
        };
        if let (Some(ended_at), None) = (row.ended_at, &row.error) {
            detail.push_str(&format!(". {}", answered(row.made_at, ended_at, zone)));
        }
        if takes && !effective.is_empty() {
            detail.push_str(&format!(". {effective}"));
        }
        Self {
            state,
            word,
            what,
            detail,
        }
    }
}

/// When it was sent, to the second, and how long the vendor took: the lag that was observed.
fn answered(made_at: Instant, ended_at: Instant, zone: &TimeZone) -> String {
    let tenths = (ended_at.ms() - made_at.ms()).max(0) / 100;
    format!(
        "Sent {}, answered after {}.{} s",
        dates::time_to_the_second(made_at, zone),
        tenths / 10,
        tenths % 10
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_is_told_in_tenths_of_a_second() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let (sent, zone) = (at("2026-03-02T15:30:00.100Z"), TimeZone::get("Europe/Berlin").unwrap());
        let said = answered(sent, at("2026-03-02T15:30:00.549Z"), &zone);
        assert_eq!(said, "Sent 16:30:00, answered after 0.4 s");
        let late = answered(sent, at("2026-03-02T15:31:01.100Z"), &zone);
        assert_eq!(late, "Sent 16:30:00, answered after 61.0 s");
    }
}
