//! Where somebody stands on the way to a digital key at one place.
//!
//! In: the person's own facts and the vendor's row. Out: the offer, and whether their login at the vendor is kept.
//! Always: the very offer that the worker asks again before it acts.

use access::digital_key::{self, Asker, Offer};
use access::id::IntegrationId;
use access::index::Index;
use access::vendor::{Abilities, KeyOwner};
use store::Tx;

use crate::ctx::Ctx;
use crate::portal::access::sight;
use crate::portal::mine::Mine;
use crate::problem::Problem;
use crate::words::digital_key as words;

/// A person, a place with a vendor that has digital keys, and how far they are.
pub(super) struct Journey {
    pub mine: Mine,
    pub id: IntegrationId,
    /// As people know the vendor.
    pub vendor: String,
    /// The location's name.
    pub place: String,
    /// Its zone.
    pub zone: String,
    pub offer: Offer,
    /// Is their own login at the vendor kept?
    pub linked: bool,
}

/// One line of the Access page.
#[derive(Debug, PartialEq, Hash)]
pub struct KeyRow {
    /// Where it leads.
    pub href: String,
    /// "Get digital key".
    pub title: &'static str,
    /// For which place.
    pub text: String,
}

impl Journey {
    /// `NotFound` for what is not among their own.
    pub async fn load(ctx: &Ctx, id: IntegrationId) -> Result<Self, Problem> {
        let mut tx = ctx.store().read().await?;
        let mine = Mine::load_in(&mut tx, ctx).await?;
        let linked = is_linked(&mut tx, ctx, id).await?;
        let (offer, vendor, place, zone) = {
            let index = Index::new(&mine.facts);
            let integration = index.integration(id).ok_or_else(Problem::not_found)?;
            let row = ctx
                .outside()
                .vendor(&integration.vendor)
                .ok_or_else(Problem::not_found)?;
            let ((_, place), zone) = sight::whereabouts(&index, id).ok_or_else(Problem::not_found)?;
            (offered(ctx, &index, &mine, id, row), row.name.to_owned(), place, zone)
        };
        Ok(Self {
            mine,
            id,
            vendor,
            place,
            zone,
            offer,
            linked,
        })
    }

    pub fn owner(&self, ctx: &Ctx) -> KeyOwner {
        KeyOwner {
            network: ctx.network(),
            integration: self.id,
            person: self.mine.viewer.person,
        }
    }

    /// The address of one of its pages: "/begin", or "" for the journey itself.
    pub fn href(&self, below: &str) -> String {
        href(self.id, below)
    }

    /// The member's address.
    pub fn email(&self) -> &str {
        self.mine.me().map_or("", |person| person.email.as_str())
    }
}

pub(super) fn href(id: IntegrationId, below: &str) -> String {
    format!("/portal/key/{id}{below}")
}

/// Every place of theirs where a key is at all, with its offer.
pub(super) fn offers(ctx: &Ctx, mine: &Mine) -> Vec<(IntegrationId, Offer)> {
    let index = Index::new(&mine.facts);
    let all = mine.facts.integrations.iter().filter_map(|integration| {
        let row = ctx.outside().vendor(&integration.vendor)?;
        Some((integration.id, offered(ctx, &index, mine, integration.id, row)))
    });
    all.filter(|(_, offer)| *offer != Offer::Hidden).collect()
}

/// The lines of the Access page: one for each place where a key can be had now.
pub async fn rows(tx: &mut Tx, ctx: &Ctx, mine: &Mine) -> Result<Vec<KeyRow>, Problem> {
    let mut rows = Vec::new();
    for (id, offer) in offers(ctx, mine) {
        if !matches!(offer, Offer::Offered { .. }) {
            continue;
        }
        let linked = is_linked(tx, ctx, id).await?;
        let index = Index::new(&mine.facts);
        let Some(((_, place), _)) = sight::whereabouts(&index, id) else {
            continue;
        };
        rows.push(KeyRow {
            href: href(id, ""),
            title: words::row(linked),
            text: words::row_text(&place),
        });
    }
    Ok(rows)
}

fn offered(ctx: &Ctx, index: &Index<'_>, mine: &Mine, integration: IntegrationId, row: &Abilities) -> Offer {
    let asker = Asker {
        person: mine.viewer.person,
        staff: mine.viewer.staff,
        integration,
        row,
    };
    digital_key::offer(index, asker, ctx.now)
}

async fn is_linked(tx: &mut Tx, ctx: &Ctx, id: IntegrationId) -> Result<bool, Problem> {
    let kept = store::holder::secret(tx, ctx.network(), id, ctx.person()?).await?;
    Ok(kept.is_some())
}
