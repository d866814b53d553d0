//! One connection's bytes, and how long they may take.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::FAREWELL;

/// What a client that is slow must have taken within the time for writing.
const LEAST: usize = 64 * 1024;

/// What a connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// The head of a request is on its way, or the first one is awaited.
    Head = 0,
    /// A request is being read, carried out or answered.
    Exchange = 1,
    /// The last request is answered.
    Idle = 2,
    /// It has become something else: a websocket.
    Upgraded = 3,
}

/// What a connection is at, as the one who answers its requests tells the one who reads its bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    phase: AtomicU8,
    unread: AtomicBool,
}

impl Progress {
    pub(super) fn set(&self, phase: Phase) {
        self.0.phase.store(phase as u8, Ordering::Release);
    }

    /// A request is answered, the last one, of which not all has been read.
    pub(super) fn set_unread(&self) {
        self.0.unread.store(true, Ordering::Release);
    }

    fn is(&self, phase: Phase) -> bool {
        self.0.phase.load(Ordering::Acquire) == phase as u8
    }

    fn is_unread(&self) -> bool {
        self.0.unread.load(Ordering::Acquire) || self.is(Phase::Head)
    }
}

/// A connection that breaks off when the client takes too long: to send the head of a request, or to take anything of what
/// it is sent. Holds what counts the connection for as long as there is one, a websocket included.
pub(super) struct Timed<T> {
    /// Shared with those who look whether the client is still there.
    incoming: Arc<OwnedReadHalf>,
    outgoing: OwnedWriteHalf,
    progress: Progress,
    /// How long a head may take, and since when one is awaited.
    head: Duration,
    since: Instant,
    head_timer: Option<Pin<Box<Sleep>>>,
    /// How long the client may take to take [`LEAST`] bytes, counted from when it first let us wait.
    write: Duration,
    write_timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
    taken: usize,
    farewell: Option<Pin<Box<Sleep>>>,
    _counted: T,
}

impl<T> Timed<T> {
    pub(super) fn new(
        (incoming, outgoing): (Arc<OwnedReadHalf>, OwnedWriteHalf),
        progress: Progress,
        head: Duration,
        write: Duration,
        counted: T,
    ) -> Self {
        let since = Instant::now();
        Self {
            incoming,
            outgoing,
            progress,
            head,
            since,
            head_timer: None,
            write,
            write_timer: None,
            waiting: false,
            taken: 0,
            farewell: None,
            _counted: counted,
        }
    }

    /// Bytes have come: the first ones after an answer begin the next request.
    fn heard(&mut self) {
        if self.progress.is(Phase::Idle) {
            self.progress.set(Phase::Head);
            self.since = Instant::now();
            self.head_timer = None;
        }
    }

    /// Nothing has come: fails once a head takes too long.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if !self.progress.is(Phase::Head) {
            self.head_timer = None;
            return Poll::Pending;
        }
        let deadline = self.since + self.head;
        let timer = self.head_timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().poll(cx).map(|()| io::ErrorKind::TimedOut.into())
    }

    /// Reads what still comes, and throws it away, until the client has taken its last answer and closes, or for a moment.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let farewell = self.farewell.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + FAREWELL)));
        let mut rest = [0; 8 * 1024];
        while farewell.as_mut().poll(cx).is_pending() {
            let mut rest = ReadBuf::new(&mut rest);
            let read = ready!(poll_read(&self.incoming, cx, &mut rest));
            if read.is_err() || rest.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(())
    }

    /// Watches over a write: fails once too little has been taken for too long. A byte now and then is not enough: an answer
    /// takes memory for as long as it is being read.
    fn watch(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            self.taken += written.as_ref().copied().unwrap_or_default();
            if !std::mem::take(&mut self.waiting) || self.taken >= LEAST {
                self.write_timer = None;
            }
            return Poll::Ready(written);
        }
        self.waiting = true;
        if self.write_timer.is_none() {
            self.taken = 0;
        }
        let write = self.write;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + write)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

fn poll_read(stream: &OwnedReadHalf, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
    loop {
        ready!(stream.as_ref().poll_read_ready(cx))?;
        match stream.try_read_buf(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            read => return Poll::Ready(read.map(drop)),
        }
    }
}

impl<T: Unpin> AsyncRead for Timed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match poll_read(&self.incoming, cx, buffer) {
            Poll::Pending => self.poll_head(cx).map(Err),
            Poll::Ready(read) => {
                if buffer.filled().len() > before {
                    self.heard();
                }
                Poll::Ready(read)
            }
        }
    }
}

impl<T: Unpin> AsyncWrite for Timed<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.outgoing).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.outgoing).poll_write_vectored(cx, slices);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.outgoing.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.outgoing).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.farewell.is_none() {
            ready!(Pin::new(&mut self.outgoing).poll_shutdown(cx))?;
        }
        if self.progress.is_unread() {
            ready!(self.poll_rest(cx));
        }
        Poll::Ready(Ok(()))
    }
}
