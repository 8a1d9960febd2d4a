//! `vestibule explain`: may this person open that door at this instant, and why (P-40), on the terminal.
//!
//! In: e-mail or id, door name or id, an instant. Out: yes or no, and the chain of reasons. It calls what the pages call.

use access::decision;
use access::facts::{Door, Facts, Person};
use access::id::*;
use jiff::tz::TimeZone;
use store::facts::{self, As};
use store::{Clock, Tx, network};
use web::words::names::Names;
use web::words::reasons;

use crate::cli::Explain;
use crate::serve;

/// Prints the answer.
///
/// # Errors
/// A sentence about who or what is not known.
pub async fn run(args: Explain) -> Result<(), String> {
    let store = serve::open(&args.database).await?;
    let at = args.at.unwrap_or_else(|| Clock::system().now());
    let known = if args.as_known {
        As::Of(at)
    } else {
        As::Known { now: at }
    };
    let mut tx = store.read().await.map_err(|why| why.to_string())?;
    let networks = network::all(&mut tx).await.map_err(|why| why.to_string())?;
    let mut said = false;
    for network in networks {
        said |= one_network(&mut tx, network.id, &args, known, at).await?;
    }
    if said {
        Ok(())
    } else {
        Err(format!(
            "Nobody called {} and no door called {} are known together.",
            args.person, args.door
        ))
    }
}

async fn one_network(
    tx: &mut Tx,
    network: NetworkId,
    args: &Explain,
    known: As,
    at: access::Instant,
) -> Result<bool, String> {
    let everything = facts::load_network(tx, network, known)
        .await
        .map_err(|why| why.to_string())?;
    let people: Vec<&Person> = everything
        .people
        .iter()
        .filter(|person| is_person(person, &args.person))
        .collect();
    let doors: Vec<&Door> = everything
        .doors
        .iter()
        .filter(|door| is_door(door, &args.door))
        .collect();
    for person in &people {
        for door in &doors {
            print(&everything, person, door, at);
        }
    }
    Ok(!people.is_empty() && !doors.is_empty())
}

fn is_person(person: &Person, asked: &str) -> bool {
    person.email.eq_ignore_ascii_case(asked) || person.id.to_string() == asked
}

fn is_door(door: &Door, asked: &str) -> bool {
    door.name.eq_ignore_ascii_case(asked) || door.id.to_string() == asked
}

/// The zone of the location whose door it is.
fn zone_of(facts: &Facts, door: &Door) -> TimeZone {
    let location = facts
        .integrations
        .iter()
        .find(|integration| integration.id == door.integration)
        .and_then(|integration| {
            facts
                .locations
                .iter()
                .find(|location| location.id == integration.location)
        });
    location
        .and_then(|location| TimeZone::get(&location.zone).ok())
        .unwrap_or(TimeZone::UTC)
}

fn print(facts: &Facts, person: &Person, door: &Door, at: access::Instant) {
    let decision = decision::decide(facts, person.id, door.id, at);
    let zone = zone_of(facts, door);
    let may = if decision.open { "may open" } else { "may not open" };
    println!(
        "{} {may} {} at {}, because:",
        person.name,
        door.name,
        at.timestamp().to_zoned(zone.clone())
    );
    let names = Names::of(facts);
    for reason in &decision.chain {
        println!("  · {}", reasons::for_operator(reason, &names, at, &zone));
    }
}
