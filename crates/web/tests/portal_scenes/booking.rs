//! Booking: free times, taking one, inviting, moving, cancelling; and every way it is refused.

use access::facts::*;

use crate::world::{World, at};

fn on<'a>(day: &'a str, from: &'a str, until: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("on", day),
        ("until_on", ""),
        ("from", from),
        ("until", until),
        ("title", "Planning"),
        ("invitees", ""),
    ]
}

#[tokio::test]
async fn a_room_is_booked_and_the_page_says_when_its_door_opens() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    let page = phone.get("/book").await;
    page.must_say("Room Lagoon");
    let slot = format!("/book/{}?on=2026-03-02&from=12:00&until=13:00", world.lagoon);
    assert!(page.body.replace("&#38;", "&").contains(&slot), "{}", page.body);

    let form = phone
        .get(&format!("/book/{}?on=2026-03-02&from=12:00&until=16:00", world.lagoon))
        .await;
    form.must_say("Doors open 30 minutes before it starts, until 30 minutes after it ends.");
    let booked = phone
        .post_and_follow(&format!("/book/{}", world.lagoon), &on("2026-03-02", "12:00", "16:00"))
        .await;
    booked.must_say("Booked.");
    booked.must_say("Front door and Room Lagoon: opens from today 11:30 until 16:30.");
    booked.must_say("Ring at the green door.");
    booked.must_say("Planning");

    let booking = &world.bookings(world.lagoon).await[0];
    assert_eq!(booking.details.window.from, at("2026-03-02T11:00:00Z"));
    phone
        .get("/bookings")
        .await
        .must_say("Upcoming Room Lagoon Planning · Pier 3 today 12:00 to 16:00");
    phone
        .get("/access")
        .await
        .must_say("Front door and Room Lagoon Your booking of Room Lagoon, 12:00 to 16:00 today 11:30");
    world.at("2026-03-02T10:30:00Z");
    phone.get("/access").await.must_say("Room Lagoon Pier 3 · until 16:30");
}

#[tokio::test]
async fn invitees_come_by_address_and_strangers_become_invited_nonmembers() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    let bob = world.person("Bob", MembershipKind::Member).await;
    let mut fields = on("2026-03-02", "12:00", "13:00");
    fields[5] = ("invitees", "bob@x.example, grace.hopper@navy.example");
    let booked = phone.post_and_follow(&format!("/book/{}", world.lagoon), &fields).await;
    booked.must_say("Grace Hopper");
    let mut tx = world.store.read().await.unwrap();
    let grace = store::person::by_email(&mut tx, world.network, "grace.hopper@navy.example")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(grace.details.state, PersonState::Invited);
    let where_to = store::person::memberships(&mut tx, world.network, grace.id)
        .await
        .unwrap();
    assert_eq!(where_to, [(world.pier, MembershipKind::Nonmember)]);
    drop(tx);

    let booking = world.bookings(world.lagoon).await[0].clone();
    let page = world.sign_in(bob).await.get(&format!("/bookings/{}", booking.id)).await;
    page.must_say("Booked by Ana");
    page.must_not_say("Cancel this booking");
    let path = format!("/bookings/{}/cancel", booking.id);
    assert_eq!(
        world.sign_in(bob).await.post(&path, &[]).await.status,
        403,
        "only the booker cancels"
    );

    let path = format!("/bookings/{}/uninvite", booking.id);
    let person = grace.id.to_string();
    phone
        .post_and_follow(&path, &[("person", person.as_str())])
        .await
        .must_say("no longer let in by this booking. Grace Hopper gets a mail.");
    phone
        .get(&format!("/bookings/{}", booking.id))
        .await
        .must_not_say("Grace Hopper");
    let path = format!("/bookings/{}/invite", booking.id);
    phone
        .post_and_follow(&path, &[("invitees", "carol@x.example")])
        .await
        .must_say("1 person is invited.");
    let again = phone.post(&path, &[("invitees", "carol at x")]).await;
    assert_eq!(again.status, 422);
    again.must_say("are not e-mail addresses");
    assert!(again.body.contains("carol at x"), "what was typed stays");
}

