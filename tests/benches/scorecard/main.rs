//! The scorecard: speed as ratios to peers measured in the same run, interleaved (performance.md S-1, S-4, S-7).
//!
//! In: nothing. Out: one line per figure with the figure beside it and their ratio. `bench/README.md` says how to read it.
//! Why so: absolute times on shared machines mean little. Always: nothing here is a test; the vendor is the simulator on
//! loopback with its rate limit off, so that what is measured is ours.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]

mod desired;
mod midnight;

use std::time::{Duration, Instant as Timer};

use access::facts::*;
use access::id::*;
use access::vendor::{OpenDoor, Opened};
use simulators::fault::{Fault, Trouble};
use store::testing::TempStore;
use suite::House;

const PEOPLE: usize = 40;
const CHANGES: usize = 200;
const UNLOCKS: usize = 200;
/// How long the simulated vendor takes over an unlock.
const VENDOR_AWAY_MS: u64 = 20;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    println!("{:<58} {:>11} {:>11} {:>7}", "what", "ours", "beside", "ratio");
    desired::measure();
    runtime.block_on(async {
        let mut bench = Bench::open().await;
        bench.changes().await;
        bench.unlocks().await;
        midnight::measure().await;
    });
}

fn line(what: &str, ours: Duration, beside: Duration) {
    let ratio = ours.as_secs_f64() / beside.as_secs_f64();
    println!(
        "{what:<58} {:>8.1} µs {:>8.1} µs {ratio:>7.2}",
        micros(ours),
        micros(beside)
    );
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// The value below which so many hundredths lie.
fn percentile(times: &mut [Duration], hundredths: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * hundredths / 100).min(times.len() - 1)]
}

struct Bench {
    house: House,
    people: Vec<PersonId>,
    lagoon: ResourceId,
    front: DoorId,
    api: String,
    token: String,
    http: reqwest::Client,
    beside: TempStore,
}

impl Bench {
    /// People the vendor knows, a room, the API on a socket, and a second database for the peer's commits.
    async fn open() -> Self {
        let house = House::open().await;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let name = format!("Person {number}");
            people.push(house.person(&name).await);
            house.subscribe(&name, "Flex desk", "2026-01-01", None).await;
        }
        let mut tx = house.tx().await;
        let doors = store::group::doors(&mut tx, house.network, house.integration)
            .await
            .expect("doors");
        let front = doors
            .iter()
            .find(|door| door.name == "Front door")
            .expect("a front door")
            .id;
        house.done(tx).await;
        let lagoon = house.resource("Lagoon", ResourceKind::Room, &["Room Lagoon"]).await;

