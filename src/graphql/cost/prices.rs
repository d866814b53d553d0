//! What each field costs: `@cost`, visible in the SDL, and the table that is read from the SDL.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{parse_query, parse_schema};
use async_graphql::{TypeDirective, Value};

use super::survey::Survey;
use crate::pagination::DEFAULT_PAGE_SIZE;

/// What a field costs before it is executed: `complexity` is the points of each object, or of the value. An object costs 1 and a
/// scalar nothing where a field does not say otherwise, a field of `Mutation` or `Subscription` 10. Lists multiply:
/// `multipliers` are the arguments that tell how many items there will be, numbers, or lists by their length. The largest one
/// given counts; for a connection, of its `nodes` and of its `edges`. `assumedSize` is how many to reckon with where none is
/// given: 20 where one could be, else 10, unless said otherwise.
#[TypeDirective(location = "FieldDefinition")]
pub(in crate::graphql) fn cost(
    #[graphql(desc = "The points that each object, or the value, of this field costs.")] complexity: i32,
    #[graphql(
        desc = "The arguments that tell how many items there will be: numbers, or lists by their length. The largest \
                      one given counts. For a connection, of its `nodes` and of its `edges`."
    )]
    multipliers: Option<Vec<String>>,
    #[graphql(
        desc = "How many items to reckon with where no multiplier is given: 20 where there could be one, else 10, unless said otherwise."
    )]
    assumed_size: Option<i32>,
) {
}

/// Names of arguments, for `multipliers`.
pub(in crate::graphql) fn by(arguments: &[&str]) -> Option<Vec<String>> {
    Some(arguments.iter().map(|&name| name.to_owned()).collect())
}

/// Points of a field that writes, or that goes on, where the SDL names none.
const ROOT_POINTS: u64 = 10;
/// Items of a list where the SDL names no number.
pub(super) const ASSUMED_SIZE: u64 = 10;
/// What every problem of an input implements; as a rule there is none.
const USER_ERROR: &str = "UserError";

/// What of the SDL is counted for the prices of introspection.
#[derive(Default)]
struct Counts {
    types: usize,
    fields: usize,
    most_fields: usize,
    arguments: usize,
    input_fields: usize,
    enum_values: usize,
}

/// The types of introspection, which the SDL does not show, priced by the size of the schema. What a type is wrapped in
/// (`[T!]!`) has an end, so each level of it is a type of its own here.
fn introspection(counts: &Counts) -> String {
    // Those of introspection itself and the built-in scalars are types as well.
    let types = counts.types + 13;
    let enum_values = counts.enum_values.div_ceil(types);
    let input_fields = counts.input_fields.div_ceil(types);
    let fields = counts.fields.div_ceil(types);
    let arguments = counts.arguments.div_ceil(counts.fields.max(1));
    // Whoever asks for one type may ask for the largest.
    let largest = counts.most_fields.div_ceil(fields.max(1));
    let free = |size: usize| format!("@cost(complexity: 0, assumedSize: {size})");
    let (few, none) = (free(1), free(0));
    let text = "name: String description: String isDeprecated: Boolean deprecationReason: String";
    let all = "(includeDeprecated: Boolean)";
    let mut sdl = format!(
        "type Query {{ __schema: __Schema! @cost(complexity: 20) __type(name: String): [__Type] @cost(complexity: 2, assumedSize: {largest}) }}
        type __Schema {{
            description: String types: [__Type] {} directives: [__Directive] {}
            queryType: __Type @cost(complexity: 0) mutationType: __Type @cost(complexity: 0)
            subscriptionType: __Type @cost(complexity: 0)
        }}
        type __Field {{ {text} args{all}: [__InputValue] {} type: __Type @cost(complexity: 0) }}
        type __InputValue {{ {text} defaultValue: String type: __Type @cost(complexity: 0) }}
        type __EnumValue {{ {text} }}
        type __Directive {{ {text} isRepeatable: Boolean locations: [String] args{all}: [__InputValue] {} }}",
        free(types),
        free(6),
        free(arguments),
        free(3),
    );
    for (name, inner, wrapped) in [
        ("__Type", "__Type1", &few),
        ("__Type1", "__Type2", &few),
        ("__Type2", "__Type3", &few),
        ("__Type3", "__Type3", &none),
    ] {
        let _ = write!(
            sdl,
            " type {name} {{
                kind: String name: String description: String specifiedByURL: String isOneOf: Boolean
                fields{all}: [__Field] {} inputFields{all}: [__InputValue] {} enumValues{all}: [__EnumValue] {}
                interfaces: [__Type] {few} possibleTypes: [__Type] {few} ofType: [{inner}] {wrapped}
            }}",
            free(fields),
            free(input_fields),
            free(enum_values),
        );
    }
    sdl
}

