//! Shipping, tax and discounts in the schema.

mod discount;
mod discount_mutations;
mod errors;
mod query;
mod shipping_method;
mod shipping_mutations;
mod tax_mutations;
mod tax_rate;

pub(super) use self::discount::Discount;
pub(super) use self::discount_mutations::DiscountMutation;
pub(super) use self::errors::PricingUserError;
pub(super) use self::query::PricingQuery;
pub(super) use self::shipping_method::{ShippingMethod, visible};
pub(super) use self::shipping_mutations::ShippingMethodMutation;
pub(super) use self::tax_mutations::TaxRateMutation;
pub(super) use self::tax_rate::TaxRate;
