//! The key that seals vendor secrets: read from a file, made on first start.
//!
//! In: a path. Out: the key. Always: the file is readable by its owner alone; a key is never made over an existing file;
//! losing the file means connecting vendors again, so the line that announces it says to keep it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use store::SealKey;

/// Reads the key, or makes one when the file is missing.
///
/// # Errors
/// A sentence that names the file and what to do.
pub fn read_or_make(path: &Path) -> Result<SealKey, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => SealKey::from_hex(&text).map_err(|_| {
            format!(
                "The key file {} should hold 64 hexadecimal digits. Restore it from your backup.",
                path.display()
            )
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let key = SealKey::random();
            write(path, key.to_hex().reveal())
                .map_err(|error| format!("The key file {} cannot be made: {error}.", path.display()))?;
            tracing::info!(file = %path.display(), "made a key that seals vendor secrets; keep it with your backups");
            Ok(key)
        }
        Err(error) => Err(format!("The key file {} cannot be read: {error}.", path.display())),
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = std::env::temp_dir().join(format!("vestibule-key-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.key");
        let made = read_or_make(&path).unwrap();
        let read = read_or_make(&path).unwrap();
        assert_eq!(made.to_hex().reveal(), read.to_hex().reveal());
        std::fs::write(&path, "nonsense").unwrap();
        assert!(read_or_make(&path).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
