//! Desired × observed → changes, for every vendor alike. Pure.
//!
//! In: a [`Question`] and how each group is driven ([`Manner`]). Out: the fewest steps after which the vendor holds what should hold,
//! and when to ask again.
//! Why so: where rows carry dates the vendor starts and ends access by itself, also while this server is off, so dates are written
//! ahead: bookings as soon as they are made, longer access as a lease that is renewed at half-life. Where they carry none, somebody is
//! put in a lead time before the window, since doors learn late, and taken out at its end.
//! Always: deterministic; asked again after its own changes it has none; only rows of ours are moved or taken (P-30); an incomplete
//! reading never takes away; what takes away comes first.
//! Whoever leaves the vendor writes the real ends instead of leases; whoever lets it run out renews nothing; both give nothing new (P-37).

use std::collections::BTreeMap;

use access::change::{Change, Comparison, Desired, Note, Observed, ObservedHolder};
use access::id::{GrantId, PersonId};
use access::{Instant, Window};

use crate::port::{Aim, KnownGroup, Question, Scope};

/// Dates may come back cut to whole seconds; closer than this is the same.
const SAME_WITHIN_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;

/// How the rows of one group are driven.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Manner {
    /// Do rows carry dates?
    pub dates: Dates,
    /// May a person hold only one row here?
    pub one_row_only: bool,
    /// Is changing the dates of a row one call?
    pub moves: bool,
}

/// Who starts and ends access.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dates {
    /// The vendor, by the dates we write; long access as a lease of so many seconds.
    Written {
        /// Seconds.
        lease_s: i64,
    },
    /// We, at the edges: no row before, one without dates inside, none after. It is made so many seconds early.
    Edges {
        /// Seconds.
        lead_s: i64,
        /// More of them for whom the vendor has no record yet: a new one is taken into groups late.
        record_s: i64,
    },
}

/// The same address, whatever its case?
pub(crate) fn same_address(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// What should hold for one person in one group, and the rows of ours there.
struct Cell<'a> {
    person: PersonId,
    group: &'a KnownGroup,
    manner: Manner,
    desired: Option<&'a Desired>,
    rows: Vec<&'a Observed>,
}

/// One window that should hold and how it is written now.
#[derive(Clone, Copy)]
struct Target {
    want: Window,
    write: Window,
}

/// Changes and the next look; notes are the vendor's own.
pub(crate) fn compare(
    question: &Question<'_>,
    manner: &dyn Fn(&KnownGroup) -> Manner,
    notes: Vec<Note>,
    mint: &mut dyn FnMut() -> GrantId,
) -> Comparison {
    let mut ranked: Vec<(Rank, Change)> = Vec::new();
    let mut edges: BTreeMap<PersonId, Instant> = BTreeMap::new();
    for cell in cells(question, manner) {
        let mut sooner = |at: Instant| {
            if at > question.now && !at.is_open() {
                let known = edges.entry(cell.person).or_insert(at);
                *known = at.min(*known);
            }
        };
        let targets = cell.targets(question);
        if let Some(desired) = cell.desired {
            desired.windows.iter().for_each(|window| sooner(window.until));
            if let Some(lead_s) = cell.lead_s(question) {
                desired
                    .windows
                    .iter()
                    .for_each(|window| sooner(early(window.from, lead_s)));
            }
        }
        cell.changes(question, &targets, mint, &mut ranked, &mut sooner);
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let changes = ranked.into_iter().map(|(_, change)| change).collect();
    Comparison {
        changes,
        notes,
        again_at: edges.values().min().copied(),
        edges,
    }
}

/// What is done first: by kind, then by when it matters, then by whom, so that the order never depends on chance.
type Rank = (u8, Instant, PersonId, access::id::AccessGroupId);

const TAKES: u8 = 0;
const SHRINKS: u8 = 1;
const GIVES: u8 = 2;
const TIDIES: u8 = 3;

/// So many seconds before; what has no beginning has none.
fn early(at: Instant, lead_s: i64) -> Instant {
    if at.is_open() { at } else { at.plus_s(-lead_s) }
}

fn cells<'a>(question: &Question<'a>, manner: &dyn Fn(&KnownGroup) -> Manner) -> Vec<Cell<'a>> {
    let groups: BTreeMap<&str, &KnownGroup> = question.groups.iter().map(|group| (&*group.external, group)).collect();
    let in_scope = |person: PersonId| match question.scope {
        Scope::Person(only) => person == only,
        Scope::Integration => true,
    };
    let mut cells: BTreeMap<(PersonId, &str), Cell<'a>> = BTreeMap::new();
    for desired in question.desired.iter().filter(|desired| in_scope(desired.person)) {
        let Some(group) = groups.get(&*desired.external_group) else {
            continue;
        };
        let cell = Cell {
            person: desired.person,
            group,
            manner: manner(group),
            desired: Some(desired),
            rows: Vec::new(),
        };
        cells.insert((desired.person, &*desired.external_group), cell);
    }
    for row in question.observed.rows.iter().filter(|row| row.ours.is_some()) {
        let (Some(person), Some(group)) = (row.person, groups.get(&*row.external_group)) else {
            continue;
        };
        if in_scope(person) {
            let empty = || Cell {
                person,
                group,
                manner: manner(group),
                desired: None,
                rows: Vec::new(),
            };
            cells
                .entry((person, &*row.external_group))
                .or_insert_with(empty)
                .rows
                .push(row);
        }
    }
    let mut cells: Vec<Cell<'a>> = cells.into_values().collect();
    for cell in &mut cells {
        cell.rows
            .sort_by(|a, b| (a.window, &a.external).cmp(&(b.window, &b.external)));
    }
    cells
}

