//! The operations that run on one socket.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::protocol::ServerMessage;
use crate::graphql::{Code, Response, Sent};

/// The most operations that run at a time on one socket.
const MAX_OPERATIONS: usize = 100;

/// The running operations, by the ids the client gave them.
///
/// Each runs in a task of its own: were they polled between the messages of the socket, a client that does not read
/// would freeze them with the connections and locks that they hold.
pub(super) struct Operations {
    by_id: HashMap<String, Running>,
    started: u64,
    /// The session's, for the log and for errors.
    request_id: String,
    feeder: mpsc::Sender<Step>,
    steps: mpsc::Receiver<Step>,
}

struct Running {
    /// Tells an operation from an earlier one with the same id, whose last step may still be on its way.
    serial: u64,
    /// Whether it goes on until somebody ends it.
    live: bool,
    /// Whether it has said something.
    answered: bool,
    /// Dropped with this: the operation lets go of what it holds.
    _task: AbortOnDropHandle<()>,
}

struct Step {
    id: String,
    serial: u64,
    news: News,
}

/// What there is to say of an operation.
enum News {
    Answer(Box<Sent>),
    Over,
    Broken,
}

/// Why an operation does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// One with the same id runs.
    #[error("An operation with this id runs.")]
    Exists,
    /// There are [`MAX_OPERATIONS`] already.
    #[error(
        "A socket carries at most {MAX_OPERATIONS} operations at a time: complete one, or open another socket."
    )]
    TooMany,
}

impl Operations {
    /// None so far.
    pub(super) fn new(request_id: String) -> Self {
        // No operation runs ahead of a client that is slow to read.
        let (feeder, steps) = mpsc::channel(1);
        Self { by_id: HashMap::new(), started: 0, request_id, feeder, steps }
    }

    /// Whether an operation may start now. Asked before its document is read: what is refused costs nothing.
    pub(super) fn admit(&self, id: &str) -> Result<(), Refused> {
        if self.by_id.contains_key(id) {
            return Err(Refused::Exists);
        }
        if self.by_id.len() >= MAX_OPERATIONS {
            return Err(Refused::TooMany);
        }
        Ok(())
    }

    /// Starts an operation that was [admitted](Self::admit); `live` tells that it is a subscription.
    pub(super) fn start(&mut self, id: String, live: bool, mut answers: BoxStream<'static, Response>) {
        self.started += 1;
        let serial = self.started;
        let feeder = self.feeder.clone();
        let step = {
            let id = id.clone();
            move |news| Step { id: id.clone(), serial, news }
        };
        let task = tokio::spawn(async move {
            let say = async |news| feeder.send(step(news)).await.is_ok();
            let talk = async {
                while let Some(answer) = answers.next().await {
                    if !say(News::Answer(Box::new(answer.into()))).await {
                        return;
                    }
                }
                say(News::Over).await;
            };
            if AssertUnwindSafe(talk).catch_unwind().await.is_err() {
                say(News::Broken).await;
            }
        });
        let running = Running { serial, live, answered: false, _task: AbortOnDropHandle::new(task) };
        self.by_id.insert(id, running);
    }

    /// Ends an operation that the client wants no more of; one that is over already is no mistake.
    pub(super) fn stop(&mut self, id: &str) {
        self.by_id.remove(id);
    }

    /// Ends the subscriptions, which would not end by themselves.
    pub(super) fn stop_live(&mut self) {
        self.by_id.retain(|_, running| !running.live);
    }

