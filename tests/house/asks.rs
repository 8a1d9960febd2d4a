//! What a scene asks. Whether a door opens is always asked at the simulator, never at our own database.

use access::change::Note;
use access::facts::IntegrationState;
use access::id::*;
use simulators::kisi::{Call, SimAssignment};
use store::door_event::{self, DoorEvent};
use store::{Page, finding, integration};

use super::{House, PATIENCE};

impl House {
    /// Would the vendor let this person through this door now?
    pub fn may_open(&self, name: &str, door: &str) -> bool {
        self.twin.may_open_at(&self.email(name), door, self.now().ms())
    }

    /// Would it, at another instant, if nobody did anything until then?
    pub fn may_open_at(&self, name: &str, door: &str, said: &str) -> bool {
        self.twin.may_open_at(&self.email(name), door, self.at(said).ms())
    }

    /// The clocks walk over both edges: out one minute before the first, in from it, in one minute before the second, out from it.
    pub async fn lets_in_exactly(&self, name: &str, door: &str, from: &str, until: &str) {
        let (from, until) = (self.at(from), self.at(until));
        for (at, expected) in [
            (from.plus_minutes(-1), false),
            (from, true),
            (until.plus_minutes(-1), true),
            (until, false),
        ] {
            if at >= self.now() {
                self.clock_at(at).await;
                assert_eq!(self.may_open(name, door), expected, "{name} at {door}, {at}");
            }
        }
    }

    /// The vendor's id of a lock.
    pub fn lock(&self, door: &str) -> i64 {
        let found = self.sim().locks().into_iter().find(|lock| lock.name == door);
        found.unwrap_or_else(|| panic!("the vendor has no lock “{door}”")).id
    }

    /// The vendor's id of a group.
    pub fn group(&self, name: &str) -> i64 {
        let found = self.sim().groups().into_iter().rfind(|group| group.name == name);
        found.unwrap_or_else(|| panic!("the vendor has no group “{name}”")).id
    }

    /// What the vendor holds for somebody.
    pub fn rows(&self, name: &str) -> Vec<SimAssignment> {
        let email = self.email(name);
        self.sim()
            .assignments()
            .into_iter()
            .filter(|row| row.email == email && row.group.is_some())
            .collect()
    }

    /// The calls since they were last forgotten.
    pub fn calls(&self) -> Vec<Call> {
        self.sim().calls()
    }

    /// Those that change something at the vendor, as `POST /users`.
    pub fn writing_calls(&self) -> Vec<String> {
        let writing = self.sim().calls().into_iter().filter(|call| call.writing);
        writing.map(|call| format!("{} {}", call.method, call.path)).collect()
    }

    /// Open findings of the integration.
    pub async fn findings(&self) -> Vec<Note> {
        let mut tx = self.store().read().await.expect("the database answers");
        let open = finding::open_of(&mut tx, self.network, self.integration)
            .await
            .expect("they can be listed");
        open.into_iter().map(|finding| finding.note).collect()
    }

    /// Where the integration stands.
    pub async fn integration_state(&self) -> IntegrationState {
        let mut tx = self.store().read().await.expect("the database answers");
        let read = integration::read(&mut tx, self.network, self.integration).await;
        read.expect("it is known").details.state
    }

    /// Our id of a door.
    pub async fn door(&self, name: &str) -> DoorId {
        let mut tx = self.store().read().await.expect("the database answers");
        let doors = store::group::doors(&mut tx, self.network, self.integration)
            .await
            .expect("doors were read");
        doors
            .into_iter()
            .find(|door| door.name == name)
            .expect("the door is known")
            .id
    }
}

impl House {
    /// What happened at a door, the newest first.
    pub async fn door_events(&self, name: &str) -> Vec<DoorEvent> {
        let door = self.door(name).await;
        let mut tx = self.store().read().await.expect("the database answers");
        let events = door_event::of_door(&mut tx, self.network, door, &Page::longest()).await;
        events.expect("they can be listed").rows
    }

    /// Waits until so many events of a door have been kept; the vendor tells of them in its own time.
    pub async fn hears_of(&self, door: &str, events: usize) {
        let mut rung = self.store().woken();
        let heard = async {
            while self.door_events(door).await.len() < events {
                rung.changed().await.expect("the store is open");
                self.settle().await;
            }
        };
        tokio::time::timeout(PATIENCE, heard)
            .await
            .expect("the vendor tells of it");
    }

    /// Waits until the vendor lets this person through this door; it tells of changes in its own time.
    pub async fn comes_to_open(&self, name: &str, door: &str) {
        let mut rung = self.store().woken();
        let opens = async {
            while !self.may_open(name, door) {
                rung.changed().await.expect("the store is open");
                self.settle().await;
            }
        };
        tokio::time::timeout(PATIENCE, opens)
            .await
            .expect("the vendor tells of it");
    }

    /// Waits until this is among the findings; the vendor tells of changes in its own time.
    pub async fn comes_to_find(&self, note: &Note) {
        let mut rung = self.store().woken();
        let found = async {
            while !self.findings().await.contains(note) {
                rung.changed().await.expect("the store is open");
                self.settle().await;
            }
        };
        tokio::time::timeout(PATIENCE, found)
            .await
            .expect("the vendor tells of it");
    }
}
