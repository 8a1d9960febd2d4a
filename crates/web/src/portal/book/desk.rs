//! What the portal needs of a bookable thing besides [`crate::book`]: who sees it, who asks, and refusals on the form.

use access::booking::By;
use access::facts::{Membership, MembershipKind, PersonState};
use access::id::ResourceId;
use store::Tx;
use store::resource::OpenTo;

use crate::book::Place;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::portal::mine::Mine;
use crate::problem::{Kind, Problem};

/// Fields of the portal's booking forms; what is wrong with anything else is said above the form.
const FIELDS: [&str; 6] = ["on", "until_on", "from", "until", "title", "invitees"];

/// Reads a thing that the person may see.
pub async fn seen(tx: &mut Tx, ctx: &Ctx, mine: &Mine, id: ResourceId) -> Result<Place, Problem> {
    let place = Place::read(tx, ctx.network(), id).await?;
    if mine.viewer.staff || is_shown(&place, &mine.memberships()) {
        Ok(place)
    } else {
        Err(Problem::not_found())
    }
}

/// Is it shown to somebody with these memberships (P-6)?
pub fn is_shown(place: &Place, memberships: &[Membership]) -> bool {
    let mut member = memberships.iter().filter(|one| one.kind == MembershipKind::Member);
    match place.resource.details.see_by {
        OpenTo::Public => true,
        OpenTo::NetworkMembers => member.next().is_some(),
        OpenTo::Members => member.any(|one| one.location == place.location.id),
        OpenTo::Nobody => false,
    }
}

/// The person as somebody who books for themselves.
pub fn by<'a>(mine: &Mine, memberships: &'a [Membership]) -> By<'a> {
    By::Person {
        state: mine.me().map_or(PersonState::Removed, |person| person.state),
        memberships,
    }
}

/// Notes a refusal where it can be mended.
///
/// # Errors
/// What is no matter of the form.
pub fn note(fields: &mut Fields, problem: Problem) -> Result<(), Problem> {
    if !matches!(problem.kind, Kind::Conflict | Kind::Invalid) {
        return Err(problem);
    }
    if problem.fields.is_empty() {
        fields.wrong("", problem.detail.clone());
    }
    for error in &problem.fields {
        let name = if FIELDS.contains(&error.field.as_str()) {
            error.field.as_str()
        } else {
            ""
        };
        fields.wrong(name, error.say.clone());
    }
    Ok(())
}
