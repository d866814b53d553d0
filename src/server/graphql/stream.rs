//! Answers that go on: GraphQL over server-sent events (the distinct connections mode of its [protocol][sse]), and
//! subscriptions in a multipart body as [Apollo Client][multipart] reads them.
//!
//! [sse]: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
//! [multipart]: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::super::refusal::{errors, refuse};
use super::super::{RequestId, State};
use super::accept::Media;
use super::answer::{self, MAX_ANSWER_BYTES, json};
use super::{Asked, Exchange};
use crate::graphql::{self, Answer, Code, Sent};

/// How many streams one client's address may have at a time.
pub(in super::super) const MAX_STREAMS: usize = 100;
/// How often something is sent where there is nothing to say: proxies cut connections that are silent, and one whose client
/// is gone is noticed by it.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Answers one operation with a stream.
pub(super) async fn answer(exchange: Exchange, asked: Asked, media: Media) -> Response {
    let Exchange { state, id, credentials, accept } = exchange;
    let caller = credentials.caller;
    let Some(counted) = state.streams.count(caller.address) else {
        let message =
            format!("At most {MAX_STREAMS} streams are open from one address at a time: close one first.");
        let refused = refuse(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, &message, &id);
        return refused.with(header::RETRY_AFTER, "1").into_response();
    };
    // Before the answer begins: its status and headers tell.
    let account = match state.schema.charge_one(&asked, &caller, &id.0).await {
        Ok(account) => account,
        Err(refused) => return answer::one(Answer::Own(Box::new(refused)), accept.refusal(), &id),
    };
    let headers = account.headers();
    let viewer = caller.viewer;
    let answers = state.schema.execute_stream(asked, account, caller, id.0.clone());
    let (say, mut said) = mpsc::channel(1);
    let framing = Framing { media, id };
    // In a task of its own: were it polled for what there is to send, a client that does not read would freeze it with the
    // connections and locks that it holds. It runs no further ahead than one answer, and ends with the body.
    let task = AbortOnDropHandle::new(tokio::spawn(async move {
        let ended = state.schema.expiry(viewer);
        run(&state, framing, answers, ended, say).await;
        drop(counted);
    }));
    let chunks = stream::poll_fn(move |cx| {
        let _running = &task;
        said.poll_recv(cx)
    });
    let body = Body::from_stream(chunks.map(Ok::<Bytes, Infallible>));
    // Said for nginx, which would keep back what it has not enough of.
    let unbuffered = header::HeaderName::from_static("x-accel-buffering");
    ([(header::CONTENT_TYPE, media.content_type()), (unbuffered, "no")], headers, body).into_response()
}

/// Sends the answers until there are no more, the caller's token is good no longer, or the server stops.
async fn run(
    state: &State,
    framing: Framing,
    mut answers: BoxStream<'static, graphql::Response>,
    ended: impl Future,
    say: mpsc::Sender<Bytes>,
) {
    let mut ended = pin!(ended);
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    // The first one comes at once.
    heartbeat.reset();
    let mut next = framing.opening();
    // Saying fails when nobody listens any more; then this task is about to be ended.
    while say.send(next.into()).await.is_ok() {
        next = tokio::select! {
            // In this order: nothing is said to a token that has just expired.
            biased;
            () = state.shutdown.cancelled() => {
                framing.cut_off(&say, STOPPING).await;
                break;
            }
            _ = &mut ended => {
                framing.cut_off(&say, EXPIRED).await;
                break;
            }
            answer = AssertUnwindSafe(answers.next()).catch_unwind() => match answer {
                Ok(Some(answer)) => framing.answer(&Sent::from(answer)),
                Ok(None) => {
                    framing.close(&say).await;
                    break;
                }
                Err(_) => {
                    tracing::error!(request_id = framing.id.0, "an operation panicked");
                    let broken = errors(Code::Internal, "Something went wrong on our side.", &framing.id);
                    if say.send(framing.part(broken.to_string().as_bytes()).into()).await.is_ok() {
                        framing.close(&say).await;
                    }
                    break;
                }
            },
            _ = heartbeat.tick() => framing.heartbeat(),
        };
    }
}

/// Why a stream ends before its operation does.
type Reason = (Code, &'static str);
const STOPPING: Reason = (Code::Unavailable, "The server stops: ask again, and another one will answer.");
const EXPIRED: Reason =
    (Code::Unauthenticated, "The access token is good no longer: ask again with a new one.");

/// How a stream is written.
struct Framing {
    media: Media,
    id: RequestId,
}

impl Framing {
    /// What comes first: the client is told at once that it is heard.
    fn opening(&self) -> Vec<u8> {
        match self.media {
            Media::Multipart => b"\r\n--graphql".to_vec(),
            _ => b":\n\n".to_vec(),
        }
    }

    /// Nothing new.
    fn heartbeat(&self) -> Vec<u8> {
        match self.media {
            Media::Multipart => self.framed(b"{}"),
            _ => b":\n\n".to_vec(),
        }
    }

    /// One answer.
    fn answer(&self, answer: &Sent) -> Vec<u8> {
        let json = json(answer, MAX_ANSWER_BYTES).unwrap_or_else(|| {
            let message = format!("The event holds more than {MAX_ANSWER_BYTES} bytes: ask for less.");
            errors(Code::CostLimitExceeded, &message, &self.id).to_string().into_bytes()
        });
        self.part(&json)
    }

    fn part(&self, json: &[u8]) -> Vec<u8> {
        match self.media {
            Media::Multipart => self.framed(&[b"{\"payload\":", json, b"}"].concat()),
            // JSON has no line ends of its own: an event's data is one line.
            _ => [b"event: next\ndata: ", json, b"\n\n"].concat(),
        }
    }

    /// A part, and behind it the line that lets its reader know that it is whole.
    fn framed(&self, json: &[u8]) -> Vec<u8> {
        [b"\r\ncontent-type: application/json\r\n\r\n", json, b"\r\n--graphql"].concat()
    }

    /// The operation is over.
    async fn close(&self, say: &mpsc::Sender<Bytes>) {
        let closing: &[u8] = match self.media {
            Media::Multipart => b"--\r\n",
            // An `EventSource` hands on no event without data.
            _ => b"event: complete\ndata: \n\n",
        };
        let _ = say.send(Bytes::from_static(closing)).await;
    }

    /// The stream ends though the operation is not over. Apollo's protocol has an error for it. Clients of server-sent
    /// events take an end without `complete` for a dropped connection and ask again, which is what they should do.
    async fn cut_off(&self, say: &mpsc::Sender<Bytes>, (code, message): Reason) {
        if self.media == Media::Multipart {
            let mut fatal = errors(code, message, &self.id);
            fatal["payload"] = serde_json::Value::Null;
            if say.send(self.framed(fatal.to_string().as_bytes()).into()).await.is_ok() {
                self.close(say).await;
            }
        }
    }
}
