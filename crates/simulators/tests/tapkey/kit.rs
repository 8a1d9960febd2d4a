//! The seeded house of contract §10.3, and a client with a service account's token for everything.
//!
//! The clock stands at [`NOON`]; no strange properties unless a test is about them.

use std::net::SocketAddr;

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::tapkey::{Seed, TapkeySim};

/// 2026-03-02T12:00:00Z, a Monday.
pub const NOON: i64 = 1_772_452_800_000;
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
pub const MARA: &str = "mara.lindt@example.org";
/// Everything a service account can ask for.
pub const ALL: &str = "read:owneraccounts write:owneraccounts read:core:entities write:core:entities read:grants \
                       write:grants read:logs read:owneraccount:permissions write:owneraccount:permissions";

pub struct House {
    pub sim: TapkeySim,
    pub clock: SimClock,
    pub seed: Seed,
    pub token: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub retry_after: Option<String>,
    pub location: Option<String>,
    pub text: String,
    pub body: Value,
}

pub async fn house() -> House {
    // Another test of this process may have chosen the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = SimClock::frozen(NOON);
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let sim = TapkeySim::start(clock.clone(), anywhere).await.unwrap();
    sim.set_switches(|switches| switches.extra_properties = false);
    let seed = sim.seed();
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let mut house = House {
        sim,
        clock,
        seed,
        token: String::new(),
        http,
    };
    // The house's own token outlives every test; those about expiry fetch theirs.
    house.sim.set_switches(|switches| switches.access_token_s = u32::MAX);
    house.token = house.service_token(ALL).await;
    house.sim.set_switches(|switches| switches.access_token_s = 3600);
    house.sim.clear_calls();
    house
}

pub fn at(unix_ms: i64) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(unix_ms).unwrap())
}

