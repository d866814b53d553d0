//! Stock in the schema.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::auth::{Requires, auth};
use super::catalog::ProductVariant;
use super::context::{ContextExt, parse_id};
use super::error::Result;
use super::keyed::Idempotency;
use super::user_error::{settle, user_error};
use crate::accounts::Permission;
use crate::ids::VariantId;
use crate::inventory::adjust::{AdjustRefusal, Adjustment, adjust};
use crate::inventory::set::{MAX_COUNTS, SetRefusal, StockTake, set};
use crate::inventory::{MAX_ON_HAND, MAX_REASON_LENGTH, StockLevel};

/// Why stock could not be changed.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum InventoryErrorCode {
    /// There is no such variant.
    NotFound,
    /// Fewer pieces would be on hand than are promised to orders.
    InsufficientStock,
    /// A number is negative, too large, or a change by nothing.
    OutOfRange,
    /// A variant is given twice.
    Duplicate,
    /// Nothing is given.
    Required,
    /// More variants are given than can be set at once.
    TooMany,
    /// The reason has too many characters.
    TooLong,
}

user_error!(
    /// A problem with a change of stock.
    InventoryUserError,
    InventoryErrorCode
);

/// A change of stock by a number of pieces.
#[derive(InputObject)]
pub(crate) struct InventoryAdjustInput {
    /// Which variant.
    variant_id: ID,
    /// How many pieces came, or went when negative.
    delta: i32,
    /// Why, such as "Delivery" or "Broken"; kept with the change; at most 500 characters.
    reason: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What was counted of one variant.
#[derive(InputObject)]
pub(crate) struct InventoryCountInput {
    /// Which variant.
    variant_id: ID,
    /// How many pieces there are, those promised to orders included.
    on_hand: i32,
}

/// A stock take.
#[derive(InputObject)]
pub(crate) struct InventorySetInput {
    /// What was counted; 1 to 100 variants, each once.
    counts: Vec<InventoryCountInput>,
    /// Why, such as "Stock take"; kept with the change; at most 500 characters.
    reason: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Stock that was adjusted, or why not.
#[derive(SimpleObject)]
pub(crate) struct InventoryAdjustPayload {
    /// The variant with its new stock; null when nothing was changed.
    variant: Option<ProductVariant>,
    /// What kept it from being changed.
    user_errors: Vec<InventoryUserError>,
}

/// Stock that was set, or why not.
#[derive(SimpleObject)]
pub(crate) struct InventorySetPayload {
    /// The variants with their new stock, in the order given; none when nothing was changed.
    variants: Vec<ProductVariant>,
    /// What kept it from being changed: all the reasons found. No variant was changed then.
    user_errors: Vec<InventoryUserError>,
}

/// Mutations of stock.
#[derive(Default)]
pub(crate) struct InventoryMutation;

#[Object]
impl InventoryMutation {
    /// Adds pieces to what is on hand, or takes some away; never so many that fewer remain than orders were promised.
    #[graphql(
        guard = "Requires(Permission::ManageInventory)",
        directive = auth::apply(vec![Permission::ManageInventory.into()])
    )]
    async fn inventory_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which stock, and by how much.")] input: InventoryAdjustInput,
    ) -> Result<InventoryAdjustPayload> {
        let adjustment = Adjustment {
            variant_id: parse_id(&input.variant_id)?,
            delta: input.delta,
            reason: input.reason.unwrap_or_default(),
            actor: ctx.signed_in()?.user_id,
        };
        let adjusted = {
            let conn = ctx.conn().await?;
            adjust(&conn, &adjustment).await
        };
        let (level, user_errors) = settle(adjusted)?;
        let ids: Vec<VariantId> = level.iter().map(|level| level.variant_id).collect();
        Ok(InventoryAdjustPayload { variant: written(ctx, &ids).await?.pop(), user_errors })
    }

    /// Sets what is on hand of several variants to what was counted, all or none; never below what orders were promised.
    #[graphql(
        guard = "Requires(Permission::ManageInventory)",
        directive = auth::apply(vec![Permission::ManageInventory.into()])
    )]
    async fn inventory_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which stock, and how much there is.")] input: InventorySetInput,
    ) -> Result<InventorySetPayload> {
        let counts = input.counts.iter().map(|count| Ok((parse_id(&count.variant_id)?, count.on_hand)));
        let take = StockTake {
            counts: counts.collect::<Result<_>>()?,
            reason: input.reason.unwrap_or_default(),
            actor: ctx.signed_in()?.user_id,
        };
        let entered = {
            let mut conn = ctx.conn().await?;
            set(&mut conn, &take).await
        };
        let (levels, user_errors) = settle(entered)?;
        let ids: Vec<VariantId> = match levels {
            None => Vec::new(),
            Some(_) => take.counts.iter().map(|(variant, _)| *variant).collect(),
        };
        Ok(InventorySetPayload { variants: written(ctx, &ids).await?, user_errors })
    }
}

