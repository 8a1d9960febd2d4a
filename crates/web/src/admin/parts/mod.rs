//! What several operator pages share: choices of forms, the Access section, opening hours, states as words, paging.
//!
//! In: rows and facts. Out: ready-to-show values for templates.
//! Always: no decisions here; what may be done is asked of `access`, what is so is read from the store.

pub(crate) mod audit;
pub(crate) mod choice;
pub(crate) mod effects;
pub(crate) mod groups;
pub(crate) mod hours;
pub(crate) mod named;
pub(crate) mod paging;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod reach;
pub(crate) mod states;
pub(crate) mod terms;
pub(crate) mod troubles;
