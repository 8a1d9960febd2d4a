//! The clock was set back: what is known now is what was done last, and versions never overlap.

use access::facts::PersonState;
use store::facts::{self, As};
use store::*;

use crate::house::{House, START, human, read, seen, write};

pub async fn set_back(store: &Store, house: &House) {
    let (network, ada) = (house.network, house.people[0]);
    let second = |number: i64| START.plus_s(400 + number);
    let state_of = async |how: As| {
        let mut tx = read(store).await;
        let facts = facts::load_person(&mut tx, network, ada, how).await.unwrap();
        assert!(facts.people.len() < 2, "one version at a time");
        facts.people.first().map(|person| (person.state, person.name.clone()))
    };
    let set = async |number: i64, state: PersonState| {
        let mut tx = write(store).await;
        person::set_state(&mut tx, &house.act(second(number)), ada, state)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    let name = human(0).name;
    set(10, PersonState::Suspended).await;
    set(20, PersonState::Active).await;
    // Set back between the two, and changed once more.
    set(15, PersonState::Invited).await;
    let now = As::Known { now: second(15) };
    assert_eq!(state_of(now).await, Some((PersonState::Invited, name.clone())));
    for (number, state) in [
        (9, PersonState::Active),
        (10, PersonState::Suspended),
        (14, PersonState::Suspended),
        (15, PersonState::Invited),
        (20, PersonState::Invited),
    ] {
        assert_eq!(
            state_of(As::Of(second(number))).await,
            Some((state, name.clone())),
            "second {number}"
        );
    }
    // Behind everything that was ever known of them: known from there on.
    let before_all = START.plus_s(-3_600);
    let mut tx = write(store).await;
    let renamed = person::Details {
        name: "Ada Lovelace".to_owned(),
        ..human(0)
    };
    person::change(&mut tx, &house.act(before_all), ada, &renamed)
        .await
        .unwrap();
    // Rows of the worker stand it as well.
    group::observe(&mut tx, &house.act(before_all), house.integration, &{
        let mut shown = seen();
        shown.groups[0].name = "Renamed".to_owned();
        shown
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let (_, name) = state_of(As::Of(before_all)).await.unwrap();
    assert_eq!(name, "Ada Lovelace");
    assert_eq!(state_of(As::Of(before_all.plus_ms(-1))).await, None);
    assert_eq!(
        state_of(As::Known { now: before_all }).await,
        state_of(As::Of(second(20))).await
    );
    let mut tx = read(store).await;
    let groups = group::list(&mut tx, network, house.integration).await.unwrap();
    assert!(groups.len() == 2 && groups.iter().any(|group| group.name == "Renamed"));
}
