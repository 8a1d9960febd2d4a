//! People: `/admin/people`.

mod audit;
mod create;
mod edit;
mod list;
mod show;
mod state;
mod timeline;
mod why;

use access::facts::MembershipKind;
use access::may::Action;
use store::person::Person;

use super::parts::choice::Choice;
use super::parts::places::Places;
use super::parts::states;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::registry::Route;

/// Every route of these pages.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        list::route(),
        show::route(),
        timeline::route(),
        why::route(),
        audit::route(),
    ];
    routes.extend(create::routes());
    routes.extend(edit::routes());
    routes.extend(state::routes());
    routes
}

/// The head of a person's pages.
struct Head {
    name: String,
    email: String,
    state: &'static str,
    word: &'static str,
    may_change: bool,
    href: String,
    edit_href: String,
    timeline_href: String,
    why_href: String,
    audit_href: String,
    tab: &'static str,
}

impl Head {
    fn of(ctx: &Ctx, person: &Person, tab: &'static str) -> Self {
        let (state, word) = states::person(person.details.state);
        let href = format!("/admin/people/{}", person.id);
        Self {
            name: person.details.name.clone(),
            email: person.details.email.clone(),
            state,
            word,
            may_change: ctx.may(Action::PeopleWrite),
            edit_href: format!("{href}/edit"),
            timeline_href: format!("{href}/timeline"),
            why_href: format!("{href}/why"),
            audit_href: format!("{href}/audit"),
            href,
            tab,
        }
    }
}

/// One location's radio buttons: member, nonmember, nothing.
struct Place {
    name: String,
    legend: String,
    options: Vec<Choice>,
}

/// The field of a location.
fn place_field(location: access::id::LocationId) -> String {
    format!("at_{location}")
}

fn place_choices(places: &Places, form: &Fields) -> Vec<Place> {
    let options = [
        Choice::new("member", "Member").hint("Belongs here; may book what members may"),
        Choice::new("nonmember", "Nonmember").hint("Booked or visited once"),
        Choice::new("", "Nothing here"),
    ];
    let one = |location: &store::location::Location| {
        let name = place_field(location.id);
        let typed = form.value(&name).to_owned();
        let options = options.iter().cloned().map(|one| {
            let selected = one.value == typed;
            one.selected(selected)
        });
        Place {
            legend: format!("At {}", location.details.name),
            options: options.collect(),
            name,
        }
    };
    places.all.iter().map(one).collect()
}

fn kind_of(word: &str) -> Option<MembershipKind> {
    match word {
        "member" => Some(MembershipKind::Member),
        "nonmember" => Some(MembershipKind::Nonmember),
        _ => None,
    }
}
