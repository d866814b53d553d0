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
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value as Argument;

use super::super::error::{ApiError, Code, Result};
use super::estimate::{Amount, Estimate, Items};
use super::limits::Limit;
use super::prices::{Fields, Prices};

/// The most fields and arguments that the schema does not have.
const MAX_UNKNOWN: usize = 20;

/// What the operations of a document ask for.
#[derive(Debug)]
pub(in crate::graphql) struct Survey {
    operations: Vec<(Option<Name>, Asked)>,
    /// As [`Prices::whole_schema`].
    pub(super) whole_schema: u64,
}

/// What an operation asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// All of it; of a subscription, what it begins with.
    pub(super) whole: Estimate,
    /// A single event of a subscription.
    pub(super) event: Option<Estimate>,
}

impl Survey {
    /// Walks a document. Fails when it goes beyond a bound, or has fragments that spread themselves.
    pub(in crate::graphql) fn of(document: &ExecutableDocument, prices: &Prices) -> Result<Self> {
        Limit::Operations.check(document.operations.iter().count())?;
        Limit::Fragments.check(document.fragments.len())?;
        let mut walk = Walk { document, prices, fragments: HashMap::new(), unknown: 0 };
        let mut operations = Vec::new();
        let mut all = Extent::default();
        for (name, operation) in document.operations.iter() {
            let (extent, asked) = walk.operation(&operation.node)?;
            Limit::RootFields.check(extent.width)?;
            all.add(&extent)?;
            operations.push((name.cloned(), asked));
        }
        // Validation walks those too that no operation spreads.
        for name in document.fragments.keys() {
            if !walk.fragments.contains_key(name) {
                all.add(&walk.fragment(name, 0, &mut Sums::default())?)?;
            }
        }
        Ok(Self { operations, whole_schema: prices.whole_schema })
    }

    /// How many values describe the schema, in the answers to all operations without variables.
    pub(super) fn described(&self) -> u64 {
        let none = Variables::default();
        self.operations.iter().map(|(_, asked)| asked.whole.with(&none).described).sum()
    }

    /// What an operation asks for. The name picks one; a single one needs none.
    pub(super) fn operation(&self, name: Option<&str>) -> Option<&Asked> {
        match (self.operations.as_slice(), name) {
            ([(_, only)], None) => Some(only),
            (all, name) => all.iter().find(|(found, _)| found.as_deref() == name).map(|(_, asked)| asked),
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
    /// An event, where this is a subscription.
    event: Option<Estimate>,
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
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<(Extent, Asked)> {
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
        let (below, mut sums) = self.set(&operation.selection_set.node, self.prices.fields(root), 0)?;
        extent.add(&below)?;
        let event = sums.event.take();
        Ok((extent, Asked { whole: sums.of_one(Items::usual()), event }))
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
        let described = u64::from(price.is_some_and(|price| price.introspects));
        let mut each =
            Estimate::of(Amount { cost: points, values: 1 - described, described, uses, pages: 0 });
        match price {
            // A connection: it says how long its lists are.
            Some(price) if price.is_page() => {
                each.add(Estimate::of(Amount { pages: 1, ..Amount::default() }));
                each.add(inner.of_one(Items::promised(price, |name| argument(field, name))));
                sums.own.add(each);
            }
            Some(price) if price.streams => {
                each.add(inner.of_one(Items::usual()));
                sums.event = Some(each.clone());
                sums.own.add(match price.is_sized() {
                    true => each.for_each(Items::promised(price, |name| argument(field, name))),
                    false => each,
                });
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
            let Sums { own, listed, .. } = inner;
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
mod tests;
