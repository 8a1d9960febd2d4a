//! Settings and the switcher of locations.

use crate::world::World;

#[tokio::test]
async fn a_location_needs_a_zone_that_exists() {
    let world = World::open().await;
    let ines = world.ines().await;
    let mut fields = vec![
        ("name", "Gràcia"),
        ("zone", "Spain/Barcelona"),
        ("grace_before", "15"),
        ("grace_after", "15"),
    ];
    let wrong = ines.post("/admin/settings/locations", &fields).await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("is no time zone we know");
    fields[1].1 = "Europe/Madrid";
    ines.post_and_follow("/admin/settings/locations", &fields)
        .await
        .must_say("15 min before, 15 after");
    ines.post_and_follow("/admin/settings", &[("name", "Harbor"), ("accent", "moss")])
        .await
        .must_say("Saved.");
}

#[tokio::test]
async fn a_token_is_shown_once_and_can_be_revoked() {
    let world = World::open().await;
    let ines = world.ines().await;
    let made = ines.post("/admin/settings/tokens", &[("name", "Bookkeeping")]).await;
    assert_eq!(made.status, 200);
    made.must_say("it is not shown again");
    let again = ines.get("/admin/settings/tokens").await;
    again.must_say("Bookkeeping");
    again.must_not_say("it is not shown again");
    let start = again.body.find("/admin/settings/tokens/tok_").unwrap();
    let path: String = again.body[start..]
        .chars()
        .take_while(|letter| *letter != '"')
        .collect();
    ines.post_and_follow(&path, &[]).await.must_say("The token is revoked.");
}

#[tokio::test]
async fn an_administrator_is_given_places_and_areas() {
    let world = World::open().await;
    let ines = world.ines().await;
    world.person("Tom Reyes").await;
    let path = "/admin/settings/administrators";
    let wrong = ines.post(path, &[("email", "tom.reyes@x.example")]).await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("Choose at least one location");
    let pier = world.pier.to_string();
    let fields = [
        ("email", "tom.reyes@x.example"),
        ("location", pier.as_str()),
        ("area", "bookings"),
    ];
    let list = ines.post_and_follow(path, &fields).await;
    list.must_say("Tom Reyes");
    list.must_say("1 area, Pier 3");
}

#[tokio::test]
async fn the_chosen_location_is_remembered_by_the_browser() {
    let world = World::open().await;
    let ines = world.ines().await;
    let pier = world.pier.to_string();
    let chosen = ines
        .post("/admin/location", &[("location", &pier), ("back", "/admin/plans")])
        .await;
    assert_eq!((chosen.status, chosen.to()), (303, "/admin/plans"));
    let cookies: Vec<_> = chosen
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(
        cookies
            .iter()
            .any(|cookie| cookie.starts_with(&format!("vestibule_location={pier}")))
    );
    let away = ines
        .post("/admin/location", &[("location", ""), ("back", "https://evil.example")])
        .await;
    assert_eq!(away.to(), "/admin");
}

#[tokio::test]
async fn opening_hours_with_a_pause_and_closed_days_stay_when_the_form_is_saved() {
    use access::schedule::{Closure, Day, Hours, Schedule};
    let world = World::open().await;
    let ines = world.ines().await;
    let span = |from_minute, until_minute| Hours {
        day: Day::Tuesday,
        from_minute,
        until_minute,
    };
    let kept = Schedule {
        hours: vec![span(540, 720), span(780, 1080)],
        closures: vec![Closure {
            from_on: "2026-12-24".parse().unwrap(),
            until_on: "2026-12-26".parse().unwrap(),
        }],
    };
    let stored = async || {
        let mut tx = world.store.read().await.unwrap();
        let location = store::location::read(&mut tx, world.network, world.pier).await.unwrap();
        location.details
    };
    let mut tx = world.store.write().await.unwrap();
    let details = store::location::Details {
        opening_hours: serde_json::to_value(&kept).unwrap(),
        ..stored().await
    };
    store::location::change(&mut tx, &world.act(), world.pier, &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let path = format!("/admin/settings/locations/{}", world.pier);
    let page = ines.get(&path).await;
    assert!(
        page.body.contains("value=\"09:00–12:00, 13:00–18:00\""),
        "{}",
        page.body
    );
    page.must_say("2026-12-24 to 2026-12-26");
    let mut fields = vec![
        ("name", "Pier 3"),
        ("zone", "Europe/Berlin"),
        ("grace_before", "30"),
        ("grace_after", "30"),
        ("tue_hours", "09:00–12:00, 13:00–18:00"),
        ("closures", "2026-12-24 to 2026-12-26"),
    ];
    ines.post_and_follow(&path, &fields).await.must_say("Pier 3 is saved.");
    let saved: Schedule = serde_json::from_value(stored().await.opening_hours).unwrap();
    assert_eq!(saved, kept);

    fields.push(("wed_hours", "22:00–02:00"));
    fields[5] = ("closures", "2026-12-24\nChristmas");
    let wrong = ines.post(&path, &fields).await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("Wednesday: “22:00–02:00” ends before it begins.");
    wrong.must_say("“Christmas” is no day.");
    assert!(wrong.body.contains("value=\"22:00–02:00\"") && wrong.body.contains("Christmas</textarea>"));
    let after: Schedule = serde_json::from_value(stored().await.opening_hours).unwrap();
    assert_eq!(after, kept, "nothing half right is stored");
}