/// Variants after their stock was written.
async fn written(ctx: &Context<'_>, ids: &[VariantId]) -> Result<Vec<ProductVariant>> {
    let loaders = ctx.loaders();
    if !ids.is_empty() {
        loaders.forget_products().await;
    }
    let variants =
        futures_util::future::try_join_all(ids.iter().map(|id| loaders.variants.load(*id))).await?;
    Ok(variants.into_iter().flatten().map(ProductVariant).collect())
}

impl From<AdjustRefusal> for InventoryUserError {
    fn from(refusal: AdjustRefusal) -> Self {
        use InventoryErrorCode as Code;
        match refusal {
            AdjustRefusal::UnknownVariant => {
                Self::at(Code::NotFound, ["variantId"], "There is no such variant.")
            }
            AdjustRefusal::NothingToChange => {
                Self::at(Code::OutOfRange, ["delta"], "The number of pieces that came or went cannot be 0.")
            }
            AdjustRefusal::ReasonTooLong => reason_too_long(),
            AdjustRefusal::BelowReserved(level) => {
                Self::at(Code::InsufficientStock, ["delta"], promised(&level))
            }
            AdjustRefusal::TooMany(level) => Self::at(
                Code::OutOfRange,
                ["delta"],
                format!("There are {} on hand, and there can be at most {MAX_ON_HAND}.", level.on_hand),
            ),
        }
    }
}

impl From<SetRefusal> for InventoryUserError {
    fn from(refusal: SetRefusal) -> Self {
        use InventoryErrorCode as Code;
        let at = |code, index: usize, field: &str, message: String| {
            Self::at(code, ["counts", &index.to_string(), field], message)
        };
        match refusal {
            SetRefusal::Size { given: 0 } => {
                Self::at(Code::Required, ["counts"], "Give at least one variant.")
            }
            SetRefusal::Size { given } => {
                let message = format!("At most {MAX_COUNTS} variants can be set at once, not {given}.");
                Self::at(Code::TooMany, ["counts"], message)
            }
            SetRefusal::UnknownVariant { index } => {
                at(Code::NotFound, index, "variantId", "There is no such variant.".to_owned())
            }
            SetRefusal::Repeated { index } => {
                at(Code::Duplicate, index, "variantId", "The variant is given twice.".to_owned())
            }
            SetRefusal::OutOfRange { index } => {
                at(Code::OutOfRange, index, "onHand", format!("There can be 0 to {MAX_ON_HAND} on hand."))
            }
            SetRefusal::BelowReserved { index, level } => {
                at(Code::InsufficientStock, index, "onHand", promised(&level))
            }
            SetRefusal::ReasonTooLong => reason_too_long(),
        }
    }
}

fn reason_too_long() -> InventoryUserError {
    let message = format!("A reason can have at most {MAX_REASON_LENGTH} characters.");
    InventoryUserError::at(InventoryErrorCode::TooLong, ["reason"], message)
}

fn promised(level: &StockLevel) -> String {
    format!(
        "There are {} on hand, of which {} are promised to orders: not fewer can remain.",
        level.on_hand, level.reserved
    )
}
