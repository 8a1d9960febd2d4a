//! A small house at Kisi: an owner, a place in Berlin with two doors, a group with both, a managed user.
//!
//! The clock stands at [`NOON`]; the rate limits are off unless a test is about them.

use std::net::SocketAddr;

use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::kisi::KisiSim;
use simulators::kisi::switches::RateLimits;

/// 2025-03-10T11:00:00Z, noon in Berlin, a Monday.
pub const NOON: i64 = 1_741_604_400_000;
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
pub const MIRA: &str = "mira.lund@example.org";

pub struct House {
    pub sim: KisiSim,
    pub clock: SimClock,
    pub owner: i64,
    /// The owner's secret.
    pub secret: String,
    pub place: i64,
    pub front: i64,
    pub studio: i64,
    pub members: i64,
    pub mira: i64,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub range: Option<String>,
    pub body: Value,
}

pub fn client() -> reqwest::Client {
    // Another test of this process may have chosen the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

pub fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub async fn house() -> House {
    let clock = SimClock::frozen(NOON);
    let sim = KisiSim::start(clock.clone(), anywhere()).await.unwrap();
    sim.set_switches(|switches| switches.rate_limits = RateLimits::Off);
    let owner = sim.seed_org("harbor-works", "owner@harbor.example", "let me in");
    let place = sim.add_place("Pier 3", "Europe/Berlin");
    let front = sim.add_lock(place, "Front door");
    let studio = sim.add_lock(place, "Studio");
    let members = sim.add_group(Some(place), "Members", &[front, studio]);
    let mira = sim.add_user(MIRA, "Mira Lund", true);
    let mut house = House {
        sim,
        clock,
        owner,
        secret: String::new(),
        place,
        front,
        studio,
        members,
        mira,
        http: client(),
    };
    let got = house.sign_in("api").await;
    house.secret = got.body["secret"].as_str().unwrap().to_owned();
    house.sim.clear_calls();
    house
}

pub fn password_login(kind: &str) -> Value {
    json!({ "login": { "type": kind, "name": "Our platform", "expire": false },
            "user": { "domain": "harbor-works", "email": "owner@harbor.example", "password": "let me in" } })
}

pub fn at(unix_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(unix_ms).unwrap().to_string()
}

impl House {
    pub async fn sign_in(&self, kind: &str) -> Got {
        self.call("POST", "/logins", Some(password_login(kind)), None).await
    }

    /// A managed user's secret, made by the owner.
    pub async fn secret_of(&self, email: &str) -> String {
        let got = self
            .post(
                "/logins",
                json!({ "login": { "type": "device", "email": email, "expire": false } }),
            )
            .await;
        assert_eq!(got.status, 200, "{got:?}");
        got.body["secret"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call("GET", path, None, Some(&format!("KISI-LOGIN {}", self.secret)))
            .await
    }

    pub async fn read_as(&self, secret: &str, path: &str) -> Got {
        self.call("GET", path, None, Some(&format!("KISI-LOGIN {secret}")))
            .await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.call("POST", path, Some(body), Some(&format!("KISI-LOGIN {}", self.secret)))
            .await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.call("PATCH", path, Some(body), Some(&format!("KISI-LOGIN {}", self.secret)))
            .await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.call("DELETE", path, None, Some(&format!("KISI-LOGIN {}", self.secret)))
            .await
    }

    pub async fn unlock(&self, secret: &str, lock: i64, body: Value) -> Got {
        self.call(
            "POST",
            &format!("/locks/{lock}/unlock"),
            Some(body),
            Some(&format!("KISI-LOGIN {secret}")),
        )
        .await
    }

    /// Grants the group to Mira for a window in unix ms; returns the reply.
    pub async fn grant(&self, from_ms: Option<i64>, until_ms: Option<i64>) -> Got {
        self.post("/role_assignments", self.new_form(from_ms, until_ms)).await
    }

    pub fn new_form(&self, from_ms: Option<i64>, until_ms: Option<i64>) -> Value {
        json!({ "role_assignment": { "applies_to_type": "Group", "applies_to_id": self.members,
                "assignee_type": "User", "assignee_id": self.mira, "role_id": "group_basic", "notify": false,
                "valid_from": from_ms.map(at), "valid_until": until_ms.map(at) } })
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>, authorization: Option<&str>) -> Got {
        self.try_call(method, path, body, authorization).await.unwrap()
    }

    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        authorization: Option<&str>,
    ) -> Result<Got, reqwest::Error> {
        let response = self.raw(method, path, body, authorization).await?;
        let status = response.status().as_u16();
        let range = response
            .headers()
            .get("x-collection-range")
            .map(|range| range.to_str().unwrap().to_owned());
        let text = response.text().await?;
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Ok(Got { status, range, body })
    }

    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        authorization: Option<&str>,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let mut request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.sim.url()));
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }
}

impl Got {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn ids(&self) -> Vec<i64> {
        self.body
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect()
    }

    pub fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap_or_else(|| panic!("no id in {self:?}"))
    }
}
