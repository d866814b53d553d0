//! `OrderReturn`

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::live::EventActor;
use super::super::orders::OrderLine;
use super::super::scalars::DateTime;
use super::pieces::line_of;
use crate::accounts::Permission;
use crate::orders::returns;

/// Pieces of a line that came back.
#[derive(SimpleObject)]
pub(crate) struct OrderReturnLine {
    /// The order's line.
    line: OrderLine,
    /// How many pieces.
    quantity: i32,
    /// Whether they are on the shelf again, to be sold once more.
    restocked: bool,
}

/// Pieces of an order that came back together.
#[derive(Description)]
pub(crate) struct OrderReturn(pub(in crate::graphql) returns::Return);

#[Object(use_type_description)]
impl OrderReturn {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Which pieces came back; at most 200, for of those of a line some may be restocked and others not.
    #[graphql(directive = cost::apply(1, None, Some(25)))]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderReturnLine>> {
        let mut found = Vec::new();
        for back in ctx.loaders().return_lines_of.load_all(self.0.id).await? {
            let (quantity, restocked) = (back.quantity, back.restocked);
            let line = line_of(ctx, self.0.order_id, back.order_line_id).await?;
            found.extend(line.map(|line| OrderReturnLine { line, quantity, restocked }));
        }
        Ok(found)
    }

    /// A remark of staff: why, and in what state.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who took them in.
    async fn actor(&self) -> EventActor {
        EventActor::of(self.0.actor())
    }

    /// When they were taken in.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}
