//! `vestibule staff … reset EMAIL`: somebody of the staff who lost password and authenticator app gets back in.
//!
//! In: the address they sign in with. Out: a link and a code, each for one sign-in within half an hour; the next page sets a new
//! password. Why so: whoever reads the database and its key could do anything anyway; this is the way that leaves a trace.
//! Always: password, app and sessions are gone at once; the audit log says so; members and strangers get nothing here.

use access::Instant;
use store::account::{self, Role};
use store::record::{Act, Actor};
use store::{Clock, Store, network, sign_in};

use crate::cli::{Staff, StaffWhat};
use crate::serve;

/// How long the link works.
const MINUTES: i64 = 30;

/// Does it and prints what to do next.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(args: Staff) -> Result<(), String> {
    let store = serve::open(&args.database).await?;
    let StaffWhat::Reset { email } = &args.what;
    let told = reset(&store, email, args.public_url.as_deref(), Clock::system().now()).await;
    store.close().await;
    println!("{}", told?);
    Ok(())
}

/// Resets every staff login with this address; one installation may hold several networks.
async fn reset(store: &Store, email: &str, public_url: Option<&str>, now: Instant) -> Result<String, String> {
    let email = email.trim().to_lowercase();
    let failed = |why: store::Error| format!("{email} could not be reset: {why}");
    let mut tx = store.write().await.map_err(failed)?;
    let found = account::everywhere(&mut tx, &email).await.map_err(failed)?;
    let mut told = Vec::new();
    for (network, account) in found {
        if account.details.role == Role::Member {
            continue;
        }
        let name = network::read(&mut tx, network).await.map_err(failed)?.details.name;
        let act = Act::new(network, now, Actor::Setup).because("a reset at the terminal of the server");
        account::reset(&mut tx, &act, account.id).await.map_err(failed)?;
        let ends_at = now.plus_minutes(MINUTES);
        let made = sign_in::create(&mut tx, network, &email, now, ends_at)
            .await
            .map_err(failed)?;
        let base = public_url.unwrap_or_default().trim_end_matches('/');
        let link = format!(
            "{base}/sign-in/link?token={}&next=/account/password",
            made.link.reveal()
        );
        let typed = format!(
            "{base}/sign-in/code?email={}&next=/account/password",
            web::page::escaped(&email)
        );
        told.push(format!(
            "{} at {name}: password and authenticator app are forgotten, and they are signed out everywhere.\n\
             Within {MINUTES} minutes this signs in once, and asks for a new password:\n  {link}\n\
             or, at {typed}, the code\n  {}\n\
             Then set up the authenticator app again, under “Where you are signed in”.",
            account.details.name, made.code
        ));
    }
    if told.is_empty() {
        return Err(format!(
            "Nobody of the staff signs in with {email}. Members need no password: they have a code mailed."
        ));
    }
    tx.commit().await.map_err(failed)?;
    Ok(told.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use access::vendor::Secret;
    use store::testing::TempStore;
    use store::{Page, audit};

    use super::*;

    #[tokio::test]
    async fn who_lost_everything_gets_a_link_that_works_once_and_a_trace_stays() {
        let store = TempStore::open().await.unwrap();
        let now = "2026-03-02T08:00:00Z".parse().unwrap();
        let mut tx = store.write().await.unwrap();
        let named = network::Details {
            name: "Harbor Works".into(),
            accent: "petrol".into(),
        };
        let network = network::create(&mut tx, now, &named).await.unwrap();
        let act = Act::new(network, now, Actor::Setup);
        let details = account::Details {
            person: None,
            email: "olga@harbor.example".into(),
            name: "Olga Owner".into(),
            role: Role::Owner,
            permissions: serde_json::Value::Null,
        };
        let id = account::create(&mut tx, &act, &details).await.unwrap();
        account::set_password(&mut tx, &act, id, "hash").await.unwrap();
        account::set_totp(&mut tx, &act, id, Some(&Secret::new("secret")))
            .await
            .unwrap();
        tx.commit().await.unwrap();

        assert!(
            reset(&store, "mia@harbor.example", None, now)
                .await
                .unwrap_err()
                .contains("Nobody of the staff")
        );
        let base = Some("https://doors.example.org/");
        let told = reset(&store, " Olga@Harbor.example", base, now).await.unwrap();
        let link = told
            .split("https://doors.example.org/sign-in/link?token=")
            .nth(1)
            .unwrap();
        let token = link.split('&').next().unwrap();

        let mut tx = store.write().await.unwrap();
        let account = account::read(&mut tx, network, id).await.unwrap();
        assert!(!account.has_password && !account.has_totp);
        let late = now.plus_minutes(MINUTES + 1);
        assert!(
            sign_in::spend_link(&mut tx, &Secret::new(token), late)
                .await
                .unwrap()
                .is_none()
        );
        let spent = sign_in::spend_link(&mut tx, &Secret::new(token), now).await.unwrap();
        assert_eq!(spent, Some((network, "olga@harbor.example".to_owned())));
        assert!(
            sign_in::spend_link(&mut tx, &Secret::new(token), now)
                .await
                .unwrap()
                .is_none()
        );
        let lines = audit::list(&mut tx, network, &audit::Filter::default(), &Page::longest())
            .await
            .unwrap()
            .rows;
        let line = lines.iter().find(|line| line.action == "account.reset").unwrap();
        assert_eq!(line.cause.as_deref(), Some("a reset at the terminal of the server"));
    }
}
