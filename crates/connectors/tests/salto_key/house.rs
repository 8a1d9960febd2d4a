//! A site with one door, its owner through whom we are connected, and Noor, who has a phone.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use access::Instant;
use access::vendor::{ConnectForm, Connected, Consent, KeyAct, KeyRefusal, KeySeen, Secret};
use connectors::vault::Trip;
use connectors::{Connector, Connectors, KeyLogin, Login, Settings, salto};
use reqwest::Url;
use simulators::clock::SimClock;
use simulators::salto::switches::Consent as Answers;
use simulators::salto::{Client, Host, Hours, Id, Key, SaltoSim};

/// 2027-03-09T11:00:00Z.
pub const NOON: i64 = 1_804_590_000_000;
pub const DAY: i64 = 24 * 60 * 60 * 1000;
pub const OWNER: &str = "owner@harbour.example";
pub const NOOR: &str = "noor@example.org";
pub const BACK: &str = "https://doors.example.org/portal/key/linked";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard-0123456789";

pub struct House {
    pub sim: SaltoSim,
    pub clock: SimClock,
    pub connectors: Connectors,
    pub connector: Connector,
    pub site: Id,
    pub front: Id,
    /// Noor's site-user id.
    pub noor: Id,
    /// What is kept of Noor's login, with the Connect API calls that had been made when it was stored.
    pub kept: Arc<Mutex<Vec<(Secret, usize)>>>,
}

/// A phone's public key: the shape is what counts. The last letter of the point leaves no bits over.
pub fn public_key(letter: char) -> String {
    let point: String = std::iter::repeat_n(letter, 85).collect();
    format!("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{point}A==")
}

impl House {
    pub async fn open() -> Self {
        let clock = SimClock::frozen(NOON);
        let anywhere: SocketAddr = ([127, 0, 0, 1], 0).into();
        let sim = SaltoSim::start(clock.clone(), [anywhere; 3]).await.unwrap();
        let scopes = ["openid", "profile", "user_api.full_access", "offline_access"];
        let grants = ["authorization_code", "refresh_token", "password"];
        sim.add_client(Client {
            id: "our-client".to_owned(),
            secret: Some("s3cret".to_owned()),
            redirect_uris: vec![BACK.to_owned()],
            grants: grants.map(str::to_owned).to_vec(),
            scopes: scopes.map(str::to_owned).to_vec(),
        });
        let site = sim.add_site("Harbour", "NL0042113377", "Europe/Amsterdam", 5, (OWNER, "let me in"));
        let iq = sim.add_iq(&site, "Hall IQ");
        let front = sim.add_lock(&iq, "Front door");
        let members = sim.add_group(&site, "Members", std::slice::from_ref(&front), &[Hours::always()]);
        let noor = sim.add_user(&site, NOOR, "Noor", "Visser", &["site_user", "site_mobile_user"]);
        assert!(sim.foreign_member(&members, NOOR));
        sim.set_switches(|switches| switches.consent = Answers::Allow);
        let settings = Settings {
            salto: salto::Settings {
                identity_url: sim.url(Host::Identity),
                api_url: sim.url(Host::Api),
                stream_url: sim.url(Host::Stream),
                calls_per_s: 1_000,
            },
            ..Settings::default()
        };
        let connectors = Connectors::new(settings, None).unwrap();
        let field = |key: &str, value: &str| (key.to_owned(), Secret::new(value));
        let form = ConnectForm {
            vendor: "salto".to_owned(),
            fields: vec![
                field("client_id", "our-client"),
                field("client_secret", "s3cret"),
                field("email", OWNER),
                field("password", "let me in"),
            ],
            label: "Vestibule".to_owned(),
            consent: Consent::Impossible,
            like: None,
        };
        let Connected::Yes(login) = connectors.connect(&form).await else {
            panic!("the owner can sign in");
        };
        let login = Login::passing(login.account, login.secret);
        let connector = connectors.connector("salto", &login, Some(&site)).unwrap();
        sim.clear_calls();
        Self {
            sim,
            clock,
            connectors,
            connector,
            site,
            front,
            noor,
            kept: Arc::default(),
        }
    }

