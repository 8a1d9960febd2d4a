//! The sentences of a story that say how things are, and the facts they make.
//!
//! In: one line at a time. Out: facts, and names for everything in them. Why so: a story is read by people who run coworking
//! spaces; what they read is what is decided, so each sentence has one form and an unknown word is an error, not a guess.
//! Always: a name is declared before it is used; civil times are read on the clocks of the location concerned.

use access::facts::*;
use access::id::*;
use access::{Instant, Window};

use crate::text::{Told, cut, grace, instant, none_left};

/// The facts of one story, and what its things are called.
#[derive(Default)]
pub struct World {
    pub facts: Facts,
    pub companies: Vec<(String, CompanyId)>,
    pub ids: u128,
}

/// The next id of a kind: a story's things are numbered as they are told.
macro_rules! id {
    ($world:expr, $kind:ident) => {{
        $world.ids += 1;
        $kind::new(Instant::from_ms(0), $world.ids)
    }};
}

pub(crate) use id;

macro_rules! named {
    ($($name:ident: $field:ident, $thing:ty, $what:literal;)*) => {$(
        pub fn $name(&self, name: &str) -> Told<&$thing> {
            let found = self.facts.$field.iter().find(|one| one.name == name);
            found.ok_or_else(|| format!(concat!("there is no ", $what, " called “{}” yet"), name))
        }
    )*};
}

impl World {
    named! {
        location: locations, Location, "location";
        door: doors, Door, "door";
        group: groups, AccessGroup, "group";
        plan: plans, Plan, "plan";
        resource: resources, Resource, "room, desk, office, parking or equipment";
        person: people, Person, "person";
    }

    pub fn company(&self, name: &str) -> Told<CompanyId> {
        let found = self.companies.iter().find(|(of, _)| of == name);
        found
            .map(|(_, id)| *id)
            .ok_or_else(|| format!("there is no company called “{name}” yet"))
    }

    fn integration(&mut self, location: &str) -> Told<&mut Integration> {
        let location = self.location(location)?.id;
        let found = self.facts.integrations.iter_mut().find(|one| one.location == location);
        found.ok_or_else(|| "each location has an account".into())
    }

    pub fn people(&self, names: &str) -> Told<Vec<PersonId>> {
        names
            .split(" and ")
            .map(|name| self.person(name).map(|person| person.id))
            .collect()
    }

    pub fn groups(&self, names: &str) -> Told<Vec<AccessGroupId>> {
        if names == "nothing" {
            return Ok(Vec::new());
        }
        names
            .split(" and ")
            .map(|name| self.group(name).map(|group| group.id))
            .collect()
    }

    /// One sentence about how things are.
    pub fn tell(&mut self, line: &str) -> Told<()> {
        let mut parts = line.split(", ");
        let sentence = parts.next().unwrap_or_default();
        let with: Vec<&str> = parts.collect();
        let (word, rest) = sentence.split_once(' ').ok_or("a sentence has more than one word")?;
        match word {
            "location" => self.add_location(rest, &with),
            "account" => self.change_account(rest, &with),
            "door" => self.add_door(rest, &with),
            "group" => self.add_group(rest, &with),
            "plan" => {
                let (name, groups) = cut(rest, " opens ")?;
                let (id, groups) = (id!(self, PlanId), self.groups(groups)?);
                self.facts.plans.push(Plan {
                    id,
                    name: name.into(),
                    groups,
                });
                none_left(&with)
            }
            "room" => self.add_resource(ResourceKind::Room, rest, &with),
            "desk" => self.add_resource(ResourceKind::Desk, rest, &with),
            "office" => self.add_resource(ResourceKind::Office, rest, &with),
            "parking" => self.add_resource(ResourceKind::Parking, rest, &with),
            "equipment" => self.add_resource(ResourceKind::Equipment, rest, &with),
            "company" => {
                let id = id!(self, CompanyId);
                self.companies.push((rest.into(), id));
                none_left(&with)
            }
            "person" => self.add_person(rest, &with),
            "vendor" => self.change_vendor(rest, &with),
            _ => self.tell_of_somebody(sentence, &with),
        }
    }

    fn add_location(&mut self, rest: &str, with: &[&str]) -> Told<()> {
        let (name, zone) = cut(rest, " in ")?;
        let mut location = Location {
            id: id!(self, LocationId),
            name: name.into(),
            zone: zone.into(),
            grace: Grace::default(),
        };
        for word in with {
            location.grace = grace(word)?;
        }
        let (id, at) = (id!(self, IntegrationId), location.id);
        let (state, visibility, site) = (IntegrationState::Connected, Visibility::Public, None);
        let vendor = "any".into();
        self.facts.integrations.push(Integration {
            id,
            location: at,
            vendor,
            state,
            visibility,
            site,
        });
        self.facts.locations.push(location);
        Ok(())
    }

    fn change_account(&mut self, rest: &str, with: &[&str]) -> Told<()> {
        none_left(with)?;
        let rest = rest
            .strip_prefix("at ")
            .ok_or("an account is the one “at” a location")?;
        if let Some((location, site)) = rest.split_once(" uses site ") {
            self.integration(location)?.site = Some(site.into());
            return Ok(());
        }
        let (location, how) = cut(rest, " is ")?;
        let integration = self.integration(location)?;
        match how {
            "disconnected" => integration.state = IntegrationState::Disconnected,
            "being taken back" => integration.state = IntegrationState::Revoking,
            "signed out" => integration.state = IntegrationState::NeedsSignIn,
            "shown to members" => integration.visibility = Visibility::Members,
            "shown to network members" => integration.visibility = Visibility::NetworkMembers,
            "shown to administrators" => integration.visibility = Visibility::Administrators,
            other => return Err(format!("an account cannot be “{other}”")),
        }
        Ok(())
    }

