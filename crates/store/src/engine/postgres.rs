//! PostgreSQL: opening and verifying.
//!
//! Always: a server that could lose an acknowledged commit is refused at the start; every connection speaks UTF-8; a read
//! is one snapshot (`REPEATABLE READ`), a write `READ COMMITTED`.
//! Not here: bookings need no stronger level, because makers of one resource's bookings queue for their turn
//! (`turn.rs`) and look only after they have it (see `booking.rs`).

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Postgres, Row, Transaction};

use crate::error::{Error, Result};

/// At most this many connections of one process.
const CONNECTIONS: u32 = 20;

pub(crate) async fn open(url: &str) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|why| Error::from_driver("the database address cannot be read", why))?
        .application_name("vestibule")
        .statement_cache_capacity(500);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
        .map_err(|why| Error::from_driver("the PostgreSQL server could not be reached", why))?;
    verify(&pool).await?;
    Ok(pool)
}

async fn verify(pool: &PgPool) -> Result<()> {
    for (setting, wanted) in [("fsync", "on"), ("full_page_writes", "on"), ("server_encoding", "UTF8")] {
        let found = setting_of(pool, setting).await?;
        if found != wanted {
            return Err(Error::database(format!(
                "PostgreSQL runs with {setting} = {found}, but {wanted} is needed"
            )));
        }
    }
    let commit = setting_of(pool, "synchronous_commit").await?;
    if commit == "off" {
        return Err(Error::database(
            "PostgreSQL runs with synchronous_commit = off, so a commit could be lost",
        ));
    }
    let version = setting_of(pool, "server_version_num").await?;
    if version.parse::<u32>().unwrap_or(0) < 130_000 {
        return Err(Error::database(format!(
            "PostgreSQL {version} is too old; 13 or later is needed"
        )));
    }
    Ok(())
}

async fn setting_of(pool: &PgPool, setting: &str) -> Result<String> {
    sqlx::query("SELECT current_setting($1) AS value")
        .bind(setting)
        .fetch_one(pool)
        .await
        .and_then(|row| row.try_get("value"))
        .map_err(|why| Error::from_driver("PostgreSQL did not say how it is set up", why))
}

/// One snapshot for all its statements.
pub(crate) async fn read(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(|why| Error::from_driver("no read snapshot could be opened", why))
}

pub(crate) async fn write(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    pool.begin()
        .await
        .map_err(|why| Error::from_driver("no write transaction could be opened", why))
}
