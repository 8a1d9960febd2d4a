//! Names of what ids stand for, read once each.

use std::collections::{BTreeSet, HashMap};

use access::facts::{ItemOf, Subscriber};
use access::id::*;
use store::Tx;

use crate::problem::Problem;

/// Names by id, filled as they are asked for.
pub(crate) struct Named {
    network: NetworkId,
    names: HashMap<String, String>,
}

impl Named {
    /// Nothing yet.
    pub(crate) fn of(network: NetworkId) -> Self {
        Self {
            network,
            names: HashMap::new(),
        }
    }

    /// Reads the names of these subscribers in one go.
    pub(crate) async fn read(&mut self, tx: &mut Tx, of: impl Iterator<Item = Subscriber>) -> Result<(), Problem> {
        let (mut people, mut companies) = (BTreeSet::new(), BTreeSet::new());
        for one in of {
            match one {
                Subscriber::Person(id) => drop(people.insert(id)),
                Subscriber::Company(id) => drop(companies.insert(id)),
            }
        }
        let people: Vec<PersonId> = people.into_iter().collect();
        for one in store::person::several(tx, self.network, &people).await? {
            self.keep(one.id.to_string(), one.details.name);
        }
        let companies: Vec<CompanyId> = companies.into_iter().collect();
        for one in store::company::several(tx, self.network, &companies).await? {
            self.keep(one.id.to_string(), one.details.name);
        }
        Ok(())
    }

    /// A person's.
    pub(crate) async fn person(&mut self, tx: &mut Tx, id: PersonId) -> Result<String, Problem> {
        if let Some(name) = self.names.get(&id.to_string()) {
            return Ok(name.clone());
        }
        let found = store::person::find(tx, self.network, id).await?;
        Ok(self.keep(
            id.to_string(),
            found.map_or_else(|| "somebody".to_owned(), |one| one.details.name),
        ))
    }

    /// A company's.
    pub(crate) async fn company(&mut self, tx: &mut Tx, id: CompanyId) -> Result<String, Problem> {
        if let Some(name) = self.names.get(&id.to_string()) {
            return Ok(name.clone());
        }
        let found = store::company::find(tx, self.network, id).await?;
        Ok(self.keep(
            id.to_string(),
            found.map_or_else(|| "a company".to_owned(), |one| one.details.name),
        ))
    }

    /// A plan's.
    pub(crate) async fn plan(&mut self, tx: &mut Tx, id: PlanId) -> Result<String, Problem> {
        if let Some(name) = self.names.get(&id.to_string()) {
            return Ok(name.clone());
        }
        let found = store::plan::find(tx, self.network, id).await?;
        Ok(self.keep(
            id.to_string(),
            found.map_or_else(|| "a plan".to_owned(), |one| one.details.name),
        ))
    }

    /// A resource's.
    pub(crate) async fn resource(&mut self, tx: &mut Tx, id: ResourceId) -> Result<String, Problem> {
        if let Some(name) = self.names.get(&id.to_string()) {
            return Ok(name.clone());
        }
        let found = store::resource::find(tx, self.network, id).await?;
        Ok(self.keep(
            id.to_string(),
            found.map_or_else(|| "a resource".to_owned(), |one| one.details.name),
        ))
    }

    /// Whose a subscription is.
    pub(crate) async fn subscriber(&mut self, tx: &mut Tx, of: Subscriber) -> Result<String, Problem> {
        match of {
            Subscriber::Person(id) => self.person(tx, id).await,
            Subscriber::Company(id) => self.company(tx, id).await,
        }
    }

    /// What a line is for: "Team", "Rental of Desk 4".
    pub(crate) async fn item(&mut self, tx: &mut Tx, of: ItemOf) -> Result<String, Problem> {
        match of {
            ItemOf::Plan(id) => self.plan(tx, id).await,
            ItemOf::Rental(id) => Ok(format!("Rental of {}", self.resource(tx, id).await?)),
        }
    }

    /// Several lines: "Team, Rental of Desk 4".
    pub(crate) async fn items(&mut self, tx: &mut Tx, items: &[access::facts::Item]) -> Result<String, Problem> {
        let mut names = Vec::with_capacity(items.len());
        for item in items {
            names.push(self.item(tx, item.of).await?);
        }
        Ok(if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        })
    }

    fn keep(&mut self, id: String, name: String) -> String {
        self.names.insert(id, name.clone());
        name
    }
}
