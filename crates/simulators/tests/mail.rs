//! The simulated mail server, spoken to over real SMTP and HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use simulators::clock::SimClock;
use simulators::mail::MailSim;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const SOON: Duration = Duration::from_secs(10);
const MIRA: &str = "mira.lund@example.org";

async fn post_office() -> MailSim {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    MailSim::start(SimClock::frozen(1_741_604_400_000), anywhere, anywhere)
        .await
        .unwrap()
}

/// A hand-driven SMTP client.
struct Client(BufReader<TcpStream>);

impl Client {
    async fn greet(sim: &MailSim) -> Client {
        let mut client = Client(BufReader::new(TcpStream::connect(sim.smtp_addr()).await.unwrap()));
        assert!(client.answer().await.starts_with("220 "));
        client
    }

    async fn answer(&mut self) -> String {
        let mut whole = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).await.unwrap(), 0, "closed after {whole:?}");
            whole += &line;
            if line.as_bytes()[3] == b' ' {
                return whole;
            }
        }
    }

    async fn say(&mut self, line: &str) -> String {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.answer().await
    }

    /// Sends one message; the answers to RCPT and to the final dot.
    async fn send(&mut self, to: &str, message: &str) -> (String, String) {
        self.say("EHLO test").await;
        self.say("MAIL FROM:<desk@harbor.example>").await;
        let recipient = self.say(&format!("RCPT TO:<{to}>")).await;
        if !recipient.starts_with("250") {
            return (recipient, String::new());
        }
        assert!(self.say("DATA").await.starts_with("354"));
        (recipient, self.say(&format!("{message}\r\n.")).await)
    }
}

const BOTH: &str = "From: Front desk <desk@harbor.example>\r\nTo: mira.lund@example.org\r\n\
    Subject: =?utf-8?q?Your_code_f=C3=BCr_today?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=cut\r\n\r\n\
    --cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nOpen http://127.0.0.1:9/in?code=123 now.\r\n\
    --cut\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Open <a href=\"http://127.0.0.1:9/in\">here</a></p>\r\n--cut--\r\n";

#[tokio::test]
async fn a_mail_arrives_with_subject_text_html_and_time() {
    let sim = post_office().await;
    let mut client = Client::greet(&sim).await;
    assert!(client.send(MIRA, BOTH).await.1.starts_with("250"));
    let mail = sim.wait_for_mail("MIRA.LUND@example.org", 0, SOON).await.unwrap();
    assert_eq!(mail.from, "desk@harbor.example");
    assert_eq!(mail.to, [MIRA]);
    assert_eq!(mail.subject, "Your code für today");
    assert!(mail.text.contains("http://127.0.0.1:9/in?code=123"));
    assert!(mail.html.unwrap().contains("<a href"));
    assert_eq!(mail.at_ms, 1_741_604_400_000);
    assert!(client.say("QUIT").await.starts_with("221"));
}

#[tokio::test]
async fn waiting_ends_with_the_arrival_of_the_next_mail_or_with_nothing() {
    let sim = post_office().await;
    let mut client = Client::greet(&sim).await;
    client.send(MIRA, "Subject: one\r\n\r\n1").await;
    let (mail, _) = tokio::join!(
        sim.wait_for_mail(MIRA, 1, SOON),
        client.send(MIRA, "Subject: two\r\n\r\n2")
    );
    assert_eq!(mail.unwrap().subject, "two");
    assert_eq!(sim.wait_for_mail(MIRA, 2, Duration::from_millis(1)).await, None);
    assert!(sim.messages_to("other@example.org").is_empty());
}

#[tokio::test]
async fn leading_dots_are_unstuffed() {
    let sim = post_office().await;
    let mut client = Client::greet(&sim).await;
    client.send(MIRA, "Subject: dots\r\n\r\n..hidden\r\n...\r\nend").await;
    assert_eq!(sim.messages_to(MIRA)[0].text.trim_end(), ".hidden\n..\nend");
}

