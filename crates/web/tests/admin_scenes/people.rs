//! People and companies.

use crate::world::World;

#[tokio::test]
async fn a_person_is_added_found_changed_and_everything_wrong_is_said_at_once() {
    let world = World::open().await;
    let ines = world.ines().await;
    let place = format!("at_{}", world.pier);

    let wrong = ines
        .post("/admin/people", &[("name", ""), ("email", "bo"), ("phone", "0123")])
        .await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("This is needed.");
    assert!(
        wrong.body.contains("value=\"bo\"") && wrong.body.contains("value=\"0123\""),
        "what was typed stays"
    );

    let fields = [
        ("name", "Bo Lind"),
        ("email", "Bo@x.example"),
        ("phone", ""),
        (place.as_str(), "member"),
    ];
    let page = ines.post_and_follow("/admin/people", &fields).await;
    page.must_say("Bo Lind is invited.");
    page.must_say("No door opens for them now");

    let twice = ines.post("/admin/people", &fields).await;
    assert_eq!(twice.status, 422);
    twice.must_say("Somebody here already has this address.");

    let found = ines.get("/admin/people?q=lind").await;
    found.must_say("Bo Lind");
    found.must_not_say("Nobody by these words");
    ines.get("/admin/people?q=nobody-like-this")
        .await
        .must_say("Nobody by these words");
    ines.get("/admin/people?sort=-name").await.must_say("Bo Lind");
}

#[tokio::test]
async fn suspending_says_what_is_lost_and_takes_it() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    world.subscribe(ana).await;
    let page = ines.get(&format!("/admin/people/{ana}")).await;
    page.must_say("May open 1 door now");
    page.must_say("They lose 1 door at once: Front door.");
    page.must_say("At Gatekeeper: Within a minute at doors that are online.");
    let after = ines.post_and_follow(&format!("/admin/people/{ana}/suspend"), &[]).await;
    after.must_say("Ana Ferreira is suspended.");
    after.must_say("No door opens for them now");
    ines.get(&format!("/admin/people/{ana}/audit"))
        .await
        .must_say("Person suspended");
    ines.post_and_follow(&format!("/admin/people/{ana}/reinstate"), &[])
        .await
        .must_say("May open 1 door now");
}

#[tokio::test]
async fn why_answers_with_the_chain_and_a_cure_also_for_the_past() {
    let world = World::open().await;
    let ines = world.ines().await;
    let (ana, bo) = (world.person("Ana Ferreira").await, world.person("Bo Lind").await);
    let subscription = world.subscribe(ana).await;
    let mut tx = world.store.read().await.unwrap();
    let doors = store::group::doors(&mut tx, world.network, world.integration)
        .await
        .unwrap();
    drop(tx);
    let front = doors.iter().find(|door| door.name == "Front door").unwrap().id;

    let no = ines.get(&format!("/admin/people/{bo}/why?door={front}")).await;
    no.must_say("May Bo Lind open Front door?");
    no.must_say("Nothing this person holds is assigned to a group with this door.");
    no.must_say("Give them a subscription");

    let yes = ines.get(&format!("/admin/people/{ana}/why?door={front}")).await;
    yes.must_say("By the plan Flex desk, in “Members”");
    yes.must_say("the vendor has not acknowledged it yet");

    // A little later it is cancelled; as it was known before, she was allowed.
    world.at("2026-03-02T10:33:00Z");
    ines.post_and_follow(&format!("/admin/subscriptions/{subscription}/cancel-now"), &[])
        .await;
    world.at("2026-03-02T10:38:00Z");
    let now = ines.get(&format!("/admin/people/{ana}/why?door={front}")).await;
    now.must_say("cancelled with effect from today 11:33");
    let asked = format!("/admin/people/{ana}/why?door={front}&on=2026-03-02&at=11:30");
    let then = ines.get(&format!("{asked}&known_then=yes")).await;
    then.must_say("today 11:30, as it was known then");
    then.must_not_say("cancelled");
    ines.get(&format!("/admin/people/{ana}/timeline?days=31"))
        .await
        .must_say("Members: Front door");
}

