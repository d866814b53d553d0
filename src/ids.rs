//! Typed identifiers.
//!
//! A `UUIDv7` in the database, so that rows lie in the order of their making; in the API the same value as a
//! [TypeID](https://github.com/jetify-com/typeid/tree/main/spec) such as `product_01jaxv3n8tfx0r6w1m2c9k5e7q`, so that an
//! order's id where a product's belongs is a clear error rather than an empty answer.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// Why a string is no id of the expected kind. The text is meant for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A well-formed id of another kind of thing.
    #[error("'{given}' is not {expected} id: those begin with '{prefix}_'")]
    WrongKind { given: String, expected: &'static str, prefix: &'static str },
    /// Not a TypeID at all.
    #[error("'{given}' is not an id: expected something like '{prefix}_01jaxv3n8tfx0r6w1m2c9k5e7q'")]
    Malformed { given: String, prefix: &'static str },
}

/// Declares one id type: its TypeID prefix and its name in error messages.
macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $kind:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(
                Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
                diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
            )]
            #[diesel(sql_type = diesel::sql_types::Uuid)]
            pub struct $name(pub Uuid);

            impl $name {
                /// What the id begins with in the API, before the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// A fresh id, larger than every id this process made before it.
                #[must_use]
                #[expect(clippy::new_without_default, reason = "two calls never give the same value, so it is no default")]
                pub fn new() -> Self {
                    Self(Uuid::now_v7())
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($prefix, "_{}"), Suffix(self.0))
                }
            }

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(given: &str) -> Result<Self, IdError> {
                    parse(given, $prefix, $kind).map(Self)
                }
            }

            impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Uuid, DB> for $name
            where
                DB: diesel::backend::Backend,
                Uuid: diesel::deserialize::FromSql<diesel::sql_types::Uuid, DB>,
            {
                fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                    Uuid::from_sql(bytes).map(Self)
                }
            }

            impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
                fn to_sql<'b>(
                    &'b self,
                    out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
                ) -> diesel::serialize::Result {
                    diesel::serialize::ToSql::<diesel::sql_types::Uuid, diesel::pg::Pg>::to_sql(&self.0, out)
                }
            }
        )+

        /// An id of any kind, as `node(id:)` receives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AnyId {
            $(#[doc = concat!("The id of ", $kind, ".")] $name($name),)+
        }

        impl fmt::Display for AnyId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name(id) => id.fmt(f),)+
                }
            }
        }

        impl FromStr for AnyId {
            type Err = IdError;

            fn from_str(given: &str) -> Result<Self, IdError> {
                match given.rsplit_once('_').map(|(prefix, _)| prefix) {
                    $(Some($prefix) => given.parse().map(AnyId::$name),)+
                    _ => Err(malformed(given, "product")),
                }
            }
        }
    };
}

typed_ids! {
    /// A shop account: customer, staff or admin.
    UserId = "user", "a user";
    /// One log-in of a user.
    SessionId = "session", "a session";
    /// An entry of an account's address book.
    AddressId = "address", "an address";
    /// Something that was done to an account.
    AccountEventId = "account_event", "an account event";
    /// A category of the catalogue.
    CategoryId = "category", "a category";
    /// A product of the catalogue.
    ProductId = "product", "a product";
    /// One choice a product offers, such as Size.
    OptionId = "option", "an option";
    /// The buyable form of a product.
    VariantId = "variant", "a variant";
    /// A picture of a product.
    ImageId = "image", "an image";
    /// A customer's review of a product.
    ReviewId = "review", "a review";
    /// A cart.
    CartId = "cart", "a cart";
    /// One variant in a cart.
    CartLineId = "cart_line", "a cart line";
    /// An order.
    OrderId = "order", "an order";
    /// One bought variant of an order.
    OrderLineId = "order_line", "an order line";
    /// One entry of an order's history.
    OrderEventId = "order_event", "an order event";
    /// A way in which money for an order comes in.
    PaymentId = "payment", "a payment";
    /// Money on its way back.
    RefundId = "refund", "a refund";
    /// What was asked of a payment provider, or told by it.
    PaymentTransactionId = "payment_transaction", "a payment transaction";
    /// A way in which orders reach their buyers.
    ShippingMethodId = "shipping_method", "a shipping method";
    /// What is taxed how much somewhere.
    TaxRateId = "tax_rate", "a tax rate";
    /// A discount that a code gives.
    DiscountId = "discount", "a discount";
    /// Pieces of an order that left the shop together.
    ShipmentId = "shipment", "a shipment";
    /// Pieces of an order that came back together.
    ReturnId = "return", "a return";
    /// A job of the queue.
    JobId = "job", "a job";
    /// Something that happened, as the outbox tells of it.
    OutboxId = "event", "an event";
    /// Where events are sent.
    WebhookEndpointId = "webhook_endpoint", "a webhook endpoint";
    /// An event on its way to an endpoint.
    WebhookDeliveryId = "webhook_delivery", "a webhook delivery";
}

