//! The queue and its workers: shared, in order, at least once, and given up in the end.

mod chains;
mod dead;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cartograph::jobs::worker::{Failure, Handlers, Worker};
use cartograph::queue::{Job, Waker, enqueue};
use diesel_async::AsyncConnection;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;
use crate::support::db::run;

const PATIENCE: Duration = Duration::from_mins(1);
const OPEN: &str = "jobs WHERE finished_at IS NULL AND died_at IS NULL";

/// Something to be done, with a number.
#[derive(Serialize, Deserialize)]
struct Task {
    number: usize,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    unique: Option<String>,
}

impl Job for Task {
    const KIND: &'static str = "test_task";
    const MAX_ATTEMPTS: i32 = 3;

    fn ordering_key(&self) -> Option<String> {
        self.order.clone()
    }

    fn unique_key(&self) -> Option<String> {
        self.unique.clone()
    }

    fn subject(&self) -> Option<String> {
        Some(format!("task {}", self.number))
    }
}

fn task(number: usize) -> Task {
    Task { number, order: None, unique: None }
}

/// A worker of a test's own, which stops when it is told to.
struct Running {
    waker: Waker,
    shutdown: CancellationToken,
    ended: JoinHandle<()>,
}

fn work(app: &TestApp, handlers: Handlers) -> Running {
    let (waker, shutdown) = (Waker::default(), CancellationToken::new());
    let worker = Worker::new(app.app.upkeep.clone(), waker.clone(), handlers);
    let ended = tokio::spawn(worker.run(shutdown.clone()));
    Running { waker, shutdown, ended }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

async fn write(app: &TestApp, job: &Task) {
    enqueue(&*app.db().await, job).await.expect("the job can be written");
}

/// Waits until a table has so many rows.
async fn rows(app: &TestApp, table: &str, expected: i64) {
    for _ in 0..PATIENCE.as_millis() / 20 {
        if app.count(table).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} instead of {expected} of {table}", app.count(table).await);
}

/// Has what waits for another attempt due at once.
async fn hurry(app: &TestApp, worker: &Running) {
    run(&mut app.database().connect().await, "UPDATE jobs SET run_at = now() WHERE finished_at IS NULL")
        .await;
    worker.waker.wake();
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_share_the_jobs_and_none_is_done_twice() {
    let here = TestApp::start().await;
    let there = TestApp::start_beside(&here, |_| {}).await;
    let done = Arc::new(Mutex::new(Vec::new()));
    let worker = |app: &TestApp, name: &'static str| {
        let done = Arc::clone(&done);
        let handle = move |_, task: Task| {
            let done = Arc::clone(&done);
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                done.lock().unwrap().push((task.number, name));
                Ok(())
            }
        };
        work(app, Handlers::default().on(handle))
    };
    for number in 0..200 {
        write(&here, &task(number)).await;
    }
    let _workers = (worker(&here, "here"), worker(&there, "there"));
    rows(&here, OPEN, 0).await;
    let mut done = done.lock().unwrap().clone();
    done.sort_unstable();
    assert_eq!(done.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (0..200).collect::<Vec<_>>());
    for name in ["here", "there"] {
        assert!(done.iter().any(|(_, worker)| *worker == name), "{name} did its share");
    }
}

#[tokio::test]
async fn a_job_is_there_when_its_change_is_and_only_then() {
    let app = TestApp::start().await;
    let mut conn = app.database().connect().await;
    let rolled_back = conn
        .transaction(async |conn| {
            enqueue(conn, &task(1)).await?;
            Err::<(), _>(diesel::result::Error::RollbackTransaction)
        })
        .await;
    assert!(rolled_back.is_err());
    assert_eq!(app.count("jobs").await, 0);
    conn.transaction(async |conn| {
        enqueue(conn, &task(2)).await?;
        assert_eq!(app.count("jobs").await, 0, "nobody sees it before");
        Ok::<_, diesel::result::Error>(())
    })
    .await
    .unwrap();
    assert_eq!(app.count("jobs").await, 1);
}

#[tokio::test]
async fn of_one_unique_key_one_waits_at_a_time() {
    let app = TestApp::start().await;
    let unique = || Task { unique: Some("only".to_owned()), ..task(1) };
    write(&app, &unique()).await;
    write(&app, &unique()).await;
    assert_eq!(app.count("jobs").await, 1);
    let worker = work(&app, Handlers::default().on(|_, _: Task| async { Ok(()) }));
    rows(&app, OPEN, 0).await;
    write(&app, &unique()).await;
    worker.waker.wake();
    rows(&app, "jobs WHERE finished_at IS NOT NULL", 2).await;
}

#[tokio::test]
async fn what_fails_is_tried_again_and_given_up_in_the_end() {
    let app = TestApp::start().await;
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let handlers = Handlers::default().on(move |_, task: Task| {
        let attempt = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match task.number {
                0 => panic!("attempt {attempt}"),
                1 => Err(Failure::ForNow(anyhow::anyhow!("attempt {attempt}"))),
                _ => Err(Failure::ForGood(anyhow::anyhow!("attempt {attempt}"))),
            }
        }
    });
    let worker = work(&app, handlers);
    for (number, expected, error) in
        [(0, 3, "the handler panicked"), (1, 3, "attempt 2"), (2, 1, "attempt 0")]
    {
        attempts.store(0, Ordering::SeqCst);
        write(&app, &task(number)).await;
        worker.waker.wake();
        for attempt in 1..expected {
            // It waits for a while, and nobody has it.
            let waiting = "leased_until IS NULL AND run_at > created_at + interval '2 seconds'";
            rows(&app, &format!("{OPEN} AND attempts >= {attempt} AND {waiting}"), 1).await;
            hurry(&app, &worker).await;
        }
        let dead = format!(
            "jobs WHERE died_at IS NOT NULL AND attempts = {expected} AND last_error = '{error}' AND payload @> '{{\"number\": {number}}}'"
        );
        rows(&app, &dead, 1).await;
        assert_eq!(attempts.load(Ordering::SeqCst), expected);
    }
}

