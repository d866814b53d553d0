//! `SavedAddress`: an entry of an address book.

use async_graphql::{Description, ID, Object};

use super::super::address::Address;
use super::super::scalars::DateTime;
use crate::accounts::address_book;

/// An address of an account's own book.
#[derive(Description)]
pub(crate) struct SavedAddress(pub address_book::SavedAddress);

#[Object(use_type_description)]
impl SavedAddress {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What its owner calls it, such as "Home"; may be empty.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Where it is.
    async fn address(&self) -> Address {
        self.0.address().into()
    }

    /// Whether orders are meant to go there unless they say otherwise: for a client to fill in. At most one of a book.
    async fn default_shipping(&self) -> bool {
        self.0.default_shipping
    }

    /// Whether bills are meant to go there unless they say otherwise: for a client to fill in. At most one of a book.
    async fn default_billing(&self) -> bool {
        self.0.default_billing
    }

    /// When it was written down.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
