//! What happens at the vendor, or to the account there: outages, faults, strangers, disconnecting.

use access::facts::IntegrationState;
use access::vendor::{ConnectForm, Connected, Consent, OpenDoor, Opened, Secret};
use connectors::Connector;
use serde_json::{Value, json};
use simulators::fault::{Fault, Trouble};
use store::{integration, vendor_login};

use super::House;

impl House {
    /// From now on the vendor cannot be reached.
    pub fn vendor_goes_down(&self) {
        self.twin.faults().add(Fault::on("*", Trouble::Status { status: 503 }));
    }

    /// The vendor answers again.
    pub fn vendor_comes_back(&self) {
        self.twin.faults().clear();
    }

    /// The next call of this route goes wrong in this way.
    pub fn next(&self, route: &str, trouble: Trouble) {
        self.twin.faults().add(Fault::on(route, trouble).times(1));
    }

    /// Reads the vendor now, as "Compare now" does.
    pub async fn compare_now(&self) {
        self.api(
            "POST",
            &format!("/api/v1/integrations/{}/check", self.integration),
            Value::Null,
        )
        .await;
    }

    /// Leaves the vendor, with the choice of what happens to what was granted: `leave`, `run_out` or `revoke`.
    pub async fn disconnect(&self, with: &str) {
        let path = format!("/api/v1/integrations/{}/disconnect", self.integration);
        self.api("POST", &path, json!({ "with": with })).await;
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

impl House {
    /// Signs in again after the key stopped working, as the integration's page does.
    pub async fn sign_in_again(&self) {
        let account = self.twin.account().into_iter();
        let form = ConnectForm {
            vendor: self.twin.vendor().to_owned(),
            fields: account
                .map(|(key, typed)| (key.to_owned(), Secret::new(typed)))
                .collect(),
            label: "Vestibule – Harbor Works, Pier 3".to_owned(),
            consent: Consent::Impossible,
            like: None,
        };
        let Connected::Yes(login) = self.worker().connect(form).await else {
            panic!("the owner can sign in");
        };
        let mut tx = self.tx().await;
        let act = self.act();
        let kept = vendor_login::keep(
            &mut tx,
            &act,
            self.twin.vendor(),
            &login.account,
            &login.shown,
            &login.secret,
        )
        .await;
        let known = integration::read(&mut tx, self.network, self.integration)
            .await
            .expect("it is known");
        let details = integration::Details {
            login: Some(kept.expect("the login is kept")),
            state: IntegrationState::Connected,
            ..known.details
        };
        integration::change(&mut tx, &act, self.integration, &details)
            .await
            .expect("it is kept");
        self.done(tx).await;
    }

    /// Somebody opens a door with the vendor's own app, past us.
    pub async fn opens_with_own_phone(&self, name: &str, door: &str) {
        let connector = self.connector().await;
        let opened = connector
            .open(&self.twin.lock(door), &self.email(name), &mut None, self.now())
            .await;
        assert_eq!(opened, Opened::Open);
    }

    /// The way to the account, past the worker.
    async fn connector(&self) -> Connector {
        let mut tx = self.store().read().await.expect("the database answers");
        let known = integration::read(&mut tx, self.network, self.integration)
            .await
            .expect("it is known");
        let login = known.details.login.expect("it is connected");
        let row = vendor_login::read(&mut tx, self.network, login)
            .await
            .expect("the login is known");
        let secret = vendor_login::secret(&mut tx, self.network, login)
            .await
            .expect("its secret opens");
        let site = known.details.site.as_deref();
        self.connectors
            .connector(self.twin.vendor(), &worker::stored(self.network, row, secret), site)
            .expect("there is a connector")
    }
}
