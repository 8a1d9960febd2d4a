//! `vestibule doctor`: walks every dependency outside the process and says what to mend.
//!
//! In: the same options as `serve`. Out: one line each, with a cure where something is wrong; fails when anything is.
//! Always: it changes nothing, neither here nor at a vendor.

use access::facts::IntegrationState;
use store::{Page, Store, integration, network, vendor_login};

use crate::cli::Serve;
use crate::serve;

/// Counts what is wrong while it prints.
#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn say(&mut self, what: &str, found: Result<String, String>) {
        match found {
            Ok(text) => println!("✓ {what}: {text}"),
            Err(text) => {
                self.wrong += 1;
                println!("✗ {what}: {text}");
            }
        }
    }
}

/// Walks and prints.
///
/// # Errors
/// When anything is wrong.
pub async fn run(args: Serve) -> Result<(), String> {
    let mut report = Report::default();
    println!("· zone data: {}", jiff::tz::db().available().count());
    let key = serve::seal_key(&args.database.key_file);
    report.say(
        "key file",
        key.as_ref()
            .map(|_| args.database.key_file.display().to_string())
            .map_err(Clone::clone),
    );
    if let Ok(key) = key {
        match Store::open_without_migrating(&args.database.database, key).await {
            Ok(store) => {
                report.say("database", tables(&store).await);
                vendors(&store, &args, &mut report).await;
                store.close().await;
            }
            Err(why) => report.say(
                "database",
                Err(format!("{}: {why}", serve::shown(&args.database.database))),
            ),
        }
    }
    let mail = match serve::post(&args) {
        Ok(Some(post)) => post.check().await.map(|()| "answers".to_owned()),
        Ok(None) => Err("none is set; members cannot be sent sign-in codes. Set --mail smtp://host:25.".to_owned()),
        Err(why) => Err(why),
    };
    report.say("mail server", mail);
    if report.wrong == 0 {
        Ok(())
    } else {
        Err(format!("{} to mend.", report.wrong))
    }
}

async fn tables(store: &Store) -> Result<String, String> {
    match store.migrations_to_run().await {
        Ok(0) => Ok("tables are up to date".to_owned()),
        Ok(left) => Err(format!("{left} migrations are still to run; run `vestibule migrate`")),
        Err(why) => Err(why.to_string()),
    }
}

/// Asks each vendor whether our login still works.
async fn vendors(store: &Store, args: &Serve, report: &mut Report) {
    let connectors = match serve::connectors(args, store) {
        Ok(connectors) => connectors,
        Err(why) => return report.say("vendors", Err(why)),
    };
    let listed = async {
        let mut tx = store.read().await?;
        let mut found = Vec::new();
        for network in network::all(&mut tx).await? {
            for one in integration::list(&mut tx, network.id, None, &Page::longest())
                .await?
                .rows
            {
                if one.details.state == IntegrationState::Disconnected {
                    continue;
                }
                if let Some(login) = one.details.login {
                    let row = vendor_login::read(&mut tx, network.id, login).await?;
                    let secret = vendor_login::secret(&mut tx, network.id, login).await?;
                    found.push((network.id, one, row, secret));
                }
            }
        }
        store::Result::Ok(found)
    };
    match listed.await {
        Ok(found) => {
            for (network, one, row, secret) in found {
                let shown = row.shown.clone();
                let login = worker::stored(network, row, secret);
                let asked = match connectors.connector(&one.details.vendor, &login, one.details.site.as_deref()) {
                    Ok(connector) => connector.check().await,
                    Err(trouble) => Err(trouble),
                };
                report.say(
                    &shown,
                    asked
                        .map(|()| "our login works".to_owned())
                        .map_err(|trouble| trouble.say),
                );
            }
        }
        Err(why) => report.say("vendors", Err(why.to_string())),
    }
}
