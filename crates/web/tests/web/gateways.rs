//! Activating a gateway (P-32): a PIN is asked for, a wrong or old one is said, and only a vendor that has gateways has the page.

use crate::browser::Browser;
use crate::house::{House, Network};

/// The owner at the gateways of the vendor that has some, connected by consent.
async fn opened() -> (House, Network, Browser, String) {
    let (house, network) = House::furnished().await;
    let mut owner = house.browser_of(network.id, network.owner).await;
    let wizard = format!("/admin/integrations/connect/{}/away", network.location);
    let typed = [("client_id", "spaces"), ("client_secret", "s e cret")];
    let away = owner.post(&wizard, &typed).await.text;
    let state = away.split("state=").nth(1).expect("a link leads away");
    let state = state.split('"').next().expect("it ends").to_owned();
    let there = owner
        .get(&format!("/admin/integrations/consent?state={state}&code=good"))
        .await;
    let page = there.to().replace("/choices", "/gateways");
    (house, network, owner, page)
}

#[tokio::test]
async fn a_pin_that_fits_makes_it_ready_and_one_that_does_not_is_asked_for_again() {
    let (_house, _network, mut owner, page) = opened().await;
    let shown = owner.get(&page).await.text;
    assert!(
        shown.contains("Loft hub") && shown.contains("PIN from the mail"),
        "{shown}"
    );

    let wrong = owner
        .post(&page, &[("gateway", "g1"), ("do", "finish"), ("pin", "5 173")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("not the PIN that was sent last, or it is too old"),
        "{}",
        wrong.text
    );
    assert!(
        !wrong.text.contains("5 173") && !wrong.text.contains("5173"),
        "a PIN is not shown again"
    );

    let none = owner
        .post(&page, &[("gateway", "g1"), ("do", "finish"), ("pin", " ")])
        .await;
    assert_eq!(none.status, 422);

    let down = owner
        .post(&page, &[("gateway", "g1"), ("do", "finish"), ("pin", "9999")])
        .await;
    assert!(
        down.text.contains("The vendor is not working at the moment"),
        "{}",
        down.text
    );

    let right = owner
        .post(&page, &[("gateway", "g1"), ("do", "finish"), ("pin", "48 21")])
        .await;
    assert_eq!((right.status, right.to()), (303, page.as_str()));
    let shown = owner.get(&page).await.text;
    assert!(
        shown.contains("Loft hub is ready: its doors open from our pages"),
        "{shown}"
    );

    let begun = owner.post(&page, &[("gateway", "g1"), ("do", "begin")]).await;
    assert_eq!(begun.status, 303);
    assert!(
        owner
            .get(&page)
            .await
            .text
            .contains("Faraway Locks mailed a PIN for Loft hub")
    );
}

#[tokio::test]
async fn a_vendor_without_gateways_has_no_such_page() {
    let (house, network) = House::furnished().await;
    let mut owner = house.browser_of(network.id, network.owner).await;
    let page = format!("/admin/integrations/{}/gateways", network.integration);
    assert_eq!(owner.get(&page).await.status, 404);
    let overview = owner.get(&format!("/admin/integrations/{}", network.integration)).await;
    assert!(!overview.text.contains("/gateways"));
}
