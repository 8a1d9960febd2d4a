//! A small site at Salto KS: an owner, a system user who is administrator, a hub with two doors, a group, a member.
//!
//! The clock stands at [`NOON`]; everything seeded is known to the doors.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use simulators::clock::SimClock;
use simulators::salto::{Client, Host, Hours, Id, SaltoSim};

/// 2027-03-09T11:00:00Z, noon in Amsterdam, a Tuesday.
pub const NOON: i64 = 1_804_590_000_000;
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
pub const OWNER: &str = "owner@harbour.example";
pub const BOT: &str = "doors-bot@example.org";
pub const NOOR: &str = "noor@example.org";
pub const REDIRECT: &str = "https://doors.example.org/callback";
pub const WEB: &str = "web-client";
pub const SERVER: &str = "server-client";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard-0123456789";

pub struct House {
    pub sim: SaltoSim,
    pub clock: SimClock,
    pub site: Id,
    pub iq: Id,
    pub front: Id,
    pub studio: Id,
    /// Both doors, always open.
    pub members: Id,
    /// Noor's site-user id.
    pub noor: Id,
    /// The system user's access token.
    pub token: String,
    pub http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

pub fn anywhere() -> [SocketAddr; 3] {
    [SocketAddr::from(([127, 0, 0, 1], 0)); 3]
}

pub fn client(id: &str, secret: Option<&str>, grants: &[&str]) -> Client {
    let scopes = ["openid", "profile", "user_api.full_access", "offline_access"];
    Client {
        id: id.to_owned(),
        secret: secret.map(str::to_owned),
        redirect_uris: vec![REDIRECT.to_owned()],
        grants: grants.iter().map(|grant| (*grant).to_owned()).collect(),
        scopes: scopes.map(str::to_owned).to_vec(),
    }
}

pub async fn house() -> House {
    // Another test of this process may have chosen the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = SimClock::frozen(NOON);
    let sim = SaltoSim::start(clock.clone(), anywhere()).await.unwrap();
    sim.add_client(client(WEB, None, &["authorization_code", "refresh_token"]));
    sim.add_client(client(SERVER, Some("s3cret/+"), &["password", "refresh_token"]));
    let site = sim.add_site(
        "Harbour Works",
        "NL0042113377",
        "Europe/Amsterdam",
        5,
        (OWNER, "let me in"),
    );
    let bot = sim.add_user(&site, BOT, "Doors", "Bot", &["site_admin"]);
    assert!(sim.set_user(&bot, |bot| bot.remote_access = true));
    let iq = sim.add_iq(&site, "Hall IQ");
    let front = sim.add_lock(&iq, "Front door");
    let studio = sim.add_lock(&iq, "Studio");
    let members = sim.add_group(
        &site,
        "Members 24/7",
        &[front.clone(), studio.clone()],
        &[Hours::always()],
    );
    let noor = sim.add_user(&site, NOOR, "Noor", "Visser", &["site_user"]);
    assert!(sim.set_person(NOOR, |noor| noor.tag_number = Some("02300417".to_owned())));
    let mut house = House {
        sim,
        clock,
        site,
        iq,
        front,
        studio,
        members,
        noor,
        token: String::new(),
        http: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap(),
    };
    house.token = house.token_of(BOT).await;
    house.sim.clear_calls();
    house
}

pub fn challenge() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

pub fn at(unix_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(unix_ms).unwrap().to_string()
}

impl House {
    /// An access token by consent, given at once.
    pub async fn token_of(&self, email: &str) -> String {
        let before = self.sim.switches().consent;
        self.sim
            .set_switches(|switches| switches.consent = simulators::salto::switches::Consent::Allow);
        let code = self.code(&[("login_hint", email)]).await;
        self.sim.set_switches(|switches| switches.consent = before);
        let got = self.redeem(&code, VERIFIER).await;
        assert_eq!(got.status, 200, "{got:?}");
        got.body["access_token"].as_str().unwrap().to_owned()
    }

