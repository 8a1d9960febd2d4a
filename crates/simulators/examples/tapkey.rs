//! A seeded simulated Tapkey for programs in other languages.
//!
//! Prints one line of JSON (`url` and the ids of the seeded house) and runs until its standard input ends.

use std::net::SocketAddr;

use simulators::clock::SimClock;
use simulators::tapkey::TapkeySim;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let sim = TapkeySim::start(SimClock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let mut line = serde_json::to_value(sim.seed())?;
    line["url"] = sim.url().into();
    println!("{line}");
    tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await??;
    Ok(())
}
