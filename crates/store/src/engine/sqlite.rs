//! SQLite: opening, verifying, and one writer that many take turns at.
//!
//! Why so: a durable commit costs one flush to disk, so writers that wait for each other share one: each writes inside a
//! savepoint of the same `BEGIN IMMEDIATE`, the last one commits and tells everybody.
//! Always: `commit` answers only after the flush; who fails or is dropped loses only their own savepoint; if the shared
//! commit fails, everybody gets the error and nothing is stored; a connection in doubt is thrown away and opened anew.
//! Every connection's settings are read back after setting them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Executor, Row, Sqlite, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::error::{Error, Result};

/// How long a connection waits for a lock that another process holds.
const BUSY_TIMEOUT_MS: u64 = 5_000;
/// At most this many turns share one commit, so that the first in it does not wait for ever.
const TURNS_PER_COMMIT: usize = 64;
/// Connections that only read.
const READERS: u32 = 8;
/// The first version without the WAL-reset corruption.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// One database file.
pub(crate) struct File {
    pub(crate) readers: SqlitePool,
    pub(crate) turns: Arc<Turns>,
}

pub(crate) async fn open(path: &Path) -> Result<File> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))
        .statement_cache_capacity(500);
    // The writer comes first: it makes the file and its journal mode.
    let turns = Turns::open(options.clone()).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                verify(connection, true)
                    .await
                    .map_err(|why| sqlx::Error::Configuration(Box::new(why)))
            })
        })
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(|why| Error::from_driver("the database file could not be opened for reading", why))?;
    Ok(File { readers, turns })
}

/// One snapshot for all its statements, from the first one on.
pub(crate) async fn read(readers: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    readers
        .begin()
        .await
        .map_err(|why| Error::from_driver("no read snapshot could be opened", why))
}

