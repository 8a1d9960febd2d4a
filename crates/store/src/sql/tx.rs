//! A transaction: the one thing every store function takes.
//!
//! In: statements. Out: rows; on [`Tx::commit`], durability. Why so: reading and writing functions look the same, and what
//! one request writes (row, audit entry, wake-ups, mail) is one commit.
//! Always: after a failed statement the transaction only rolls back, on both engines; a dropped transaction leaves nothing
//! behind; `commit` returns `Ok` only once the database has it on disk.

use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::watch;

use crate::engine::sqlite::Turn;
use crate::error::{Error, Result};
use crate::seal::SealKey;
use crate::sql::row::{Engine, Row};
use crate::sql::{Arg, Asked, several};

/// A read snapshot or a write transaction.
pub struct Tx {
    way: Way,
    key: SealKey,
    woken: watch::Sender<u64>,
    changed: watch::Sender<u64>,
    wakes: bool,
    wrote: bool,
    broken: bool,
}

pub(crate) enum Way {
    SqliteRead(Transaction<'static, Sqlite>),
    SqliteWrite(Turn),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one query on whichever engine this is, with the arguments bound; `$run` is the driver's method.
macro_rules! run {
    ($tx:expr, $sql:expr, $args:expr, $run:ident) => {
        match &mut $tx.way {
            Way::SqliteRead(tx) => bound!(Sqlite, $sql, $args).$run(&mut **tx).await.map(Into::into),
            Way::SqliteWrite(turn) => bound!(Sqlite, $sql, $args)
                .$run(turn.connection()?)
                .await
                .map(Into::into),
            Way::Postgres(tx) => bound!(Postgres, $sql, $args).$run(&mut **tx).await.map(Into::into),
        }
    };
}

macro_rules! bound {
    ($engine:ty, $sql:expr, $args:expr) => {
        $args
            .into_iter()
            .fold(sqlx::query::<$engine>($sql), |query, arg| match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Bool(value) => query.bind(value),
                Arg::Real(value) => query.bind(value),
            })
    };
}

impl Tx {
    pub(crate) fn new(way: Way, key: SealKey, woken: watch::Sender<u64>, changed: watch::Sender<u64>) -> Self {
        Self {
            way,
            key,
            woken,
            changed,
            wakes: false,
            wrote: false,
            broken: false,
        }
    }

    /// Runs a statement; answers how many rows it touched.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        let done: std::result::Result<Touched, sqlx::Error> = {
            self.sound()?;
            run!(self, sql, args, execute)
        };
        self.wrote = true;
        self.checked(sql, done).map(|touched| touched.0)
    }

    /// All rows of a query. The query itself bounds how many there can be.
    pub async fn fetch_all(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
        let done: std::result::Result<Rows, sqlx::Error> = {
            self.sound()?;
            run!(self, sql, args, fetch_all)
        };
        self.checked(sql, done).map(|rows| rows.0)
    }

    /// The first row of a query, if there is one.
    pub async fn fetch_optional(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Row>> {
        let done: std::result::Result<MaybeRow, sqlx::Error> = {
            self.sound()?;
            run!(self, sql, args, fetch_optional)
        };
        self.checked(sql, done).map(|row| row.0)
    }

    /// Several queries in one go; answers the rows of each, in order.
    pub(crate) async fn fetch_several(&mut self, asked: Vec<Asked>) -> Result<Vec<Vec<Row>>> {
        self.sound()?;
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let (first, wanted) = (asked.first().map_or("", |one| one.sql), asked.len());
        let done = match &mut self.way {
            Way::SqliteRead(tx) => several::run(tx, asked).await,
            Way::SqliteWrite(turn) => several::run(turn.connection()?, asked).await,
            Way::Postgres(_) => {
                let mut found = Vec::with_capacity(wanted);
                for one in asked {
                    found.push(self.fetch_all(one.sql, one.args).await?);
                }
                return Ok(found);
            }
        };
        let found = self.checked(first, done)?;
        if found.len() != wanted {
            return Err(Error::database("the database did not answer every query of several"));
        }
        Ok(found.into_iter().map(|rows| Rows::from(rows).0).collect())
    }

    /// Makes it durable, then wakes whoever waits for work, if this transaction made some.
    pub async fn commit(self) -> Result<()> {
        self.sound()?;
        let failed = |why| Error::from_driver("the database did not take the commit", why);
        match self.way {
            Way::SqliteRead(tx) => tx.commit().await.map_err(failed)?,
            Way::SqliteWrite(turn) => turn.commit().await?,
            Way::Postgres(tx) => tx.commit().await.map_err(failed)?,
        }
        if self.wrote {
            self.changed.send_modify(|times| *times += 1);
        }
        if self.wakes {
            self.woken.send_modify(|times| *times += 1);
        }
        Ok(())
    }

    /// Leaves nothing behind, and returns when that is so. Dropping does the same a little later.
    pub async fn roll_back(self) -> Result<()> {
        let failed = |why| Error::from_driver("the database did not take the roll-back", why);
        match self.way {
            Way::SqliteRead(tx) => tx.rollback().await.map_err(failed),
            Way::SqliteWrite(turn) => {
                drop(turn);
                Ok(())
            }
            Way::Postgres(tx) => tx.rollback().await.map_err(failed),
        }
    }

    /// Remembers that this transaction made work for the worker.
    pub(crate) fn wakes(&mut self) {
        self.wakes = true;
    }

    /// What seals secrets.
    pub(crate) fn key(&self) -> &SealKey {
        &self.key
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.way, Way::Postgres(_))
    }

    fn sound(&self) -> Result<()> {
        if self.broken {
            return Err(Error::database(
                "a statement of this transaction failed before; it can only be rolled back",
            ));
        }
        Ok(())
    }

    fn checked<T>(&mut self, sql: &str, done: std::result::Result<T, sqlx::Error>) -> Result<T> {
        done.map_err(|why| {
            self.broken = true;
            let start: String = sql.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
            Error::from_driver(&format!("the database refused “{start} …”"), why)
        })
    }
}

struct Touched(u64);

impl From<sqlx::sqlite::SqliteQueryResult> for Touched {
    fn from(done: sqlx::sqlite::SqliteQueryResult) -> Self {
        Self(done.rows_affected())
    }
}

impl From<sqlx::postgres::PgQueryResult> for Touched {
    fn from(done: sqlx::postgres::PgQueryResult) -> Self {
        Self(done.rows_affected())
    }
}

struct Rows(Vec<Row>);

impl From<Vec<sqlx::sqlite::SqliteRow>> for Rows {
    fn from(rows: Vec<sqlx::sqlite::SqliteRow>) -> Self {
        Self(rows.into_iter().map(|row| Row(Engine::Sqlite(row))).collect())
    }
}

impl From<Vec<sqlx::postgres::PgRow>> for Rows {
    fn from(rows: Vec<sqlx::postgres::PgRow>) -> Self {
        Self(rows.into_iter().map(|row| Row(Engine::Postgres(row))).collect())
    }
}

struct MaybeRow(Option<Row>);

impl From<Option<sqlx::sqlite::SqliteRow>> for MaybeRow {
    fn from(row: Option<sqlx::sqlite::SqliteRow>) -> Self {
        Self(row.map(|row| Row(Engine::Sqlite(row))))
    }
}

impl From<Option<sqlx::postgres::PgRow>> for MaybeRow {
    fn from(row: Option<sqlx::postgres::PgRow>) -> Self {
        Self(row.map(|row| Row(Engine::Postgres(row))))
    }
}