/// How far the moment in an id may be from that of its row, in milliseconds: the clocks of the server and of PostgreSQL are
/// less than a day apart.
const DRIFT: i64 = 24 * 60 * 60 * 1000;

/// The smallest id of a row that was made at this moment, and one beyond the largest. A span of time is a span of ids, but
/// for the drift of clocks: a list in the order of ids finds its beginning by it.
#[must_use]
pub fn ids_around(moment: DateTime<Utc>) -> (Uuid, Uuid) {
    let millis = moment.timestamp_millis();
    (first_id(millis.saturating_sub(DRIFT)), first_id(millis.saturating_add(DRIFT)))
}

/// The smallest id that can be made at a moment, in milliseconds since 1970.
fn first_id(millis: i64) -> Uuid {
    // An id has 48 bits for it.
    let millis = millis.clamp(0, (1 << 48) - 1);
    Builder::from_unix_timestamp_millis(millis.unsigned_abs(), &[0; 10]).into_uuid()
}

/// Crockford's base 32 in lower case, as the TypeID specification asks.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in groups of five, rounded up.
const SUFFIX_LENGTH: usize = 26;
/// The longest piece of a client's text that an error repeats.
const ECHO_LIMIT: usize = 64;

struct Suffix(Uuid);

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.as_u128();
        let mut text = [0_u8; SUFFIX_LENGTH];
        for (place, letter) in text.iter_mut().rev().enumerate() {
            *letter = ALPHABET[((bits >> (5 * place)) & 31) as usize];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

fn parse_suffix(suffix: &str) -> Option<Uuid> {
    // 26 letters hold 130 bits; the first may not exceed 7, or the value would not fit.
    if suffix.len() != SUFFIX_LENGTH || suffix.as_bytes()[0] > b'7' {
        return None;
    }
    let mut bits = 0_u128;
    for letter in suffix.bytes() {
        let value = ALPHABET.iter().position(|candidate| *candidate == letter)?;
        bits = (bits << 5) | value as u128;
    }
    Some(Uuid::from_u128(bits))
}

fn parse(given: &str, prefix: &'static str, expected: &'static str) -> Result<Uuid, IdError> {
    let Some((found, suffix)) = given.rsplit_once('_') else {
        return Err(malformed(given, prefix));
    };
    let Some(id) = parse_suffix(suffix) else {
        return Err(malformed(given, prefix));
    };
    if found == prefix { Ok(id) } else { Err(IdError::WrongKind { given: echo(given), expected, prefix }) }
}

fn malformed(given: &str, prefix: &'static str) -> IdError {
    IdError::Malformed { given: echo(given), prefix }
}

/// The client's own text, shortened: an error never repeats a megabyte.
fn echo(given: &str) -> String {
    if given.chars().count() <= ECHO_LIMIT {
        given.to_owned()
    } else {
        given.chars().take(ECHO_LIMIT).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// From `valid.json` of the TypeID specification.
    #[test]
    fn agrees_with_the_specifications_examples() {
        for (suffix, uuid) in [
            ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
            ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
            ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            let id = ProductId(uuid.parse().unwrap());
            assert_eq!(id.to_string(), format!("product_{suffix}"));
            assert_eq!(format!("product_{suffix}").parse(), Ok(id));
        }
    }

    #[test]
    fn refuses_what_is_no_id() {
        for given in [
            "",
            "product",
            "product_",
            "product_1",
            "product_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "product_0123456789ABCDEFGHJKMNPQRS",
            "product_0123456789abcdefghijklmnop",
            "product_ééééééééééééé",
            "12345",
        ] {
            assert!(matches!(given.parse::<ProductId>(), Err(IdError::Malformed { .. })), "{given}");
        }
    }

    #[test]
    fn tells_one_kind_from_another() {
        let order = OrderId::new().to_string();
        assert!(matches!(order.parse::<ProductId>(), Err(IdError::WrongKind { prefix: "product", .. })));
        let line = OrderLineId::new();
        assert!(matches!(line.to_string().parse::<OrderId>(), Err(IdError::WrongKind { .. })));
        let any = AnyId::OrderLineId(line);
        assert_eq!(line.to_string().parse(), Ok(any));
        assert_eq!(any.to_string(), line.to_string());
    }

    #[test]
    fn an_id_lies_between_the_first_of_its_moment_and_the_first_of_the_next() {
        let made = Utc::now().timestamp_millis();
        let OrderId(id) = OrderId::new();
        assert!(first_id(made) <= id && id < first_id(made + 1000), "{id}");
        assert!(first_id(i64::MIN) < first_id(1) && first_id(made) < first_id(i64::MAX));
    }

    proptest! {
        #[test]
        fn every_id_survives_the_way_out_and_back(bits: u128) {
            let id = VariantId(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn no_input_panics(given in "\\PC{0,200}") {
            let _ = given.parse::<AnyId>();
            let _ = given.parse::<CartLineId>();
        }
    }
}