    /// One act for Noor, with whatever is kept of her login.
    pub async fn act(&self, act: KeyAct) -> KeySeen {
        let external = self.sim.person(NOOR);
        self.act_as(external.as_deref(), act).await
    }

    pub async fn act_as(&self, external: Option<&str>, act: KeyAct) -> KeySeen {
        let (kept, sim) = (Arc::clone(&self.kept), self.sim.clone());
        let keep = move |secret: Secret| -> Trip<'static, ()> {
            let calls = sim.calls().iter().filter(|call| call.host == Host::Api).count();
            kept.lock().unwrap().push((secret, calls));
            Box::pin(async { Ok(()) })
        };
        let login = KeyLogin {
            external,
            email: NOOR,
            kept: self.login(),
            keep: &keep,
        };
        let now = Instant::from_ms(self.clock.now_ms());
        self.connector.key(&act, login, now).await
    }

    pub fn login(&self) -> Option<Secret> {
        self.kept.lock().unwrap().last().map(|(secret, _)| secret.clone())
    }

    /// Where the browser is sent.
    pub async fn go(&self) -> Url {
        let begin = KeyAct::Begin {
            back: BACK.to_owned(),
            state: "a-state".to_owned(),
            verifier: Secret::new(VERIFIER),
        };
        let KeySeen::Go { url } = self.act(begin).await else {
            panic!("there is a page to go to");
        };
        Url::parse(&url).unwrap()
    }

    /// What the browser brings back: its query.
    pub async fn brought_back(&self, url: Url) -> Vec<(String, String)> {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let answer = browser.build().unwrap().get(url).send().await.unwrap();
        let to = answer
            .headers()
            .get("location")
            .expect("it is sent back")
            .to_str()
            .unwrap();
        assert!(to.starts_with(BACK), "{to}");
        let query = Url::parse(to).unwrap();
        query.query_pairs().into_owned().collect()
    }

    /// The browser's whole trip: a code.
    pub async fn code(&self) -> Secret {
        let back = self.brought_back(self.go().await).await;
        let of = |key: &str| {
            back.iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value.clone())
        };
        assert_eq!(of("state").as_deref(), Some("a-state"));
        Secret::new(of("code").expect("it was allowed"))
    }

    pub async fn link(&self, code: Secret) -> KeySeen {
        self.act(linked(code, VERIFIER)).await
    }

    /// Noor, with her login kept.
    pub async fn linked() -> Self {
        let house = Self::open().await;
        let code = house.code().await;
        assert_eq!(house.link(code).await, KeySeen::Linked);
        house.sim.clear_calls();
        house
    }

    pub async fn issue(&self, device: &str, key: &str) -> KeySeen {
        let issue = KeyAct::Issue {
            device: device.to_owned(),
            device_name: "Noor's phone".to_owned(),
            public_key: key.to_owned(),
        };
        self.act(issue).await
    }

    /// The key of Noor's phone: id and end.
    pub async fn key(&self) -> (String, Instant) {
        key_of(self.issue("7d2c", &public_key('A')).await)
    }

    /// Holds a key to the front door's reader.
    pub fn is_green(&self, key_id: &str) -> bool {
        let key = Key::Mobile(key_id.to_owned());
        self.sim.present(&self.front, &key).unwrap().green
    }

    /// Calls as "POST /v1.1/me/devices", without those of the identity server.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.sim.calls();
        let api = calls.iter().filter(|call| call.host == Host::Api);
        api.map(|call| format!("{} {}", call.method, call.path)).collect()
    }
}

pub fn linked(code: Secret, verifier: &str) -> KeyAct {
    KeyAct::Link {
        back: BACK.to_owned(),
        code,
        verifier: Secret::new(verifier),
    }
}

#[track_caller]
pub fn key_of(seen: KeySeen) -> (String, Instant) {
    match seen {
        KeySeen::Key { key_id, data, until } => {
            assert!(data.reveal().len() > 100, "the phone gets something to decrypt");
            (key_id, until)
        }
        other => panic!("no key: {other:?}"),
    }
}

#[track_caller]
pub fn why(seen: KeySeen) -> KeyRefusal {
    match seen {
        KeySeen::Refused { why, .. } => why,
        other => panic!("not refused: {other:?}"),
    }
}
