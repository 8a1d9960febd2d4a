//! The one list of routes: method, path, who may, and for the API what goes in and out.
//!
//! In: one [`Route`] from each endpoint's file. Out: the router, the OpenAPI document and the sweep test, all made from it.
//! Why so: three lists would drift apart, and the one that matters most is the one that says who may.
//! Always: a route without a need cannot be built; the guard asks before the handler is entered.

use access::may::Action;
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::app::App;

/// Who calls a route, and by what they are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Surface {
    /// Programs, by bearer token; problems as JSON.
    Api,
    /// The operator's pages, by session cookie.
    Page,
    /// The member's pages, by session cookie.
    Portal,
    /// Signing in and out, first run; by session cookie where there is one.
    Auth,
    /// Vendors' webhooks; anonymous, content is a hint.
    Hook,
    /// Files and documents that everybody may read.
    Open,
}

impl Surface {
    /// Do cookies count here (and therefore the forgery checks)?
    pub const fn by_cookie(self) -> bool {
        matches!(self, Self::Page | Self::Portal | Self::Auth)
    }
}

/// What somebody needs for a route to be entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing: everybody. Written out on purpose, never a default.
    Nothing,
    /// To be signed in.
    SignedIn,
    /// To be someone who may do this; the handler asks again about the object.
    May(Action),
}

/// What the document says of an API route.
pub struct Doc {
    /// What it does, in a few words.
    pub summary: &'static str,
    /// Which group of the document it belongs to.
    pub tag: &'static str,
    /// The request body.
    pub body: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The response body.
    pub answer: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// Is the answer a page of a list, with `after` and `limit`?
    pub list: bool,
    /// Query parameters besides those of a list: name, format, needed, what for.
    pub query: Vec<(&'static str, &'static str, bool, &'static str)>,
    /// Status of success.
    pub status: StatusCode,
}

/// One endpoint.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, as in `/api/v1/bookings/{booking}`.
    pub path: &'static str,
    /// Who calls it.
    pub surface: Surface,
    /// What they need.
    pub needs: Needs,
    /// What the document says; API only.
    pub doc: Option<Doc>,
    /// Must the sign-in be at most ten minutes old (pages; secrets, roles, opening for others)?
    pub fresh: bool,
    /// What answers.
    pub(crate) answer: MethodRouter<App>,
}

/// A route that has no handler yet.
pub struct Unfinished {
    method: Method,
    path: &'static str,
    surface: Surface,
    needs: Needs,
    doc: Option<Doc>,
    fresh: bool,
}

impl Route {
    /// Begins a route.
    pub fn on(method: Method, path: &'static str, surface: Surface, needs: Needs) -> Unfinished {
        Unfinished {
            method,
            path,
            surface,
            needs,
            doc: None,
            fresh: false,
        }
    }

    /// An operator's page.
    pub fn page(path: &'static str, needs: Action) -> Unfinished {
        Self::on(Method::GET, path, Surface::Page, Needs::May(needs))
    }

    /// An operator's form.
    pub fn form(path: &'static str, needs: Action) -> Unfinished {
        Self::on(Method::POST, path, Surface::Page, Needs::May(needs))
    }

    /// A member's page.
    pub fn portal(path: &'static str, needs: Action) -> Unfinished {
        Self::on(Method::GET, path, Surface::Portal, Needs::May(needs))
    }

    /// A member's form.
    pub fn portal_form(path: &'static str, needs: Action) -> Unfinished {
        Self::on(Method::POST, path, Surface::Portal, Needs::May(needs))
    }

    /// An API endpoint, with what the document says of it.
    pub fn api(
        method: Method,
        path: &'static str,
        needs: Action,
        tag: &'static str,
        summary: &'static str,
    ) -> Unfinished {
        let status = StatusCode::OK;
        let doc = Doc {
            summary,
            tag,
            body: None,
            answer: None,
            list: false,
            query: Vec::new(),
            status,
        };
        Unfinished {
            doc: Some(doc),
            ..Self::on(method, path, Surface::Api, Needs::May(needs))
        }
    }
}

impl Unfinished {
    fn documented(mut self, say: impl FnOnce(&mut Doc)) -> Self {
        say(self.doc.as_mut().expect("only API routes are documented"));
        self
    }

    /// The type of the request body.
    #[must_use]
    pub fn takes<T: JsonSchema>(self) -> Self {
        self.documented(|doc| doc.body = Some(SchemaGenerator::subschema_for::<T>))
    }

    /// The type of the response body, with 200.
    #[must_use]
    pub fn answers<T: JsonSchema>(self) -> Self {
        self.documented(|doc| doc.answer = Some(SchemaGenerator::subschema_for::<T>))
    }

    /// The type of the response body, with 201.
    #[must_use]
    pub fn creates<T: JsonSchema>(self) -> Self {
        self.answers::<T>().documented(|doc| doc.status = StatusCode::CREATED)
    }

    /// No body, with 204.
    #[must_use]
    pub fn answers_nothing(self) -> Self {
        self.documented(|doc| doc.status = StatusCode::NO_CONTENT)
    }

    /// A page of a list of these.
    #[must_use]
    pub fn lists<T: JsonSchema>(self) -> Self {
        self.documented(|doc| {
            doc.answer = Some(SchemaGenerator::subschema_for::<T>);
            doc.list = true;
        })
    }

    /// One query parameter: name, format of its schema, needed, what for.
    #[must_use]
    pub fn query(self, name: &'static str, format: &'static str, needed: bool, what: &'static str) -> Self {
        self.documented(|doc| doc.query.push((name, format, needed, what)))
    }

    /// Only within ten minutes of signing in.
    #[must_use]
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// Finishes it with what answers.
    pub fn to<H, T>(self, handler: H) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(self.method.clone()).expect("one of the nine ordinary methods");
        Route {
            method: self.method,
            path: self.path,
            surface: self.surface,
            needs: self.needs,
            doc: self.doc,
            fresh: self.fresh,
            answer: on(filter, handler),
        }
    }
}

/// Every route there is.
pub fn all() -> Vec<Route> {
    let mut routes = crate::auth::routes();
    routes.extend(crate::api::routes());
    routes.extend(crate::admin::routes());
    routes.extend(crate::portal::routes());
    routes.extend(crate::hooks::routes());
    routes.extend(crate::live::routes());
    routes.extend(crate::assets::routes());
    routes
}
