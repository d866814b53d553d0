//! `CartMergeReport`: what became of a guest's cart at log-in.

use async_graphql::{Context, Description, Enum, Object, SimpleObject};

use super::super::catalog::ProductVariant;
use super::super::context::ContextExt;
use super::contents::{CartLine, variant};
use crate::cart::{self, DropReason, DroppedLine, MergeReport};
use crate::error::Result;
use crate::ids::UserId;

/// What became of a guest's cart when its owner signed in: everything that was in it is in one of the three
/// lists, of at most 100 lines each.
#[derive(SimpleObject)]
pub(crate) struct CartMergeReport {
    /// Lines that moved to the customer's cart as they were.
    kept: Vec<CartLine>,
    /// Lines that the customer's cart had already, with the sum of the quantities.
    merged: Vec<CartLine>,
    /// What could not move, and why.
    dropped: Vec<CartDroppedLine>,
}

/// Why something of a guest's cart did not move to the customer's.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "DropReason")]
pub(crate) enum CartDropReason {
    /// It is no longer sold.
    Unavailable,
    /// The customer's line would have more than 1000 pieces.
    QuantityLimit,
    /// The customer's cart would have more than 100 lines.
    LineLimit,
}

/// Pieces that were in a guest's cart and are in none now.
#[derive(Description)]
pub(crate) struct CartDroppedLine(DroppedLine);

#[Object(use_type_description)]
impl CartDroppedLine {
    /// Its name, such as "T-shirt (M / Black)".
    async fn name(&self) -> String {
        self.0.offer.name()
    }

    /// The variant; null when its product is no longer on sale.
    async fn variant(&self, ctx: &Context<'_>) -> Option<ProductVariant> {
        variant(ctx, &self.0.offer)
    }

    /// How many pieces.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// Why they could not move.
    async fn reason(&self) -> CartDropReason {
        self.0.reason.into()
    }
}

impl From<MergeReport> for CartMergeReport {
    fn from(report: MergeReport) -> Self {
        Self {
            kept: report.kept.into_iter().map(CartLine).collect(),
            merged: report.merged.into_iter().map(CartLine).collect(),
            dropped: report.dropped.into_iter().map(CartDroppedLine).collect(),
        }
    }
}

/// Moves the guest's cart with this token to the customer's. None when that failed, which is logged: whoever has signed in
/// stays so, and must be told that their cart stayed where it was.
pub(in crate::graphql) async fn merge_into(
    ctx: &Context<'_>,
    user: UserId,
    token: &str,
) -> Option<CartMergeReport> {
    let merged: Result<MergeReport> = async {
        let mut conn = ctx.conn().await?;
        Ok(cart::merge(&mut conn, user, token).await?)
    }
    .await;
    match merged {
        Ok(report) => Some(report.into()),
        Err(cause) => {
            tracing::error!(%cause, "a guest's cart could not be merged at log-in");
            None
        }
    }
}
