//! The operations that run on one socket.

use std::collections::HashMap;

use async_graphql::{Response, Value};
use futures_util::stream::{BoxStream, SelectAll};
use futures_util::{StreamExt, stream};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::protocol::ServerMessage;

/// The most operations that run at a time on one socket.
pub(super) const MAX_OPERATIONS: usize = 100;

/// The running operations, by the ids the client gave them.
#[derive(Default)]
pub(super) struct Operations {
    by_id: HashMap<String, Running>,
    steps: SelectAll<BoxStream<'static, Step>>,
    started: u64,
}

struct Running {
    /// Tells an operation from an earlier one with the same id, whose last step may still be on its way.
    serial: u64,
    /// Dropped with this: the operation lets go of what it holds.
    _stop: DropGuard,
}

/// An answer of an operation; none when it is over.
struct Step {
    id: String,
    serial: u64,
    answer: Option<Response>,
}

/// Why an operation does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// One with the same id runs.
    Exists,
    /// There are [`MAX_OPERATIONS`] already.
    TooMany,
}

impl Operations {
    /// Starts an operation.
    pub(super) fn start(&mut self, id: String, answers: BoxStream<'static, Response>) -> Result<(), Refused> {
        if self.by_id.contains_key(&id) {
            return Err(Refused::Exists);
        }
        if self.by_id.len() >= MAX_OPERATIONS {
            return Err(Refused::TooMany);
        }
        self.started += 1;
        let serial = self.started;
        let stop = CancellationToken::new();
        let step = {
            let id = id.clone();
            move |answer| Step { id: id.clone(), serial, answer }
        };
        let last = step(None);
        let steps = answers
            .map(move |answer| step(Some(answer)))
            .chain(stream::iter([last]))
            .take_until(stop.clone().cancelled_owned());
        self.steps.push(steps.boxed());
        self.by_id.insert(id, Running { serial, _stop: stop.drop_guard() });
        Ok(())
    }

    /// Ends an operation that the client wants no more of; one that is over already is no mistake.
    pub(super) fn stop(&mut self, id: &str) {
        self.by_id.remove(id);
    }

    /// The next message of any operation; none when nothing runs.
    pub(super) async fn next(&mut self) -> Option<ServerMessage> {
        loop {
            let Step { id, serial, answer } = self.steps.next().await?;
            if self.by_id.get(&id).is_none_or(|running| running.serial != serial) {
                continue;
            }
            return Some(match answer {
                Some(answer) if is_refusal(&answer) => {
                    self.by_id.remove(&id);
                    let payload = serde_json::to_value(&answer.errors).unwrap_or_default();
                    ServerMessage::Error { id, payload }
                }
                Some(payload) => ServerMessage::Next { id, payload },
                None => {
                    self.by_id.remove(&id);
                    ServerMessage::Complete { id }
                }
            });
        }
    }
}

/// Whether the answer is about the operation itself and not about one of its fields.
fn is_refusal(answer: &Response) -> bool {
    answer.data == Value::Null
        && !answer.errors.is_empty()
        && answer.errors.iter().all(|error| error.path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(count: usize) -> BoxStream<'static, Response> {
        stream::iter((0..count).map(|number| Response::new(Value::from(number)))).boxed()
    }

    async fn all(operations: &mut Operations) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(message) = operations.next().await {
            said.push(match message {
                ServerMessage::Next { id, payload } => format!("{id}: {}", payload.data),
                ServerMessage::Complete { id } => format!("{id} is over"),
                _ => "something else".to_owned(),
            });
        }
        said
    }

    #[tokio::test]
    async fn each_answer_comes_in_order_and_then_the_end() {
        let mut operations = Operations::default();
        operations.start("a".to_owned(), answers(2)).unwrap();
        assert_eq!(all(&mut operations).await, ["a: 0", "a: 1", "a is over"]);
    }

    #[tokio::test]
    async fn an_id_can_be_used_again_at_once_and_hears_nothing_of_its_forerunner() {
        let mut operations = Operations::default();
        operations.start("a".to_owned(), answers(5)).unwrap();
        assert_eq!(operations.start("a".to_owned(), answers(1)), Err(Refused::Exists));
        operations.stop("a");
        operations.start("a".to_owned(), answers(1)).unwrap();
        assert_eq!(all(&mut operations).await, ["a: 0", "a is over"]);
    }

    #[tokio::test]
    async fn a_socket_carries_so_many_and_no_more() {
        let mut operations = Operations::default();
        for number in 0..MAX_OPERATIONS {
            operations.start(number.to_string(), stream::pending().boxed()).unwrap();
        }
        assert_eq!(operations.start("more".to_owned(), answers(1)), Err(Refused::TooMany));
        operations.stop("0");
        assert_eq!(operations.start("more".to_owned(), answers(1)), Ok(()));
    }
}
