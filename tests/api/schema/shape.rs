//! What the schema says: current, described, and shaped alike everywhere.

use async_graphql::parser::types::{BaseType, TypeDefinition, TypeKind};

use super::sdl::{Sdl, base};

#[track_caller]
fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

#[test]
fn the_file_is_what_the_code_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        committed == cartograph::graphql::sdl(),
        "schema.graphql is not current: run 'make schema' and commit it"
    );
}

#[test]
fn everything_is_described() {
    let sdl = Sdl::read();
    let mut bare = Vec::new();
    let mut check = |described: bool, what: String| {
        if !described {
            bare.push(what);
        }
    };
    for definition in sdl.types() {
        let name = &definition.name.node;
        let built_in = matches!(
            name.as_str(),
            "Query" | "Mutation" | "Subscription" | "Int" | "Float" | "String" | "Boolean" | "ID"
        );
        check(definition.description.is_some() || built_in, name.to_string());
        let (fields, inputs) = match &definition.kind {
            TypeKind::Object(object) => (object.fields.as_slice(), [].as_slice()),
            TypeKind::Interface(interface) => (interface.fields.as_slice(), [].as_slice()),
            TypeKind::InputObject(input) => ([].as_slice(), input.fields.as_slice()),
            TypeKind::Enum(variants) => {
                for value in &variants.values {
                    check(value.node.description.is_some(), format!("{name}.{}", value.node.value.node));
                }
                continue;
            }
            TypeKind::Scalar | TypeKind::Union(_) => continue,
        };
        for field in fields {
            check(field.node.description.is_some(), format!("{name}.{}", field.node.name.node));
            for argument in &field.node.arguments {
                let what = format!("{name}.{}({}:)", field.node.name.node, argument.node.name.node);
                check(argument.node.description.is_some(), what);
            }
        }
        for field in inputs {
            check(field.node.description.is_some(), format!("{name}.{}", field.node.name.node));
        }
    }
    assert_none(&bare, "each type, field, argument and value has a description");
}

#[test]
fn mutations_take_one_input_and_answer_with_user_errors() {
    let sdl = Sdl::read();
    let mut broken = Vec::new();
    for mutation in sdl.fields("Mutation") {
        let name = mutation.name.node.as_str();
        let capital = name[..1].to_uppercase() + &name[1..];
        let arguments: Vec<String> = mutation
            .arguments
            .iter()
            .map(|argument| format!("{}: {}", argument.node.name.node, argument.node.ty.node))
            .collect();
        let expected = match arguments.as_slice() {
            [] => true,
            [one] => *one == format!("input: {capital}Input!"),
            _ => false,
        };
        if !expected {
            broken.push(format!("{name}({})", arguments.join(", ")));
        }
        let payload = mutation.ty.node.to_string();
        if !payload.ends_with("Payload!") {
            broken.push(format!("{name}: {payload}"));
        }
        let fields = sdl.fields(payload.trim_end_matches('!'));
        let user_errors = fields.iter().find(|field| field.name.node == "userErrors");
        let shape = user_errors.map(|field| field.ty.node.to_string()).unwrap_or_default();
        if !(shape.starts_with('[') && shape.ends_with("UserError!]!")) {
            broken.push(format!("{payload}.userErrors: {shape}"));
        }
        for field in fields.iter().filter(|field| field.name.node != "userErrors") {
            let empty = matches!(field.ty.node.base, BaseType::List(_)) || base(&field.ty.node) == "Boolean";
            if !field.ty.node.nullable && !empty {
                broken.push(format!("{payload}.{} must be null when there are errors", field.name.node));
            }
        }
    }
    assert_none(&broken, "mutations are thingVerb(input: ThingVerbInput!): …Payload!");
}

#[test]
fn user_errors_have_a_code_of_their_domain() {
    let sdl = Sdl::read();
    let mut broken = Vec::new();
    for definition in sdl.types().filter(|definition| definition.name.node.ends_with("UserError")) {
        let TypeKind::Object(object) = &definition.kind else { continue };
        let name = &definition.name.node;
        let code = object.fields.iter().find(|field| field.node.name.node == "code");
        if !code.is_some_and(|field| {
            field.node.ty.node.to_string() == format!("{}ErrorCode!", name.trim_end_matches("UserError"))
        }) {
            broken.push(format!("{name}.code"));
        }
        if !object.implements.iter().any(|interface| interface.node == "UserError") {
            broken.push(format!("{name} does not implement UserError"));
        }
    }
    assert_none(&broken, "XUserError has code: XErrorCode! and implements UserError");
}

#[test]
fn connections_are_relays() {
    let sdl = Sdl::read();
    let mut broken = Vec::new();
    let shape = |name: &str| -> Vec<String> {
        let fields = sdl.fields(name);
        fields.iter().map(|field| format!("{}: {}", field.name.node, field.ty.node)).collect()
    };
    for definition in sdl.types().filter(|definition| definition.name.node.ends_with("Connection")) {
        let node = definition.name.node.trim_end_matches("Connection");
        let expected = [
            format!("edges: [{node}Edge!]!"),
            format!("nodes: [{node}!]!"),
            "pageInfo: PageInfo!".to_owned(),
            "totalCount: Int!".to_owned(),
        ];
        if shape(&definition.name.node) != expected {
            broken.push(format!("{node}Connection: {:?}", shape(&definition.name.node)));
        }
        let edge = ["cursor: String!".to_owned(), format!("node: {node}!")];
        if shape(&format!("{node}Edge")) != edge {
            broken.push(format!("{node}Edge: {:?}", shape(&format!("{node}Edge"))));
        }
    }
    for definition in sdl.types() {
        for field in sdl.fields(&definition.name.node) {
            let argument =
                |name: &str| field.arguments.iter().any(|argument| argument.node.name.node == name);
            if base(&field.ty.node).ends_with("Connection") && !(argument("first") && argument("after")) {
                broken.push(format!("{}.{} cannot be paged through", definition.name.node, field.name.node));
            }
        }
    }
    assert_none(&broken, "connections have the shape of the Relay specification");
}

#[test]
fn nodes_say_that_they_are_nodes() {
    let sdl = Sdl::read();
    let nodes = |definition: &&TypeDefinition| match &definition.kind {
        TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == "Node"),
        _ => false,
    };
    let names: Vec<&str> =
        sdl.types().filter(nodes).map(|definition| definition.name.node.as_str()).collect();
    for expected in ["Category", "Product", "ProductVariant"] {
        assert!(names.contains(&expected), "{expected} is no Node: {names:?}");
    }
}
