//! Who may call a vendor when: the pure half of the limiter.
//!
//! In: lanes that wait, starts, reports, and `now_ms` on any steadily growing scale. Out: now, at, after others, or not at all.
//! Why so: as a state machine without waiting, every rule is a test without time passing.
//! Always: never more than the permitted calls start within any 1.02 s; opening a door goes first; while several lanes wait, a lane yields
//! each fifth turn to the lanes below it, so revokes have at least 40 % and nothing starves; one call at a time besides doors.

use std::collections::VecDeque;

/// What a call is for, from the most to the least urgent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lane {
    /// Somebody stands at a door.
    Open,
    /// Takes access away.
    Revoke,
    /// Gives access.
    Give,
    /// Compares, reads events, tidies.
    Read,
}

/// Lanes whose calls go one after another.
const IN_LINE: [Lane; 3] = [Lane::Revoke, Lane::Give, Lane::Read];
/// A permitted second, with two parts in a hundred as a margin for the network's jitter.
const PERIOD_MS: u64 = 1_020;
/// Turns in a row before lower lanes get one.
const STREAK: u8 = 4;
/// Waiting longer than this is the queue's business, not ours.
const PATIENCE_MS: u64 = 2_000;
/// Failures in a row that open the breaker.
const BREAKS_AFTER: u32 = 5;
const BREAKER_FIRST_MS: u64 = 1_000;
const BREAKER_MOST_MS: u64 = 5_000;
/// First pause after a 429 that names none; doubles.
const PAUSE_FIRST_MS: u64 = 1_000;
const PAUSE_MOST_MS: u64 = 60_000;

/// What a waiting call is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// Start; it is counted.
    Now,
    /// Ask again then.
    At(u64),
    /// Ask again when something changed.
    AfterOthers,
    /// The vendor asked for a longer pause than a call waits for.
    Paused { retry_after_ms: u64 },
    /// The vendor failed several times in a row and is left alone for so long.
    Broken { retry_after_ms: u64 },
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Report {
    /// The vendor answered like itself.
    Answered,
    /// It did not.
    Failed,
    /// 429.
    Limited { retry_after_ms: Option<u64> },
}

/// The state of one vendor login.
#[derive(Debug)]
pub(crate) struct Pace {
    per_period: usize,
    starts: VecDeque<u64>,
    waiting: [VecDeque<u64>; 4],
    next_ticket: u64,
    streaks: [u8; 4],
    in_line_busy: bool,
    paused_until: u64,
    limited_in_a_row: u32,
    failed_in_a_row: u32,
    broken_until: Option<u64>,
    probing: bool,
}

impl Pace {
    pub fn new(calls_per_s: usize) -> Self {
        Self {
            per_period: calls_per_s.max(1),
            starts: VecDeque::new(),
            waiting: Default::default(),
            next_ticket: 0,
            streaks: [0; 4],
            in_line_busy: false,
            paused_until: 0,
            limited_in_a_row: 0,
            failed_in_a_row: 0,
            broken_until: None,
            probing: false,
        }
    }

    /// Gets in line.
    pub fn queue(&mut self, lane: Lane) -> u64 {
        self.next_ticket += 1;
        self.waiting[lane as usize].push_back(self.next_ticket);
        self.next_ticket
    }

    /// Leaves the line without a turn.
    pub fn leave(&mut self, lane: Lane, ticket: u64) {
        self.waiting[lane as usize].retain(|waiting| *waiting != ticket);
    }

    /// May this ticket start? Asked again until it may or is refused; a start takes it out of the line.
    pub fn ask(&mut self, lane: Lane, ticket: u64, now_ms: u64) -> Turn {
        if let Some(until) = self.broken_until {
            if now_ms < until {
                return Turn::Broken {
                    retry_after_ms: until - now_ms,
                };
            }
            if self.probing {
                return Turn::AfterOthers;
            }
        }
        if self.paused_until > now_ms + PATIENCE_MS {
            return Turn::Paused {
                retry_after_ms: self.paused_until - now_ms,
            };
        }
        if self.preferred() != Some(lane) || self.waiting[lane as usize].front() != Some(&ticket) {
            return Turn::AfterOthers;
        }
        let free_at = self.free_at().max(self.paused_until);
        if free_at > now_ms {
            return Turn::At(free_at);
        }
        self.start(lane, now_ms);
        Turn::Now
    }

