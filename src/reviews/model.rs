//! Rows of reviews as the application reads them, and the pages they are read in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::schema::reviews;
use crate::ids::{ProductId, ReviewId, UserId};
use crate::pagination::{Cursor, KeyKind, PageArguments, PageError, PageRequest, SortKey};

/// A customer's review of a product.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = reviews, check_for_backend(diesel::pg::Pg))]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// What it is about.
    pub product_id: ProductId,
    /// Who wrote it.
    pub author_id: UserId,
    rating: i16,
    /// Its headline; may be empty.
    pub title: String,
    /// What it says; may be empty.
    pub body: String,
    status: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Whether a review can be read by all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewStatus {
    /// By all.
    Published,
    /// By moderators only; its stars do not count.
    Hidden,
}

impl ReviewStatus {
    /// The status as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Hidden => "hidden",
        }
    }
}

impl Review {
    /// How many stars, 1 to 5.
    #[must_use]
    pub fn rating(&self) -> i32 {
        self.rating.into()
    }

    /// Who can read it.
    #[must_use]
    pub fn status(&self) -> ReviewStatus {
        // The database knows only two.
        if self.status == ReviewStatus::Hidden.as_str() {
            ReviewStatus::Hidden
        } else {
            ReviewStatus::Published
        }
    }
}

/// The orders a product's reviews can be read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewOrder {
    /// Latest first.
    Newest,
    /// Most stars first.
    Highest,
    /// Fewest stars first.
    Lowest,
}

impl ReviewOrder {
    /// The order's name in cursors.
    const fn name(self) -> &'static str {
        match self {
            Self::Newest => "review-newest",
            Self::Highest => "review-highest",
            Self::Lowest => "review-lowest",
        }
    }

    const fn key_kind(self) -> KeyKind {
        match self {
            Self::Newest => KeyKind::Time,
            Self::Highest | Self::Lowest => KeyKind::Int,
        }
    }

    /// Where a review lies in a list of this order.
    #[must_use]
    pub fn place(self, review: &Review) -> Cursor {
        let key = match self {
            Self::Newest => review.created_at.timestamp_micros(),
            Self::Highest | Self::Lowest => review.rating.into(),
        };
        Cursor::new(self.name(), SortKey::Int(key), review.id.0)
    }
}

/// A page of reviews that was asked for, checked: the same for each of many products.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReviewPage {
    /// The order of the list.
    pub order: ReviewOrder,
    /// The page of it.
    pub page: PageRequest,
}

impl ReviewPage {
    /// Checks the arguments of a list of reviews.
    pub fn new(order: ReviewOrder, page: &PageArguments) -> Result<Self, PageError> {
        Ok(Self { order, page: page.validate(order.name(), order.key_kind())? })
    }
}
