//! Between policy and the door: what at the vendor may still keep a door shut for somebody who may open it.
//!
//! In: indexed facts, person, door, instant, and the groups that let them in. Out: links of the chain (P-27).
//! Why so: policy says yes, the door says no, and the operator needs to know which of a dozen vendor-side things it is.
//! Always: nothing here changes whether somebody may open a door.

use crate::Instant;
use crate::decision::Reason;
use crate::facts::*;
use crate::id::*;
use crate::index::Index;

/// Links that do not depend on a window: credential, page, door settings, the person's own record.
pub(crate) fn standing(index: &Index<'_>, person: PersonId, door: &Door) -> Vec<Reason> {
    let mut links = Vec::new();
    let Some(integration) = index.integration(door.integration) else {
        return links;
    };
    match integration.state {
        IntegrationState::NeedsSignIn => links.push(Reason::SignInNeeded {
            integration: integration.id,
        }),
        // The last two already forbid by policy.
        IntegrationState::Connected
        | IntegrationState::Leaving
        | IntegrationState::RunningOut
        | IntegrationState::Revoking
        | IntegrationState::Disconnected => {}
    }
    if !shows_page(index, person, integration) {
        links.push(Reason::PageNotVisible {
            visibility: integration.visibility,
        });
    }
    links.extend(
        door.restrictions
            .iter()
            .map(|what| Reason::VendorRestriction { what: what.clone() }),
    );
    if let Some(holder) = index.holder(person, integration.id) {
        if holder.unconfirmed {
            links.push(Reason::Unconfirmed);
        }
        if holder.disabled {
            links.push(Reason::HolderDisabled);
        }
    }
    links
}

/// All links for somebody whom these groups let in at this instant.
pub(crate) fn links(
    index: &Index<'_>,
    person: PersonId,
    door: &Door,
    through: &[&AccessGroup],
    at: Instant,
) -> Vec<Reason> {
    let mut links = standing(index, person, door);
    // One group without restrictions is enough to open from the page.
    if through.iter().all(|group| !group.restrictions.is_empty()) {
        let whats = through.iter().flat_map(|group| &group.restrictions);
        links.extend(whats.map(|what| Reason::VendorRestriction { what: what.clone() }));
    }
    let holder = index.holder(person, door.integration);
    let sent = holder.and_then(|holder| {
        let inside = |held: &&Held| held.window.contains(at) && through.iter().any(|group| group.id == held.group);
        holder.held.iter().find(inside)
    });
    links.push(match (sent, holder.and_then(|holder| holder.refused.as_ref())) {
        (Some(held), _) => Reason::Sent {
            group: held.group,
            window: held.window,
        },
        (None, Some(what)) => Reason::VendorRefused { what: what.clone() },
        (None, None) => Reason::NotYetSent,
    });
    links
}

/// Does the Access page show the integration's doors to this person (P-31)? Roles are no facts of access: whoever shows
/// the page to an administrator shows them all doors they may open, whatever is said here.
pub(crate) fn shows_page(index: &Index<'_>, person: PersonId, integration: &Integration) -> bool {
    let member_where = |there: &dyn Fn(LocationId) -> bool| {
        let memberships = index.memberships(person).iter();
        memberships
            .filter(|one| one.kind == MembershipKind::Member)
            .any(|one| there(one.location))
    };
    match integration.visibility {
        Visibility::Public => true,
        Visibility::NetworkMembers => member_where(&|_| true),
        Visibility::Members => member_where(&|location| location == integration.location),
        Visibility::Administrators => false,
    }
}
