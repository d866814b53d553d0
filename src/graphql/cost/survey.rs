//! A walk over a parsed document, before anything else walks it: its bounds are held, and what each of its operations asks
//! for is written down for the requests that send it.
//!
//! A fragment is walked once, however often it is spread, and comes to the same everywhere. The walk gives up as soon as a
//! bound is passed, so it takes no longer than the longest document that is allowed.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value as Argument;

use super::super::error::{ApiError, Code, Result};
use super::estimate::{Amount, Estimate, Items};
use super::limits::Limit;
use super::prices::{Fields, Prices};

/// The most fields and arguments that the schema does not have.
const MAX_UNKNOWN: usize = 20;

/// What the operations of a document ask for.
#[derive(Debug)]
pub(in crate::graphql) struct Survey(Vec<(Option<Name>, Estimate)>);

impl Survey {
    /// Walks a document. Fails when it goes beyond a bound, or has fragments that spread themselves.
    pub(in crate::graphql) fn of(document: &ExecutableDocument, prices: &Prices) -> Result<Self> {
        Limit::Operations.check(document.operations.iter().count())?;
        Limit::Fragments.check(document.fragments.len())?;
        let mut walk = Walk { document, prices, fragments: HashMap::new(), unknown: 0 };
        let mut operations = Vec::new();
        let mut all = Extent::default();
        for (name, operation) in document.operations.iter() {
            let (extent, estimate) = walk.operation(&operation.node)?;
            Limit::RootFields.check(extent.width)?;
            all.add(&extent)?;
            operations.push((name.cloned(), estimate));
        }
        // Validation walks those too that no operation spreads.
        for name in document.fragments.keys() {
            if !walk.fragments.contains_key(name) {
                all.add(&walk.fragment(name, 0, &mut Sums::default())?)?;
            }
        }
        Ok(Self(operations))
    }

    /// What an operation asks for. The name picks one; a single one needs none.
    pub(super) fn operation(&self, name: Option<&str>) -> Option<&Estimate> {
        match (self.0.as_slice(), name) {
            ([(_, only)], None) => Some(only),
            (all, name) => {
                all.iter().find(|(found, _)| found.as_deref() == name).map(|(_, estimate)| estimate)
            }
        }
    }
}

/// What a selection set comes to, everything below it included.
#[derive(Clone, Default)]
struct Extent {
    selections: usize,
    aliases: usize,
    directives: usize,
    /// Fields on its own level.
    width: usize,
    /// Fields below fields.
    depth: usize,
    /// Introspected fields below introspected fields.
    described: usize,
    /// Selection sets below it.
    levels: usize,
}

impl Extent {
    /// Adds what stands beside it.
    fn add(&mut self, other: &Self) -> Result<()> {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.width = self.width.saturating_add(other.width);
        self.depth = self.depth.max(other.depth);
        self.described = self.described.max(other.described);
        self.levels = self.levels.max(other.levels);
        for (limit, count) in [
            (Limit::Selections, self.selections),
            (Limit::Aliases, self.aliases),
            (Limit::Directives, self.directives),
            (Limit::Depth, self.depth),
            (Limit::Described, self.described),
        ] {
            if count > limit.most() {
                return Err(limit.exceeded_by_far());
            }
        }
        Ok(())
    }
}

/// What the fields of a selection set ask for.
#[derive(Default)]
struct Sums {
    /// Those whose number is known, or told by arguments of their own.
    own: Estimate,
    /// One item of each list that is as long as the field around it says: `nodes` and `edges` of a page.
    listed: Estimate,
}

/// A fragment that was met.
enum Fragment {
    /// It is being walked.
    Open,
    /// It was.
    Walked { extent: Extent, own: Arc<Estimate>, listed: Arc<Estimate> },
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    prices: &'a Prices,
    fragments: HashMap<&'a Name, Fragment>,
    /// Fields and arguments that the schema does not have.
    unknown: usize,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<(Extent, Estimate)> {
        Limit::Variables.check(operation.variable_definitions.len())?;
        let mut extent = Extent::default();
        for definition in &operation.variable_definitions {
            extent.directives += self.directives(&definition.node.directives)?.0;
            if let Some(value) = &definition.node.default_value {
                look_into(&value.node.clone().into_value())?;
            }
        }
        extent.directives += self.directives(&operation.directives)?.0;
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let (below, sums) = self.set(&operation.selection_set.node, self.prices.fields(root), 0)?;
        extent.add(&below)?;
        Ok((extent, sums.of_one(Items::usual())))
    }

