//! Scenes of the demo: it stands within seconds, its clock moves everything, and old data is taken up again.

use std::path::PathBuf;

use access::Instant;
use serde_json::Value;
use simulators::salto::By;

use super::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn asked(data: Option<PathBuf>, at: Instant) -> Demo {
    Demo {
        data,
        port: 0,
        at: Some(at),
        json: true,
    }
}

async fn open(data: Option<PathBuf>, at: Instant) -> (Opened, tokio::sync::oneshot::Sender<()>) {
    // Both scenes may come here at once; the second finds a provider chosen, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let stopped = async {
        // A dropped sender stops as well.
        let _ = stopped.await;
    };
    let opened = Opened::open(asked(data, at), stopped).await.unwrap();
    opened.settle().await;
    (opened, stop)
}

fn lock(opened: &Opened, name: &str) -> i64 {
    opened
        .vendors()
        .kisi
        .locks()
        .iter()
        .find(|lock| lock.name == name)
        .unwrap()
        .id
}

fn opens(opened: &Opened, person: &str, door: &str) -> bool {
    opened
        .vendors()
        .kisi
        .may_open(&building::email(person), lock(opened, door))
        .is_ok()
}

#[tokio::test]
async fn the_demo_names_everything_and_its_doors_follow_the_clock() {
    let (opened, stop) = open(None, at("2026-03-10T08:55:00Z")).await;
    let line = opened.json();
    for key in [
        "web",
        "api",
        "token",
        "clock",
        "mail",
        "network",
        "locations",
        "people",
        "plans",
        "resources",
        "sign_in",
        "groups",
        "doors",
        "integrations",
        "bookings",
        "companies",
    ] {
        assert!(line.get(key).is_some_and(|value| !value.is_null()), "{key} is missing");
    }
    assert_eq!(line["locations"].as_object().map(serde_json::Map::len), Some(3));
    assert_eq!(line["companies"].as_object().map(serde_json::Map::len), Some(6));
    assert!(line["people"].as_object().is_some_and(|people| people.len() >= 60));
    assert!(line["kisi"]["password"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!(line.to_string().lines().count(), 1);

    assert!(opens(&opened, "Felix Dorn", "Front door"), "a running plan");
    assert!(!opens(&opened, "Johanna Kruse", "Front door"), "ended yesterday");
    assert!(!opens(&opened, "Milan Horvat", "Front door"), "starts tomorrow");
    assert!(!opens(&opened, "Tarek Mansour", "Front door"), "suspended");
    assert!(
        opens(&opened, "Kofi Mensah", "Room Beacon"),
        "invited to a running booking"
    );
    assert!(opens(&opened, "Mira Lund", "Office 12"), "a company's rental");
    assert!(
        opens(&opened, "Ruben Castillo", "Front door"),
        "a company's plan on a day with a booking"
    );
    assert!(!opens(&opened, "Dana Levi", "Front door"), "the same without a booking");

    // Each location at its own vendor, and one plan at all three.
    let (salto, tapkey) = (&opened.vendors().salto, &opened.vendors().tapkey);
    let street = salto
        .locks()
        .into_iter()
        .find(|lock| lock.name == "Street door")
        .unwrap()
        .id;
    let gate = tapkey.locks().into_iter().find(|lock| lock.title == "Gate").unwrap().id;
    let at_salto = |name: &str, at: &str| {
        let at = self::at(at).ms();
        salto
            .may_open_at(&building::email(name), &street, By::AnyKey, at)
            .is_ok()
    };
    // Doors there learn within seconds.
    assert!(at_salto("Lucas Pereira", "2026-03-10T08:56:00Z") && at_salto("Marta Pinto", "2026-03-10T08:56:00Z"));
    assert!(
        !at_salto("Mei Lin Chow", "2026-03-10T08:56:00Z"),
        "her plan begins tomorrow"
    );
    let at_tapkey = |name: &str| tapkey.opens(&building::email(name), &gate, true).is_ok();
    assert!(at_tapkey("Rita Sousa") && at_tapkey("Marta Pinto") && !at_tapkey("Tiago Lopes"));
    assert!(opens(&opened, "Marta Pinto", "Front door"));

    // The room is booked from 09:30 UTC; its door opens half an hour before.
    assert!(!opens(&opened, "Alba Moreno", "Room Lagoon"));
    opened.set_clock(at("2026-03-10T09:00:00Z")).await;
    assert!(opens(&opened, "Alba Moreno", "Room Lagoon"));
    opened.set_clock(at("2026-03-10T11:00:00Z")).await;
    assert!(!opens(&opened, "Alba Moreno", "Room Lagoon"));
    opened.set_clock(at("2026-03-10T23:00:00Z")).await;
    assert!(
        opens(&opened, "Milan Horvat", "Front door"),
        "midnight in Kiel has come"
    );

    drop(stop);
    opened.until_stopped().await.unwrap();
}

#[tokio::test]
async fn old_data_is_taken_up_and_every_door_is_as_before() {
    let folder = std::env::temp_dir().join(format!("vestibule-demo-again-{}", std::process::id()));
    let start = at("2026-03-10T08:55:00Z");
    let (opened, stop) = open(Some(folder.clone()), start).await;
    let before = opened.json();
    let held = rows(&opened);
    drop(stop);
    opened.until_stopped().await.unwrap();

    let (opened, stop) = open(Some(folder.clone()), start.plus_s(60)).await;
    let after = opened.json();
    for key in ["network", "people", "plans", "resources", "groups", "doors", "bookings"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert_ne!(before["token"], after["token"]);
    assert_eq!(rows(&opened), held);
    assert!(opens(&opened, "Felix Dorn", "Front door"));
    drop(stop);
    opened.until_stopped().await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Who is in which group at the vendor, without the rows' own ids.
fn rows(opened: &Opened) -> Vec<Value> {
    let mut rows: Vec<Value> = opened
        .vendors()
        .kisi
        .assignments()
        .iter()
        .map(|row| serde_json::json!([row.email, row.group, row.valid_from_ms]))
        .collect();
    rows.sort_by_key(Value::to_string);
    rows
}
