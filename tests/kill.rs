//! `kill -9` fifty times during a thousand changes, through the real binary: nothing acknowledged is lost, nothing is doubled.
//!
//! The vendor lives in this process and runs on; the server is killed while it works for the vendor. A request that was cut off
//! is sent again with the same idempotency key, as a careful program does, so what should hold is known exactly.
//! Always: real time, since the binary has no other; waiting is for a state, with a bound. `SEED=` replays the same changes.

#[path = "kill/changes.rs"]
mod changes;
#[path = "kill/server.rs"]
mod server;

use std::time::Duration;

use changes::Changes;
use server::Server;

/// The vendor permits five calls a second, and what a killed server had claimed is free after half a minute.
const PATIENCE: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_during_a_thousand_changes_lose_nothing_and_double_nothing() {
    let mut server = Server::install().await;
    let mut changes = Changes::new(seed());
    server.start().await;
    changes.begin(&mut server).await;
    while !changes.are_made() {
        changes.one(&mut server).await;
    }
    eprintln!(
        "killed {} times, {} requests were cut off",
        server.kills, server.cut_off
    );
    assert_eq!(server.kills, 50);
    changes.are_all_kept(&server).await;
    let right = server
        .until(PATIENCE, || changes.are_at_the_vendor(&server).is_ok())
        .await;
    assert!(right, "{}", changes.are_at_the_vendor(&server).unwrap_err());
}

fn seed() -> u64 {
    let given = std::env::var_os("SEED").and_then(|seed| seed.to_str().and_then(|seed| seed.parse().ok()));
    let seed = given.unwrap_or_else(|| u64::from_le_bytes(store::chance::bytes()));
    eprintln!("SEED={seed}");
    seed
}
