//! Connecting, looking at, remapping and leaving a door system.

use crate::world::World;

#[tokio::test]
async fn the_wizard_keeps_what_was_typed_but_no_secret_and_stores_nothing_before_it_works() {
    let world = World::open().await;
    let ines = world.ines().await;
    let href = format!("/admin/integrations/connect/{}/gatekeeper", world.alfama);
    ines.get("/admin/integrations").await.must_say("Not connected");
    ines.get(&href).await.must_not_say("One-time code");

    let typed = |password: &'static str, code: &'static str| {
        [
            ("domain", "alfama"),
            ("email", "owner@x.example"),
            ("password", password),
            ("code", code),
        ]
    };
    let wrong = ines.post(&href, &typed("wrong", "")).await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("Gatekeeper says that the e-mail address or the password is wrong.");
    assert!(wrong.body.contains("value=\"owner@x.example\"") && !wrong.body.contains("value=\"wrong\""));

    let code = ines.post(&href, &typed("right", "")).await;
    code.must_say("Type the code from the mail.");
    code.must_say("One-time code");
    assert!(!code.body.contains("value=\"right\""));
    ines.post(&href, &typed("right", "000000"))
        .await
        .must_say("did not take this one-time code");
    ines.get("/admin/integrations").await.must_say("Not connected");

    let works = ines.post(&href, &typed("right", "123456")).await;
    assert_eq!(works.status, 303);
    let choices = works.to().to_owned();
    let page = ines.get(&choices).await;
    page.must_say("Old town");
    page.must_say("The account may not read events.");
    page.must_not_say("works with it, too");
    world.pier_works_with("8").await;
    ines.get(&choices).await.must_say("Pier 3 works with it, too.");
    let bad = ines.post(&choices, &[("site", "99"), ("visibility", "members")]).await;
    assert_eq!(bad.status, 422);
    let chosen = ines.post(&choices, &[("site", "8"), ("visibility", "public")]).await;
    let shown = ines.get(chosen.to()).await;
    shown.must_say("River side");
    shown.must_say("Shown to everybody who may open a door");
    shown.must_say("Groups and doors are being read");
}

#[tokio::test]
async fn seats_stand_as_figures_and_what_to_do_when_they_run_out() {
    let world = World::open().await;
    let ines = world.ines().await;
    let href = format!("/admin/integrations/{}", world.integration);
    ines.get(&href).await.must_not_say("Seats");
    world.seats(50, 50).await;
    let full = ines.get(&href).await;
    full.must_say("50 of 50 taken at the last full reading");
    full.must_say("All 50 seats at the vendor are taken.");
    full.must_say("Nobody new gets in until seats are bought");
    ines.get("/admin")
        .await
        .must_say("All 50 seats at the vendor are taken.");
}

#[tokio::test]
async fn a_group_that_is_gone_is_replaced_everywhere_at_once() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    world.subscribe(ana).await;
    world.vendor_shows(&["Room Lagoon", "Everybody"]).await;
    let href = format!("/admin/integrations/{}", world.integration);
    let page = ines.get(&href).await;
    page.must_say("Deleted at the vendor; it opens nothing.");
    page.must_say("used in 1 place");
    ines.get("/admin/plans").await.must_say("1 group gone");

    let mut tx = world.store.read().await.unwrap();
    let groups = store::group::list(&mut tx, world.network, world.integration)
        .await
        .unwrap();
    drop(tx);
    let by = groups
        .iter()
        .find(|group| group.name == "Everybody")
        .unwrap()
        .id
        .to_string();
    let replace = format!("{href}/groups/{}/replace", world.members);
    ines.get(&replace).await.must_say("Flex desk");
    assert_eq!(ines.post(&replace, &[("by", "")]).await.status, 422);
    let done = ines.post_and_follow(&replace, &[("by", &by)]).await;
    done.must_say("Replaced in 1 place.");
    done.must_say("1 person gains Front door.");
    ines.get("/admin/plans").await.must_say("Everybody");
}

#[tokio::test]
async fn comparing_wakes_the_worker_and_disconnecting_asks_what_becomes_of_it() {
    let world = World::open().await;
    let ines = world.ines().await;
    let href = format!("/admin/integrations/{}", world.integration);
    assert_eq!(ines.press(&format!("{href}/compare")).await.status, 303);
    let mut tx = world.store.read().await.unwrap();
    let waiting = store::wakeup::waiting(&mut tx, world.network).await.unwrap();
    assert!(
        waiting
            .iter()
            .any(|one| one.integration == world.integration && one.person.is_none())
    );
    drop(tx);

    let page = ines.get(&format!("{href}/disconnect")).await;
    page.must_say("Open-ended access ends within 14 days.");
    page.must_say("0 people hold 0 grants there that we made");
    page.must_say("Take away all that we made");
    let left = ines
        .post_and_follow(&format!("{href}/disconnect"), &[("with", "leave")])
        .await;
    left.must_say("Being left");
    ines.get("/admin/integrations").await.must_say("Being left");
}