/// The most that tools ask for first: `getIntrospectionQuery()` of graphql-js, with all its options.
pub(super) const WHOLE_SCHEMA: &str = include_str!("introspection.graphql");

/// What each field of the schema costs.
pub(in crate::graphql) struct Prices {
    types: HashMap<String, Fields>,
    /// How many values describe the whole schema, as [tools ask for it](WHOLE_SCHEMA).
    pub(super) whole_schema: u64,
}

/// The fields of a type by their names.
pub(super) type Fields = HashMap<String, Price>;

/// What a field costs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Price {
    /// For each item, or the value.
    pub(super) points: u64,
    /// The type of what it gives; none for scalars and enums.
    pub(super) of: Option<String>,
    /// Whether it gives a list.
    pub(super) list: bool,
    /// The arguments that tell how many items there will be.
    pub(super) multipliers: Vec<String>,
    /// How many there are where these do not.
    pub(super) assumed_size: Option<u64>,
    /// Whether it gives one after the other, as subscriptions do.
    pub(super) streams: bool,
    /// Whether it tells of the schema.
    pub(super) introspects: bool,
    /// Whether it lists what a type consists of, which is the schema once more.
    pub(super) describes: bool,
    /// All its arguments.
    pub(super) arguments: Vec<String>,
}

impl Price {
    /// Whether it tells by itself how many items it gives.
    pub(super) fn is_sized(&self) -> bool {
        self.assumed_size.is_some() || !self.multipliers.is_empty()
    }

    /// Whether it gives a page of a list.
    pub(super) fn is_page(&self) -> bool {
        !self.list && !self.streams && !self.multipliers.is_empty()
    }

    /// How many items to reckon with where nothing tells.
    pub(super) fn usual_size(&self) -> u64 {
        self.assumed_size.unwrap_or(ASSUMED_SIZE)
    }
}

impl Prices {
    /// Reads them from the schema's definition.
    pub(in crate::graphql) fn read(sdl: &str) -> Self {
        let mut types = HashMap::new();
        let counts = read_into(&mut types, sdl);
        read_into(&mut types, &introspection(&counts));
        let mut prices = Self { types, whole_schema: 0 };
        // A text of our own: it can be read, and keeps to the bounds.
        let whole = parse_query(WHOLE_SCHEMA).ok().and_then(|document| Survey::of(&document, &prices).ok());
        prices.whole_schema = whole.map_or(0, |whole| whole.described());
        prices
    }

    /// The fields of a type; none when there is no such type, or it has no fields.
    pub(super) fn fields(&self, of: &str) -> Option<&Fields> {
        self.types.get(of)
    }
}

/// Adds the prices of a definition, and counts what it holds.
fn read_into(types: &mut HashMap<String, Fields>, sdl: &str) -> Counts {
    // A definition that the library wrote can be read by it; without one all fields are as cheap as scalars.
    let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
    let mut counts = Counts::default();
    let mut with_fields = Vec::new();
    let mut unions = Vec::new();
    let mut user_errors = HashSet::new();
    for definition in definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        counts.types += 1;
        let name = definition.node.name.node.to_string();
        match definition.node.kind {
            TypeKind::Object(object) => {
                if object.implements.iter().any(|interface| interface.node == USER_ERROR) {
                    user_errors.insert(name.clone());
                }
                with_fields.push((name, object.fields));
            }
            TypeKind::Interface(interface) => with_fields.push((name, interface.fields)),
            TypeKind::Union(_) => unions.push(name),
            TypeKind::Enum(one) => counts.enum_values += one.values.len(),
            TypeKind::InputObject(input) => counts.input_fields += input.fields.len(),
            TypeKind::Scalar => {}
        }
    }
    let composite: HashSet<String> =
        with_fields.iter().map(|(name, _)| name).chain(&unions).cloned().collect();
    for (owner, fields) in with_fields {
        counts.fields += fields.len();
        counts.most_fields = counts.most_fields.max(fields.len());
        counts.arguments += fields.iter().map(|field| field.node.arguments.len()).sum::<usize>();
        let priced = fields.into_iter().map(|field| {
            let price = price(&owner, &field.node, &composite, &user_errors);
            (field.node.name.node.to_string(), price)
        });
        let priced: Vec<_> = priced.collect();
        types.entry(owner).or_default().extend(priced);
    }
    for union in unions {
        types.entry(union).or_default();
    }
    counts
}

