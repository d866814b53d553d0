//! A change of a product: only what is given changes.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::draft::{ImageDraft, OptionDraft, ProductChange};
use super::product_row::{self, LockedProduct};
use super::refusal::{ProductProblem, Refused};
use super::validate::{Checks, MAX_NAME, MAX_VENDOR};
use super::{ProductStatus, announce, images, options};
use crate::db::schema::products;
use crate::error::{ActionError, Outcome, violated_constraint};
use crate::ids::CategoryId;
use crate::inventory;

#[derive(AsChangeset, Default, PartialEq)]
#[diesel(table_name = products)]
struct Columns {
    category_id: Option<Option<CategoryId>>,
    slug: Option<String>,
    name: Option<String>,
    description_html: Option<String>,
    description: Option<String>,
    vendor: Option<String>,
    tags: Option<Vec<String>>,
    attributes: Option<serde_json::Value>,
    status: Option<&'static str>,
    tax_class: Option<String>,
}

struct Checked {
    columns: Columns,
    options: Option<Vec<OptionDraft>>,
    images: Option<Vec<ImageDraft>>,
}

/// Changes a product; an archived one comes back by getting another status.
pub async fn update_product(
    conn: &mut AsyncPgConnection,
    change: &ProductChange,
) -> Outcome<(), Refused<ProductProblem>> {
    let checked = check(change)?;
    conn.transaction(async |conn| {
        let product = product_row::lock(conn, change.id)
            .await?
            .ok_or_else(|| Refused::at(["id"], ProductProblem::UnknownProduct))?;
        if change.status == Some(ProductStatus::Active) && product.default_variant_id.is_none() {
            return Err(Refused::at(["status"], ProductProblem::NothingToSell).into());
        }
        let changes =
            checked.columns != Columns::default() || checked.options.is_some() || checked.images.is_some();
        if checked.columns != Columns::default() {
            write(conn, &product, checked.columns).await?;
        }
        if let Some(options) = &checked.options {
            options::replace(conn, product.id, options).await?;
        }
        if let Some(images) = &checked.images {
            images::replace(conn, product.id, images).await?;
        }
        if change.status.is_some_and(|status| !product.has_status(status)) {
            inventory::announce::variants_of(conn, product.id).await?;
        }
        if changes {
            announce::updated(conn, &[product.id]).await?;
        }
        Ok(())
    })
    .await
}

fn check(change: &ProductChange) -> Outcome<Checked, Refused<ProductProblem>> {
    let mut checks = Checks::new();
    let description = change.description.as_ref().map(|description| checks.description(description));
    let (description_html, description) = description.map(|both| (both.html, both.text)).unzip();
    let columns = Columns {
        category_id: change.category_id,
        slug: change.slug.as_deref().map(|slug| checks.slug(slug)),
        name: change.name.as_deref().map(|name| checks.text("name", name, MAX_NAME)),
        description_html,
        description,
        vendor: change.vendor.as_deref().map(|vendor| checks.optional_text("vendor", vendor, MAX_VENDOR)),
        tags: change.tags.as_deref().map(|tags| checks.tags(tags)),
        attributes: change.attributes.as_deref().map(|attributes| checks.attributes(attributes)),
        status: change.status.map(ProductStatus::as_str),
        tax_class: change.tax_class.as_deref().map(|class| checks.tax_class(class)),
    };
    let options = change.options.as_deref().map(|options| checks.options(options));
    let images = change.images.as_deref().map(|images| checks.images(images));
    checks.finish(Checked { columns, options, images })
}

async fn write(
    mut conn: &AsyncPgConnection,
    product: &LockedProduct,
    columns: Columns,
) -> Outcome<(), Refused<ProductProblem>> {
    let slug = columns.slug.clone();
    let written = diesel::update(products::table)
        .filter(products::id.eq(product.id))
        .set(columns)
        .execute(&mut conn)
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(error) => Err(match (violated_constraint(&error), slug) {
            (Some("products_slug_key"), Some(slug)) => {
                ActionError::refuse(Refused::at(["slug"], ProductProblem::SlugTaken(slug)))
            }
            (Some("products_category_id_fkey"), _) => {
                ActionError::refuse(Refused::at(["categoryId"], ProductProblem::UnknownCategory))
            }
            _ => error.into(),
        }),
    }
}
