//! One option of a select, a group of radio buttons or a list of checkboxes.

use std::fmt::Display;

use crate::fields::Fields;

/// Value, label, a line of explanation, and whether it is chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// What is submitted.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What it means; may be empty.
    pub hint: String,
    /// Is it chosen?
    pub selected: bool,
}

impl Choice {
    /// Without explanation, not chosen.
    pub(crate) fn new(value: impl Display, label: impl Into<String>) -> Self {
        Self {
            value: value.to_string(),
            label: label.into(),
            hint: String::new(),
            selected: false,
        }
    }

    /// With an explanation.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Chosen, or not.
    #[must_use]
    pub(crate) fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }
}

/// The same options, chosen as the form says.
pub(crate) fn as_typed(options: impl IntoIterator<Item = Choice>, form: &Fields, name: &str) -> Vec<Choice> {
    options
        .into_iter()
        .map(|one| {
            let selected = form.has(name, &one.value);
            one.selected(selected)
        })
        .collect()
}

/// A link among several of which one is current.
#[derive(Clone, Debug)]
pub(crate) struct Tab {
    /// Where it leads.
    pub href: String,
    /// What is read.
    pub label: String,
    /// Are we there?
    pub current: bool,
    /// A number beside it; may be empty.
    pub count: String,
}

impl Tab {
    /// Without a number.
    pub(crate) fn new(href: impl Into<String>, label: impl Into<String>, current: bool) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
            current,
            count: String::new(),
        }
    }
}