    /// The next message of any operation; none when nothing runs. May be dropped and called again: nothing gets lost.
    pub(super) async fn next(&mut self) -> Option<ServerMessage> {
        loop {
            if self.by_id.is_empty() {
                return None;
            }
            let Step { id, serial, news } = self.steps.recv().await?;
            let Some(running) = self.by_id.get_mut(&id).filter(|running| running.serial == serial) else {
                continue;
            };
            let begins = running.live && !std::mem::replace(&mut running.answered, true);
            return Some(match news {
                News::Answer(answer) => {
                    match answer.request_errors().or(answer.root_errors().filter(|_| begins)) {
                        None => ServerMessage::Next { id, payload: answer },
                        Some(errors) => {
                            self.by_id.remove(&id);
                            let payload = serde_json::to_value(errors).unwrap_or_default();
                            ServerMessage::Error { id, payload }
                        }
                    }
                }
                News::Over => {
                    self.by_id.remove(&id);
                    ServerMessage::Complete { id }
                }
                News::Broken => {
                    self.by_id.remove(&id);
                    ServerMessage::refusal(id, Code::Internal, "Internal server error", &self.request_id)
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use serde_json::json;

    use super::*;

    fn operations() -> Operations {
        Operations::new("request".to_owned())
    }

    fn answers(count: usize) -> BoxStream<'static, Response> {
        stream::iter((0..count).map(Response::new)).boxed()
    }

    async fn all(operations: &mut Operations) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(message) = operations.next().await {
            said.push(match message {
                ServerMessage::Next { id, payload } => format!("{id}: {}", Response::from(*payload).data),
                ServerMessage::Complete { id } => format!("{id} is over"),
                _ => "something else".to_owned(),
            });
        }
        said
    }

    #[tokio::test]
    async fn each_answer_comes_in_order_and_then_the_end() {
        let mut operations = operations();
        operations.start("a".to_owned(), true, answers(2));
        assert_eq!(all(&mut operations).await, ["a: 0", "a: 1", "a is over"]);
    }

    #[tokio::test]
    async fn an_id_can_be_used_again_at_once_and_hears_nothing_of_its_forerunner() {
        let mut operations = operations();
        operations.start("a".to_owned(), true, answers(5));
        assert_eq!(operations.admit("a"), Err(Refused::Exists));
        operations.stop("a");
        assert_eq!(operations.admit("a"), Ok(()));
        operations.start("a".to_owned(), true, answers(1));
        assert_eq!(all(&mut operations).await, ["a: 0", "a is over"]);
    }

    #[tokio::test]
    async fn a_socket_carries_so_many_and_no_more() {
        let mut operations = operations();
        for number in 0..MAX_OPERATIONS {
            assert_eq!(operations.admit(&number.to_string()), Ok(()));
            operations.start(number.to_string(), true, stream::pending().boxed());
        }
        assert_eq!(operations.admit("more"), Err(Refused::TooMany));
        operations.stop("0");
        assert_eq!(operations.admit("more"), Ok(()));
    }

    #[tokio::test]
    async fn nothing_waits_for_a_client_that_does_not_read() {
        let mut operations = operations();
        let (finished, mut ends) = mpsc::unbounded_channel();
        for number in 0..10 {
            let finished = finished.clone();
            let work = async move {
                tokio::task::yield_now().await;
                finished.send(number).unwrap();
                Response::default()
            };
            operations.start(number.to_string(), false, stream::once(work).boxed());
        }
        for _ in 0..10 {
            ends.recv().await.unwrap();
        }
        assert_eq!(all(&mut operations).await.len(), 20);
    }

    #[tokio::test]
    async fn what_is_being_answered_outlives_what_is_watched() {
        let mut operations = operations();
        operations.start("watched".to_owned(), true, stream::pending().boxed());
        operations.start("asked".to_owned(), false, answers(1));
        operations.stop_live();
        assert_eq!(all(&mut operations).await, ["asked: 0", "asked is over"]);
    }

    #[tokio::test]
    async fn a_subscription_that_does_not_begin_is_an_error_and_one_that_fails_later_is_not() {
        let failed = || -> Response {
            let error = json!({ "message": "no", "path": ["watched"] });
            serde_json::from_value(json!({ "data": null, "errors": [error] })).unwrap()
        };
        let mut operations = operations();
        operations.start("refused".to_owned(), true, stream::iter([failed()]).boxed());
        let Some(ServerMessage::Error { payload, .. }) = operations.next().await else { panic!("no error") };
        assert_eq!(payload[0]["message"], "no");
        assert!(operations.next().await.is_none());
        operations.start("failing".to_owned(), true, stream::iter([Response::new(1), failed()]).boxed());
        assert_eq!(all(&mut operations).await, ["failing: 1", "failing: null", "failing is over"]);
        operations.start("query".to_owned(), false, stream::iter([failed()]).boxed());
        assert_eq!(all(&mut operations).await, ["query: null", "query is over"]);
    }

    #[tokio::test]
    async fn a_broken_operation_says_so() {
        let mut operations = operations();
        let broken = stream::once(async { panic!("a bug") });
        operations.start("a".to_owned(), false, broken.boxed());
        let Some(ServerMessage::Error { payload, .. }) = operations.next().await else { panic!("no error") };
        assert_eq!(payload[0]["extensions"]["code"], "INTERNAL");
        assert!(operations.next().await.is_none());
    }
}
