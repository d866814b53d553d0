//! Jobs of one order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cartograph::jobs::worker::{Failure, Handlers, Worker};
use cartograph::queue::Waker;
use tokio_util::sync::CancellationToken;

use super::{OPEN, Task, hurry, rows, task, work, write};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_one_key_are_done_one_after_the_other() {
    let here = TestApp::start().await;
    let there = TestApp::start_beside(&here, |_| {}).await;
    let (done, busy) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let worker = |app: &TestApp| {
        let (done, busy) = (Arc::clone(&done), Arc::clone(&busy));
        let handle = move |_, task: Task| {
            let (done, busy) = (Arc::clone(&done), Arc::clone(&busy));
            async move {
                assert_eq!(busy.fetch_add(1, Ordering::SeqCst), 0, "two of one key at the same time");
                tokio::time::sleep(Duration::from_millis(5)).await;
                busy.fetch_sub(1, Ordering::SeqCst);
                // The first try of every third fails: those behind it wait for the second.
                let failed = {
                    let mut done = done.lock().unwrap();
                    done.push(task.number);
                    task.number.is_multiple_of(3)
                        && done.iter().filter(|number| **number == task.number).count() == 1
                };
                if failed { Err(Failure::ForNow(anyhow::anyhow!("not yet"))) } else { Ok(()) }
            }
        };
        work(app, Handlers::default().on(handle))
    };
    for number in 0..7 {
        write(&here, &Task { order: Some("one".to_owned()), ..task(number) }).await;
    }
    let workers = (worker(&here), worker(&there));
    for _ in 0..600 {
        if here.count(OPEN).await == 0 {
            break;
        }
        hurry(&here, &workers.0).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(*done.lock().unwrap(), [0, 0, 1, 2, 3, 3, 4, 5, 6, 6]);
}

/// To look for jobs is to pass over all that wait behind others: whoever is done with one knows the next.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_of_an_order_is_taken_without_looking_for_it() {
    const JOBS: usize = 60;
    let app = TestApp::start().await;
    let done = Arc::new(Mutex::new(Vec::new()));
    for number in 0..JOBS {
        write(&app, &Task { order: Some("one".to_owned()), ..task(number) }).await;
    }
    let noted = Arc::clone(&done);
    let handle = move |_, task: Task| {
        noted.lock().expect("nobody panicked with it").push(task.number);
        async { Ok(()) }
    };
    let shutdown = CancellationToken::new();
    let worker = Worker::new(app.app.db.clone(), Waker::default(), Handlers::default().on(handle));
    let ((), sent) = app
        .statements(async {
            tokio::spawn(worker.run(shutdown.clone()));
            rows(&app, OPEN, 0).await;
        })
        .await;
    shutdown.cancel();
    assert_eq!(*done.lock().expect("nobody panicked with it"), (0..JOBS).collect::<Vec<_>>());
    let looked = sent.texts().filter(|text| text.contains("WITH due AS")).count();
    assert!(looked < JOBS / 3, "{looked} times for {JOBS} jobs");
}
