//! Plans, resources and subscriptions, with what they open.

use crate::world::World;

#[tokio::test]
async fn a_plan_shows_doors_beside_groups_and_counts_whom_a_change_reaches() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    world.subscribe(ana).await;
    let href = format!("/admin/plans/{}", world.flex);
    let form = ines.get(&href).await;
    form.must_say("Gatekeeper · Pier 3");
    form.must_say("Lagoon door");

    let (pier, lagoon) = (world.pier.to_string(), world.lagoon_group.to_string());
    let fields = [
        ("name", "Flex desk"),
        ("location", &pier),
        ("period", "month"),
        ("price", "199,00"),
        ("currency", "eur"),
        ("groups", &lagoon),
    ];
    let preview = ines.post(&href, &[&fields[..], &[("preview", "yes")]].concat()).await;
    assert_eq!(preview.status, 200);
    preview.must_say("1 person gains Lagoon door. Nobody loses a door.");
    preview.must_say("Gains Lagoon door: Ana Ferreira.");
    let list = ines.get("/admin/plans").await;
    list.must_say("EUR 199.00 a month");
    list.must_not_say("Room Lagoon");
    ines.post_and_follow(&href, &fields).await.must_say("Room Lagoon");

    ines.post_and_follow("/admin/plans", &fields)
        .await
        .must_say("Another plan of this location has the same name");
    ines.get("/admin/plans")
        .await
        .must_say("Another plan here has this name");

    let wrong = ines
        .post("/admin/plans", &[("name", ""), ("price", "much"), ("currency", "EURO")])
        .await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("An amount such as 250 or 250.50");
}

#[tokio::test]
async fn a_resource_keeps_its_rules_and_half_a_grace_is_refused() {
    let world = World::open().await;
    let ines = world.ines().await;
    let (pier, group) = (world.pier.to_string(), world.lagoon_group.to_string());
    let mut fields = vec![
        ("name", "Room Tide"),
        ("kind", "room"),
        ("location", pier.as_str()),
        ("capacity", "4"),
        ("book_by", "members"),
        ("see_by", "members"),
        ("min_minutes", "30"),
        ("max_minutes", ""),
        ("step_minutes", "15"),
        ("buffer_minutes", "10"),
        ("grace_before", "5"),
        ("mon_hours", "09:00–12:00, 13:00–18:00"),
        ("closures", "2026-12-24 to 2026-12-26"),
        ("groups", group.as_str()),
    ];
    let wrong = ines.post("/admin/resources", &fields).await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("Give both, or leave both empty");
    assert!(wrong.body.contains("value=\"Room Tide\""));
    fields.push(("grace_after", "10"));
    ines.post_and_follow("/admin/resources", &fields)
        .await
        .must_say("Room Tide");
    ines.get("/admin/resources?kind=desk")
        .await
        .must_say("Nothing of this kind");
}

#[tokio::test]
async fn a_subscription_is_added_changed_and_cancelled() {
    let world = World::open().await;
    let ines = world.ines().await;
    world.person("Ana Ferreira").await;
    let (pier, flex) = (world.pier.to_string(), world.flex.to_string());

    let wrong = ines
        .post(
            "/admin/subscriptions",
            &[("location", &pier), ("starts_on", "2026-03-01")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("Say whose it is");
    wrong.must_say("Choose at least one plan or rental.");

    let fields = [
        ("location", pier.as_str()),
        ("person", "ana ferreira"),
        ("starts_on", "2026-03-01"),
        ("ends_on", ""),
        ("plan", flex.as_str()),
        ("reach", "everyone"),
    ];
    let made = ines.post("/admin/subscriptions", &fields).await;
    assert_eq!(made.status, 303);
    let href = made.to().to_owned();
    let page = ines.get(&href).await;
    page.must_say("Active");
    page.must_say("Opens Members (inherited)");
    page.must_say("May come in now");
    page.must_say("At Gatekeeper: Within a minute at doors that are online.");
    ines.get("/admin/subscriptions?state=active&q=ana")
        .await
        .must_say("Flex desk");

    let start = page.body.find(&format!("{href}/items/")).unwrap();
    let item: String = page.body[start..].chars().take_while(|letter| *letter != '"').collect();
    let lagoon = world.lagoon_group.to_string();
    let set = [("access", "set"), ("groups", lagoon.as_str())];
    ines.post_and_follow(&item, &set)
        .await
        .must_say("Opens Room Lagoon (set on this line)");

    let later = ines
        .post_and_follow(&format!("{href}/cancel"), &[("last_day", "2026-03-31")])
        .await;
    later.must_say("Doors open until then.");
    let past = ines
        .post(&format!("{href}/cancel"), &[("last_day", "2026-03-01")])
        .await;
    past.must_say("This day is over.");
    ines.post_and_follow(&format!("{href}/cancel-now"), &[])
        .await
        .must_say("Cancelled.");
    ines.get("/admin/subscriptions?state=cancelled")
        .await
        .must_say("Ana Ferreira");
}
