//! Sixteen clients want the same room at the same time (P-7); eight set up the same empty installation at the same time.

use access::facts::BookingState;
use store::{Kind, Store, booking, network};

use crate::house::{House, START, read, write};

pub async fn sixteen(store: &Store) {
    let house = House::build(store, "Racing", 16).await;
    let mut clients = Vec::new();
    for client in 0..16 {
        // Each wants a slightly different window; all of them touch all others, the buffer included.
        let wanted = house.booked(client, 600 + client as i64, 660 + client as i64);
        let (store, act) = (store.clone(), house.act(START));
        clients.push(tokio::spawn(async move {
            let mut tx = store.write().await?;
            let made = booking::create(&mut tx, &act, &wanted).await;
            match made {
                Ok(_) => tx.commit().await,
                Err(why) => Err(why),
            }
        }));
    }
    let mut won = 0;
    for client in clients {
        match client.await.unwrap() {
            Ok(()) => won += 1,
            Err(why) => {
                assert_eq!(why.kind, Kind::Conflict, "{why:?}");
                assert!(why.to_string().contains("Bridge is taken from"), "{why}");
            }
        }
    }
    assert_eq!(won, 1);
    let mut tx = read(store).await;
    let kept = booking::list(
        &mut tx,
        house.network,
        &booking::Filter::default(),
        &store::Page::default(),
    )
    .await
    .unwrap();
    assert_eq!(kept.rows.len(), 1);
    drop(tx);

    // Touching with exactly the buffer between is free; a minute less is not; a cancelled one takes no room.
    let end = (kept.rows[0].details.window.until.ms() - START.ms()) / 60_000;
    let mut tx = write(store).await;
    let near = house.booked(0, end + 14, end + 60);
    assert_eq!(
        booking::create(&mut tx, &house.act(START), &near)
            .await
            .unwrap_err()
            .kind,
        Kind::Conflict
    );
    drop(tx);
    let mut tx = write(store).await;
    booking::create(&mut tx, &house.act(START), &house.booked(0, end + 15, end + 60))
        .await
        .unwrap();
    booking::set_state(&mut tx, &house.act(START), kept.rows[0].id, BookingState::Cancelled)
        .await
        .unwrap();
    booking::create(&mut tx, &house.act(START), &house.booked(1, 600, 660))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Of eight first runs one makes the network; the others are told. The store must be empty.
pub async fn first_runs(store: &Store) {
    let mut clients = Vec::new();
    for client in 0..8 {
        let store = store.clone();
        clients.push(tokio::spawn(async move {
            let details = network::Details {
                name: format!("House {client}"),
                accent: "petrol".to_owned(),
            };
            let mut tx = store.write().await?;
            let made = network::create_first(&mut tx, START, &details).await;
            match made {
                Ok(_) => tx.commit().await,
                Err(why) => Err(why),
            }
        }));
    }
    let mut won = 0;
    for client in clients {
        match client.await.unwrap() {
            Ok(()) => won += 1,
            Err(why) => assert_eq!(why.kind, Kind::Conflict, "{why:?}"),
        }
    }
    assert_eq!(won, 1);
    let mut tx = read(store).await;
    let all = network::all(&mut tx).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(network::only(&mut tx).await.unwrap().unwrap(), all[0]);
}