#[tokio::test]
async fn cards_say_which_vendor_knows_them_and_one_that_is_not_written_down_is_a_click_away() {
    let world = World::open().await;
    let ines = world.ines().await;
    let ana = world.person("Ana Ferreira").await;
    let page = format!("/admin/people/{ana}");
    ines.get(&page).await.must_not_say("Card");

    world.vendor_knows(ana, "02300417").await;
    let seen = ines.get(&page).await;
    seen.must_say("Gatekeeper · Pier 3");
    seen.must_say("Not written down here.");
    let form = ines.get(&format!("{page}/edit?card=02300417")).await;
    assert!(form.body.contains("02300417</textarea>"), "it is filled in");

    let fields = [
        ("name", "Ana Ferreira"),
        ("email", "ana.ferreira@x.example"),
        ("phone", ""),
        ("cards", "77\n02300417"),
    ];
    let saved = ines.post_and_follow(&format!("{page}/edit"), &fields).await;
    saved.must_say("02300417");
    saved.must_not_say("Not written down here.");
    let form = ines.get(&format!("{page}/edit?card=02300417")).await;
    assert!(form.body.contains("77\n02300417</textarea>"), "and never twice");
}

#[tokio::test]
async fn a_company_takes_people_in_and_lets_them_go() {
    let world = World::open().await;
    let ines = world.ines().await;
    let pier = world.pier.to_string();
    let made = ines
        .post("/admin/companies", &[("name", "Maré Studio"), ("location", &pier)])
        .await;
    let href = made.to().to_owned();
    let add = format!("{href}/people");

    let wrong = ines
        .post(
            &add,
            &[
                ("email", "kim@x.example"),
                ("joined_on", "2026-03-05"),
                ("left_on", "2026-03-01"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422);
    wrong.must_say("The last day lies before the first.");

    let fields = [
        ("email", "kim.vo@x.example"),
        ("name", "Kim Vo"),
        ("joined_on", "2026-03-01"),
        ("left_on", ""),
    ];
    let page = ines.post_and_follow(&add, &fields).await;
    page.must_say("Kim Vo");
    page.must_say("1 person today");
    let twice = ines.post(&add, &fields).await;
    assert_eq!(twice.status, 422);
    twice.must_say("They already belong to this company in that time.");

    let start = page.body.find(&format!("{href}/people/")).unwrap() + href.len() + "/people/".len();
    let belonging: String = page.body[start..].chars().take_while(|letter| *letter != '/').collect();
    let gone = ines
        .post_and_follow(&format!("{href}/people/{belonging}/remove"), &[])
        .await;
    gone.must_say("0 people today");
    gone.must_say("Removed");
}

#[tokio::test]
async fn the_list_is_by_name_or_newest_first() {
    let world = World::open().await;
    let ines = world.ines().await;
    for name in ["Zoe Adler", "Ben Ode", "Mia Prado"] {
        world.person(name).await;
        world.clock.advance_s(60);
    }
    let order = |page: &str| {
        let names = ["Zoe Adler", "Ben Ode", "Mia Prado", "Ines Castro"];
        let mut found: Vec<_> = names
            .iter()
            .map(|name| (page.find(&format!(">{name}<")).unwrap(), *name))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    let by_name = ines.get("/admin/people").await;
    assert_eq!(
        order(main(&by_name.body)),
        ["Ben Ode", "Ines Castro", "Mia Prado", "Zoe Adler"]
    );
    let newest = ines.get("/admin/people?sort=newest").await;
    assert_eq!(
        order(main(&newest.body)),
        ["Mia Prado", "Ben Ode", "Zoe Adler", "Ines Castro"]
    );
}

/// The page without what stands around it.
fn main(page: &str) -> &str {
    &page[page.find("id=\"list\"").unwrap()..]
}
