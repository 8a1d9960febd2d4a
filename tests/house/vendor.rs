//! What happens at the vendor, or to the account there: outages, faults, strangers, disconnecting.

use access::facts::IntegrationState;
use access::vendor::{OpenDoor, Opened};
use simulators::fault::{Fault, Trouble};
use store::integration;

use super::House;

impl House {
    /// From now on the vendor cannot be reached.
    pub fn vendor_goes_down(&self) {
        self.sim.faults().add(Fault::on("*", Trouble::Status { status: 503 }));
    }

    /// The vendor answers again.
    pub fn vendor_comes_back(&self) {
        self.sim.faults().clear();
    }

    /// The next call of this route goes wrong in this way.
    pub fn next(&self, route: &str, trouble: Trouble) {
        self.sim.faults().add(Fault::on(route, trouble).times(1));
    }

    /// Reads the vendor now, as "Compare now" does.
    pub async fn compare_now(&self) {
        let mut tx = self.tx().await;
        let now = self.now();
        integration::set_reading_due(&mut tx, self.network, self.integration, now)
            .await
            .expect("it is kept");
        let lane = store::wakeup::Lane::GrantSoon;
        integration::wake(&mut tx, self.network, self.integration, lane, now)
            .await
            .expect("it is kept");
        self.done(tx).await;
    }

    /// Sets where the integration stands, as the disconnect page does.
    pub async fn set_integration(&self, state: IntegrationState) {
        let mut tx = self.tx().await;
        integration::set_state(&mut tx, &self.act(), self.integration, state)
            .await
            .expect("it is kept");
        self.done(tx).await;
    }

    /// Somebody presses the button on the Access page.
    pub async fn press(&self, name: &str, door: &str) -> Opened {
        let asked = OpenDoor {
            network: self.network,
            person: self.person(name).await,
            door: self.door(door).await,
        };
        self.worker().open(asked).await
    }
}
