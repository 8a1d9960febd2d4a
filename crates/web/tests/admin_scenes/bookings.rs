//! Bookings.

use crate::world::World;

#[tokio::test]
async fn a_booking_for_somebody_new_lets_them_and_their_guests_in() {
    let world = World::open().await;
    let ines = world.ines().await;
    world.person("Ana Ferreira").await;
    let lagoon = world.lagoon.to_string();
    let fields = [
        ("resource", lagoon.as_str()),
        ("on", "2026-03-02"),
        ("from", "14:00"),
        ("until", "15:00"),
        ("booker", "jo.new@x.example"),
        ("invitees", "ana.ferreira@x.example\nsam@y.example"),
        ("title", "Kick-off"),
    ];
    let made = ines.post("/admin/bookings", &fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let href = made.to().to_owned();
    let page = ines.get(&href).await;
    page.must_say("Jo New");
    page.must_say("today 13:30–15:30 for 3 people");
    page.must_say("3 people lose 2 doors at once");
    page.must_say("At Gatekeeper: Within a minute at doors that are online.");

    let taken = ines
        .post(
            "/admin/bookings",
            &[
                &fields[..3],
                &[("until", "14:30"), ("booker", "late@x.example")],
                &fields[6..],
            ]
            .concat(),
        )
        .await;
    assert_eq!(taken.status, 422);
    taken.must_say("Room Lagoon is taken today 14:00–15:00");
    taken.must_say("It is booked by Jo New.");
    assert!(taken.body.contains("value=\"late@x.example\""), "what was typed stays");
    ines.get("/admin/people?q=late").await.must_say("Nobody by these words");

    let list = ines.get("/admin/bookings").await;
    list.must_say("14:00–15:00");
    list.must_say("and 2 guests");
    let feed = ines.get("/admin/bookings/feed?from=2026-03-02&until=2026-03-03").await;
    let feed: serde_json::Value = serde_json::from_str(&feed.body).unwrap();
    assert_eq!(feed["bookings"][0]["from"], "2026-03-02T14:00:00");

    ines.get("/admin").await.must_say("Jo New");
    ines.post_and_follow(&format!("{href}/cancel"), &[])
        .await
        .must_say("Cancelled");
}

#[tokio::test]
async fn a_booking_is_moved_shortened_and_its_guests_change() {
    let world = World::open().await;
    let ines = world.ines().await;
    let lagoon = world.lagoon.to_string();
    let book = async |from: &str, until: &str| {
        let fields = [
            ("resource", lagoon.as_str()),
            ("on", "2026-03-03"),
            ("from", from),
            ("until", until),
            ("booker", "jo@x.example"),
        ];
        ines.post("/admin/bookings", &fields).await.to().to_owned()
    };
    let (first, second) = (book("10:00", "11:00").await, book("12:00", "13:00").await);

    let onto = [
        ("resource", lagoon.as_str()),
        ("from", "2026-03-03T12:30"),
        ("until", "2026-03-03T13:30"),
    ];
    let refused = ines.post(&format!("{first}/move"), &onto).await;
    assert_eq!(refused.status, 409);
    refused.must_say("Taken tomorrow 12:00–13:00");
    let beside = [
        ("resource", lagoon.as_str()),
        ("from", "2026-03-03T13:00"),
        ("until", "2026-03-03T14:00"),
    ];
    assert_eq!(ines.post(&format!("{first}/move"), &beside).await.status, 204);
    ines.get(&first).await.must_say("tomorrow 13:00–14:00");

    let shorter = [
        ("resource", lagoon.as_str()),
        ("on", "2026-03-03"),
        ("from", "12:00"),
        ("until", "12:30"),
        ("invitees", ""),
    ];
    ines.post_and_follow(&format!("{second}/edit"), &shorter)
        .await
        .must_say("tomorrow 12:00–12:30");
    let invited = ines
        .post_and_follow(&format!("{second}/invite"), &[("invitees", "sam@y.example")])
        .await;
    invited.must_say("1 person is invited.");
    invited.must_say("Sam");
    let start = invited.body.find("/uninvite/").unwrap() + "/uninvite/".len();
    let sam: String = invited.body[start..]
        .chars()
        .take_while(|letter| *letter != '"')
        .collect();
    ines.post_and_follow(&format!("{second}/uninvite/{sam}"), &[])
        .await
        .must_not_say("Invited");
    ines.get("/admin/bookings/calendar")
        .await
        .must_say("Drag over free time to book it");
}

#[tokio::test]
async fn nobody_books_for_somebody_suspended() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    let mut tx = world.store.write().await.unwrap();
    let act = world.act();
    store::person::set_state(&mut tx, &act, ana, access::facts::PersonState::Suspended)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let lagoon = world.lagoon.to_string();
    let fields = [
        ("resource", lagoon.as_str()),
        ("on", "2026-03-02"),
        ("from", "14:00"),
        ("until", "15:00"),
        ("booker", "ana.ferreira@x.example"),
    ];
    let refused = ines.post("/admin/bookings", &fields).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Suspended people cannot book.");
    assert!(refused.body.contains("value=\"14:00\""), "what was typed stays");
}

#[tokio::test]
async fn the_page_says_who_gets_a_mail_and_a_wish_is_declined_with_one() {
    let world = World::open().await;
    let ines = world.ines().await;
    world.person("Ana Ferreira").await;
    let lagoon = world.lagoon.to_string();
    let fields = [
        ("resource", lagoon.as_str()),
        ("on", "2026-03-03"),
        ("from", "14:00"),
        ("until", "15:00"),
        ("booker", "ana.ferreira@x.example"),
        ("invitees", "sam@y.example"),
    ];
    let made = ines.post_and_follow("/admin/bookings", &fields).await;
    made.must_say("is booked tomorrow 14:00–15:00. Ana Ferreira and Sam get a mail.");
    made.must_say("everybody concerned gets a mail");

    let id = made.body.split("/admin/bookings/boo_").nth(1).unwrap();
    let id = format!(
        "boo_{}",
        id.chars().take_while(char::is_ascii_alphanumeric).collect::<String>()
    );
    let mut tx = world.store.write().await.unwrap();
    let requested = access::facts::BookingState::Requested;
    store::booking::set_state(&mut tx, &world.act(), id.parse().unwrap(), requested)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = ines.get(&format!("/admin/bookings/{id}")).await;
    page.must_say("Decline this wish?");
    page.must_say("Ana Ferreira gets a mail with what you decide.");
    ines.post_and_follow(&format!("/admin/bookings/{id}/cancel"), &[])
        .await
        .must_say("Ana Ferreira gets a mail.");
    let mut tx = world.store.read().await.unwrap();
    let newest = store::mail::newest(&mut tx, world.network).await.unwrap();
    assert_eq!(newest[0].subject, "Not approved: Room Lagoon, Tue 3 March 14:00");
    assert_eq!(newest.len(), 3);
}
