//! Today, the audit log, the palette, and who may look at all.

use crate::world::World;

#[tokio::test]
async fn today_says_who_may_come_in_and_what_is_to_mend() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    let page = ines.get("/admin").await;
    page.must_say("Good morning, Ines");
    page.must_say("Nobody is expected any more today");
    page.must_say("Nothing to mend");
    world.subscribe(ana).await;
    let mut tx = world.store.write().await.unwrap();
    let note = access::change::Note::Unconfirmed { person: ana };
    let looked = store::finding::Looked::Everything;
    store::finding::settle(&mut tx, &world.act(), world.integration, looked, &[note])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = ines.get("/admin").await;
    page.must_say("Ana Ferreira has not confirmed their e-mail address at the vendor.");
    page.must_say("Look at the person");
}

#[tokio::test]
async fn the_log_says_who_did_what_and_the_palette_finds_things() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    ines.post_and_follow(&format!("/admin/people/{ana}/suspend"), &[]).await;
    let log = ines.get("/admin/audit?kind=person").await;
    log.must_say("Person suspended");
    log.must_say("By Ines Castro");
    log.must_not_say("Plan created");
    ines.get("/admin/audit?on=2026-03-01")
        .await
        .must_say("Nothing of this kind");
    ines.get("/admin/audit?on=2026-03-02").await.must_say("Plan created");

    ines.get("/admin/palette").await.must_say("Subscriptions");
    let found = ines.get("/admin/palette?q=ana").await;
    found.must_say("ana.ferreira@x.example");
    world.book("Quarterly planning", ana).await;
    let booked = ines.get("/admin/palette?q=quarterly").await;
    booked.must_say("Quarterly planning");
    booked.must_say("Room Lagoon, Ana Ferreira");
    let why = ines.get("/admin/palette?q=why+can%27t+ana+open+the+front+door").await;
    why.must_say("Why can’t Ana Ferreira open Front door?");
}

#[tokio::test]
async fn only_who_may_sees_and_only_their_own_locations() {
    let world = World::open().await;
    let member = world
        .sign_in("Mia Member", store::account::Role::Member, serde_json::Value::Null)
        .await;
    assert_eq!(member.get("/admin/people").await.status, 403);
    let permissions =
        serde_json::json!({ "locations": { "chosen": [world.alfama] }, "areas": ["bookings", "plans_and_resources"] });
    let tom = world
        .sign_in("Tom Admin", store::account::Role::Administrator, permissions)
        .await;
    assert_eq!(tom.get("/admin/people").await.status, 403);
    assert_eq!(tom.get(&format!("/admin/resources/{}", world.lagoon)).await.status, 403);
    tom.get("/admin/resources").await.must_say("Nothing to book yet");
    assert_eq!(tom.get("/admin/bookings").await.status, 200);
}

#[tokio::test]
async fn nobody_maps_groups_of_a_location_that_is_not_theirs() {
    let world = World::open().await;
    let permissions =
        serde_json::json!({ "locations": { "chosen": [world.alfama] }, "areas": ["plans_and_resources"] });
    let tom = world
        .sign_in("Tom Admin", store::account::Role::Administrator, permissions)
        .await;
    let (alfama, members) = (world.alfama.to_string(), world.members.to_string());
    let mut plan = vec![
        ("name", "Side door"),
        ("location", &*alfama),
        ("period", "month"),
        ("price", "10"),
        ("currency", "EUR"),
    ];
    let made = tom.post("/admin/plans", &plan).await;
    assert_eq!(made.status, 303, "{}", made.body);
    plan.push(("groups", &members));
    plan[0].1 = "Back door";
    assert_eq!(tom.post("/admin/plans", &plan).await.status, 403);
    let mut tx = world.store.read().await.unwrap();
    let filter = store::plan::Filter::default();
    let plans = store::plan::list(&mut tx, world.network, &filter, &store::Page::longest())
        .await
        .unwrap();
    assert!(
        plans.rows.iter().all(|plan| plan.details.name != "Back door"),
        "nothing is half stored"
    );
}
