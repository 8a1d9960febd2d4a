//! Signing in and staying in.

use access::facts::PersonState;
use reqwest::Method;
use store::account::Role;

use crate::house::{House, PASSWORD, account};
use web::auth::permissions::Permissions;

/// The six digits in a mail.
fn code_in(mail: &str) -> String {
    mail.split_whitespace()
        .find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_member_signs_in_by_the_mailed_code_once() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/access").await.to(), "/sign-in?next=/access");
    let sent = browser
        .post("/sign-in", &[("email", "MIA@harbor.example"), ("next", "/access")])
        .await;
    assert_eq!(
        (sent.status, sent.to()),
        (303, "/sign-in/code?email=mia%40harbor.example&next=/access")
    );
    let code = code_in(&house.newest_mail("mia@harbor.example").await.unwrap());

    let wrong = browser
        .post("/sign-in/code", &[("email", "mia@harbor.example"), ("code", "000000")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("This code is wrong"));
    let before = browser.cookies.get("vestibule_session").cloned();
    let right = browser
        .post(
            "/sign-in/code",
            &[("email", "mia@harbor.example"), ("code", &code), ("next", "/access")],
        )
        .await;
    assert_eq!((right.status, right.to()), (303, "/access"));
    assert_ne!(browser.cookies.get("vestibule_session"), before.as_ref());
    assert_eq!(browser.get("/access").await.status, 200);

    let mut other = house.browser();
    let again = other
        .post("/sign-in/code", &[("email", "mia@harbor.example"), ("code", &code)])
        .await;
    assert_eq!(again.status, 422);
}

#[tokio::test]
async fn the_mailed_link_shows_a_button_and_signs_in_by_pressing_it() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    browser.post("/sign-in", &[("email", "mia@harbor.example")]).await;
    let mail = house.newest_mail("mia@harbor.example").await.unwrap();
    let link = mail
        .split_whitespace()
        .find(|word| word.contains("/sign-in/link?token="))
        .unwrap();
    let path = link.strip_prefix(&house.base).unwrap().to_owned();
    let shown = browser.get(&path).await;
    assert_eq!(shown.status, 200);
    assert!(!browser.cookies.contains_key("vestibule_session"));
    let token = path.split('=').next_back().unwrap();
    assert_eq!(browser.post("/sign-in/link", &[("token", token)]).await.to(), "/access");
    assert_eq!(
        house.browser().post("/sign-in/link", &[("token", token)]).await.status,
        404
    );
}

#[tokio::test]
async fn a_code_is_over_after_ten_minutes() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    browser.post("/sign-in", &[("email", "mia@harbor.example")]).await;
    let code = code_in(&house.newest_mail("mia@harbor.example").await.unwrap());
    house.clock.advance_s(601);
    let late = browser
        .post("/sign-in/code", &[("email", "mia@harbor.example"), ("code", &code)])
        .await;
    assert_eq!(late.status, 422);
}

#[tokio::test]
async fn nobody_learns_which_addresses_are_known() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    let known = browser.post("/sign-in", &[("email", "mia@harbor.example")]).await;
    let unknown = browser.post("/sign-in", &[("email", "zed@harbor.example")]).await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.to().replace("mia", "zed"), unknown.to());
    assert!(house.newest_mail("zed@harbor.example").await.is_none());
    let one = browser
        .post(
            "/sign-in/password",
            &[("email", "zed@harbor.example"), ("password", "x")],
        )
        .await;
    let two = browser
        .post(
            "/sign-in/password",
            &[("email", "olga@harbor.example"), ("password", "x")],
        )
        .await;
    assert_eq!((one.status, two.status), (422, 422));
    assert!(one.text.contains("is not right") && two.text.contains("is not right"));
}

