//! Every way to fail, in one closed list (RFC 9457).
//!
//! In: what went wrong. Out: problem+json for programs; the guard shows the same value as a page to people.
//! Why so: a status, a stable slug and a sentence belong together, and no handler invents its own.
//! Always: what went wrong inside is logged once, here, and never told; another network's ids are "not found".

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What kind of failure it is: decides the status and the stable slug.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The request cannot be read at all.
    Unreadable,
    /// Nobody is signed in, or the session or token is over.
    NotSignedIn,
    /// Signed in too long ago for this: sign in again first.
    FreshSignInNeeded,
    /// Signed in, but not for this.
    NotAllowed,
    /// The form came from somewhere else, or is too old.
    ForgedForm,
    /// There is nothing here, or it belongs to somebody else.
    NotFound,
    /// The address exists, but not for this method.
    MethodNotAllowed,
    /// It would contradict something that already is.
    Conflict,
    /// The body is larger than we read.
    TooLarge,
    /// The body is not of a type we read.
    WrongType,
    /// Readable, but some of it is not right: see the fields.
    Invalid,
    /// Too many tries; wait.
    TooMany,
    /// A service we depend on did not answer.
    Upstream,
    /// Busy; the same request will work in a moment.
    Busy,
    /// Our fault.
    Internal,
}

impl Kind {
    /// All of them, for the document.
    pub const ALL: [Self; 15] = [
        Self::Unreadable,
        Self::NotSignedIn,
        Self::FreshSignInNeeded,
        Self::NotAllowed,
        Self::ForgedForm,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::TooLarge,
        Self::WrongType,
        Self::Invalid,
        Self::TooMany,
        Self::Upstream,
        Self::Busy,
        Self::Internal,
    ];

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::FreshSignInNeeded | Self::NotAllowed | Self::ForgedForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Upstream => StatusCode::BAD_GATEWAY,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable word programs may rely on.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotSignedIn => "not-signed-in",
            Self::FreshSignInNeeded => "fresh-sign-in-needed",
            Self::NotAllowed => "not-allowed",
            Self::ForgedForm => "forged-form",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict => "conflict",
            Self::TooLarge => "too-large",
            Self::WrongType => "wrong-type",
            Self::Invalid => "invalid",
            Self::TooMany => "too-many",
            Self::Upstream => "upstream",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// A short heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "This request cannot be read",
            Self::NotSignedIn => "Please sign in",
            Self::FreshSignInNeeded => "Please sign in again first",
            Self::NotAllowed => "Not yours to do",
            Self::ForgedForm => "This form is too old",
            Self::NotFound => "Nothing here",
            Self::MethodNotAllowed => "Not possible here",
            Self::Conflict => "That contradicts what already is",
            Self::TooLarge => "Too large",
            Self::WrongType => "Not a type we read",
            Self::Invalid => "Some of this is not right yet",
            Self::TooMany => "Too many tries",
            Self::Upstream => "No proper answer from outside",
            Self::Busy => "Busy just now",
            Self::Internal => "That went wrong here",
        }
    }
}

/// One field that is not right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, schemars::JsonSchema)]
pub struct FieldError {
    /// Where: the field's name, with dots and numbers for nested ones, as in `items.0.plan`.
    pub field: String,
    /// What is wrong and how to mend it, in a sentence.
    pub say: String,
}

impl FieldError {
    /// One field, one sentence.
    pub fn new(field: impl Into<String>, say: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            say: say.into(),
        }
    }
}

/// A failure, ready to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Which kind.
    pub kind: Kind,
    /// What happened and what to do, in a sentence or two.
    pub detail: String,
    /// Fields that are not right, if that is the matter.
    pub fields: Vec<FieldError>,
    /// Seconds to wait before the same request can work.
    pub retry_after_s: Option<i64>,
}

