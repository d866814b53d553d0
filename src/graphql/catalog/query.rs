//! Queries of the catalogue.

use async_graphql::{Context, ID, Object};

use super::super::context::{ContextExt, parse_id};
use super::super::cost::{by, cost};
use super::super::error::{ApiError, Result};
use super::super::relay::Connection;
use super::category::Category;
use super::inputs::{ProductFilter, ProductSort};
use super::product::Product;
use super::variant::ProductVariant;
use crate::accounts::Permission;
use crate::catalog::listing::{Listed, Listing};
use crate::catalog::search::SearchText;
use crate::catalog::{self, ProductStatus, queries};
use crate::ids::{CategoryId, ProductId};
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};

/// Queries of the catalogue.
#[derive(Default)]
pub(crate) struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// One product, by exactly one of id and slug. Null when there is none, or none on sale.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its slug.")] slug: Option<String>,
    ) -> Result<Option<Product>> {
        let product = match (id, slug) {
            (Some(id), None) => ctx.loaders().products.load(parse_id(&id)?).await?,
            (None, Some(slug)) => queries::product_by_slug(&*ctx.conn().await?, &slug).await?,
            _ => return Err(ApiError::one_of("id", "slug")),
        };
        Ok(product.filter(|product| visible(ctx, product)).map(Product))
    }

    /// The products on sale: filtered, sorted, searched.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
        #[graphql(desc = "Which products.")] filter: Option<ProductFilter>,
        #[graphql(desc = "In which order; best match first when searching, else newest first.")] sort: Option<
            ProductSort,
        >,
        #[graphql(
            desc = "Words of the name, description, maker or article number; the last letters may be missing, and \
                          small typos are forgiven."
        )]
        search: Option<String>,
    ) -> Result<Connection<Product>> {
        let page = PageArguments { first, after, last, before };
        product_connection(ctx, filter, sort, search.as_deref(), &page).await
    }

    /// One category, by exactly one of id and slug.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its slug.")] slug: Option<String>,
    ) -> Result<Option<Category>> {
        let category = match (id, slug) {
            (Some(id), None) => ctx.loaders().categories.load(parse_id(&id)?).await?,
            (None, Some(slug)) => queries::category_by_slug(&*ctx.conn().await?, &slug).await?,
            _ => return Err(ApiError::one_of("id", "slug")),
        };
        Ok(category.map(Category))
    }

    /// The roots of the category tree, or the children of one category, in the order to show them.
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "The category whose children are wanted.")] parent: Option<ID>,
    ) -> Result<Connection<Category>> {
        let parent: Option<CategoryId> = parent.as_ref().map(parse_id).transpose()?;
        if let Some(id) = parent {
            known_category(ctx, id).await?;
        }
        let page = PageArguments { first, after, ..PageArguments::default() };
        category_connection(ctx, parent, &page).await
    }
}

/// Whether the viewer may see the product: shoppers see what is on sale, those who manage the catalogue see all.
pub(in crate::graphql) fn visible(ctx: &Context<'_>, product: &catalog::Product) -> bool {
    visible_as(ctx, product.status())
}

/// The same of a product of which no more than its status is at hand.
pub(in crate::graphql) fn visible_as(ctx: &Context<'_>, status: ProductStatus) -> bool {
    status == ProductStatus::Active || ctx.may(Permission::ManageCatalog)
}

async fn known_category(ctx: &Context<'_>, id: CategoryId) -> Result<()> {
    match ctx.loaders().categories.load(id).await? {
        Some(_) => Ok(()),
        None => Err(ApiError::not_found(format!("There is no category {id}."))),
    }
}

/// A page of the products of the whole shop.
async fn product_connection(
    ctx: &Context<'_>,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    search: Option<&str>,
    page: &PageArguments,
) -> Result<Connection<Product>> {
    let filter = filter.unwrap_or_default();
    let mut conditions = conditions(ctx, &filter)?;
    match (conditions.category, &filter.category_slug) {
        (Some(_), Some(_)) => {
            return Err(ApiError::bad_input("Give at most one of 'categoryId' and 'categorySlug'."));
        }
        (Some(id), None) => known_category(ctx, id).await?,
        (None, Some(slug)) => {
            let category = queries::category_by_slug(&*ctx.conn().await?, slug).await?;
            let category =
                category.ok_or_else(|| ApiError::not_found("There is no category with this slug."))?;
            conditions.category = Some(category.id);
        }
        (None, None) => {}
    }
    let search = match search.map(str::trim) {
        None | Some("") => None,
        Some(typed) => Some(SearchText::parse(typed).ok_or_else(|| {
            ApiError::bad_input(
                "A search needs at least one letter or digit; leave 'search' out to list everything.",
            )
        })?),
    };
    let listing = Listing::new(conditions, sort.map(Into::into), search, page)?;
    let rows = listing.clone().load(&*ctx.conn().await?).await?;
    Ok(Connection::new(rows, place_product, move |db| {
        let listing = listing.clone();
        Box::pin(async move { Ok(listing.count(&*db.get().await?).await?) })
    }))
}

