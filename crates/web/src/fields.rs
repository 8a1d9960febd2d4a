//! What was typed into a form, and what is wrong with it.
//!
//! In: the submitted form. Out: values for the handler, and the same values with errors for showing the form again.
//! Why so: a form that is refused keeps everything that was typed, and says every error at once.
//! Always: reading a field notes its error; [`Fields::ok`] is asked before anything is stored; passwords are never shown again.

use std::str::FromStr;

use axum::extract::{Form, FromRequest, Request};

use crate::problem::{FieldError, Kind, Problem};
use crate::words::validation as say;

/// Name of the hidden field that proves a form is ours.
pub const TOKEN: &str = "csrf";

/// Values and errors of a form.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// A form filled with these values.
    pub fn of<K: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            values,
            errors: Vec::new(),
        }
    }

    /// What was typed; empty when nothing was.
    pub fn value(&self, name: &str) -> &str {
        self.values
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a field that may come several times.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.values
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Was this choice made? For checkboxes and multi-selects.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(known, typed)| known == name && typed == value)
    }

    /// Is a checkbox ticked?
    pub fn checked(&self, name: &str) -> bool {
        matches!(self.value(name), "on" | "true" | "yes" | "1")
    }

    /// Puts a value in place of what was there.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
    }

    /// Adds one more value of a field.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.values.push((name.to_owned(), value.into()));
    }

    /// Forgets a value, as for passwords.
    pub fn forget(&mut self, name: &str) {
        self.values.retain(|(known, _)| known != name);
    }

    /// Every name and value typed.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What is wrong with a field, if something is.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|error| error.field == name)
            .map(|error| error.say.as_str())
    }

    /// The same for templates: empty when nothing is wrong.
    pub fn err(&self, name: &str) -> &str {
        self.error(name).unwrap_or_default()
    }

    /// What is wrong with the form as a whole.
    pub fn form_errors(&self) -> Vec<&str> {
        self.errors
            .iter()
            .filter(|error| error.field.is_empty())
            .map(|error| error.say.as_str())
            .collect()
    }

    /// Everything that is wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Notes an error; an empty name is the form as a whole.
    pub fn wrong(&mut self, name: &str, sentence: impl Into<String>) {
        self.errors.push(FieldError::new(name, sentence));
    }

    /// Takes over the errors of a refusal: fields to their fields, anything else to the form as a whole.
    pub fn refused(&mut self, problem: &Problem) {
        if problem.fields.is_empty() {
            self.wrong("", problem.detail.clone());
        }
        self.errors.extend(problem.fields.iter().cloned());
    }

    /// Is nothing wrong so far?
    pub fn ok(&self) -> bool {
        self.errors.is_empty()
    }

    /// A text that is needed, trimmed, of at most `most` characters.
    pub fn text(&mut self, name: &str, most: usize) -> String {
        let text = self.optional_text(name, most).unwrap_or_default();
        if text.is_empty() && self.error(name).is_none() {
            self.wrong(name, say::needed());
        }
        text
    }

    /// A text that may be left empty.
    pub fn optional_text(&mut self, name: &str, most: usize) -> Option<String> {
        let text = self.value(name).trim().to_owned();
        let length = text.chars().count();
        if length > most {
            self.wrong(name, say::at_most_characters(most as u64, length as u64));
        }
        (!text.is_empty()).then_some(text)
    }

    /// An e-mail address, lower-case.
    pub fn email(&mut self, name: &str) -> String {
        let text = self.text(name, 254).to_lowercase();
        if !text.is_empty() && !say::looks_like_email(&text) {
            self.wrong(name, say::not_an_email());
        }
        text
    }

    /// A whole number within bounds.
    pub fn number(&mut self, name: &str, least: i64, most: i64) -> i64 {
        self.optional_number(name, least, most).unwrap_or_else(|| {
            if self.error(name).is_none() {
                self.wrong(name, say::needed());
            }
            least
        })
    }

    /// A whole number within bounds, or nothing.
    pub fn optional_number(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        let number = self.parsed::<i64>(name, say::not_a_number())?;
        if (least..=most).contains(&number) {
            return Some(number);
        }
        self.wrong(name, say::between(Some(least as f64), Some(most as f64)));
        None
    }

    /// A civil date, or nothing.
    pub fn optional_date(&mut self, name: &str) -> Option<jiff::civil::Date> {
        self.parsed(name, say::not_a_date())
    }

    /// A civil date that is needed.
    pub fn date(&mut self, name: &str) -> Option<jiff::civil::Date> {
        let date = self.optional_date(name);
        self.need(name, date)
    }

    /// A time of day that is needed, as from `<input type="time">`.
    pub fn time(&mut self, name: &str) -> Option<jiff::civil::Time> {
        let time = self.parsed(name, say::not_a_time());
        self.need(name, time)
    }

    /// An id (or anything else that reads from text) that is needed.
    pub fn choice<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let chosen = self.parsed(name, say::not_a_choice());
        self.need(name, chosen)
    }

    /// An id (or anything else that reads from text), or nothing.
    pub fn optional_choice<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.parsed(name, say::not_a_choice())
    }

    /// Several ids of a multi-select; none is fine.
    pub fn choices<T: FromStr>(&mut self, name: &str) -> Vec<T> {
        let texts: Vec<String> = self
            .values(name)
            .iter()
            .filter(|text| !text.is_empty())
            .map(|text| (*text).into())
            .collect();
        let read: Vec<T> = texts.iter().filter_map(|text| text.parse().ok()).collect();
        if read.len() != texts.len() {
            self.wrong(name, say::not_a_choice());
        }
        read
    }

    /// One of a few words, each standing for a value.
    pub fn one_of<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let typed = self.value(name);
        let found = words.iter().find(|(word, _)| *word == typed).map(|(_, value)| *value);
        if found.is_none() {
            let empty = typed.is_empty();
            self.wrong(name, if empty { say::needed() } else { say::not_a_choice() });
        }
        found
    }

    fn parsed<T: FromStr>(&mut self, name: &str, sentence: String) -> Option<T> {
        let text = self.value(name).trim();
        if text.is_empty() {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.wrong(name, sentence);
        }
        read
    }

    fn need<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && self.error(name).is_none() {
            self.wrong(name, say::needed());
        }
        value
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Form(values) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|error| Problem::new(Kind::Unreadable, format!("This form cannot be read: {error}.")))?;
        Ok(Self {
            values,
            errors: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_noted_and_what_was_typed_is_kept() {
        let mut form = Fields::of([("name", ""), ("email", "ada"), ("seats", "many")]);
        form.text("name", 80);
        form.email("email");
        form.number("seats", 0, 10);
        assert!(!form.ok());
        assert_eq!(form.errors().len(), 3);
        assert_eq!(form.value("email"), "ada");
    }
}
