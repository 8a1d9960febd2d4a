//! A desk: the house of contract §10.3, a signed-in connector, and a small worker with a journal.
//!
//! In: verbs (hold, round). Out: what is at the simulator. Why its own: these scenes look at single calls, so the worker does one person
//! or one round at a time and hands back what each step said.

use std::net::SocketAddr;

use access::change::{Change, Comparison, Desired, Note, Observation, Observed};
use access::id::{AccessGroupId, GrantId, PersonId};
use access::vendor::{ConnectForm, ConnectRefusal, Connected, Consent, Learned, NewLogin, Secret};
use access::{Instant, Window};
use connectors::tapkey::{self, UserGroups};
use connectors::{
    Aim, Applied, Connector, Connectors, KnownGroup, Login, Memory, Outcome, Question, Repeat, Scope, Settings, Step,
    Trouble,
};
use simulators::clock::SimClock;
use simulators::tapkey::{Call, GrantState, Seed, SimGrant, TapkeySim};

/// 2026-03-02T08:00:00Z, a Monday; every scene begins then.
pub const START_MS: i64 = 1_772_438_400_000;
pub const MARA: &str = "mara.lindt@example.org";
pub const DAY: i64 = 24 * 60;

/// Minutes after the start.
pub fn at(minutes: i64) -> Instant {
    Instant::from_ms(START_MS).plus_minutes(minutes)
}

/// From and until in minutes after the start.
pub fn w(from: i64, until: i64) -> Window {
    Window::new(at(from), at(until)).expect("test windows are not empty")
}

/// From a minute on, without an end.
pub fn since(from: i64) -> Window {
    Window {
        from: at(from),
        until: Instant::MAX,
    }
}

pub struct Desk {
    pub sim: TapkeySim,
    pub seed: Seed,
    pub connectors: Connectors,
    pub login: NewLogin,
    pub connector: Connector,
    pub learned: Learned,
    pub now: Instant,
    pub outcomes: Vec<Outcome>,
    pub journal: Vec<Observed>,
    people: Vec<(String, Option<String>)>,
    wishes: Vec<(usize, String, Vec<Window>)>,
    next: u128,
}

/// The house and its sim.
pub async fn house() -> (TapkeySim, Seed) {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let sim = TapkeySim::start(SimClock::frozen(START_MS), anywhere)
        .await
        .expect("a free port");
    let seed = sim.seed();
    (sim, seed)
}

pub fn settings(sim: &TapkeySim) -> tapkey::Settings {
    tapkey::Settings {
        issuer_url: sim.url(),
        api_base_url: format!("{}/api/v1/", sim.url()),
        calls_per_s: 1_000,
        ..tapkey::Settings::default()
    }
}

pub fn connectors(tapkey: tapkey::Settings) -> Connectors {
    let settings = Settings {
        tapkey,
        ..Settings::default()
    };
    Connectors::new(settings, None).expect("loopback needs no TLS")
}

pub fn form(fields: &[(&str, &str)], consent: Consent) -> ConnectForm {
    let secret = |(key, value): &(&str, &str)| ((*key).to_owned(), Secret::new(*value));
    ConnectForm {
        vendor: "tapkey".to_owned(),
        fields: fields.iter().map(secret).collect(),
        label: "Vestibule – Harbour Loft".to_owned(),
        consent,
        like: None,
    }
}

/// The client's own service account.
pub fn service_form(seed: &Seed) -> ConnectForm {
    let fields = [
        ("client_id", &*seed.service_client),
        ("client_secret", &*seed.secret),
        ("service_account", "yes"),
    ];
    form(&fields, Consent::Impossible)
}

/// The client a person consents to.
pub fn consent_form(seed: &Seed, consent: Consent) -> ConnectForm {
    form(
        &[("client_id", &*seed.code_client), ("client_secret", &*seed.secret)],
        consent,
    )
}

pub fn verifier() -> Secret {
    Secret::new("a-verifier-of-forty-three-letters-and-more-0")
}

/// Lets the person on the consent page answer; `answer` is what the page's buttons send. The fields that come back.
pub async fn consent(connectors: &Connectors, seed: &Seed, answer: &[(&str, &str)]) -> Vec<(String, String)> {
    let possible = Consent::Possible {
        back: seed.redirect_uri.clone(),
        state: "s-17".to_owned(),
        verifier: verifier(),
    };
    let Connected::ConsentNeeded { url } = connectors.connect(&consent_form(seed, possible)).await else {
        panic!("a person has to consent");
    };
    let mut url = reqwest::Url::parse(&url).expect("an address");
    url.query_pairs_mut().extend_pairs(answer);
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a browser");
    let page = browser.get(url).send().await.expect("the page answers");
    let location = page.headers()["location"].to_str().expect("an address");
    let back = reqwest::Url::parse(location).expect("an address");
    back.query_pairs().into_owned().collect()
}

