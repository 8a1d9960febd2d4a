//! A database of its own for a test, here and in other rooms: a SQLite file in a temporary folder, removed afterwards.
//!
//! Always: a real database with every setting verified, never a stand-in.

use std::path::{Path, PathBuf};

use crate::chance;
use crate::error::{Error, Result};
use crate::seal::SealKey;
use crate::store::Store;

/// A store on a file of its own; the file goes when this does.
pub struct TempStore {
    store: Store,
    key: SealKey,
    folder: PathBuf,
}

impl TempStore {
    /// A new, empty, migrated database.
    pub async fn open() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("vestibule-test-{}", chance::hex(&chance::bytes::<8>())));
        std::fs::create_dir(&folder).map_err(|why| Error::database("no temporary folder").because(why))?;
        let key = SealKey::random();
        let store = Store::open(&address(&folder), key.clone()).await?;
        Ok(Self { store, key, folder })
    }

    /// Another store on the same file, as a restarted or second process would have.
    pub async fn again(&self) -> Result<Store> {
        Store::open(&address(&self.folder), self.key.clone()).await
    }

    /// The database file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("test.db")
    }
}

impl std::ops::Deref for TempStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Drop for TempStore {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(?why, folder = %self.folder.display(), "a temporary folder stays behind");
        }
    }
}

fn address(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("test.db").display())
}
