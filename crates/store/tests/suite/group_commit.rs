//! Writers that wait for each other share one flush; nobody loses by another's failure (SQLite).

use access::id::PersonId;
use store::testing::TempStore;
use store::{Store, person};
use tokio::task::JoinHandle;

use crate::house::{House, START, human, read};

fn writer(store: &Store, house: &House, number: usize, gives_up: bool) -> JoinHandle<Option<PersonId>> {
    let (store, act) = (store.clone(), house.act(START));
    tokio::spawn(async move {
        let mut tx = store.write().await.unwrap();
        let id = person::create(&mut tx, &act, &human(number)).await.unwrap();
        if gives_up {
            drop(tx);
            return None;
        }
        tx.commit().await.unwrap();
        Some(id)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_writers_share_commits_and_a_dropped_one_takes_nobody_along() {
    let store = TempStore::open().await.unwrap();
    let house = House::build(&store, "Sharing", 0).await;
    let before = store.commits().unwrap();
    let writers: Vec<_> = (0..200)
        .map(|number| writer(&store, &house, number, number % 5 == 0))
        .collect();
    let mut kept = Vec::new();
    for writer in writers {
        kept.extend(writer.await.unwrap());
    }
    assert_eq!(kept.len(), 160);
    let commits = store.commits().unwrap() - before;
    assert!(commits < 160, "{commits} flushes for 160 writes");
    // Seen by another process: durable, and nothing of those who gave up.
    let again = store.again().await.unwrap();
    let mut tx = read(&again).await;
    for id in &kept {
        person::read(&mut tx, house.network, *id).await.unwrap();
    }
    assert_eq!(person::count(&mut tx, house.network).await.unwrap(), 160);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_stops_waiting_leaves_nobody_without_an_answer() {
    let store = TempStore::open().await.unwrap();
    let house = House::build(&store, "Leaving", 0).await;
    // The first holds the writer while a second and a third queue up; the third then stops waiting.
    let mut first = store.write().await.unwrap();
    person::create(&mut first, &house.act(START), &human(1)).await.unwrap();
    let second = writer(&store, &house, 2, false);
    let third = writer(&store, &house, 3, false);
    tokio::task::yield_now().await;
    third.abort();
    first.commit().await.unwrap();
    assert!(second.await.unwrap().is_some());
    let mut tx = read(&store).await;
    assert!(person::count(&mut tx, house.network).await.unwrap() >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_refused_statement_a_transaction_only_rolls_back_and_the_next_one_works() {
    let store = TempStore::open().await.unwrap();
    let house = House::build(&store, "Refused", 1).await;
    let mut tx = store.write().await.unwrap();
    tx.execute("INSERT INTO network (network_id) VALUES ($1)", vec!["net".into()])
        .await
        .unwrap_err();
    assert!(person::create(&mut tx, &house.act(START), &human(7)).await.is_err());
    assert!(tx.commit().await.is_err());
    writer(&store, &house, 8, false).await.unwrap().unwrap();
    let mut tx = read(&store).await;
    assert_eq!(person::count(&mut tx, house.network).await.unwrap(), 2);
    // A read snapshot cannot write.
    assert!(person::create(&mut tx, &house.act(START), &human(9)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_the_write_and_the_store_recovers_without_a_restart() {
    let store = TempStore::open().await.unwrap();
    let house = House::build(&store, "Full", 0).await;
    // SQLite's own page limit answers as a full disk does; a limit below the present size means the present size.
    set(&store, "PRAGMA max_page_count = 1").await;
    let mut refused = None;
    for number in 0..200 {
        let mut tx = store.write().await.unwrap();
        let made = async {
            person::create(&mut tx, &house.act(START), &human(number)).await?;
            tx.commit().await
        };
        if let Err(why) = made.await {
            refused = Some((number, why));
            break;
        }
    }
    let (stored, why) = refused.expect("the limit is reached");
    assert_eq!(why.kind, store::Kind::Database, "{why:?}");
    let mut tx = read(&store).await;
    assert_eq!(
        person::count(&mut tx, house.network).await.unwrap(),
        stored as u64,
        "exactly what was acknowledged"
    );
    drop(tx);
    set(&store, "PRAGMA max_page_count = 4294967294").await;
    writer(&store, &house, 900, false).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_database_refuses_writes_still_reads_and_recovers_without_a_restart() {
    let store = TempStore::open().await.unwrap();
    let house = House::build(&store, "Locked", 1).await;
    // SQLite answers as it does for a file that it may only read.
    set(&store, "PRAGMA query_only = ON").await;
    let why = match store.write().await {
        Err(why) => why,
        Ok(mut tx) => person::create(&mut tx, &house.act(START), &human(5)).await.unwrap_err(),
    };
    assert_eq!(why.kind, store::Kind::Database, "{why:?}");
    let mut tx = read(&store).await;
    assert_eq!(person::count(&mut tx, house.network).await.unwrap(), 1);
    drop(tx);
    // The connection in doubt was given up; the next writer opens the file anew.
    writer(&store, &house, 6, false).await.unwrap().unwrap();
    let mut tx = read(&store).await;
    assert_eq!(person::count(&mut tx, house.network).await.unwrap(), 2);
}

async fn set(store: &Store, pragma: &'static str) {
    let mut tx = store.write().await.unwrap();
    tx.fetch_all(pragma, Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
}
