//! When losing what groups open takes effect, as their vendors' rows say it (P-37): beside every button that takes something away.

use std::collections::BTreeSet;

use access::facts::Facts;
use access::id::AccessGroupId;
use store::Tx;

use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words;

/// One sentence for each vendor of these groups.
pub(crate) async fn effects(tx: &mut Tx, ctx: &Ctx, groups: &[AccessGroupId]) -> Result<Vec<String>, Problem> {
    let mut integrations = BTreeSet::new();
    for group in groups.iter().collect::<BTreeSet<_>>() {
        integrations.insert(store::group::read(tx, ctx.network(), *group).await?.integration);
    }
    let mut said = BTreeSet::new();
    for id in integrations {
        let of = store::integration::read(tx, ctx.network(), id).await?.details;
        said.extend(at(ctx, &of.vendor));
    }
    Ok(said.into_iter().collect())
}

/// The same for groups among facts that are at hand.
pub(crate) fn effects_in(facts: &Facts, ctx: &Ctx, groups: &[AccessGroupId]) -> Vec<String> {
    let touched: BTreeSet<_> = groups.iter().collect();
    let at_group = |group: &access::facts::AccessGroup| {
        let of = facts.integrations.iter().find(|one| one.id == group.integration)?;
        at(ctx, &of.vendor)
    };
    let groups = facts.groups.iter().filter(|group| touched.contains(&group.id));
    let said: BTreeSet<String> = groups.filter_map(at_group).collect();
    said.into_iter().collect()
}

fn at(ctx: &Ctx, vendor: &str) -> Option<String> {
    let row = ctx.outside().vendor(vendor).filter(|row| !row.effective.is_empty())?;
    Some(words::effect_at(row.name, row.effective))
}
