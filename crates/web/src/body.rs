//! What goes into and comes out of the JSON API.
//!
//! In: JSON bodies, ids in paths, queries. Out: typed values, or one problem that names every wrong field.
//! Always: a body is checked against the very schema the document publishes; an id that cannot be one is "not found",
//! like an id of another network; a list is never longer than asked.

use std::str::FromStr;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::BODY_BYTES;
use crate::problem::{Kind, Problem};
use crate::validate;

/// A JSON body that fits its published schema.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + JsonSchema + 'static> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        {
            return Err(Problem::new(Kind::WrongType, "Send the body as application/json."));
        }
        let bytes = to_bytes(request.into_body(), BODY_BYTES).await.map_err(|_| {
            Problem::new(
                Kind::TooLarge,
                "At most 1 MiB is read here, or the connection broke off.",
            )
        })?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(
                Kind::Unreadable,
                format!("This is not JSON: line {}, column {}.", error.line(), error.column()),
            )
        })?;
        let errors = validate::check(&value, &validate::schema_of::<T>());
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        // What the schema lets through but the type does not is said in the type's own words.
        serde_json::from_value(value)
            .map(Self)
            .map_err(|error| Problem::field("body", format!("{error}.")))
    }
}

/// An id in the path; what cannot be one is not found.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// Two ids in the path, from left to right.
pub struct Ids<A, B>(pub A, pub B);

impl<S: Send + Sync, A: FromStr, B: FromStr> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path((a, b)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        match (a.parse(), b.parse()) {
            (Ok(a), Ok(b)) => Ok(Self(a, b)),
            _ => Err(Problem::not_found()),
        }
    }
}

/// A query; what does not fit is said.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(asked) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::field("query", format!("{}.", error.body_text())))?;
        Ok(Self(asked))
    }
}

/// Which part of a list: after which cursor, at most how many.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Part {
    /// The cursor a former answer ended with.
    pub after: Option<String>,
    /// 1 to 200; 50 when not said.
    pub limit: Option<i64>,
}

impl Part {
    /// As the store takes it.
    pub fn page(&self) -> Result<store::Page, Problem> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Problem::field(
                "limit",
                crate::words::validation::between(Some(1.0), Some(200.0)),
            ));
        }
        Ok(store::Page {
            limit: limit.unsigned_abs() as u32,
            after: self.after.clone(),
        })
    }
}

/// A page of a list.
#[derive(Serialize, JsonSchema)]
pub struct List<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Ask with `after=` this for the next page; null at the end.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// From the store's rows.
    pub fn of<R>(listed: store::Listed<R>, each: impl FnMut(R) -> T) -> Self {
        Self {
            items: listed.rows.into_iter().map(each).collect(),
            next: listed.next,
        }
    }
}

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// 201 with where it is.
pub fn created<T: Serialize>(at: &str, what: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(what)).into_response();
    if let Ok(at) = HeaderValue::from_str(at) {
        response.headers_mut().insert(header::LOCATION, at);
    }
    response
}

/// 204.
pub fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
