//! What a listing is sorted by.

use crate::catalog::ProductSort;
use crate::pagination::KeyKind;

/// The order of a listing, and the direction its list runs in; ties run the same way by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Order {
    Newest,
    PriceAscending,
    PriceDescending,
    Name,
    Rating,
    Relevance,
}

impl Order {
    /// The order that was asked for; without a search nothing is relevant, so the newest come first.
    pub(super) const fn new(sort: Option<ProductSort>, searching: bool) -> Self {
        match sort {
            None | Some(ProductSort::Relevance) if searching => Self::Relevance,
            None | Some(ProductSort::Newest | ProductSort::Relevance) => Self::Newest,
            Some(ProductSort::PriceAscending) => Self::PriceAscending,
            Some(ProductSort::PriceDescending) => Self::PriceDescending,
            Some(ProductSort::Name) => Self::Name,
            Some(ProductSort::Rating) => Self::Rating,
        }
    }

    /// The order's name in cursors; a lenient search is a list of its own.
    pub(super) const fn name(self, lenient: bool) -> &'static str {
        match (self, lenient) {
            (Self::Newest, false) => "newest",
            (Self::Newest, true) => "newest~",
            (Self::PriceAscending, false) => "price-up",
            (Self::PriceAscending, true) => "price-up~",
            (Self::PriceDescending, false) => "price-down",
            (Self::PriceDescending, true) => "price-down~",
            (Self::Name, false) => "name",
            (Self::Name, true) => "name~",
            (Self::Rating, false) => "rating",
            (Self::Rating, true) => "rating~",
            (Self::Relevance, false) => "relevance",
            (Self::Relevance, true) => "relevance~",
        }
    }

    pub(super) const fn key_kind(self) -> KeyKind {
        match self {
            Self::Newest => KeyKind::Time,
            Self::Name => KeyKind::Text,
            _ => KeyKind::Int,
        }
    }

    pub(super) const fn ascending(self) -> bool {
        matches!(self, Self::PriceAscending | Self::Name)
    }
}
