//! What a person sees on their Access page: doors that open now, what opens later, and why nothing does.
//!
//! In: the person's facts and the moment. Out: plain values for the template, sentences included.
//! Why so: the page, its refreshed part and the answer to a press are views of one value, made by the functions that
//! also decide what vendors hold, so the page cannot promise what a door refuses (P-28).
//! Always: a door is a button only when the decision is yes, the page is shown to this person (P-31), and nothing known
//! at the vendor keeps it from opening remotely. Not here: opening ([`super::open`]).

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use access::causes::{self, Cause};
use access::decision::{self, Decision, Reason};
use access::facts::{AccessGroup, Door, Facts, PersonState};
use access::id::{DoorId, IntegrationId, LocationId, PersonId};
use access::index::Index;
use access::vendor::Abilities;
use access::{Instant, Window, Windows};

use crate::portal::key::KeyRow;
use crate::portal::say;
use crate::words::dates;
use crate::words::names::Names;
use crate::words::reasons;

/// How far ahead "Opens later" looks.
const LATER_DAYS: i64 = 14;
/// More rows than this are not read by anybody on a phone.
const LATER_ROWS: usize = 12;
const WHY_ROWS: usize = 4;
/// The rank of reasons that are about no thing of theirs.
const NOTHING_HELD: u8 = 6;
/// The rank of what mends itself.
const STARTS_LATER: u8 = 3;

/// Everything the page shows.
#[derive(Debug, Default, PartialEq, Hash)]
pub struct Sight {
    /// Doors to press now, by location.
    pub places: Vec<Place>,
    /// Doors they may pass now, but not by pressing here, with why.
    pub elsewhere: Vec<Said>,
    /// What opens within two weeks, soonest first.
    pub later: Vec<Later>,
    /// When no door can be pressed: why, the most useful first.
    pub why: Vec<Said>,
    /// Places where their phone can be a key (P-32).
    pub keys: Vec<KeyRow>,
    /// The next instant at which any of this may change by itself.
    pub next_edge: Option<Instant>,
}

/// A location with doors that open now.
#[derive(Debug, PartialEq, Hash)]
pub struct Place {
    /// Which.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// Its zone, where several zones are on the page: "New York time".
    pub zone: String,
    /// Its doors.
    pub doors: Vec<Button>,
}

/// A door to press.
#[derive(Debug, PartialEq, Hash)]
pub struct Button {
    /// Which.
    pub id: DoorId,
    /// Its name.
    pub name: String,
    /// Where it is, and until when they may.
    pub place: String,
    /// Something to know before pressing; empty when all is well.
    pub hint: String,
}

/// Doors (or none) and a sentence about them.
#[derive(Debug, PartialEq, Hash)]
pub struct Said {
    /// scheduled when it will mend itself, else attention.
    pub state: &'static str,
    /// Names of doors, joined; empty when it is about everything.
    pub doors: String,
    /// What is so and what to do.
    pub sentence: String,
}

/// Doors that open later by one cause.
#[derive(Debug, PartialEq, Hash)]
pub struct Later {
    /// Names of doors, joined.
    pub doors: String,
    /// By what.
    pub cause: String,
    /// "today", "Mon 3 March".
    pub day: String,
    /// "13:30".
    pub time: String,
}

/// The person looking.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// Who.
    pub person: PersonId,
    /// Staff see every door they may open, whatever the page's visibility (P-31).
    pub staff: bool,
}

impl Sight {
    /// A short text that differs when what is shown differs, so that a page asks for nothing it has already.
    pub fn mark(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        format!("{:x}", hasher.finish())
    }
}

