//! Scenes of the digital key (P-32): each state and each refusal is its own screen with a way on.

use access::Instant;
use access::facts::{IntegrationState, MembershipKind, PersonState, Visibility};
use access::id::PersonId;
use access::vendor::{KeyAct, KeyRefusal, KeySeen, Secret};
use serde_json::{Value, json};

use crate::actor::{Actor, Answer, cookie, read};
use crate::world::{World, at};

/// The journey's page, or one of its addresses.
fn path(world: &World, below: &str) -> String {
    format!("/portal/key/{}{below}", world.integration)
}

/// The screen that is shown: the only one that is not hidden.
#[track_caller]
fn shown(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let all = page
        .body
        .split("<section class=\"card key-screen\" data-screen=\"")
        .skip(1);
    let mut open = all.filter(|screen| !screen.split('>').next().unwrap().contains(" hidden"));
    let name = open.next().expect("one screen is shown").split('"').next().unwrap();
    assert!(open.next().is_none(), "only one screen is shown");
    name.to_owned()
}

/// The screen of this name, as HTML.
#[track_caller]
fn screen<'p>(page: &'p Answer, name: &str) -> &'p str {
    let start = format!("data-screen=\"{name}\"");
    let from = page
        .body
        .find(&start)
        .unwrap_or_else(|| panic!("there is a screen {name}"));
    let rest = &page.body[from..];
    &rest[..rest.find("</section>").unwrap()]
}

/// A member with the Flex desk plan since yesterday, and their browser.
async fn ana(world: &World) -> (PersonId, Actor) {
    let (person, actor) = world.member("Ana").await;
    world.subscribe(person, "2026-03-01", None).await;
    (person, actor)
}

fn answers(world: &World, seen: KeySeen) {
    *world.key_answer.lock().unwrap() = seen;
}

/// Sends the browser off; what the vendor will hand back, and the cookie of the trip.
async fn set_out(world: &World, actor: &Actor) -> (String, String) {
    answers(
        world,
        KeySeen::Go {
            url: "https://login.acme.example/authorize?x=1".into(),
        },
    );
    let page = actor.post(&path(world, "/begin"), &[]).await;
    assert_eq!(page.status, 200);
    let trip = cookie(&page.headers, "vestibule_key_trip").expect("the trip is kept in this browser");
    let acts = world.key_acts.lock().unwrap();
    let Some((_, KeyAct::Begin { state, .. })) = acts.last() else {
        panic!("the vendor's page was asked for");
    };
    (state.clone(), format!("vestibule_key_trip={trip}"))
}

/// Looks at a page with one more cookie.
async fn look_with(actor: &Actor, path: &str, more: &str) -> Answer {
    let request = actor.client.get(format!("{}{path}", actor.url));
    read(actor.known(request, Some(more.to_owned())).send().await.unwrap()).await
}

/// Sends JSON as our script does.
async fn post_json(actor: &Actor, path: &str, body: &Value) -> Answer {
    let page = actor.get("/access").await;
    let token = cookie(&page.headers, "vestibule_form").expect("a page gives the form token");
    let request = actor.client.post(format!("{}{path}", actor.url));
    let request = request
        .header("content-type", "application/json")
        .header("x-csrf-token", &token)
        .body(body.to_string());
    let known = actor.known(request, Some(format!("vestibule_form={token}")));
    read(known.send().await.unwrap()).await
}

fn phone() -> Value {
    json!({ "device": "7d2c-1", "device_name": "Ana's phone", "public_key": "MFkw" })
}

#[tokio::test]
async fn the_access_page_offers_it_from_thirty_minutes_before_the_first_booking() {
    let world = World::open_with_keys().await;
    let person = world.person("Noa", MembershipKind::Nonmember).await;
    let actor = world.sign_in(person).await;
    actor.get("/access").await.must_not_say("Get digital key");
    world.book(person, "2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z").await;
    world.at("2026-03-02T10:29:59Z");
    actor.get("/access").await.must_not_say("Get digital key");
    let page = actor.get(&path(&world, "")).await;
    assert_eq!(shown(&page), "not-yet");
    page.must_say("You can get it from today 11:30. Your booking of Room Lagoon");
    assert!(page.body.contains("data-again=\"2\""), "it looks again just after");
    world.at("2026-03-02T10:30:00Z");
    let access = actor.get("/access").await;
    access.must_say("Get digital key");
    access.must_say("Your phone opens the readers of Pier 3, in the installed app");
    assert!(access.body.contains(&path(&world, "")));
    assert_eq!(shown(&actor.get(&path(&world, "")).await), "checking");
    world.at("2026-03-02T12:30:00Z");
    let page = actor.get(&path(&world, "")).await;
    assert_eq!(shown(&page), "ended");
    page.must_say("It ended today 13:30");
    assert!(screen(&page, "ended").contains("href=\"/book\""));
    actor.get("/access").await.must_not_say("Get digital key");
}

