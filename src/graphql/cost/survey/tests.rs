use async_graphql::Variables;
use async_graphql::parser::parse_query;
use serde_json::json;

use super::super::super::sdl;
use super::super::prices::WHOLE_SCHEMA;
use super::*;

thread_local! {
    static PRICES: Prices = Prices::read(&sdl());
}

fn survey(document: &str) -> Result<Survey> {
    PRICES.with(|prices| Survey::of(&parse_query(document).unwrap(), prices))
}

fn refused(document: &str) -> Option<String> {
    match survey(document) {
        Ok(_) => None,
        Err(ApiError::Client(Code::CostLimitExceeded, message)) => Some(message),
        Err(other) => panic!("{other:?}"),
    }
}

fn assert_refused(limit: Limit, document: &str) {
    let message = refused(document).unwrap_or_else(|| panic!("{limit:?} is not held: {document:.80}"));
    assert!(message.contains(limit.name()), "{limit:?}: {message}");
    assert!(message.contains(&limit.most().to_string()), "{limit:?}: {message}");
}

fn amount(document: &str, variables: serde_json::Value) -> Amount {
    let survey = survey(document).unwrap_or_else(|error| panic!("{error:?}"));
    survey.operation(None).unwrap().whole.with(&Variables::from_json(variables))
}

fn cost(document: &str) -> u64 {
    amount(document, json!({})).cost
}

/// Fragments each of which spreads the next one so often, and a last one with a field.
fn chain(length: usize, spreads: usize) -> String {
    let fragment = |number: usize| {
        format!("fragment F{number} on Query {{ {} }} ", format!("...F{} ", number + 1).repeat(spreads))
    };
    let fragments: String = (0..length).map(fragment).collect();
    format!("{{ ...F0 }} {fragments} fragment F{length} on Query {{ shop {{ name }} }}")
}

fn many(count: usize, item: &str) -> String {
    (0..count).map(|number| item.replace('#', &number.to_string())).collect()
}

#[test]
fn what_grows_with_each_fragment_is_refused() {
    assert_eq!(refused(&chain(20, 1)), None);
    assert_eq!(refused(&chain(4, 2)), None);
    assert_refused(Limit::Selections, &chain(22, 2));
    assert_refused(Limit::Selections, &chain(30, 100));
    assert_refused(
        Limit::Selections,
        &format!("{{ shop {{ name }} }} {}", chain(30, 2).replacen("{ ...F0 }", "", 1)),
    );
}

#[test]
fn selections_are_counted_wherever_they_are_spread() {
    let most = Limit::Selections.most();
    let shop = |inner: &str| format!("{{ shop {{ {inner} }} }}");
    assert_eq!(refused(&shop(&"name ".repeat(most - 1))), None);
    assert_refused(Limit::Selections, &shop(&"name ".repeat(most)));
    let fragment = format!("fragment F on Shop {{ {} }}", "__typename ".repeat(most / 2));
    assert_refused(Limit::Selections, &format!("{} {fragment}", shop("...F ...F")));
    assert_refused(Limit::Selections, &format!("{} {fragment}", shop("...{ ...F } ...F")));
}

