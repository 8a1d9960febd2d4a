//! Several queries in one go.
//!
//! In: texts with their arguments. Out: the rows of each, in order.
//! Why so: on SQLite every statement is a trip to the connection's own thread and back, which costs more than most queries do; facts
//! are a dozen small queries, so they travel together. On PostgreSQL, which takes one statement with arguments at a time, they follow
//! each other.
//! Always: nothing is pasted into the texts but the numbers of their placeholders, counted on.

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Either, Executor, SqliteConnection};

use crate::sql::Arg;

/// One query of several.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) sql: &'static str,
    pub(crate) args: Vec<Arg>,
}

impl Asked {
    pub(crate) fn new(sql: &'static str, args: Vec<Arg>) -> Self {
        Self { sql, args }
    }
}

/// Runs them as one text.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    asked: Vec<Asked>,
) -> Result<Vec<Vec<SqliteRow>>, sqlx::Error> {
    let mut text = String::with_capacity(asked.iter().map(|one| one.sql.len() + 16).sum());
    let mut args = SqliteArguments::default();
    for one in &asked {
        count_on(one.sql, args.len(), &mut text);
        text.push(';');
        for arg in &one.args {
            match arg {
                Arg::Text(value) => args.add(value.clone()),
                Arg::Int(value) => args.add(*value),
                Arg::Bool(value) => args.add(*value),
                Arg::Real(value) => args.add(*value),
            }
            .map_err(sqlx::Error::Encode)?;
        }
    }
    // Static texts with their placeholders counted on: nothing else can be in it.
    let query = sqlx::query_with(AssertSqlSafe(text), args);
    let mut found = Vec::with_capacity(asked.len());
    let mut rows = Vec::new();
    let mut answers = connection.fetch_many(query);
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Right(row) => rows.push(row),
            // The end of one statement.
            Either::Left(_) => found.push(std::mem::take(&mut rows)),
        }
    }
    Ok(found)
}

/// Appends a text whose `$1` becomes `$` and one more than `before`, and so on.
fn count_on(sql: &str, before: usize, text: &mut String) {
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let number: usize = part[..end].parse().expect("a placeholder has a number");
        text.push('$');
        text.push_str(&(number + before).to_string());
        text.push_str(&part[end..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_on() {
        let mut text = String::new();
        count_on("SELECT $1, $12 WHERE a = $2", 3, &mut text);
        assert_eq!(text, "SELECT $4, $15 WHERE a = $5");
    }
}
