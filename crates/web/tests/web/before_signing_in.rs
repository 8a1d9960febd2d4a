//! What a page says before anybody has signed in, and where a link of the terminal leads.

use store::account;

use crate::house::House;

#[tokio::test]
async fn the_only_network_is_named_and_coloured_and_several_keep_to_themselves() {
    let (house, network) = House::furnished().await;
    let mut tx = house.store.write().await.unwrap();
    let details = store::network::Details {
        name: "Harbor Works".into(),
        accent: "plum".into(),
    };
    store::network::change(&mut tx, &house.act(network.id), &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for path in [
        "/sign-in",
        "/sign-in/password",
        "/sign-in/code?email=a@b.example",
        "/nowhere",
    ] {
        let text = house.browser().get(path).await.text;
        assert!(
            text.contains("data-accent=\"plum\"") && text.contains("<span>Harbor Works</span>"),
            "{path}"
        );
    }
    house.network("Other House", "other.example").await;
    let text = house.browser().get("/sign-in").await.text;
    assert!(text.contains("<span>Vestibule</span>") && !text.contains("Harbor Works"));
}

#[tokio::test]
async fn too_many_tries_leave_the_form_as_it_was_typed() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    let mut last = browser.post("/sign-in", &[("email", "a@b.example")]).await;
    for _ in 0..42 {
        last = browser
            .post("/sign-in", &[("email", "mia@harbor.example"), ("next", "/bookings")])
            .await;
    }
    assert_eq!(last.status, 429);
    assert_eq!(last.headers["retry-after"], "900");
    assert!(last.text.contains("Too many tries. Wait 15 minutes and try again."));
    assert!(last.text.contains("value=\"mia@harbor.example\"") && last.text.contains("value=\"/bookings\""));
    let code = [("email", "mia@harbor.example"), ("code", "123456")];
    let last = browser.post("/sign-in/code", &code).await;
    assert!(last.status == 429 && last.text.contains("value=\"123456\""));
}

#[tokio::test]
async fn a_reset_link_signs_staff_in_once_and_leads_to_a_new_password() {
    let (house, network) = House::furnished().await;
    let now = house.clock.now();
    let mut tx = house.store.write().await.unwrap();
    account::reset(&mut tx, &house.act(network.id), network.owner)
        .await
        .unwrap();
    let made = store::sign_in::create(&mut tx, network.id, "olga@harbor.example", now, now.plus_minutes(30)).await;
    let token = made.unwrap().link.reveal().to_owned();
    tx.commit().await.unwrap();
    let mut browser = house.browser();
    let page = browser
        .get(&format!("/sign-in/link?token={token}&next=/account/password"))
        .await;
    assert!(page.text.contains("value=\"/account/password\""));
    let link = [("token", token.as_str()), ("next", "/account/password")];
    assert_eq!(browser.post("/sign-in/link", &link).await.to(), "/account/password");
    assert_eq!(browser.get("/account/password").await.status, 200);
    let new = [
        ("password", "four words in a row"),
        ("password_again", "four words in a row"),
    ];
    assert_eq!(browser.post("/account/password", &new).await.status, 303);
    assert_eq!(house.browser().post("/sign-in/link", &link).await.status, 404);
    let typed = [("email", "olga@harbor.example"), ("password", "four words in a row")];
    assert_eq!(house.browser().post("/sign-in/password", &typed).await.to(), "/admin");
}
