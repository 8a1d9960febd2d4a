//! Who may do what with our pages and interfaces: one question, denied by default.
//!
//! In: an actor, an action, and the object concerned. Out: [`Permit`], with why not.
//! Why so: every route declares one action and asks this one function, so the sweep of routes × actors tests the whole of it.
//! Always: exhaustive matches; a new actor or action does not compile until somebody decided about it. What belongs to
//! another network never gets here: tenants are kept apart when the object is looked up.
//! Not here: who may open which door ([`crate::decision`]), who may book what and when ([`crate::booking`]).

use serde::{Deserialize, Serialize};

use crate::id::*;

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// Nobody we know.
    Anonymous,
    /// A person of the network, signed in.
    Member {
        /// Who.
        person: PersonId,
    },
    /// A suspended person, signed in: they may see why nothing works, and nothing more (P-25).
    Suspended {
        /// Who.
        person: PersonId,
    },
    /// A member who looks after one or more companies.
    CompanyManager {
        /// Who.
        person: PersonId,
        /// Which companies.
        companies: Vec<CompanyId>,
    },
    /// Staff with some locations and some areas (P-2).
    Administrator {
        /// Themselves as a person, if they are one.
        person: Option<PersonId>,
        /// Where.
        locations: Locations,
        /// What about.
        areas: Vec<Area>,
    },
    /// The one owner of the network.
    Owner {
        /// Themselves as a person, if they are one.
        person: Option<PersonId>,
    },
    /// A program with a token of the owner's.
    ApiToken,
}

impl Actor {
    /// Themselves as a person, if they are one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Anonymous | Self::ApiToken => None,
            Self::Member { person } | Self::Suspended { person } | Self::CompanyManager { person, .. } => Some(*person),
            Self::Administrator { person, .. } | Self::Owner { person } => *person,
        }
    }

    /// Do they work for the business?
    pub const fn is_staff(&self) -> bool {
        match self {
            Self::Administrator { .. } | Self::Owner { .. } | Self::ApiToken => true,
            Self::Anonymous | Self::Member { .. } | Self::Suspended { .. } | Self::CompanyManager { .. } => false,
        }
    }

    /// May they act at this location, whatever the area?
    pub fn acts_at(&self, location: LocationId) -> bool {
        match self {
            Self::Owner { .. } | Self::ApiToken => true,
            Self::Administrator { locations, .. } => locations.include(location),
            Self::Anonymous | Self::Member { .. } | Self::Suspended { .. } | Self::CompanyManager { .. } => false,
        }
    }
}

/// Where an administrator acts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locations {
    /// Everywhere, also in locations made later.
    All,
    /// Only here.
    Chosen(Vec<LocationId>),
}

impl Locations {
    /// Is this one of them?
    pub fn include(&self, location: LocationId) -> bool {
        match self {
            Self::All => true,
            Self::Chosen(chosen) => chosen.contains(&location),
        }
    }
}

/// What an administrator may be given (P-2). Each allows to see and to change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// People and companies, and why somebody may come in or not.
    People,
    /// What is on offer.
    PlansAndResources,
    /// Who subscribes to what.
    Subscriptions,
    /// Who booked what.
    Bookings,
    /// Vendors' accounts, doors, findings; opening a door for somebody else.
    Integrations,
    /// The audit log.
    Audit,
    /// Locations and the network itself.
    Settings,
}

impl Area {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::People,
        Self::PlansAndResources,
        Self::Subscriptions,
        Self::Bookings,
        Self::Integrations,
        Self::Audit,
        Self::Settings,
    ];
}

