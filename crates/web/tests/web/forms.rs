//! Hooks, live pages, assets: what is neither a page nor the API.

use crate::house::{House, client};

#[tokio::test]
async fn a_vendor_s_webhook_is_kept_as_it_came_for_the_worker() {
    let (house, network) = House::furnished().await;
    let at = format!("{}/hooks/{}/{}", house.base, network.id, network.integration);
    let sent = client()
        .post(&at)
        .header("x-signature", "abc")
        .body("{\"a\":1}")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status().as_u16(), 204);
    let mut tx = house.store.read().await.unwrap();
    let kept = store::inbox::oldest(&mut tx).await.unwrap();
    let letter = kept
        .iter()
        .find(|letter| letter.integration == network.integration)
        .unwrap();
    assert_eq!(letter.body, "{\"a\":1}");
    assert!(letter.headers.contains(&("x-signature".into(), "abc".into())));
    drop(tx);
    let large = client().post(&at).body("x".repeat(70_000)).send().await.unwrap();
    assert_eq!(large.status().as_u16(), 413);
    let other = house.network("Other House", "other.example").await;
    let elsewhere = format!("{}/hooks/{}/{}", house.base, other.id, network.integration);
    assert_eq!(
        client()
            .post(elsewhere)
            .body("{}")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        404
    );
}

#[tokio::test]
async fn a_page_hears_when_something_was_stored_until_it_is_signed_out() {
    let (house, network) = House::furnished().await;
    let session = house.session(network.id, network.owner).await;
    let mut stream = client()
        .get(format!("{}/live", house.base))
        .header("cookie", format!("vestibule_session={session}"))
        .send()
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let change = async || {
        let mut tx = house.store.write().await.unwrap();
        store::mail::queue(
            &mut tx,
            network.id,
            house.clock.now(),
            &web::words::mail::use_the_password("a", "b@c.d", None),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    };
    change().await;
    let event = stream.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&event).contains("event: changed"));
    let mut tx = house.store.write().await.unwrap();
    store::session::end_of_account(&mut tx, network.id, network.owner)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    change().await;
    assert!(
        stream.chunk().await.unwrap().is_none(),
        "the stream ends with the session"
    );
}

#[tokio::test]
async fn assets_are_kept_for_ever_by_version_and_checked_without() {
    let house = House::empty().await;
    let versioned = client()
        .get(format!("{}/assets/app.css?v=1", house.base))
        .send()
        .await
        .unwrap();
    assert!(
        versioned.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let tag = versioned.headers()["etag"].clone();
    let again = client()
        .get(format!("{}/assets/app.css", house.base))
        .header("if-none-match", tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status().as_u16(), 304);
    let worker = client().get(format!("{}/sw.js", house.base)).send().await.unwrap();
    assert_eq!(worker.headers()["cache-control"], "no-cache");
    for name in ["nothing.css", "../Cargo.toml", "%2e%2e/Cargo.toml"] {
        let answer = client()
            .get(format!("{}/assets/{name}", house.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{name}");
    }
}

#[tokio::test]
async fn pages_travel_compressed() {
    let house = House::empty().await;
    let page = client()
        .get(format!("{}/first-run", house.base))
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["content-encoding"], "gzip");
}
