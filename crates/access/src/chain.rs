//! Why not: what keeps each thing a person holds from opening a door at an instant.
//!
//! In: indexed facts and the person's claims. Out: broken links, the most useful first (P-27).
//! Why so: "no" is answered by the link whose mending would open the door soonest: something that fails just now, then a
//! double of the person who does hold it, then what starts later, then belonging, then what is over, then nothing at all.
//! Always: at least one link; past and coming bookings are told by the nearest one only, however many there are.

use crate::causes::{self, Basis, Claim, Source};
use crate::decision::Reason;
use crate::facts::*;
use crate::id::*;
use crate::index::{Contract, Index};
use crate::{Instant, Window, Windows};

/// How soon mending the link would help.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It would be open now but for this.
    Now,
    /// Another record of theirs opens it.
    Other,
    /// It opens by itself.
    Later,
    /// Somebody has to include them.
    Belonging,
    /// Over.
    Past,
}

/// One broken link, sortable.
struct Link {
    rank: Rank,
    /// Within a rank: milliseconds away.
    away_ms: i64,
    reason: Reason,
}

/// The broken links of somebody who may not open a door that could be opened.
pub(crate) fn why_not(index: &Index<'_>, person: &Person, door: &Door, at: Instant) -> Vec<Reason> {
    let listed: Vec<&AccessGroup> = index.groups_with(door).collect();
    let near = |group: &AccessGroupId| {
        let group = index
            .group(*group)
            .filter(|group| group.integration == door.integration);
        group.filter(|group| group.doors.is_empty() || group.doors.contains(&door.id))
    };
    let claims = causes::claims(index, person.id, index.rows(person.id), |groups| {
        groups.iter().any(|group| near(group).is_some())
    });
    let mut links: Vec<Link> = Vec::new();
    for claim in claims {
        let groups: Vec<&AccessGroup> = claim.groups.iter().filter_map(near).collect();
        let through = groups.iter().find(|group| !group.gone && !group.doors.is_empty());
        match through {
            Some(_) => links.extend(broken(&claim, person.id, at)),
            None => links.extend(groups.first().filter(|_| claim.windows.contains(at)).map(|group| {
                let (group, source) = (group.id, claim.source);
                let gone = groups.iter().all(|group| group.gone);
                let reason = if gone {
                    Reason::GroupGone { group, source }
                } else {
                    Reason::GroupWithoutLocks { group, source }
                };
                Link {
                    rank: Rank::Now,
                    away_ms: 0,
                    reason,
                }
            })),
        }
    }
    links.extend(namesake(index, person, door, at));
    links.sort_by_key(|link| (link.rank, link.away_ms));
    keep_nearest_bookings(&mut links);
    let mut reasons: Vec<Reason> = links.into_iter().map(|link| link.reason).collect();
    if listed.iter().all(|group| group.gone) && reasons.is_empty() {
        reasons.push(Reason::DoorInNoGroup);
    }
    if reasons.is_empty() {
        reasons.push(Reason::NothingAssigned);
    }
    reasons
}

/// What keeps one claim from holding at this instant; `None` when it holds, or when it says nothing about the moment.
fn broken(claim: &Claim<'_, '_>, person: PersonId, at: Instant) -> Option<Link> {
    if claim.windows.contains(at) {
        return None;
    }
    match &claim.basis {
        Basis::Booking { booking, window } => booking_link(claim, booking, (*window)?, at),
        Basis::Item {
            contract,
            item,
            belonging,
        } => {
            let subscription = contract.subscription;
            if contract.zone.is_none() {
                return Some(now(Reason::UnknownZone {
                    location: subscription.location,
                }));
            }
            let source = claim.source;
            if let (Some(_), Reach::Chosen(people)) = (belonging, &item.reach)
                && !people.contains(&person)
            {
                return Some(Link {
                    rank: Rank::Belonging,
                    away_ms: 0,
                    reason: Reason::NotChosen { source },
                });
            }
            let Some(span) = contract.span.filter(|span| at < span.until) else {
                return over(claim, contract, at);
            };
            let comes = claim
                .windows
                .iter()
                .find(|window| window.from > at)
                .map(|window| window.from);
            if at < span.from {
                return Some(match (comes, belonging) {
                    (None, Some((company, belonging))) if belonging.clip(span).is_empty() => {
                        not_in_company(*company, belonging, contract, at)
                    }
                    (comes, _) => later(source, comes.unwrap_or(span.from), at),
                });
            }
            Some(match belonging {
                Some((company, belonging)) if !belonging.contains(at) => {
                    not_in_company(*company, belonging, contract, at)
                }
                // In the span, in the company, chosen: only the booking of the day can be missing.
                _ => now(Reason::NoBookingThatDay { source }),
            })
        }
    }
}

