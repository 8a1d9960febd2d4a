//! Reading (§4, §5.4–§5.9): both shapes of lists, links, and what keeps doors shut in plain words.

use access::change::Observation;
use connectors::Connector;
use simulators::salto::switches::{ErrorCodes, NextLinks};
use simulators::salto::{Host, Hours};

use crate::kit::{Desk, NOOR, OWNER, desk, first};

const HOUR_MS: i64 = 3_600_000;

async fn observe(desk: &Desk, connector: &Connector) -> Observation {
    let asked = [desk.members.clone()];
    connector.observe(&asked).await.expect("Salto answers")
}

/// So many people in the members' group.
fn fill(desk: &Desk, count: usize) {
    for n in 0..count {
        let email = format!("p{n:03}@example.org");
        desk.sim.add_user(&desk.site, &email, "P", "N", &["site_user"]);
        assert!(desk.sim.foreign_member(&desk.members, &email));
    }
}

#[tokio::test]
async fn lists_are_read_bare_and_in_envelopes() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 3);
    let whole = observe(&desk, &connector).await;
    let bare = "v1.2/users v1.2/access_groups v1.2/locks v1.1/time_schedules v1.2/activated_iqs";
    desk.sim.set_switches(|switches| switches.bare_lists = bare.to_owned());
    assert_eq!(observe(&desk, &connector).await, whole);
    assert!(whole.complete && whole.rows.len() == 3);
}

#[tokio::test]
async fn tags_and_seats_are_read_with_the_people_and_the_site() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 2);
    let number = Some("02300417".to_owned());
    assert!(
        desk.sim
            .set_person("p000@example.org", |person| person.tag_number.clone_from(&number))
    );
    let seen = observe(&desk, &connector).await;
    let card = |email: &str| {
        let holder = seen.holders.iter().find(|holder| holder.email == email);
        holder.expect("they are listed").card.clone()
    };
    assert_eq!((card("p000@example.org"), card("p001@example.org")), (number, None));
    let (read, real) = (seen.seats.expect("Salto counts them"), desk.sim.seats(&desk.site));
    assert_eq!((read.used as usize, read.bought as usize), (real.used, real.bought));
}

#[tokio::test]
async fn links_are_followed_to_the_end_in_all_their_forms() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 130);
    for links in [NextLinks::Absolute, NextLinks::Http, NextLinks::Relative] {
        desk.sim.set_switches(|switches| switches.next_links = links);
        let seen = observe(&desk, &connector).await;
        assert!(seen.complete, "{links:?}");
        assert_eq!((seen.rows.len(), seen.holders.len()), (130, 130), "{links:?}");
    }
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed_and_the_reading_has_holes() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 130);
    desk.sim
        .set_switches(|switches| switches.next_links = NextLinks::Foreign);
    let seen = observe(&desk, &connector).await;
    assert!(!seen.complete);
    assert_eq!(seen.rows.len(), 100);
}

#[tokio::test]
async fn a_full_bare_list_does_not_prove_that_there_is_no_more() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 130);
    desk.sim
        .set_switches(|switches| switches.bare_lists = "v1.2/users".to_owned());
    assert!(!observe(&desk, &connector).await.complete);
}

#[tokio::test]
async fn error_codes_are_numbers_or_text() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.delete_group(&desk.members));
    for codes in [ErrorCodes::Number, ErrorCodes::Text] {
        desk.sim.set_switches(|switches| switches.error_codes = codes);
        let seen = observe(&desk, &connector).await;
        assert_eq!(seen.gone_groups, std::slice::from_ref(&desk.members), "{codes:?}");
    }
}

#[tokio::test]
async fn a_group_without_a_schedule_never_opens_and_says_so() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let never = desk
        .sim
        .add_group(&desk.site, "Night", std::slice::from_ref(&desk.front), &[]);
    desk.sim.add_group(
        &desk.site,
        "Days",
        std::slice::from_ref(&desk.front),
        &[Hours::workdays(9, 18)],
    );
    let seen = observe(&desk, &connector).await;
    for group in &seen.groups {
        assert_eq!(group.restrictions.is_empty(), group.external != never, "{group:?}");
    }
    let night = seen
        .groups
        .iter()
        .find(|group| group.external == never)
        .expect("it is there");
    assert!(night.restrictions[0].contains("no time schedule"), "{night:?}");
    assert_eq!(
        (&night.locks, night.site.as_ref()),
        (&vec![desk.front.clone()], Some(&desk.site))
    );
}

