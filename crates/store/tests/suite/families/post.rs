//! What goes out and comes in by itself: the outbox of mails, the inbox of vendors' events.

use access::Instant;
use store::mail::{ClaimedMail, NewMail};
use store::*;

use crate::house::{House, START, read, write};

pub async fn mails(store: &Store, house: &House, other: &House) {
    let network = house.network;
    let letter = |to: &str| NewMail {
        to: to.to_owned(),
        subject: "Your code".to_owned(),
        text: "246810".to_owned(),
        html: Some("<b>246810</b>".to_owned()),
        calendar: Some("BEGIN:VCALENDAR\r\n".to_owned()),
    };
    let mut woken = store.woken();
    woken.mark_unchanged();
    let mut tx = write(store).await;
    let ada = mail::queue(&mut tx, network, START, &letter("ada@harbor.example"))
        .await
        .unwrap();
    let ben = mail::queue(&mut tx, network, START.plus_s(1), &letter("ben@harbor.example"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(woken.has_changed().unwrap(), "a promised mail wakes who sends it");
    let mut tx = read(store).await;
    let agenda = wakeup::agenda(&mut tx, START.plus_s(-1)).await.unwrap();
    assert_eq!(agenda.next_at, Some(START));
    drop(tx);

    // Each is claimed once, the longest due first; a claim holds it.
    assert!(claim(store, START.plus_s(-1)).await.is_none(), "not before it is due");
    let first = claim(store, START.plus_s(9)).await.unwrap();
    assert_eq!(
        (first.id, &first.mail, first.attempts),
        (ada, &letter("ada@harbor.example"), 0)
    );
    let second = claim(store, START.plus_s(9)).await.unwrap();
    assert_eq!(second.id, ben);
    assert!(claim(store, START.plus_s(9)).await.is_none());
    let mut tx = read(store).await;
    let agenda = wakeup::agenda(&mut tx, START).await.unwrap();
    assert_ne!(
        agenda.next_at,
        Some(START.plus_s(1)),
        "held ones are somebody's already"
    );
    assert!(
        mail::any_due(&mut tx, START.plus_s(9)).await.unwrap(),
        "but are still to be worked"
    );
    drop(tx);

    // What was sent keeps no text: it may hold a code.
    let mut tx = write(store).await;
    mail::sent(&mut tx, &first, START.plus_s(10)).await.unwrap();
    let kept = tx
        .fetch_all(
            "SELECT body_text, body_html, body_calendar FROM mail WHERE network_id = $1 AND id = $2",
            vec![network.into(), ada.into()],
        )
        .await
        .unwrap();
    assert_eq!(
        (
            kept[0].text("body_text").unwrap(),
            kept[0].text_opt("body_html").unwrap(),
            kept[0].text_opt("body_calendar").unwrap()
        ),
        (String::new(), None, None)
    );

    // What failed comes back at its time, the same mail; what was given up never does.
    mail::failed(&mut tx, &second, Some(START.plus_s(60)), "greylisted")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(claim(store, START.plus_s(59)).await.is_none());
    let again = claim(store, START.plus_s(60)).await.unwrap();
    assert_eq!((again.id, again.attempts, &again.mail), (ben, 1, &second.mail));

    // A lease that ran out lets another try; the late answer of the first then counts for nothing.
    let mut tx = write(store).await;
    tx.execute(
        "UPDATE mail SET leased_until_ms = 1 WHERE network_id = $1 AND id = $2",
        vec![network.into(), ben.into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let third = claim(store, START.plus_s(60)).await.unwrap();
    let mut tx = write(store).await;
    mail::sent(&mut tx, &again, START.plus_s(61)).await.unwrap();
    mail::failed(&mut tx, &again, None, "too late").await.unwrap();
    mail::failed(&mut tx, &third, None, "no such mailbox").await.unwrap();
    let newest = mail::newest(&mut tx, network).await.unwrap();
    assert_eq!(
        newest
            .iter()
            .map(|row| (row.id, row.state.as_str(), row.attempts, row.last_error.as_deref()))
            .collect::<Vec<_>>(),
        [(ben, "given_up", 2, Some("no such mailbox")), (ada, "sent", 0, None)]
    );
    tx.commit().await.unwrap();
    assert!(claim(store, Instant::MAX).await.is_none());
    let mut tx = read(store).await;
    assert!(!mail::any_due(&mut tx, Instant::MAX).await.unwrap());
    assert!(mail::newest(&mut tx, other.network).await.unwrap().is_empty());
}

async fn claim(store: &Store, now: Instant) -> Option<ClaimedMail> {
    let mut tx = write(store).await;
    let claimed = mail::claim(&mut tx, now).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

pub async fn inbox(store: &Store, house: &House, other: &House) {
    let headers = [("x-signature".to_owned(), "t=1,v1=ab".to_owned())];
    let keep = async |tx: &mut Tx, house: &House, body: &str, second: i64| {
        inbox::keep(
            tx,
            house.network,
            house.integration,
            &headers,
            body,
            START.plus_s(second),
        )
        .await
    };
    let mut tx = write(store).await;
    let last = keep(&mut tx, house, "{\"n\": 3}", 3).await.unwrap();
    let first = keep(&mut tx, other, "{\"n\": 1}", 1).await.unwrap();
    let second = keep(&mut tx, house, "{\"n\": 2}", 2).await.unwrap();
    let oldest = inbox::oldest(&mut tx).await.unwrap();
    assert_eq!(
        oldest.iter().map(|one| one.id).collect::<Vec<_>>(),
        [first, second, last]
    );
    let letter = &oldest[1];
    assert_eq!(
        (
            letter.network,
            letter.integration,
            letter.headers.as_slice(),
            letter.body.as_str(),
            letter.at
        ),
        (
            house.network,
            house.integration,
            headers.as_slice(),
            "{\"n\": 2}",
            START.plus_s(2)
        ),
        "exactly as it came"
    );

    // Looked at is gone, once; another network's id reaches nothing.
    inbox::done(&mut tx, other.network, second).await.unwrap();
    assert_eq!(inbox::oldest(&mut tx).await.unwrap().len(), 3);
    for (network, id) in [(other.network, first), (house.network, second), (house.network, last)] {
        inbox::done(&mut tx, network, id).await.unwrap();
    }
    assert!(inbox::oldest(&mut tx).await.unwrap().is_empty());

    // Bounded: a body, and what waits for one account.
    let large = "x".repeat(inbox::LARGEST_BODY);
    let kept = keep(&mut tx, house, &large, 4).await.unwrap();
    assert_eq!(
        keep(&mut tx, house, &format!("{large}x"), 4).await.unwrap_err().kind,
        Kind::Invalid
    );
    for _ in 1..1_000 {
        keep(&mut tx, house, "", 5).await.unwrap();
    }
    assert_eq!(keep(&mut tx, house, "", 6).await.unwrap_err().kind, Kind::Busy);
    keep(&mut tx, other, "", 6).await.unwrap();
    assert_eq!(inbox::oldest(&mut tx).await.unwrap().len(), 100);
    inbox::done(&mut tx, house.network, kept).await.unwrap();
    keep(&mut tx, house, "", 6).await.unwrap();
    tx.roll_back().await.unwrap();
}
