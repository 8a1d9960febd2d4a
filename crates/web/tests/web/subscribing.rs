//! A subscription takes only what its own location offers (P-1, P-20): days are counted in one zone.

use access::facts::{ItemAccess, ItemOf, Reach, Subscriber};
use reqwest::Method;
use serde_json::json;

use crate::api::Program;
use crate::house::{House, location, room};

const SAYS: &str = "This plan is of Harbor Works Pier; the subscription is at Hudson Loft.";

#[tokio::test]
async fn what_another_location_offers_is_refused_at_its_field() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let act = house.act(network.id);
    let mut tx = house.store.write().await.unwrap();
    let hudson = location(&mut tx, &act, "Hudson Loft").await;
    let details = store::plan::read(&mut tx, network.id, network.plan)
        .await
        .unwrap()
        .details;
    let loft = store::plan::Details {
        location: hudson,
        name: "Loft desk".into(),
        ..details
    };
    let loft = store::plan::create(&mut tx, &act, &loft).await.unwrap();
    let nook = store::resource::Details {
        name: "Nook".into(),
        ..room(hudson, Vec::new())
    };
    let nook = store::resource::create(&mut tx, &act, &nook).await.unwrap();
    tx.commit().await.unwrap();

    let wish =
        |items| json!({ "location": hudson, "person": network.person, "starts_on": "2026-03-01", "items": items });
    let told = program
        .post(
            "/api/v1/subscriptions",
            &wish(json!([{ "plan": loft }, { "plan": network.plan }])),
        )
        .await;
    assert_eq!(told.status, 422);
    assert_eq!(told.json["errors"], json!([{ "field": "items.1.plan", "say": SAYS }]));
    let told = program
        .post(
            "/api/v1/subscriptions",
            &wish(json!([{ "resource": network.resource }])),
        )
        .await;
    let say = "This resource is of Harbor Works Pier; the subscription is at Hudson Loft.";
    assert_eq!(
        told.json["errors"],
        json!([{ "field": "items.0.resource", "say": say }])
    );
    let made = program
        .post(
            "/api/v1/subscriptions",
            &wish(json!([{ "plan": loft }, { "resource": nook }])),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.json);
    let at = format!("/api/v1/subscriptions/{}", made.json["id"].as_str().unwrap());
    let told = program
        .post(&format!("{at}/items"), &json!({ "plan": network.plan }))
        .await;
    assert_eq!(told.json["errors"], json!([{ "field": "plan", "say": SAYS }]));
    let item = format!("{at}/items/{}", made.json["items"][0]["id"].as_str().unwrap());
    let told = program
        .ask(Method::PUT, &item, Some(&json!({ "plan": network.plan })), None)
        .await;
    assert_eq!(told.json["errors"], json!([{ "field": "plan", "say": SAYS }]));

    let mut owner = house.browser_of(network.id, network.owner).await;
    let page = format!("/admin/subscriptions/{}", made.json["id"].as_str().unwrap());
    let shown = owner.get(&page).await.text;
    assert!(!shown.contains(&network.plan.to_string()), "only what fits is offered");
    let flex = network.plan.to_string();
    let added = owner.post(&format!("{page}/items"), &[("of", &flex)]).await;
    assert!(added.status == 422 && added.text.contains(SAYS));
    let new = owner
        .get(&format!("/admin/subscriptions/new?location={hudson}"))
        .await
        .text;
    assert!(new.contains(&loft.to_string()) && !new.contains(&flex));
    let hudson = hudson.to_string();
    let fields = [
        ("location", hudson.as_str()),
        ("person", "mia@harbor.example"),
        ("starts_on", "2026-03-01"),
        ("plan", &flex),
        ("reach", "everyone"),
    ];
    let refused = owner.post("/admin/subscriptions", &fields).await;
    assert!(refused.status == 422 && refused.text.contains(SAYS));
}

#[tokio::test]
async fn a_line_from_before_this_rule_can_still_be_given_its_own_groups() {
    let (house, network) = House::furnished().await;
    let program = Program::new(&house, &network.token);
    let act = house.act(network.id);
    let mut tx = house.store.write().await.unwrap();
    let hudson = location(&mut tx, &act, "Hudson Loft").await;
    let new = store::subscription::NewSubscription {
        location: hudson,
        of: Subscriber::Person(network.person),
        starts_on: "2026-03-01".parse().unwrap(),
        ends_on: None,
        items: vec![store::subscription::NewItem {
            of: ItemOf::Plan(network.plan),
            access: ItemAccess::Inherited,
            reach: Reach::Everyone,
        }],
    };
    let old = store::subscription::create(&mut tx, &act, &new).await.unwrap();
    let item = store::subscription::read(&mut tx, network.id, old).await.unwrap().items[0].id;
    tx.commit().await.unwrap();
    let at = format!("/api/v1/subscriptions/{old}/items/{item}");
    let own = json!({ "plan": network.plan, "groups": [network.group] });
    assert_eq!(program.ask(Method::PUT, &at, Some(&own), None).await.status, 200);
}