#[test]
fn each_bound_is_held_by_name_and_value() {
    assert_refused(Limit::Operations, &many(Limit::Operations.most() + 1, "query Q# { shop { name } } "));
    let fragments = many(Limit::Fragments.most() + 1, "fragment F# on Shop { name } ");
    assert_refused(Limit::Fragments, &format!("{{ shop {{ name }} }} {fragments}"));
    assert_refused(
        Limit::RootFields,
        &format!("{{ {} }}", "__typename ".repeat(Limit::RootFields.most() + 1)),
    );
    let spread = format!("{{ ...F }} fragment F on Query {{ {} }}", "__typename ".repeat(51));
    assert_refused(Limit::RootFields, &spread);
    let aliases = many(Limit::Aliases.most() + 1, "a#: name ");
    assert_refused(Limit::Aliases, &format!("{{ shop {{ {aliases} }} }}"));
    let flood = "@skip(if: false) ".repeat(Limit::DirectivesAtOnce.most() + 1);
    assert_refused(Limit::DirectivesAtOnce, &format!("{{ shop {flood} {{ name }} }}"));
    assert_refused(Limit::DirectivesAtOnce, &format!("query {flood} {{ shop {{ name }} }}"));
    assert_refused(Limit::DirectivesAtOnce, &format!("query($a: Int {flood}) {{ shop {{ name }} }}"));
    assert_refused(
        Limit::DirectivesAtOnce,
        &format!("{{ shop {{ ...F {flood} }} }} fragment F on Shop {{ name }}"),
    );
    assert_refused(
        Limit::DirectivesAtOnce,
        &format!("{{ shop {{ ...F }} }} fragment F on Shop {flood} {{ name }}"),
    );
    let directives = "name @skip(if: false) ".repeat(Limit::Directives.most() + 1);
    assert_refused(Limit::Directives, &format!("{{ shop {{ {directives} }} }}"));
    let variables = many(Limit::Variables.most() + 1, "$v#: Int ");
    assert_refused(Limit::Variables, &format!("query({variables}) {{ shop {{ name }} }}"));
    let list = format!("[{}]", "1 ".repeat(Limit::ListItems.most() + 1));
    assert_refused(Limit::ListItems, &format!("{{ nodes(ids: {list}) {{ id }} }}"));
    assert_refused(
        Limit::ListItems,
        &format!("{{ products(filter: {{ a: [{list}] }}) {{ nodes {{ id }} }} }}"),
    );
    assert_refused(Limit::ListItems, &format!("query($a: [Int] = {list}) {{ shop {{ name }} }}"));
}

#[test]
fn depth_is_that_of_everything_put_together() {
    let nested =
        |depth: usize, inner: &str| format!("{}{inner}{}", "parent { ".repeat(depth), "} ".repeat(depth));
    let most = Limit::Depth.most();
    assert_eq!(refused(&format!("{{ category {{ {} }} }}", nested(most - 2, "id"))), None);
    assert_refused(Limit::Depth, &format!("{{ category {{ {} }} }}", nested(most - 1, "id")));
    let fragment = format!("fragment F on Category {{ {} }}", nested(most / 2, "id"));
    assert_refused(Limit::Depth, &format!("{{ category {{ {} }} }} {fragment}", nested(most / 2, "...F")));
    let inline =
        |depth: usize| format!("{{ {}shop {{ name }}{} }}", "... { ".repeat(depth), " }".repeat(depth));
    assert_eq!(refused(&inline(Limit::Levels.most() - 1)), None);
    assert_refused(Limit::Levels, &inline(Limit::Levels.most()));
    assert_refused(Limit::Levels, &chain(Limit::Levels.most(), 1));
}

#[test]
fn a_circle_and_a_flood_of_unknown_names_are_invalid() {
    let code = |document: &str| match survey(document) {
        Err(ApiError::Client(code, _)) => Some(code),
        _ => None,
    };
    for circle in [
        "{ ...F } fragment F on Query { ...F ...F }",
        "{ shop { name } } fragment F on Query { ... { ...G } } fragment G on Query { category { parent { ...F } } }",
    ] {
        assert_eq!(code(circle), Some(Code::ValidationFailed), "{circle}");
    }
    assert_eq!(code(&format!("{{ {} }}", many(20, "x# "))), None, "the library answers each");
    assert_eq!(code(&format!("{{ {} }}", many(21, "x# "))), Some(Code::ValidationFailed));
    let arguments = many(21, "x#: 1 ");
    assert_eq!(code(&format!("{{ product({arguments}) {{ id }} }}")), Some(Code::ValidationFailed));
}

#[test]
fn objects_cost_and_pages_multiply() {
    assert_eq!(cost("{ shop { name currency } }"), 1);
    assert_eq!(cost("{ product(slug: \"a\") { name price { amount } } }"), 2);
    assert_eq!(cost("{ products(first: 5) { nodes { id } pageInfo { hasNextPage } } }"), 1 + 5 + 1);
    assert_eq!(cost("{ products { edges { node { price { amount } } } } }"), 1 + 20 * 3);
    assert_eq!(
        cost("{ products(last: 100) { nodes { reviews(first: 3) { nodes { rating } } } } }"),
        1 + 100 * (1 + 1 + 3)
    );
    assert_eq!(cost("{ nodes(ids: [\"a\", \"b\"]) { id } }"), 2);
    assert_eq!(cost("{ products(first: 1000000) { nodes { id } } }"), 101, "no page is longer");
    assert_eq!(cost("{ products(first: -1) { nodes { id } } }"), 1);
    assert_eq!(cost("mutation { cartClear(input: {}) { cart { id } userErrors { code } } }"), 10 + 2);
}

