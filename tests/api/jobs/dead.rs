//! What was given up: shown, begun again, thrown away.

use std::sync::{Arc, Mutex};

use cartograph::jobs::worker::Handlers;
use serde_json::json;

use super::{Task, rows, task, work, write};
use crate::support::TestApp;
use crate::support::db::run;

const DEAD: &str = "query($first: Int, $after: String, $last: Int, $before: String) {
    deadJobs(first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { startCursor endCursor hasNextPage } nodes { id kind subject attempts lastError createdAt diedAt } } }";
const REPLAY: &str = "mutation($id: ID!) { jobReplay(input: { id: $id }) { replayedJobId userErrors { code field message } } }";
const DISCARD: &str = "mutation($id: ID!) { jobDiscard(input: { id: $id }) { discardedJobId userErrors { code field message } } }";

/// Has all that is open die, the first by number a second before the next.
async fn die(app: &TestApp) {
    let die = "UPDATE jobs SET attempts = max_attempts, last_error = 'the end', \
               died_at = now() - make_interval(secs => 100 - (payload->>'number')::int) WHERE finished_at IS NULL";
    run(&mut app.database().connect().await, die).await;
}

#[tokio::test]
async fn dead_jobs_are_shown_without_what_they_hold_page_by_page() {
    let app = TestApp::start().await;
    for number in 0..5 {
        write(&app, &Task { order: Some(format!("private {number}")), ..task(number) }).await;
    }
    die(&app).await;
    let admin = app.admin().await;
    let page = admin.query_with(DEAD, json!({ "first": 2 })).await;
    assert_eq!(page.int("/deadJobs/totalCount"), 5);
    let node = page.at("/deadJobs/nodes/0");
    assert_eq!((&node["kind"], &node["lastError"]), (&"test_task".into(), &"the end".into()));
    assert_eq!((&node["attempts"], &node["subject"]), (&3.into(), &"task 4".into()));
    assert!(!page.body.to_string().contains("private"), "{:#}", page.body);
    let end = page.text("/deadJobs/pageInfo/endCursor");
    let next = admin.query_with(DEAD, json!({ "first": 2, "after": end })).await;
    assert_eq!(next.texts("/deadJobs/nodes", "/subject"), ["task 2", "task 1"]);
    let start = next.text("/deadJobs/pageInfo/startCursor");
    let back = admin.query_with(DEAD, json!({ "last": 5, "before": start })).await;
    assert_eq!(back.texts("/deadJobs/nodes", "/subject"), ["task 4", "task 3"]);
}

#[tokio::test]
async fn a_dead_job_is_begun_again_or_thrown_away() {
    let app = TestApp::start().await;
    for number in 0..2 {
        write(&app, &task(number)).await;
    }
    die(&app).await;
    let admin = app.admin().await;
    let shown = admin.query_with(DEAD, json!({})).await;
    let ids = shown.texts("/deadJobs/nodes", "/id");
    let replayed = admin.query_with(REPLAY, json!({ "id": ids[0] })).await;
    assert_eq!(replayed.text("/jobReplay/replayedJobId"), ids[0]);
    let discarded = admin.query_with(DISCARD, json!({ "id": ids[1] })).await;
    assert_eq!(discarded.text("/jobDiscard/discardedJobId"), ids[1]);
    assert_eq!(app.count("jobs").await, 1);
    let done = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&done);
    let worker = work(
        &app,
        Handlers::default().on(move |_, task: Task| {
            kept.lock().unwrap().push(task.number);
            async { Ok(()) }
        }),
    );
    worker.waker.wake();
    rows(&app, "jobs WHERE finished_at IS NOT NULL AND attempts = 4", 1).await;
    assert_eq!(*done.lock().unwrap(), [1]);
    for (mutation, document) in [("jobReplay", REPLAY), ("jobDiscard", DISCARD)] {
        for id in [ids[0], ids[1]] {
            let refused = admin.query_with(document, json!({ "id": id })).await;
            assert_eq!(refused.user_error_codes(mutation), ["NOT_FOUND"], "it is not dead");
        }
    }
}

#[tokio::test]
async fn a_dead_job_is_not_begun_again_beside_another_that_does_the_same() {
    let app = TestApp::start().await;
    let unique = || Task { unique: Some("only".to_owned()), ..task(1) };
    write(&app, &unique()).await;
    die(&app).await;
    write(&app, &unique()).await;
    let admin = app.admin().await;
    let shown = admin.query_with(DEAD, json!({})).await;
    let id = shown.text("/deadJobs/nodes/0/id");
    let refused = admin.query_with(REPLAY, json!({ "id": id })).await;
    assert_eq!(refused.user_error_codes("jobReplay"), ["WAITS_ALREADY"]);
    // A refusal of the table's leaves the transaction of a mutation with a key whole.
    let keyed = "mutation($id: ID!) { jobReplay(input: { id: $id, idempotencyKey: \"k\" }) { userErrors { code field message } } }";
    let refused = admin.query_with(keyed, json!({ "id": id })).await;
    assert_eq!(refused.user_error_codes("jobReplay"), ["WAITS_ALREADY"]);
    assert_eq!(app.count("jobs WHERE died_at IS NOT NULL").await, 1);
}
