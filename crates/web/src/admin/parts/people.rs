//! People as they are typed into forms: by e-mail, by name, or somebody new.
//!
//! In: what was typed. Out: who that is, or what is wrong with it.
//! Why so: a form works without scripts; the browser's own list of suggestions fills in the e-mail address.

use access::facts::{MembershipKind, PersonState};
use access::id::{LocationId, PersonId};
use access::may::Object;
use store::person::{Details, Filter, Person};
use store::record::Act;
use store::{Page as Part, Tx};

use super::choice::Choice;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words::validation;

/// People for the suggestions below a field, by name; at most 500.
pub(crate) async fn suggestions(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Choice>, Problem> {
    let listed = store::person::list(tx, ctx.network(), &Filter::default(), &Part::longest()).await?;
    Ok(listed
        .rows
        .into_iter()
        .map(|one| Choice::new(&one.details.email, one.details.name))
        .collect())
}

/// The person as an object of permission.
pub(crate) async fn object(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<Object, Problem> {
    let memberships = store::person::memberships(tx, ctx.network(), person).await?;
    Ok(Object::Person {
        person,
        locations: memberships.into_iter().map(|(location, _)| location).collect(),
    })
}

/// Who a text means.
pub(crate) enum Meant {
    /// Somebody here.
    Known(Box<Person>),
    /// Nobody yet, by this e-mail address.
    New(String),
    /// It cannot be told; why.
    Unclear(String),
}

/// Reads "ana@example.org", "Ana Ferreira <ana@example.org>" or a name that only one person has.
pub(crate) async fn meant(tx: &mut Tx, ctx: &Ctx, typed: &str) -> Result<Meant, Problem> {
    let typed = typed.trim();
    let email = match typed.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end_matches('>').trim(),
        None => typed,
    };
    if validation::looks_like_email(email) {
        let known = store::person::by_email(tx, ctx.network(), email).await?;
        return Ok(known.map_or_else(|| Meant::New(email.to_lowercase()), |one| Meant::Known(Box::new(one))));
    }
    let filter = Filter {
        search: Some(typed.to_owned()),
        ..Filter::default()
    };
    let listed = store::person::list(tx, ctx.network(), &filter, &Part { limit: 20, after: None }).await?;
    let mut found = listed.rows;
    if let Some(exact) = found
        .iter()
        .position(|one| one.details.name.eq_ignore_ascii_case(typed))
        && found
            .iter()
            .filter(|one| one.details.name.eq_ignore_ascii_case(typed))
            .count()
            == 1
    {
        return Ok(Meant::Known(Box::new(found.swap_remove(exact))));
    }
    Ok(match found.len() {
        0 => Meant::Unclear(format!(
            "Nobody here is called “{typed}”. Type an e-mail address to add somebody new."
        )),
        1 => Meant::Known(Box::new(found.swap_remove(0))),
        _ => Meant::Unclear(format!(
            "Several people are meant by “{typed}”. Type the e-mail address instead."
        )),
    })
}

/// Adds somebody who was typed by e-mail, as a nonmember of a location (P-2); without a name the address stands for it.
pub(crate) async fn add_nonmember(
    tx: &mut Tx,
    act: &Act,
    location: LocationId,
    email: &str,
    name: Option<&str>,
) -> Result<PersonId, Problem> {
    let name = name.map_or_else(|| name_from(email), str::to_owned);
    let details = Details {
        name,
        email: email.to_owned(),
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Invited,
    };
    let id = store::person::create(tx, act, &details).await?;
    store::person::set_membership(tx, act, id, location, Some(MembershipKind::Nonmember)).await?;
    Ok(id)
}

/// "ana.ferreira@example.org" → "Ana Ferreira".
fn name_from(email: &str) -> String {
    let local = email.split('@').next().unwrap_or(email);
    let words = local
        .split(['.', '_', '-', '+'])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .chain(letters)
                .collect::<String>()
        });
    let name = words.collect::<Vec<_>>().join(" ");
    if name.is_empty() { email.to_owned() } else { name }
}

/// The addresses in a text of several lines: separated by line ends, commas or semicolons; each once.
pub(crate) fn several(typed: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for part in typed
        .split(['\n', '\r', ',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if !seen.iter().any(|one: &String| one.eq_ignore_ascii_case(part)) {
            seen.push(part.to_owned());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_in_for_a_name() {
        assert_eq!(name_from("ana.ferreira@example.org"), "Ana Ferreira");
        assert_eq!(name_from("bo@example.org"), "Bo");
    }

    #[test]
    fn several_addresses_are_told_apart_and_kept_once() {
        assert_eq!(several("a@x.org, b@x.org\nA@x.org;\n"), ["a@x.org", "b@x.org"]);
    }
}
