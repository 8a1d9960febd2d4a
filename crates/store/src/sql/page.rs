//! Cursor paging: how many rows, after which one.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Which part of a list.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Page {
    /// At most this many rows; 1 to 500.
    pub limit: u32,
    /// The cursor the part before ended with; `None` is the beginning.
    pub after: Option<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 50, after: None }
    }
}

impl Page {
    /// The longest part there is: 500 rows from the beginning.
    pub fn longest() -> Self {
        Self {
            limit: 500,
            after: None,
        }
    }

    /// One row more than asked for tells whether there is a next part.
    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit.clamp(1, 500)) + 1
    }

    /// The cursor of a list that runs by id upwards.
    pub(crate) fn after_id(&self) -> &str {
        self.after.as_deref().unwrap_or("")
    }

    /// The cursor of a list that runs by id downwards: `~` sorts behind every id.
    pub(crate) fn before_id(&self) -> &str {
        self.after.as_deref().unwrap_or("~")
    }

    /// The cursor of a list by an instant (or a text) and an id: the two, with a `|` between.
    pub(crate) fn after_pair(&self) -> Result<Option<(&str, &str)>> {
        self.after
            .as_deref()
            .map(|text| {
                text.rsplit_once('|')
                    .ok_or_else(|| Error::invalid("this is not a cursor of this list"))
            })
            .transpose()
    }

    /// The cursor of a list by an instant and an id.
    pub(crate) fn after_at(&self) -> Result<Option<(i64, &str)>> {
        self.after_pair()?
            .map(|(at, id)| {
                at.parse()
                    .map(|at| (at, id))
                    .map_err(|_| Error::invalid("this is not a cursor of this list"))
            })
            .transpose()
    }
}

/// Part of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor to ask for the next part with; `None` at the end.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// From one row more than asked for, if there is one, and how a row becomes a cursor.
    pub(crate) fn cut(mut rows: Vec<T>, page: &Page, cursor: impl Fn(&T) -> String) -> Self {
        let limit = page.limit.clamp(1, 500) as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { rows, next }
    }
}