#[test]
fn a_fragment_costs_where_it_is_spread() {
    let query = "query($n: Int) { products(first: $n) { ...Page } } fragment Page on ProductConnection {
        nodes { ...Card } pageInfo { endCursor } } fragment Card on Product { price { amount } }";
    assert_eq!(amount(query, json!({ "n": 7 })).cost, 1 + 7 * 2 + 1);
    assert_eq!(amount(query, json!({ "n": 70 })).cost, 1 + 70 * 2 + 1);
    for nothing in [json!({}), json!({ "n": null })] {
        assert_eq!(amount(query, nothing).cost, 1 + 20 * 2 + 1);
    }
}

#[test]
fn variables_tell_how_long_lists_are() {
    let query = "query($ids: [ID!]!, $n: Int) { nodes(ids: $ids) { ... on Product { reviews(first: $n) { nodes { id } } } } }";
    let ids = vec!["a"; 30];
    assert_eq!(amount(query, json!({ "ids": ids, "n": 3 })).cost, 30 * (1 + 1 + 3));
    assert_eq!(
        amount(query, json!({ "ids": "a", "n": "?" })).cost,
        1 + 1 + 1,
        "one stands for a list of one"
    );
    let found = amount(query, json!({ "ids": ids, "n": 3 }));
    assert_eq!((found.values, found.uses), (30 * (1 + 1 + 3 * 2), 30 + 30));
}

#[test]
fn introspection_is_reckoned_by_the_size_of_the_schema() {
    let whole = amount(WHOLE_SCHEMA, json!({}));
    assert!((10_000..200_000).contains(&whole.described), "{whole:?}");
    let bill = |document: &str| survey(document).unwrap().bill(None, &Variables::default());
    assert!(bill(WHOLE_SCHEMA).is_ok(), "however large the schema is");
    let twice =
        WHOLE_SCHEMA.replacen("{ __schema {", "{ again: __schema { types { ...FullType } } __schema {", 1);
    assert!(bill(&twice).is_err(), "but not more than that");
    let types = amount("{ __schema { types { name } } }", json!({}));
    assert!((200..600).contains(&types.described), "{types:?}");
    let fields = amount("{ __schema { types { fields { name } } } }", json!({}));
    assert!((700..3_000).contains(&fields.described), "{fields:?}");
    assert_eq!(refused("{ __schema { types { fields { type { fields { name } } } } } }"), None);
    assert_refused(
        Limit::Described,
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    );
    let fragments = "{ __type(name: \"Query\") { ...A } } fragment A on __Type { fields { type { ...B } } }
        fragment B on __Type { fields { type { ...C } } } fragment C on __Type { interfaces { name } }";
    assert_refused(Limit::Described, fragments);
}

#[test]
fn a_page_is_a_read_however_many_objects_it_is_asked_of() {
    let pages = |document: &str| amount(document, json!({})).pages;
    assert_eq!(pages("{ shop { name } }"), 0);
    assert_eq!(pages("{ products(first: 50) { nodes { reviews(first: 2) { nodes { id } } } } }"), 2);
    let many = many(30, "a#: products(first: 1) { nodes { id } } ");
    assert_eq!(pages(&format!("{{ category {{ {many} }} }}")), 30);
    assert_eq!(
        pages(&format!("{{ category {{ ...F x: parent {{ ...F }} }} }} fragment F on Category {{ {many} }}")),
        60
    );
}

#[test]
fn a_subscription_costs_for_each_of_what_it_watches_and_for_each_event() {
    let document =
        "subscription($ids: [ID!]!) { variantAvailability(variantIds: $ids) { id product { id } } }";
    let variables = Variables::from_json(json!({ "ids": vec!["a"; 100] }));
    let survey = survey(document).unwrap();
    let asked = survey.operation(None).unwrap();
    let event = asked.event.as_ref().unwrap().with(&variables).cost;
    assert_eq!(event, 3 + 1);
    assert_eq!(asked.whole.with(&variables).cost, 100 * event);
}
