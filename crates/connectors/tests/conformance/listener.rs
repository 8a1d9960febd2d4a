//! A tiny real HTTP server for tests: answers with what it is told and keeps what it got.
//!
//! In: a function from a request to (status, headers, JSON). Out: everything that was asked, with headers.
//! Why so: lists with holes and webhooks need a peer that says exactly this.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Got {
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    }
}

/// Status, further headers, body.
pub type Told = (u16, Vec<(&'static str, String)>, String);

/// Starts it; answers its address and what it gets.
pub async fn listen(answer: impl Fn(&Got) -> Told + Send + Sync + 'static) -> (SocketAddr, UnboundedReceiver<Got>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    let (keep, got) = unbounded_channel();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answer.clone(), keep.clone()));
        }
    });
    (addr, got)
}

async fn serve(mut stream: TcpStream, answer: Arc<impl Fn(&Got) -> Told>, keep: UnboundedSender<Got>) {
    let mut bytes = Vec::new();
    let head_ends = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_ends]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let mut got = Got {
        target: first.nth(1).unwrap_or_default(),
        headers,
        body: bytes[head_ends + 4..].to_vec(),
    };
    let length = got
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    while got.body.len() < length {
        if stream.read_buf(&mut got.body).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let (status, headers, body) = answer(&got);
    let mut told = format!(
        "HTTP/1.1 {status} Told\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        told += &format!("{name}: {value}\r\n");
    }
    told += "\r\n";
    told += &body;
    // A receiver that is gone, or a peer that hung up, ends the scene anyway.
    drop(keep.send(got));
    drop(stream.write_all(told.as_bytes()).await);
}
