//! Two locations at two accounts of one vendor, and a plan whose groups lie at both; a location at two vendors at once.

use access::id::*;
use serde_json::json;
use simulators::tapkey::{Role, TapkeySim};
use suite::House;
use suite::house::twin::{Twin, Vendor};

/// Tapkey's simulator of a house.
fn tapkey(house: &House) -> &TapkeySim {
    let Twin::Tapkey { sim, .. } = &house.twin else {
        panic!("the house is at Tapkey");
    };
    sim
}

/// A second location, at an account of its own there, with one door.
async fn pier_4(house: &House) -> (LocationId, IntegrationId) {
    let sim = tapkey(house);
    let owner = sim.add_owner("Pier 4", "owner@pier-4.example");
    let service = sim.add_service_client("vestibule-4", "another secret");
    sim.add_admin(&owner, &service, Role::Admin);
    sim.add_lock(&owner, "Gate");
    let place = json!({ "name": "Pier 4", "address": "4 Pier Road", "zone": "Europe/Lisbon" });
    let location: LocationId = house.make("/api/v1/locations", place).await;
    let fields = json!({ "client_id": "vestibule-4", "client_secret": "another secret", "service_account": "yes" });
    let account = json!({ "location": location, "vendor": "tapkey", "fields": fields, "site": owner });
    (location, house.make("/api/v1/integrations", account).await)
}

async fn groups(house: &House, integration: IntegrationId, names: &[&str]) -> Vec<AccessGroupId> {
    let mut tx = house.store().read().await.expect("the database answers");
    let known = store::group::list(&mut tx, house.network, integration).await;
    let known = known.expect("groups were read");
    let named = known.into_iter().filter(|group| names.contains(&&*group.name));
    named.map(|group| group.id).collect()
}

#[tokio::test]
async fn one_plan_opens_doors_at_two_accounts_of_one_vendor_and_leaves_both() {
    let house = House::open_at(Vendor::Tapkey).await;
    let (_, other) = pier_4(&house).await;
    let mut both = groups(&house, house.integration, &["Front door"]).await;
    both.extend(groups(&house, other, &["Gate"]).await);
    assert_eq!(both.len(), 2, "each account has its own doors, and no others");
    let plan = json!({ "location": house.location, "name": "Both piers", "price_cents": 100, "groups": both });
    let _plan: PlanId = house.make("/api/v1/plans", plan).await;
    house.subscribe("Ada", "Both piers", "2026-03-10", None).await;
    assert!(house.may_open("Ada", "Front door") && house.may_open("Ada", "Gate"));

    let mut tx = house.store().read().await.expect("the database answers");
    let logins = store::vendor_login::list(&mut tx, house.network).await;
    assert_eq!(logins.expect("logins are listed").len(), 2);
    drop(tx);

    house.suspend("Ada").await;
    assert!(!house.may_open("Ada", "Front door") && !house.may_open("Ada", "Gate"));
}

#[tokio::test]
async fn a_second_account_of_the_vendor_at_the_same_location_is_refused_with_what_to_do() {
    let house = House::open_at(Vendor::Tapkey).await;
    let fields: std::collections::BTreeMap<_, _> = house.twin.account().into_iter().collect();
    let again = json!({ "location": house.location, "vendor": "tapkey", "fields": fields, "site": house.twin.site() });
    let (status, body) = house.ask("POST", "/api/v1/integrations", &again).await;
    assert_eq!(status, 409, "{body}");
}
