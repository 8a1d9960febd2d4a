//! The Access section of editors: for each integration a multi-select of access groups, with the doors each opens.
//!
//! In: integrations, groups and doors as last read; what is chosen. Out: ready-to-show sets.
//! Always: the integrations of the object's own location come first; a group that is gone, or of another site, is only shown
//! where it is chosen, with what to do.

use std::collections::HashMap;

use access::facts::IntegrationState;
use access::id::{AccessGroupId, DoorId, LocationId};
use store::{Page as Part, Tx};

use super::places::Places;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words;

/// One integration's groups.
pub(crate) struct GroupSet {
    /// What to know about it.
    pub text: String,
    /// The field's legend, with the vendor's name and the location, from data.
    pub legend: String,
    /// Below the legend.
    pub hint: String,
    /// What is wrong.
    pub error: String,
    /// The groups.
    pub options: Vec<GroupOption>,
}

/// One group.
pub(crate) struct GroupOption {
    /// Its id.
    pub value: String,
    /// Its name.
    pub label: String,
    /// The doors it opens.
    pub doors: Vec<String>,
    /// What is the matter with it.
    pub warning: String,
    /// Is it chosen?
    pub selected: bool,
}

/// The sets for a form; `chosen` says which groups are selected.
pub(crate) async fn sets(
    tx: &mut Tx,
    ctx: &Ctx,
    places: &Places,
    first: Option<LocationId>,
    error: &str,
    chosen: impl Fn(&AccessGroupId) -> bool,
) -> Result<Vec<GroupSet>, Problem> {
    let network = ctx.network();
    let integrations = store::integration::list(tx, network, None, &Part::longest())
        .await?
        .rows;
    let mut sets = Vec::new();
    for place in places.with_first(first) {
        for integration in integrations.iter().filter(|one| one.details.location == place.id) {
            let live = integration.details.state != IntegrationState::Disconnected;
            let doors = store::group::doors(tx, network, integration.id).await?;
            let door_name = |id: &DoorId| {
                doors
                    .iter()
                    .find(|door| door.id == *id && !door.gone)
                    .map(|door| door.name.clone())
            };
            let mut options = Vec::new();
            for group in store::group::list(tx, network, integration.id).await? {
                let selected = chosen(&group.id);
                let site = integration.details.site.as_deref();
                let elsewhere = site.is_some() && group.site.is_some() && group.site.as_deref() != site;
                if !selected && (group.gone || elsewhere || !live) {
                    continue;
                }
                let opens: Vec<String> = group.doors.iter().filter_map(&door_name).collect();
                let warning = if group.gone {
                    "Deleted at the vendor. It opens nothing; choose another in its place.".to_owned()
                } else if !live {
                    "Its integration is disconnected; it opens nothing.".to_owned()
                } else if elsewhere {
                    "Belongs to another site than the one chosen.".to_owned()
                } else {
                    group.restrictions.first().cloned().unwrap_or_default()
                };
                options.push(GroupOption {
                    value: group.id.to_string(),
                    label: group.name,
                    doors: opens,
                    warning,
                    selected,
                });
            }
            if options.is_empty() && !live {
                continue;
            }
            let vendor = ctx
                .outside()
                .vendor(&integration.details.vendor)
                .map_or("Door system", |vendor| vendor.name);
            let title = format!("{vendor} · {}", place.details.name);
            sets.push(GroupSet {
                legend: format!("Access groups at {title}"),
                text: match integration.details.state {
                    IntegrationState::NeedsSignIn => {
                        "Its sign-in no longer works; changes wait until it is connected again.".into()
                    }
                    IntegrationState::Connected
                    | IntegrationState::Leaving
                    | IntegrationState::RunningOut
                    | IntegrationState::Revoking
                    | IntegrationState::Disconnected => String::new(),
                },
                hint: if options.is_empty() {
                    "No group has been read yet.".into()
                } else {
                    String::new()
                },
                error: error.to_owned(),
                options,
            });
        }
    }
    Ok(sets)
}

/// What groups open, for a list: "Front door, Lift", and what is the matter, if something is.
pub(crate) async fn summary(tx: &mut Tx, ctx: &Ctx, groups: &[AccessGroupId]) -> Result<(String, String), Problem> {
    Ok(Summaries::read(tx, ctx).await?.of(groups))
}

/// The names of all groups, for lists with many rows.
pub(crate) struct Summaries(HashMap<AccessGroupId, (String, bool)>);

impl Summaries {
    /// Reads them, one query for each integration.
    pub(crate) async fn read(tx: &mut Tx, ctx: &Ctx) -> Result<Self, Problem> {
        let integrations = store::integration::list(tx, ctx.network(), None, &Part::longest()).await?;
        let mut names = HashMap::new();
        for integration in integrations.rows {
            for group in store::group::list(tx, ctx.network(), integration.id).await? {
                names.insert(group.id, (group.name, group.gone));
            }
        }
        Ok(Self(names))
    }

    /// What these open, and what is the matter.
    pub(crate) fn of(&self, groups: &[AccessGroupId]) -> (String, String) {
        let known: Vec<_> = groups.iter().filter_map(|id| self.0.get(id)).collect();
        let gone = known.iter().filter(|(_, gone)| *gone).count();
        let warning = match gone {
            0 => String::new(),
            _ => format!("{} gone", words::count(gone, "group", "groups")),
        };
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let opens = if names.is_empty() {
            "no door".to_owned()
        } else {
            names.join(", ")
        };
        (opens, warning)
    }
}
