//! The store: opens a database, gives out transactions, says when there is work.
//!
//! In: `sqlite:FILE` or `postgres://…`, and the key that seals secrets. Out: [`Store`], cheap to clone.
//! Always: settings are verified and migrations run before the first transaction.

use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, SqlSafeStr};
use tokio::sync::watch;

use crate::engine::{postgres, sqlite};
use crate::error::{Error, Result};
use crate::seal::SealKey;
use crate::sql::{Tx, Way};
use access::id::NetworkId;
use access::vendor::Secret;

/// The portable migrations, in order; SQLite gets its own dialect of the same text. A text that has run anywhere never changes.
const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "first", include_str!("../migrations/0001_first.sql")),
    (
        2,
        "calendar entries",
        include_str!("../migrations/0002_calendar_entries.sql"),
    ),
    (
        3,
        "sites and turns",
        include_str!("../migrations/0003_sites_and_turns.sql"),
    ),
    (
        4,
        "one kind of turn",
        include_str!("../migrations/0004_one_kind_of_turn.sql"),
    ),
    (
        5,
        "cards and seats",
        include_str!("../migrations/0005_cards_and_seats.sql"),
    ),
];

/// An open database.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    key: SealKey,
    woken: watch::Sender<u64>,
    changed: watch::Sender<u64>,
}

enum Engine {
    Sqlite(sqlite::File),
    Postgres(PgPool),
}

impl Store {
    /// Opens `sqlite:FILE` (made when missing) or `postgres://…`, verifies its settings and brings its tables up to date.
    pub async fn open(address: &str, key: SealKey) -> Result<Self> {
        let store = Self::open_without_migrating(address, key).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// The same without touching tables.
    pub async fn open_without_migrating(address: &str, key: SealKey) -> Result<Self> {
        let engine = if let Some(file) = address.strip_prefix("sqlite:") {
            Engine::Sqlite(sqlite::open(Path::new(file.strip_prefix("//").unwrap_or(file))).await?)
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Engine::Postgres(postgres::open(address).await?)
        } else {
            return Err(Error::invalid("a database address starts with sqlite: or postgres://"));
        };
        Ok(Self(Arc::new(Inner {
            engine,
            key,
            woken: watch::Sender::new(0),
            changed: watch::Sender::new(0),
        })))
    }

    /// Brings the tables up to date; nothing happens when they are.
    pub async fn migrate(&self) -> Result<()> {
        match &self.0.engine {
            Engine::Sqlite(file) => file.turns.migrate(&migrator(sqlite::dialect)).await,
            Engine::Postgres(pool) => migrator(str::to_owned)
                .run(pool)
                .await
                .map_err(|why| Error::database("the database could not be migrated").because(why)),
        }
    }

    /// How many migrations are still to run; 0 is up to date.
    pub async fn migrations_to_run(&self) -> Result<usize> {
        let unread = |why| Error::database("the list of migrations could not be read").because(why);
        let applied = match &self.0.engine {
            Engine::Sqlite(file) => {
                let mut connection = file
                    .readers
                    .acquire()
                    .await
                    .map_err(|why| Error::from_driver("no connection for reading", why))?;
                if sqlx::query("SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'")
                    .fetch_optional(&mut *connection)
                    .await
                    .map_err(|why| Error::from_driver("the list of tables could not be read", why))?
                    .is_none()
                {
                    return Ok(MIGRATIONS.len());
                }
                connection
                    .list_applied_migrations("_sqlx_migrations")
                    .await
                    .map_err(unread)?
            }
            Engine::Postgres(pool) => {
                let mut connection = pool
                    .acquire()
                    .await
                    .map_err(|why| Error::from_driver("no connection for reading", why))?;
                let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
                    .fetch_one(&mut *connection)
                    .await
                    .map_err(|why| Error::from_driver("the list of tables could not be read", why))?;
                if !exists {
                    return Ok(MIGRATIONS.len());
                }
                connection
                    .list_applied_migrations("_sqlx_migrations")
                    .await
                    .map_err(unread)?
            }
        };
        Ok(MIGRATIONS
            .iter()
            .filter(|(version, ..)| !applied.iter().any(|done| done.version == *version))
            .count())
    }

    /// One snapshot to read from; end it by dropping it.
    pub async fn read(&self) -> Result<Tx> {
        let way = match &self.0.engine {
            Engine::Sqlite(file) => Way::SqliteRead(sqlite::read(&file.readers).await?),
            Engine::Postgres(pool) => Way::Postgres(postgres::read(pool).await?),
        };
        Ok(self.tx(way))
    }

    /// A transaction to read and write in. Keep it short: on SQLite everybody who writes waits for it.
    pub async fn write(&self) -> Result<Tx> {
        let way = match &self.0.engine {
            Engine::Sqlite(file) => Way::SqliteWrite(file.turns.take().await?),
            Engine::Postgres(pool) => Way::Postgres(postgres::write(pool).await?),
        };
        Ok(self.tx(way))
    }

    fn tx(&self, way: Way) -> Tx {
        Tx::new(way, self.0.key.clone(), self.0.woken.clone(), self.0.changed.clone())
    }

    /// Seals a text that leaves the house for a while, as letters, digits and hyphens, such as in a browser's cookie; `purpose` keeps it
    /// from being used elsewhere.
    pub fn seal(&self, purpose: &str, network: NetworkId, text: &Secret) -> String {
        self.0.key.seal("outside", purpose, network, text).replace(':', "-")
    }

    /// Opens what [`Store::seal`] sealed for the same purpose and network.
    pub fn unseal(&self, purpose: &str, network: NetworkId, sealed: &str) -> Result<Secret> {
        self.0.key.open("outside", purpose, network, &sealed.replace('-', ":"))
    }

    /// Changes after every commit (of this process) that left work for the worker: wake-ups or mail.
    pub fn woken(&self) -> watch::Receiver<u64> {
        self.0.woken.subscribe()
    }

    /// Changes after every commit of a write (of this process), for pages that show what is going on.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Flushes to disk so far, where one writer groups them (SQLite); `None` on PostgreSQL.
    pub fn commits(&self) -> Option<u64> {
        match &self.0.engine {
            Engine::Sqlite(file) => Some(file.turns.commits()),
            Engine::Postgres(_) => None,
        }
    }

    /// Waits for running statements and closes all connections.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(file) => file.readers.close().await,
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

fn migrator(dialect: impl Fn(&str) -> String) -> Migrator {
    let steps = MIGRATIONS.map(|(version, name, text)| {
        let text = AssertSqlSafe(dialect(text)).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, text, false)
    });
    Migrator::with_migrations(steps.into())
}
