//! How Tapkey's things are called in our own tables: locks and user groups as access groups, grants and memberships as rows.
//!
//! Always: an id of Tapkey's is opaque text (§2); what kind of thing it is stands before a colon. A grant's row is the bare id.

use crate::trouble::{Kind, Trouble};

/// What an access group is at Tapkey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group<'a> {
    /// A bound lock.
    Lock(&'a str),
    /// A user group.
    UserGroup(&'a str),
}

/// What a row is at Tapkey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Row<'a> {
    /// A grant.
    Grant(&'a str),
    /// A grant whose end has come: nothing is left to do about it (§7.8).
    Over,
    /// A membership of a user group.
    Member { group: &'a str, member: &'a str },
}

pub(super) fn lock(id: &str) -> String {
    format!("lock:{id}")
}

pub(super) fn user_group(id: &str) -> String {
    format!("group:{id}")
}

pub(super) fn member(group: &str, member: &str) -> String {
    format!("member:{group}/{member}")
}

/// A grant with a recurring schedule. We write none, so under this name it is never taken for one of ours (§7.7).
pub(super) fn scheduled(grant: &str) -> String {
    format!("schedule:{grant}")
}

/// A comparison knows the time and a step does not: the name tells the step that the row ended by itself.
pub(super) fn over(row: &str) -> String {
    format!("over:{row}")
}

pub(super) fn is_user_group(external: &str) -> bool {
    external.starts_with("group:")
}

pub(super) fn group(external: &str) -> Result<Group<'_>, Trouble> {
    match external.split_once(':') {
        Some(("lock", id)) => Ok(Group::Lock(id)),
        Some(("group", id)) => Ok(Group::UserGroup(id)),
        _ => Err(unknown(external)),
    }
}

pub(super) fn row(external: &str) -> Result<Row<'_>, Trouble> {
    match external.split_once(':') {
        Some(("over", _)) => Ok(Row::Over),
        Some(("member", rest)) => {
            let (group, member) = rest.split_once('/').ok_or_else(|| unknown(external))?;
            Ok(Row::Member { group, member })
        }
        Some(("schedule", _)) => Err(unknown(external)),
        _ => Ok(Row::Grant(external)),
    }
}

fn unknown(external: &str) -> Trouble {
    Trouble::new(
        "name something to Tapkey",
        Kind::Invalid,
        format!("“{external}” is nothing of Tapkey's that we write"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_as_what_they_are() {
        assert_eq!(group(&lock("bl-1")).unwrap(), Group::Lock("bl-1"));
        assert_eq!(group(&user_group("ug-1")).unwrap(), Group::UserGroup("ug-1"));
        assert!(group("bl-1").is_err());
        assert_eq!(row("g-1").unwrap(), Row::Grant("g-1"));
        let external = member("ug-1", "m-2");
        let (group, member) = ("ug-1", "m-2");
        assert_eq!(row(&external).unwrap(), Row::Member { group, member });
        assert_eq!(row(&over("g-1")).unwrap(), Row::Over);
        assert!(
            row(&scheduled("g-1")).is_err(),
            "what we did not make is never written to"
        );
    }
}
