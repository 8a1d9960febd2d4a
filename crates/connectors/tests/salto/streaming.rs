//! Live events (§5.15): each entry as it happens, the same as the access log tells it later.

use access::Window;
use connectors::{Connector, Kind, Listening, SeenEvent, SeenPress, SeenWhat};
use simulators::fault::{Fault, Trouble};
use simulators::salto::switches::StreamArgument;
use simulators::salto::{Host, Key};

use crate::kit::{Desk, NOOR, desk};

const HOUR_MS: i64 = 3_600_000;

async fn listen(connector: &Connector) -> Listening {
    let listening = connector.listen().await.expect("Salto lets us listen");
    listening.expect("there is something to hear")
}

async fn next(listening: &mut Listening) -> SeenEvent {
    listening.next().await.expect("it is well").expect("it goes on")
}

fn tag(desk: &Desk) {
    let known = desk.sim.present(&desk.front, &Key::Tag("02300417".to_owned()));
    known.expect("there is such a door");
}

/// Somebody in the members' group whose tag this is.
fn tag_of(desk: &Desk, email: &str) {
    assert!(
        desk.sim
            .set_person(email, |person| person.tag_number = Some("02300417".to_owned()))
    );
    assert!(desk.sim.foreign_member(&desk.members, email));
}

fn noor(desk: &Desk) {
    desk.sim.add_user(&desk.site, NOOR, "Noor", "Visser", &["site_user"]);
    tag_of(desk, NOOR);
}

#[tokio::test]
async fn an_entry_is_heard_as_it_is_read_later_whether_it_comes_as_text_or_as_an_object() {
    let desk = desk().await;
    let connector = desk.connector().await;
    noor(&desk);
    let mut listening = listen(&connector).await;
    let mut heard = Vec::new();
    for argument in [StreamArgument::Text, StreamArgument::Object] {
        desk.sim.set_switches(|switches| switches.stream_argument = argument);
        tag(&desk);
        heard.push(next(&mut listening).await);
        desk.clock.advance_ms(1_000);
    }
    assert_eq!((heard[0].what, heard[0].press), (SeenWhat::Opened, SeenPress::Never));
    assert_eq!(heard[0].holder, desk.sim.person(NOOR));
    let span = Window::new(desk.now().plus_minutes(-5), desk.now()).expect("not empty");
    let read = connector.door_events(span).await.expect("Salto answers");
    assert_eq!(heard, read.events, "and no other");
}

#[tokio::test]
async fn what_our_account_does_is_a_press_of_somebodys_unless_it_was_done_at_the_door() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.activate(&connector).await;
    tag_of(&desk, crate::kit::OWNER);
    let mut listening = listen(&connector).await;
    connector
        .open(&desk.front, "noor@example.org", &mut None, desk.now())
        .await;
    assert_eq!(next(&mut listening).await.press, SeenPress::OfAnybody);
    tag(&desk);
    assert_eq!(next(&mut listening).await.press, SeenPress::Never);
}

#[tokio::test]
async fn a_dropped_connection_passes_and_the_next_one_hears_again() {
    let desk = desk().await;
    let connector = desk.connector().await;
    noor(&desk);
    let mut listening = listen(&connector).await;
    desk.sim.drop_streams();
    let trouble = listening.next().await.expect_err("it broke");
    assert_eq!((trouble.kind, trouble.passes()), (Kind::Unreachable, true));
    let mut listening = listen(&connector).await;
    tag(&desk);
    assert_eq!(next(&mut listening).await.lock.as_ref(), Some(&desk.front));
}

#[tokio::test]
async fn a_token_that_salto_no_longer_takes_is_renewed_once_and_never_stands_in_an_address() {
    let desk = desk().await;
    let connector = desk.connector().await;
    drop(listen(&connector).await);
    drop(listen(&connector).await);
    assert_eq!(desk.token_calls(), 1, "one that outlives the connection serves again");
    desk.clock.advance_ms(2 * HOUR_MS);
    desk.sim.clear_calls();
    drop(listen(&connector).await);
    assert_eq!(desk.token_calls(), 1);
    assert_eq!(desk.calls(Host::Stream, "POST", "/negotiate"), 2);
    assert_eq!(desk.calls(Host::Stream, "GET", "/v1/hub/entries"), 1);
    let calls = desk.sim.calls();
    assert!(calls.iter().all(|call| !call.query.contains("token=")));
}

#[tokio::test]
async fn who_may_not_listen_is_told_so_and_an_outage_passes() {
    let desk = desk().await;
    let connector = desk.connector().await;
    for (route, trouble, kind) in [
        (
            "POST /v1/hub/entries/negotiate",
            Trouble::Status { status: 503 },
            Kind::VendorDown,
        ),
        (
            "POST /v1/hub/entries/negotiate",
            Trouble::HtmlPage { status: 200 },
            Kind::Nonsense,
        ),
        ("POST /v1/hub/entries/negotiate", Trouble::TruncatedJson, Kind::Nonsense),
        ("GET /v1/hub/entries", Trouble::Status { status: 503 }, Kind::VendorDown),
        (
            "GET /v1/hub/entries",
            Trouble::HtmlPage { status: 200 },
            Kind::VendorDown,
        ),
    ] {
        desk.sim.faults().add(Fault::on(route, trouble).times(1));
        let trouble = connector.listen().await.expect_err("there is a fault");
        assert_eq!((trouble.kind, trouble.passes()), (kind, true), "{route}: {trouble}");
    }
    assert!(desk.sim.set_site(&desk.site, |site| site.features.clear()));
    let trouble = connector.listen().await.expect_err("the plan has no stream");
    assert_eq!((trouble.kind, trouble.passes()), (Kind::Forbidden, false));
}
