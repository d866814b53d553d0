//! Every mutation that there is, with a key.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use async_graphql::parser::types::FieldDefinition;
use cartograph::accounts::Permission;
use cartograph::caller::{Caller, Cookies};
use cartograph::graphql::Request;
use serde_json::Value;

use crate::authorization::{World, viewer};
use crate::schema::sdl::{Sdl, base, is_required};

/// How deep the answers go: far enough for loaders to be asked while the transaction is open.
const DEPTH: usize = 3;

#[test]
fn every_mutation_takes_a_key_and_tells_of_refusals() {
    let sdl = Sdl::read();
    let mut without = Vec::new();
    for mutation in sdl.fields("Mutation") {
        let input = mutation.arguments.iter().find(|argument| argument.node.name.node == "input");
        let key = input.is_some_and(|input| {
            sdl.inputs(base(&input.node.ty.node))
                .iter()
                .any(|field| field.name.node == "idempotencyKey" && field.ty.node.to_string() == "String")
        });
        let payload = sdl.fields(base(&mutation.ty.node));
        let told = payload.iter().any(|field| field.name.node == "userErrors");
        if !key || !told {
            without.push(mutation.name.node.to_string());
        }
    }
    assert!(
        without.is_empty(),
        "a mutation's input flattens `Idempotency`, and its payload has `userErrors`: {without:?}"
    );
}

/// A selection of everything that takes no arguments, so deep.
fn selection(sdl: &Sdl, of: &str, depth: usize) -> String {
    let mut parts = vec!["__typename".to_owned()];
    for field in sdl.fields(of) {
        let name = &field.name.node;
        if field.arguments.iter().any(|argument| is_required(&argument.node)) {
            continue;
        }
        let below = base(&field.ty.node);
        if sdl.fields(below).is_empty() {
            if sdl.is_leaf(below) {
                parts.push(name.to_string());
            }
        } else if depth > 0 && !below.ends_with("Connection") {
            parts.push(format!("{name} {{ {} }}", selection(sdl, below, depth - 1)));
        }
    }
    parts.join(" ")
}

fn document(sdl: &Sdl, mutation: &FieldDefinition, depth: usize) -> String {
    let input =
        mutation.arguments.iter().find(|argument| argument.node.name.node == "input").expect("an input");
    let name = base(&input.node.ty.node);
    let fields: Vec<String> = sdl
        .inputs(name)
        .into_iter()
        .filter(|field| is_required(field))
        .map(|field| format!("{}: {}", field.name.node, sdl.example(name, field)))
        .collect();
    let payload = selection(sdl, base(&mutation.ty.node), depth);
    format!(
        "mutation {{ {}(input: {{ idempotencyKey: \"every\", {} }}) {{ {payload} }} }}",
        mutation.name.node,
        fields.join(", ")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mutation_waits_for_itself() {
    let world = World::make().await;
    let (sdl, schema) = (world.sdl(), world.schema().await);
    let owner = viewer(world.owner.user_id(), Permission::ALL.to_vec());
    let caller =
        || Caller { viewer: owner, address: IpAddr::from([127, 0, 0, 1]), cookies: Cookies::Unavailable };
    let ask = async |document: &str| -> Value {
        let asked = schema.read(Request::new(document));
        let answer = schema.execute(asked, caller(), "a-test");
        let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
        serde_json::to_value(answer.unwrap_or_else(|_| panic!("it waits for itself: {document}")))
            .expect("JSON")
    };
    let (mut done, mut mutations) = (0, sdl.fields("Mutation"));
    // What closes the account comes last.
    mutations.sort_by_key(|mutation| mutation.name.node.contains("eactivate"));
    for mutation in mutations {
        // As deep as a request may ask.
        let document = (0..=DEPTH)
            .rev()
            .map(|depth| document(&sdl, mutation, depth))
            .find(|document| schema.read(Request::new(document.as_str())).kind().is_some())
            .expect("the shallowest is cheap");
        let begun = Instant::now();
        let first = ask(&document).await;
        let codes: Vec<&str> = first["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|error| error["extensions"]["code"].as_str())
            .collect();
        let broken = ["INTERNAL", "TIMEOUT", "CONFLICT", "GRAPHQL_VALIDATION_FAILED", "COST_LIMIT_EXCEEDED"];
        assert!(!codes.iter().any(|code| broken.contains(code)), "{document}: {first:#}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{document} took {:?}", begun.elapsed());
        let name = mutation.name.node.as_str();
        let payload = &first["data"][name];
        if payload["userErrors"].as_array().is_some_and(Vec::is_empty) {
            done += 1;
            let again = ask(&document).await;
            assert_eq!(again["data"].to_string(), first["data"].to_string(), "{document}");
            assert_eq!(again["extensions"]["idempotency"]["replayed"][0], name, "{document}: {again:#}");
        } else if codes.is_empty() {
            let again = ask(&document).await;
            assert!(again["extensions"]["idempotency"].is_null(), "a refusal is not kept: {again:#}");
        }
    }
    assert!(done > 10, "only {done} were done");
}