#[tokio::test]
async fn a_vendor_without_digital_keys_and_an_account_hidden_from_them_say_nothing_of_one() {
    let plain = World::open().await;
    let (_, actor) = ana(&plain).await;
    actor.get("/access").await.must_not_say("digital key");
    assert_eq!(shown(&actor.get("/portal/key").await), "none");

    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    actor.get("/access").await.must_say("Get digital key");
    world.set_visibility(Visibility::Administrators).await;
    actor.get("/access").await.must_not_say("Get digital key");
    let page = actor.get("/portal/key").await;
    assert_eq!(shown(&page), "none");
    page.must_say("There is no digital key for you here");
    assert_eq!(shown(&actor.get(&path(&world, "")).await), "none");
}

#[tokio::test]
async fn one_place_is_gone_to_at_once_and_nobody_sees_another_ones() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    let answer = actor.get("/portal/key").await;
    assert_eq!((answer.status, answer.to()), (303, &*path(&world, "")));
    let (_, stranger) = world.member("Stranger").await;
    assert_eq!(stranger.get(&path(&world, "")).await.status, 404);
    assert_eq!(
        stranger.get("/portal/key/int_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.status,
        404
    );
    assert_eq!(shown(&stranger.get("/portal/key").await), "none");
}

#[tokio::test]
async fn the_page_holds_every_screen_of_the_journey_and_each_has_words_and_a_way_on() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    let page = actor.get(&path(&world, "")).await;
    assert_eq!(shown(&page), "checking");
    for (name, says, way) in [
        ("install", "lives in the installed app", "href=\"/access\""),
        ("no-shell", "own app from the app store", "href=\"/access\""),
        ("get", "Sign in at Acme Locks once as ana@x.example", "/begin\""),
        ("activating", "Activating digital key…", ""),
        ("renewing", "Renewing your digital key…", ""),
        ("unlock", "Unlock", "data-do=\"unlock\""),
        ("permission", "Bluetooth", ""),
        ("bluetooth-off", "Bluetooth is off", "data-do=\"unlock\""),
        ("bluetooth-denied", "may not use Bluetooth", "data-do=\"unlock\""),
        ("ready", "Tap your phone on the lock reader.", "data-do=\"rest\""),
        ("sent", "Try opening the door.", "data-do=\"rest\""),
        ("red", "Red light.", "data-do=\"unlock\""),
        ("silent", "No lock answered", "data-do=\"unlock\""),
        ("unknown", "Nobody can say what the lock did", "data-do=\"unlock\""),
        ("phone", "key store did not answer", "data-do=\"start\""),
        ("offline", "There is no connection", "data-do=\"start\""),
        ("consent-refused", "You did not allow it", "/begin\""),
        ("sent-back", "sent you back without a key", "/begin\""),
    ] {
        let html = screen(&page, name);
        assert!(html.contains(says) && html.contains(way), "{name}: {html}");
    }
    for why in KeyRefusal::ALL {
        let word = serde_json::to_value(why).unwrap();
        let html = screen(&page, &format!("refused-{}", word.as_str().unwrap()));
        let ways = html.contains("data-do=\"start\"") || html.contains("/begin\"") || html.contains("href=\"/access\"");
        assert!(ways, "{why:?}: {html}");
    }
    // Scripts are our own files, and nothing in the page needs more than the policy allows.
    assert!(page.body.contains("src=\"/assets/key.js?v="));
    assert!(!page.body.contains("onclick") && !page.body.contains("style="));
    let script = actor.get("/assets/key.js").await;
    assert_eq!(
        (script.status, script.headers["content-type"].to_str().unwrap()),
        (200, "text/javascript; charset=utf-8")
    );
}

#[tokio::test]
async fn the_way_to_the_vendor_is_a_link_with_a_sealed_trip() {
    let world = World::open_with_keys().await;
    let (person, actor) = ana(&world).await;
    let (state, trip) = set_out(&world, &actor).await;
    let page = actor.post(&path(&world, "/begin"), &[]).await;
    page.must_say("Acme Locks asks you to sign in and to allow it.");
    assert!(
        page.body
            .contains("data-go href=\"https://login.acme.example/authorize?x=1\""),
        "{}",
        page.body
    );
    assert!(!trip.contains(&state), "what travels in the browser is sealed");
    let acts = world.key_acts.lock().unwrap();
    let (owner, KeyAct::Begin { back, state, verifier }) = &acts[0] else {
        panic!("begun");
    };
    assert_eq!(
        (owner.person, owner.integration, owner.network),
        (person, world.integration, world.network)
    );
    assert_eq!(*back, format!("{}/portal/key/linked", world.url));
    assert!(state.len() >= 32 && verifier.reveal().len() >= 43 && verifier.reveal() != *state);
}

