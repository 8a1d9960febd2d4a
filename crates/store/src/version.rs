//! Versioned rows: every change closes the current version and begins the next, so any past instant can be read again.
//!
//! In: a table's key and `now`. Out: the way is free for a new version `[now, for ever)`.
//! Always: versions of one row never overlap. A second change in the same millisecond replaces the first; after the clock
//! was set back, versions that would begin later than `now` are forgotten.
//! Reading: `known_from_ms <= $t AND $t < known_until_ms`, with [`LATEST`] for what is known now.

use access::Instant;
use access::id::NetworkId;

use crate::error::{Error, Result};
use crate::sql::{Arg, Tx};

/// The instant that only current versions contain, whatever the clock says.
pub(crate) const LATEST: Instant = Instant::from_ms(i64::MAX - 1);

/// The condition that only current versions meet.
macro_rules! current {
    () => {
        "known_until_ms = 9223372036854775807"
    };
}
pub(crate) use current;

/// The two statements that end a version of one table.
pub(crate) struct Versions {
    pub(crate) table: &'static str,
    pub(crate) close: &'static str,
    pub(crate) forget: &'static str,
}

/// `versions!("person", "id = $3")`: the table and its key after the network; `$1` is the network, `$2` is now.
macro_rules! versions {
    ($table:literal, $key:literal) => {
        $crate::version::Versions {
            table: $table,
            close: concat!(
                "UPDATE ",
                $table,
                " SET known_until_ms = $2 WHERE network_id = $1 AND ",
                $key,
                " AND known_from_ms < $2 AND known_until_ms > $2"
            ),
            forget: concat!(
                "DELETE FROM ",
                $table,
                " WHERE network_id = $1 AND ",
                $key,
                " AND known_from_ms >= $2"
            ),
        }
    };
}
pub(crate) use versions;

impl Versions {
    /// Ends the current version, which began at `since`, at `now`. Somebody else changing the same row is `Busy`.
    pub(crate) async fn end(
        &self,
        tx: &mut Tx,
        network: NetworkId,
        since: Instant,
        now: Instant,
        key: &[Arg],
    ) -> Result<()> {
        let args = || {
            [Arg::from(network), Arg::from(now)]
                .into_iter()
                .chain(key.iter().cloned())
                .collect()
        };
        let mut ended = 0;
        if since >= now {
            ended += tx.execute(self.forget, args()).await?;
        }
        ended += tx.execute(self.close, args()).await?;
        if ended == 0 {
            return Err(Error::busy(format!(
                "this {} is being changed by somebody else; try again",
                self.table
            )));
        }
        Ok(())
    }
}
