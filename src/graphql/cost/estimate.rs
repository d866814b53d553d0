//! What an operation asks for, reckoned before it is executed: a number as far as the document tells, and terms for what
//! the variables will tell.

use std::ops::AddAssign;
use std::sync::Arc;

use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as Argument;

use super::prices::{ASSUMED_SIZE, Price};
use crate::pagination::MAX_PAGE_SIZE;

/// What executing comes to at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amount {
    /// Points of requested cost.
    pub(super) cost: u64,
    /// Values in the answer, but for those that describe the schema.
    pub(super) values: u64,
    /// Values in the answer that describe the schema.
    pub(super) described: u64,
    /// Uses of variables, each of which copies one.
    pub(super) uses: u64,
    /// Pages: each is a read of its own, for all the objects that it is asked of together.
    pub(super) pages: u64,
}

impl Amount {
    fn times(self, factor: u64) -> Self {
        Self {
            cost: self.cost.saturating_mul(factor),
            values: self.values.saturating_mul(factor),
            described: self.described.saturating_mul(factor),
            uses: self.uses.saturating_mul(factor),
            pages: self.pages,
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.cost = self.cost.saturating_add(other.cost);
        self.values = self.values.saturating_add(other.values);
        self.described = self.described.saturating_add(other.described);
        self.uses = self.uses.saturating_add(other.uses);
        self.pages = self.pages.saturating_add(other.pages);
    }
}

/// How many items a list will have.
#[derive(Debug, Clone)]
pub(super) enum Items {
    /// So many.
    Known(u64),
    /// As variables say; `usual` without them, and never less than `least`, which the document says.
    Told { by: Vec<Name>, usual: u64, least: u64 },
}

impl Items {
    /// Those of a list of which nothing says how long it is.
    pub(super) fn usual() -> Self {
        Self::Known(ASSUMED_SIZE)
    }

    /// How many a field's arguments promise. A page has at most 100 items, whatever is asked for: more is refused by the
    /// field itself, in its own words.
    pub(super) fn promised<'a>(price: &Price, argument: impl Fn(&str) -> Option<&'a Argument>) -> Self {
        let mut known = None;
        let mut by = Vec::new();
        for multiplier in &price.multipliers {
            match argument(multiplier) {
                Some(Argument::Variable(name)) => by.push(name.clone()),
                Some(Argument::Number(number)) => known = known.max(Some(page(number.as_i64()))),
                Some(Argument::List(items)) => known = known.max(Some(items.len() as u64)),
                _ => {}
            }
        }
        match known {
            _ if !by.is_empty() => Self::Told { by, usual: price.usual_size(), least: known.unwrap_or(0) },
            Some(known) => Self::Known(known),
            None => Self::Known(price.usual_size()),
        }
    }

    fn count(&self, variables: &Variables) -> u64 {
        match self {
            Self::Known(count) => *count,
            Self::Told { by, usual, least } => {
                let told = by.iter().filter_map(|name| match variables.get(name)? {
                    Value::Number(number) => Some(page(number.as_i64())),
                    Value::List(items) => Some(items.len() as u64),
                    // A single value stands for a list of one.
                    Value::Null => None,
                    _ => Some(1),
                });
                match (told.max(), *least) {
                    (Some(told), least) => told.max(least),
                    (None, 0) => *usual,
                    (None, least) => least,
                }
            }
        }
    }
}

fn page(asked: Option<i64>) -> u64 {
    let most = i64::from(MAX_PAGE_SIZE);
    asked.unwrap_or(most).clamp(0, most).unsigned_abs()
}

/// What is asked for, as a sum.
#[derive(Debug, Clone, Default)]
pub(super) struct Estimate {
    /// What is known whatever the variables.
    known: Amount,
    /// What depends on them.
    terms: Vec<Term>,
}

#[derive(Debug, Clone)]
struct Term {
    times: u64,
    items: Items,
    each: Arc<Estimate>,
}

impl Estimate {
    /// What needs no variable to be told.
    pub(super) fn of(known: Amount) -> Self {
        Self { known, terms: Vec::new() }
    }

    /// Adds another.
    pub(super) fn add(&mut self, other: Self) {
        self.known += other.known;
        self.terms.extend(other.terms);
    }

    /// Adds one that stands at several places: what it depends on is not copied.
    pub(super) fn add_shared(&mut self, other: &Arc<Self>) {
        if other.terms.is_empty() {
            self.known += other.known;
        } else {
            self.terms.push(Term { times: 1, items: Items::Known(1), each: Arc::clone(other) });
        }
    }

    /// The same for each of so many items.
    pub(super) fn for_each(mut self, items: Items) -> Self {
        match items {
            Items::Known(count) => {
                self.known = self.known.times(count);
                for term in &mut self.terms {
                    term.times = term.times.saturating_mul(count);
                }
                self
            }
            Items::Told { .. } => {
                Self { known: Amount::default(), terms: vec![Term { times: 1, items, each: Arc::new(self) }] }
            }
        }
    }

    /// The sum with these variables, defaults included.
    pub(super) fn with(&self, variables: &Variables) -> Amount {
        let mut sum = self.known;
        for term in &self.terms {
            let count = term.items.count(variables).saturating_mul(term.times);
            if count > 0 {
                sum += term.each.with(variables).times(count);
            }
        }
        sum
    }
}
