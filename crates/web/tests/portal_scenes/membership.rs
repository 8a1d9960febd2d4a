//! My membership: what one holds, one's company, where one is signed in.

use access::facts::*;

use crate::world::{World, day};

#[tokio::test]
async fn subscriptions_are_listed_with_their_state_and_what_they_open() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    world.subscribe(ana, "2026-03-01", None).await;
    world.subscribe(ana, "2026-02-01", Some("2026-02-28")).await;
    let page = phone.get("/membership").await;
    page.must_say("ana@x.example");
    page.must_say("Flex desk Pier 3 · since yesterday Active Flex desk Opens Front door.");
    page.must_say("last day was Sat 28 February Ended");
    page.must_say("Pier 3 3 Pier Road, Kiel Member");
    page.must_say("Where you are signed in");
}

#[tokio::test]
async fn a_company_shows_its_people_to_its_own_only() {
    let world = World::open().await;
    let (ana, phone) = world.member("Ana").await;
    let bob = world.person("Bob", MembershipKind::Member).await;
    let (_, other) = world.member("Eve").await;
    let mut tx = world.store.write().await.unwrap();
    let details = store::company::Details {
        location: world.pier,
        name: "Northlight Studio".into(),
    };
    let company = store::company::create(&mut tx, &world.act(), &details).await.unwrap();
    store::company::join(&mut tx, &world.act(), company, ana, day("2026-03-01"), None)
        .await
        .unwrap();
    store::company::join(&mut tx, &world.act(), company, bob, day("2026-03-10"), None)
        .await
        .unwrap();
    let item = store::subscription::NewItem {
        of: ItemOf::Plan(world.flex),
        access: ItemAccess::Inherited,
        reach: Reach::BookedToday,
    };
    let new = store::subscription::NewSubscription {
        location: world.pier,
        of: Subscriber::Company(company),
        starts_on: day("2026-03-01"),
        ends_on: None,
        items: vec![item],
    };
    store::subscription::create(&mut tx, &world.act(), &new).await.unwrap();
    tx.commit().await.unwrap();
    let page = phone.get("/membership").await;
    page.must_say("Northlight Studio · Pier 3 · since yesterday");
    page.must_say("Opens Front door. On days with a booking here.");
    page.must_say("Bob from Tue 10 March");
    other.get("/membership").await.must_not_say("Northlight");
    phone
        .get("/access")
        .await
        .must_say("Your company's access opens on days with a booking. Book a desk for the day.");
}

#[tokio::test]
async fn every_page_of_the_portal_names_itself_and_its_place_in_the_menu() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    for (path, title) in [
        ("/access", "Access"),
        ("/book", "Book"),
        ("/bookings", "Bookings"),
        ("/membership", "Membership"),
    ] {
        let page = phone.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.body.contains(&format!("<title>{title} · Harbor Works</title>")),
            "{path}"
        );
        assert!(
            page.body.contains(&format!("href=\"{path}\" aria-current=\"page\"")),
            "{path}"
        );
    }
}