impl Problem {
    /// Any kind with its sentence.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after_s: None,
        }
    }

    /// There is nothing here (or it is another network's).
    pub fn not_found() -> Self {
        Self::new(
            Kind::NotFound,
            "There is nothing at this address. It may have been removed.",
        )
    }

    /// Nobody is signed in.
    pub fn not_signed_in() -> Self {
        Self::new(
            Kind::NotSignedIn,
            "Sign in to go on. If you were signed in, that session has ended.",
        )
    }

    /// Signed in, but not for this.
    pub fn not_allowed() -> Self {
        Self::new(
            Kind::NotAllowed,
            "You are signed in, but this is not among what you may do. Ask an owner for it.",
        )
    }

    /// It would contradict something.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, detail)
    }

    /// Fields that are not right.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::new(
                Kind::Invalid,
                "Nothing was stored. Mend what is listed and send it again.",
            )
        }
    }

    /// One field that is not right.
    pub fn field(field: impl Into<String>, say: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, say)])
    }

    /// The store's refusal as the fault of one field: what is not found there, clashes, or cannot be.
    pub fn at(field: impl Into<String>) -> impl FnOnce(store::Error) -> Self {
        let field = field.into();
        move |error| match error.kind {
            store::Kind::NotFound => Self::field(field, "There is nothing with this id."),
            store::Kind::Invalid => Self::field(field, sentence(&error.to_string())),
            store::Kind::Conflict => {
                let say = sentence(&error.to_string());
                Self {
                    fields: vec![FieldError::new(field, say.clone())],
                    ..Self::conflict(say)
                }
            }
            store::Kind::Busy | store::Kind::Database => error.into(),
        }
    }

    /// Too many tries.
    pub fn too_many(wait_s: i64) -> Self {
        Self {
            retry_after_s: Some(wait_s),
            ..Self::new(
                Kind::TooMany,
                format!(
                    "Too many tries. Wait {} and try again.",
                    crate::words::dates::span(wait_s)
                ),
            )
        }
    }

    /// Our fault: the cause is logged here and not told.
    pub fn internal(attempted: &str, cause: impl std::fmt::Display) -> Self {
        tracing::error!(attempted, %cause, "a request failed");
        Self::new(
            Kind::Internal,
            "It is written down for whoever runs this server. Nothing was stored half.",
        )
    }

    /// The JSON value.
    pub fn to_json(&self) -> serde_json::Value {
        let mut value = serde_json::json!({
            "type": format!("/problems/{}", self.kind.slug()),
            "title": self.kind.title(),
            "status": self.kind.status().as_u16(),
            "detail": self.detail,
        });
        if !self.fields.is_empty() {
            value["errors"] = serde_json::json!(self.fields);
        }
        value
    }

    /// The status and headers every form of it has.
    pub fn headers_onto(&self, mut response: Response) -> Response {
        *response.status_mut() = self.kind.status();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if self.kind == Kind::NotSignedIn {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"vestibule\""),
            );
        }
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl IntoResponse for Problem {
    /// As problem+json. The value also travels along, so that the guard can show it as a page.
    fn into_response(self) -> Response {
        const TYPE: (HeaderName, &str) = (header::CONTENT_TYPE, "application/problem+json");
        let response = ([TYPE], self.to_json().to_string()).into_response();
        let mut response = self.headers_onto(response);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for Problem {
    /// The store's kind decides; its words are for people where the request is at fault, else for the log.
    fn from(error: store::Error) -> Self {
        match error.kind {
            store::Kind::NotFound => Self::not_found(),
            store::Kind::Conflict => Self::conflict(sentence(&error.to_string())),
            store::Kind::Invalid => Self::new(Kind::Invalid, sentence(&error.to_string())),
            store::Kind::Busy => Self {
                retry_after_s: Some(1),
                ..Self::new(Kind::Busy, "Many write at once just now. Try again in a moment.")
            },
            store::Kind::Database => Self::internal("asking the database", format!("{error:?}")),
        }
    }
}

/// A remark as a sentence: capital first, full stop last.
fn sentence(remark: &str) -> String {
    let mut letters = remark.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if remark.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// The JSON shape, for the document.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemBody {
    /// Stable: `/problems/` and the kind's word.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short heading.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Fields that are not right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_slug_of_its_own() {
        let mut slugs: Vec<_> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Kind::ALL.len());
    }

    #[test]
    fn an_internal_failure_tells_nothing_of_its_cause() {
        let problem = Problem::internal("reading people", "disk on fire at row 7");
        assert!(!problem.to_json().to_string().contains("fire"));
    }
}