    /// Asks for consent; `more` replaces or adds parameters.
    pub async fn authorize(&self, more: &[(&str, &str)]) -> Got {
        let challenge = challenge();
        let usual = [
            ("response_type", "code"),
            ("client_id", WEB),
            ("redirect_uri", REDIRECT),
            ("scope", "openid profile user_api.full_access offline_access"),
            ("state", "st4te"),
            ("nonce", "n0nce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual
            .iter()
            .filter(|(key, _)| more.iter().all(|(other, _)| key != other));
        let url = format!("{}/connect/authorize", self.sim.url(Host::Identity));
        let url = reqwest::Url::parse_with_params(&url, kept.chain(more)).unwrap();
        read(self.http.get(url)).await
    }

    /// The code of a consent given at once.
    pub async fn code(&self, more: &[(&str, &str)]) -> String {
        self.authorize(more).await.returned("code").unwrap()
    }

    pub async fn redeem(&self, code: &str, verifier: &str) -> Got {
        self.token_call(
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", REDIRECT),
                ("client_id", WEB),
                ("code_verifier", verifier),
            ],
            None,
        )
        .await
    }

    pub async fn token_call(&self, form: &[(&str, &str)], basic: Option<(&str, &str)>) -> Got {
        let url = format!("{}/connect/token", self.sim.url(Host::Identity));
        let body = reqwest::Url::parse_with_params("http://form/", form).unwrap();
        let mut request = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.query().unwrap_or_default().to_owned());
        if let Some((id, secret)) = basic {
            request = request.basic_auth(id, Some(secret));
        }
        read(request).await
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1.2/sites/{}{rest}", self.site)
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Got {
        self.call_as(&self.token, method, path, body).await
    }

    pub async fn call_as(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Got {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.sim.url(Host::Api))
        };
        let mut request = self.http.request(method.parse().unwrap(), url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request).await
    }

    pub async fn get(&self, rest: &str) -> Got {
        self.call("GET", &self.path(rest), None).await
    }

    pub async fn post(&self, rest: &str, body: Value) -> Got {
        self.call("POST", &self.path(rest), Some(body)).await
    }

    pub async fn patch(&self, rest: &str, body: Value) -> Got {
        self.call("PATCH", &self.path(rest), Some(body)).await
    }

    pub async fn put(&self, rest: &str, body: Value) -> Got {
        self.call("PUT", &self.path(rest), Some(body)).await
    }

    pub async fn delete(&self, rest: &str) -> Got {
        self.call("DELETE", &self.path(rest), None).await
    }

    /// Noor joins the members' group over the API.
    pub async fn join(&self) -> Got {
        let person = self.sim.person(NOOR).unwrap();
        let got = self
            .post(
                &format!("/access_groups/{}/users", self.members),
                json!({ "user_id": person }),
            )
            .await;
        assert_eq!(got.status, 200, "{got:?}");
        got
    }

    /// The system user's hub: secret, mailed PIN, self-test. Returns secret and PIN.
    pub async fn activate(&self) -> (String, String) {
        let (secret, pin) = self.prepare().await;
        let otp = simulators::salto::otp(self.clock.now_ms(), &secret, &pin);
        let got = self
            .put(&format!("/iqs/{}/pin", self.iq), json!({ "otp": otp, "delta": "0000" }))
            .await;
        assert_eq!(got.status, 204, "{got:?}");
        (secret, pin)
    }

    /// The same without the self-test.
    pub async fn prepare(&self) -> (String, String) {
        let secret = self.get(&format!("/iqs/{}/secret", self.iq)).await.body["secret"]
            .as_str()
            .unwrap()
            .to_owned();
        let sent = self.get(&format!("/iqs/{}/pin?send_email=true", self.iq)).await;
        assert_eq!(sent.status, 204);
        let letter = self.sim.letters().pop().unwrap();
        assert_eq!(letter.to, BOT);
        (secret, letter.text[letter.text.len() - 4..].to_owned())
    }

    pub async fn open(&self, otp: Option<&str>) -> Got {
        let mut body = json!({ "locked_state": "unlocked" });
        if let Some(otp) = otp {
            body["otp"] = otp.into();
        }
        self.patch(&format!("/locks/{}/locking", self.front), body).await
    }
}

pub async fn read(request: reqwest::RequestBuilder) -> Got {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_default();
    Got {
        status,
        headers,
        text,
        body,
    }
}

impl Got {
    /// Status and `ErrorCode`.
    pub fn error(&self) -> (u16, i64) {
        (self.status, self.body["ErrorCode"].as_i64().unwrap_or_default())
    }

    pub fn message(&self) -> &str {
        self.body["Message"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A parameter of the redirect.
    pub fn returned(&self, name: &str) -> Option<String> {
        let url = reqwest::Url::parse(self.header("location")).ok()?;
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn items(&self) -> &Vec<Value> {
        self.body["items"]
            .as_array()
            .unwrap_or_else(|| panic!("no items in {self:?}"))
    }

    pub fn id(&self) -> String {
        self.body["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id in {self:?}"))
            .to_owned()
    }
}