/// A lease counts from now, or from the start of what lies ahead.
fn base(want: &Window, now: Instant) -> Instant {
    want.from.max(now)
}

fn whole_minute(at: Instant) -> Instant {
    if at.is_open() {
        at
    } else {
        Instant::from_ms(at.ms().div_euclid(MINUTE_MS) * MINUTE_MS)
    }
}

fn same(a: Instant, b: Instant) -> bool {
    a == b || (!a.is_open() && !b.is_open() && a.ms().abs_diff(b.ms()) < SAME_WITHIN_MS.unsigned_abs())
}

/// Would the new window end access that the old one gives, now or later?
fn removes(from: Window, to: Window, now: Instant) -> bool {
    from.until > now && !(to.from <= from.from.max(now) && from.until <= to.until)
}

fn touches(a: Window, b: Window) -> bool {
    a.from <= b.until && b.from <= a.until
}

impl Cell<'_> {
    /// How early somebody is put in, where we do it at the edges.
    fn lead_s(&self, question: &Question<'_>) -> Option<i64> {
        let Dates::Edges { lead_s, record_s } = self.manner.dates else {
            return None;
        };
        let is_known = |holder: &ObservedHolder| holder.person == Some(self.person);
        // Whoever was put in early as somebody new is not new any more, and stays.
        let is_early = !self.rows.is_empty() || !question.observed.holders.iter().any(is_known);
        Some(lead_s + if is_early { record_s } else { 0 })
    }

    /// The windows to hold now, as they are written.
    fn targets(&self, question: &Question<'_>) -> Vec<Target> {
        let now = question.now;
        let windows = self
            .desired
            .into_iter()
            .flat_map(|desired| &desired.windows)
            .filter(|window| window.until > now);
        let lease_s = match self.manner.dates {
            Dates::Edges { .. } => {
                let lead_s = self.lead_s(question).unwrap_or_default();
                let running = windows.filter(|window| early(window.from, lead_s) <= now).take(1);
                return running
                    .map(|want| Target {
                        want: *want,
                        write: Window::ALWAYS,
                    })
                    .collect();
            }
            Dates::Written { lease_s } => lease_s,
        };
        let most = if self.manner.one_row_only { 1 } else { usize::MAX };
        let written = windows.take(most).map(|want| {
            let from = if want.from <= now { Instant::MIN } else { want.from };
            let until = match question.aim {
                Aim::Keep => want.until.min(whole_minute(base(want, now).plus_s(lease_s))),
                Aim::Leave | Aim::RunOut => want.until,
            };
            Target {
                want: *want,
                write: Window { from, until },
            }
        });
        written
            .filter(|target| target.write.from < target.write.until)
            .collect()
    }

    /// Is the row good enough for the target, so that nothing need be done?
    fn holds(&self, question: &Question<'_>, row: &Observed, target: &Target) -> bool {
        let (now, want, has) = (question.now, target.want, row.window);
        let lease_s = match self.manner.dates {
            Dates::Edges { .. } => return has.from <= now && (has.until >= want.until || same(has.until, want.until)),
            Dates::Written { lease_s } => lease_s,
        };
        let begins = same(has.from, want.from) || (has.from <= now && want.from <= now);
        if question.aim == Aim::RunOut {
            return begins && has.until <= want.until && touches(has, want);
        }
        let half = base(&want, now).plus_s(lease_s / 2);
        let leased = question.aim == Aim::Keep && half < has.until && has.until < want.until;
        begins && (leased || same(has.until, want.until))
    }

    fn may_move(&self, question: &Question<'_>, row: &Observed, target: &Target, near: bool) -> bool {
        if matches!(self.manner.dates, Dates::Edges { .. }) {
            return false;
        }
        let one_call = self.manner.moves || self.manner.one_row_only;
        let fits = if near {
            touches(row.window, target.write)
        } else {
            one_call
        };
        fits && (question.observed.complete || !removes(row.window, target.write, question.now))
    }

    fn changes(
        &self,
        question: &Question<'_>,
        targets: &[Target],
        mint: &mut dyn FnMut() -> GrantId,
        ranked: &mut Vec<(Rank, Change)>,
        sooner: &mut impl FnMut(Instant),
    ) {
        let now = question.now;
        let (mut over, mut rows): (Vec<&Observed>, Vec<&Observed>) =
            self.rows.iter().partition(|row| row.window.until <= now);
        let mut renew_at = |target: &Target, until: Instant| {
            if question.aim == Aim::Keep
                && let Dates::Written { lease_s } = self.manner.dates
                && until < target.want.until
                && !same(until, target.want.until)
            {
                sooner(until.plus_s(-(lease_s / 2)));
            }
        };
        // A person with another address now has another record there; what stands at the old one is of no use.
        let strays = self.strays(&mut rows);
        // 1. What holds already.
        let mut open: Vec<&Target> = Vec::new();
        for target in targets {
            match rows.iter().position(|row| self.holds(question, row, target)) {
                Some(at) => renew_at(target, rows.remove(at).window.until),
                None => open.push(target),
            }
        }
        if self.group_is_gone(question) {
            open.clear();
        }
        // 2. What can be moved: neighbours first; others where a move is one call.
        if self.manner.one_row_only {
            rows.append(&mut over);
        }
        let reach: &[bool] = match question.aim {
            Aim::Keep => &[true, false],
            Aim::Leave | Aim::RunOut => &[true],
        };
        for near in reach.iter().copied() {
            open.retain(|target| {
                let found = rows.iter().position(|row| self.may_move(question, row, target, near));
                let Some(at) = found else { return true };
                ranked.push(self.moved(rows.remove(at), target, now));
                renew_at(target, target.write.until);
                false
            });
        }
        if question.aim != Aim::Keep {
            open.clear();
        }
        // 3. What is new.
        let has_live_row = rows.iter().any(|row| row.window.until > now);
        for target in open {
            let taken_first = question.observed.complete || !has_live_row;
            if self.manner.one_row_only && (!taken_first || self.somebody_else_gave_it(question)) {
                continue;
            }
            if let Some(given) = self.given(target, now, mint) {
                ranked.push(given);
                renew_at(target, target.write.until);
            }
        }
        // 4. What is too much; an incomplete reading takes nothing.
        if question.observed.complete {
            let over = if question.scope == Scope::Integration {
                over
            } else {
                Vec::new()
            };
            let whole = question.scope == Scope::Integration;
            let surplus = rows
                .into_iter()
                .chain(strays)
                .chain(over)
                .filter(|row| row.window.until > now || whole);
            ranked.extend(surplus.filter_map(|row| self.taken(row, now)));
        }
    }

    /// Takes out the rows that stand at an address the person no longer has.
    fn strays<'a>(&self, rows: &mut Vec<&'a Observed>) -> Vec<&'a Observed> {
        let Some(desired) = self.desired else { return Vec::new() };
        let (theirs, strays) = std::mem::take(rows).into_iter().partition(|row| {
            // Behind a space the vendor may show more than the address.
            let address = row.email.split(' ').next().unwrap_or_default();
            address.is_empty() || same_address(address, &desired.email)
        });
        *rows = theirs;
        strays
    }

    fn group_is_gone(&self, question: &Question<'_>) -> bool {
        question.observed.gone_groups.contains(&self.group.external)
    }

    /// Is the person in the group by a row that is not ours?
    fn somebody_else_gave_it(&self, question: &Question<'_>) -> bool {
        let Some(desired) = self.desired else { return false };
        question.observed.rows.iter().any(|row| {
            row.ours.is_none()
                && row.external_group == self.group.external
                && (row.person == Some(self.person) || same_address(&row.email, &desired.email))
        })
    }

    fn given(&self, target: &Target, now: Instant, mint: &mut dyn FnMut() -> GrantId) -> Option<(Rank, Change)> {
        let desired = self.desired?;
        let change = Change::Give {
            grant: mint(),
            person: self.person,
            email: desired.email.clone(),
            name: desired.name.clone(),
            group: self.group.id,
            external_group: self.group.external.clone(),
            window: target.write,
        };
        Some((self.rank(GIVES, target.write.from.max(now)), change))
    }

    fn moved(&self, row: &Observed, target: &Target, now: Instant) -> (Rank, Change) {
        // Where both run already the start stays as it is: one date to change is better than two.
        let from = if row.window.from <= now && target.write.from <= now {
            row.window.from
        } else {
            target.write.from
        };
        let to = Window {
            from,
            until: target.write.until,
        };
        let class = if removes(row.window, to, now) { SHRINKS } else { GIVES };
        let change = Change::Move {
            grant: row.ours.expect("only rows of ours are in a cell"),
            person: self.person,
            group: self.group.id,
            external_group: self.group.external.clone(),
            external: row.external.clone(),
            external_holder: row.external_holder.clone(),
            from: row.window,
            to,
        };
        (self.rank(class, to.from.max(now)), change)
    }

    fn taken(&self, row: &Observed, now: Instant) -> Option<(Rank, Change)> {
        let class = if row.window.until > now { TAKES } else { TIDIES };
        let change = Change::Take {
            grant: row.ours?,
            person: self.person,
            group: self.group.id,
            external: row.external.clone(),
            window: row.window,
        };
        Some((self.rank(class, row.window.from.max(now)), change))
    }

    fn rank(&self, class: u8, at: Instant) -> Rank {
        (class, at, self.person, self.group.id)
    }
}