    fn add_door(&mut self, rest: &str, with: &[&str]) -> Told<()> {
        let (name, location) = cut(rest, " at ")?;
        let integration = self.integration(location)?.id;
        let (id, restrictions) = (id!(self, DoorId), Vec::new());
        let mut door = Door {
            id,
            integration,
            name: name.into(),
            site: None,
            gone: false,
            restrictions,
        };
        for word in with {
            match word.split_once(' ') {
                None if *word == "gone" => door.gone = true,
                Some(("site", site)) => door.site = Some(site.into()),
                Some(("restricted:", what)) => door.restrictions.push(what.into()),
                _ => return Err(format!("a door cannot be “{word}”")),
            }
        }
        self.facts.doors.push(door);
        Ok(())
    }

    fn add_group(&mut self, rest: &str, with: &[&str]) -> Told<()> {
        let (name, rest) = cut(rest, " at ")?;
        let (location, doors) = cut(rest, " opens ")?;
        let integration = self.integration(location)?.id;
        let doors = match doors {
            "nothing" => Vec::new(),
            doors => doors
                .split(" and ")
                .map(|name| self.door(name).map(|door| door.id))
                .collect::<Told<_>>()?,
        };
        let (id, restrictions) = (id!(self, AccessGroupId), Vec::new());
        let mut group = AccessGroup {
            id,
            integration,
            name: name.into(),
            gone: false,
            doors,
            restrictions,
        };
        for word in with {
            match word.split_once(' ') {
                None if *word == "gone" => group.gone = true,
                Some(("restricted:", what)) => group.restrictions.push(what.into()),
                _ => return Err(format!("a group cannot be “{word}”")),
            }
        }
        self.facts.groups.push(group);
        Ok(())
    }

    fn add_resource(&mut self, kind: ResourceKind, rest: &str, with: &[&str]) -> Told<()> {
        let (name, rest) = cut(rest, " at ")?;
        let (location, groups) = cut(rest, " opens ")?;
        let (location, groups) = (self.location(location)?.id, self.groups(groups)?);
        let id = id!(self, ResourceId);
        let mut resource = Resource {
            id,
            location,
            name: name.into(),
            kind,
            groups,
            grace: None,
        };
        for word in with {
            resource.grace = Some(grace(word)?);
        }
        self.facts.resources.push(resource);
        Ok(())
    }

    fn add_person(&mut self, name: &str, with: &[&str]) -> Told<()> {
        let id = id!(self, PersonId);
        let email = format!("{}@example.org", self.ids);
        let mut person = Person {
            id,
            name: name.into(),
            email,
            state: PersonState::Active,
        };
        for word in with {
            match word.split_once(' ') {
                None if *word == "invited" => person.state = PersonState::Invited,
                None if *word == "suspended" => person.state = PersonState::Suspended,
                None if *word == "removed" => person.state = PersonState::Removed,
                Some(("e-mail", email)) => person.email = email.into(),
                _ => return Err(format!("a person cannot be “{word}”")),
            }
        }
        self.facts.people.push(person);
        Ok(())
    }

    /// What the vendor has of somebody.
    fn change_vendor(&mut self, rest: &str, with: &[&str]) -> Told<()> {
        none_left(with)?;
        if let Some(rest) = rest.strip_prefix("holds ") {
            let (name, rest) = cut(rest, " in ")?;
            let (group, times) = cut(rest, " from ")?;
            let group = self.group(group)?;
            let (group, integration) = (group.id, group.integration);
            let (from, until) = cut(times, " to ")?;
            let zone = self.zone_of_integration(integration)?;
            let window =
                Window::new(instant(&zone, from)?, instant(&zone, until)?).ok_or("it ends before it starts")?;
            self.holder(name, integration)?.held.push(Held { group, window });
            return Ok(());
        }
        let (location, rest) = cut(
            rest.strip_prefix("at ")
                .ok_or("a vendor “holds” something or is one “at” a location")?,
            " ",
        )?;
        let integration = self.integration(location)?.id;
        if let Some(name) = rest.strip_prefix("waits for the e-mail of ") {
            self.holder(name, integration)?.unconfirmed = true;
        } else if let Some(name) = rest.strip_prefix("has switched off ") {
            self.holder(name, integration)?.disabled = true;
        } else if let Some(name) = rest.strip_prefix("refuses ") {
            self.holder(name, integration)?.refused = Some("it says no".into());
        } else {
            return Err(format!("a vendor does not “{rest}”"));
        }
        Ok(())
    }

    fn holder(&mut self, name: &str, integration: IntegrationId) -> Told<&mut Holder> {
        let person = self.person(name)?.id;
        let found = self
            .facts
            .holders
            .iter()
            .position(|one| one.person == person && one.integration == integration);
        let at = found.unwrap_or(self.facts.holders.len());
        if found.is_none() {
            let (unconfirmed, disabled, held, refused) = (false, false, Vec::new(), None);
            self.facts.holders.push(Holder {
                person,
                integration,
                unconfirmed,
                disabled,
                held,
                refused,
            });
        }
        Ok(&mut self.facts.holders[at])
    }

    pub fn zone_of(&self, location: LocationId) -> Told<&str> {
        let found = self.facts.locations.iter().find(|one| one.id == location);
        found
            .map(|location| location.zone.as_str())
            .ok_or_else(|| "there is no such location".into())
    }

    pub fn zone_of_integration(&self, integration: IntegrationId) -> Told<String> {
        let found = self
            .facts
            .integrations
            .iter()
            .find(|one| one.id == integration)
            .ok_or("there is no such account")?;
        self.zone_of(found.location).map(str::to_owned)
    }
}
