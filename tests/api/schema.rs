//! The schema as clients read it: current, described, and shaped alike everywhere.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeDefinition,
    TypeKind, TypeSystemDefinition,
};
use async_graphql::{Positioned, Value};
use axum::http::StatusCode;
use cartograph::ids::{CartId, CartLineId, OrderId, ReviewId};

use crate::support::TestApp;
use crate::support::builders::{CategoryBuilder, ProductBuilder};

/// The schema, read.
struct Sdl {
    document: ServiceDocument,
    /// Ids for examples, by the kind of thing. Without one an example has a text that is no id.
    ids: BTreeMap<&'static str, String>,
}

/// How deep the examples of an input go: inputs that hold themselves have to end somewhere.
const MAX_EXAMPLE_DEPTH: usize = 5;

impl Sdl {
    fn read() -> Self {
        let document = parse_schema(cartograph::graphql::sdl()).expect("the schema is GraphQL");
        Self { document, ids: BTreeMap::new() }
    }

    fn types(&self) -> impl Iterator<Item = &TypeDefinition> {
        self.document.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(&definition.node),
            _ => None,
        })
    }

    fn find(&self, name: &str) -> Option<&TypeDefinition> {
        self.types().find(|definition| definition.name.node == name)
    }

    /// The fields of an object type.
    fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.find(name).map(|definition| &definition.kind) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// A value for the argument or input field of this name, with nothing in it that may be left out. `owner` is what
    /// the field belongs to.
    fn example(&self, owner: &str, input: &InputValueDefinition) -> String {
        self.example_of(owner, &input.name.node, &input.ty.node)
    }

    /// The same for a type, which may be that of the items.
    fn example_of(&self, owner: &str, field: &str, ty: &Type) -> String {
        match &ty.base {
            BaseType::List(inner) => format!("[{}]", self.example_of(owner, field, inner)),
            BaseType::Named(name) => {
                match (name.as_str(), self.find(name).map(|definition| &definition.kind)) {
                    (_, Some(TypeKind::Enum(variants))) => variants.values[0].node.value.node.to_string(),
                    // Of its two names a variant needs exactly one, which no type says.
                    ("CartLineInput", _) => "{ sku: \"x\" }".to_owned(),
                    (_, Some(TypeKind::InputObject(input))) => {
                        let required = input.fields.iter().filter(|field| is_required(&field.node));
                        let fields: Vec<String> = required
                            .map(|field| {
                                format!("{}: {}", field.node.name.node, self.example(name, &field.node))
                            })
                            .collect();
                        format!("{{ {} }}", fields.join(", "))
                    }
                    ("Int" | "Float", _) => "1".to_owned(),
                    ("Boolean", _) => "true".to_owned(),
                    ("Decimal", _) => "\"1.00\"".to_owned(),
                    ("CurrencyCode", _) => "\"EUR\"".to_owned(),
                    ("DateTime", _) => "\"2026-11-01T09:30:00Z\"".to_owned(),
                    ("ID", _) => format!("{:?}", self.id(owner, field)),
                    _ if field == "country" => "\"GB\"".to_owned(),
                    _ => "\"x\"".to_owned(),
                }
            }
        }
    }

    /// An id for a field: `variantId` says of what, `id` leaves it to the name of what it belongs to.
    fn id(&self, owner: &str, field: &str) -> &str {
        let name = if field == "id" { owner.to_lowercase() } else { field.to_lowercase() };
        self.ids.iter().find(|(kind, _)| name.starts_with(*kind)).map_or("x", |(_, id)| id)
    }

    /// An example for each text in a value of this type, with NUL in that text and nothing else that may be left out.
    fn examples_with_nul(&self, ty: &Type, depth: usize) -> Vec<String> {
        let name = match &ty.base {
            BaseType::List(item) => {
                return self
                    .examples_with_nul(item, depth)
                    .into_iter()
                    .map(|item| format!("[{item}]"))
                    .collect();
            }
            BaseType::Named(name) => name.as_str(),
        };
        match self.find(name).map(|definition| &definition.kind) {
            Some(TypeKind::InputObject(input)) if depth < MAX_EXAMPLE_DEPTH => {
                let mut examples = Vec::new();
                for field in &input.fields {
                    let others = input.fields.iter().filter(|other| {
                        is_required(&other.node) && other.node.name.node != field.node.name.node
                    });
                    let others: Vec<String> = others
                        .map(|other| format!("{}: {}", other.node.name.node, self.example(name, &other.node)))
                        .collect();
                    for value in self.examples_with_nul(&field.node.ty.node, depth + 1) {
                        examples.push(format!(
                            "{{ {}: {value}, {} }}",
                            field.node.name.node,
                            others.join(", ")
                        ));
                    }
                }
                examples
            }
            None if matches!(name, "String" | "ID") => vec!["\"a\\u0000b\"".to_owned()],
            _ => Vec::new(),
        }
    }

    /// The smallest operation that asks for one field of a root type.
    fn operation(&self, root: &str, field: &FieldDefinition) -> String {
        let required = field.arguments.iter().filter(|argument| is_required(&argument.node));
        let arguments = required
            .map(|argument| {
                format!("{}: {}", argument.node.name.node, self.example(&field.name.node, &argument.node))
            })
            .collect();
        self.operation_with(root, field, arguments)
    }

    /// The same with these arguments.
    fn operation_with(&self, root: &str, field: &FieldDefinition, arguments: Vec<String>) -> String {
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let leaf = matches!(
            self.find(base(&field.ty.node)).map(|definition| &definition.kind),
            None | Some(TypeKind::Scalar | TypeKind::Enum(_))
        );
        let selection = if leaf { "" } else { " { __typename }" };
        format!("{} {{ {}{arguments}{selection} }}", root.to_lowercase(), field.name.node)
    }
}

