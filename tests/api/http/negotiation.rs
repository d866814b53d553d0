//! Media types, status codes, and which method is for what.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use crate::support::TestApp;
use crate::support::client::{Answer, Http};

pub(super) const JSON: (&str, &str) = ("content-type", "application/json");
const NEWER: &str = "application/graphql-response+json";
const OLDER: &str = "application/json";

async fn post(app: &TestApp, accept: &str, body: &str) -> Answer {
    Http::new(app.address).send(Method::POST, "/graphql", &[JSON, ("accept", accept)], body.to_owned()).await
}

fn query(document: &str) -> String {
    json!({ "query": document }).to_string()
}

#[track_caller]
fn assert_answer(answer: &Answer, status: StatusCode, media: &str) {
    let content_type = answer.headers[header::CONTENT_TYPE].to_str().expect("a media type");
    assert_eq!((answer.status, content_type), (status, format!("{media}; charset=utf-8").as_str()));
}

#[tokio::test]
async fn the_status_says_as_much_as_the_media_type_lets_it() {
    let app = TestApp::start().await;
    for (document, newer) in [
        ("{ __typename }", StatusCode::OK),
        ("{", StatusCode::BAD_REQUEST),
        ("{ nothing }", StatusCode::BAD_REQUEST),
        ("query($id: ID!) { node(id: $id) { id } }", StatusCode::BAD_REQUEST),
        // Executed in part, or with null in place of all of it, is executed.
        ("{ node(id: \"x\") { id } __typename }", StatusCode::OK),
    ] {
        assert_answer(&post(&app, NEWER, &query(document)).await, newer, NEWER);
        assert_answer(&post(&app, OLDER, &query(document)).await, StatusCode::OK, OLDER);
    }
    let partial = post(&app, NEWER, &query("{ node(id: \"x\") { id } __typename }")).await.json();
    assert_eq!(partial["data"], json!({ "node": null, "__typename": "Query" }));
    assert_eq!(partial["errors"][0]["path"], json!(["node"]));
}

#[tokio::test]
async fn a_refusal_is_json_whatever_is_accepted() {
    let app = TestApp::start().await;
    for (accept, status, media) in [
        ("text/html", StatusCode::NOT_ACCEPTABLE, OLDER),
        ("image/png, application/json;q=0", StatusCode::NOT_ACCEPTABLE, OLDER),
        ("*/*", StatusCode::BAD_REQUEST, OLDER),
        ("application/*", StatusCode::BAD_REQUEST, OLDER),
        (NEWER, StatusCode::BAD_REQUEST, NEWER),
    ] {
        let answer = post(&app, accept, "{}").await;
        assert_answer(&answer, status, media);
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{accept}");
    }
}

#[tokio::test]
async fn a_batch_is_negotiated_like_a_single_operation_and_answers_each() {
    let app = TestApp::start().await;
    let batch = json!([
        { "query": "{ __typename }" },
        { "query": "{" },
        { "query": "subscription { orderEvents { id } }" },
        { "query": "mutation { __typename }" },
    ]);
    for media in [NEWER, OLDER] {
        let answer = post(&app, media, &batch.to_string()).await;
        assert_answer(&answer, StatusCode::OK, media);
        let answers = answer.json();
        assert_eq!(answers[0]["data"], json!({ "__typename": "Query" }));
        assert_eq!(answers[1]["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
        assert_eq!(answers[2]["errors"][0]["extensions"]["code"], "BAD_REQUEST");
        assert_eq!(answers[3]["data"], json!({ "__typename": "Mutation" }));
    }
}

#[tokio::test]
async fn get_is_for_what_changes_nothing() {
    let app = TestApp::start().await;
    let http = Http::new(app.address);
    let get = async |parameters: &str| {
        let path = format!("/graphql?{parameters}");
        http.send(Method::GET, &path, &[("accept", NEWER)], "").await
    };
    let variables = "variables=%7B%22slug%22%3A%22mug%22%7D";
    let document =
        "query%20A(%24slug%3AString!)%7Bproduct(slug%3A%24slug)%7Bid%7D%7Dquery%20B%7B__typename%7D";
    let answer = get(&format!("query={document}&operationName=A&{variables}&extensions=%7B%7D")).await;
    assert_eq!(answer.json()["data"], json!({ "product": null }));
    assert_eq!(get(&format!("query={document}&operationName=B")).await.status, StatusCode::OK);
    let unnamed = get("query=%7B__typename%7D&operationName=&variables=&extensions=").await;
    assert_eq!(unnamed.status, StatusCode::OK, "an empty parameter is none");

    let mutation = get("query=mutation%7B__typename%7D").await;
    assert_eq!(
        (mutation.status, &mutation.headers["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap())
    );
    let chosen = get("query=query%20A%7B__typename%7Dmutation%20B%7B__typename%7D&operationName=B").await;
    assert_eq!(chosen.status, StatusCode::METHOD_NOT_ALLOWED);
    for wrong in [
        "",
        "variables=%7B%7D",
        "query=%7B__typename%7D&variables=5",
        "query=%7B__typename%7D&variables=%7B",
        "query=%7B__typename%7D&extensions=%5B%5D",
        "query=%7B__typename%7D&query=%7Bshop%7Bname%7D%7D",
        "query=%7B__typename%7D&variables=%7B%7D&variables=%7B%7D",
    ] {
        assert_answer(&get(wrong).await, StatusCode::BAD_REQUEST, NEWER);
    }
    let head = http.send(Method::HEAD, "/graphql?query=%7B__typename%7D", &[], "").await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn only_the_methods_that_exist_are_answered() {
    let app = TestApp::start().await;
    let http = Http::new(app.address);
    let options = http.send(Method::OPTIONS, "/graphql", &[], "").await;
    assert_eq!(options.status, StatusCode::NO_CONTENT);
    assert_eq!(options.headers["allow"], "GET, HEAD, OPTIONS, POST");
    for (method, path, allow) in [
        (Method::PUT, "/graphql", "GET,HEAD,POST,OPTIONS"),
        (Method::DELETE, "/graphql", "GET,HEAD,POST,OPTIONS"),
        (Method::TRACE, "/graphql", "GET,HEAD,POST,OPTIONS"),
        (Method::POST, "/healthz", "GET,HEAD"),
        (Method::POST, "/graphql/ws", "GET,HEAD"),
        (Method::DELETE, "/playground", "GET,HEAD"),
    ] {
        let answer = http.send(method.clone(), path, &[], "").await;
        assert_answer(&answer, StatusCode::METHOD_NOT_ALLOWED, OLDER);
        assert_eq!(answer.headers["allow"], allow, "{method} {path}");
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    }
}