/// Makes the page's value. `vendors` tells which doors open by pressing here at all, and what to install where they do not.
pub fn sight(facts: &Facts, names: &Names, viewer: Viewer, vendors: &[Abilities], now: Instant) -> Sight {
    let index = Index::new(facts);
    let causes = causes::of_person_in(&index, viewer.person);
    let spans = door_spans(&index, facts, &causes);
    let open = decision::doors_open_to_in(&index, viewer.person, now);
    let mut sight = Sight {
        next_edge: next_edge(&spans, now),
        ..Sight::default()
    };
    let mut places: BTreeMap<(String, LocationId), Vec<Button>> = BTreeMap::new();
    let mut elsewhere: Vec<(String, String)> = Vec::new();
    let mut own_app: Vec<(String, String)> = Vec::new();
    for door in open.iter().filter_map(|door| index.door(*door)) {
        let Some((location, zone)) = whereabouts(&index, door.integration) else {
            continue;
        };
        let decision = decision::decide_in(&index, viewer.person, door.id, now);
        if let Some(sentence) = only_by_own_app(&index, viewer.person, door, vendors) {
            own_app.push((door.name.clone(), sentence));
            continue;
        }
        match keeps_shut(&decision, viewer) {
            Some(reason) => {
                let sentence = reasons::for_member(reason, names, now, &dates::zone(&zone));
                elsewhere.push((door.name.clone(), sentence));
            }
            None => places
                .entry((location.1, location.0))
                .or_default()
                .push(button(door, &decision, now, &zone)),
        }
    }
    let several = places.len() > 1;
    for ((name, id), mut doors) in places {
        doors.sort_by(|one, other| one.name.cmp(&other.name));
        let zone = index.location(id).map_or_else(String::new, |place| place.zone.clone());
        sight.places.push(Place { id, name, zone, doors });
    }
    let one_zone = sight.places.windows(2).all(|pair| pair[0].zone == pair[1].zone);
    for place in &mut sight.places {
        place.zone = if one_zone {
            String::new()
        } else {
            dates::zone_words(&place.zone)
        };
        for door in place.doors.iter_mut().filter(|_| !several) {
            door.place = place_and_until(&place.name, &door.place);
        }
    }
    sight.elsewhere = by_sentence("attention", elsewhere);
    // What only its own app opens is as it should be, and needs nobody's attention.
    sight.elsewhere.extend(by_sentence("open", own_app));
    sight.later = later(&index, facts, names, &causes, &spans, viewer, now);
    if sight.places.is_empty() {
        sight.why = why(&index, facts, names, &causes, viewer, now);
        if !sight.elsewhere.is_empty() {
            // What stands below is held.
            sight.why.retain(|said| said.sentence != say::nothing_held());
        }
    }
    sight
}

/// What keeps somebody who may open a door from doing it by this page; `None` when nothing known does.
pub fn keeps_shut(decision: &Decision, viewer: Viewer) -> Option<&Reason> {
    decision.chain.iter().find(|reason| match reason {
        Reason::PageNotVisible { .. } => !viewer.staff,
        Reason::VendorRestriction { .. }
        | Reason::Unconfirmed
        | Reason::HolderDisabled
        | Reason::VendorRefused { .. } => true,
        // The vendor may still open the door by the person's own login; its answer is the truth.
        Reason::SignInNeeded { .. } | Reason::NotYetSent | Reason::Inside { .. } | Reason::Sent { .. } => false,
        // Links that forbid by policy are not in the chain of a decision that says yes.
        Reason::NobodyKnown
        | Reason::PersonState { .. }
        | Reason::DoorInNoGroup
        | Reason::DoorGone
        | Reason::OtherSite
        | Reason::NotConnected { .. }
        | Reason::NothingAssigned
        | Reason::GroupWithoutLocks { .. }
        | Reason::GroupGone { .. }
        | Reason::StartsLater { .. }
        | Reason::Ended { .. }
        | Reason::Cancelled { .. }
        | Reason::BookingRequested { .. }
        | Reason::NotInCompany { .. }
        | Reason::NotChosen { .. }
        | Reason::NoBookingThatDay { .. }
        | Reason::UnknownZone { .. }
        | Reason::OtherEmail { .. } => false,
    })
}

/// What to do at a door whose vendor opens none from our pages.
fn only_by_own_app(index: &Index<'_>, person: PersonId, door: &Door, vendors: &[Abilities]) -> Option<String> {
    let word = &index.integration(door.integration)?.vendor;
    let row = vendors.iter().find(|row| row.vendor == *word && !row.remote_open)?;
    let email = index.person(person).map_or("", |known| &known.email);
    Some(reasons::own_app(row, email))
}

/// "Pier 3 · until 16:30", or just "Pier 3".
pub fn place_and_until(place: &str, until: &str) -> String {
    if until.is_empty() {
        place.to_owned()
    } else {
        format!("{place} · {until}")
    }
}

/// A door as a button, with until when.
pub fn button(door: &Door, decision: &Decision, now: Instant, zone: &str) -> Button {
    let zone = dates::zone(zone);
    let until = decision
        .window
        .map(|window| window.until)
        .filter(|until| !until.is_open());
    let on_its_way = decision.chain.iter().any(|reason| matches!(reason, Reason::NotYetSent));
    Button {
        id: door.id,
        name: door.name.clone(),
        place: until.map_or_else(String::new, |until| say::until(until, now, &zone)),
        hint: if on_its_way {
            say::on_its_way().to_owned()
        } else {
            String::new()
        },
    }
}

