//! What a request may cost, told before it is executed: docs/api-cost.md.
//!
//! In this order, each step making the next one safe: the document's text is looked at ([`tokens`]); it is parsed; the
//! document is walked once ([`survey`]), and what that finds is kept with the parsed document; then the cost of each request
//! is told ([`Bill`]), by its variables, which were looked at when they came ([`variables`]). [`Limit`] has all the bounds.

mod estimate;
mod limits;
mod prices;
mod survey;
mod tokens;
mod variables;

use async_graphql::Variables;

use self::estimate::Amount;
use super::error::Result;
pub(super) use limits::Limit;
pub(super) use prices::{Prices, by, cost};
pub(super) use survey::Survey;
pub(super) use tokens::check as check_text;
pub(super) use variables::check as check_variables;

/// What one request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bill {
    /// The points it costs.
    pub(super) cost: u64,
    /// The values that its answer can hold, as they are counted together with those of others.
    pub(super) values: u64,
    /// The points of a single event, where it is a subscription.
    pub(super) event: u64,
}

/// Points of a page, beside those of what is on it, however many objects it is asked of: it is a read of its own.
const PAGE_POINTS: u64 = 10;

/// The values that may stand beside the schema where an answer describes all of it.
const BESIDE_SCHEMA: u64 = 100;

impl Survey {
    /// The values of an answer, if there are not too many. Tools ask for the whole schema at once, however large it is: that
    /// counts as the most that there can be.
    fn values(&self, amount: Amount) -> Result<u64> {
        let values = amount.values.saturating_add(amount.described);
        if amount.described <= self.whole_schema && amount.values <= BESIDE_SCHEMA {
            return Ok(values.min(Limit::Values.most() as u64));
        }
        Limit::Values.check(saturating(values))?;
        Ok(values)
    }
}

fn cost_of(amount: Amount) -> u64 {
    amount.cost.saturating_add(amount.pages.saturating_mul(PAGE_POINTS))
}

impl Survey {
    /// The bill of the operation that a request asks for, with its variables and their defaults; none when the document
    /// has no such operation, which the executor explains. The variables were checked by [`check_variables`].
    pub(super) fn bill(&self, operation_name: Option<&str>, variables: &Variables) -> Result<Option<Bill>> {
        let Some(asked) = self.operation(operation_name) else { return Ok(None) };
        let amount = asked.whole.with(variables);
        let points = cost_of(amount);
        Limit::Cost.check(saturating(points))?;
        let values = self.values(amount)?;
        if amount.uses > 0 {
            let bytes = variables::bytes(variables);
            Limit::VariableCopies.check(saturating(amount.uses).saturating_mul(bytes))?;
        }
        let event = asked.event.as_ref().map_or(0, |event| cost_of(event.with(variables)));
        Ok(Some(Bill { cost: points, values, event }))
    }
}

fn saturating(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::sdl;
    use super::*;

    /// Pieces of documents, well formed or not, put one behind the other.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "...",
            "...F ",
            "...G ",
            "@skip(if: $b) ",
            "fragment F on Query ",
            "fragment G on Product ",
            "query Q($v: Int, $ids: [ID!]!) ",
            "mutation ",
            "query ",
            "products",
            "(first: $v)",
            "(first: 3)",
            "(first: 99999999999999999999)",
            "nodes",
            "(ids: $ids)",
            "reviews",
            "name ",
            "a: ",
            "price ",
            "{ amount }",
            "__typename ",
            "__schema",
            "types",
            "fields",
            "type",
            "ofType",
            "... on Product ",
            "\"x\"",
            "\"\"\"",
            "\"",
            "#\n",
            "\n",
            ",",
            "1e999999",
            "-",
            "\u{feff}",
            "é",
            "$",
            "!",
            "|",
            "&",
            ":",
        ]);
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    /// Documents that can be parsed: selections within each other, by fragments here and there.
    fn documents() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "id",
            "__typename",
            "...F",
            "x: slug",
            "shop { name }",
            "nodes { id }",
        ]);
        let set = leaf.prop_map(str::to_owned).prop_recursive(5, 40, 4, |inner| {
            let field = prop::sample::select(vec![
                "products(first: $v)",
                "nodes(ids: $ids)",
                "nodes",
                "category",
                "reviews(first: 9)",
                "... on Product",
                "...",
                "__schema",
                "types",
                "a: fields",
            ]);
            (field, prop::collection::vec(inner, 1..4))
                .prop_map(|(field, below)| format!("{field} {{ {} }}", below.join(" ")))
        });
        prop::collection::vec(set, 2).prop_map(|sets| {
            format!(
                "query($v: Int, $ids: [ID!]!) {{ {} }} fragment F on Query {{ {} }}",
                sets[0],
                sets[1].replace("...F", "id")
            )
        })
    }

    fn bill(document: &str, prices: &Prices, first: i64) -> Option<Bill> {
        check_text(document).ok()?;
        let parsed = parse_query(document).ok()?;
        let variables = Variables::from_json(json!({ "v": first, "ids": ["a", "b", "c"] }));
        Survey::of(&parsed, prices).ok()?.bill(None, &variables).ok()?
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_breaks_the_pass(document in pieces()) {
            let prices = PRICES.with(std::rc::Rc::clone);
            if let Some(bill) = bill(&document, &prices, 7) {
                prop_assert!(bill.cost <= Limit::Cost.most() as u64);
            }
        }

        #[test]
        fn who_asks_for_more_is_billed_no_less(document in documents(), first in 0..100_i64) {
            let prices = PRICES.with(std::rc::Rc::clone);
            let (less, more) = (bill(&document, &prices, first), bill(&document, &prices, first + 1));
            match (less, more) {
                (Some(less), Some(more)) => prop_assert!(less.cost <= more.cost),
                (None, more) => prop_assert!(more.is_none()),
                (Some(_), None) => {}
            }
        }
    }

    thread_local! {
        static PRICES: std::rc::Rc<Prices> = std::rc::Rc::new(Prices::read(&sdl()));
    }
}
