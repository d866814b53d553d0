//! `variantAvailability`

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Context, ID, Subscription};
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};

use super::super::catalog::{ProductVariant, visible};
use super::super::context::{ContextExt, parse_id};
use super::super::cost::{by, cost};
use super::super::error::{ApiError, Result};
use super::follow::{Read, follow};
use crate::accounts::Permission;
use crate::app::App;
use crate::bus::Topic;
use crate::catalog::{ProductStatus, Variant, queries};
use crate::error;
use crate::ids::{ProductId, VariantId};

/// The most variants one subscription watches.
const MAX_VARIANTS: usize = 100;

/// Watching stock and prices.
#[derive(Default)]
pub(crate) struct AvailabilitySubscription;

#[Subscription]
impl AvailabilitySubscription {
    /// These variants as they are, then each one again whenever its stock or its price has changed. Changes that follow
    /// each other quickly may come as one. One that is no longer sold comes once more, as `archived` and otherwise as it
    /// was last; then not until it is sold again.
    #[graphql(directive = cost::apply(3, by(&["variantIds"]), None))]
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

/// Each variant as it was sent last.
type Seen = HashMap<VariantId, Variant>;

/// What there is to tell of the variants after what was seen of them.
async fn read(
    app: App,
    ids: Vec<VariantId>,
    shopper: bool,
    mut seen: Seen,
) -> error::Result<Read<Variant, Seen>> {
    let conn = app.db.get().await?;
    let variants = queries::variants_by_ids(&conn, &ids).await?;
    let products: Vec<ProductId> = variants.iter().map(|variant| variant.product_id).collect();
    let products = queries::products_by_ids(&conn, &products).await?;
    drop(conn);
    let mut items = Vec::new();
    for variant in variants {
        let product = products.iter().find(|product| product.id == variant.product_id);
        let hidden = product.filter(|product| shopper && product.status() != ProductStatus::Active);
        let archived_at = variant.archived_at.filter(|_| shopper);
        let gone_since = hidden.map(|product| product.updated_at).or(archived_at);
        let news = match seen.get(&variant.id) {
            // Hidden before it was ever shown: nothing to take back.
            None => hidden.is_none().then_some(variant),
            Some(last) => match gone_since {
                Some(since) => gone(last, since),
                None => changed(last, variant),
            },
        };
        if let Some(news) = news {
            seen.insert(news.id, news.clone());
            items.push(news);
        }
    }
    Ok(Read { items, position: seen, more: false })
}

/// Tells once that a variant is gone, with what was known of it: what became of it since is not for shoppers.
fn gone(last: &Variant, since: DateTime<Utc>) -> Option<Variant> {
    let mut gone = last.clone();
    match gone.archived_at.replace(since) {
        None => Some(gone),
        Some(_) => None,
    }
}

/// The variant, if a buyer would want to know how it differs from what was seen last.
fn changed(last: &Variant, variant: Variant) -> Option<Variant> {
    let offer = |variant: &Variant| {
        let on_sale = variant.archived_at.is_none();
        (on_sale, variant.available(), variant.price(), variant.compare_at_price())
    };
    (offer(last) != offer(&variant)).then_some(variant)
}
