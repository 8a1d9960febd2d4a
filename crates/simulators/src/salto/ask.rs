//! A call to the Connect API as the endpoints see it, and the refusals of contract §4.

use serde_json::{Value, json};

use super::rows::{Id, SiteUser};
use super::state::World;
use super::switches::ErrorCodes;
use crate::wire::Out;

/// One call, authenticated.
pub(crate) struct Ask<'a> {
    pub verb: &'a str,
    /// With version, without slash at either end.
    pub path: &'a str,
    pub query: Vec<(String, String)>,
    pub body: Value,
    /// `CLP-Continuation-Token`.
    pub continuation: Option<&'a str>,
    /// Platform id of the caller.
    pub caller: Id,
}

/// A call that is not done.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    /// `ErrorCode`; absent for a missing right.
    pub code: Option<u32>,
    pub message: String,
}

pub(crate) type Reply = Result<Out, Refusal>;

impl Refusal {
    fn coded(status: u16, code: u32, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            code: Some(code),
            message: message.into(),
        }
    }

    /// 400/1100: something is missing or malformed.
    pub fn malformed(message: impl Into<String>) -> Refusal {
        Refusal::coded(400, 1100, message)
    }

    /// 400/1101: validation.
    pub fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::coded(400, 1101, message)
    }

    /// 400/1102: the query options.
    pub fn odata(message: impl Into<String>) -> Refusal {
        Refusal::coded(400, 1102, message)
    }

    /// 404/2202: "`what` not found".
    pub fn absent(what: &str) -> Refusal {
        Refusal::coded(404, 2202, format!("{what} not found"))
    }

    /// 404/2202: no one-time password was sent, or the caller is not activated.
    pub fn otp_missing() -> Refusal {
        Refusal::coded(404, 2202, "Otp is invalid")
    }

    /// 403/2203 about one user.
    pub fn not_on_this_user() -> Refusal {
        Refusal::coded(
            403,
            2203,
            "User does not have permission for this operation on this user",
        )
    }

    /// 403/2203 with words of its own.
    pub fn not_permitted(message: &str) -> Refusal {
        Refusal::coded(403, 2203, message)
    }

    /// 400/3102.
    pub fn otp_invalid(message: &str) -> Refusal {
        Refusal::coded(400, 3102, message)
    }

    /// 403/3102.
    pub fn otp_blocked() -> Refusal {
        Refusal::coded(403, 3102, "otp_blocked")
    }

    /// 403 without a code.
    pub fn forbidden(message: &str) -> Refusal {
        Refusal::plain(403, message)
    }

    /// An error without a code; an empty message is an empty body.
    pub fn plain(status: u16, message: &str) -> Refusal {
        Refusal {
            status,
            code: None,
            message: message.to_owned(),
        }
    }

    pub fn out(&self, codes: ErrorCodes) -> Out {
        let code = match (self.code, codes) {
            (None, _) if self.message.is_empty() => return Out::empty(self.status),
            (None, _) => Value::Null,
            (Some(code), ErrorCodes::Number) => code.into(),
            (Some(code), ErrorCodes::Text) => code.to_string().into(),
        };
        Out::json(self.status, &json!({ "ErrorCode": code, "Message": self.message }))
    }
}

impl Ask<'_> {
    /// A query parameter; an empty one counts as absent.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter that must be a whole number.
    pub fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        match self.param(name).map(str::parse) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(Refusal::malformed(format!("{name} must be a number"))),
        }
    }

    /// Text in the body that must be there.
    pub fn needed(&self, key: &str) -> Result<&str, Refusal> {
        super::rows::text(&self.body, key)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Refusal::malformed(format!("The {key} field is required.")))
    }
}

/// How far up the ladder somebody on a site is (contract §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Guest,
    User,
    SuperUser,
    Admin,
    Owner,
}

impl World {
    /// The caller's row on a site and rank; a site that the caller is not on does not exist for it.
    pub fn caller_on(&self, site: &str, caller: &str) -> Result<(&SiteUser, Rank), Refusal> {
        if !is_uuid(site) {
            return Err(Refusal::malformed(format!("The value '{site}' is not valid.")));
        }
        let row = self.sites.get(site).ok_or_else(|| Refusal::absent("Site"))?;
        let user = self.user_on(site, caller).ok_or_else(|| Refusal::absent("Site"))?;
        let rank = if row.owner == caller {
            Rank::Owner
        } else {
            user.roles.iter().map(|role| rank(role)).max().unwrap_or(Rank::Guest)
        };
        Ok((user, rank))
    }

    /// The same for who may administer the site.
    pub fn admin_on(&self, site: &str, caller: &str) -> Result<(), Refusal> {
        let (user, rank) = self.caller_on(site, caller)?;
        if rank < Rank::SuperUser || user.blocked {
            return Err(Refusal::forbidden("User does not have permission for this operation"));
        }
        Ok(())
    }

    /// The same for a change: the site's own subscription must not have lapsed.
    pub fn writer_on(&self, site: &str, caller: &str) -> Result<(), Refusal> {
        self.admin_on(site, caller)?;
        match self.sites.get(site) {
            Some(site) if !site.subscription_valid => Err(Refusal::forbidden("Site subscription is not valid")),
            Some(site) if site.installation_state != "released" => Err(Refusal::forbidden("Site is not released")),
            _ => Ok(()),
        }
    }
}

fn rank(role: &str) -> Rank {
    match role {
        "site_owner" => Rank::Owner,
        "site_admin" => Rank::Admin,
        "site_super_user" => Rank::SuperUser,
        "site_user" => Rank::User,
        _ => Rank::Guest,
    }
}

/// Eight, four, four, four and twelve hexadecimal digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// An instant of a body or query in RFC 3339; null and absent are `None`.
pub(crate) fn instant(body: &Value, key: &str) -> Result<Option<i64>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()) {
            Some(at) => Ok(Some(at.as_millisecond())),
            None => Err(Refusal::malformed(format!("{key} is not a valid date"))),
        },
    }
}
