//! What every page needs besides its own content, and how a page becomes an answer.
//!
//! In: [`Ctx`], a title, which entry of the navigation is current. Out: [`Page`] for the layout; [`render`] for the answer.
//! Always: a page is never kept by caches; errors in a template are our fault and are told as such.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use store::Tx;

use crate::assets;
use crate::ctx::{Ctx, Flash};
use crate::problem::{Kind, Problem};
use crate::words::dates;

/// What the layouts show.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Of this page; the layout adds the network.
    pub title: String,
    /// For our own scripts.
    pub nonce: String,
    /// The form token.
    pub csrf: String,
    /// The network's colour.
    pub accent: String,
    /// The brand.
    pub network_name: String,
    /// Who is signed in; empty when nobody is.
    pub person_name: String,
    /// Their initials.
    pub person_initials: String,
    /// The current entry of the navigation.
    pub nav: &'static str,
    /// This page's address.
    pub path: String,
    /// Of the assets.
    pub version: String,
    /// To choose from, for operators.
    pub locations: Vec<LocationChoice>,
    /// The chosen one; empty is all.
    pub location_id: String,
    /// Its name.
    pub location_name: String,
    /// Open findings.
    pub findings: u64,
    /// May they run the space?
    pub administers: bool,
    /// Trusted HTML, in the demo.
    pub demo_bar: Option<String>,
    /// A message left by the page before.
    pub flash: Option<Flash>,
}

/// A location in the switcher.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocationChoice {
    /// Its id; empty is all.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Ctx {
    /// The frame of a page; `nav` is the entry's key, empty where no entry is current.
    pub async fn page(&self, title: &str, nav: &'static str) -> Result<Page, Problem> {
        let mut page = self.bare_page(title);
        page.nav = nav;
        let mut tx = self.store().read().await?;
        let Some(known) = self.known() else {
            if let Some(only) = store::network::only(&mut tx).await? {
                page.network_name = only.details.name;
                page.accent = accent(&only.details.accent);
            }
            page.demo_bar = self.demo_bar(&self.zone_shown(&mut tx).await?)?;
            return Ok(page);
        };
        let network = store::network::read(&mut tx, known.network).await?.details;
        let locations = store::location::list(&mut tx, known.network, &store::Page::longest())
            .await?
            .rows;
        page.network_name = network.name;
        page.accent = accent(&network.accent);
        page.person_name.clone_from(&known.name);
        page.person_initials = initials(&known.name);
        page.administers = known.administers;
        if known.administers {
            page.findings = store::finding::count_open(&mut tx, known.network).await?;
        }
        let chosen = locations.iter().find(|location| Some(location.id) == self.location);
        let zone = chosen
            .or(locations.first())
            .map_or("UTC", |location| location.details.zone.as_str());
        page.demo_bar = self.demo_bar(zone)?;
        page.location_id = chosen.map_or_else(String::new, |location| location.id.to_string());
        page.location_name =
            chosen.map_or_else(|| "All locations".to_owned(), |location| location.details.name.clone());
        page.locations = std::iter::once(LocationChoice {
            id: String::new(),
            name: "All locations".to_owned(),
        })
        .chain(
            locations
                .iter()
                .filter(|location| self.actor.acts_at(location.id))
                .map(|location| LocationChoice {
                    id: location.id.to_string(),
                    name: location.details.name.clone(),
                }),
        )
        .collect();
        Ok(page)
    }

    /// The zone that the demo's bar tells the time in: of the location that is chosen, else of the first. Before signing in,
    /// of the one network there is.
    pub(crate) async fn zone_shown(&self, tx: &mut Tx) -> Result<String, Problem> {
        let network = match self.known() {
            Some(known) => Some(known.network),
            None => store::network::only(tx).await?.map(|only| only.id),
        };
        let Some(network) = network else {
            return Ok("UTC".to_owned());
        };
        let locations = store::location::list(tx, network, &store::Page::longest()).await?.rows;
        let chosen = locations.iter().find(|location| Some(location.id) == self.location);
        let shown = chosen.or(locations.first());
        Ok(shown.map_or_else(|| "UTC".to_owned(), |location| location.details.zone.clone()))
    }

    /// The frame without anything from the database: for the first run, and for problems when the database does not answer.
    pub fn bare_page(&self, title: &str) -> Page {
        Page {
            title: title.to_owned(),
            nonce: self.nonce.clone(),
            csrf: self.csrf.clone(),
            accent: "petrol".to_owned(),
            network_name: "Vestibule".to_owned(),
            path: self.path.clone(),
            version: assets::VERSION.clone(),
            flash: self.flash.clone(),
            ..Page::default()
        }
    }

    fn demo_bar(&self, name: &str) -> Result<Option<String>, Problem> {
        let Some(demo) = self.app.demo() else { return Ok(None) };
        let zone = dates::zone(name);
        let local = dates::local(self.now, &zone);
        let bar = DemoBar {
            now: format!("{}, {}", local.strftime("%a %-d %B, %H:%M"), dates::zone_words(name)),
            now_local: local.strftime("%Y-%m-%dT%H:%M").to_string(),
            csrf: &self.csrf,
            back: &self.path,
            links: demo
                .links
                .iter()
                .map(|link| (link.label.as_str(), format!("/demo/sign-in?key={}", link.key)))
                .collect(),
        };
        bar.render()
            .map(Some)
            .map_err(|error| Problem::internal("writing the demo's bar", error))
    }
}