        let http = reqwest::Client::builder().build().expect("a client");
        let beside = TempStore::open().await.expect("a second database");
        Self {
            people,
            lagoon,
            front,
            api: house.url().to_owned(),
            token: house.token().to_owned(),
            house,
            http,
            beside,
        }
    }

    /// S-1: a booking by API until the answer, and until the vendor has it; beside an API round trip, one durable commit and one
    /// round trip to the vendor.
    async fn changes(&mut self) {
        let (mut answered, mut held) = (Vec::new(), Vec::new());
        let (mut peer_answered, mut peer_held) = (Vec::new(), Vec::new());
        let start = self.house.now().plus_minutes(24 * 60);
        for number in 0..CHANGES {
            let (api, commit, vendor) = (
                self.api_round_trip().await,
                self.commit().await,
                self.vendor_round_trip().await,
            );
            peer_answered.push(api + commit);
            peer_held.push(api + commit + vendor);

            self.house.sim().clear_calls();
            let from = start.plus_minutes(number as i64 * 120);
            let person = self.people[number % self.people.len()];
            let body = serde_json::json!({
                "resource": self.lagoon, "booker": person, "from": from.to_string(), "until": from.plus_minutes(60).to_string(),
            });
            let mut writes = self.house.sim().writes();
            let timer = Timer::now();
            let asked = self
                .http
                .post(format!("{}/api/v1/bookings", self.api))
                .bearer_auth(&self.token)
                .json(&body);
            let answer = asked.send().await.expect("an answer");
            let took = timer.elapsed();
            assert_eq!(
                answer.status().as_u16(),
                201,
                "{}",
                answer.text().await.unwrap_or_default()
            );
            answered.push(took);
            writes.changed().await.expect("the simulator runs");
            held.push(timer.elapsed());
            self.house.settle().await;
            assert_eq!(
                self.house.sim().calls().iter().filter(|call| call.writing).count(),
                1,
                "one change, one call"
            );
        }
        for (name, part) in [("p50", 50), ("p99", 99)] {
            let (ours, peer) = (percentile(&mut answered, part), percentile(&mut peer_answered, part));
            line(
                &format!("S-1 booking → 201 ({name}), beside API trip + commit"),
                ours,
                peer,
            );
        }
        for (name, part) in [("p50", 50), ("p99", 99)] {
            let (ours, peer) = (percentile(&mut held, part), percentile(&mut peer_held, part));
            line(
                &format!("S-1 booking → vendor has it ({name}), beside + vendor trip"),
                ours,
                peer,
            );
        }
    }

    /// S-7: opening a door, beside the vendor's own unlock.
    async fn unlocks(&mut self) {
        let asked = OpenDoor {
            network: self.house.network,
            door: self.front,
            person: self.people[0],
        };
        assert_eq!(
            self.house.worker().open(asked).await,
            Opened::Open,
            "the first unlock signs the person in"
        );
        // A vendor is a network away: what is kept meanwhile costs nobody anything.
        let away = Trouble::Latency { ms: VENDOR_AWAY_MS };
        self.house.sim().faults().add(Fault::on("POST /locks/*/unlock", away));
        let (mut ours, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..UNLOCKS {
            let timer = Timer::now();
            assert_eq!(self.house.worker().open(asked).await, Opened::Open);
            ours.push(timer.elapsed());
            // What is kept after the answer is over before the peer's turn.
            self.house.settle().await;
            peer.push(self.bare_unlock().await);
        }
        for (name, part) in [("p50", 50), ("p99", 99)] {
            let (ours, peer) = (percentile(&mut ours, part), percentile(&mut peer, part));
            line(
                &format!("S-7 unlock ({name}), beside the vendor's own unlock"),
                ours,
                peer,
            );
            let goal = Duration::from_micros(if part == 50 { 300 } else { 2_000 });
            let added = ours.saturating_sub(peer);
            line(&format!("S-7 what we add to it ({name}), beside the goal"), added, goal);
        }
        self.house.sim().faults().clear();
    }

    async fn api_round_trip(&self) -> Duration {
        let timer = Timer::now();
        let asked = self
            .http
            .get(format!("{}/api/v1/me", self.api))
            .bearer_auth(&self.token)
            .send();
        let answer = asked.await.expect("an answer");
        assert!(answer.status().is_success());
        timer.elapsed()
    }

    /// The same unlock with nothing of ours around it, by the person's own login.
    async fn bare_unlock(&self) -> Duration {
        let (network, integration) = (self.house.network, self.house.integration);
        let mut tx = self.house.store().read().await.expect("the database answers");
        let lock = store::group::door(&mut tx, network, self.front)
            .await
            .expect("a door")
            .external;
        let login = store::holder::secret(&mut tx, network, integration, self.people[0]).await;
        let login = login
            .expect("the database answers")
            .expect("the first unlock signed the person in");
        drop(tx);
        let url = format!("{}/locks/{lock}/unlock", self.house.sim().url());
        let timer = Timer::now();
        let asked = self
            .http
            .post(url)
            .header("authorization", format!("KISI-LOGIN {}", login.reveal()));
        let answer = asked.send().await.expect("an answer");
        assert!(answer.status().is_success());
        answer.bytes().await.expect("a body");
        timer.elapsed()
    }

    async fn vendor_round_trip(&self) -> Duration {
        let timer = Timer::now();
        let answer = self
            .http
            .get(format!("{}/organizations/harbor-works/public", self.house.sim().url()))
            .send();
        assert!(answer.await.expect("an answer").status().is_success());
        timer.elapsed()
    }

    /// One durable commit of a row of the same size, on a database of its own.
    async fn commit(&self) -> Duration {
        let now = self.house.now();
        let timer = Timer::now();
        let mut tx = self.beside.write().await.expect("the database answers");
        let details = store::network::Details {
            name: "A row of the same size".to_owned(),
            accent: "#0f6e66".to_owned(),
        };
        store::network::create(&mut tx, now, &details).await.expect("a row");
        tx.commit().await.expect("it is durable");
        timer.elapsed()
    }
}
