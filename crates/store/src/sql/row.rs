//! One row of an answer, with typed readers by column name.
//!
//! Always: a column that does not hold what the reader expects is an error of kind `Database` that names it, never a panic
//! and never a silent default.

use std::fmt::Display;
use std::str::FromStr;

use access::facts::Date;
use access::{Instant, Window};
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::error::{Error, Result};

/// One row.
pub struct Row(pub(crate) Engine);

pub(crate) enum Engine {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($row:expr, $column:expr) => {
        match &$row.0 {
            Engine::Sqlite(row) => row.try_get($column),
            Engine::Postgres(row) => row.try_get($column),
        }
        .map_err(|why| Error::from_driver(&format!("column {} could not be read", $column), why))
    };
}

impl Row {
    /// A text.
    pub fn text(&self, column: &str) -> Result<String> {
        read!(self, column)
    }

    /// A text or null.
    pub fn text_opt(&self, column: &str) -> Result<Option<String>> {
        read!(self, column)
    }

    /// A whole number.
    pub fn int(&self, column: &str) -> Result<i64> {
        read!(self, column)
    }

    /// A whole number or null.
    pub fn int_opt(&self, column: &str) -> Result<Option<i64>> {
        read!(self, column)
    }

    /// True or false.
    pub fn flag(&self, column: &str) -> Result<bool> {
        read!(self, column)
    }

    /// True, false or null.
    pub fn flag_opt(&self, column: &str) -> Result<Option<bool>> {
        read!(self, column)
    }

    /// Unix milliseconds.
    pub fn at(&self, column: &str) -> Result<Instant> {
        self.int(column).map(Instant::from_ms)
    }

    /// Unix milliseconds or null.
    pub fn at_opt(&self, column: &str) -> Result<Option<Instant>> {
        Ok(self.int_opt(column)?.map(Instant::from_ms))
    }

    /// A window from two columns.
    pub fn window(&self, from: &str, until: &str) -> Result<Window> {
        Window::new(self.at(from)?, self.at(until)?)
            .ok_or_else(|| Error::database(format!("{from} and {until} are no window")))
    }

    /// Anything with a text form: ids above all.
    pub fn id<T>(&self, column: &str) -> Result<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        parse(column, self.str(column)?)
    }

    /// The same, or null.
    pub fn id_opt<T>(&self, column: &str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.str_opt(column)?.map(|text| parse(column, text)).transpose()
    }

    /// A civil date.
    pub fn date(&self, column: &str) -> Result<Date> {
        self.id(column)
    }

    /// A civil date or null.
    pub fn date_opt(&self, column: &str) -> Result<Option<Date>> {
        self.id_opt(column)
    }

    /// JSON text.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        from_json(column, self.str(column)?)
    }

    /// JSON text or null.
    pub fn json_opt<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        self.str_opt(column)?.map(|text| from_json(column, text)).transpose()
    }

    /// The bare word of an enum without fields.
    pub fn word<'r, T: Deserialize<'r>>(&'r self, column: &str) -> Result<T> {
        let text = self.str(column)?;
        let word: StrDeserializer<'r, WordError> = text.into_deserializer();
        T::deserialize(word)
            .map_err(|why| Error::database(format!("column {column} holds the unknown word “{text}”")).because(why))
    }

    fn str(&self, column: &str) -> Result<&str> {
        read!(self, column)
    }

    fn str_opt(&self, column: &str) -> Result<Option<&str>> {
        read!(self, column)
    }
}

fn parse<T>(column: &str, text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse()
        .map_err(|why| Error::database(format!("column {column}: {why}")))
}

fn from_json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|why| Error::database(format!("column {column} does not hold the JSON it should")).because(why))
}

/// The bare word of an enum without fields, as in `confirmed`.
pub(crate) fn word_text(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("only enums without fields are stored as words, not {other:?}"),
    }
}
