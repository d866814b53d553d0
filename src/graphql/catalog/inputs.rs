//! What a client can say about the products it wants.

use std::collections::BTreeMap;

use async_graphql::{Enum, ID, InputObject};

use super::super::context::parse_id;
use super::super::error::{ApiError, Result};
use super::super::scalars::Decimal;
use crate::catalog;
use crate::money::{Currency, Money};

/// The most attributes a filter can name, and the most values of each.
const MAX_ATTRIBUTES: usize = 10;

/// Where a product is in its life.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "catalog::ProductStatus")]
pub enum ProductStatus {
    /// Being prepared; only staff see it.
    Draft,
    /// On sale.
    Active,
    /// No longer sold; only staff see it, and old orders still name it.
    Archived,
}

/// The orders a list of products can have.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "catalog::ProductSort")]
pub enum ProductSort {
    /// Latest first.
    Newest,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
    /// A to Z.
    Name,
    /// Best rated first.
    Rating,
    /// Best match first; the same as NEWEST when nothing is searched for.
    Relevance,
}

/// Which products a list holds. Conditions add up.
#[derive(InputObject, Default)]
pub(crate) struct ProductFilter {
    /// Filed in this category or one below it. Give this or `categorySlug`.
    pub category_id: Option<ID>,
    /// The same by the category's slug.
    pub category_slug: Option<String>,
    /// With a variant in this price range, in the shop's currency.
    pub price: Option<PriceRangeFilter>,
    /// Whether some variant can be bought now.
    pub in_stock: Option<bool>,
    /// With each of these attributes; at most 10.
    pub attributes: Option<Vec<AttributeFilter>>,
    /// In one of these states. Shoppers see only active products, whatever they ask for.
    pub status: Option<Vec<ProductStatus>>,
}

/// A range of prices, both ends included.
#[derive(InputObject)]
pub(crate) struct PriceRangeFilter {
    /// The lowest price.
    pub min: Option<Decimal>,
    /// The highest price.
    pub max: Option<Decimal>,
}

/// An attribute and the values of it that fit.
#[derive(InputObject)]
pub(crate) struct AttributeFilter {
    /// The attribute's name, such as "Material".
    pub name: String,
    /// The values that fit; at most 10.
    pub values: Vec<String>,
}

impl ProductFilter {
    /// The filter as the catalogue understands it, but for the category, which may have to be looked up.
    pub(super) fn conditions(&self, currency: Currency) -> Result<catalog::ProductFilter> {
        let amount = |decimal: &Option<Decimal>| -> Result<Option<i64>> {
            match decimal {
                None => Ok(None),
                Some(decimal) => Ok(Some(Money::parse(&decimal.0, currency)?.minor)),
            }
        };
        let (price_min, price_max) = match &self.price {
            None => (None, None),
            Some(range) => (amount(&range.min)?, amount(&range.max)?),
        };
        Ok(catalog::ProductFilter {
            category: self.category_id.as_ref().map(parse_id).transpose()?,
            price_min,
            price_max,
            in_stock: self.in_stock,
            attributes: self.attributes()?,
            statuses: self.status.iter().flatten().map(|status| (*status).into()).collect(),
        })
    }

    fn attributes(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let attributes = self.attributes.as_deref().unwrap_or_default();
        if attributes.len() > MAX_ATTRIBUTES || attributes.iter().any(|one| one.values.len() > MAX_ATTRIBUTES)
        {
            return Err(ApiError::bad_input(format!(
                "A filter can name at most {MAX_ATTRIBUTES} attributes with at most {MAX_ATTRIBUTES} values each."
            )));
        }
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for one in attributes {
            by_name.entry(one.name.clone()).or_default().extend(one.values.iter().cloned());
        }
        Ok(by_name)
    }
}