#[tokio::test]
async fn wrong_passwords_cost_a_growing_wait() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    let right = [("email", "olga@harbor.example"), ("password", PASSWORD)];
    let wrong = [("email", "olga@harbor.example"), ("password", "not it")];
    for _ in 0..5 {
        assert_eq!(browser.post("/sign-in/password", &wrong).await.status, 422);
    }
    let locked = browser.post("/sign-in/password", &right).await;
    assert_eq!(locked.status, 429);
    assert!(locked.headers.contains_key("retry-after"));
    assert!(
        locked.text.contains("Too many tries. Wait 2 seconds"),
        "{}",
        locked.text
    );
    assert!(locked.text.contains("value=\"olga@harbor.example\"") && !locked.text.contains(PASSWORD));
    house.clock.advance_s(2);
    assert_eq!(browser.post("/sign-in/password", &wrong).await.status, 422);
    house.clock.advance_s(1);
    assert_eq!(browser.post("/sign-in/password", &right).await.status, 429);
    house.clock.advance_s(3);
    assert_eq!(browser.post("/sign-in/password", &right).await.to(), "/admin");
}

#[tokio::test]
async fn one_address_cannot_try_for_ever() {
    let (house, _) = House::furnished().await;
    let mut browser = house.browser();
    let mut last = 0;
    for i in 0..42 {
        let email = format!("guess{i}@harbor.example");
        last = browser.post("/sign-in", &[("email", &email)]).await.status;
    }
    assert_eq!(last, 429);
    house.clock.advance_s(16 * 60);
    assert_eq!(
        browser
            .post("/sign-in", &[("email", "mia@harbor.example")])
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn staff_with_an_authenticator_app_need_its_code_and_each_code_works_once() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.owner).await;
    let page = browser.get("/account/second-factor").await;
    let secret = page
        .text
        .split("name=\"secret\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(page.text.contains("<svg"));
    let code = || {
        let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        totp.generate(u64::try_from(house.clock.now().ms()).unwrap() / 1000)
            .to_string()
    };
    let bad = browser
        .post("/account/second-factor", &[("secret", &secret), ("code", "123")])
        .await;
    assert_eq!(bad.status, 422);
    let done = browser
        .post("/account/second-factor", &[("secret", &secret), ("code", &code())])
        .await;
    assert_eq!(done.to(), "/account/sessions");

    let mut other = house.browser();
    let mut sign_in = async |code: String| {
        let fields = [
            ("email", "olga@harbor.example"),
            ("password", PASSWORD),
            ("code", code.as_str()),
        ];
        other.post("/sign-in/password", &fields).await.status
    };
    assert_eq!(sign_in(String::new()).await, 422);
    assert_eq!(sign_in(code()).await, 422, "the code that set it up is spent");
    house.clock.advance_s(60);
    assert_eq!(sign_in(code()).await, 303);
    assert_eq!(sign_in(code()).await, 422, "and so is this one");

    let mut third = house.browser();
    third.post("/sign-in", &[("email", "olga@harbor.example")]).await;
    let mail = house.newest_mail("olga@harbor.example").await.unwrap();
    assert!(mail.contains("/sign-in/password") && !mail.contains("Your code for"));
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.owner).await;
    browser.get("/account/sessions").await;
    let token = browser.cookies["vestibule_form"].clone();
    let right = [("csrf", token.as_str())];
    let refused = [
        browser
            .send(Method::POST, "/account/sessions/end-others", &right, "cross-site")
            .await,
        browser
            .send(Method::POST, "/account/sessions/end-others", &right, "same-site")
            .await,
        browser
            .send(Method::POST, "/account/sessions/end-others", &[], "same-origin")
            .await,
        browser
            .send(
                Method::POST,
                "/account/sessions/end-others",
                &[("csrf", "0123456789abcdef0123456789abcdef")],
                "same-origin",
            )
            .await,
    ];
    for answer in refused {
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("This form"));
    }
    assert_eq!(
        browser
            .send(Method::POST, "/account/sessions/end-others", &right, "same-origin")
            .await
            .status,
        303
    );
    // A token without the cookie it belongs to is worth nothing.
    let mut thief = house.browser_of(network.id, network.owner).await;
    assert_eq!(
        thief
            .send(Method::POST, "/sign-out", &right, "same-origin")
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn sessions_are_listed_ended_and_end_by_themselves() {
    let (house, network) = House::furnished().await;
    let mut here = house.browser_of(network.id, network.owner).await;
    let mut there = house.browser_of(network.id, network.owner).await;
    assert!(here.get("/account/sessions").await.text.contains("(this one)"));
    here.post("/account/sessions/end-others", &[]).await;
    assert_eq!(
        there.get("/account/sessions").await.to(),
        "/sign-in?next=/account/sessions"
    );
    assert_eq!(here.get("/account/sessions").await.status, 200);
    house.clock.advance_s(12 * 3600 + 61);
    assert_eq!(
        here.get("/account/sessions").await.status,
        303,
        "staff idle for twelve hours are signed out"
    );

    let mut member = house.browser_of(network.id, network.member).await;
    assert_eq!(member.get("/account/sessions").await.status, 200);
    member.post("/sign-out", &[]).await;
    assert!(!member.cookies.contains_key("vestibule_session"));
    assert_eq!(member.get("/account/sessions").await.status, 303);
}

#[tokio::test]
async fn a_stolen_token_of_before_a_fresh_sign_in_is_worth_nothing() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.owner).await;
    let old = browser.cookies["vestibule_session"].clone();
    house.clock.advance_s(11 * 60);
    let asked = browser.get("/account/password").await;
    assert_eq!(asked.to(), "/sign-in/again?next=/account/password");
    let again = browser
        .post(
            "/sign-in/again",
            &[("password", PASSWORD), ("next", "/account/password")],
        )
        .await;
    assert_eq!(again.to(), "/account/password");
    assert_eq!(browser.get("/account/password").await.status, 200);
    let mut thief = house.browser();
    thief.cookies.insert("vestibule_session".into(), old);
    assert_eq!(thief.get("/account/sessions").await.status, 303);
}