fn is_required(input: &InputValueDefinition) -> bool {
    !input.ty.node.nullable && input.default_value.is_none()
}

/// The type's name without lists and exclamation marks.
fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

fn auth(directives: &[Positioned<ConstDirective>]) -> Option<&ConstDirective> {
    directives.iter().map(|directive| &directive.node).find(|directive| directive.name.node == "auth")
}

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

#[tokio::test]
async fn guests_are_asked_to_sign_in_wherever_auth_is_shown() {
    let sdl = Sdl::read();
    let app = TestApp::start().await;
    let mut seen = 0;
    for root in ["Query", "Mutation"] {
        for field in sdl.fields(root) {
            let Some(directive) = auth(&field.directives) else { continue };
            let requires = directive.arguments.iter().map(|(_, value)| &value.node);
            assert!(requires.into_iter().any(|value| matches!(value, Value::List(list) if !list.is_empty())));
            let operation = sdl.operation(root, field);
            let answer = app.guest().query(&operation).await;
            assert_eq!(answer.status, StatusCode::OK, "{operation}: {:#}", answer.body);
            assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{operation}");
            seen += 1;
        }
    }
    assert!(seen > 5, "only {seen} fields show @auth");
}

#[tokio::test]
async fn customers_are_refused_what_is_for_staff() {
    let sdl = Sdl::read();
    let app = TestApp::start().await;
    let customer = app.customer().await;
    for root in ["Query", "Mutation"] {
        for field in sdl.fields(root) {
            let Some(directive) = auth(&field.directives) else { continue };
            // The one permission that every customer has.
            if directive.arguments.iter().any(|(_, value)| value.node.to_string().contains("WRITE_REVIEWS")) {
                continue;
            }
            let operation = sdl.operation(root, field);
            assert_eq!(customer.query(&operation).await.error_code(), "FORBIDDEN", "{operation}");
        }
    }
}

#[tokio::test]
async fn nul_in_any_text_is_never_our_fault() {
    let app = TestApp::start().await;
    let sdl = Sdl { ids: shop(&app).await, ..Sdl::read() };
    let admin = app.admin().await;
    let mut asked = 0;
    for root in ["Query", "Mutation"] {
        for field in sdl.fields(root) {
            for argument in &field.arguments {
                for value in sdl.examples_with_nul(&argument.node.ty.node, 0) {
                    let mut arguments = vec![format!("{}: {value}", argument.node.name.node)];
                    let others = field.arguments.iter().filter(|other| {
                        is_required(&other.node) && other.node.name.node != argument.node.name.node
                    });
                    arguments.extend(others.map(|other| {
                        format!("{}: {}", other.node.name.node, sdl.example(&field.name.node, &other.node))
                    }));
                    let operation = sdl.operation_with(root, field, arguments);
                    let answer = admin.query(&operation).await;
                    for error in answer.errors() {
                        let message = error["message"].as_str().unwrap_or_default();
                        // Another complaint would mean that the example was refused before anybody saw the NUL.
                        let seen = message.contains("U+0000") || message.contains("'a\0b' is not");
                        assert!(
                            error["extensions"]["code"] == "BAD_USER_INPUT" && seen,
                            "{operation}: {:#}",
                            answer.body
                        );
                    }
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 80, "only {asked} texts were found in the schema");
}

/// One thing of each kind that mutations name, and its id.
async fn shop(app: &TestApp) -> BTreeMap<&'static str, String> {
    let product = ProductBuilder::new("mug").create(app).await;
    let category = CategoryBuilder::new("kitchen").create(app).await;
    let mut ids = BTreeMap::from([
        ("product", product.id.to_string()),
        ("variant", product.variant.to_string()),
        ("category", category.to_string()),
    ]);
    // The caller has neither of these: how far an example gets does not depend on it.
    ids.insert("order", OrderId::new().to_string());
    ids.insert("review", ReviewId::new().to_string());
    ids.insert("cart", CartId::new().to_string());
    ids.insert("line", CartLineId::new().to_string());
    ids
}

#[tokio::test]
async fn nul_in_what_a_mutation_asks_to_be_shown_is_never_our_fault() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("kitchen").create(&app).await;
    ProductBuilder::new("mug").category(category).create(&app).await;
    let shown = r#"category { products(filter: { attributes: [{ name: "a\u0000b", values: ["x"] }] }) { nodes { id } } }"#;
    let change = format!(r#"mutation {{ categoryUpdate(input: {{ id: "{category}" }}) {{ {shown} }} }}"#);
    let answer = app.admin().await.query(&change).await;
    assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{:#}", answer.body);
}
