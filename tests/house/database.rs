//! A database of its own for a house: a SQLite file, or a database in a PostgreSQL cluster made for the tests.
//!
//! In: nothing, or `VESTIBULE_TEST_PG` with a cluster that somebody else started. Out: an open store. Always: gone afterwards.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, id};
use std::sync::atomic::{AtomicU32, Ordering};

use store::testing::TempStore;
use store::{SealKey, Store};

/// Where a house remembers.
pub enum Database {
    /// In a file.
    File(TempStore),
    /// In a server: the store, where it is and the key that seals its secrets, and the cluster it is in.
    Server(Store, (String, SealKey), Cluster),
}

/// A running cluster; one of our own is removed when this goes.
pub struct Cluster {
    address: String,
    own: Option<String>,
}

impl Database {
    /// A file of its own.
    pub async fn file() -> Self {
        Self::File(TempStore::open().await.expect("a database of its own"))
    }

    /// A database of its own in a PostgreSQL cluster.
    pub async fn server() -> Self {
        let cluster = Cluster::start();
        let (address, key) = (cluster.database(), SealKey::random());
        let store = Store::open(&address, key.clone()).await.expect("an empty database");
        Self::Server(store, (address, key), cluster)
    }

    /// The same database as another process of ours opens it.
    pub async fn from_elsewhere(&self) -> Store {
        let Self::Server(_, (address, key), _) = self else {
            panic!("a database file is one process's");
        };
        Store::open(address, key.clone()).await.expect("the database answers")
    }

    /// What remembers.
    pub fn store(&self) -> &Store {
        match self {
            Self::File(store) => store,
            Self::Server(store, ..) => store,
        }
    }
}

impl Cluster {
    fn start() -> Self {
        if let Some(address) = std::env::var_os("VESTIBULE_TEST_PG") {
            let address = address.into_string().expect("the address is text");
            return Self { address, own: None };
        }
        let started = Command::new(script())
            .arg("start")
            .output()
            .expect("scripts/pg.sh runs");
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        let said = String::from_utf8(started.stdout).expect("it says text");
        let setting = |name: &str| {
            let line = said
                .lines()
                .find_map(|line| line.strip_prefix(&format!("export {name}=")));
            line.unwrap_or_else(|| panic!("no {name} in {said}")).to_owned()
        };
        Self {
            address: setting("VESTIBULE_TEST_PG"),
            own: Some(setting("VESTIBULE_TEST_PG_DIR")),
        }
    }

    /// A new, empty database.
    fn database(&self) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("house_{}_{}", id(), MADE.fetch_add(1, Ordering::Relaxed));
        let made = Command::new(createdb())
            .args(["--maintenance-db", &self.address, &name])
            .output();
        let made = made.expect("PostgreSQL's createdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let (server, _) = self.address.rsplit_once('/').expect("an address ends in a database");
        format!("{server}/{name}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(folder) = &self.own {
            let stopped = Command::new(script()).args(["stop", folder]).status();
            assert!(stopped.is_ok_and(|status| status.success()), "{folder} stays behind");
        }
    }
}

fn script() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/pg.sh"))
}

/// Beside the server's binaries where these are named, else wherever the shell finds it.
fn createdb() -> OsString {
    match std::env::var_os("PG_BIN") {
        Some(bin) => PathBuf::from(bin).join("createdb").into(),
        None => "createdb".into(),
    }
}
