//! The key that seals vendor secrets: read from a file, made on first start.
//!
//! In: a path. Out: 32 bytes. Always: the file is readable by its owner alone; a key is never made over an existing file;
//! losing the file means connecting vendors again, so the sentence that announces it says to keep it.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Reads the key, or makes one when the file is missing.
///
/// # Errors
/// A sentence that names the file and what to do.
pub fn read_or_make(path: &Path, fresh: [u8; 32]) -> Result<[u8; 32], String> {
    match OpenOptions::new().read(true).open(path) {
        Ok(mut file) => {
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(|error| format!("The key file {} cannot be read: {error}.", path.display()))?;
            parse(text.trim()).ok_or_else(|| {
                format!("The key file {} should hold 64 hexadecimal digits. Restore it from your backup.", path.display())
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|error| format!("The key file {} cannot be made: {error}.", path.display()))?;
            let text: String = fresh.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(file, "{text}")
                .and_then(|()| file.sync_all())
                .map_err(|error| format!("The key file {} cannot be written: {error}.", path.display()))?;
            tracing::info!(file = %path.display(), "made a key that seals vendor secrets; keep it with your backups");
            Ok(fresh)
        }
        Err(error) => Err(format!("The key file {} cannot be opened: {error}.", path.display())),
    }
}

fn parse(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = std::env::temp_dir().join(format!("vestibule-key-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.key");
        let made = read_or_make(&path, [7; 32]).unwrap();
        let read = read_or_make(&path, [9; 32]).unwrap();
        assert_eq!((made, read), ([7; 32], [7; 32]));
        std::fs::write(&path, "nonsense").unwrap();
        assert!(read_or_make(&path, [9; 32]).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