#[tokio::test]
async fn a_new_password_signs_out_everywhere_else() {
    let (house, network) = House::furnished().await;
    let mut here = house.browser_of(network.id, network.owner).await;
    let mut there = house.browser_of(network.id, network.owner).await;
    let short = here
        .post(
            "/account/password",
            &[("password", "short"), ("password_again", "short")],
        )
        .await;
    assert_eq!(short.status, 422);
    assert!(!short.text.contains("value=\"short\""));
    let fields = [
        ("password", "a new one of words"),
        ("password_again", "a new one of words"),
    ];
    assert_eq!(here.post("/account/password", &fields).await.status, 303);
    assert_eq!(here.get("/account/sessions").await.status, 200);
    assert_eq!(there.get("/account/sessions").await.status, 303);
}

#[tokio::test]
async fn suspending_somebody_acts_with_their_next_request() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.member).await;
    assert_eq!(browser.get("/access").await.status, 200);
    let mut tx = house.store.write().await.unwrap();
    let act = house.act(network.id);
    store::person::set_state(&mut tx, &act, network.person, PersonState::Suspended)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(browser.get("/book").await.status, 303, "they are signed out");
    let mut again = house.browser_of(network.id, network.member).await;
    assert_eq!(again.get("/access").await.status, 200, "they may see why nothing opens");
    let room = format!("/book/{}", network.resource);
    assert_eq!(again.post(&room, &[]).await.status, 403, "and do nothing");
}

