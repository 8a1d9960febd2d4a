//! Earlier and more: the pager below a list, from a cursor.
//!
//! In: the query as asked and the cursor of the next part. Out: links. Lists run forwards; "Earlier" goes back to the start,
//! since a cursor only knows what comes after it.

use store::{Listed, Page};

use crate::words;

/// Rows on one page of a list.
pub(crate) const ROWS: u32 = 40;

/// Links below a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pager {
    /// "40 people on this page".
    pub summary: String,
    /// To the start; empty when there.
    pub previous: String,
    /// To the next part; empty at the end.
    pub next: String,
}

/// Which part of a list was asked for.
pub(crate) fn part(after: Option<&str>) -> Page {
    Page {
        limit: ROWS,
        after: after.filter(|text| !text.is_empty()).map(str::to_owned),
    }
}

impl Pager {
    /// For a part of a list at `path`, keeping the rest of the query.
    pub(crate) fn of<T>(
        path: &str,
        kept: &[(&str, &str)],
        after: Option<&str>,
        listed: &Listed<T>,
        one: &str,
        many: &str,
    ) -> Self {
        let later = after.is_some_and(|text| !text.is_empty());
        let summary = match (later, &listed.next) {
            (false, None) => words::count(listed.rows.len(), one, many),
            _ => format!("{} on this page", words::count(listed.rows.len(), one, many)),
        };
        let previous = if later { address(path, kept) } else { String::new() };
        let next = listed.next.as_deref().map_or_else(String::new, |cursor| {
            let mut all = kept.to_vec();
            all.push(("after", cursor));
            address(path, &all)
        });
        Self {
            summary,
            previous,
            next,
        }
    }
}

/// A path with a query; empty values are left out.
pub(crate) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => address.push(byte as char),
                _ => address.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_empty_ones_left_out() {
        assert_eq!(
            address("/a", &[("q", "Ana & Bo"), ("state", ""), ("after", "x|y")]),
            "/a?q=Ana%20%26%20Bo&after=x%7Cy"
        );
    }
}
