//! Shapes that several endpoints share: windows with open ends as null, words of closed lists.

use access::facts::{BookingState, Grace, IntegrationState, MembershipKind, PersonState, ResourceKind, Visibility};
use access::{Instant, Window};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From when until when; null is an open end.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Window")]
pub struct WindowShape {
    /// The first instant inside; null is since ever.
    #[schemars(with = "Option<crate::wire::At>")]
    pub from: Option<Instant>,
    /// The first instant no longer inside; null is with no end.
    #[schemars(with = "Option<crate::wire::At>")]
    pub until: Option<Instant>,
}

impl From<Window> for WindowShape {
    fn from(window: Window) -> Self {
        Self {
            from: closed(window.from),
            until: closed(window.until),
        }
    }
}

/// An instant, or `None` for an open end.
pub fn closed(at: Instant) -> Option<Instant> {
    (!at.is_open()).then_some(at)
}

/// Minutes around bookings.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Grace")]
pub struct GraceShape {
    /// Minutes before the start.
    #[schemars(range(min = 0, max = 1440))]
    pub before_minutes: i64,
    /// Minutes after the end.
    #[schemars(range(min = 0, max = 1440))]
    pub after_minutes: i64,
}

impl From<Grace> for GraceShape {
    fn from(grace: Grace) -> Self {
        Self {
            before_minutes: grace.before_minutes,
            after_minutes: grace.after_minutes,
        }
    }
}

impl From<GraceShape> for Grace {
    fn from(grace: GraceShape) -> Self {
        Self {
            before_minutes: grace.before_minutes,
            after_minutes: grace.after_minutes,
        }
    }
}

/// Mirrors of closed lists of `access`, which knows nothing of documents. The match in `From` keeps them the same.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $theirs:ident { $($word:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the list it mirrors says it")]
        pub enum $name { $($word),* }

        impl From<$theirs> for $name {
            fn from(word: $theirs) -> Self {
                match word { $($theirs::$word => Self::$word),* }
            }
        }

        impl From<$name> for $theirs {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word),* }
            }
        }
    )*};
}

words! {
    /// Where a person stands.
    PersonStateWord = PersonState { Invited, Active, Suspended, Removed }
    /// Member or nonmember.
    MembershipWord = MembershipKind { Member, Nonmember }
    /// What a resource is.
    ResourceKindWord = ResourceKind { Room, Desk, Office, Parking, Equipment }
    /// Where a booking stands.
    BookingStateWord = BookingState { Requested, Confirmed, CheckedIn, Cancelled }
    /// Does an integration grant?
    IntegrationStateWord = IntegrationState { Connected, NeedsSignIn, Leaving, RunningOut, Revoking, Disconnected }
    /// Who sees an integration's doors.
    VisibilityWord = Visibility { Public, NetworkMembers, Members, Administrators }
}
