//! The small face over two native pools: arguments, rows, transactions.
//!
//! In: static SQL text with `$1` placeholders, the same for both engines, and [`Arg`]s. Out: [`Row`]s with typed readers.
//! Why so: one text and one set of column types for SQLite and PostgreSQL, with each driver's own speed; ids, instants and
//! dates cannot be read as anything else.
//! Always: SQL text is `'static`; nothing is ever pasted into it.

mod arg;
mod page;
mod row;
mod several;
mod tx;

pub use arg::Arg;
pub(crate) use arg::{args, like, literal};
pub use page::{Listed, Page};
pub use row::Row;
pub(crate) use row::word_text;
pub(crate) use several::Asked;
pub use tx::Tx;
pub(crate) use tx::Way;
