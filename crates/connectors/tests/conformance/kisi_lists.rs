//! Lists with holes (§2.1): a short read, a double, a total that changes or is missing, an element that cannot be read.
//!
//! Each is a reading that may add but never take away: `complete` is false, or the reading fails.

use access::change::{Change, Observation};
use access::id::{AccessGroupId, GrantId, PersonId};
use access::vendor::{Learned, Secret};
use access::{Instant, Window};
use connectors::{Connector, Connectors, Repeat, Settings, Step, Trouble, kisi};
use serde_json::{Value, json};

use crate::listener::{Got, Told, listen};

fn row(id: i64) -> Value {
    json!({"id": id, "role_id": "group_basic", "applies_to_type": "Group", "applies_to_id": 8, "assignee_type": "User",
           "assignee_id": 70, "assignee": {"id": 70, "email": "Mira.Lund@example.org"}, "created_by_id": 1,
           "valid_until": "2025-03-10T15:30:00Z", "created_at": "2025-03-02T09:01:00Z"})
}

fn list(items: &[Value], range: &str) -> Told {
    (
        200,
        vec![("X-Collection-Range", range.to_owned())],
        Value::from(items).to_string(),
    )
}

fn connector(base_url: &str, site: Option<&str>) -> Connector {
    let base_url = base_url.to_owned();
    let settings = kisi::Settings {
        base_url,
        calls_per_s: 1_000,
        ..kisi::Settings::default()
    };
    let connectors = Connectors::new(
        Settings {
            kisi: settings,
            ..Settings::default()
        },
        None,
    )
    .expect("loopback needs no TLS");
    connectors
        .connector(
            "kisi",
            &connectors::Login::passing("harbor-works/1", Secret::new("s")),
            site,
        )
        .expect("Kisi has a connector")
}

/// A vendor with one group; its rows are answered by `rows`, by offset.
async fn observe(rows: impl Fn(usize) -> Told + Send + Sync + 'static) -> Result<Observation, Trouble> {
    let answer = move |got: &Got| {
        let path = got.target.split('?').next().unwrap_or_default();
        let offset = got
            .target
            .split("offset=")
            .nth(1)
            .and_then(|text| text.split('&').next()?.parse().ok());
        match path {
            "/groups" => list(&[json!({"id": 8, "name": "Members", "locks_count": 0})], "0-0/1"),
            "/role_assignments" => rows(offset.unwrap_or(0)),
            "/users" => list(&[json!({"id": 70, "email": "Mira.Lund@example.org"})], "0-99/1"),
            _ => list(&[], "*/0"),
        }
    };
    let (addr, _got) = listen(answer).await;
    let connector = connector(&format!("http://{addr}"), None);
    connector.observe(&["8".to_owned()]).await
}

#[tokio::test]
async fn a_whole_list_is_whole_also_over_several_pages_whatever_the_range_says_of_its_end() {
    let seen = observe(|offset| match offset {
        0 => list(&[row(1), row(2)], "0-249/3"),
        _ => list(&[row(3)], "2-251/3"),
    });
    let seen = seen.await.expect("it can be read");
    assert!(seen.complete);
    assert_eq!(seen.rows.len(), 3);
    assert_eq!(
        (&*seen.rows[0].email, &*seen.holders[0].email),
        ("mira.lund@example.org", "mira.lund@example.org")
    );
}

#[tokio::test]
async fn a_short_read_has_holes() {
    let seen = observe(|offset| {
        if offset == 0 {
            list(&[row(1)], "0-249/3")
        } else {
            list(&[], "1-250/3")
        }
    });
    assert!(!seen.await.expect("what there is can be read").complete);
}

#[tokio::test]
async fn a_double_has_holes_because_rows_drifted() {
    let seen = observe(|offset| {
        if offset == 0 {
            list(&[row(1), row(2)], "0-249/3")
        } else {
            list(&[row(2)], "2-251/3")
        }
    });
    let seen = seen.await.expect("what there is can be read");
    assert!(!seen.complete);
    assert_eq!(seen.rows.len(), 2);
}

#[tokio::test]
async fn a_total_that_changes_on_the_way_has_holes() {
    let seen = observe(|offset| match offset {
        0 => list(&[row(1), row(2)], "0-249/4"),
        _ => list(&[row(3)], "2-251/3"),
    });
    assert!(!seen.await.expect("what there is can be read").complete);
}

#[tokio::test]
async fn a_list_without_a_total_has_holes() {
    let seen = observe(|_| (200, vec![], json!([row(1)]).to_string()));
    assert!(!seen.await.expect("what there is can be read").complete);
}

#[tokio::test]
async fn an_element_that_cannot_be_read_has_holes_and_is_not_for_ever() {
    let mut odd = row(2);
    odd["valid_until"] = json!("whenever");
    let seen = observe(move |_| list(&[row(1), odd.clone()], "0-249/2"))
        .await
        .expect("what there is can be read");
    assert!(!seen.complete);
    assert_eq!(seen.rows.len(), 1);
}

#[tokio::test]
async fn a_later_page_that_is_none_has_holes_and_a_first_one_is_an_error() {
    let page = || (200, vec![("Content-Type", "text/html".to_owned())], "<html>".to_owned());
    let seen = observe(move |offset| {
        if offset == 0 {
            list(&[row(1)], "0-249/2")
        } else {
            page()
        }
    });
    assert!(!seen.await.expect("what there is can be read").complete);
    assert!(observe(move |_| page()).await.is_err());
    assert!(observe(|_| (200, vec![], "{}".to_owned())).await.is_err());
}

