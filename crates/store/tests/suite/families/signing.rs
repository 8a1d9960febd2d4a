//! Accounts, sessions, codes, tokens, kept answers, the audit log.

use access::facts::*;
use access::vendor::Secret;
use serde_json::json;
use store::record::Actor;
use store::*;

use crate::house::{House, START, read, write};

pub async fn accounts(store: &Store, house: &House) {
    let act = house.act(START.plus_s(8));
    let now = act.now;
    let mut tx = write(store).await;
    let details = account::Details {
        person: Some(house.people[3]),
        email: "owner@harbor.example".to_owned(),
        name: "Olga".to_owned(),
        role: account::Role::Owner,
        permissions: serde_json::Value::Null,
    };
    let id = account::create(&mut tx, &act, &details).await.unwrap();
    assert_eq!(
        account::create(&mut tx, &act, &details).await.unwrap_err().kind,
        Kind::Conflict
    );
    account::set_password(&mut tx, &act, id, "hash").await.unwrap();
    assert_eq!(
        account::password_hash(&mut tx, house.network, id)
            .await
            .unwrap()
            .as_deref(),
        Some("hash")
    );
    account::set_totp(&mut tx, &act, id, Some(&Secret::new("totp")))
        .await
        .unwrap();
    assert_eq!(
        account::totp(&mut tx, house.network, id)
            .await
            .unwrap()
            .unwrap()
            .reveal(),
        "totp"
    );
    assert!(account::spend_totp_step(&mut tx, house.network, id, 5).await.unwrap());
    assert!(!account::spend_totp_step(&mut tx, house.network, id, 5).await.unwrap());
    account::note_failure(&mut tx, house.network, id, Some(now))
        .await
        .unwrap();
    assert_eq!(account::read(&mut tx, house.network, id).await.unwrap().failed, 1);
    account::note_success(&mut tx, house.network, id).await.unwrap();
    let kept = account::by_email(&mut tx, house.network, "OWNER@harbor.example")
        .await
        .unwrap()
        .unwrap();
    assert!(kept.has_password && kept.has_totp && kept.failed == 0);
    assert_eq!(
        account::by_person(&mut tx, house.network, house.people[3])
            .await
            .unwrap()
            .unwrap()
            .id,
        id
    );
    let everywhere = account::everywhere(&mut tx, "Owner@harbor.example").await.unwrap();
    assert_eq!((everywhere.len(), everywhere[0].0), (1, house.network));
    assert_eq!(account::staff(&mut tx, house.network).await.unwrap().len(), 1);

    let new = session::NewSession {
        account: id,
        ends_at: now.plus_s(1_000),
        device: "x".repeat(500),
        address: "::1".to_owned(),
    };
    let (one, token) = session::create(&mut tx, house.network, &new, now).await.unwrap();
    let idle = 60_000;
    let (kept, _) = session::by_token(&mut tx, &token, now, idle).await.unwrap().unwrap();
    assert_eq!((kept.id, kept.device.len()), (one, 200));
    assert!(
        session::by_token(&mut tx, &token, now.plus_s(60), idle)
            .await
            .unwrap()
            .is_none(),
        "idle"
    );
    session::note_seen(&mut tx, house.network, one, now.plus_s(59))
        .await
        .unwrap();
    assert!(
        session::by_token(&mut tx, &token, now.plus_s(60), idle)
            .await
            .unwrap()
            .is_some()
    );
    let fresh = session::note_fresh(&mut tx, house.network, one, now.plus_s(60))
        .await
        .unwrap();
    assert!(
        session::by_token(&mut tx, &token, now.plus_s(60), idle)
            .await
            .unwrap()
            .is_none(),
        "a new token replaces it"
    );
    assert!(
        session::by_token(&mut tx, &fresh, now.plus_s(1_000), i64::MAX / 2)
            .await
            .unwrap()
            .is_none(),
        "absolute end"
    );
    account::reset(&mut tx, &act, id).await.unwrap();
    let reset = account::read(&mut tx, house.network, id).await.unwrap();
    assert!(!reset.has_password && !reset.has_totp && reset.locked_until.is_none());
    assert!(
        session::list(&mut tx, house.network, id, now).await.unwrap().is_empty(),
        "signed out"
    );
    let (fresh_session, fresh) = session::create(&mut tx, house.network, &new, now).await.unwrap();
    assert_ne!(fresh_session, one);
    let (two, _) = session::create(&mut tx, house.network, &new, now).await.unwrap();
    session::end(&mut tx, house.network, two).await.unwrap();
    assert_eq!(session::list(&mut tx, house.network, id, now).await.unwrap().len(), 1);
    let state = PersonState::Suspended;
    person::set_state(&mut tx, &act, house.people[3], state).await.unwrap();
    assert!(
        session::by_token(&mut tx, &fresh, now.plus_s(60), idle)
            .await
            .unwrap()
            .is_none(),
        "suspended: signed out"
    );
    session::create(&mut tx, house.network, &new, now).await.unwrap();
    account::change(
        &mut tx,
        &act,
        id,
        &account::Details {
            role: account::Role::Administrator,
            ..details
        },
    )
    .await
    .unwrap();
    assert!(
        session::list(&mut tx, house.network, id, now).await.unwrap().is_empty(),
        "another role: signed out"
    );
    session::create(&mut tx, house.network, &new, now).await.unwrap();
    assert_eq!(session::tidy(&mut tx, now.plus_s(1_000)).await.unwrap(), 1);
    session::end_of_account(&mut tx, house.network, id).await.unwrap();

    let (token_id, secret) = api_token::create(&mut tx, &act, id, "CI", None).await.unwrap();
    api_token::note_used(&mut tx, house.network, token_id, now)
        .await
        .unwrap();
    assert_eq!(
        api_token::by_secret(&mut tx, &secret, now)
            .await
            .unwrap()
            .unwrap()
            .0
            .used_at,
        Some(now)
    );
    assert_eq!(api_token::list(&mut tx, house.network).await.unwrap().len(), 1);
    api_token::end(&mut tx, &act, token_id).await.unwrap();
    assert!(api_token::by_secret(&mut tx, &secret, now).await.unwrap().is_none());
    let (_, secret) = api_token::create(&mut tx, &act, id, "CI", Some(now.plus_s(5)))
        .await
        .unwrap();
    assert!(
        api_token::by_secret(&mut tx, &secret, now.plus_s(5))
            .await
            .unwrap()
            .is_none()
    );
    account::end(&mut tx, &act, id).await.unwrap();
    assert!(api_token::by_secret(&mut tx, &secret, now).await.unwrap().is_none());
    assert!(
        account::by_email(&mut tx, house.network, "owner@harbor.example")
            .await
            .unwrap()
            .is_none()
    );

    let email = "Ada1@harbor.example";
    let sent = sign_in::create(&mut tx, house.network, email, now, now.plus_s(600))
        .await
        .unwrap();
    let code = Secret::new(sent.code.as_str());
    let wrong = Secret::new(if sent.code == "000000" { "000001" } else { "000000" });
    assert!(
        !sign_in::spend_code(&mut tx, house.network, email, &wrong, now)
            .await
            .unwrap()
    );
    assert!(
        !sign_in::spend_code(&mut tx, house.network, email, &code, now.plus_s(600))
            .await
            .unwrap(),
        "over"
    );
    assert!(
        sign_in::spend_code(&mut tx, house.network, "ada1@HARBOR.example", &code, now)
            .await
            .unwrap()
    );
    assert!(
        !sign_in::spend_code(&mut tx, house.network, email, &code, now)
            .await
            .unwrap(),
        "once"
    );
    let sent = sign_in::create(&mut tx, house.network, email, now, now.plus_s(600))
        .await
        .unwrap();
    for _ in 0..5 {
        assert!(
            !sign_in::spend_code(&mut tx, house.network, email, &Secret::new("wrong"), now)
                .await
                .unwrap()
        );
    }
    assert!(
        !sign_in::spend_code(&mut tx, house.network, email, &Secret::new(sent.code.as_str()), now)
            .await
            .unwrap()
    );
    let whose = sign_in::spend_link(&mut tx, &sent.link, now).await.unwrap();
    assert_eq!(whose, Some((house.network, "ada1@harbor.example".to_owned())));
    assert!(sign_in::spend_link(&mut tx, &sent.link, now).await.unwrap().is_none());
    for count in 1..4 {
        assert_eq!(
            sign_in::count_attempt(&mut tx, house.network, "::1", now, 1_000)
                .await
                .unwrap(),
            count
        );
    }
    assert_eq!(
        sign_in::count_attempt(&mut tx, house.network, "::1", now.plus_s(2), 1_000)
            .await
            .unwrap(),
        1
    );
    sign_in::forget_attempts(&mut tx, house.network, "::1").await.unwrap();
    sign_in::tidy(&mut tx, now.plus_s(9_999), now).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn answers_and_audit(store: &Store, house: &House, other: &House) {
    let act = record::Act::new(house.network, START.plus_s(9), Actor::Worker).because("a test");
    let mut tx = write(store).await;
    let answer = idempotency::Answer {
        status: 201,
        body: "{}".to_owned(),
    };
    assert!(
        idempotency::find(&mut tx, house.network, "k", "h")
            .await
            .unwrap()
            .is_none()
    );
    idempotency::keep(&mut tx, house.network, "k", "h", &answer, act.now)
        .await
        .unwrap();
    assert_eq!(
        idempotency::find(&mut tx, house.network, "k", "h").await.unwrap(),
        Some(answer.clone())
    );
    assert_eq!(
        idempotency::find(&mut tx, house.network, "k", "other")
            .await
            .unwrap_err()
            .kind,
        Kind::Conflict
    );
    assert_eq!(
        idempotency::keep(&mut tx, house.network, "k", "h", &answer, act.now)
            .await
            .unwrap_err()
            .kind,
        Kind::Busy
    );
    assert_eq!(idempotency::tidy(&mut tx, act.now.plus_s(1)).await.unwrap(), 1);
    let door = "doo_1";
    audit::note(
        &mut tx,
        &act,
        "door.opened",
        "door",
        door,
        Some(house.people[0]),
        &json!({"ok": true}),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(store).await;
    let filter = audit::Filter {
        object: Some(door.to_owned()),
        ..Default::default()
    };
    let line = audit::list(&mut tx, house.network, &filter, &Page::default())
        .await
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(
        (line.actor.as_str(), line.cause.as_deref(), line.person),
        ("worker", Some("a test"), Some(house.people[0]))
    );
    let moved = audit::Filter {
        action: Some("booking.m".to_owned()),
        actor: Some("setup".to_owned()),
        ..Default::default()
    };
    let line = audit::list(&mut tx, house.network, &moved, &Page::default())
        .await
        .unwrap()
        .rows
        .remove(0);
    assert!(
        line.before.is_some() && line.after.is_some() && line.before != line.after,
        "both images are kept"
    );
    assert!(
        audit::list(&mut tx, other.network, &moved, &Page::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}
