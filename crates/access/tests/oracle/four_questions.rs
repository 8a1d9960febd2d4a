//! P-28: what may I open now; who may open this door; may P open D at T and why; what must the vendor hold. One answer.
//!
//! Asked in each world at every edge, the millisecond before it, and forty random minutes. Besides agreeing with each other and the
//! oracle, each decision's chain must fit its answer.

use access::causes::{self, Cause, Source};
use access::decision::{Decision, Reason, decide_in, doors_open_to_in, people_let_in_in};
use access::facts::Facts;
use access::grants::desired;
use access::index::Index;
use access::timeline;
use access::{Instant, Window, Windows};

use crate::chance::Chance;
use crate::naive::Oracle;
use crate::worlds::{World, world};

pub fn agree(seed: u64) {
    let World { facts, span } = world(seed);
    let index = Index::new(&facts);
    let oracle = Oracle::new(&facts);
    let all = causes::of_everybody(&facts);
    for at in moments(&all, span, &mut Chance::new(!seed)) {
        let moment = oracle.moment(at.ms());
        let grants = desired(&facts, at);
        for person in &facts.people {
            let open_to = doors_open_to_in(&index, person.id, at);
            assert!(open_to.is_sorted());
            for door in &facts.doors {
                let decision = decide_in(&index, person.id, door.id, at);
                let usable = index.is_usable(door);
                let held = grants
                    .iter()
                    .filter(|grant| grant.person == person.id && grant.windows.contains(at));
                let held = held.filter_map(|grant| facts.groups.iter().find(|group| group.id == grant.group));
                let answers = [
                    oracle.opens(person.id, door.id, &moment),
                    decision.open,
                    open_to.contains(&door.id),
                    people_let_in_in(&index, door.id, at).contains(&person.id),
                    usable && held.clone().any(|group| group.doors.contains(&door.id)),
                ];
                assert!(
                    answers.iter().all(|answer| *answer == answers[0]),
                    "{} at {} on {at}: oracle, decision, doors, people, desired = {answers:?}\n{decision:#?}\n{facts:#?}",
                    person.id,
                    door.id
                );
                fits(&decision, &all, &index);
            }
        }
    }
    timelines(&facts, span);
}

fn moments(all: &[Cause], span: Window, chance: &mut Chance) -> Vec<Instant> {
    let edges = all
        .iter()
        .flat_map(|cause| cause.windows.iter())
        .flat_map(|window| [window.from, window.until]);
    let mut moments: Vec<Instant> = edges
        .filter(|edge| !edge.is_open())
        .flat_map(|edge| [edge, edge.plus_ms(-1)])
        .collect();
    let minutes = (span.until.ms() - span.from.ms()) / 60_000;
    moments.extend((0..40).map(|_| span.from.plus_minutes(chance.between(-600, minutes + 600))));
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// The chain says what the answer says.
fn fits(decision: &Decision, all: &[Cause], index: &Index<'_>) {
    let at = decision.at;
    let first = decision.chain.first().expect("every answer has a reason");
    let sound = |reason: &Reason| matches!(reason, Reason::Inside { .. } | Reason::Sent { .. });
    assert_eq!(sound(first), decision.open, "{decision:#?}");
    assert_eq!(decision.window.is_some(), decision.open);
    assert!(decision.window.is_none_or(|window| window.contains(at)));
    if let Some(next) = decision.next {
        assert!(!decision.open && next.from > at);
        let then = decide_in(index, decision.person, decision.door, next.from);
        assert!(
            then.open && then.window == Some(next),
            "what is announced comes: {decision:#?}\n{then:#?}"
        );
    }
    let of = |source: &Source| -> Windows {
        let these = all
            .iter()
            .filter(|cause| cause.person == decision.person && cause.source == *source);
        these.flat_map(|cause| cause.windows.iter()).collect()
    };
    for reason in &decision.chain {
        match reason {
            Reason::Inside { window, .. } => assert!(window.contains(at)),
            Reason::Sent { window, .. } => assert!(window.contains(at) && decision.open),
            Reason::StartsLater { source, at: from } => {
                let company = matches!(source, Source::Item { company: Some(_), .. });
                assert!(*from > at && (company || of(source).next_edge(at) == Some(*from) || of(source).is_empty()));
            }
            Reason::Ended { at: since, .. } => assert!(*since <= at),
            Reason::OtherEmail { other } => {
                assert!(*other != decision.person && decide_in(index, *other, decision.door, at).open);
            }
            Reason::NothingAssigned => assert!(!decision.open && decision.next.is_none()),
            _ => {}
        }
    }
}

/// The picture shows what is wanted: the timeline's windows are the desired ones, for live groups.
fn timelines(facts: &Facts, span: Window) {
    let now = span.from;
    let grants = desired(facts, now);
    for person in &facts.people {
        let lines = timeline::of_person(facts, person.id, Window::ALWAYS, now);
        let wanted: usize = grants
            .iter()
            .filter(|g| g.person == person.id)
            .map(|g| g.windows.as_slice().len())
            .sum();
        let coming = lines.iter().filter(|line| line.tense != timeline::Tense::Past);
        let sent = coming.filter(|line| line.vendor != timeline::VendorState::Withheld);
        for line in sent.clone() {
            let grant = grants
                .iter()
                .find(|grant| grant.person == line.person && grant.group == line.group);
            assert!(
                grant.is_some_and(|grant| grant.windows.as_slice().contains(&line.window)),
                "{line:#?}"
            );
            let causes: Windows = line.causes.iter().map(|span| span.window).collect();
            assert_eq!(causes.as_slice(), [line.window], "causes make up the line");
        }
        assert_eq!(sent.count(), wanted);
    }
}