/// The location of an integration and its zone.
pub fn whereabouts(index: &Index<'_>, integration: IntegrationId) -> Option<((LocationId, String), String)> {
    let location = index.location(index.integration(integration)?.location)?;
    Some(((location.id, location.name.clone()), location.zone.clone()))
}

/// When each usable door opens for the person, by all causes together (P-24).
fn door_spans<'f>(index: &Index<'f>, facts: &'f Facts, causes: &[Cause]) -> Vec<(&'f Door, Windows)> {
    let usable = facts.doors.iter().filter(|door| index.is_usable(door));
    let spans = usable.map(|door| {
        let through: Vec<&AccessGroup> = index.groups_with(door).filter(|group| index.is_live(group)).collect();
        let own = causes
            .iter()
            .filter(|cause| through.iter().any(|group| group.id == cause.group));
        (door, Windows::union(own.flat_map(|cause| cause.windows.iter())))
    });
    spans.filter(|(_, windows)| !windows.is_empty()).collect()
}

fn next_edge(spans: &[(&Door, Windows)], now: Instant) -> Option<Instant> {
    spans.iter().filter_map(|(_, windows)| windows.next_edge(now)).min()
}

/// Doors whose window begins within two weeks, one row for each cause and instant.
fn later(
    index: &Index<'_>,
    facts: &Facts,
    names: &Names,
    causes: &[Cause],
    spans: &[(&Door, Windows)],
    viewer: Viewer,
    now: Instant,
) -> Vec<Later> {
    let horizon = now.plus_minutes(LATER_DAYS * 24 * 60);
    let mut rows: BTreeMap<(Instant, causes::Source), (Vec<String>, String)> = BTreeMap::new();
    for (door, windows) in spans {
        let shown = viewer.staff || decision::shows_page(facts, viewer.person, door.integration);
        let Some((_, zone)) = whereabouts(index, door.integration).filter(|_| shown) else {
            continue;
        };
        for window in windows
            .iter()
            .filter(|window| now < window.from && window.from <= horizon)
        {
            let begins = |cause: &&Cause| {
                cause.windows.iter().any(|own| own.from == window.from)
                    && index.groups_with(door).any(|group| group.id == cause.group)
            };
            if let Some(cause) = causes.iter().find(begins) {
                let row = rows
                    .entry((window.from, cause.source))
                    .or_insert_with(|| (Vec::new(), zone.clone()));
                row.0.push(door.name.clone());
            }
        }
    }
    let rows = rows
        .into_iter()
        .take(LATER_ROWS)
        .map(|((from, source), (doors, zone))| {
            let zone = dates::zone(&zone);
            Later {
                doors: say::names(doors),
                cause: say::cause(facts, names, source, &zone),
                day: dates::day(dates::local(from, &zone).date(), now, &zone),
                time: dates::time(from, &zone),
            }
        });
    rows.collect()
}