    /// A started call ended; `None` when it was abandoned half-way.
    pub fn end(&mut self, lane: Lane, report: Option<Report>, now_ms: u64) {
        if lane != Lane::Open {
            self.in_line_busy = false;
        }
        self.probing = false;
        match report {
            None => {}
            Some(Report::Answered) => {
                self.limited_in_a_row = 0;
                self.failed_in_a_row = 0;
                self.broken_until = None;
            }
            Some(Report::Failed) => {
                self.failed_in_a_row += 1;
                if let Some(beyond) = self.failed_in_a_row.checked_sub(BREAKS_AFTER) {
                    let rest = (BREAKER_FIRST_MS << beyond.min(8)).min(BREAKER_MOST_MS);
                    self.broken_until = Some(now_ms + rest);
                }
            }
            Some(Report::Limited { retry_after_ms }) => {
                // Several nodes must not come back at the same millisecond; the ticket number is chance enough for that.
                let jitter = self.next_ticket * 7_919 % 250;
                let backoff = (PAUSE_FIRST_MS << self.limited_in_a_row.min(6)).min(PAUSE_MOST_MS) + jitter;
                self.limited_in_a_row += 1;
                self.paused_until = self.paused_until.max(now_ms + retry_after_ms.unwrap_or(backoff));
            }
        }
    }

    /// Milliseconds until the pause a 429 asked for is over.
    pub fn pause_left_ms(&self, now_ms: u64) -> u64 {
        self.paused_until.saturating_sub(now_ms)
    }

    fn start(&mut self, lane: Lane, now_ms: u64) {
        self.waiting[lane as usize].pop_front();
        self.starts.push_back(now_ms);
        if self.starts.len() > self.per_period {
            self.starts.pop_front();
        }
        self.probing = self.broken_until.is_some();
        if lane != Lane::Open {
            self.in_line_busy = true;
            let lower_wait = self.lower_wait(lane);
            let streak = &mut self.streaks[lane as usize];
            *streak = if lower_wait { *streak + 1 } else { 0 };
            for above in &mut self.streaks[..lane as usize] {
                *above = 0;
            }
        }
    }

    /// Whose turn it is, pacing apart.
    fn preferred(&self) -> Option<Lane> {
        if !self.waiting[Lane::Open as usize].is_empty() {
            return Some(Lane::Open);
        }
        if self.in_line_busy {
            return None;
        }
        let waits = |lane: &Lane| !self.waiting[*lane as usize].is_empty();
        let fresh = |lane: &Lane| self.streaks[*lane as usize] < STREAK || !self.lower_wait(*lane);
        IN_LINE.into_iter().find(|lane| waits(lane) && fresh(lane))
    }

    fn lower_wait(&self, lane: Lane) -> bool {
        self.waiting[lane as usize + 1..].iter().any(|line| !line.is_empty())
    }

