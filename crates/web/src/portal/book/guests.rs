//! Invitees from what was typed: known people by their address, unknown ones as invited people (P-2, P-7).
//!
//! In: addresses. Out: ids. Always: in the booking's own transaction, so that a refused booking leaves no stranger behind.

use access::id::PersonId;
use store::Tx;

use crate::book;
use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::words::validation;

/// More people than this do not fit one booking.
pub const MOST: usize = 50;

/// The addresses typed into a field, lower-case, each once; what is no address is noted on the field.
pub fn addresses(form: &mut Fields, name: &str) -> Vec<String> {
    let typed = form.value(name).to_lowercase();
    let mut addresses: Vec<String> = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    for text in typed
        .split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';')
        .filter(|text| !text.is_empty())
    {
        let text = text.trim_matches(['<', '>']);
        if !validation::looks_like_email(text) {
            wrong.push(format!("“{text}”"));
        } else if !addresses.iter().any(|known| known == text) {
            addresses.push(text.to_owned());
        }
    }
    if !wrong.is_empty() {
        form.wrong(name, crate::portal::say::not_addresses(&wrong));
    }
    if addresses.len() > MOST {
        form.wrong(name, validation::at_most_items(MOST as u64));
    }
    addresses
}

/// The people behind addresses.
pub async fn invited(ctx: &Ctx, tx: &mut Tx, addresses: &[String]) -> Result<Vec<PersonId>, Problem> {
    let mut people = Vec::with_capacity(addresses.len());
    for address in addresses {
        people.push(book::by_email(ctx, tx, address, "").await?);
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_however_they_are_separated() {
        let mut form = Fields::of([("invitees", "Ada@x.org, bob@y.org;\n<ada@x.org>\ncarol@z.org")]);
        assert_eq!(
            addresses(&mut form, "invitees"),
            ["ada@x.org", "bob@y.org", "carol@z.org"]
        );
        assert!(form.ok());
    }

    #[test]
    fn what_is_no_address_is_named() {
        let mut form = Fields::of([("invitees", "ada, bob@y.org")]);
        addresses(&mut form, "invitees");
        assert!(form.err("invitees").contains("“ada”"));
    }
}