/// Why no door can be pressed: the first broken link of every door, the same sentence once, the most telling first.
fn why(index: &Index<'_>, facts: &Facts, names: &Names, causes: &[Cause], viewer: Viewer, now: Instant) -> Vec<Said> {
    let everything = |sentence: &str| {
        vec![Said {
            state: "attention",
            doors: String::new(),
            sentence: sentence.to_owned(),
        }]
    };
    match index.person(viewer.person).map(|person| person.state) {
        Some(PersonState::Invited | PersonState::Active) => {}
        Some(state) => {
            let reason = Reason::PersonState { state };
            return everything(&reasons::for_member(&reason, names, now, &dates::zone("UTC")));
        }
        None => {
            return everything(&reasons::for_member(
                &Reason::NobodyKnown,
                names,
                now,
                &dates::zone("UTC"),
            ));
        }
    }
    let mut told: Vec<(u8, String, String)> = Vec::new();
    for door in facts
        .doors
        .iter()
        .filter(|door| !door.gone && !index.on_other_site(door))
    {
        let Some((_, zone)) = whereabouts(index, door.integration) else {
            continue;
        };
        let decision = decision::decide_in(index, viewer.person, door.id, now);
        // Doors they may pass are told about under "elsewhere".
        if decision.open {
            continue;
        }
        if let Some(reason) = reasons::first_broken(&decision) {
            let zone = dates::zone(&zone);
            let sentence = match reason {
                Reason::StartsLater { source, at } => say::opens_from(facts, names, *source, *at, now, &zone),
                reason => reasons::for_member(reason, names, now, &zone),
            };
            told.push((rank(reason), door.name.clone(), sentence));
        }
    }
    // What was held through a group that is gone, or that never had a door, has no door to ask about.
    for cause in causes.iter().filter(|cause| cause.windows.contains(now)) {
        let Some(group) = index.group(cause.group) else {
            continue;
        };
        let (group_id, source) = (group.id, cause.source);
        let reason = match (group.gone, group.doors.is_empty()) {
            (true, _) => Reason::GroupGone {
                group: group_id,
                source,
            },
            (false, true) => Reason::GroupWithoutLocks {
                group: group_id,
                source,
            },
            (false, false) => continue,
        };
        told.push((
            rank(&reason),
            String::new(),
            reasons::for_member(&reason, names, now, &dates::zone("UTC")),
        ));
    }
    let best = told.iter().map(|(rank, _, _)| *rank).min().unwrap_or(NOTHING_HELD);
    if best == NOTHING_HELD {
        return everything(say::nothing_held());
    }
    // "Nothing you hold opens it" helps nobody beside a sentence that names what they hold.
    told.retain(|(rank, _, _)| *rank < NOTHING_HELD);
    told.sort_by_key(|(rank, _, _)| *rank);
    let waits = |rank: u8| if rank == STARTS_LATER { "scheduled" } else { "attention" };
    let mut said: Vec<Said> = told
        .chunk_by(|one, next| one.0 == next.0)
        .flat_map(|told| {
            let pairs = told.iter().map(|(_, door, sentence)| (door.clone(), sentence.clone()));
            by_sentence(waits(told[0].0), pairs.collect())
        })
        .collect();
    said.truncate(WHY_ROWS);
    said
}

/// The lower, the sooner mending it would open a door.
const fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::NobodyKnown | Reason::PersonState { .. } => 0,
        Reason::GroupGone { .. }
        | Reason::GroupWithoutLocks { .. }
        | Reason::NotConnected { .. }
        | Reason::SignInNeeded { .. }
        | Reason::UnknownZone { .. } => 1,
        Reason::BookingRequested { .. }
        | Reason::OtherEmail { .. }
        | Reason::Inside { .. }
        | Reason::Sent { .. }
        | Reason::PageNotVisible { .. }
        | Reason::VendorRestriction { .. }
        | Reason::Unconfirmed
        | Reason::HolderDisabled
        | Reason::NotYetSent
        | Reason::VendorRefused { .. } => 2,
        Reason::StartsLater { .. } => STARTS_LATER,
        Reason::NoBookingThatDay { .. } => 4,
        Reason::Ended { .. } | Reason::Cancelled { .. } | Reason::NotInCompany { .. } | Reason::NotChosen { .. } => 5,
        Reason::NothingAssigned | Reason::DoorInNoGroup | Reason::DoorGone | Reason::OtherSite => NOTHING_HELD,
    }
}

/// One row for each sentence, in order of first appearance, with the doors it is about.
fn by_sentence(state: &'static str, pairs: Vec<(String, String)>) -> Vec<Said> {
    let mut rows: Vec<(Vec<String>, String)> = Vec::new();
    for (door, sentence) in pairs {
        match rows.iter_mut().find(|(_, known)| *known == sentence) {
            Some((doors, _)) => doors.push(door),
            None => rows.push((vec![door], sentence)),
        }
    }
    let named = |mut doors: Vec<String>| {
        doors.retain(|door| !door.is_empty());
        say::names(doors)
    };
    rows.into_iter()
        .map(|(doors, sentence)| Said {
            state,
            doors: named(doors),
            sentence,
        })
        .collect()
}

/// The window of a booking during which its doors open, if it opens any for this person (P-22).
pub fn booking_span(facts: &Facts, person: PersonId, booking: access::id::BookingId) -> Option<Window> {
    let of_it = |cause: &Cause| match cause.source {
        causes::Source::Booker { booking: of } | causes::Source::Invitee { booking: of } => of == booking,
        causes::Source::Item { .. } => false,
    };
    let all = causes::of_person(facts, person);
    all.iter()
        .filter(|cause| of_it(cause))
        .flat_map(|cause| cause.windows.iter())
        .next()
}

#[cfg(test)]
mod tests;
