//! Lines of the audit log, readable: what was done, by whom, to what, and what changed.
//!
//! In: lines of the store. Out: ready-to-show entries. Ids inside the images are shown as names where they still have one.
//! Always: every action has words, also one that is added later: they are made from its own name.

use std::collections::{BTreeSet, HashMap};

use access::Instant;
use access::id::*;
use jiff::tz::TimeZone;
use serde_json::Value;
use store::Tx;
use store::audit::Line;

use super::named::Named;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::words::dates;

/// One entry.
pub(crate) struct Entry {
    /// Its colour.
    pub state: &'static str,
    /// "Booking moved".
    pub what: String,
    /// "By Ines Castro, because …".
    pub who: String,
    /// What it is about.
    pub object: String,
    /// Where that stands; may be empty.
    pub href: String,
    /// When.
    pub when: String,
    /// What changed.
    pub lines: Vec<Changed>,
}

/// One field of a row, before and after.
pub(crate) struct Changed {
    /// "Ends on".
    pub name: String,
    /// As it was; empty when it was not.
    pub before: String,
    /// As it is.
    pub after: String,
}

/// Lines as entries.
pub(crate) async fn entries(tx: &mut Tx, ctx: &Ctx, lines: &[Line], zone: &TimeZone) -> Result<Vec<Entry>, Problem> {
    let mut reader = Reader {
        named: Named::of(ctx.network()),
        actors: HashMap::new(),
        ctx,
        zone,
    };
    let mut entries = Vec::with_capacity(lines.len());
    for line in lines {
        entries.push(reader.entry(tx, line).await?);
    }
    Ok(entries)
}

struct Reader<'c> {
    named: Named,
    actors: HashMap<String, String>,
    ctx: &'c Ctx,
    zone: &'c TimeZone,
}