/// Reads back what was set: a typing error in a setting, or a file system that cannot do it, must not pass silently.
async fn verify(connection: &mut SqliteConnection, reads_only: bool) -> Result<()> {
    let row = sqlx::query(
        "SELECT sqlite_version() AS version, journal_mode, synchronous, foreign_keys, timeout, query_only
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout, pragma_query_only",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|why| Error::from_driver("SQLite did not say how it is set up", why))?;
    let unread = |why| Error::from_driver("SQLite did not say how it is set up", why);
    let number = |name: &str| row.try_get::<i64, _>(name).map_err(unread);
    let version: String = row.try_get("version").map_err(unread)?;
    if version_of(&version) < Some(OLDEST) {
        return Err(Error::database(format!(
            "SQLite {version} can corrupt its log; 3.51.3 or later is needed"
        )));
    }
    let journal: String = row.try_get("journal_mode").map_err(unread)?;
    let found = (
        journal.as_str(),
        number("synchronous")?,
        number("foreign_keys")?,
        number("timeout")?,
        number("query_only")?,
    );
    if found != ("wal", 2, 1, BUSY_TIMEOUT_MS as i64, i64::from(reads_only)) {
        return Err(Error::database(format!(
            "SQLite did not take its settings: journal mode, synchronous, foreign keys, busy timeout, query only are {found:?}"
        )));
    }
    Ok(())
}

fn version_of(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// A migration as SQLite shall have it: STRICT tables, which know other type names, clustered by their own key.
pub(crate) fn dialect(portable: &str) -> String {
    portable
        .replace(" BIGINT", " INTEGER")
        .replace(" BOOLEAN", " INTEGER")
        .replace(" DOUBLE PRECISION", " REAL")
        .replace("\n);", "\n) STRICT, WITHOUT ROWID;")
}

/// The writer and those who wait for it.
pub(crate) struct Turns {
    writer: Arc<Mutex<Writer>>,
    waiting: AtomicUsize,
    options: SqliteConnectOptions,
    runtime: tokio::runtime::Handle,
    commits: AtomicU64,
}

struct Writer {
    /// `None` after a failure that leaves it in doubt.
    connection: Option<SqliteConnection>,
    /// Is a transaction open on it?
    open: bool,
    /// Those whose turn is over and who wait to hear of the shared commit.
    committing: Vec<oneshot::Sender<Result<()>>>,
}

impl Turns {
    async fn open(options: SqliteConnectOptions) -> Result<Arc<Self>> {
        let connection = connect(&options).await?;
        let writer = Writer {
            connection: Some(connection),
            open: false,
            committing: Vec::new(),
        };
        Ok(Arc::new(Self {
            writer: Arc::new(Mutex::new(writer)),
            waiting: AtomicUsize::new(0),
            options,
            runtime: tokio::runtime::Handle::current(),
            commits: AtomicU64::new(0),
        }))
    }

    /// Flushes to disk so far.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Runs the migrations on the writer.
    pub(crate) async fn migrate(&self, migrator: &Migrator) -> Result<()> {
        let mut writer = self.writer.lock().await;
        let connection = writer
            .connection
            .as_mut()
            .ok_or_else(|| Error::database("the writer is not connected"))?;
        migrator
            .run_direct(None, connection, false)
            .await
            .map_err(|why| Error::database("the database could not be migrated").because(why))
    }

    /// Waits for the writer and opens a turn.
    pub(crate) async fn take(self: &Arc<Self>) -> Result<Turn> {
        let waiting = Waiting::new(self);
        let writer = self.writer.clone().lock_owned().await;
        waiting.arrived();
        // From here on the turn's own drop cleans up, wherever this future is left.
        let mut turn = Turn {
            turns: self.clone(),
            writer: Some(writer),
            savepoint: false,
        };
        turn.begin().await?;
        Ok(turn)
    }

    /// Commits what was left open for somebody who gave up waiting.
    fn settle_later(self: &Arc<Self>) {
        let turns = self.clone();
        self.runtime.spawn(async move {
            let mut writer = turns.writer.lock().await;
            turns.settle(&mut writer).await;
        });
    }

    /// Commits the open transaction, unless somebody waits who will.
    async fn settle(&self, writer: &mut Writer) {
        if writer.open && self.waiting.load(Ordering::SeqCst) == 0 {
            if writer.committing.is_empty() {
                writer.roll_back().await;
            } else {
                let outcome = self.commit(writer).await;
                writer.tell(&outcome);
            }
        }
    }

    async fn commit(&self, writer: &mut Writer) -> Result<()> {
        let outcome = writer.run("COMMIT").await;
        match &outcome {
            Ok(()) => {
                writer.open = false;
                self.commits.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => writer.roll_back().await,
        }
        outcome
    }
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let mut connection = options
        .connect()
        .await
        .map_err(|why| Error::from_driver("the database file could not be opened for writing", why))?;
    verify(&mut connection, false).await?;
    Ok(connection)
}

impl Writer {
    async fn run(&mut self, sql: &'static str) -> Result<()> {
        let connection = self
            .connection
            .as_mut()
            .ok_or_else(|| Error::database("the writer is not connected"))?;
        let done = connection.execute(sql).await;
        done.map(|_| ())
            .map_err(|why| Error::from_driver(&format!("the database did not take “{sql}”"), why))
    }

    /// Undoes the whole open transaction. If even that fails, SQLite has already undone it, or the connection is in doubt:
    /// either way a new connection is the sure answer.
    async fn roll_back(&mut self) {
        self.open = false;
        if let Err(why) = self.run("ROLLBACK").await {
            tracing::warn!(?why, "the writer's connection is in doubt and is opened anew");
            if let Some(connection) = self.connection.take() {
                // Closing only frees what it held; the outcome changes nothing, since the connection is given up.
                let _closed = connection.close().await;
            }
        }
    }

    fn tell(&mut self, outcome: &Result<()>) {
        for waiting in self.committing.drain(..) {
            // Who no longer listens was dropped, and may not know the outcome, as with any answer that is not waited for.
            let _heard = waiting.send(outcome.clone());
        }
    }
}

/// Counted among those who wait for the writer, as long as it lives.
struct Waiting<'t> {
    turns: &'t Arc<Turns>,
    arrived: bool,
}

impl<'t> Waiting<'t> {
    fn new(turns: &'t Arc<Turns>) -> Self {
        turns.waiting.fetch_add(1, Ordering::SeqCst);
        Self { turns, arrived: false }
    }

    fn arrived(mut self) {
        self.arrived = true;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let last = self.turns.waiting.fetch_sub(1, Ordering::SeqCst) == 1;
        if last && !self.arrived {
            self.turns.settle_later();
        }
    }
}

/// One caller's turn at the writer: a transaction of its own as far as the caller can tell.
pub(crate) struct Turn {
    turns: Arc<Turns>,
    /// Taken by `commit` or by the drop.
    writer: Option<OwnedMutexGuard<Writer>>,
    /// Others' writes lie before ours in the same transaction, so ours begin at a savepoint.
    savepoint: bool,
}

impl Turn {
    async fn begin(&mut self) -> Result<()> {
        let writer = self.writer.as_mut().expect("a turn holds the writer until it ends");
        if writer.connection.is_none() {
            writer.connection = Some(connect(&self.turns.options).await?);
        }
        if writer.open {
            self.savepoint = true;
            writer.run("SAVEPOINT turn").await
        } else {
            // Said before it is done: if this future is dropped in between, the drop rolls back what may have begun.
            writer.open = true;
            writer.run("BEGIN IMMEDIATE").await
        }
    }

    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        let connection = self.writer.as_mut().and_then(|writer| writer.connection.as_mut());
        connection.ok_or_else(|| Error::database("the writer is not connected"))
    }

    /// Ends the turn; returns when the commit that holds it is on disk. Runs on even if the caller stops waiting.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let writer = self.writer.take().expect("a turn holds the writer until it ends");
        let (turns, savepoint) = (self.turns.clone(), self.savepoint);
        let ended = turns.runtime.clone().spawn(end(turns, writer, savepoint));
        ended
            .await
            .unwrap_or_else(|why| Err(Error::database("the server stopped during a commit").because(why)))
    }
}

async fn end(turns: Arc<Turns>, mut writer: OwnedMutexGuard<Writer>, savepoint: bool) -> Result<()> {
    if savepoint && let Err(why) = writer.run("RELEASE turn").await {
        writer.roll_back().await;
        writer.tell(&Err(why.clone()));
        return Err(why);
    }
    if turns.waiting.load(Ordering::SeqCst) > 0 && writer.committing.len() + 1 < TURNS_PER_COMMIT {
        let (tell, told) = oneshot::channel();
        writer.committing.push(tell);
        drop(writer);
        return told
            .await
            .unwrap_or_else(|why| Err(Error::database("the server stopped during a commit").because(why)));
    }
    let outcome = turns.commit(&mut writer).await;
    writer.tell(&outcome);
    outcome
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        let (turns, savepoint) = (self.turns.clone(), self.savepoint);
        self.turns.runtime.spawn(async move {
            if savepoint {
                let undone = match writer.run("ROLLBACK TO turn").await {
                    Ok(()) => writer.run("RELEASE turn").await,
                    failed => failed,
                };
                if let Err(why) = undone {
                    // SQLite gave up the whole transaction, or its state is unknown: nobody's writes in it were stored.
                    writer.roll_back().await;
                    writer.tell(&Err(why));
                }
            } else {
                writer.roll_back().await;
            }
            turns.settle(&mut writer).await;
        });
    }
}
