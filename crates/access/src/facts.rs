//! Facts: the one input value of every decision.
//!
//! In: rows the store read in one transaction, for one person, one integration, or one instant in the past.
//! Why so: granting, explaining, previewing and looking back are one function over this value; what it does not
//! hold cannot influence access (P-11: no payment flag here).
//! Always: civil dates and zones as people meant them; instants only where people meant an instant (a booking's
//! start, "cancelled now"). Lists may come in any order; ids are unique within a list.

use serde::{Deserialize, Serialize};

use crate::id::*;
use crate::{Instant, Window};

/// A civil date, as in "starts on the 3rd".
pub type Date = jiff::civil::Date;

/// Everything a decision may look at. A slice of a network: it may hold one person's world or everybody's.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Sites.
    pub locations: Vec<Location>,
    /// Humans.
    pub people: Vec<Person>,
    /// Who is member or nonmember where (P-2).
    pub memberships: Vec<Membership>,
    /// Who belongs to which company, with dates (P-3).
    pub company_memberships: Vec<CompanyMembership>,
    /// What can be subscribed to, with its access groups (P-4).
    pub plans: Vec<Plan>,
    /// Bookable and rentable things, with their access groups (P-6).
    pub resources: Vec<Resource>,
    /// Contracts with their items (P-5).
    pub subscriptions: Vec<Subscription>,
    /// Bookings with their invitees (P-7).
    pub bookings: Vec<Booking>,
    /// Vendor accounts.
    pub integrations: Vec<Integration>,
    /// Vendors' bundles of locks.
    pub groups: Vec<AccessGroup>,
    /// Doors known from vendors.
    pub doors: Vec<Door>,
    /// What is known of people at vendors.
    pub holders: Vec<Holder>,
}

/// A site (P-1).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// As people call it.
    pub name: String,
    /// IANA name, as in `Europe/Berlin`.
    pub zone: String,
    /// Minutes around bookings, where the resource says nothing else (P-22).
    pub grace: Grace,
}

/// Minutes around a booking during which the door already, or still, opens (P-22).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grace {
    /// Minutes before the start.
    pub before_minutes: i64,
    /// Minutes after the end.
    pub after_minutes: i64,
}

impl Default for Grace {
    /// 30/30, the seed's fixed value (P-22).
    fn default() -> Self {
        Self {
            before_minutes: 30,
            after_minutes: 30,
        }
    }
}

/// Where a person stands with the network (P-2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// Known, has not signed in yet; what they hold already opens doors.
    Invited,
    /// As usual.
    Active,
    /// Loses everything until reinstated (P-25).
    Suspended,
    /// Gone for good (P-25).
    Removed,
}

/// A human (P-2).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// As shown.
    pub name: String,
    /// Lower-case; the key towards vendors.
    pub email: String,
    /// Where they stand.
    pub state: PersonState,
}

/// A person's standing at a location (P-2).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Membership {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub location: LocationId,
    /// As what.
    pub kind: MembershipKind,
}

/// Member or nonmember (P-2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipKind {
    /// Belongs to the location's community.
    Member,
    /// Booked or visited once.
    Nonmember,
}

/// One belonging of a person to a company (P-3). Reaches from 00:00 of `joined_on` to 00:00 of the day after `left_on`,
/// or to the instant of removal, in the zone of the location whose subscription it opens.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CompanyMembership {
    /// Its id.
    pub id: CompanyMembershipId,
    /// Of which company.
    pub company: CompanyId,
    /// Who.
    pub person: PersonId,
    /// First day.
    pub joined_on: Date,
    /// Last day, inclusive; `None` while it goes on.
    pub left_on: Option<Date>,
    /// Removed by a person at this instant (P-25).
    pub removed_at: Option<Instant>,
}

/// What can be subscribed to (P-4).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// As shown.
    pub name: String,
    /// What it opens, across all integrations.
    pub groups: Vec<AccessGroupId>,
}

/// The five kinds of bookable things (P-6).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A meeting room and the like.
    Room,
    /// A desk.
    Desk,
    /// An office.
    Office,
    /// A parking place.
    Parking,
    /// A piece of equipment.
    Equipment,
}

/// A bookable or rentable thing (P-6).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// Where it stands.
    pub location: LocationId,
    /// As shown.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// What it opens, for bookings and rentals.
    pub groups: Vec<AccessGroupId>,
    /// Its own minutes; `None` means the location's (P-22).
    pub grace: Option<Grace>,
}

/// A running contract (P-5).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The location whose zone its dates are read in.
    pub location: LocationId,
    /// Whose it is.
    pub of: Subscriber,
    /// First day.
    pub starts_on: Date,
    /// Last day, inclusive; `None` is open-ended.
    pub ends_on: Option<Date>,
    /// Cancelled with effect from this instant.
    pub cancelled_at: Option<Instant>,
    /// Its lines.
    pub items: Vec<Item>,
}