    /// A set of selections from a type, which lies so many sets deep.
    fn set(
        &mut self,
        set: &'a SelectionSet,
        parent: Option<&'a Fields>,
        level: usize,
    ) -> Result<(Extent, Sums)> {
        if level > Limit::Levels.most() {
            return Err(Limit::Levels.exceeded_by_far());
        }
        let mut extent = Extent::default();
        let mut sums = Sums::default();
        for item in &set.items {
            let mut met = match &item.node {
                Selection::Field(field) => self.field(&field.node, parent, level, &mut sums)?,
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let parent = on.map_or(parent, |on| self.prices.fields(&on.node.on.node));
                    let (mut below, inner) =
                        self.set(&fragment.node.selection_set.node, parent, level + 1)?;
                    sums.own.add(inner.own);
                    sums.listed.add(inner.listed);
                    below.levels += 1;
                    below.directives += self.directives(&fragment.node.directives)?.0;
                    below
                }
                Selection::FragmentSpread(spread) => {
                    let directives = self.directives(&spread.node.directives)?.0;
                    let mut below = self.fragment(&spread.node.fragment_name.node, level + 1, &mut sums)?;
                    below.levels += 1;
                    below.directives += directives;
                    below
                }
            };
            met.selections += 1;
            extent.add(&met)?;
        }
        Ok((extent, sums))
    }

    fn field(
        &mut self,
        field: &'a Field,
        parent: Option<&'a Fields>,
        level: usize,
        sums: &mut Sums,
    ) -> Result<Extent> {
        let (directives, mut uses) = self.directives(&field.directives)?;
        let price = parent.and_then(|fields| fields.get(field.name.node.as_str()));
        if price.is_none() && parent.is_some() && field.name.node != "__typename" {
            self.count_unknown(&field.name.node)?;
        }
        for (name, value) in &field.arguments {
            uses += look_into(&value.node)?;
            if price.is_some_and(|price| !price.arguments.iter().any(|known| *known == *name.node)) {
                self.count_unknown(&name.node)?;
            }
        }
        let below = &field.selection_set.node;
        let (mut extent, inner) = if below.items.is_empty() {
            Default::default()
        } else {
            let of = price.and_then(|price| price.of.as_deref());
            let (mut extent, inner) = self.set(below, of.and_then(|of| self.prices.fields(of)), level + 1)?;
            extent.levels += 1;
            (extent, inner)
        };
        extent.aliases += usize::from(field.alias.is_some());
        extent.directives += directives;
        extent.width = 1;
        extent.depth += 1;
        extent.described += usize::from(price.is_some_and(|price| price.describes));

        let points = price.map_or(0, |price| price.points);
        let mut each = Estimate::of(Amount { cost: points, values: 1, uses });
        match price {
            // A connection: it says how long its lists are.
            Some(price) if !price.list && !price.multipliers.is_empty() => {
                each.add(inner.of_one(Items::promised(price, |name| argument(field, name))));
                sums.own.add(each);
            }
            Some(price) if price.list => {
                each.add(inner.of_one(Items::usual()));
                if price.is_sized() {
                    sums.own.add(each.for_each(Items::promised(price, |name| argument(field, name))));
                } else {
                    sums.listed.add(each);
                }
            }
            _ => {
                each.add(inner.of_one(Items::usual()));
                sums.own.add(each);
            }
        }
        Ok(extent)
    }

    /// The fragment with this name, met so many sets deep.
    fn fragment(&mut self, name: &'a Name, level: usize, sums: &mut Sums) -> Result<Extent> {
        // An unknown one is the validation's business.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Extent::default()) };
        if !self.fragments.contains_key(name) {
            self.fragments.insert(name, Fragment::Open);
            let parent = self.prices.fields(&fragment.node.type_condition.node.on.node);
            let (mut extent, inner) = self.set(&fragment.node.selection_set.node, parent, level)?;
            extent.directives += self.directives(&fragment.node.directives)?.0;
            let Sums { own, listed } = inner;
            let walked = Fragment::Walked { extent, own: Arc::new(own), listed: Arc::new(listed) };
            self.fragments.insert(name, walked);
        }
        match self.fragments.get(name) {
            Some(Fragment::Walked { extent, own, listed }) => {
                if level + extent.levels > Limit::Levels.most() {
                    return Err(Limit::Levels.exceeded_by_far());
                }
                sums.own.add_shared(own);
                sums.listed.add_shared(listed);
                Ok(extent.clone())
            }
            Some(Fragment::Open) | None => Err(circle(name)),
        }
    }

    /// How many directives there are at one place, and how many variables they use.
    fn directives(&mut self, directives: &[Positioned<Directive>]) -> Result<(usize, u64)> {
        Limit::DirectivesAtOnce.check(directives.len())?;
        let mut uses = 0;
        for directive in directives {
            for (name, value) in &directive.node.arguments {
                uses += look_into(&value.node)?;
                // All that a document can use have this one argument.
                if name.node != "if" {
                    self.count_unknown(&name.node)?;
                }
            }
        }
        Ok((directives.len(), uses))
    }

    /// Each is answered with an error, which looks for similar names among those of the schema.
    fn count_unknown(&mut self, name: &Name) -> Result<()> {
        self.unknown += 1;
        if self.unknown <= MAX_UNKNOWN {
            return Ok(());
        }
        let message = format!(
            "The document has more than {MAX_UNKNOWN} fields and arguments that the schema does not have, '{name}' among \
             them."
        );
        Err(ApiError::Client(Code::ValidationFailed, message))
    }
}