#[tokio::test]
async fn what_a_killed_worker_had_is_done_by_another() {
    let app = TestApp::start().await;
    let begun = Arc::new(Notify::new());
    let beginning = Arc::clone(&begun);
    let hanging = Handlers::default().on(move |_, _: Task| {
        beginning.notify_one();
        std::future::pending()
    });
    let killed = work(&app, hanging);
    write(&app, &task(1)).await;
    killed.waker.wake();
    begun.notified().await;
    killed.ended.abort();
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&done);
    let other = work(
        &app,
        Handlers::default().on(move |_, _: Task| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        }),
    );
    // It is the dead one's until its lease lapses; there are tries enough in a second.
    for _ in 0..10 {
        other.waker.wake();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(done.load(Ordering::SeqCst), 0);
    let lapse = "UPDATE jobs SET leased_until = now() - interval '1 second'";
    run(&mut app.database().connect().await, lapse).await;
    other.waker.wake();
    rows(&app, "jobs WHERE finished_at IS NOT NULL AND attempts = 2", 1).await;
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_job_that_takes_its_worker_along_each_time_is_given_up() {
    let app = TestApp::start().await;
    write(&app, &task(1)).await;
    let last = "UPDATE jobs SET attempts = max_attempts, leased_until = now() - interval '1 second'";
    run(&mut app.database().connect().await, last).await;
    let worker = work(&app, Handlers::default().on(|_, _: Task| async { Ok(()) }));
    rows(&app, "jobs WHERE died_at IS NOT NULL AND last_error LIKE '%did not come back%'", 1).await;
    drop(worker);
}

#[tokio::test]
async fn at_shutdown_what_runs_is_finished_and_nothing_is_begun() {
    let app = TestApp::start().await;
    let (begun, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (beginning, released) = (Arc::clone(&begun), Arc::clone(&release));
    let mut worker = work(
        &app,
        Handlers::default().on(move |_, _: Task| {
            let released = Arc::clone(&released);
            beginning.notify_one();
            async move {
                released.notified().await;
                Ok(())
            }
        }),
    );
    write(&app, &task(1)).await;
    worker.waker.wake();
    begun.notified().await;
    worker.shutdown.cancel();
    // It may have been looking into the table just then.
    tokio::time::sleep(Duration::from_secs(1)).await;
    write(&app, &task(2)).await;
    worker.waker.wake();
    let early = tokio::time::timeout(Duration::from_millis(300), &mut worker.ended).await;
    assert!(early.is_err(), "it waits for what it has begun");
    release.notify_one();
    tokio::time::timeout(PATIENCE, &mut worker.ended).await.expect("it ends").expect("it does not panic");
    assert_eq!(app.count("jobs WHERE finished_at IS NOT NULL").await, 1);
    assert_eq!(app.count("jobs WHERE attempts = 0").await, 1);
}

#[tokio::test]
async fn what_is_done_goes_and_what_was_given_up_stays_for_a_while() {
    let app = TestApp::start().await;
    for number in 1..=4 {
        write(&app, &task(number)).await;
    }
    let mut conn = app.database().connect().await;
    for (number, end) in [
        (1, "finished_at = now() - interval '2 days'"),
        (2, "died_at = now() - interval '2 days'"),
        (3, "died_at = now() - interval '91 days'"),
    ] {
        run(&mut conn, &format!("UPDATE jobs SET {end} WHERE payload @> '{{\"number\": {number}}}'")).await;
    }
    assert_eq!(cartograph::jobs::cleanup::round(&app.app).await.unwrap(), 2);
    assert_eq!(app.count("jobs WHERE payload->>'number' IN ('2', '4')").await, 2);
}

/// Something else to be done.
#[derive(Serialize, Deserialize)]
struct Errand {}

impl Job for Errand {
    const KIND: &'static str = "test_errand";
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_hang_keep_no_others_waiting() {
    let app = TestApp::start().await;
    for number in 0..20 {
        write(&app, &task(number)).await;
    }
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&begun);
    let hang = move |_, _: Task| {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::pending()
    };
    let worker = work(&app, Handlers::default().on(hang).on(|_, _: Errand| async { Ok(()) }));
    rows(&app, "jobs WHERE leased_until IS NOT NULL", 4).await;
    enqueue(&*app.db().await, &Errand {}).await.expect("the job can be written");
    worker.waker.wake();
    rows(&app, "jobs WHERE kind = 'test_errand' AND finished_at IS NOT NULL AND payload = '{}'", 1).await;
    assert_eq!(begun.load(Ordering::SeqCst), 4);
    worker.ended.abort();
}

#[tokio::test]
async fn what_is_put_off_uses_up_no_attempts() {
    let app = TestApp::start().await;
    let looked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looked);
    let handlers = Handlers::default().on(move |_, _: Task| {
        let look = counted.fetch_add(1, Ordering::SeqCst);
        async move { if look < 7 { Err(Failure::NotYet(Duration::ZERO)) } else { Ok(()) } }
    });
    write(&app, &task(1)).await;
    let worker = work(&app, handlers);
    for _ in 0..200 {
        worker.waker.wake();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    rows(&app, "jobs WHERE finished_at IS NOT NULL AND attempts = 8 AND max_attempts = 10", 1).await;
    assert_eq!(looked.load(Ordering::SeqCst), 8);
}