/// A subscription belongs to a person or to a company (P-5).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscriber {
    /// One person's.
    Person(PersonId),
    /// A company's: reaches its people (P-21).
    Company(CompanyId),
}

/// One line of a subscription (P-5).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// What it is for.
    pub of: ItemOf,
    /// What it opens.
    pub access: ItemAccess,
    /// Whom it reaches when the subscription is a company's (P-21).
    pub reach: Reach,
}

/// What an item is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemOf {
    /// A plan.
    Plan(PlanId),
    /// The rental of a resource.
    Rental(ResourceId),
}

/// An item's access: inherited from its plan or resource, or its own (P-5).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemAccess {
    /// Whatever the plan, or the rented resource, opens at this moment.
    Inherited,
    /// Exactly these; an empty list opens nothing.
    Set(Vec<AccessGroupId>),
}

/// Whom a company's item reaches (P-21). A personal item always reaches its person.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every person of the company while they belong to it.
    #[default]
    Everyone,
    /// Only these, while they belong to it.
    Chosen(Vec<PersonId>),
    /// On each local day on which they have (or are invited to) a booking at the subscription's location, that day.
    BookedToday,
}

/// Where a booking stands (P-7).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Waits for approval; opens nothing.
    Requested,
    /// Opens doors (P-22).
    Confirmed,
    /// Opens doors (P-22).
    CheckedIn,
    /// Opens nothing.
    Cancelled,
}

impl BookingState {
    /// Does it open doors and occupy its resource?
    pub const fn counts(self) -> bool {
        matches!(self, Self::Confirmed | Self::CheckedIn)
    }
}

/// A resource for a window (P-7).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// What is booked.
    pub resource: ResourceId,
    /// Who booked.
    pub booker: PersonId,
    /// Who is let in besides.
    pub invitees: Vec<PersonId>,
    /// From start to end, without grace.
    pub window: Window,
    /// Where it stands.
    pub state: BookingState,
}

/// One account at one vendor for one location.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// For which location.
    pub location: LocationId,
    /// Which vendor, by the word its connector goes by; opaque here.
    pub vendor: String,
    /// Does it grant?
    pub state: IntegrationState,
    /// Who sees its doors on the Access page (P-31).
    pub visibility: Visibility,
    /// The vendor's site that was chosen; `None` means all of the account.
    pub site: Option<String>,
}

/// Does an integration grant (P-37)?
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationState {
    /// Grants are kept exact.
    Connected,
    /// The credential no longer works; what is at the vendor stays until somebody signs in again.
    NeedsSignIn,
    /// Nothing new is granted; what was granted gets its real end at the vendor and stays there (P-37).
    Leaving,
    /// Nothing new is granted or renewed; what does not end by itself at the vendor is taken away when its window is over (P-37).
    RunningOut,
    /// Nothing new is granted; all of ours is being taken away (P-37).
    Revoking,
    /// Nothing is granted, nothing is touched.
    Disconnected,
}

/// Who sees an integration's doors on the Access page (P-31), from the widest to the narrowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody who may open one.
    Public,
    /// Members of any location of the network.
    NetworkMembers,
    /// Members of the integration's location.
    Members,
    /// Administrators.
    Administrators,
}

/// A vendor's bundle of locks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AccessGroup {
    /// Our id; it stays when the vendor's name changes.
    pub id: AccessGroupId,
    /// At which account.
    pub integration: IntegrationId,
    /// As the vendor names it.
    pub name: String,
    /// Deleted at the vendor.
    pub gone: bool,
    /// What it opens.
    pub doors: Vec<DoorId>,
    /// Vendor settings that keep the Access page from working, in plain words; empty when fine (P-42).
    pub restrictions: Vec<String>,
}

/// A door, as read from a vendor.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Door {
    /// Our id.
    pub id: DoorId,
    /// At which account.
    pub integration: IntegrationId,
    /// As the vendor names it.
    pub name: String,
    /// The vendor's site it belongs to, if vendors have sites.
    pub site: Option<String>,
    /// No longer listed by the vendor.
    pub gone: bool,
    /// Vendor settings that keep remote opening from working, in plain words; empty when fine (P-42).
    pub restrictions: Vec<String>,
}

/// What is known of a person at a vendor.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub person: PersonId,
    /// At which account.
    pub integration: IntegrationId,
    /// Do they still have to confirm their e-mail address there (P-27)?
    pub unconfirmed: bool,
    /// Their access is switched off there by somebody else.
    pub disabled: bool,
    /// What the vendor holds for them that we made, as last acknowledged or observed.
    pub held: Vec<Held>,
    /// The vendor's last refusal of a change for this person, in plain words.
    pub refused: Option<String>,
}

/// One window that a vendor holds for a person in a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// In which group.
    pub group: AccessGroupId,
    /// From when to when, as the vendor has it.
    pub window: Window,
}
