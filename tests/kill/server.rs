//! The real binary on a database of its own, beside a simulated vendor that lives on in this process.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use access::facts::Grace;
use access::id::*;
use access::{Instant, Window};
use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::fault::{Fault, Trouble};
use simulators::kisi::KisiSim;
use simulators::kisi::switches::RateLimits;
use store::record::{Act, Actor};
use store::{Clock, Store, location, network};
use suite::house::api::{self, Program};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const DOMAIN: &str = "harbor-works";
const OWNER: &str = "owner@harbor.example";
const PASSWORD: &str = "correct horse";
/// A start takes a moment; this long it never takes.
const START_WITHIN: Duration = Duration::from_secs(60);
/// How often a state is looked at again.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The vendor takes this long for each call, so that a kill often falls into one.
const CALL_MS: u64 = 60;

pub struct Server {
    pub sim: KisiSim,
    pub program: Program,
    pub location: LocationId,
    pub place: i64,
    /// The front door's lock.
    pub front: i64,
    port: u16,
    folder: Folder,
    running: Option<Child>,
    /// How often it was killed, and how often a request was cut off by that.
    pub kills: usize,
    pub cut_off: usize,
}

/// A temporary folder that goes with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {why}", self.0.display());
        }
    }
}

impl Folder {
    fn new() -> Self {
        let random = u64::from_le_bytes(store::chance::bytes());
        let path = std::env::temp_dir().join(format!("vestibule-kill-{random:016x}"));
        std::fs::create_dir(&path).expect("a temporary folder");
        Self(path)
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.0.join("house.sqlite").display())
    }

    fn key(&self) -> PathBuf {
        self.0.join("house.key")
    }
}

