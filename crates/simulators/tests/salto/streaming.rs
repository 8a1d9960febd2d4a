//! The event stream: contract §5.15.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use simulators::salto::switches::StreamArgument;
use simulators::salto::{Host, Key};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::kit::{Got, HOUR, House, NOOR, house, read};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn negotiate(house: &House, token: &str) -> Got {
    let base = house.sim.url(Host::Stream);
    let url = format!(
        "{base}/v1/hub/entries/negotiate?site_id={}&negotiateVersion=1",
        house.site
    );
    read(house.http.post(url).bearer_auth(token)).await
}

fn address(house: &House, id: &str) -> String {
    let base = house.sim.url(Host::Stream).replace("http://", "ws://");
    format!(
        "{base}/v1/hub/entries?site_id={}&id={id}&access_token={}",
        house.site, house.token
    )
}

async fn listening(house: &House) -> Socket {
    listening_to(house, "").await
}

async fn listening_to(house: &House, more: &str) -> Socket {
    let id = negotiate(house, &house.token).await.body["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let (mut socket, _) = connect_async(address(house, &id) + more).await.unwrap();
    socket
        .send(Message::text("{\"protocol\":\"json\",\"version\":1}\u{1e}"))
        .await
        .unwrap();
    assert_eq!(heard(&mut socket).await, Some(json!({})));
    socket
}

/// The next message without its end mark; nothing when the connection is over.
async fn heard(socket: &mut Socket) -> Option<Value> {
    match socket.next().await? {
        Ok(Message::Text(text)) => Some(serde_json::from_str(text.strip_suffix('\u{1e}').unwrap()).unwrap()),
        _ => None,
    }
}

fn knock(house: &House) {
    house
        .sim
        .present(&house.front, &Key::Tag("02300417".to_owned()))
        .unwrap();
}

#[tokio::test]
async fn an_entry_arrives_as_a_message_with_one_json_string() {
    let house = house().await;
    assert!(house.sim.foreign_member(&house.members, NOOR));
    let mut socket = listening(&house).await;
    knock(&house);
    let message = heard(&mut socket).await.unwrap();
    assert_eq!(
        (&message["type"], &message["target"]),
        (&json!(1), &json!("ReceiveMessage"))
    );
    let entry: Value = serde_json::from_str(message["arguments"][0].as_str().unwrap()).unwrap();
    assert_eq!(
        (&entry["event_category"], &entry["lock_id"]),
        (&json!("lock_opened"), &json!(house.front))
    );
    house
        .sim
        .set_switches(|switches| switches.stream_argument = StreamArgument::Object);
    knock(&house);
    assert!(heard(&mut socket).await.unwrap()["arguments"][0].is_object());
}

#[tokio::test]
async fn dropped_connections_end_without_a_word_and_nothing_is_replayed() {
    let house = house().await;
    let mut socket = listening(&house).await;
    house.sim.drop_streams();
    assert_eq!(heard(&mut socket).await, None);
    knock(&house);
    let mut socket = listening(&house).await;
    house.clock.advance_ms(1_000);
    knock(&house);
    let message = heard(&mut socket).await.unwrap();
    let entry: Value = serde_json::from_str(message["arguments"][0].as_str().unwrap()).unwrap();
    assert_eq!(entry["utc_date_time"], "2027-03-09T11:00:01Z");
}

#[tokio::test]
async fn an_expired_token_is_401_for_negotiation_and_socket() {
    let house = house().await;
    let id = negotiate(&house, &house.token).await.body["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    house.clock.advance_ms(HOUR);
    assert_eq!(negotiate(&house, &house.token).await.status, 401);
    let refused = connect_async(address(&house, &id)).await.unwrap_err();
    assert!(refused.to_string().contains("401"), "{refused}");
}

#[tokio::test]
async fn the_stream_wants_an_administrator_and_the_plans_feature() {
    let house = house().await;
    let noor = house.token_of(NOOR).await;
    assert_eq!(negotiate(&house, &noor).await.status, 403);
    assert_eq!(negotiate(&house, &house.token).await.status, 200);
    assert!(house.sim.set_site(&house.site, |site| site.features.clear()));
    assert_eq!(negotiate(&house, &house.token).await.status, 403);
}

#[tokio::test]
async fn a_stream_of_one_user_carries_only_that_persons_entries() {
    let house = house().await;
    let noor = house.sim.person(NOOR).unwrap();
    let mut socket = listening_to(&house, &format!("&user_id={noor}")).await;
    house.sim.present(&house.front, &Key::InsideHandle).unwrap();
    knock(&house);
    let message = heard(&mut socket).await.unwrap();
    let entry: Value = serde_json::from_str(message["arguments"][0].as_str().unwrap()).unwrap();
    assert_eq!(entry["user_id"].as_str(), Some(noor.as_str()));
}

#[tokio::test]
async fn another_protocol_is_refused_in_the_handshake() {
    let house = house().await;
    let id = negotiate(&house, &house.token).await.body["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let (mut socket, _) = connect_async(address(&house, &id)).await.unwrap();
    let hello = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}";
    socket.send(Message::text(hello)).await.unwrap();
    assert!(heard(&mut socket).await.unwrap()["error"].is_string());
    assert_eq!(heard(&mut socket).await, None);
}
