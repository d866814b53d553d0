//! Carts as the application reads them.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;

use crate::catalog::{ProductStatus, Variant};
use crate::db::schema::carts;
use crate::ids::{CartId, CartLineId, UserId};
use crate::money::Money;
use crate::pricing::{Terms, terms};

/// A cart without its lines.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = carts, check_for_backend(diesel::pg::Pg))]
pub struct Cart {
    /// Its id.
    pub id: CartId,
    /// The customer whose cart it is; a guest's has none.
    pub user_id: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When something was last put in, changed or taken out.
    pub updated_at: DateTime<Utc>,
    /// What its price depends on beside its lines: read along with it, and with a lock as of the moment before the lock.
    #[diesel(select_expression = sql(terms::OF_CART), select_expression_type = SqlLiteral<Jsonb>)]
    pub terms: Terms,
}

/// A variant with what decides whether it can be bought.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The variant with its price and stock of now.
    pub variant: Variant,
    /// The name of its product.
    pub product_name: String,
    /// Where its product is in its life.
    pub product_status: ProductStatus,
    /// How its product is taxed.
    pub tax_class: String,
}

/// One variant in a cart.
#[derive(Debug, Clone)]
pub struct CartLine {
    /// Its id.
    pub id: CartLineId,
    /// Whose line it is.
    pub cart_id: CartId,
    /// How many pieces, 1 to [`MAX_QUANTITY`](super::MAX_QUANTITY).
    pub quantity: i32,
    /// The unit price that the shopper saw when they added or last changed the line, in minor units of the variant's
    /// currency.
    pub(super) price_seen: i64,
    /// What it is a line of.
    pub offer: Offer,
}

/// A cart with its lines, in the order they were put in.
#[derive(Debug, Clone)]
pub struct CartContents {
    /// The cart.
    pub cart: Cart,
    /// Its lines, at most [`MAX_LINES`](super::MAX_LINES).
    pub lines: Vec<CartLine>,
}

/// A cart that something was put in, and that may have been made for it. No `Debug`: the token belongs in no log.
pub struct Opened {
    /// The cart as it is now.
    pub contents: CartContents,
    /// The token of a guest's cart that was just made. This is the only time it can be told.
    pub token: Option<String>,
}

impl Offer {
    /// Whether it can be bought at all, in stock or not.
    #[must_use]
    pub fn on_sale(&self) -> bool {
        self.product_status == ProductStatus::Active && self.variant.archived_at.is_none()
    }

    /// Its name for people: that of the product, and the variant's where there is a choice.
    #[must_use]
    pub fn name(&self) -> String {
        match self.variant.name() {
            variant if variant.is_empty() => self.product_name.clone(),
            variant => format!("{} ({variant})", self.product_name),
        }
    }
}

impl CartLine {
    /// What one piece costs now; of what is not sold, what it cost when it was: the price of a draft is not for shoppers.
    #[must_use]
    pub fn unit_price(&self) -> Money {
        if self.offer.on_sale() { self.offer.variant.price() } else { self.price_seen() }
    }

    /// What one piece cost when the shopper added or last changed the line.
    #[must_use]
    pub fn price_seen(&self) -> Money {
        Money::new(self.price_seen, self.offer.variant.price().currency)
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use crate::money::Currency;

    /// An offer of a variant at this price in cents, with so many pieces in stock.
    pub(in crate::cart) fn offer(price: i64, stock: i32) -> Offer {
        Offer {
            variant: Variant::sample(Money::new(price, Currency::USD), stock),
            product_name: "Mug".to_owned(),
            product_status: ProductStatus::Active,
            tax_class: "standard".to_owned(),
        }
    }

    /// A line of so many pieces, seen at the offer's price.
    pub(in crate::cart) fn line(offer: Offer, quantity: i32) -> CartLine {
        let price_seen = offer.variant.price().minor;
        CartLine { id: CartLineId::new(), cart_id: CartId::new(), quantity, price_seen, offer }
    }
}
