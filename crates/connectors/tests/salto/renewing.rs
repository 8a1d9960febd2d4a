//! Tokens (§3.3, §3.6): renewed once for all, stored before they are used, and given up when Salto refuses.

use connectors::Kind;
use simulators::salto::Host;
use simulators::salto::switches::Refresh;

use crate::kit::{OWNER, PASSWORD, by_password, desk, yes};
use crate::signing_in::by_consent;
use crate::vault::key;

const TWO_HOURS_MS: i64 = 7_200_000;

#[tokio::test]
async fn a_refresh_token_that_changes_is_kept_and_another_process_goes_on_with_it() {
    let desk = desk().await;
    let login = by_consent(&desk).await;
    let connector = desk.keep(1, &login);
    connector.check().await.expect("it works");
    let after_first = desk.vault.kept(key(1));
    assert_ne!(after_first, login.secret, "the first token is used up");
    desk.clock.advance_ms(TWO_HOURS_MS);
    desk.sim.clear_calls();
    connector
        .check()
        .await
        .expect("a 401 is followed by one renewal and one more try");
    assert_eq!((desk.token_calls(), desk.calls(Host::Api, "GET", "/v1.2/me")), (1, 2));
    assert_ne!(desk.vault.kept(key(1)), after_first);
    let other = desk.connector_of(&desk.elsewhere(), &login.account, key(1));
    other.check().await.expect("what was stored is alive");
    desk.clock.advance_ms(TWO_HOURS_MS);
    connector
        .check()
        .await
        .expect("and this process takes the newer one from the vault");
}

#[tokio::test]
async fn a_refresh_token_that_stays_is_kept_as_it_is() {
    let desk = desk().await;
    let login = by_consent(&desk).await;
    desk.sim.set_switches(|switches| switches.refresh = Refresh::Sliding);
    let connector = desk.keep(1, &login);
    connector.check().await.expect("it works");
    assert_eq!(desk.vault.kept(key(1)), login.secret);
    desk.clock.advance_ms(TWO_HOURS_MS);
    connector.check().await.expect("it works again");
}

#[tokio::test]
async fn two_calls_at_once_renew_once() {
    let desk = desk().await;
    let connector = desk.keep(1, &by_consent(&desk).await);
    desk.sim.clear_calls();
    let (one, other) = tokio::join!(connector.check(), connector.sites());
    one.expect("it works");
    other.expect("it works");
    assert_eq!(desk.token_calls(), 1);
    desk.clock.advance_ms(TWO_HOURS_MS);
    desk.sim.clear_calls();
    let (one, other) = tokio::join!(connector.check(), connector.door_events(access::Window::ALWAYS));
    one.expect("it works");
    other.expect("it works");
    assert_eq!(desk.token_calls(), 1);
}

#[tokio::test]
async fn a_refused_renewal_wants_a_new_sign_in_and_is_not_repeated_by_itself() {
    let desk = desk().await;
    let connector = desk.keep(1, &by_consent(&desk).await);
    desk.sim.set_switches(|switches| switches.refresh = Refresh::Expired);
    desk.sim.clear_calls();
    let trouble = connector.check().await.unwrap_err();
    assert_eq!((trouble.kind, trouble.unknown), (Kind::SignInNeeded, false));
    assert_eq!(desk.sim.calls().len(), 1, "one question, and no call without a token");
}

#[tokio::test]
async fn a_system_user_signs_in_again_by_itself() {
    let desk = desk().await;
    let connector = desk.connector().await;
    desk.clock.advance_ms(TWO_HOURS_MS);
    connector.check().await.expect("it works again");
    assert!(desk.sim.revoke_tokens(OWNER));
    connector.check().await.expect("and after Salto forgot all tokens");
}

#[tokio::test]
async fn an_identity_outage_is_no_dead_login() {
    let desk = desk().await;
    let connector = desk.keep(1, &by_consent(&desk).await);
    desk.sim.set_switches(|switches| switches.identity_down = true);
    let trouble = connector.check().await.unwrap_err();
    assert_eq!((trouble.kind, trouble.unknown), (Kind::VendorDown, false));
    desk.sim.set_switches(|switches| switches.identity_down = false);
    connector.check().await.expect("the token was not lost");
}

#[tokio::test]
async fn leaving_for_good_takes_the_refresh_token_back_and_one_of_several_does_not() {
    let desk = desk().await;
    let login = by_consent(&desk).await;
    let connector = desk.keep(1, &login);
    connector.disconnect(None, false).await.expect("nothing is in the way");
    connector.check().await.expect("the others go on");
    connector.disconnect(None, true).await.expect("nothing is in the way");
    assert_eq!(desk.calls(Host::Identity, "POST", "/connect/revocation"), 1);
    let other = desk.connector_of(&desk.elsewhere(), &login.account, key(1));
    assert_eq!(other.check().await.unwrap_err().kind, Kind::SignInNeeded);
    desk.sim.set_switches(|switches| switches.identity_down = true);
    connector
        .disconnect(None, true)
        .await
        .expect("it is tried, and never in the way");
}

#[tokio::test]
async fn a_login_that_is_somebody_elses_now_is_noticed() {
    let desk = desk().await;
    let login = yes(desk.connectors.connect(&by_password(OWNER, PASSWORD)).await);
    let mut other = login.clone();
    other.account = "somebody-else".to_owned();
    assert_eq!(desk.keep(1, &other).check().await.unwrap_err().kind, Kind::SignInNeeded);
}
