//! Postal addresses.

use async_graphql::{InputObject, SimpleObject};

use super::keyed::Idempotency;
use crate::address;

/// Where a parcel goes or a bill is sent.
#[derive(SimpleObject)]
pub struct Address {
    /// Who lives there.
    name: String,
    /// Their company; may be empty.
    company: String,
    /// Street and number, or a P.O. box.
    line1: String,
    /// Flat, floor, entrance; may be empty.
    line2: String,
    /// Town.
    city: String,
    /// State, province or county; may be empty.
    region: String,
    /// Postcode; may be empty.
    postal_code: String,
    /// Two letters of ISO 3166-1, such as DE.
    country: String,
    /// For the carrier; may be empty.
    phone: String,
}

impl From<address::Address> for Address {
    fn from(address: address::Address) -> Self {
        Self {
            name: address.name,
            company: address.company,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postal_code: address.postal_code,
            country: address.country,
            phone: address.phone,
        }
    }
}

/// Where a parcel goes or a bill is sent. Each part has at most 200 characters.
#[derive(InputObject)]
pub struct AddressInput {
    /// Who lives there.
    name: String,
    /// Their company.
    company: Option<String>,
    /// Street and number, or a P.O. box.
    line1: String,
    /// Flat, floor, entrance.
    line2: Option<String>,
    /// Town.
    city: String,
    /// State, province or county, where addresses have one.
    region: Option<String>,
    /// Postcode, where addresses have one; at most 40 characters.
    postal_code: Option<String>,
    /// Two letters of ISO 3166-1, such as DE.
    country: String,
    /// For the carrier; at most 40 characters.
    phone: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

impl From<AddressInput> for address::Address {
    fn from(input: AddressInput) -> Self {
        Self {
            name: input.name,
            company: input.company.unwrap_or_default(),
            line1: input.line1,
            line2: input.line2.unwrap_or_default(),
            city: input.city,
            region: input.region.unwrap_or_default(),
            postal_code: input.postal_code.unwrap_or_default(),
            country: input.country,
            phone: input.phone.unwrap_or_default(),
        }
    }
}
