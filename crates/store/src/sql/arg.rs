//! Arguments of a statement: four kinds of value, and how the house's own types become one of them.

use access::Instant;
use access::facts::Date;
use access::id::*;
use serde::Serialize;

use crate::sql::row::word_text;

/// One argument; `None` is SQL's null.
#[derive(Clone, PartialEq, Debug)]
pub enum Arg {
    /// `TEXT`: ids, dates, words, JSON.
    Text(Option<String>),
    /// `BIGINT`: counts, Unix milliseconds.
    Int(Option<i64>),
    /// `BOOLEAN`.
    Bool(Option<bool>),
    /// `DOUBLE PRECISION`.
    Real(Option<f64>),
}

impl Arg {
    /// JSON text of a value. Values of this house always have one: no maps with odd keys.
    pub fn json(value: &impl Serialize) -> Self {
        serde_json::to_string(value).expect("plain data has a JSON form").into()
    }

    /// The bare word of an enum without fields, as in `confirmed`.
    pub fn word(value: &impl Serialize) -> Self {
        word_text(value).into()
    }
}

macro_rules! from_value {
    ($($type:ty => |$value:ident| $arg:ident($some:expr);)*) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                Self::$arg(Some($some))
            }
        }
        impl From<Option<$type>> for Arg {
            fn from(value: Option<$type>) -> Self {
                Self::$arg(value.map(|$value| $some))
            }
        }
    )*};
}

from_value! {
    String => |text| Text(text);
    &str => |text| Text(text.to_owned());
    &String => |text| Text(text.clone());
    Date => |date| Text(date.to_string());
    i64 => |number| Int(number);
    u32 => |number| Int(i64::from(number));
    Instant => |at| Int(at.ms());
    bool => |flag| Bool(flag);
    f64 => |number| Real(number);
    NetworkId => |id| Text(id.to_string());
    LocationId => |id| Text(id.to_string());
    PersonId => |id| Text(id.to_string());
    CompanyId => |id| Text(id.to_string());
    CompanyMembershipId => |id| Text(id.to_string());
    PlanId => |id| Text(id.to_string());
    SubscriptionId => |id| Text(id.to_string());
    ItemId => |id| Text(id.to_string());
    ResourceId => |id| Text(id.to_string());
    BookingId => |id| Text(id.to_string());
    IntegrationId => |id| Text(id.to_string());
    VendorLoginId => |id| Text(id.to_string());
    AccessGroupId => |id| Text(id.to_string());
    DoorId => |id| Text(id.to_string());
    GrantId => |id| Text(id.to_string());
    AccountId => |id| Text(id.to_string());
    SessionId => |id| Text(id.to_string());
    TokenId => |id| Text(id.to_string());
    AuditId => |id| Text(id.to_string());
    RoundId => |id| Text(id.to_string());
    ChangeId => |id| Text(id.to_string());
    FindingId => |id| Text(id.to_string());
    DoorEventId => |id| Text(id.to_string());
    MailId => |id| Text(id.to_string());
}

/// `args![network, id, now]`: a vector of arguments.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Arg::from($value)),*] };
}
pub(crate) use args;

/// A pattern for `LIKE … ESCAPE '!'` that finds the text anywhere, whatever it holds.
pub(crate) fn like(text: &str) -> String {
    format!("%{}%", literal(&text.to_lowercase()))
}

/// A text as part of such a pattern, standing for itself.
pub(crate) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}
