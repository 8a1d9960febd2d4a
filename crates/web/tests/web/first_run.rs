//! On an empty database: the business, its owner, its first location; once.

use crate::house::House;

const GOOD: [(&str, &str); 7] = [
    ("network", "Harbor Works"),
    ("name", "Olga Owner"),
    ("email", "Olga@Harbor.example"),
    ("password", "three words in a row"),
    ("password_again", "three words in a row"),
    ("location", "Pier 3"),
    ("zone", "Europe/Berlin"),
];

#[tokio::test]
async fn an_empty_house_is_set_up_once_and_its_owner_is_inside() {
    let house = House::empty().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/").await.to(), "/first-run");
    let page = browser.get("/first-run").await;
    assert!(page.text.contains("Europe/Berlin") && page.text.contains("Pacific/Auckland"));
    let done = browser.post("/first-run", &GOOD).await;
    assert_eq!((done.status, done.to()), (303, "/admin"));
    assert_eq!(browser.get("/account/sessions").await.status, 200);
    assert_eq!(house.browser().get("/first-run").await.to(), "/sign-in");
    assert_eq!(house.browser().post("/first-run", &GOOD).await.status, 409);
    let signed_in = house
        .browser()
        .post(
            "/sign-in/password",
            &[("email", "olga@harbor.example"), ("password", "three words in a row")],
        )
        .await;
    assert_eq!(signed_in.to(), "/admin");
}

#[tokio::test]
async fn every_fault_is_said_and_what_was_typed_is_kept_but_the_password() {
    let house = House::empty().await;
    let mut browser = house.browser();
    let bad = [
        ("network", "Harbor <Works>"),
        ("email", "olga"),
        ("password", "tiny-secret"),
        ("zone", "Mars/Olympus"),
    ];
    let page = browser.post("/first-run", &bad).await;
    assert_eq!(page.status, 422);
    for sentence in [
        "Write an e-mail address",
        "at least 12 characters",
        "Choose a time zone",
        "This is needed.",
    ] {
        assert!(page.text.contains(sentence), "{sentence}");
    }
    assert!(page.text.contains("Harbor &#60;Works&#62;") || page.text.contains("Harbor &lt;Works&gt;"));
    assert!(!page.text.contains("tiny-secret"));
    assert_eq!(browser.get("/").await.to(), "/first-run", "nothing was stored half");
}