impl Server {
    /// A vendor with a little building, and a database with a network, its location and an owner's token.
    pub async fn install() -> Self {
        let clock = SimClock::system();
        let sim = KisiSim::start(clock, SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .expect("a free port");
        sim.set_switches(|switches| switches.rate_limits = RateLimits::Off);
        sim.faults().add(Fault::on("*", Trouble::Latency { ms: CALL_MS }));
        sim.seed_org(DOMAIN, OWNER, PASSWORD);
        let place = sim.add_place("Pier 3", "Europe/Berlin");
        let (front, studio) = (sim.add_lock(place, "Front door"), sim.add_lock(place, "Studio"));
        sim.add_group(Some(place), "Members", &[front]);
        sim.add_group(Some(place), "Studio", &[studio]);
        let folder = Folder::new();
        let (location, token) = found(&folder).await;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a free port")
            .port();
        let mut program = Program::new(token);
        program.moves_to(format!("http://127.0.0.1:{port}"));
        Self {
            sim,
            program,
            location,
            place,
            front,
            port,
            folder,
            running: None,
            kills: 0,
            cut_off: 0,
        }
    }

    /// Starts the binary; it answers when this returns.
    pub async fn start(&mut self) {
        let child = Command::new(binary())
            .arg("serve")
            .args(["--database", &self.folder.database()])
            .arg("--key-file")
            .arg(self.folder.key())
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--kisi-url", &self.sim.url()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.running = Some(child.expect("the binary starts"));
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let answers = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                looks.tick().await;
            }
        };
        tokio::time::timeout(START_WITHIN, answers)
            .await
            .expect("the binary answers");
    }

    /// Asks until it is acknowledged. With a kill, the server dies so many milliseconds after the request was sent, is started
    /// again, and is asked again with the same key if its answer had not come.
    pub async fn insist(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        key: &str,
        kill_after_ms: Option<u64>,
    ) -> (u16, Value) {
        let Some(ms) = kill_after_ms else {
            let answer = self.program.ask(method, path, body, Some(key)).await;
            return answer.expect("nobody killed the server");
        };
        let mut running = self.running.take().expect("it runs");
        let killed = async {
            let mut waits = tokio::time::interval(Duration::from_millis(ms.max(1)));
            waits.tick().await;
            waits.tick().await;
            // SIGKILL: the process gets no chance to tidy up.
            running.kill().await.expect("it can be killed");
        };
        let (answer, ()) = tokio::join!(self.program.ask(method, path, body, Some(key)), killed);
        self.kills += 1;
        self.start().await;
        match answer {
            Ok(acknowledged) => acknowledged,
            Err(_) => {
                self.cut_off += 1;
                let answer = self.program.ask(method, path, body, Some(key)).await;
                answer.expect("it was started again")
            }
        }
    }

    /// What the server says of something.
    pub async fn read(&self, path: &str) -> Value {
        let (status, answer) = self
            .program
            .ask("GET", path, &Value::Null, None)
            .await
            .expect("the server answers");
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// The windows the vendor holds for somebody in a group, in order, as often as it holds them.
    pub fn windows_at(&self, group: &str, email: &str) -> Vec<Window> {
        let group = self
            .sim
            .groups()
            .into_iter()
            .find(|known| known.name == group)
            .map(|known| known.id);
        let rows = self
            .sim
            .assignments()
            .into_iter()
            .filter(|row| row.email == email && row.group == group);
        let mut held: Vec<Window> = rows
            .map(|row| Window {
                from: row.valid_from_ms.map_or(Instant::MIN, Instant::from_ms),
                until: row.valid_until_ms.map_or(Instant::MAX, Instant::from_ms),
            })
            .collect();
        held.sort_unstable();
        held
    }

    /// Looks at a state until it is so; `false` when it never was.
    pub async fn until(&self, patience: Duration, mut so: impl FnMut() -> bool) -> bool {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let comes = async {
            while !so() {
                looks.tick().await;
            }
        };
        tokio::time::timeout(patience, comes).await.is_ok()
    }

    /// Connects the vendor's account.
    pub async fn connect(&self) -> IntegrationId {
        let fields = json!({ "domain": DOMAIN, "email": OWNER, "password": PASSWORD });
        let account =
            json!({ "location": self.location, "vendor": "kisi", "fields": fields, "site": self.place.to_string() });
        self.make("/api/v1/integrations", &account).await
    }

    /// Makes something while the server surely runs.
    pub async fn make<T: std::str::FromStr>(&self, path: &str, body: &Value) -> T {
        let (status, made) = self
            .program
            .ask("POST", path, body, None)
            .await
            .expect("the server answers");
        assert_eq!(status, 201, "{path}: {made}");
        let id = made["id"].as_str().and_then(|id| id.parse().ok());
        id.unwrap_or_else(|| panic!("no id in {made}"))
    }

    /// Our ids of the two groups, once the vendor was read.
    pub async fn groups(&self, integration: IntegrationId) -> (Value, Value) {
        let path = format!("/api/v1/integrations/{integration}/groups");
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let read = async {
            loop {
                let (_, listed) = self
                    .program
                    .ask("GET", &path, &Value::Null, None)
                    .await
                    .expect("the server answers");
                let rows = listed["items"].as_array().cloned().unwrap_or_default();
                let named = |name: &str| rows.iter().find(|row| row["name"] == name).map(|row| row["id"].clone());
                if let (Some(members), Some(studio)) = (named("Members"), named("Studio")) {
                    return (members, studio);
                }
                looks.tick().await;
            }
        };
        tokio::time::timeout(START_WITHIN, read)
            .await
            .expect("the groups are read")
    }
}

async fn found(folder: &Folder) -> (LocationId, String) {
    let key = vestibule::key::read_or_make(&folder.key()).expect("a key is made");
    let store = Store::open(&folder.database(), key).await.expect("an empty database");
    let now = Clock::system().now();
    let mut tx = store.write().await.expect("it answers");
    let brand = network::Details {
        name: "Harbor Works".to_owned(),
        accent: "#0f6e66".to_owned(),
    };
    let network = network::create(&mut tx, now, &brand)
        .await
        .expect("the network is kept");
    let act = Act::new(network, now, Actor::Setup);
    let place = location::Details {
        name: "Pier 3".to_owned(),
        address: "3 Pier Road".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        grace: Grace::default(),
        opening_hours: Value::Null,
    };
    let location = location::create(&mut tx, &act, &place)
        .await
        .expect("the location is kept");
    let token = api::owner(&mut tx, &act).await;
    tx.commit().await.expect("it is durable");
    store.close().await;
    (location, token)
}

/// The binary: `VESTIBULE_BIN`, or the one beside this test, built when it is not there.
fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("VESTIBULE_BIN") {
        return named.into();
    }
    let test = std::env::current_exe().expect("a test knows where it is");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests are built two folders down");
    let binary = folder.join("vestibule");
    if !binary.exists() {
        let built = std::process::Command::new(env!("CARGO"))
            .args(["build", "--package", "vestibule", "--bin", "vestibule"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(
            built.is_ok_and(|status| status.success()) && binary.exists(),
            "the binary can be built"
        );
    }
    binary
}
