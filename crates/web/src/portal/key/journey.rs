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
            (
                offered(ctx, &index, &mine, (id, row), linked),
                row.name.to_owned(),
                place,
                zone,
            )
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

/// A place of theirs where a key is at all.
pub(super) struct At {
    pub id: IntegrationId,
    /// The location's name.
    pub place: String,
    offer: Offer,
    linked: bool,
}

/// Every place of theirs where a key is at all.
pub(super) async fn places(tx: &mut Tx, ctx: &Ctx, mine: &Mine) -> Result<Vec<At>, Problem> {
    let mut places = Vec::new();
    for integration in &mine.facts.integrations {
        let row = ctx.outside().vendor(&integration.vendor).filter(|row| row.digital_key);
        let Some(row) = row else { continue };
        let (id, linked) = (integration.id, is_linked(tx, ctx, integration.id).await?);
        let index = Index::new(&mine.facts);
        let offer = offered(ctx, &index, mine, (id, row), linked);
        let place = sight::whereabouts(&index, id).filter(|_| offer != Offer::Hidden);
        places.extend(place.map(|((_, place), _)| At {
            id,
            place,
            offer,
            linked,
        }));
    }
    Ok(places)
}

/// The lines of the Access page: one for each place where a key can be had now.
pub async fn rows(tx: &mut Tx, ctx: &Ctx, mine: &Mine) -> Result<Vec<KeyRow>, Problem> {
    let places = places(tx, ctx, mine).await?;
    let now = places.iter().filter(|at| matches!(at.offer, Offer::Offered { .. }));
    Ok(now.map(|at| at.row(words::row(at.linked))).collect())
}

impl At {
    /// It, as a line that leads there.
    pub fn row(&self, title: &'static str) -> KeyRow {
        KeyRow {
            href: href(self.id, ""),
            title,
            text: words::row_text(&self.place),
        }
    }
}

fn offered(
    ctx: &Ctx,
    index: &Index<'_>,
    mine: &Mine,
    (integration, row): (IntegrationId, &Abilities),
    linked: bool,
) -> Offer {
    let asker = Asker {
        person: mine.viewer.person,
        staff: mine.viewer.staff,
        had_one: linked,
        integration,
        row,
    };
    digital_key::offer(index, asker, ctx.now)
}

async fn is_linked(tx: &mut Tx, ctx: &Ctx, id: IntegrationId) -> Result<bool, Problem> {
    let kept = store::holder::secret(tx, ctx.network(), id, ctx.person()?).await?;
    Ok(kept.is_some())
}
