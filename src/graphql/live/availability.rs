//! `variantAvailability`

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, StreamExt};

use super::super::catalog::{ProductVariant, visible};
use super::super::context::{ContextExt, parse_id};
use super::super::error::{ApiError, Result};
use super::follow::{Read, follow};
use crate::accounts::Permission;
use crate::app::App;
use crate::bus::Topic;
use crate::catalog::{ProductStatus, Variant, queries};
use crate::error;
use crate::ids::{ProductId, VariantId};
use crate::money::Money;

/// The most variants one subscription watches.
const MAX_VARIANTS: usize = 100;

/// Watching stock and prices.
#[derive(Default)]
pub(crate) struct AvailabilitySubscription;

#[Subscription]
impl AvailabilitySubscription {
    /// These variants as they are, then each one again whenever its stock or its price has changed. Changes that follow
    /// each other quickly may come as one.
    async fn variant_availability(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] variant_ids: Vec<ID>,
    ) -> Result<impl Stream<Item = Result<ProductVariant>> + use<>> {
        if variant_ids.is_empty() || variant_ids.len() > MAX_VARIANTS {
            return Err(ApiError::bad_input(format!(
                "'variantIds' takes 1 to {MAX_VARIANTS} ids, not {}.",
                variant_ids.len()
            )));
        }
        let ids: BTreeSet<VariantId> = variant_ids.iter().map(parse_id).collect::<Result<_>>()?;
        let ids: Vec<VariantId> = ids.into_iter().collect();
        let app = ctx.app().clone();
        check_visible(ctx, &app, &ids).await?;
        let topics = ids.iter().copied().map(Topic::Variant).collect();
        let shopper = !ctx.may(Permission::ManageCatalog);
        let read = move |app, seen| read(app, ids.clone(), shopper, seen);
        Ok(follow(app, topics, Seen::new(), read).map(|variant| variant.map(ProductVariant)))
    }
}

/// Refuses to watch what the viewer could not see.
async fn check_visible(ctx: &Context<'_>, app: &App, ids: &[VariantId]) -> Result<()> {
    let conn = app.db.get().await?;
    let variants = queries::variants_by_ids(&conn, ids).await?;
    let products: Vec<ProductId> = variants.iter().map(|variant| variant.product_id).collect();
    let products = queries::products_by_ids(&conn, &products).await?;
    let shown: BTreeSet<ProductId> =
        products.iter().filter(|product| visible(ctx, product)).map(|product| product.id).collect();
    let found: BTreeSet<VariantId> = variants
        .iter()
        .filter(|variant| shown.contains(&variant.product_id))
        .map(|variant| variant.id)
        .collect();
    match ids.iter().find(|id| !found.contains(id)) {
        None => Ok(()),
        Some(id) => Err(ApiError::not_found(format!("There is no variant {id}."))),
    }
}

/// What was sent last of each variant.
type Seen = HashMap<VariantId, Offer>;

/// What a buyer wants to know of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    on_sale: bool,
    available: i32,
    price: Money,
    compare_at_price: Option<Money>,
}

impl Offer {
    fn of(variant: &Variant) -> Self {
        Self {
            on_sale: variant.archived_at.is_none(),
            available: variant.available(),
            price: variant.price(),
            compare_at_price: variant.compare_at_price(),
        }
    }
}

/// Those of the variants that are not as they were seen.
async fn read(
    app: App,
    ids: Vec<VariantId>,
    shopper: bool,
    mut seen: Seen,
) -> error::Result<Read<Variant, Seen>> {
    let conn = app.db.get().await?;
    let mut items = queries::variants_by_ids(&conn, &ids).await?;
    let products: Vec<ProductId> = items.iter().map(|variant| variant.product_id).collect();
    let products = queries::products_by_ids(&conn, &products).await?;
    drop(conn);
    for variant in &mut items {
        // Once its product is no longer sold, a shopper who was watching the variant should hear that it is gone.
        let product = products.iter().find(|product| product.id == variant.product_id);
        if let Some(product) = product.filter(|product| shopper && product.status() != ProductStatus::Active)
        {
            variant.archived_at.get_or_insert(product.updated_at);
        }
    }
    items.retain(|variant| {
        let offer = Offer::of(variant);
        seen.insert(variant.id, offer.clone()) != Some(offer)
    });
    Ok(Read { items, position: seen, more: false })
}
