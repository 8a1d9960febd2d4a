//! The demo's phone: a script that implements the digital key's bridge, and the readers it is held to (P-32, docs/digital-key.md).
//!
//! In: the simulated Salto KS. Out: `GET /demo/phone.js`, `GET /demo/phone/readers`, `POST /demo/phone/tap`. Why so: a browser cannot speak to
//! a lock, so the demo's "tap" is a call that holds the phone's key to a simulated reader: green or red, here and on its console.
//! Always: the key is known by its id only, as a lock knows it; who it belongs to and what it opens, the simulator alone decides.
//! Not in `serve`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use simulators::salto::{Key, SaltoSim};

/// Where the pages load the script from.
pub const SCRIPT: &str = "/demo/phone.js";

/// A lock with a reader.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Reader {
    id: String,
    name: String,
    place: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    reader: String,
    key: String,
}

/// What the reader shows.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Light {
    green: bool,
    why: Option<&'static str>,
}

/// The pages with the phone in front.
pub fn in_front_of(pages: Router, salto: SaltoSim) -> Router {
    Router::new()
        .route(SCRIPT, get(script))
        .route("/demo/phone/readers", get(readers))
        .route("/demo/phone/tap", post(tap))
        .with_state(salto)
        .fallback_service(pages)
}

async fn script() -> Response {
    let kind = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (kind, include_str!("phone.js")).into_response()
}

async fn readers(State(salto): State<SaltoSim>) -> Response {
    Json(all_readers(&salto)).into_response()
}

async fn tap(State(salto): State<SaltoSim>, body: Bytes) -> Response {
    match serde_json::from_slice::<Tap>(&body)
        .ok()
        .and_then(|tap| hold(&salto, tap))
    {
        Some(light) => Json(light).into_response(),
        None => {
            let say = "Send {\"reader\": …, \"key\": …} with a reader of /demo/phone/readers.";
            (StatusCode::UNPROCESSABLE_ENTITY, say).into_response()
        }
    }
}

fn all_readers(salto: &SaltoSim) -> Vec<Reader> {
    let sites = salto.sites();
    let place = |id: &str| {
        sites
            .iter()
            .find(|site| site.id == id)
            .map_or("", |site| &site.name)
            .to_owned()
    };
    let readers = salto.locks().into_iter().map(|lock| Reader {
        place: place(&lock.site),
        id: lock.id,
        name: lock.name,
    });
    readers.collect()
}

fn hold(salto: &SaltoSim, tap: Tap) -> Option<Light> {
    let light = salto.present(&tap.reader, &Key::Mobile(tap.key))?;
    Some(Light {
        green: light.green,
        why: light.why,
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use simulators::clock::SimClock;
    use simulators::salto::Hours;

    use super::*;

    async fn sim() -> (SaltoSim, String) {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sim = SaltoSim::start(SimClock::frozen(1_804_590_000_000), [anywhere; 3])
            .await
            .unwrap();
        let site = sim.add_site(
            "Loft 9",
            "US0042113377",
            "America/New_York",
            5,
            ("owner@x.example", "x"),
        );
        let hub = sim.add_iq(&site, "Hub");
        let front = sim.add_lock(&hub, "Front door");
        sim.add_group(&site, "Members", std::slice::from_ref(&front), &[Hours::always()]);
        (sim, front)
    }

    #[tokio::test]
    async fn every_reader_is_listed_with_its_place() {
        let (sim, front) = sim().await;
        let reader = Reader {
            id: front,
            name: "Front door".to_owned(),
            place: "Loft 9".to_owned(),
        };
        assert_eq!(all_readers(&sim), [reader]);
    }

    #[tokio::test]
    async fn a_key_nobody_knows_is_red_on_the_reader_and_there_is_no_light_without_one() {
        let (sim, front) = sim().await;
        let light = hold(
            &sim,
            Tap {
                reader: front.clone(),
                key: "nobody's".to_owned(),
            },
        );
        let red = Light {
            green: false,
            why: Some("no_access"),
        };
        assert_eq!(light, Some(red));
        let entries = sim.entries();
        let last = entries.last().unwrap();
        assert_eq!(
            (last.category, last.by, &last.lock),
            ("lock_rejected", "mobile_key", &front)
        );
        let none = Tap {
            reader: "elsewhere".to_owned(),
            key: "k".to_owned(),
        };
        assert_eq!(hold(&sim, none), None);
    }

    #[tokio::test]
    async fn what_is_no_tap_is_said() {
        let (sim, _) = sim().await;
        let answer = tap(State(sim), Bytes::from_static(b"{}")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