#[derive(Template)]
#[template(path = "auth/demo_bar.html")]
struct DemoBar<'a> {
    now: String,
    now_local: String,
    csrf: &'a str,
    back: &'a str,
    links: Vec<(&'a str, String)>,
}

#[derive(Template)]
#[template(path = "problem/page.html")]
struct ProblemPage<'a> {
    page: Page,
    problem: &'a Problem,
    status: u16,
    home: &'static str,
}

/// A problem as a page.
pub(crate) async fn of_problem(ctx: &Ctx, problem: &Problem) -> Result<Response, Problem> {
    let home = match ctx.known() {
        Some(known) if known.administers => "/admin",
        Some(_) => "/access",
        None => "/sign-in",
    };
    let status = problem.kind.status();
    // What went wrong may be the database itself; then the page does without it.
    let framed = match problem.kind {
        Kind::Internal | Kind::Busy => None,
        _ => ctx.page(problem.kind.title(), "").await.ok(),
    };
    let page = framed.unwrap_or_else(|| ctx.bare_page(problem.kind.title()));
    render_with(
        status,
        &ProblemPage {
            page,
            problem,
            status: status.as_u16(),
            home,
        },
    )
}

/// An HTML answer.
pub fn render(template: &impl Template) -> Result<Response, Problem> {
    render_with(StatusCode::OK, template)
}

/// A form shown again because of what is wrong in it: 422, everything typed kept.
pub fn render_again(template: &impl Template) -> Result<Response, Problem> {
    render_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A form shown again because it may not be sent now: the problem's status and headers, everything typed kept.
pub fn render_refused(problem: &Problem, template: &impl Template) -> Result<Response, Problem> {
    Ok(problem.headers_onto(render(template)?))
}

/// An HTML answer with a status.
pub fn render_with(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let html = template
        .render()
        .map_err(|error| Problem::internal("writing a page", error))?;
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A colour the layouts know; anything else is the first of them.
fn accent(name: &str) -> String {
    const KNOWN: [&str; 8] = [
        "petrol", "cobalt", "ink", "plum", "rosewood", "clay", "moss", "graphite",
    ];
    KNOWN
        .iter()
        .find(|known| **known == name)
        .unwrap_or(&KNOWN[0])
        .to_string()
}

/// "AL" of "Ada Lovelace"; at most two letters.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let letters = match words.as_slice() {
        [] => Vec::new(),
        [one] => one.chars().take(1).collect(),
        [first, .., last] => first.chars().take(1).chain(last.chars().take(1)).collect::<Vec<char>>(),
    };
    letters.into_iter().flat_map(char::to_uppercase).collect()
}

/// A text as it may stand in a query.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(
            (initials("Ada King Lovelace"), initials("cher"), initials("")),
            ("AL".into(), "C".into(), String::new())
        );
    }

    #[test]
    fn a_query_cannot_be_broken_out_of() {
        assert_eq!(escaped("/a?b=c&d é"), "/a%3Fb%3Dc%26d%20%C3%A9");
    }
}
