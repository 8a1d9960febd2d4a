//! Looking at the vendor at other minutes than now, the way the worker would have brought it there.
//!
//! In: a person, a door, a minute. Out: what the simulator says then. Why so: where rows carry dates one may simply ask about another
//! minute; where they carry none, a round at the edge makes what holds there, so the house goes there, makes it, and comes back.

use access::Instant;

use crate::house::{House, at};

impl House {
    /// Is the person let in at this minute, when rounds are made as the comparison asks for them?
    pub async fn is_let_in(&mut self, email: &str, door: &str, minutes: i64) -> bool {
        let now = self.travel(email, at(minutes)).await;
        let told = self.stage.may_open(email, door, at(minutes));
        self.travel(email, now).await;
        told
    }

    /// Rows of a person at this minute.
    pub async fn rows_at(&mut self, email: &str, minutes: i64) -> usize {
        let now = self.travel(email, at(minutes)).await;
        let rows = self.stage.rows_of(email).len();
        self.travel(email, now).await;
        rows
    }

    /// The vendor must let this person in from the one minute to the other, and neither before nor after. Where a round at the edge
    /// does it, that is early by the lead time of somebody new.
    pub async fn is_let_in_exactly(&mut self, email: &str, door: &str, from: i64, until: i64) {
        let lead = match self.writes_ahead() {
            true => 0,
            false => (self.connector.abilities().lead_s + self.connector.abilities().record_s + 59) / 60,
        };
        for (minute, expected) in [
            (from - 1 - lead, false),
            (from, true),
            (until - 1, true),
            (until, false),
        ] {
            let told = self.is_let_in(email, door, minute).await;
            assert_eq!(told, expected, "{email} at minute {minute}");
        }
    }

    /// The vendor must let this person in now and until that minute.
    pub async fn is_let_in_until(&mut self, email: &str, door: &str, until: i64) {
        let now = (self.now.ms() - at(0).ms()) / 60_000;
        for (minute, expected) in [(now, true), (until - 1, true), (until, false)] {
            let told = self.is_let_in(email, door, minute).await;
            assert_eq!(told, expected, "{email} at minute {minute}");
        }
    }

    /// Where rounds at the edges make access, goes there and makes one for this person; answers where we were.
    async fn travel(&mut self, email: &str, to: Instant) -> Instant {
        let from = self.now;
        if from != to && !self.writes_ahead() {
            self.now = to;
            self.stage.set_now(to);
            if self.knows(email) {
                self.settle(email).await.expect("nothing is in the way");
            }
        }
        from
    }
}