/// A page of the products of one category, read together with those of its siblings.
pub(super) async fn category_products(
    ctx: &Context<'_>,
    category: CategoryId,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    page: &PageArguments,
) -> Result<Connection<Product>> {
    let filter = filter.unwrap_or_default();
    let conditions = conditions(ctx, &filter)?;
    if conditions.category.is_some() || filter.category_slug.is_some() {
        return Err(ApiError::bad_input("The products of a category cannot be filtered by another."));
    }
    let key = (category, Listing::new(conditions, sort.map(Into::into), None, page)?);
    let rows = ctx.loaders().listings.load(key.clone()).await?.unwrap_or_default();
    let counts = ctx.loaders().listing_counts.clone();
    Ok(Connection::new(rows, place_product, move |_| {
        let (counts, key) = (counts.clone(), key.clone());
        Box::pin(async move { Ok(counts.load(key).await.map_err(anyhow::Error::from)?.unwrap_or_default()) })
    }))
}

/// The conditions of a filter that this viewer may set.
fn conditions(ctx: &Context<'_>, filter: &ProductFilter) -> Result<catalog::ProductFilter> {
    let mut conditions = filter.conditions(ctx.app().config.shop.currency)?;
    if !ctx.may(Permission::ManageCatalog) {
        conditions.statuses.clear();
    }
    Ok(conditions)
}

fn place_product(listed: Listed) -> (Cursor, Product) {
    (listed.cursor, Product(listed.product))
}

/// A page of the children of one category, or of the roots.
async fn category_connection(
    ctx: &Context<'_>,
    parent: Option<CategoryId>,
    page: &PageArguments,
) -> Result<Connection<Category>> {
    let request = page.validate(queries::CATEGORY_ORDER, KeyKind::Int)?;
    let rows = queries::categories_page(&*ctx.conn().await?, parent, &request).await?;
    Ok(Connection::new(rows, place_category, move |db| {
        Box::pin(async move { Ok(queries::count_categories(&*db.get().await?, parent).await?) })
    }))
}

/// A page of a category's children, all of which are read at once with those of sibling categories: they are few.
pub(super) async fn children_connection(
    ctx: &Context<'_>,
    parent: CategoryId,
    page: &PageArguments,
) -> Result<Connection<Category>> {
    let request = page.validate(queries::CATEGORY_ORDER, KeyKind::Int)?;
    let children = ctx.loaders().children_of.load_all(parent).await?;
    let count = i64::try_from(children.len()).unwrap_or(i64::MAX);
    let rows = request.slice(children, |category| (i64::from(category.position), category.id.0));
    Ok(Connection::new(rows, place_category, move |_| Box::pin(async move { Ok(count) })))
}

fn place_category(category: catalog::Category) -> (Cursor, Category) {
    let key = SortKey::Int(i64::from(category.position));
    (Cursor::new(queries::CATEGORY_ORDER, key, category.id.0), Category(category))
}

/// A page of a product's variants, all of which are read at once with those of sibling products: they are few.
pub(super) async fn variant_connection(
    ctx: &Context<'_>,
    product: ProductId,
    page: &PageArguments,
) -> Result<Connection<ProductVariant>> {
    let request = page.validate(queries::VARIANT_ORDER, KeyKind::Int)?;
    let variants = ctx.loaders().variants_of.load_all(product).await?;
    let count = i64::try_from(variants.len()).unwrap_or(i64::MAX);
    let place = |variant: &catalog::Variant| (i64::from(variant.position), variant.id.0);
    let rows = request.slice(variants, place);
    Ok(Connection::new(
        rows,
        |variant| {
            let (position, id) = place(&variant);
            (Cursor::new(queries::VARIANT_ORDER, SortKey::Int(position), id), ProductVariant(variant))
        },
        move |_| Box::pin(async move { Ok(count) }),
    ))
}