#[tokio::test]
async fn schedules_are_read_in_the_newer_version_where_the_older_is_gone() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let route = "GET /v1.1/sites/*/access_groups/*/time_schedules";
    let gone = simulators::fault::Trouble::Status { status: 405 };
    desk.sim.faults().add(simulators::fault::Fault::on(route, gone));
    let seen = observe(&desk, &connector).await;
    assert!(seen.complete && seen.groups[0].restrictions.is_empty(), "{seen:?}");
}

#[tokio::test]
async fn a_lapsed_site_is_said_at_its_groups() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.set_site(&desk.site, |site| site.subscription_valid = false));
    let seen = observe(&desk, &connector).await;
    assert!(
        seen.groups[0].restrictions[0].contains("subscription"),
        "{:?}",
        seen.groups[0]
    );
}

#[tokio::test]
async fn what_keeps_a_door_from_opening_from_our_pages_is_said() {
    let desk = desk().await;
    let connector = desk.connector().await;
    let said = |seen: &Observation| seen.locks[0].restrictions.join(" ");
    let seen = observe(&desk, &connector).await;
    assert!(
        said(&seen).contains("Hall IQ") && said(&seen).contains("not activated"),
        "{}",
        said(&seen)
    );
    desk.activate(&connector).await;
    let seen = observe(&desk, &connector).await;
    assert_eq!((said(&seen), seen.locks[0].online), (String::new(), Some(true)));
    assert!(desk.sim.set_lock(&desk.front, |lock| lock.privacy_mode = true));
    assert!(said(&observe(&desk, &connector).await).contains("Privacy mode"));
    let long_ago = desk.clock.now_ms() - HOUR_MS;
    assert!(
        desk.sim
            .set_lock(&desk.front, |lock| lock.offline_since_ms = Some(long_ago))
    );
    let seen = observe(&desk, &connector).await;
    assert!(said(&seen).contains("door is offline"), "{}", said(&seen));
    assert_eq!((seen.locks[0].online, seen.locks[1].online), (Some(false), Some(true)));
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.offline_since_ms = Some(long_ago)));
    let seen = observe(&desk, &connector).await;
    assert!(seen.locks.iter().all(|lock| lock.online == Some(false)));
    assert!(seen.locks[1].restrictions[0].contains("Hall IQ") && seen.locks[1].restrictions[0].contains("offline"));
}

#[tokio::test]
async fn a_gateway_that_asks_for_no_password_needs_no_activation() {
    let desk = desk().await;
    let connector = desk.connector().await;
    assert!(desk.sim.set_iq(&desk.iq, |iq| iq.otp_enabled = false));
    assert_eq!(
        observe(&desk, &connector).await.locks[0].restrictions,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn people_who_are_blocked_suspended_or_invited_are_seen_as_such() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 4);
    let user = |n: usize| desk.user(&format!("p{n:03}@example.org")).id;
    assert!(desk.sim.set_user(&user(0), |user| user.blocked = true));
    assert!(desk.sim.set_seat(&desk.site, &user(1), false));
    assert!(desk.sim.set_person("p002@example.org", |person| person.invited = true));
    let mut holders = observe(&desk, &connector).await.holders;
    holders.sort_by(|a, b| a.email.cmp(&b.email));
    let told: Vec<_> = holders
        .iter()
        .map(|holder| (holder.disabled, holder.unconfirmed))
        .collect();
    assert_eq!(told, [(true, false), (true, false), (false, true), (false, false)]);
    assert_eq!(
        Some(&holders[3].external),
        desk.sim.person("p003@example.org").as_ref(),
        "by the platform id"
    );
}

#[tokio::test]
async fn our_own_account_in_a_group_is_left_out() {
    let desk = desk().await;
    let connector = desk.connector().await;
    fill(&desk, 1);
    assert!(desk.sim.foreign_member(&desk.members, OWNER));
    let seen = observe(&desk, &connector).await;
    assert_eq!(
        seen.rows.iter().map(|row| &*row.email).collect::<Vec<_>>(),
        ["p000@example.org"]
    );
    assert_eq!(seen.rows[0].external, desk.row("p000@example.org"));
}

#[tokio::test]
async fn a_plain_404_never_looks_like_a_deletion() {
    let desk = desk().await;
    let connector = desk.connector().await;
    first(&connector, &desk.give(NOOR, "Noor Visser"))
        .await
        .expect("nothing is in the way");
    let page = simulators::fault::Trouble::HtmlPage { status: 404 };
    let route = "GET /v1.2/sites/*/access_groups/*/users";
    desk.sim
        .faults()
        .add(simulators::fault::Fault::on(route, page).times(1));
    let trouble = connector
        .observe(std::slice::from_ref(&desk.members))
        .await
        .unwrap_err();
    assert_eq!(trouble.kind, connectors::Kind::Nonsense);
    assert!(desk.calls(Host::Api, "GET", "/access_groups") > 0);
}
