//! Rows of several ids in one go, for lists that name what their rows point to.
//!
//! Always: as many trips to the database for fifty rows as for one.

use access::id::NetworkId;

use crate::error::Result;
use crate::sql::{Arg, Asked, Row, Tx, args};

/// How many ids one query asks for.
const AT_ONCE: usize = 16;

/// Current rows by up to sixteen values of one column.
macro_rules! current_by {
    ($table:literal, $column:literal) => {
        concat!(
            "SELECT * FROM ",
            $table,
            " WHERE network_id = $1 AND ",
            crate::version::current!(),
            " AND ",
            $column,
            " IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ORDER BY id"
        )
    };
}
pub(crate) use current_by;

/// The rows; `sql` is made by `current_by!`, or asks for as many values in the same places.
pub(crate) async fn rows<Id: Copy + Into<Arg>>(
    tx: &mut Tx,
    sql: &'static str,
    network: NetworkId,
    ids: &[Id],
) -> Result<Vec<Row>> {
    let ids: Vec<Arg> = ids.iter().map(|id| (*id).into()).collect();
    let ask = |chunk: &[Arg]| {
        let mut args = args![network];
        args.extend_from_slice(chunk);
        args.resize(1 + AT_ONCE, chunk[chunk.len() - 1].clone());
        Asked::new(sql, args)
    };
    let found = tx.fetch_several(ids.chunks(AT_ONCE).map(ask).collect()).await?;
    Ok(found.into_iter().flatten().collect())
}
