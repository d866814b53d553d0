//! Every field that is not public, asked for in the name of everybody who must not have it, and of those who may.

use std::net::IpAddr;

use async_graphql::parser::types::FieldDefinition;
use cartograph::accounts::{Permission, Viewer};
use cartograph::caller::{Caller, Cookies};
use cartograph::graphql::{Request, Schema};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::rules::{Rule, fields, viewer};
use super::world::World;
use crate::schema::sdl::Sdl;

/// What the schema answers this viewer; of a subscription the first answer.
async fn ask(schema: &Schema, document: &str, viewer: Viewer) -> Value {
    let caller = Caller { viewer, address: IpAddr::from([127, 0, 0, 1]), cookies: Cookies::Unavailable };
    let asked = schema.read(Request::new(document));
    let mut answers = schema.charge_and_execute_stream(asked, caller, "a-test".to_owned());
    match tokio::time::timeout(std::time::Duration::from_secs(10), answers.next()).await {
        Ok(Some(answer)) => serde_json::to_value(answer).expect("an answer is JSON"),
        // A subscription that was taken: nothing has happened yet.
        Ok(None) | Err(_) => json!({}),
    }
}

/// The codes of an answer's errors.
fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("no code")).collect()
}

/// Documents that ask for the field.
fn documents(world: &World, sdl: &Sdl, owner: &str, field: &FieldDefinition) -> Vec<String> {
    let asked = sdl.selection(field);
    world.ways(owner).iter().map(|way| way.replace("FIELD", &asked)).collect()
}

fn is_root(owner: &str) -> bool {
    matches!(owner, "Query" | "Mutation" | "Subscription")
}

#[tokio::test]
async fn whoever_has_no_right_to_a_field_is_refused_and_nothing_happens() {
    let world = World::make().await;
    let (sdl, schema) = (world.sdl(), world.schema().await);
    let mut conn = world.app.database().connect().await;
    let before = world.fingerprint(&mut conn).await;
    let mut refused = 0;
    for (owner, field, rule) in fields(&sdl) {
        let Some(rule) = rule else { continue };
        let mut reached = false;
        for (who, viewer, code) in rule.outsiders(world.stranger) {
            for document in documents(&world, &sdl, owner, field) {
                let answer = ask(&schema, &document, viewer).await;
                match codes(&answer).as_slice() {
                    [found] if *found == code => reached = true,
                    // They do not even see what it is a field of.
                    [] if !is_root(owner) && !answer.to_string().contains(field.name.node.as_str()) => {}
                    _ => panic!("{who} is to get {code} from {document}: {answer:#}"),
                }
                refused += 1;
                assert_eq!(world.fingerprint(&mut conn).await, before, "{who} changed something: {document}");
            }
        }
        assert!(reached, "nobody came so far as to be refused {owner}.{}", field.name.node);
    }
    assert!(refused > 100, "only {refused} refusals");
}

#[tokio::test]
async fn whoever_has_just_the_right_is_not_refused() {
    let world = World::make().await;
    let (sdl, schema) = (world.sdl(), world.schema().await);
    for (owner, field, rule) in fields(&sdl) {
        let Some(Rule { requires, owner: owned }) = rule else { continue };
        // What a subscription shows is for others to test: here nothing happens.
        if owner == "Subscription" {
            continue;
        }
        let mut insiders = Vec::new();
        if let Some(permissions) = requires {
            // What a field of something is asked of must be seen, too.
            let mut permissions = permissions;
            if !is_root(owner) {
                permissions.extend([Permission::ReadUsers, Permission::ReadOrders]);
            }
            insiders.push(viewer(world.stranger, permissions));
        }
        if owned {
            insiders.push(viewer(world.owner.user_id(), Vec::new()));
        }
        for insider in insiders {
            for document in documents(&world, &sdl, owner, field) {
                let answer = ask(&schema, &document, insider).await;
                for code in codes(&answer) {
                    assert!(
                        !["UNAUTHENTICATED", "FORBIDDEN", "INTERNAL"].contains(&code),
                        "{document}: {answer:#}"
                    );
                }
            }
        }
    }
}
