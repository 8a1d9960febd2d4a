//! One key being worked: the claim on it, and the round it leaves in the journal.
//!
//! In: a key as it was read. Out: write transactions in which the key is surely ours.
//! Why so: the first thing a round keeps also takes the key and begins the round, so that one flush to disk lies between a change
//! and the call it leads to; a round with nothing to keep is one flush in all.
//! Always: nothing is kept, and no vendor is asked to change anything, while the key is somebody else's or has changed.

use access::Instant;
use access::id::RoundId;
use store::Tx;
use store::round;
use store::wakeup::{self, Claimed, Held};

use crate::house::House;
use crate::reconcile::Stopped;

/// The claim and the round of one key.
pub(crate) struct Journal<'a> {
    house: &'a House,
    claimed: &'a Claimed,
    held: bool,
    round: Option<RoundId>,
    edge: Option<Instant>,
}

impl<'a> Journal<'a> {
    /// Nothing is kept yet.
    pub(crate) fn new(house: &'a House, claimed: &'a Claimed) -> Self {
        Self {
            house,
            claimed,
            held: false,
            round: None,
            edge: None,
        }
    }

    /// Which key.
    pub(crate) fn claimed(&self) -> &'a Claimed {
        self.claimed
    }

    /// The next instant at which something flips by itself for whom the key is about, as the last comparison saw it.
    pub(crate) fn edge(&self) -> Option<Instant> {
        self.edge
    }

    /// A comparison saw it.
    pub(crate) fn saw_edge(&mut self, at: Option<Instant>) {
        self.edge = at;
    }

    /// The round, once it has begun.
    pub(crate) fn round(&self) -> Option<RoundId> {
        self.round
    }

    /// A transaction in which the key is ours; ends with [`Journal::keep`].
    pub(crate) async fn write(&self) -> Result<Tx, Stopped> {
        let mut tx = self.house.store.write().await?;
        if !self.held {
            match wakeup::hold(&mut tx, self.claimed).await? {
                Held::Ours => {}
                Held::Changed => return Err(Stopped::Changed),
                Held::Elsewhere => return Err(Stopped::Elsewhere),
            }
        }
        Ok(tx)
    }

    /// The same with the round begun in it; ends with [`Journal::keep_round`].
    pub(crate) async fn begin(&self) -> Result<(Tx, RoundId), Stopped> {
        let mut tx = self.write().await?;
        let round = match self.round {
            Some(round) => round,
            None => {
                let act = self.house.act(self.claimed.network);
                let cause = if self.claimed.person.is_some() {
                    "person"
                } else {
                    "reading"
                };
                round::begin(&mut tx, &act, self.claimed.integration, self.claimed.person, cause).await?
            }
        };
        Ok((tx, round))
    }

    /// Makes it durable: from here on the key is held.
    pub(crate) async fn keep(&mut self, tx: Tx) -> Result<(), Stopped> {
        tx.commit().await?;
        self.held = true;
        Ok(())
    }

    /// The same for a transaction with a round in it.
    pub(crate) async fn keep_round(&mut self, tx: Tx, round: RoundId) -> Result<(), Stopped> {
        self.keep(tx).await?;
        self.round = Some(round);
        Ok(())
    }

    /// Takes the key before anything that is not a step of its own: a reading, a look-up, a farewell.
    pub(crate) async fn take(&mut self) -> Result<(), Stopped> {
        let tx = self.write().await?;
        self.keep(tx).await
    }
}