impl House {
    /// An access token of the service account.
    pub async fn service_token(&self, scope: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.seed.service_client),
            ("client_secret", &self.seed.secret),
            ("scope", scope),
        ];
        self.exchange(&form).await.text_of("access_token")
    }

    /// `GET /connect/authorize` of the client with a secret, with these parameters laid over the usual ones.
    pub async fn authorize(&self, changes: &[(&str, &str)]) -> Got {
        let usual = [
            ("client_id", self.seed.code_client.as_str()),
            ("redirect_uri", &self.seed.redirect_uri),
            ("response_type", "code"),
            ("scope", "read:owneraccounts offline_access"),
            ("state", "s-1"),
        ];
        let usual = usual
            .iter()
            .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
        let query: Vec<_> = usual.chain(changes).copied().collect();
        let mut url = reqwest::Url::parse(&format!("{}/connect/authorize", self.sim.url())).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        Got::of(self.http.get(url).send().await.unwrap()).await
    }

    /// A code for the client with a secret; the changes may name another client.
    pub async fn code(&self, changes: &[(&str, &str)]) -> String {
        let allow = [changes, &[("sim_auto", "allow")]].concat();
        self.authorize(&allow).await.field("code")
    }

    /// The token call of the client with a secret for this code.
    pub async fn redeem(&self, code: &str) -> Got {
        self.exchange(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.seed.redirect_uri),
            ("client_id", &self.seed.code_client),
            ("client_secret", &self.seed.secret),
        ])
        .await
    }

    pub async fn refresh(&self, refresh_token: &str, more: &[(&str, &str)]) -> Got {
        let usual = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", &self.seed.code_client),
            ("client_secret", &self.seed.secret),
        ];
        self.exchange(&[usual.as_slice(), more].concat()).await
    }

    pub async fn exchange(&self, form: &[(&str, &str)]) -> Got {
        let mut body = reqwest::Url::parse("http://localhost/").unwrap();
        body.query_pairs_mut().extend_pairs(form);
        let request = self.http.post(format!("{}/connect/token", self.sim.url()));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(body.query().unwrap().to_owned());
        Got::of(request.send().await.unwrap()).await
    }

    /// A path below the owner account of the house.
    pub fn loft(&self, path: &str) -> String {
        format!("/api/v1/Owners/{}/{path}", self.seed.harbour_loft)
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call("GET", path, None, &self.token).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Got {
        self.call("PUT", path, Some(body), &self.token).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.call("PATCH", path, Some(body), &self.token).await
    }

    pub async fn post(&self, path: &str) -> Got {
        self.call("POST", path, None, &self.token).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.call("DELETE", path, None, &self.token).await
    }

    pub async fn read_as(&self, token: &str, path: &str) -> Got {
        self.call("GET", path, None, token).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>, token: &str) -> Got {
        self.try_call(method, path, body, token).await.unwrap()
    }

    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        token: &str,
    ) -> Result<Got, reqwest::Error> {
        let url = format!("{}{path}", self.sim.url());
        let mut request = self.http.request(method.parse().unwrap(), url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        Got::tried(response).await
    }

    /// A write whose body does not say that it is JSON.
    pub async fn put_as(&self, content_type: &str, path: &str, body: &str) -> Got {
        let request = self
            .http
            .put(format!("{}{path}", self.sim.url()))
            .bearer_auth(&self.token);
        let request = request.header("content-type", content_type).body(body.to_owned());
        Got::of(request.send().await.unwrap()).await
    }

    /// A form of the console.
    pub async fn press(&self, path: &str, form: String) -> Got {
        let request = self.http.post(format!("{}{path}", self.sim.url()));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        Got::of(request.send().await.unwrap()).await
    }

    /// A list with `$`-options, which are encoded here.
    pub async fn list(&self, collection: &str, options: &[(&str, &str)]) -> Got {
        let mut url = reqwest::Url::parse(&format!("{}{}", self.sim.url(), self.loft(collection))).unwrap();
        url.query_pairs_mut().extend_pairs(options);
        Got::of(self.http.get(url).bearer_auth(&self.token).send().await.unwrap()).await
    }

    /// Mara as a contact; the id.
    pub async fn mara(&self) -> String {
        let body = json!({ "ipId": "tapkey", "identifier": MARA, "title": "Mara Lindt" });
        self.put(&self.loft("Contacts"), body).await.text_of("id")
    }

    /// A grant for a window over the API.
    pub async fn grant(&self, contact: &str, target: &str, from_ms: Option<i64>, before_ms: Option<i64>) -> Got {
        let body = json!({ "boundLockId": target, "contactId": contact, "timeRestrictionIcal": null,
                           "validFrom": from_ms.map(at), "validBefore": before_ms.map(at) });
        self.put(&self.loft("Grants"), body).await
    }

    pub async fn revoke(&self, grant: &str) -> Got {
        self.post(&self.loft(&format!("Grants/{grant}/Revoke?dryRun=false")))
            .await
    }
}

impl Got {
    async fn of(response: reqwest::Response) -> Got {
        Got::tried(response).await.unwrap()
    }

    async fn tried(response: reqwest::Response) -> Result<Got, reqwest::Error> {
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let (status, retry_after, location) = (response.status().as_u16(), header("retry-after"), header("location"));
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Got {
            status,
            retry_after,
            location,
            text,
            body,
        })
    }

    /// A text property.
    pub fn text_of(&self, key: &str) -> String {
        let text = self.body[key].as_str();
        text.unwrap_or_else(|| panic!("no {key} in {self:?}")).to_owned()
    }

    pub fn code(&self) -> (u16, &str) {
        (self.status, self.body["ErrorCode"].as_str().unwrap_or_default())
    }

    pub fn error(&self) -> (u16, &str) {
        (self.status, self.body["error"].as_str().unwrap_or_default())
    }

    /// One property of every row of a bare array.
    pub fn column(&self, key: &str) -> Vec<String> {
        let rows = self.body.as_array().unwrap_or_else(|| panic!("no array: {self:?}"));
        rows.iter()
            .map(|row| row[key].as_str().unwrap_or("-").to_owned())
            .collect()
    }

    /// A text property of one row.
    pub fn text_at(&self, row: usize, key: &str) -> String {
        self.body[row][key]
            .as_str()
            .unwrap_or_else(|| panic!("no {key} in {self:?}"))
            .to_owned()
    }

    /// What the redirect carries under a name; empty when it is not there.
    pub fn field(&self, name: &str) -> String {
        let to = self
            .location
            .as_deref()
            .unwrap_or_else(|| panic!("no redirect: {self:?}"));
        let to = reqwest::Url::parse(to).unwrap();
        let found = to.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}
