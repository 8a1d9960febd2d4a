//! `GET /api/v1/access/timeline?person|door|group&from&until`: past, running and coming windows with causes and what the
//! vendor holds (P-41).

use access::causes::Source;
use access::id::*;
use access::may::{Action, Object};
use access::timeline::{self, Line, Tense, VendorState};
use access::{Instant, Window};
use axum::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::facts::{As, load_network, load_person};

use crate::api::shape::WindowShape;
use crate::body::{Asked, List};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;
use crate::scope;

/// A month is what one looks at when nothing is said.
const MONTH_S: i64 = 31 * 86_400;

#[derive(Deserialize)]
struct Which {
    person: Option<PersonId>,
    door: Option<DoorId>,
    group: Option<AccessGroupId>,
    from: Option<Instant>,
    until: Option<Instant>,
}

/// One merged window of a person in a group.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TimelineLine")]
struct LineShape {
    /// Who.
    #[schemars(with = "crate::wire::PersonRef")]
    person: PersonId,
    /// Through which group.
    #[schemars(with = "crate::wire::GroupRef")]
    group: AccessGroupId,
    /// When.
    window: WindowShape,
    /// Before, around or after now.
    tense: TenseWord,
    /// By what, each with its own window.
    causes: Vec<CauseShape>,
    /// What the vendor has of it.
    vendor: VendorWord,
    /// The vendor's refusal, in plain words.
    refused: Option<String>,
}

/// Where a window lies.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Tense")]
enum TenseWord {
    Past,
    Now,
    Future,
}

/// What the vendor has of a window.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "VendorState")]
enum VendorWord {
    Planned,
    Sent,
    Confirmed,
    Ended,
    Failed,
    Withheld,
}

/// One cause: an item of a subscription, or a booking.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Cause")]
struct CauseShape {
    /// When.
    window: WindowShape,
    /// The subscription, if it is one.
    #[schemars(with = "Option<crate::wire::SubscriptionRef>")]
    subscription: Option<SubscriptionId>,
    /// Its item.
    #[schemars(with = "Option<crate::wire::ItemRef>")]
    item: Option<ItemId>,
    /// The company it reaches them through.
    #[schemars(with = "Option<crate::wire::CompanyRef>")]
    company: Option<CompanyId>,
    /// The booking, if it is one.
    #[schemars(with = "Option<crate::wire::BookingRef>")]
    booking: Option<BookingId>,
    /// Are they invited to that booking?
    invited: bool,
}

impl From<timeline::Span> for CauseShape {
    fn from(span: timeline::Span) -> Self {
        let nothing = Self {
            window: span.window.into(),
            subscription: None,
            item: None,
            company: None,
            booking: None,
            invited: false,
        };
        match span.source {
            Source::Item {
                subscription,
                item,
                company,
            } => Self {
                subscription: Some(subscription),
                item: Some(item),
                company,
                ..nothing
            },
            Source::Booker { booking } => Self {
                booking: Some(booking),
                ..nothing
            },
            Source::Invitee { booking } => Self {
                booking: Some(booking),
                invited: true,
                ..nothing
            },
        }
    }
}

impl From<Line> for LineShape {
    fn from(line: Line) -> Self {
        let (vendor, refused) = match line.vendor {
            VendorState::Planned => (VendorWord::Planned, None),
            VendorState::Sent => (VendorWord::Sent, None),
            VendorState::Confirmed { .. } => (VendorWord::Confirmed, None),
            VendorState::Ended => (VendorWord::Ended, None),
            VendorState::Failed { what } => (VendorWord::Failed, Some(what)),
            VendorState::Withheld => (VendorWord::Withheld, None),
        };
        let tense = match line.tense {
            Tense::Past => TenseWord::Past,
            Tense::Now => TenseWord::Now,
            Tense::Future => TenseWord::Future,
        };
        Self {
            person: line.person,
            group: line.group,
            window: line.window.into(),
            tense,
            causes: line.causes.into_iter().map(Into::into).collect(),
            vendor,
            refused,
        }
    }
}

/// The route.
pub fn route() -> Route {
    let what = "List past, running and coming windows of a person, a door or a group";
    Route::api(
        Method::GET,
        "/api/v1/access/timeline",
        Action::PeopleRead,
        "access",
        what,
    )
    .query("person", "id-per", false, "Of this person")
    .query("door", "id-doo", false, "Of this door")
    .query("group", "id-grp", false, "Of this group")
    .query("from", "date-time", false, "Look from here; a month back when left out")
    .query(
        "until",
        "date-time",
        false,
        "Look until here; a month ahead when left out",
    )
    .lists::<LineShape>()
    .to(show)
}

async fn show(ctx: Ctx, Asked(which): Asked<Which>) -> Result<List<LineShape>, Problem> {
    let from = which.from.unwrap_or(ctx.now.plus_s(-MONTH_S));
    let until = which.until.unwrap_or(ctx.now.plus_s(MONTH_S));
    let within =
        Window::new(from, until).ok_or_else(|| Problem::field("until", "The end must come after the start."))?;
    let (network, known) = (ctx.network(), As::Known { now: ctx.now });
    let mut tx = ctx.store().read().await?;
    let lines = match (which.person, which.door, which.group) {
        (Some(person), None, None) => {
            scope::person(&ctx, &mut tx, Action::PeopleRead, person).await?;
            timeline::of_person(
                &load_person(&mut tx, network, person, known).await?,
                person,
                within,
                ctx.now,
            )
        }
        (None, Some(door), None) => {
            let integration = store::group::door(&mut tx, network, door).await?.integration;
            let location = store::integration::read(&mut tx, network, integration)
                .await?
                .details
                .location;
            ctx.allow(Action::PeopleRead, &Object::At(location))?;
            timeline::of_door(&load_network(&mut tx, network, known).await?, door, within, ctx.now)
        }
        (None, None, Some(group)) => {
            let integration = store::group::read(&mut tx, network, group).await?.integration;
            let location = store::integration::read(&mut tx, network, integration)
                .await?
                .details
                .location;
            ctx.allow(Action::PeopleRead, &Object::At(location))?;
            timeline::of_group(&load_network(&mut tx, network, known).await?, group, within, ctx.now)
        }
        _ => {
            return Err(Problem::field(
                "person",
                "Ask for exactly one of person, door and group.",
            ));
        }
    };
    Ok(List {
        items: lines.into_iter().map(LineShape::from).collect(),
        next: None,
    })
}
