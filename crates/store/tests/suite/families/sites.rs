//! The sites of an account, kept beside its login; and turns at what may be there only once.

use access::id::{NetworkId, VendorLoginId};
use access::vendor::{Secret, Site};
use store::record::Act;
use store::{Store, Tx, turn, vendor_login};

use crate::house::{House, START, write};

pub async fn sites_and_turns(store: &Store, house: &House, other: &House) {
    let (act, network) = (house.act(START.plus_s(6)), house.network);
    let mut tx = write(store).await;
    let secret = Secret::new("key-1");
    let login = vendor_login::keep(&mut tx, &act, "kisi", "annex", "owner@annex", &secret)
        .await
        .unwrap();
    assert!(vendor_login::sites(&mut tx, network, login).await.unwrap().is_empty());
    let sites = ["9", "10"].map(|external| Site {
        external: external.to_owned(),
        name: format!("Site {external}"),
        zone: None,
    });
    vendor_login::keep_sites(&mut tx, network, login, &sites).await.unwrap();
    vendor_login::keep(&mut tx, &act, "kisi", "annex", "owner@annex", &secret)
        .await
        .unwrap();
    assert_eq!(vendor_login::sites(&mut tx, network, login).await.unwrap(), sites);
    assert!(vendor_login::sites(&mut tx, other.network, login).await.is_err());
    a_login_is_renewed_by_one_at_a_time(&mut tx, network, login).await;
    a_new_sign_in_outlives_a_renewal_under_way(&mut tx, &act, login).await;
    assert!(
        vendor_login::borrow(&mut tx, other.network, login, "one")
            .await
            .is_err()
    );
    vendor_login::forget(&mut tx, &act, login).await.unwrap();
    turn::of_network(&mut tx, network, "a thing").await.unwrap();
    turn::of_network(&mut tx, network, "a thing").await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_login_is_renewed_by_one_at_a_time(tx: &mut Tx, network: NetworkId, login: VendorLoginId) {
    let (old, new) = (Secret::new("key-1"), Secret::new("key-2"));
    let taken = vendor_login::borrow(tx, network, login, "one").await.unwrap();
    assert_eq!(taken, Some(old));
    let other = vendor_login::borrow(tx, network, login, "two").await.unwrap();
    assert_eq!(other, None, "the first renews it");
    vendor_login::give_back(tx, network, login, "one", Some(&new))
        .await
        .unwrap();
    let other = vendor_login::borrow(tx, network, login, "two").await.unwrap();
    assert_eq!(other, Some(new.clone()));
    vendor_login::give_back(tx, network, login, "two", None).await.unwrap();
    assert_eq!(vendor_login::secret(tx, network, login).await.unwrap(), new);
}

async fn a_new_sign_in_outlives_a_renewal_under_way(tx: &mut Tx, act: &Act, login: VendorLoginId) {
    let (network, fresh) = (act.network, Secret::new("signed in anew"));
    let known = vendor_login::read(tx, network, login).await.unwrap();
    vendor_login::borrow(tx, network, login, "one").await.unwrap().unwrap();
    let again = vendor_login::keep(tx, act, &known.vendor, &known.account, &known.shown, &fresh)
        .await
        .unwrap();
    assert_eq!(again, login);
    let renewed = Secret::new("of the old sign-in");
    vendor_login::give_back(tx, network, login, "one", Some(&renewed))
        .await
        .unwrap();
    assert_eq!(vendor_login::secret(tx, network, login).await.unwrap(), fresh);
    let free = vendor_login::borrow(tx, network, login, "two").await.unwrap();
    assert_eq!(free, Some(fresh), "nobody waits for the old one");
    vendor_login::give_back(tx, network, login, "two", None).await.unwrap();
}
