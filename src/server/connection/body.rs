//! Bodies that tell how far they have come: that of a request whether it was read, that of an answer when it is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};

use super::stream::{Phase, Progress};

/// A request's body. Where it is not read to its end, more of it may be on its way when the answer is.
pub(super) struct Received {
    body: Incoming,
    progress: Progress,
    ended: bool,
}

impl Received {
    pub(super) fn new(body: Incoming, progress: Progress) -> Self {
        let ended = body.is_end_stream();
        Self { body, progress, ended }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if !self.ended {
            self.progress.set_unread();
        }
    }
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.ended |= matches!(frame, Poll::Ready(None)) || self.body.is_end_stream();
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body. Once it is sent, or nobody waits for it any more, the connection is idle.
pub(super) struct Answered {
    body: Body,
    progress: Progress,
}

impl Answered {
    pub(super) fn new(body: Body, progress: Progress) -> Self {
        Self { body, progress }
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.progress.set(Phase::Idle);
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