#[tokio::test]
async fn a_taken_time_is_refused_with_everything_typed_kept_and_no_stranger_left_behind() {
    let world = World::open().await;
    let (_, ana) = world.member("Ana").await;
    let (_, bob) = world.member("Bob").await;
    let path = format!("/book/{}", world.lagoon);
    assert_eq!(ana.post(&path, &on("2026-03-02", "12:00", "13:00")).await.status, 303);
    let mut fields = on("2026-03-02", "12:30", "13:30");
    fields[5] = ("invitees", "stranger@y.example");
    let refused = bob.post(&path, &fields).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Taken today 12:00–13:00");
    assert!(refused.body.contains("value=\"12:30\"") && refused.body.contains("stranger@y.example"));
    assert!(refused.body.contains("value=\"Planning\""));
    let mut tx = world.store.read().await.unwrap();
    assert!(
        store::person::by_email(&mut tx, world.network, "stranger@y.example")
            .await
            .unwrap()
            .is_none()
    );
    drop(tx);
    assert_eq!(world.bookings(world.lagoon).await.len(), 1);
    let page = bob.get("/book?kind=room&on=2026-03-02").await;
    assert!(
        !page.body.contains("from=12:00") && page.body.contains("from=13:00"),
        "taken times are not offered"
    );
}

#[tokio::test]
async fn every_rule_that_is_broken_is_said_at_its_field() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    let path = format!("/book/{}", world.lagoon);
    for (day, from, until, sentence) in [
        ("2026-03-02", "16:00", "12:00", "The end must come after the start."),
        ("2026-03-02", "09:00", "10:00", "This start has passed."),
        ("2026-03-02", "12:00", "12:15", "Book at least 30 minutes."),
        ("2026-03-02", "12:00", "21:00", "Book at most 8 hours."),
        (
            "2026-03-02",
            "12:05",
            "13:05",
            "Start and end on full steps of 15 minutes",
        ),
        ("soon", "12:00", "13:00", "Write a date"),
        ("2026-03-02", "", "13:00", "This is needed."),
    ] {
        let refused = phone.post(&path, &on(day, from, until)).await;
        assert_eq!(refused.status, 422, "{sentence}");
        refused.must_say(sentence);
        assert!(refused.body.contains("Planning"), "what was typed stays");
    }
    assert!(world.bookings(world.lagoon).await.is_empty());

    let guest = world.person("Guest", MembershipKind::Nonmember).await;
    let refused = world
        .sign_in(guest)
        .await
        .post(&path, &on("2026-03-02", "12:00", "13:00"))
        .await;
    assert_eq!(refused.status, 422);
    refused.must_say("Members of this location may book this.");
}

#[tokio::test]
async fn moving_and_cancelling_take_effect_at_once() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    phone
        .post(&format!("/book/{}", world.lagoon), &on("2026-03-02", "12:00", "13:00"))
        .await;
    let id = world.bookings(world.lagoon).await[0].id;
    let moved = phone
        .post_and_follow(&format!("/bookings/{id}/move"), &on("2026-03-03", "09:00", "10:00"))
        .await;
    moved.must_say("Moved. Doors follow at once.");
    moved.must_say("opens from tomorrow 08:30 until 10:30");
    let refused = phone
        .post(&format!("/bookings/{id}/move"), &on("2026-03-03", "10:00", "09:00"))
        .await;
    assert_eq!(refused.status, 422);
    refused.must_say("The end must come after the start.");
    assert!(refused.body.contains("value=\"10:00\""));

    let list = phone.post_and_follow(&format!("/bookings/{id}/cancel"), &[]).await;
    list.must_say("Room Lagoon is cancelled.");
    list.must_say("Past Room Lagoon Planning · Pier 3 · cancelled");
    phone.get("/access").await.must_not_say("Opens later");
    assert_eq!(
        phone
            .post(&format!("/bookings/{id}/move"), &on("2026-03-04", "09:00", "10:00"))
            .await
            .status,
        409
    );
}

#[tokio::test]
async fn a_running_booking_is_shortened_and_lengthened_but_not_begun_again() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    phone
        .post(&format!("/book/{}", world.lagoon), &on("2026-03-02", "12:00", "14:00"))
        .await;
    let id = world.bookings(world.lagoon).await[0].id;
    world.at("2026-03-02T11:40:00Z");
    let path = format!("/bookings/{id}/move");
    phone
        .post_and_follow(&path, &on("2026-03-02", "12:00", "13:00"))
        .await
        .must_say("Opens now Front door and Room Lagoon: until 13:30.");
    assert_eq!(
        world.bookings(world.lagoon).await[0].details.window.until,
        at("2026-03-02T12:00:00Z")
    );
    phone.post(&path, &on("2026-03-02", "12:00", "15:00")).await;
    assert_eq!(
        world.bookings(world.lagoon).await[0].details.window.until,
        at("2026-03-02T14:00:00Z")
    );
    let refused = phone.post(&path, &on("2026-03-02", "12:00", "12:30")).await;
    assert_eq!(refused.status, 422);
    refused.must_say("This end has passed.");
    let refused = phone.post(&path, &on("2026-03-02", "11:00", "13:00")).await;
    assert_eq!(refused.status, 422);
    refused.must_say("This start has passed.");
}