#[tokio::test]
async fn somebody_invited_becomes_active_by_signing_in() {
    let (house, network) = House::furnished().await;
    let mut tx = house.store.write().await.unwrap();
    let details = store::person::Details {
        name: "Ina Invited".into(),
        email: "ina@harbor.example".into(),
        phone: String::new(),
        cards: Vec::new(),
        state: PersonState::Invited,
    };
    let id = store::person::create(&mut tx, &house.act(network.id), &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut browser = house.browser();
    browser.post("/sign-in", &[("email", "ina@harbor.example")]).await;
    let code = code_in(&house.newest_mail("ina@harbor.example").await.unwrap());
    browser
        .post("/sign-in/code", &[("email", "ina@harbor.example"), ("code", &code)])
        .await;
    assert_eq!(browser.get("/access").await.status, 200);
    let mut tx = house.store.read().await.unwrap();
    let person = store::person::read(&mut tx, network.id, id).await.unwrap();
    assert_eq!(person.details.state, PersonState::Active);
}

#[tokio::test]
async fn an_old_address_opens_nothing_any_more_and_the_new_one_is_the_same_login() {
    let (house, network) = House::furnished().await;
    let mut tx = house.store.write().await.unwrap();
    let mut details = store::person::read(&mut tx, network.id, network.person)
        .await
        .unwrap()
        .details;
    details.email = "mia@new.example".into();
    store::person::change(&mut tx, &house.act(network.id), network.person, &details)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut browser = house.browser();
    browser.post("/sign-in", &[("email", "mia@harbor.example")]).await;
    assert!(house.newest_mail("mia@harbor.example").await.is_none());
    browser.post("/sign-in", &[("email", "mia@new.example")]).await;
    let code = code_in(&house.newest_mail("mia@new.example").await.unwrap());
    let right = browser
        .post("/sign-in/code", &[("email", "mia@new.example"), ("code", &code)])
        .await;
    assert_eq!(right.to(), "/access");
    let mut tx = house.store.read().await.unwrap();
    let login = store::account::by_person(&mut tx, network.id, network.person)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (login.id, login.details.email.as_str()),
        (network.member, "mia@new.example")
    );
}

#[tokio::test]
async fn a_mailed_link_never_leads_to_a_host_that_a_request_made_up() {
    let (house, _) = House::furnished().await;
    let form = "0123456789abcdef0123456789abcdef";
    let sent = house
        .client
        .post(format!("{}/sign-in", house.base))
        .header("host", "evil.example")
        .header("cookie", format!("vestibule_form={form}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("csrf={form}&email=mia%40harbor.example"))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status().as_u16(), 303);
    let mail = house.newest_mail("mia@harbor.example").await.unwrap();
    assert!(mail.contains(&house.base) && !mail.contains("evil.example"));
}

#[tokio::test]
async fn pages_carry_a_policy_and_no_page_is_kept() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.owner).await;
    let page = browser.get("/account/sessions").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(page.text.contains(&format!("nonce=\"{nonce}\"")));
    assert!(!policy.contains("unsafe"));
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let next = browser.get("/account/sessions").await;
    assert!(
        !next.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains(nonce)
    );
}

#[tokio::test]
async fn nothing_of_the_demo_exists_outside_it() {
    let (house, network) = House::furnished().await;
    let mut browser = house.browser_of(network.id, network.owner).await;
    assert_eq!(browser.get("/demo/sign-in?key=").await.status, 404);
    assert_eq!(browser.post("/demo/clock", &[("advance_s", "60")]).await.status, 404);
}

#[tokio::test]
async fn a_login_without_a_person_has_nothing_of_its_own() {
    let (house, network) = House::furnished().await;
    let mut tx = house.store.write().await.unwrap();
    let act = house.act(network.id);
    let permissions = crate::house::areas(&[access::may::Area::People]);
    let id = account(
        &mut tx,
        &act,
        None,
        "desk@harbor.example",
        Role::Administrator,
        permissions,
    )
    .await;
    let nobody = account(
        &mut tx,
        &act,
        None,
        "no@harbor.example",
        Role::Member,
        Permissions::default(),
    )
    .await;
    tx.commit().await.unwrap();
    assert_eq!(house.browser_of(network.id, id).await.get("/access").await.status, 403);
    assert_eq!(
        house.browser_of(network.id, nobody).await.get("/access").await.status,
        303
    );
}