#[tokio::test]
async fn who_comes_back_with_a_code_is_linked_and_goes_on_activating() {
    let world = World::open_with_keys().await;
    let (person, actor) = ana(&world).await;
    let (state, trip) = set_out(&world, &actor).await;
    answers(&world, KeySeen::Linked);
    let back = look_with(&actor, &format!("/portal/key/linked?code=C0DE&state={state}"), &trip).await;
    assert_eq!((back.status, back.to()), (303, &*path(&world, "")));
    assert_eq!(
        cookie(&back.headers, "vestibule_key_trip").as_deref(),
        Some(""),
        "the trip is over"
    );
    {
        let acts = world.key_acts.lock().unwrap();
        let (owner, KeyAct::Link { code, verifier, .. }) = acts.last().unwrap() else {
            panic!("linked");
        };
        let (_, KeyAct::Begin { verifier: first, .. }) = &acts[acts.len() - 2] else {
            panic!("begun before");
        };
        assert_eq!((owner.person, code.reveal()), (person, "C0DE"));
        assert_eq!(verifier.reveal(), first.reveal());
    }
    // What the worker keeps is what the page goes by.
    assert!(!actor.get(&path(&world, "")).await.body.contains("data-linked"));
    world.keep_login(person).await;
    let page = actor.get(&path(&world, "")).await;
    assert!(page.body.contains("data-linked"));
    page.must_say("Remove this key");
    let access = actor.get("/access").await;
    access.must_say("Digital key");
    access.must_not_say("Get digital key");
}

#[tokio::test]
async fn consent_refused_and_other_errors_of_the_vendor_come_back_in_plain_words() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    for (query, name) in [
        ("error=access_denied", "consent-refused"),
        ("error=unauthorized_client", "sent-back"),
        ("", "sent-back"),
    ] {
        let (state, trip) = set_out(&world, &actor).await;
        let acts = world.key_acts.lock().unwrap().len();
        let back = look_with(&actor, &format!("/portal/key/linked?state={state}&{query}"), &trip).await;
        assert_eq!(
            (back.status, back.to()),
            (303, &*path(&world, &format!("?said={name}")))
        );
        assert_eq!(
            world.key_acts.lock().unwrap().len(),
            acts,
            "nothing was asked of the vendor"
        );
        let page = actor.get(back.to()).await;
        assert_eq!(shown(&page), name);
        assert!(screen(&page, name).contains("/begin\""));
    }
}

#[tokio::test]
async fn a_state_that_does_not_match_an_old_trip_and_another_persons_are_not_used() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    let (_, other) = ana_named(&world, "Ben").await;
    let (state, trip) = set_out(&world, &actor).await;
    let acts = world.key_acts.lock().unwrap().len();
    let right = format!("/portal/key/linked?code=C0DE&state={state}");
    let not_used = async |answer: Answer| {
        assert_eq!(answer.status, 409);
        answer.must_say("This sign-in is over");
        assert!(answer.body.contains("href=\"/portal/key\""), "a way on");
        assert_eq!(world.key_acts.lock().unwrap().len(), acts);
    };
    not_used(look_with(&actor, "/portal/key/linked?code=C0DE&state=another", &trip).await).await;
    not_used(look_with(&actor, "/portal/key/linked?code=C0DE", &trip).await).await;
    not_used(actor.get(&right).await).await;
    not_used(look_with(&actor, &right, "vestibule_key_trip=00ff").await).await;
    not_used(look_with(&other, &right, &trip).await).await;
    world.clock.set(world.clock.now().plus_s(15 * 60));
    not_used(look_with(&actor, &right, &trip).await).await;
}

async fn ana_named(world: &World, name: &str) -> (PersonId, Actor) {
    let (person, actor) = world.member(name).await;
    world.subscribe(person, "2026-03-01", None).await;
    (person, actor)
}

#[tokio::test]
async fn each_refusal_of_the_vendor_leads_to_its_own_screen_from_each_act() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    for why in KeyRefusal::ALL {
        let word = serde_json::to_value(why).unwrap();
        let word = word.as_str().unwrap();
        let here = path(&world, &format!("?said=refused-{word}"));
        let (state, trip) = set_out(&world, &actor).await;
        answers(&world, KeySeen::refused(why, "the vendor's own words"));
        let back = look_with(&actor, &format!("/portal/key/linked?code=C&state={state}"), &trip).await;
        assert_eq!((back.status, back.to()), (303, &*here), "{why:?}");
        let begun = actor.post(&path(&world, "/begin"), &[]).await;
        assert_eq!((begun.status, begun.to()), (303, &*here), "{why:?}");
        let page = actor.get(&here).await;
        assert_eq!(shown(&page), format!("refused-{word}"));
        page.must_not_say("the vendor's own words");
        let issued = post_json(&actor, &path(&world, "/issue"), &phone()).await;
        let answer: Value = serde_json::from_str(&issued.body).unwrap();
        assert_eq!((issued.status, answer), (200, json!({ "refused": word })), "{why:?}");
    }
}