/// What somebody wants to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// See one's own access, bookings, membership.
    ViewOwn,
    /// Book for oneself, change and cancel it, invite people.
    BookOwn,
    /// Open a door one may open.
    OpenOwnDoor,
    /// See a company one looks after.
    OwnCompanyRead,
    /// Take people into a company one looks after, or out of it.
    OwnCompanyWrite,
    /// See what is going on today.
    TodayRead,
    /// See people, and why they may come in or not.
    PeopleRead,
    /// Add, change, suspend, reinstate, remove people.
    PeopleWrite,
    /// See companies.
    CompaniesRead,
    /// Add and change companies, and who belongs to them.
    CompaniesWrite,
    /// See plans.
    PlansRead,
    /// Add and change plans, and what they open.
    PlansWrite,
    /// See resources.
    ResourcesRead,
    /// Add and change resources, and what they open.
    ResourcesWrite,
    /// See subscriptions.
    SubscriptionsRead,
    /// Make, change, cancel subscriptions.
    SubscriptionsWrite,
    /// See all bookings.
    BookingsRead,
    /// Book for others, change and cancel their bookings, approve requests.
    BookingsWrite,
    /// See vendors' accounts, groups, doors, findings, rounds.
    IntegrationsRead,
    /// Connect, choose, disconnect.
    IntegrationsWrite,
    /// Open a door for somebody else.
    OpenDoorForOthers,
    /// Read the audit log.
    AuditRead,
    /// See locations and the network's settings.
    SettingsRead,
    /// Change them.
    SettingsWrite,
    /// Roles of staff, tokens of programs, the network's own end.
    OwnerOnly,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::ViewOwn,
        Self::BookOwn,
        Self::OpenOwnDoor,
        Self::OwnCompanyRead,
        Self::OwnCompanyWrite,
        Self::TodayRead,
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::CompaniesRead,
        Self::CompaniesWrite,
        Self::PlansRead,
        Self::PlansWrite,
        Self::ResourcesRead,
        Self::ResourcesWrite,
        Self::SubscriptionsRead,
        Self::SubscriptionsWrite,
        Self::BookingsRead,
        Self::BookingsWrite,
        Self::IntegrationsRead,
        Self::IntegrationsWrite,
        Self::OpenDoorForOthers,
        Self::AuditRead,
        Self::SettingsRead,
        Self::SettingsWrite,
        Self::OwnerOnly,
    ];

    const fn realm(self) -> Realm {
        match self {
            Self::ViewOwn => Realm::OwnLook,
            Self::BookOwn | Self::OpenOwnDoor => Realm::OwnAct,
            Self::OwnCompanyRead | Self::OwnCompanyWrite => Realm::OwnCompany,
            Self::TodayRead => Realm::Staff,
            Self::PeopleRead | Self::PeopleWrite | Self::CompaniesRead | Self::CompaniesWrite => {
                Realm::Area(Area::People)
            }
            Self::PlansRead | Self::PlansWrite | Self::ResourcesRead | Self::ResourcesWrite => {
                Realm::Area(Area::PlansAndResources)
            }
            Self::SubscriptionsRead | Self::SubscriptionsWrite => Realm::Area(Area::Subscriptions),
            Self::BookingsRead | Self::BookingsWrite => Realm::Area(Area::Bookings),
            Self::IntegrationsRead | Self::IntegrationsWrite | Self::OpenDoorForOthers => {
                Realm::Area(Area::Integrations)
            }
            Self::AuditRead => Realm::Area(Area::Audit),
            Self::SettingsRead | Self::SettingsWrite => Realm::Area(Area::Settings),
            Self::OwnerOnly => Realm::Owner,
        }
    }

    /// Does it only look?
    pub const fn is_reading(self) -> bool {
        match self {
            Self::ViewOwn
            | Self::OwnCompanyRead
            | Self::TodayRead
            | Self::PeopleRead
            | Self::CompaniesRead
            | Self::PlansRead
            | Self::ResourcesRead
            | Self::SubscriptionsRead
            | Self::BookingsRead
            | Self::IntegrationsRead
            | Self::AuditRead
            | Self::SettingsRead => true,
            Self::BookOwn
            | Self::OpenOwnDoor
            | Self::OwnCompanyWrite
            | Self::PeopleWrite
            | Self::CompaniesWrite
            | Self::PlansWrite
            | Self::ResourcesWrite
            | Self::SubscriptionsWrite
            | Self::BookingsWrite
            | Self::IntegrationsWrite
            | Self::OpenDoorForOthers
            | Self::SettingsWrite
            | Self::OwnerOnly => false,
        }
    }
}

/// Whose business an action is.
enum Realm {
    OwnLook,
    OwnAct,
    OwnCompany,
    Staff,
    Area(Area),
    Owner,
}