#[tokio::test]
async fn commands_out_of_order_or_unknown_are_refused_and_rset_forgets() {
    let sim = post_office().await;
    let mut client = Client::greet(&sim).await;
    let ehlo = client.say("EHLO test").await;
    assert!(ehlo.contains("SIZE") && !ehlo.contains("STARTTLS") && !ehlo.contains("AUTH"));
    assert!(client.say("RCPT TO:<a@example.org>").await.starts_with("503"));
    assert!(client.say("DATA").await.starts_with("503"));
    assert!(client.say("MAIL FROM:<desk@harbor.example>").await.starts_with("250"));
    assert!(client.say("RSET").await.starts_with("250"));
    assert!(client.say("RCPT TO:<a@example.org>").await.starts_with("503"));
    assert!(client.say("NOOP").await.starts_with("250"));
    assert!(client.say("STARTTLS").await.starts_with("502"));
    assert!(client.say("HELO test").await.starts_with("250"));
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_when_announced_and_when_sent() {
    let sim = post_office().await;
    let mut client = Client::greet(&sim).await;
    client.say("EHLO test").await;
    assert!(
        client
            .say("MAIL FROM:<desk@harbor.example> SIZE=99999999")
            .await
            .starts_with("552")
    );
    let line = format!("{}\r\n", "x".repeat(998));
    let (_, sent) = client.send(MIRA, &line.repeat(5_300)).await;
    assert!(sent.starts_with("552"), "{sent}");
    assert!(
        client.send(MIRA, "Subject: small\r\n\r\n1").await.1.starts_with("250"),
        "the connection goes on"
    );
    assert_eq!(sim.messages().len(), 1);
}

#[tokio::test]
async fn recipients_are_refused_messages_put_off_and_connections_closed_on_demand() {
    let sim = post_office().await;
    sim.set_faults(|faults| faults.refuse_recipients = vec![MIRA.to_owned()]);
    let mut client = Client::greet(&sim).await;
    assert!(client.send(MIRA, "").await.0.starts_with("550"));
    assert!(
        client
            .send("jon@example.org", "Subject: x\r\n\r\n")
            .await
            .1
            .starts_with("250")
    );
    sim.set_faults(|faults| faults.temporary = true);
    assert!(client.say("MAIL FROM:<desk@harbor.example>").await.starts_with("451"));
    sim.set_faults(|faults| faults.refuse_connections = true);
    let mut closed = TcpStream::connect(sim.smtp_addr()).await.unwrap();
    assert!(matches!(closed.read(&mut [0; 16]).await, Ok(0) | Err(_)));
    sim.set_faults(|faults| *faults = Default::default());
    assert!(
        Client::greet(&sim)
            .await
            .send(MIRA, "Subject: y\r\n\r\n")
            .await
            .1
            .starts_with("250")
    );
}

#[tokio::test]
async fn the_inbox_is_read_as_json_and_as_a_page_by_recipient() {
    // Another test of this process may have chosen the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sim = post_office().await;
    let mut client = Client::greet(&sim).await;
    client.send(MIRA, BOTH).await;
    client
        .send("jon@example.org", "Subject: <script>alert(1)</script>\r\n\r\nHello")
        .await;
    let http = reqwest::Client::new();
    let get = async |path: &str| {
        http.get(format!("{}{path}", sim.url()))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    let json = async |path: &str| serde_json::from_str::<Value>(&get(path).await).unwrap();
    let mails = json("/messages?to=mira.lund@example.org").await;
    assert_eq!((mails.as_array().unwrap().len(), &mails[0]["to"]), (1, &json!([MIRA])));
    assert_eq!(json("/messages").await.as_array().unwrap().len(), 2);
    let list = get("/").await;
    assert!(list.contains("Your code für today") && !list.contains("<script>alert"));
    assert!(!get("/?to=jon@example.org").await.contains("Your code"));
    let mail = get(&format!("/mail/{}", mails[0]["id"])).await;
    assert!(mail.contains("<a href=\"http://127.0.0.1:9/in?code=123\">"));
    assert!(mail.contains("sandbox='allow-popups"));
    let faults = json!({ "temporary": true });
    let put = http
        .put(format!("{}/_sim/faults", sim.url()))
        .json(&faults)
        .send()
        .await
        .unwrap();
    assert_eq!(put.status(), 200);
    assert!(sim.faults().temporary);
}
