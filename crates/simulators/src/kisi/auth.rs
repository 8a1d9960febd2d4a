//! Who is calling: the `Authorization` header against logins and group links (contract §3), expiry included.

use super::ask::Refusal;
use super::rows::{Login, LoginKind, SimUser};
use super::state::World;
use super::switches::UnauthorizedOr403;

/// A caller, as far as the header proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// No header.
    Nobody,
    /// A login's secret; `admin` is the owner or an organization administrator.
    Login { login: i64, user: i64, admin: bool },
    /// A group link's secret.
    Link(i64),
}

/// API keys die after six months without use (contract §3.1).
const API_LOGIN_EXPIRES_AFTER_MS: i64 = 183 * 86_400_000;

impl Caller {
    /// The user behind a login; 401 for everybody else.
    pub fn user(self) -> Result<i64, Refusal> {
        match self {
            Caller::Login { user, .. } => Ok(user),
            Caller::Nobody | Caller::Link(_) => Err(unauthorized()),
        }
    }

    /// The owner or an administrator; 403 for other users, 401 without a login.
    pub fn admin(self) -> Result<i64, Refusal> {
        match self {
            Caller::Login { user, admin: true, .. } => Ok(user),
            Caller::Login { .. } => Err(Refusal::forbidden()),
            Caller::Nobody | Caller::Link(_) => Err(unauthorized()),
        }
    }

    /// The user, if a user it is.
    pub fn user_id(self) -> Option<i64> {
        match self {
            Caller::Login { user, .. } => Some(user),
            Caller::Nobody | Caller::Link(_) => None,
        }
    }
}

/// 401 of a missing, malformed, unknown or expired credential.
pub(crate) fn unauthorized() -> Refusal {
    Refusal::new(401, "afc496", "Access denied. Please sign in.")
}

impl World {
    /// Reads the header; an unusable one is a 401, none is [`Caller::Nobody`]. Notes the use on the login.
    pub fn authenticate(&mut self, header: Option<&str>) -> Result<Caller, Refusal> {
        let Some(header) = header else {
            return Ok(Caller::Nobody);
        };
        let (scheme, secret) = header.split_once(' ').ok_or_else(unauthorized)?;
        match scheme {
            "KISI-LOGIN" => self.login_by_secret(secret.trim()),
            "KISI-GROUP-LINK" => {
                let now = self.now();
                let link = self
                    .links
                    .values_mut()
                    .find(|link| link.secret == secret.trim())
                    .ok_or_else(unauthorized)?;
                link.last_used_ms = Some(now);
                Ok(Caller::Link(link.id))
            }
            _ => Err(unauthorized()),
        }
    }

    fn login_by_secret(&mut self, secret: &str) -> Result<Caller, Refusal> {
        let now = self.now();
        let id = *self.secrets.get(secret).ok_or_else(unauthorized)?;
        let device_expires_after_ms = self.org.device_logins_expire_after_s * 1000;
        let login = self.logins.get_mut(&id).ok_or_else(unauthorized)?;
        if expired(login, now, device_expires_after_ms) {
            self.logins.remove(&id);
            self.secrets.remove(secret);
            return Err(unauthorized());
        }
        login.last_used_ms = Some(now);
        let user = self.users.get(&login.user).ok_or_else(unauthorized)?;
        self.confirmed(user)?;
        Ok(Caller::Login {
            login: id,
            user: user.id,
            admin: self.is_admin(user),
        })
    }

    /// Refuses to act for an unconfirmed address, in the sentence of the web framework behind Kisi (contract §4.5).
    pub fn confirmed(&self, user: &SimUser) -> Result<(), Refusal> {
        if user.confirmed {
            return Ok(());
        }
        let status = match self.switches.unconfirmed {
            UnauthorizedOr403::Unauthorized => 401,
            UnauthorizedOr403::Forbidden => 403,
        };
        Err(Refusal::new(
            status,
            "",
            "You have to confirm your email address before continuing.",
        ))
    }

    /// The owner or an organization administrator.
    pub fn is_admin(&self, user: &SimUser) -> bool {
        user.organization_admin || user.id == self.org.owner
    }
}

/// Whether a login died of disuse.
pub(crate) fn expired(login: &Login, now_ms: i64, device_expires_after_ms: i64) -> bool {
    let after_ms = match login.kind {
        LoginKind::Api => API_LOGIN_EXPIRES_AFTER_MS,
        LoginKind::Device => device_expires_after_ms,
    };
    login.expire && after_ms > 0 && now_ms - login.last_used_ms.unwrap_or(login.created_ms) > after_ms
}