#[tokio::test]
async fn a_phone_gets_its_key_once_and_no_cache_keeps_it() {
    let world = World::open_with_keys().await;
    let (person, actor) = ana(&world).await;
    let until: Instant = at("2026-04-01T00:00:00Z");
    answers(
        &world,
        KeySeen::Key {
            key_id: "k1".into(),
            data: Secret::new("sealed-for-the-phone"),
            until,
        },
    );
    let mut named = phone();
    named["device_name"] = "  Ana's\u{7} phone ".into();
    let issued = post_json(&actor, &path(&world, "/issue"), &named).await;
    assert_eq!(issued.headers["cache-control"], "no-store");
    let answer: Value = serde_json::from_str(&issued.body).unwrap();
    let key = json!({ "id": "k1", "key": "sealed-for-the-phone", "until": "2026-04-01T00:00:00Z" });
    assert_eq!(answer, json!({ "key": key }));
    let acts = world.key_acts.lock().unwrap();
    let (
        owner,
        KeyAct::Issue {
            device, device_name, ..
        },
    ) = acts.last().unwrap()
    else {
        panic!("issued");
    };
    assert_eq!(
        (owner.person, &**device, &**device_name),
        (person, "7d2c-1", "Ana's phone")
    );
}

#[tokio::test]
async fn a_phone_that_says_nonsense_and_a_page_that_is_not_ours_reach_no_vendor() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    for device in ["", "a b", "x'; --", &"x".repeat(65)] {
        let mut odd = phone();
        odd["device"] = device.into();
        assert_eq!(
            post_json(&actor, &path(&world, "/issue"), &odd).await.status,
            422,
            "{device}"
        );
    }
    let mut long = phone();
    long["public_key"] = "M".repeat(401).into();
    let answer = post_json(&actor, &path(&world, "/issue"), &long).await;
    assert!(answer.body.contains("phone_key"), "{}", answer.body);
    assert!(actor.post(&path(&world, "/issue"), &[]).await.status >= 400);
    assert!(world.key_acts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_red_light_is_explained_by_what_opens_now_and_what_comes() {
    let world = World::open_with_keys().await;
    let (_, actor) = ana(&world).await;
    let why = async |actor: &Actor| -> String {
        let answer = actor.get(&path(&world, "/why")).await;
        let said: Value = serde_json::from_str(&answer.body).unwrap();
        said["says"].as_str().unwrap().to_owned()
    };
    let said = why(&actor).await;
    assert!(
        said.starts_with("These open for you now: Front door. Others stay shut."),
        "{said}"
    );
    assert!(
        said.contains("on its way to the doors"),
        "nothing was acknowledged yet: {said}"
    );

    let (person, booker) = world.member("Noa").await;
    world.book(person, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z").await;
    let said = why(&booker).await;
    assert!(said.contains("today 12:30") && said.contains("Room Lagoon"), "{said}");
    world.at("2026-03-02T14:00:00Z");
    let said = why(&booker).await;
    assert!(said.contains("It ended today 14:30"), "{said}");
}

#[tokio::test]
async fn a_key_can_be_removed_even_when_none_is_offered_any_more() {
    let world = World::open_with_keys().await;
    let (person, actor) = ana(&world).await;
    world.keep_login(person).await;
    world.set_visibility(Visibility::Administrators).await;
    answers(&world, KeySeen::Unlinked);
    let page = actor.post_and_follow(&path(&world, "/unlink"), &[]).await;
    page.must_say("Your sign-in is forgotten. The key on this phone is renewed no more.");
    assert!(matches!(
        world.key_acts.lock().unwrap().last(),
        Some((_, KeyAct::Unlink))
    ));
}

#[tokio::test]
async fn whoever_is_suspended_gets_none_and_an_account_that_needs_a_sign_in_still_says_why() {
    let world = World::open_with_keys().await;
    let (person, actor) = ana(&world).await;
    world.set_state(IntegrationState::NeedsSignIn).await;
    assert_eq!(shown(&actor.get(&path(&world, "")).await), "checking");
    world.suspend(person, PersonState::Suspended).await;
    let actor = world.sign_in(person).await;
    let begun = actor.post(&path(&world, "/begin"), &[]).await;
    assert_eq!(begun.status, 403);
    assert_eq!(post_json(&actor, &path(&world, "/issue"), &phone()).await.status, 403);
    assert!(world.key_acts.lock().unwrap().is_empty());
}