/// Consents and answers with what the callback brought.
pub async fn given(connectors: &Connectors, seed: &Seed, answer: &[(&str, &str)]) -> Consent {
    let fields = consent(connectors, seed, &[&[("sim_auto", "allow")], answer].concat()).await;
    let field = |key: &str| {
        fields
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.clone())
    };
    Consent::Given {
        back: seed.redirect_uri.clone(),
        code: Secret::new(field("code").expect("it was allowed")),
        verifier: verifier(),
        scope: field("scope"),
    }
}

pub fn yes(connected: Connected) -> NewLogin {
    match connected {
        Connected::Yes(login) => login,
        other => panic!("not connected: {other:?}"),
    }
}

pub fn no(connected: Connected) -> ConnectRefusal {
    match connected {
        Connected::No(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub fn lock(id: &str) -> String {
    format!("lock:{id}")
}

pub fn group(id: &str) -> String {
    format!("group:{id}")
}

impl Desk {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut tapkey::Settings)) -> Self {
        let (sim, seed) = house().await;
        let mut settings = settings(&sim);
        change(&mut settings);
        let connectors = connectors(settings);
        let login = yes(connectors.connect(&service_form(&seed)).await);
        let mut desk = Self {
            connector: connectors
                .connector(
                    "tapkey",
                    &Login::passing(&*login.account, login.secret.clone()),
                    Some(&seed.harbour_loft),
                )
                .expect("Tapkey has a connector"),
            sim,
            seed,
            connectors,
            login,
            learned: Learned::default(),
            now: at(0),
            outcomes: vec![],
            journal: vec![],
            people: vec![],
            wishes: vec![],
            next: 0,
        };
        desk.new_stretch();
        desk.sim.clear_calls();
        desk
    }

    pub async fn with_user_groups() -> Self {
        Self::open_with(|settings| settings.user_groups = UserGroups::On).await
    }

    /// A new stretch of work: nothing is remembered.
    pub fn new_stretch(&mut self) {
        self.connector = self.connector.clone().remembering(&Memory::default());
    }

    pub fn go_to(&mut self, minutes: i64) {
        self.now = at(minutes);
        self.sim.clock().set_ms(self.now.ms());
    }

    /// Lets this hold for a person in a group, and carries it out from the journal.
    pub async fn hold(&mut self, email: &str, group: &str, windows: &[Window]) -> Result<(), Trouble> {
        let person = self.person(email);
        self.wishes.retain(|(who, of, _)| (*who, &**of) != (person, group));
        self.wishes.push((person, group.to_owned(), windows.to_vec()));
        self.settle(email).await
    }

    pub async fn settle(&mut self, email: &str) -> Result<(), Trouble> {
        for _ in 0..6 {
            let changes = self.compare_person(email).changes;
            if changes.is_empty() {
                return Ok(());
            }
            for change in changes {
                if self.carry_out(&change, Repeat::First).await? == Outcome::ForeignStands {
                    return Ok(());
                }
            }
        }
        panic!("there is always something left to do");
    }

    pub fn compare_person(&mut self, email: &str) -> Comparison {
        let person = person_id(self.person(email));
        let seen = Observation {
            rows: self.journal.clone(),
            complete: true,
            ..Observation::default()
        };
        self.compare(&seen, Scope::Person(person))
    }

    /// Reads everything that is wished for, compares, carries out.
    pub async fn round(&mut self) -> Result<Vec<Note>, Trouble> {
        let mut asked: Vec<String> = self.wishes.iter().map(|(_, group, _)| group.clone()).collect();
        asked.sort_unstable();
        asked.dedup();
        let mut seen = self.connector.observe(&asked).await?;
        if seen.complete {
            let listed = |row: &Observed| seen.rows.iter().any(|other| other.external == row.external);
            self.journal.retain(listed);
        }
        for row in &mut seen.rows {
            if let Some(known) = self.journal.iter_mut().find(|known| known.external == row.external) {
                known.window = row.window;
                (row.ours, row.person) = (known.ours, known.person);
            }
        }
        let comparison = self.compare(&seen, Scope::Integration);
        for change in &comparison.changes {
            self.carry_out(change, Repeat::First).await?;
        }
        Ok(comparison.notes)
    }

    pub fn compare(&mut self, seen: &Observation, scope: Scope) -> Comparison {
        let named = |(_, external, _): &(usize, String, Vec<Window>)| KnownGroup {
            id: group_id(external),
            external: external.clone(),
            mapped: true,
        };
        let groups: Vec<KnownGroup> = self.wishes.iter().map(named).collect();
        let desired = self.wishes.iter().map(|(person, group, windows)| Desired {
            person: person_id(*person),
            email: self.people[*person].0.clone(),
            name: "Mara Lindt".to_owned(),
            group: group_id(group),
            external_group: group.clone(),
            windows: windows.clone(),
        });
        let desired: Vec<Desired> = desired.collect();
        let (learned, now) = (self.learned, self.now);
        let question = Question {
            desired: &desired,
            observed: seen,
            groups: &groups,
            doors: &[],
            learned,
            now,
            scope,
            aim: Aim::Keep,
        };
        let next = &mut self.next;
        self.connector.compare(&question, &mut || {
            *next += 1;
            GrantId::new(now, *next)
        })
    }

    /// One step, with its receipt kept.
    pub async fn carry_out(&mut self, change: &Change, repeat: Repeat) -> Result<Outcome, Trouble> {
        let applied = self.try_step(change, repeat).await?;
        Ok(self.keep(change, applied))
    }

    pub async fn try_step(&self, change: &Change, repeat: Repeat) -> Result<Applied, Trouble> {
        let person = change.person();
        let theirs = self.journal.iter().filter(|row| row.person == Some(person));
        let known: Vec<String> = theirs.map(|row| row.external.clone()).collect();
        let step = Step {
            holder: self.people[self.index_of(person)].1.as_deref(),
            learned: self.learned,
            known: &known,
            repeat,
        };
        self.connector.apply(change, &step).await
    }

    pub fn keep(&mut self, change: &Change, applied: Applied) -> Outcome {
        self.learned = applied.learned;
        self.outcomes.push(applied.outcome);
        let whose = self.index_of(change.person());
        if let Some(holder) = applied.receipt.holder {
            self.people[whose].1 = Some(holder.external);
        }
        let grant = change.grant();
        let before = self.journal.iter().position(|row| row.ours == Some(grant));
        let before = before.map(|at| self.journal.remove(at));
        if let (Some(external), Some(window)) = (applied.receipt.external, applied.receipt.window) {
            let external_group = match change {
                Change::Give { external_group, .. } | Change::Move { external_group, .. } => external_group.clone(),
                Change::Take { .. } => before.map(|row| row.external_group).unwrap_or_default(),
            };
            self.journal.push(Observed {
                external,
                external_holder: self.people[whose].1.clone().unwrap_or_default(),
                person: Some(change.person()),
                email: self.people[whose].0.clone(),
                external_group,
                window,
                ours: Some(grant),
            });
        }
        applied.outcome
    }

    pub fn person(&mut self, email: &str) -> usize {
        self.people
            .iter()
            .position(|(known, _)| known == email)
            .unwrap_or_else(|| {
                self.people.push((email.to_owned(), None));
                self.people.len() - 1
            })
    }

    fn index_of(&self, person: PersonId) -> usize {
        (0..self.people.len())
            .find(|n| person_id(*n) == person)
            .expect("changes are about our people")
    }

    /// Grants of a person that are neither revoked nor over.
    pub fn live(&self, email: &str) -> Vec<SimGrant> {
        let now = self.now.ms();
        let grants = self.sim.grants().into_iter();
        grants
            .filter(|grant| {
                grant
                    .email
                    .as_deref()
                    .is_some_and(|other| other.eq_ignore_ascii_case(email))
            })
            .filter(|grant| grant.state == GrantState::Ok && grant.before_ms.is_none_or(|before_ms| before_ms > now))
            .collect()
    }

    /// Calls with this method whose path ends so. Those that only found the token too old are left out: the twin's clock jumps, ours does not.
    pub fn calls(&self, method: &str, end: &str) -> Vec<Call> {
        let calls = self.sim.calls().into_iter();
        calls
            .filter(|call| call.method == method && call.path.ends_with(end) && call.status != 401)
            .collect()
    }

    pub fn writes(&self) -> usize {
        self.sim.calls().iter().filter(|call| call.writing).count()
    }

    #[track_caller]
    pub fn lets_in_exactly(&self, email: &str, lock: &str, from: i64, until: i64) {
        for (minute, expected) in [(from - 1, false), (from, true), (until - 1, true), (until, false)] {
            let opens = self.sim.opens_at(email, lock, true, at(minute).ms());
            assert_eq!(opens.is_ok(), expected, "{email} at minute {minute}: {opens:?}");
        }
    }
}

pub fn person_id(n: usize) -> PersonId {
    PersonId::new(at(0), n as u128)
}

pub fn group_id(external: &str) -> AccessGroupId {
    AccessGroupId::new(
        at(0),
        external
            .bytes()
            .fold(7, |sum: u128, byte| sum.wrapping_mul(31) + u128::from(byte)),
    )
}