/// What it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Object {
    /// Something or other: what a route asks before it knows which. Allowed when there can be an object that is.
    Some,
    /// The network as a whole, or something that belongs to no one location, as a plan does.
    Network,
    /// Something at a location: the location itself, a resource, a subscription, a booking, an integration, a door.
    At(LocationId),
    /// A person, with the locations where they are member or nonmember.
    Person {
        /// Who.
        person: PersonId,
        /// Where they belong.
        locations: Vec<LocationId>,
    },
    /// A company at its location.
    Company {
        /// Which.
        company: CompanyId,
        /// Where.
        location: LocationId,
    },
}

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Permit {
    /// Go on.
    Granted,
    /// No, and why.
    Denied(Denial),
}

impl Permit {
    /// Go on?
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Granted)
    }
}

/// Why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denial {
    /// Nobody is signed in.
    SignInFirst,
    /// Suspended people do nothing (P-25).
    Suspended,
    /// It is somebody else's.
    NotYours,
    /// They are no person of this network, so they have nothing of their own.
    NoPerson,
    /// Only for staff.
    StaffOnly,
    /// Their role does not include this area.
    OtherArea,
    /// Their role does not include this location.
    OtherLocation,
    /// Only for the owner, in person.
    OwnerOnly,
}

/// May they?
pub fn may(actor: &Actor, action: Action, object: &Object) -> Permit {
    match answer(actor, action, object) {
        Ok(()) => Permit::Granted,
        Err(denial) => Permit::Denied(denial),
    }
}

fn answer(actor: &Actor, action: Action, object: &Object) -> Result<(), Denial> {
    match (action.realm(), actor) {
        (_, Actor::Anonymous) => Err(Denial::SignInFirst),

        (Realm::OwnLook, actor) => own(actor.person(), object),
        (_, Actor::Suspended { .. }) => Err(Denial::Suspended),
        (Realm::OwnAct, actor) => own(actor.person(), object),

        (Realm::OwnCompany, Actor::CompanyManager { companies, .. }) => own_company(companies, object),
        (Realm::OwnCompany, _) => Err(Denial::NotYours),

        (_, Actor::Member { .. } | Actor::CompanyManager { .. }) => Err(Denial::StaffOnly),

        (Realm::Staff | Realm::Area(_) | Realm::Owner, Actor::Owner { .. }) => Ok(()),
        (Realm::Staff | Realm::Area(_), Actor::ApiToken) => Ok(()),
        (Realm::Owner, Actor::ApiToken | Actor::Administrator { .. }) => Err(Denial::OwnerOnly),

        (Realm::Staff, Actor::Administrator { locations, .. }) => within(locations, action, object),
        (Realm::Area(area), Actor::Administrator { locations, areas, .. }) => {
            if !areas.contains(&area) {
                return Err(Denial::OtherArea);
            }
            within(locations, action, object)
        }
    }
}

/// Theirs, or at a location: whether the location lets them in or book is for the decision and the booking rules.
fn own(themselves: Option<PersonId>, object: &Object) -> Result<(), Denial> {
    let themselves = themselves.ok_or(Denial::NoPerson)?;
    match object {
        Object::Some | Object::At(_) => Ok(()),
        Object::Person { person, .. } if *person == themselves => Ok(()),
        Object::Person { .. } | Object::Network | Object::Company { .. } => Err(Denial::NotYours),
    }
}

fn own_company(companies: &[CompanyId], object: &Object) -> Result<(), Denial> {
    match object {
        Object::Some if !companies.is_empty() => Ok(()),
        Object::Company { company, .. } if companies.contains(company) => Ok(()),
        Object::Some | Object::Company { .. } | Object::Network | Object::At(_) | Object::Person { .. } => {
            Err(Denial::NotYours)
        }
    }
}

fn within(locations: &Locations, action: Action, object: &Object) -> Result<(), Denial> {
    let inside = match object {
        Object::Some => true,
        // What is everybody's may be seen by everybody in the area, and changed by who is responsible everywhere.
        Object::Network => action.is_reading() || *locations == Locations::All,
        Object::At(location) | Object::Company { location, .. } => locations.include(*location),
        Object::Person { locations: theirs, .. } => {
            *locations == Locations::All || theirs.iter().any(|location| locations.include(*location))
        }
    };
    if inside { Ok(()) } else { Err(Denial::OtherLocation) }
}