impl Sums {
    /// What it comes to where its lists have so many items.
    fn of_one(self, items: Items) -> Estimate {
        let mut sum = self.own;
        sum.add(self.listed.for_each(items));
        sum
    }
}

fn argument<'f>(field: &'f Field, name: &str) -> Option<&'f Argument> {
    field.get_argument(name).map(|value| &value.node)
}

fn circle(name: &Name) -> ApiError {
    let message = format!("The fragment '{name}' spreads itself, perhaps by others: it would have no end.");
    ApiError::Client(Code::ValidationFailed, message)
}

/// Holds the bound on lists wherever one stands in a value, and counts the variables in it. The brackets were counted: it
/// is not deep.
fn look_into(value: &Argument) -> Result<u64> {
    match value {
        Argument::Variable(_) => Ok(1),
        Argument::List(items) => {
            Limit::ListItems.check(items.len())?;
            items.iter().map(look_into).sum()
        }
        Argument::Object(fields) => fields.values().map(look_into).sum(),
        _ => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::super::super::sdl;
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
        survey.operation(None).unwrap().with(&Variables::from_json(variables))
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

    /// As the tools ask: `getIntrospectionQuery()` of graphql-js.
    const STANDARD: &str = include_str!("../../../tests/hostile/introspection.graphql");

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
        assert_refused(
            Limit::Depth,
            &format!("{{ category {{ {} }} }} {fragment}", nested(most / 2, "...F")),
        );
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
        let whole = amount(STANDARD, json!({}));
        // The schema may grow by half before explorers are refused: then the prices, or the bound, have to be seen to.
        assert!((5_000..Limit::Values.most() as u64 * 2 / 3).contains(&whole.values), "{whole:?}");
        let types = amount("{ __schema { types { name } } }", json!({}));
        assert!((200..600).contains(&types.values), "{types:?}");
        let fields = amount("{ __schema { types { fields { name } } } }", json!({}));
        assert!((700..3_000).contains(&fields.values), "{fields:?}");
        assert_eq!(refused("{ __schema { types { fields { type { fields { name } } } } } }"), None);
        assert_refused(
            Limit::Described,
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        );
        let fragments =
            "{ __type(name: \"Query\") { ...A } } fragment A on __Type { fields { type { ...B } } }
            fragment B on __Type { fields { type { ...C } } } fragment C on __Type { interfaces { name } }";
        assert_refused(Limit::Described, fragments);
    }
}
