//! A TCP listener whose connections can be torn apart by the server on purpose.
//!
//! HTTP libraries answer politely; a real network does not. [`Tearable`] hands every request a [`Thread`] to its own
//! connection: once torn, reads and writes fail and the peer sees a reset instead of an answer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections that can be torn; `closed` tears all of them, old and new, when its server is gone.
pub(crate) struct Tearable {
    pub listener: TcpListener,
    pub closed: Arc<AtomicBool>,
}

/// One such connection.
pub(crate) struct TearableStream {
    stream: TcpStream,
    torn: Arc<AtomicBool>,
    closed: Arc<AtomicBool>,
}

/// What a request knows about its connection.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    torn: Arc<AtomicBool>,
    /// The caller's address; unauthenticated calls are limited by it.
    pub peer: SocketAddr,
}

impl Thread {
    /// From now on the peer gets nothing but a reset.
    pub fn tear(&self) {
        self.torn.store(true, Ordering::SeqCst);
    }
}

impl Listener for Tearable {
    type Io = TearableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TearableStream, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small packets back; only slower");
        }
        (
            TearableStream {
                stream,
                torn: Arc::default(),
                closed: self.closed.clone(),
            },
            peer,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Tearable>> for Thread {
    fn connect_info(stream: IncomingStream<'_, Tearable>) -> Thread {
        Thread {
            torn: stream.io().torn.clone(),
            peer: *stream.remote_addr(),
        }
    }
}

impl TearableStream {
    fn whole(&self) -> io::Result<()> {
        if self.torn.load(Ordering::SeqCst) || self.closed.load(Ordering::SeqCst) {
            // Without lingering, closing sends a reset: what a dying proxy looks like from outside.
            self.stream.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for TearableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for TearableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
