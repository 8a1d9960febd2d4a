//! Between a resource's details and the fields of its form.

use access::booking::LONGEST_MINUTES;
use access::facts::{Grace, ResourceKind};
use access::id::{AccessGroupId, LocationId};
use store::resource::{Details, OpenTo};

use crate::admin::parts::{hours, states};
use crate::book::place;
use crate::fields::Fields;

/// Who may: the word, the value, its name, what it means.
pub(super) const OPEN_TO: [(&str, OpenTo, &str, &str); 4] = [
    (
        "members",
        OpenTo::Members,
        "Members of its location",
        "The usual choice",
    ),
    (
        "network_members",
        OpenTo::NetworkMembers,
        "Members of any location",
        "Of the whole network",
    ),
    ("public", OpenTo::Public, "Everybody", "Nonmembers too"),
    (
        "nobody",
        OpenTo::Nobody,
        "Only you and your team",
        "On somebody’s behalf",
    ),
];

/// A new resource, as one would begin.
pub(super) fn empty() -> Fields {
    Fields::of([
        ("kind", "room"),
        ("capacity", "1"),
        ("book_by", "members"),
        ("see_by", "members"),
        ("min_minutes", "30"),
        ("max_minutes", "480"),
        ("step_minutes", "15"),
        ("buffer_minutes", "0"),
    ])
}

/// What is stored, as typed.
pub(super) fn filled(details: &Details) -> Fields {
    let word = |open_to: OpenTo| {
        OPEN_TO
            .iter()
            .find(|(_, one, ..)| *one == open_to)
            .map_or("members", |(word, ..)| word)
    };
    let longest = if details.max_minutes >= LONGEST_MINUTES {
        String::new()
    } else {
        details.max_minutes.to_string()
    };
    let mut form = Fields::of([
        ("name", details.name.clone()),
        ("kind", states::resource(details.kind).0.to_owned()),
        ("location", details.location.to_string()),
        ("capacity", details.capacity.to_string()),
        ("book_by", word(details.book_by).to_owned()),
        ("see_by", word(details.see_by).to_owned()),
        ("min_minutes", details.min_minutes.to_string()),
        ("max_minutes", longest),
        ("step_minutes", details.step_minutes.to_string()),
        ("buffer_minutes", details.buffer_minutes.to_string()),
        ("confirmation", details.confirmation.clone()),
    ]);
    if let Some(grace) = details.grace {
        form.set("grace_before", grace.before_minutes.to_string());
        form.set("grace_after", grace.after_minutes.to_string());
    }
    for (name, ticked) in [("approval", details.approval), ("archived", details.archived)] {
        if ticked {
            form.set(name, "yes");
        }
    }
    hours::fill(&mut form, &place::schedule(details.opening_hours.as_ref()));
    for group in &details.groups {
        form.add("groups", group.to_string());
    }
    form
}

/// What the form says, as far as it can be read.
pub(super) fn read(form: &mut Fields) -> Option<Details> {
    let name = form.text("name", 120);
    let kinds = states::KINDS.map(|kind| (states::resource(kind).0, kind));
    let kind: Option<ResourceKind> = form.one_of("kind", &kinds);
    let location: Option<LocationId> = form.choice("location");
    let capacity = form.number("capacity", 1, 999);
    let open_to = OPEN_TO.map(|(word, open_to, ..)| (word, open_to));
    let (book_by, see_by) = (form.one_of("book_by", &open_to), form.one_of("see_by", &open_to));
    let min_minutes = form.number("min_minutes", 1, LONGEST_MINUTES);
    let max_minutes = form
        .optional_number("max_minutes", 1, LONGEST_MINUTES)
        .unwrap_or(LONGEST_MINUTES);
    if max_minutes < min_minutes && form.error("max_minutes").is_none() {
        form.wrong("max_minutes", "Shorter than the shortest.");
    }
    let step_minutes = form.number("step_minutes", 1, 1440);
    let buffer_minutes = form.number("buffer_minutes", 0, 1440);
    let confirmation = form.optional_text("confirmation", 4000).unwrap_or_default();
    let grace = grace(form);
    let schedule = hours::read(form);
    let groups: Vec<AccessGroupId> = form.choices("groups");
    let (approval, archived) = (form.checked("approval"), form.checked("archived"));
    let own_hours = !schedule.hours.is_empty() || !schedule.closures.is_empty();
    let opening_hours = own_hours.then(|| serde_json::to_value(&schedule)).and_then(Result::ok);
    Some(Details {
        location: location?,
        name,
        kind: kind?,
        capacity,
        groups,
        grace,
        buffer_minutes,
        min_minutes,
        max_minutes,
        step_minutes,
        opening_hours,
        book_by: book_by?,
        see_by: see_by?,
        approval,
        confirmation,
        archived,
    })
}

/// Both minutes, or neither.
fn grace(form: &mut Fields) -> Option<Grace> {
    let before = form.optional_number("grace_before", 0, 1440);
    let after = form.optional_number("grace_after", 0, 1440);
    match (before, after) {
        (Some(before_minutes), Some(after_minutes)) => Some(Grace {
            before_minutes,
            after_minutes,
        }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            if form.error("grace_before").is_none() && form.error("grace_after").is_none() {
                form.wrong("grace_after", "Give both, or leave both empty for the location’s.");
            }
            None
        }
    }
}
