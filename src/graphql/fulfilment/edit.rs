//! The mutation of what an order says.

use async_graphql::{Context, MaybeUndefined, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::orders::Order;
use super::super::user_error::settle;
use super::errors::{FulfilmentErrorCode, FulfilmentUserError};
use super::inputs::OrderEditInput;
use super::mutations::{note_problems, order};
use crate::accounts::{Email, Permission};
use crate::address::Address;
use crate::orders::edit::{EditOrder, edit};
use crate::orders::events::Actor;

/// An order that was changed, or why not.
#[derive(SimpleObject)]
pub(crate) struct OrderEditPayload {
    /// The order as it is now; null when nothing was changed.
    order: Option<Order>,
    /// What kept it from being changed; nothing of it was.
    user_errors: Vec<FulfilmentUserError>,
}

/// The mutation of what an order says.
#[derive(Default)]
pub(crate) struct OrderEditMutation;

#[Object]
impl OrderEditMutation {
    /// Changes what an order says, and adds remarks to its history. Its history tells what was changed, and by whom.
    #[graphql(
        guard = "Requires(Permission::ManageOrders)",
        directive = auth::apply(vec![Permission::ManageOrders.into()])
    )]
    async fn order_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: OrderEditInput,
    ) -> Result<OrderEditPayload> {
        let changes = match edited(ctx, input)? {
            Ok(changes) => changes,
            Err(user_errors) => return Ok(OrderEditPayload { order: None, user_errors }),
        };
        let edited = edit(&mut *ctx.conn().await?, &changes).await;
        let (edited, user_errors) = settle(edited)?;
        let order = match edited {
            Some(()) => order(ctx, changes.order_id).await?,
            None => None,
        };
        Ok(OrderEditPayload { order, user_errors })
    }
}

/// The changes as the domain takes them, or everything that is wrong with the input.
fn edited(
    ctx: &Context<'_>,
    input: OrderEditInput,
) -> Result<std::result::Result<EditOrder, Vec<FulfilmentUserError>>> {
    // A remark of nothing but spaces is none.
    let note = input.note.filter(|note| !note.trim().is_empty());
    let mut problems = note_problems(note.as_deref());
    let email = input.email.and_then(|email| match Email::parse(&email) {
        Ok(email) => Some(email.as_str().to_owned()),
        Err(_) => {
            let message = "Give an e-mail address such as ada@example.com.";
            problems.push(FulfilmentUserError::at(FulfilmentErrorCode::EmailInvalid, ["email"], message));
            None
        }
    });
    let mut address = |part: &'static str, address: Address| match address.checked() {
        Ok(address) => Some(address),
        Err(wrong) => {
            problems.extend(wrong.into_iter().map(|wrong| {
                FulfilmentUserError::at(
                    FulfilmentErrorCode::AddressInvalid,
                    [part, wrong.field],
                    wrong.problem,
                )
            }));
            None
        }
    };
    let shipping_address = input.shipping_address.and_then(|given| address("shippingAddress", given.into()));
    let billing_address = match input.billing_address {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(given) => Some(address("billingAddress", given.into())),
    };
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    Ok(Ok(EditOrder {
        order_id: parse_id(&input.order_id)?,
        email,
        shipping_address,
        billing_address,
        note,
        actor: Actor::Staff(ctx.signed_in()?.user_id),
    }))
}