fn price(
    owner: &str,
    field: &FieldDefinition,
    composite: &HashSet<String>,
    user_errors: &HashSet<String>,
) -> Price {
    let (of, list) = named(&field.ty.node);
    let said = field.directives.iter().map(|directive| &directive.node).find(|one| one.name.node == "cost");
    let argument = |name: &str| said.and_then(|directive| argument(directive, name));
    let number = |name: &str| match argument(name) {
        Some(Value::Number(number)) => number.as_u64(),
        _ => None,
    };
    let is_composite = composite.contains(of);
    let usual = match owner {
        "Mutation" | "Subscription" => ROOT_POINTS,
        _ => u64::from(is_composite),
    };
    let arguments: Vec<String> =
        field.arguments.iter().map(|argument| argument.node.name.node.to_string()).collect();
    let multipliers: Vec<String> = match argument("multipliers") {
        Some(Value::List(names)) => names.iter().filter_map(text).collect(),
        _ => arguments.iter().filter(|name| matches!(name.as_str(), "first" | "last")).cloned().collect(),
    };
    let assumed_size = number("assumedSize").or_else(|| {
        let page = (!multipliers.is_empty()).then_some(u64::from(DEFAULT_PAGE_SIZE.unsigned_abs()));
        page.or_else(|| user_errors.contains(of).then_some(1))
    });
    Price {
        points: number("complexity").unwrap_or(usual),
        of: is_composite.then(|| of.to_owned()),
        list,
        streams: owner == "Subscription",
        multipliers,
        assumed_size,
        introspects: owner.starts_with("__"),
        describes: list && owner.starts_with("__Type") && matches!(of, "__Field" | "__InputValue" | "__Type"),
        arguments,
    }
}

fn argument<'a>(directive: &'a ConstDirective, name: &str) -> Option<&'a Value> {
    directive.arguments.iter().find(|(argument, _)| argument.node == name).map(|(_, value)| &value.node)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The type's name without lists, and whether there were any.
fn named(ty: &Type) -> (&str, bool) {
    match &ty.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(item) => (named(item).0, true),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sdl;
    use super::*;

    const SDL: &str = "
        type Query { thing: Thing shelf(first: Int): ThingConnection things(ids: [ID!]!): [Thing]!
            @cost(complexity: 2, multipliers: [\"ids\"]) }
        type Mutation { change: Payload! paid: Payload! @cost(complexity: 50) }
        type Thing { name: String! parts: [Thing!]! few: [Thing!]! @cost(complexity: 1, assumedSize: 3) }
        type ThingConnection { nodes: [Thing!]! count: Int! @cost(complexity: 5) }
        type Payload { thing: Thing userErrors: [Problem!]! }
        interface UserError { message: String! }
        type Problem implements UserError { message: String! }
    ";

    #[test]
    fn prices_are_those_of_the_definition_or_the_usual_ones() {
        let prices = Prices::read(SDL);
        let price = |owner: &str, field: &str| &prices.fields(owner).unwrap()[field];
        let found = |owner, field| {
            let price = price(owner, field);
            (price.points, price.list, price.assumed_size)
        };
        assert_eq!(found("Query", "thing"), (1, false, None));
        assert_eq!(found("Query", "shelf"), (1, false, Some(20)));
        assert_eq!(price("Query", "shelf").multipliers, ["first"]);
        assert_eq!(found("Query", "things"), (2, true, Some(20)));
        assert_eq!(price("Query", "things").multipliers, ["ids"]);
        assert_eq!(found("Mutation", "change"), (10, false, None));
        assert_eq!(found("Mutation", "paid"), (50, false, None));
        assert_eq!(found("Thing", "name"), (0, false, None));
        assert_eq!(found("Thing", "parts"), (1, true, None));
        assert_eq!(found("Thing", "few"), (1, true, Some(3)));
        assert_eq!(found("ThingConnection", "count"), (5, false, None));
        assert_eq!(found("Payload", "userErrors"), (1, true, Some(1)));
        assert_eq!(price("Payload", "userErrors").of.as_deref(), Some("Problem"));
    }

    #[test]
    fn the_schema_is_priced_and_introspection_with_it() {
        let prices = Prices::read(&sdl());
        assert!(prices.fields("Query").is_some_and(|fields| fields.contains_key("products")));
        assert!(prices.fields("Query").is_some_and(|fields| fields.contains_key("__schema")));
        assert!(prices.fields("__Schema").unwrap()["types"].assumed_size > Some(100));
        // Lists of lists would make the levels of `ofType` more than there are prices for.
        assert!(!sdl().contains("[["));
    }

    #[test]
    fn every_page_says_in_the_definition_what_it_costs() {
        let definition = sdl();
        let pages = definition.matches("Connection!").count();
        let priced = definition.matches("multipliers: [\"first\", \"last\"]").count();
        assert_eq!(
            pages, priced,
            "give each field that answers a page a `directive = cost::apply(1, by(&[\"first\", \"last\"]), None)`"
        );
    }
}
