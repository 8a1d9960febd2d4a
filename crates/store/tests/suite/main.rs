//! The store against both engines: one conformance suite, races, history, group commit, recovery.
//!
//! Always: SQLite files and a PostgreSQL cluster of the tests' own, removed afterwards; nothing sleeps; seeds are printed.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod families;
mod group_commit;
mod history;
mod house;
mod postgres;
mod queue;
mod racing;
mod slices;

use store::SealKey;
use store::Store;
use store::testing::TempStore;

#[tokio::test(flavor = "multi_thread")]
async fn every_family_keeps_what_it_is_told_on_sqlite() {
    let store = TempStore::open().await.unwrap();
    families::all(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_merges_fences_and_hands_over_on_sqlite() {
    let store = TempStore::open().await.unwrap();
    queue::all(&store).await;
    queue::expired(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_racing_bookings_one_wins_on_sqlite() {
    let store = TempStore::open().await.unwrap();
    racing::sixteen(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_racing_first_runs_one_wins_on_sqlite() {
    let store = TempStore::open().await.unwrap();
    racing::first_runs(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_of_a_past_instant_are_those_loaded_then_on_sqlite() {
    let store = TempStore::open().await.unwrap();
    history::histories(&store, 100).await;
}

/// One test, since each test process would need a cluster of its own.
#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_holds_on_postgresql() {
    let cluster = postgres::Cluster::start();
    for part in 0..4 {
        let store = Store::open(&cluster.database(part).await, SealKey::random())
            .await
            .unwrap();
        match part {
            0 => families::all(&store).await,
            1 => {
                queue::all(&store).await;
                queue::expired(&store).await;
            }
            2 => {
                racing::first_runs(&store).await;
                racing::sixteen(&store).await;
            }
            _ => history::histories(&store, 12).await,
        }
        store.close().await;
    }
}
