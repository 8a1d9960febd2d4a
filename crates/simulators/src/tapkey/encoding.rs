//! Lock ids in their four forms (contract §2.1), and the Base64 that they and PKCE share.
//!
//! A physical lock id is two length bytes, little endian, and a payload. JSON carries it in Base64, a URL in the
//! URL-safe alphabet without padding, people read the payload in hexadecimal.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// The raw id of a lock with this payload.
pub(crate) fn physical_id(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX).to_le_bytes();
    [&length, payload].concat()
}

/// As JSON carries it: Base64 with padding.
pub(crate) fn in_json(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// As a URL carries it: the URL-safe alphabet, no padding. PKCE challenges are written this way too.
pub(crate) fn in_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// As people read it: the payload in hexadecimal with dashes.
pub(crate) fn for_people(physical: &[u8]) -> String {
    let payload = physical.get(2..).unwrap_or_default();
    payload
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join("-")
}

/// Back from either form; `None` when it is neither.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_ids_have_the_four_forms_of_the_contract() {
        let table: [(&[u8], &str, &str, &str); 4] = [
            (&[0x0A, 0x1B, 0x2C, 0x3D], "BAAKGyw9", "BAAKGyw9", "0A-1B-2C-3D"),
            (&[0xFB, 0xEF, 0xBE, 0xFF], "BAD7777/", "BAD7777_", "FB-EF-BE-FF"),
            (
                &[0x01, 0xFF, 0xFE, 0xA0, 0xB0, 0xC0],
                "BgAB//6gsMA=",
                "BgAB__6gsMA",
                "01-FF-FE-A0-B0-C0",
            ),
            (&[0xC0, 0xFF, 0xEE, 0x07], "BADA/+4H", "BADA_-4H", "C0-FF-EE-07"),
        ];
        for (payload, json, url, people) in table {
            let raw = physical_id(payload);
            assert_eq!((in_json(&raw), in_url(&raw)), (json.to_owned(), url.to_owned()));
            assert_eq!(for_people(&raw), people);
            assert_eq!((decoded(json), decoded(url)), (Some(raw.clone()), Some(raw)));
        }
        assert_eq!(decoded("no*base64"), None);
    }
}
