//! Every way the store can fail: a kind that decides what happens next, and what was attempted on what.
//!
//! Why so: pages turn the kind into an answer, the worker into "again later" or "give up"; nobody else looks at SQL errors.
//! Always: cheap to clone, because one failed commit answers everybody whose writes it held.

use std::fmt;
use std::sync::Arc;

/// What the store answers.
pub type Result<T> = std::result::Result<T, Error>;

/// What happens next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No such row in this network.
    NotFound,
    /// It clashes with what is there: a taken window, a used e-mail. Trying again will not help.
    Conflict,
    /// The request itself cannot be right.
    Invalid,
    /// Somebody else is at it, or the database is too busy just now: trying again may help.
    Busy,
    /// The database failed: gone, full, read-only, broken. Nothing was stored.
    Database,
}

/// A failure of the store.
#[derive(Clone)]
pub struct Error {
    /// What happens next.
    pub kind: Kind,
    what: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// No such row in this network.
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::of(Kind::NotFound, format!("{what} is not known here"))
    }

    /// A statement that names one row by its id, and touched none, is `NotFound`.
    pub(crate) fn unless_touched(touched: u64, id: impl fmt::Display) -> Result<()> {
        if touched == 0 { Err(Self::not_found(id)) } else { Ok(()) }
    }

    /// It clashes with what is there.
    pub fn conflict(what: impl Into<String>) -> Self {
        Self::of(Kind::Conflict, what)
    }

    /// The request itself cannot be right.
    pub fn invalid(what: impl Into<String>) -> Self {
        Self::of(Kind::Invalid, what)
    }

    /// Trying again may help.
    pub fn busy(what: impl Into<String>) -> Self {
        Self::of(Kind::Busy, what)
    }

    /// The database failed.
    pub fn database(what: impl Into<String>) -> Self {
        Self::of(Kind::Database, what)
    }

    fn of(kind: Kind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            source: None,
        }
    }

    /// Keeps the failure underneath.
    #[must_use]
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Says what a clash means where the statement knows it; other kinds stay as they are.
    #[must_use]
    pub(crate) fn when_conflict(mut self, what: impl Into<String>) -> Self {
        if self.kind == Kind::Conflict {
            self.what = what.into();
        }
        self
    }

    /// From the driver, with what was attempted.
    pub(crate) fn from_driver(attempted: &str, error: sqlx::Error) -> Self {
        Self::of(kind_of(&error), attempted.to_owned()).because(error)
    }
}

fn kind_of(error: &sqlx::Error) -> Kind {
    use sqlx::error::ErrorKind;
    match error {
        sqlx::Error::Database(database) => match database.kind() {
            ErrorKind::UniqueViolation => Kind::Conflict,
            ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => Kind::Invalid,
            _ if database.code().is_some_and(|code| passing(&code)) => Kind::Busy,
            _ => Kind::Database,
        },
        sqlx::Error::PoolTimedOut => Kind::Busy,
        _ => Kind::Database,
    }
}

/// Codes after which the same transaction may succeed: PostgreSQL's serialisation failure, deadlock, lock not available,
/// too many connections, starting up; SQLite's busy, busy-recovery, busy-snapshot, busy-timeout, locked.
fn passing(code: &str) -> bool {
    matches!(
        code,
        "40001" | "40P01" | "55P03" | "53300" | "57P03" | "5" | "261" | "517" | "773" | "6" | "262"
    )
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.what)?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
