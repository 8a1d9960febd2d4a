//! The sites of an account, kept beside its login; and turns at what may be there only once.

use access::vendor::{Secret, Site};
use store::{Store, turn, vendor_login};

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
    vendor_login::forget(&mut tx, &act, login).await.unwrap();
    turn::of_network(&mut tx, network, "a thing").await.unwrap();
    turn::of_network(&mut tx, network, "a thing").await.unwrap();
    tx.commit().await.unwrap();
}