#[tokio::test]
async fn rows_of_another_group_that_a_deaf_filter_shows_are_left_out() {
    let mut other = row(2);
    other["applies_to_id"] = json!(9);
    let seen = observe(move |_| list(&[row(1), other.clone()], "0-249/2"))
        .await
        .expect("it can be read");
    assert!(seen.complete);
    assert_eq!(seen.rows.len(), 1);
}

#[tokio::test]
async fn locks_and_groups_of_another_place_that_a_deaf_filter_shows_are_left_out() {
    let (addr, _got) = listen(|got| match got.target.split('?').next().unwrap_or_default() {
        "/groups" => list(
            &[
                json!({"id": 8, "place_id": 1, "locks_count": 0}),
                json!({"id": 9, "place_id": 2}),
            ],
            "0-1/2",
        ),
        _ => list(
            &[json!({"id": 3, "place_id": 1}), json!({"id": 4, "place_id": 2})],
            "0-1/2",
        ),
    })
    .await;
    let connector = connector(&format!("http://{addr}"), Some("1"));
    let seen = connector.observe(&[]).await.expect("it can be read");
    assert_eq!(
        seen.groups.iter().map(|group| &*group.external).collect::<Vec<_>>(),
        ["8"]
    );
    assert_eq!(seen.locks.iter().map(|lock| &*lock.external).collect::<Vec<_>>(), ["3"]);
}

#[tokio::test]
async fn somebody_else_whom_a_deaf_filter_shows_is_never_adopted() {
    let (addr, mut got) = listen(|got| match (&*got.target, got.body.is_empty()) {
        ("/users", false) => (200, vec![], json!({"id": 71, "email": "jon@example.org"}).to_string()),
        (_, true) => list(&[json!({"id": 70, "email": "mira.lund@example.org"})], "0-0/1"),
        _ => (200, vec![], row(1).to_string()),
    })
    .await;
    let connector = connector(&format!("http://{addr}"), None);
    let until = "2025-03-10T15:30:00Z".parse().expect("an instant");
    let change = Change::Give {
        grant: GrantId::new(until, 1),
        person: PersonId::new(until, 1),
        email: "jon@example.org".to_owned(),
        name: "Jon".to_owned(),
        group: AccessGroupId::new(until, 1),
        external_group: "8".to_owned(),
        window: Window {
            from: Instant::MIN,
            until,
        },
    };
    let step = Step {
        holder: None,
        learned: Learned::default(),
        known: &[],
        repeat: Repeat::First,
    };
    let applied = connector.apply(&change, &step).await.expect("he is made and let in");
    assert_eq!(applied.receipt.holder.expect("he was met").external, "71");
    let mut bodies = vec![];
    while let Ok(got) = got.try_recv() {
        bodies.push(String::from_utf8_lossy(&got.body).into_owned());
    }
    assert!(
        bodies[2].contains("\"assignee_id\":71") && bodies[2].contains("\"notify\":false"),
        "{bodies:?}"
    );
}

#[tokio::test]
async fn a_vendor_that_cannot_list_people_by_group_is_read_all_the_same() {
    let (addr, _got) = listen(|got| match got.target.split('?').next().unwrap_or_default() {
        "/groups" => list(&[json!({"id": 8, "locks_count": 0})], "0-0/1"),
        "/role_assignments" => list(&[row(1)], "0-0/1"),
        "/users" => (
            400,
            vec![],
            json!({"code": "000400", "error": "group_id is unknown"}).to_string(),
        ),
        _ => list(&[], "*/0"),
    })
    .await;
    let seen = connector(&format!("http://{addr}"), None)
        .observe(&["8".to_owned()])
        .await
        .expect("rows are what counts");
    assert!(seen.complete && seen.rows.len() == 1 && seen.holders.is_empty());
}

#[tokio::test]
async fn an_answer_beyond_all_measure_is_not_swallowed() {
    let trouble = observe(|_| (200, vec![], "x".repeat(5 << 20))).await.unwrap_err();
    assert_eq!(trouble.kind, connectors::Kind::Nonsense);
}

#[tokio::test]
async fn every_call_introduces_us_and_speaks_json() {
    let (addr, mut got) = listen(|_| list(&[], "*/0")).await;
    let partner = "Harbor Platform".to_owned();
    let base_url = format!("http://{addr}/");
    let settings = kisi::Settings {
        base_url,
        partner,
        ..kisi::Settings::default()
    };
    let connectors = Connectors::new(
        Settings {
            kisi: settings,
            ..Settings::default()
        },
        None,
    )
    .expect("loopback needs no TLS");
    let connector = connectors
        .connector(
            "kisi",
            &connectors::Login::passing("harbor-works/1", Secret::new("s3cr3t")),
            None,
        )
        .expect("there is one");
    connector.sites().await.expect("an empty list");
    let got = got.recv().await.expect("it was asked");
    assert_eq!(got.header("authorization").as_deref(), Some("KISI-LOGIN s3cr3t"));
    assert_eq!(got.header("accept").as_deref(), Some("application/json"));
    assert_eq!(got.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(
        got.header("x-kisi-integration-identifier").as_deref(),
        Some("Harbor Platform")
    );
    assert!(got.header("x-kisi-integration-contact").is_some());
    assert_eq!(got.target, "/places?sort=name&limit=250&offset=0");
}