#[tokio::test]
async fn a_stranger_finds_neither_booking_nor_form() {
    let world = World::open().await;
    let (_, ana) = world.member("Ana").await;
    let (_, bob) = world.member("Bob").await;
    ana.post(&format!("/book/{}", world.lagoon), &on("2026-03-02", "12:00", "13:00"))
        .await;
    let id = world.bookings(world.lagoon).await[0].id;
    assert_eq!(bob.get(&format!("/bookings/{id}")).await.status, 404);
    assert_eq!(bob.post(&format!("/bookings/{id}/cancel"), &[]).await.status, 404);
    assert_eq!(bob.get("/bookings/boo_nonsense").await.status, 404);
}

#[tokio::test]
async fn what_is_not_shown_to_somebody_cannot_be_booked_by_its_address() {
    let world = World::open().await;
    let mut tx = world.store.write().await.unwrap();
    let details = store::resource::read(&mut tx, world.network, world.desk)
        .await
        .unwrap()
        .details;
    let details = store::resource::Details {
        see_by: store::resource::OpenTo::Nobody,
        ..details
    };
    store::resource::change(&mut tx, &world.act(), world.desk, &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (_, phone) = world.member("Ana").await;
    phone.get("/book?kind=desk").await.must_not_say("Desk 1");
    assert_eq!(phone.get(&format!("/book/{}", world.desk)).await.status, 404);
    assert_eq!(
        phone
            .post(&format!("/book/{}", world.desk), &on("2026-03-02", "12:00", "13:00"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_booking_that_needs_approval_is_shortened_freely_and_waits_again_for_other_times() {
    let world = World::open().await;
    let mut tx = world.store.write().await.unwrap();
    let details = store::resource::read(&mut tx, world.network, world.lagoon)
        .await
        .unwrap()
        .details;
    let details = store::resource::Details {
        approval: true,
        ..details
    };
    store::resource::change(&mut tx, &world.act(), world.lagoon, &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (_, phone) = world.member("Ana").await;
    let path = format!("/book/{}", world.lagoon);
    let asked = phone.post_and_follow(&path, &on("2026-03-02", "12:00", "14:00")).await;
    asked.must_say("You get a mail.");
    let id = world.bookings(world.lagoon).await[0].id;
    let mut tx = world.store.write().await.unwrap();
    store::booking::set_state(&mut tx, &world.act(), id, BookingState::Confirmed)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let path = format!("/bookings/{id}/move");
    let shorter = phone.post_and_follow(&path, &on("2026-03-02", "12:00", "13:00")).await;
    shorter.must_say("Moved. Doors follow at once. You get a mail.");
    assert_eq!(
        world.bookings(world.lagoon).await[0].details.state,
        BookingState::Confirmed
    );
    let other = phone.post_and_follow(&path, &on("2026-03-02", "13:00", "14:00")).await;
    other.must_say("Asked for. Doors open once the team has approved it.");
    assert_eq!(
        world.bookings(world.lagoon).await[0].details.state,
        BookingState::Requested
    );
    assert_eq!(
        world.mails().await,
        [
            "ana@x.example: Asked for: Room Lagoon, Mon 2 March 12:00",
            "ana@x.example: Moved: Room Lagoon, Mon 2 March 12:00",
            "ana@x.example: Asked for: Room Lagoon, Mon 2 March 13:00",
        ]
    );
}

#[tokio::test]
async fn who_is_invited_gets_a_mail_and_the_page_says_so() {
    let world = World::open().await;
    let (_, phone) = world.member("Ana").await;
    let mut fields = on("2026-03-02", "12:00", "13:00");
    fields[5] = ("invitees", "grace.hopper@navy.example");
    phone
        .post_and_follow(&format!("/book/{}", world.lagoon), &fields)
        .await
        .must_say("You and Grace Hopper get a mail.");
    let id = world.bookings(world.lagoon).await[0].id;
    phone
        .get(&format!("/bookings/{id}"))
        .await
        .must_say("Everybody gets a mail.");
    let mails = world.mails().await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    phone
        .post(
            &format!("/bookings/{id}/invite"),
            &[("invitees", "grace.hopper@navy.example")],
        )
        .await;
    assert_eq!(
        world.mails().await.len(),
        2,
        "who is invited already is not asked twice"
    );
}