fn booking_link(claim: &Claim<'_, '_>, booking: &Booking, window: Window, at: Instant) -> Option<Link> {
    let source = claim.source;
    let coming = at < window.from;
    match booking.state {
        BookingState::Requested if window.contains(at) => Some(now(Reason::BookingRequested { source })),
        BookingState::Requested if coming => Some(Link {
            rank: Rank::Later,
            away_ms: away(at, window.from),
            reason: Reason::BookingRequested { source },
        }),
        BookingState::Cancelled if window.contains(at) => Some(now(Reason::Cancelled { source, at: None })),
        // What never held, or was called off, is no reason at any other time.
        BookingState::Requested | BookingState::Cancelled => None,
        BookingState::Confirmed | BookingState::CheckedIn if coming => Some(later(source, window.from, at)),
        BookingState::Confirmed | BookingState::CheckedIn => Some(past(
            Reason::Ended {
                source,
                at: window.until,
            },
            window.until,
            at,
        )),
    }
}

/// An item whose contract is over, or will never run. Dates the wrong way round say nothing; the store refuses them.
fn over(claim: &Claim<'_, '_>, contract: &Contract<'_>, at: Instant) -> Option<Link> {
    let (subscription, zone) = (contract.subscription, contract.zone.as_ref()?);
    let end = subscription.ends_on.map_or(Instant::MAX, |last| zone.day_end(last));
    let source = claim.source;
    match subscription.cancelled_at.filter(|cancelled| *cancelled < end) {
        Some(cancelled) => Some(past(
            Reason::Cancelled {
                source,
                at: Some(cancelled),
            },
            cancelled,
            at,
        )),
        None if end <= at => Some(past(Reason::Ended { source, at: end }, end, at)),
        None => None,
    }
}

fn not_in_company(company: CompanyId, belonging: &Windows, contract: &Contract<'_>, at: Instant) -> Link {
    let left = belonging
        .iter()
        .map(|window| window.until)
        .filter(|end| *end <= at)
        .last();
    // The last instant inside names the last day, whether they left on a date or were removed in the middle of it.
    let left_on = left
        .zip(contract.zone.as_ref())
        .map(|(left, zone)| zone.date_at(left.plus_ms(-1)));
    Link {
        rank: Rank::Belonging,
        away_ms: 0,
        reason: Reason::NotInCompany { company, left_on },
    }
}

/// P-27 "other e-mail": somebody of the same name, or the same address in another spelling, may open it now.
fn namesake(index: &Index<'_>, person: &Person, door: &Door, at: Instant) -> Option<Link> {
    let other = index
        .namesakes(person)
        .into_iter()
        .find(|other| crate::decision::is_inside(index, *other, door, at))?;
    Some(Link {
        rank: Rank::Other,
        away_ms: 0,
        reason: Reason::OtherEmail { other },
    })
}

/// Of a year of bookings only the next and the last one explain anything.
fn keep_nearest_bookings(links: &mut Vec<Link>) {
    let (mut coming, mut over) = (false, false);
    links.retain(|link| match &link.reason {
        Reason::StartsLater {
            source: Source::Booker { .. } | Source::Invitee { .. },
            ..
        } => !std::mem::replace(&mut coming, true),
        Reason::Ended {
            source: Source::Booker { .. } | Source::Invitee { .. },
            ..
        } => !std::mem::replace(&mut over, true),
        _ => true,
    });
}

fn now(reason: Reason) -> Link {
    Link {
        rank: Rank::Now,
        away_ms: 0,
        reason,
    }
}

fn later(source: Source, from: Instant, at: Instant) -> Link {
    Link {
        rank: Rank::Later,
        away_ms: away(at, from),
        reason: Reason::StartsLater { source, at: from },
    }
}

fn past(reason: Reason, since: Instant, at: Instant) -> Link {
    Link {
        rank: Rank::Past,
        away_ms: away(since, at),
        reason,
    }
}

fn away(from: Instant, until: Instant) -> i64 {
    until.ms().saturating_sub(from.ms())
}
