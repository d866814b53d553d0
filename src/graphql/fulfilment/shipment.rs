//! `Shipment`

use async_graphql::{Context, Description, ID, Object};

use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::live::EventActor;
use super::super::scalars::DateTime;
use super::pieces::{OrderLinePieces, pieces_of};
use crate::orders::pieces::Pieces;
use crate::orders::shipments;

/// Pieces of an order that left the shop together.
#[derive(Description)]
pub(crate) struct Shipment(pub(in crate::graphql) shipments::Shipment);

#[Object(use_type_description)]
impl Shipment {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Which pieces are in it; at most 100 lines.
    #[graphql(directive = cost::apply(1, None, Some(25)))]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLinePieces>> {
        let lines = ctx.loaders().shipment_lines_of.load_all(self.0.id).await?;
        let pieces =
            lines.into_iter().map(|line| Pieces { line: line.order_line_id, quantity: line.quantity });
        pieces_of(ctx, self.0.order_id, pieces.collect()).await
    }

    /// Who carries it; null when nobody has said so.
    async fn carrier(&self) -> Option<&str> {
        self.0.carrier.as_deref()
    }

    /// What the carrier calls it.
    async fn tracking_code(&self) -> Option<&str> {
        self.0.tracking_code.as_deref()
    }

    /// Where one sees how far it is: a page, by http or https.
    async fn tracking_url(&self) -> Option<&str> {
        self.0.tracking_url.as_deref()
    }

    /// Who sent it.
    async fn actor(&self) -> EventActor {
        EventActor::of(self.0.actor())
    }

    /// When it left the shop.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it arrived, as far as the shop knows: when its order was moved to `DELIVERED`. Null until then.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(DateTime)
    }
}