    /// The first millisecond at which a start keeps the permitted rate.
    fn free_at(&self) -> u64 {
        match self.starts.front() {
            Some(first) if self.starts.len() == self.per_period => first + PERIOD_MS,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts one call after another as fast as permitted until `count` have started; answers when and which.
    fn drain(pace: &mut Pace, mut tickets: Vec<(Lane, u64)>, count: usize) -> Vec<(u64, Lane)> {
        let (mut now, mut started) = (0, Vec::new());
        while started.len() < count {
            let turns: Vec<Turn> = tickets
                .iter()
                .map(|(lane, ticket)| pace.ask(*lane, *ticket, now))
                .collect();
            if let Some(at) = turns.iter().position(|turn| *turn == Turn::Now) {
                let (lane, _) = tickets.remove(at);
                pace.end(lane, Some(Report::Answered), now);
                started.push((now, lane));
                continue;
            }
            let next = turns
                .iter()
                .find_map(|turn| if let Turn::At(at) = turn { Some(*at) } else { None });
            now = next.expect("something waits for a time");
        }
        started
    }

    fn line(pace: &mut Pace, lanes: &[(Lane, usize)]) -> Vec<(Lane, u64)> {
        lanes
            .iter()
            .flat_map(|(lane, count)| vec![*lane; *count])
            .map(|lane| (lane, pace.queue(lane)))
            .collect()
    }

    #[test]
    fn a_change_on_an_idle_account_does_not_wait() {
        let mut pace = Pace::new(5);
        let tickets = line(&mut pace, &[(Lane::Give, 3)]);
        assert!(drain(&mut pace, tickets, 3).iter().all(|(at, _)| *at == 0));
    }

    #[test]
    fn no_second_sees_more_starts_than_permitted_and_the_rate_is_used() {
        let mut pace = Pace::new(5);
        let tickets = line(&mut pace, &[(Lane::Give, 100)]);
        let started = drain(&mut pace, tickets, 100);
        for pair in started.windows(6) {
            assert!(pair[5].0 - pair[0].0 > 1_000, "{pair:?}");
        }
        assert!(started[99].0 <= 19 * 1_020);
    }

    #[test]
    fn a_door_goes_before_everything_even_while_a_call_is_under_way() {
        let mut pace = Pace::new(5);
        let give = pace.queue(Lane::Give);
        assert_eq!(pace.ask(Lane::Give, give, 0), Turn::Now);
        let (revoke, open) = (pace.queue(Lane::Revoke), pace.queue(Lane::Open));
        assert_eq!(pace.ask(Lane::Revoke, revoke, 0), Turn::AfterOthers);
        assert_eq!(pace.ask(Lane::Open, open, 0), Turn::Now);
        assert_eq!(
            pace.ask(Lane::Revoke, revoke, 0),
            Turn::AfterOthers,
            "the give is still under way"
        );
        pace.end(Lane::Give, Some(Report::Answered), 1);
        assert_eq!(pace.ask(Lane::Revoke, revoke, 1), Turn::Now);
    }

    #[test]
    fn while_both_wait_revokes_have_at_least_two_turns_in_five_and_gives_are_not_starved() {
        let mut pace = Pace::new(5);
        let tickets = line(&mut pace, &[(Lane::Read, 50), (Lane::Give, 50), (Lane::Revoke, 50)]);
        let started = drain(&mut pace, tickets, 50);
        let count = |lane| started.iter().filter(|(_, of)| *of == lane).count();
        assert!(count(Lane::Revoke) >= 20, "{}", count(Lane::Revoke));
        assert!(count(Lane::Give) >= 5, "{}", count(Lane::Give));
        assert!(count(Lane::Read) >= 1, "{}", count(Lane::Read));
    }

    #[test]
    fn a_pause_holds_every_lane_back_and_a_long_one_refuses() {
        let mut pace = Pace::new(5);
        let first = pace.queue(Lane::Give);
        assert_eq!(pace.ask(Lane::Give, first, 0), Turn::Now);
        pace.end(
            Lane::Give,
            Some(Report::Limited {
                retry_after_ms: Some(30_000),
            }),
            0,
        );
        let door = pace.queue(Lane::Open);
        assert_eq!(pace.ask(Lane::Open, door, 10), Turn::Paused { retry_after_ms: 29_990 });
        assert_eq!(pace.ask(Lane::Open, door, 29_000), Turn::At(30_000));
        assert_eq!(pace.ask(Lane::Open, door, 30_000), Turn::Now);
    }

    #[test]
    fn pauses_without_a_time_double_up_to_a_minute() {
        let mut pace = Pace::new(5);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let now = pace.paused_until;
            pace.end(Lane::Give, Some(Report::Limited { retry_after_ms: None }), now);
            pauses.push(pace.pause_left_ms(now) / 1_000);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn the_breaker_opens_after_five_failures_lets_one_probe_through_and_closes() {
        let mut pace = Pace::new(5);
        for at in 0..5 {
            pace.end(Lane::Read, Some(Report::Failed), at);
        }
        let (one, other) = (pace.queue(Lane::Give), pace.queue(Lane::Give));
        assert_eq!(pace.ask(Lane::Give, one, 4), Turn::Broken { retry_after_ms: 1_000 });
        assert_eq!(pace.ask(Lane::Give, one, 1_004), Turn::Now);
        assert_eq!(
            pace.ask(Lane::Give, other, 1_004),
            Turn::AfterOthers,
            "one probe at a time"
        );
        pace.end(Lane::Give, Some(Report::Failed), 1_010);
        assert_eq!(
            pace.ask(Lane::Give, other, 1_010),
            Turn::Broken { retry_after_ms: 2_000 }
        );
        assert_eq!(pace.ask(Lane::Give, other, 3_010), Turn::Now);
        pace.end(Lane::Give, Some(Report::Answered), 3_011);
        let next = pace.queue(Lane::Give);
        assert_eq!(pace.ask(Lane::Give, next, 3_011), Turn::Now);
    }
}