impl Reader<'_> {
    async fn entry(&mut self, tx: &mut Tx, line: &Line) -> Result<Entry, Problem> {
        let actor = self.actor(tx, &line.actor).await?;
        let who = match &line.cause {
            Some(cause) if !cause.is_empty() => format!("{actor}, because of {cause}"),
            _ => actor,
        };
        let (mut object, href) = self.object(tx, line).await?;
        if object.is_empty()
            && let Some(person) = line.person
        {
            object = self.named.person(tx, person).await?;
        }
        Ok(Entry {
            state: state(&line.action),
            what: said(&line.action),
            who,
            object,
            href,
            when: dates::moment(line.at, self.ctx.now, self.zone),
            lines: self.changed(tx, line.before.as_ref(), line.after.as_ref()).await?,
        })
    }

    async fn actor(&mut self, tx: &mut Tx, actor: &str) -> Result<String, Problem> {
        if let Some(known) = self.actors.get(actor) {
            return Ok(known.clone());
        }
        let said = match actor {
            "worker" => "By Vestibule itself".to_owned(),
            "setup" => "At setup".to_owned(),
            _ => match actor.parse::<AccountId>() {
                Ok(id) => match store::account::read(tx, self.ctx.network(), id).await {
                    Ok(account) => format!("By {}", account.details.name),
                    Err(error) if error.kind == store::Kind::NotFound => "By somebody".to_owned(),
                    Err(error) => return Err(error.into()),
                },
                Err(_) => "By a program with a token".to_owned(),
            },
        };
        self.actors.insert(actor.to_owned(), said.clone());
        Ok(said)
    }

    /// Its name and where it stands.
    async fn object(&mut self, tx: &mut Tx, line: &Line) -> Result<(String, String), Problem> {
        let id = line.object_id.as_str();
        let name = self.name(tx, id).await?;
        let path = match id.split('_').next().unwrap_or_default() {
            PersonId::PREFIX => "people",
            CompanyId::PREFIX => "companies",
            PlanId::PREFIX => "plans",
            ResourceId::PREFIX => "resources",
            SubscriptionId::PREFIX => "subscriptions",
            BookingId::PREFIX => "bookings",
            IntegrationId::PREFIX => "integrations",
            LocationId::PREFIX => "settings/locations",
            _ => return Ok((name.unwrap_or_default(), String::new())),
        };
        let shown = match (name, line.person) {
            (Some(name), _) => name,
            (None, Some(person)) => self.named.person(tx, person).await?,
            (None, None) => phrase(&line.object_kind),
        };
        Ok((shown, format!("/admin/{path}/{}", id.split(' ').next().unwrap_or(id))))
    }

    async fn name(&mut self, tx: &mut Tx, id: &str) -> Result<Option<String>, Problem> {
        let network = self.ctx.network();
        Ok(match id.split('_').next().unwrap_or_default() {
            PersonId::PREFIX => match id.parse() {
                Ok(id) => Some(self.named.person(tx, id).await?),
                Err(_) => None,
            },
            CompanyId::PREFIX => match id.parse() {
                Ok(id) => Some(self.named.company(tx, id).await?),
                Err(_) => None,
            },
            PlanId::PREFIX => match id.parse() {
                Ok(id) => Some(self.named.plan(tx, id).await?),
                Err(_) => None,
            },
            ResourceId::PREFIX => match id.parse() {
                Ok(id) => Some(self.named.resource(tx, id).await?),
                Err(_) => None,
            },
            AccessGroupId::PREFIX => match id.parse() {
                Ok(id) => store::group::read(tx, network, id)
                    .await
                    .ok()
                    .map(|group| format!("“{}”", group.name)),
                Err(_) => None,
            },
            LocationId::PREFIX => match id.parse() {
                Ok(id) => store::location::find(tx, network, id)
                    .await?
                    .map(|location| location.details.name),
                Err(_) => None,
            },
            _ => None,
        })
    }

    async fn changed(
        &mut self,
        tx: &mut Tx,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> Result<Vec<Changed>, Problem> {
        let empty = serde_json::Map::new();
        let fields = |value: Option<&Value>| {
            value
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_else(|| empty.clone())
        };
        let (was, is) = (fields(before), fields(after));
        let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        let mut changed = Vec::new();
        for name in names {
            let (old, new) = (was.get(name), is.get(name));
            if old == new || (before.is_none() && new.is_some_and(is_nothing)) {
                continue;
            }
            let before = match old {
                Some(value) => self.value(tx, value).await?,
                None => String::new(),
            };
            let after = match new {
                Some(value) => self.value(tx, value).await?,
                None => String::new(),
            };
            changed.push(Changed {
                name: phrase(name),
                before,
                after,
            });
        }
        Ok(changed)
    }

    async fn value(&mut self, tx: &mut Tx, value: &Value) -> Result<String, Problem> {
        Ok(match value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.text(tx, text).await?,
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::Array(items) => {
                let mut parts = Vec::with_capacity(items.len().min(12));
                for item in items.iter().take(12) {
                    parts.push(match item {
                        Value::String(text) => self.text(tx, text).await?,
                        other => other.to_string(),
                    });
                }
                if items.len() > 12 {
                    parts.push(format!("{} more", items.len() - 12));
                }
                parts.join(", ")
            }
            Value::Object(fields) => {
                let mut parts = Vec::with_capacity(fields.len());
                for (name, field) in fields {
                    let said = match field {
                        Value::String(text) => self.text(tx, text).await?,
                        other => other.to_string(),
                    };
                    parts.push(format!("{} {said}", phrase(name).to_lowercase()));
                }
                parts.join(", ")
            }
        })
    }

    /// Ids as names, instants as people say them, all else as it is.
    async fn text(&mut self, tx: &mut Tx, text: &str) -> Result<String, Problem> {
        if let Ok(at) = text.parse::<Instant>() {
            return Ok(dates::moment(at, self.ctx.now, self.zone));
        }
        Ok(self.name(tx, text).await?.unwrap_or_else(|| text.to_owned()))
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// "booking.moved" → "Booking moved"; what that would leave unclear has its own words.
fn said(action: &str) -> String {
    let known = match action {
        "grant.planned" => "Access on its way to the vendor",
        "grant.given" | "grant.confirmed" => "Access confirmed by the vendor",
        "grant.moved" => "Access moved at the vendor",
        "grant.taken" | "grant.ended" => "Access taken away at the vendor",
        "grant.refused" => "Access refused by the vendor",
        "grant.observed" => "Access read from the vendor",
        "holder.read" => "Known at the vendor",
        "holder.refused" => "Not taken by the vendor",
        "vendor_login.created" => "Signed in at a vendor",
        "vendor_login.renewed" => "Signed in at a vendor again",
        "vendor_login.forgotten" => "Key of a vendor forgotten",
        "account.reset" => "Password and authenticator app reset",
        "account.signed_in" => "Signed in",
        "company.joined" => "Joined a company",
        "company.dates_changed" => "Days in a company changed",
        "company.removed" => "Removed from a company",
        _ => "",
    };
    if known.is_empty() {
        phrase(&action.replace('.', " "))
    } else {
        known.to_owned()
    }
}

/// "ends_on" → "Ends on".
fn phrase(name: &str) -> String {
    let plain = name.replace('_', " ");
    let mut letters = plain.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

/// Green for what begins, red for what was refused, grey for what ends, blue for the rest.
fn state(action: &str) -> &'static str {
    let done = action.rsplit('.').next().unwrap_or(action);
    match done {
        "created" | "given" | "opened" | "connected" | "joined" | "confirmed" | "activated" | "item_added" => "open",
        "refused" | "needs_sign_in" => "refused",
        "removed" | "taken" | "cancelled" | "ended" | "suspended" | "disconnected" | "item_removed" | "leaving"
        | "running_out" | "revoking" => "quiet",
        _ => "scheduled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words() {
        assert_eq!(said("booking.moved"), "Booking moved");
        assert_eq!(said("company.joined"), "Joined a company");
        assert_eq!(said("holder.read"), "Known at the vendor");
        assert_eq!(phrase("ends_on"), "Ends on");
    }
}
