//! Batching: what sibling fields need is read in one statement.
//!
//! Each loader wraps one `*_by_ids` query of a domain and lives for one request, so that nothing is shared between
//! viewers. Those of a request share a connection while they read ([`Reads`]). The `dataloader` crate has no error
//! channel and panics on a missing key, so values are `Result`s and every key gets an entry.

mod batch;
mod forget;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::{DateTime, Utc};

use self::batch::ById;
use self::rows::{by, by_arguments, grouped};
use super::room::Room;
use super::shared::CatalogueChanges;
use crate::accounts::address_book::SavedAddress;
use crate::accounts::events::{AccountEvent, event_rows_by_users};
use crate::accounts::own_sessions::{LivingSession, session_rows_by_users};
use crate::accounts::{self, User};
use crate::app::App;
use crate::cart::{self, CartContents};
use crate::catalog::listing::{Listed, Listing};
use crate::catalog::{self, Category, Image, Product, ProductOption, Variant};
use crate::db::{Db, Reads};
use crate::error::Result;
use crate::ids::{
    AddressId, CartId, CategoryId, DiscountId, OrderEventId, OrderId, PaymentId, ProductId, RefundId,
    ReturnId, ReviewId, ShipmentId, ShippingMethodId, TaxRateId, UserId, VariantId, WebhookDeliveryId,
    WebhookEndpointId,
};
use crate::orders::events::{self, OrderEvent};
use crate::orders::returns::{self, Return, ReturnLine};
use crate::orders::shipments::{self, Shipment, ShipmentLine};
use crate::orders::{self, Order, OrderDiscount, OrderLine};
use crate::pagination::{Page, PageRequest};
use crate::payments::{self, Payment, Refund, RefundLine, Transaction};
use crate::pricing::{self, Discount, ShippingMethod, TaxRate};
use crate::reviews::{self, Review, ReviewPage};
use crate::webhooks::{self, Delivery, Endpoint};

/// The rows of a page of what each account has: one statement for each page that is asked for; sibling fields ask for the
/// same one.
macro_rules! pages_of {
    ($keys:expr, |$users:ident, $page:ident| $read:expr) => {{
        let mut found: HashMap<(UserId, PageRequest), Vec<_>> = HashMap::new();
        for ($page, $users) in by_arguments($keys) {
            for row in $read.await? {
                if let Some(user) = Option::<UserId>::from(row.user_id) {
                    found.entry((user, $page.clone())).or_default().push(row);
                }
            }
        }
        Ok(found)
    }};
}

/// All loaders of one request.
pub(crate) struct Loaders {
    /// What the answer has room for.
    pub(super) room: Arc<Room>,
    pub(super) carts: ById<CartId, CartContents>,
    pub(super) products: ById<ProductId, Product>,
    pub(super) variants: ById<VariantId, Variant>,
    pub(super) variants_of: ById<ProductId, Vec<Variant>>,
    pub(super) options_of: ById<ProductId, Vec<ProductOption>>,
    pub(super) images_of: ById<ProductId, Vec<Image>>,
    pub(super) categories: ById<CategoryId, Category>,
    pub(super) children_of: ById<CategoryId, Vec<Category>>,
    pub(super) orders: ById<OrderId, Order>,
    pub(super) order_events: ById<OrderEventId, OrderEvent>,
    pub(super) events_of: ById<OrderId, Vec<OrderEvent>>,
    pub(super) order_lines_of: ById<OrderId, Vec<OrderLine>>,
    pub(super) payments: ById<PaymentId, Payment>,
    pub(super) payments_of: ById<OrderId, Vec<Payment>>,
    pub(super) transactions_of: ById<PaymentId, Vec<Transaction>>,
    pub(super) refunds: ById<RefundId, Refund>,
    pub(super) refunds_of: ById<OrderId, Vec<Refund>>,
    pub(super) refund_lines_of: ById<RefundId, Vec<RefundLine>>,
    pub(super) order_discounts_of: ById<OrderId, Vec<OrderDiscount>>,
    pub(super) shipments: ById<ShipmentId, Shipment>,
    pub(super) shipments_of: ById<OrderId, Vec<Shipment>>,
    pub(super) shipment_lines_of: ById<ShipmentId, Vec<ShipmentLine>>,
    pub(super) returns: ById<ReturnId, Return>,
    pub(super) returns_of: ById<OrderId, Vec<Return>>,
    pub(super) return_lines_of: ById<ReturnId, Vec<ReturnLine>>,
    /// The rows of a page of each customer's orders, in the direction of reading; see [`PageRequest::cut`].
    pub(super) orders_of: ById<(UserId, PageRequest), Vec<Order>>,
    pub(super) shipping_methods: ById<ShippingMethodId, ShippingMethod>,
    pub(super) tax_rates: ById<TaxRateId, TaxRate>,
    pub(super) discounts: ById<DiscountId, Discount>,
    pub(super) users: ById<UserId, User>,
    pub(super) saved_addresses: ById<AddressId, SavedAddress>,
    pub(super) addresses_of: ById<UserId, Vec<SavedAddress>>,
    /// The rows of a page of each account's living sessions, as those of `orders_of`.
    pub(super) sessions_of: ById<(UserId, PageRequest), Vec<LivingSession>>,
    /// The rows of a page of what was done to each account, as those of `orders_of`.
    pub(super) account_events_of: ById<(UserId, PageRequest), Vec<AccountEvent>>,
    pub(super) reviews: ById<ReviewId, Review>,
    pub(super) reviews_of: ById<(ProductId, ReviewPage), Page<Review>>,
    pub(super) listings: ById<(CategoryId, Listing), Page<Listed>>,
    pub(super) listing_counts: ById<(CategoryId, Listing), i64>,
    pub(super) webhook_endpoints: ById<WebhookEndpointId, Endpoint>,
    pub(super) webhook_deliveries: ById<WebhookDeliveryId, Delivery>,
    /// The rows of a page of what was sent to each endpoint, as those of `orders_of`.
    pub(super) webhook_deliveries_of: ById<(WebhookEndpointId, PageRequest), Vec<Delivery>>,
    pub(super) webhook_next_attempts: ById<WebhookDeliveryId, DateTime<Utc>>,
    changes: CatalogueChanges,
    /// Whether a change is noted that may still have to be committed.
    noted: AtomicBool,
}

impl Loaders {
    /// Fresh loaders for one request, which read from `db` and tell when the request has changed the catalogue.
    #[must_use]
    pub(crate) fn new(app: &App, db: Db, changes: CatalogueChanges) -> Self {
        use catalog::queries;
        let reads = Reads::new(db);
        let clock = app.clock.clone();
        Self {
            room: Arc::default(),
            changes,
            noted: AtomicBool::new(false),
            carts: ById::new(&reads, async |reads: Reads, ids: Vec<CartId>| {
                let carts = cart::queries::contents_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(carts, |contents| contents.cart.id))
            }),
            products: ById::new(&reads, async |reads: Reads, ids: Vec<ProductId>| {
                Ok(by(queries::products_by_ids(&*reads.get().await?, &ids).await?, |product| product.id))
            }),
            variants: ById::new(&reads, async |reads: Reads, ids: Vec<VariantId>| {
                Ok(by(queries::variants_by_ids(&*reads.get().await?, &ids).await?, |variant| variant.id))
            }),
            variants_of: ById::new(&reads, async |reads: Reads, ids: Vec<ProductId>| {
                Ok(grouped(queries::variants_by_products(&*reads.get().await?, &ids).await?, |variant| {
                    variant.product_id
                }))
            }),
            options_of: ById::new(&reads, async |reads: Reads, ids: Vec<ProductId>| {
                Ok(grouped(queries::options_by_products(&*reads.get().await?, &ids).await?, |option| {
                    option.product_id
                }))
            }),
            images_of: ById::new(&reads, async |reads: Reads, ids: Vec<ProductId>| {
                Ok(grouped(queries::images_by_products(&*reads.get().await?, &ids).await?, |image| {
                    image.product_id
                }))
            }),
            categories: ById::new(&reads, async |reads: Reads, ids: Vec<CategoryId>| {
                Ok(by(queries::categories_by_ids(&*reads.get().await?, &ids).await?, |category| category.id))
            }),
            children_of: ById::new(&reads, async |reads: Reads, ids: Vec<CategoryId>| {
                let children = queries::children_of(&*reads.get().await?, &ids).await?;
                // Every child found has one of the parents asked for.
                Ok(grouped(children, |category| category.parent_id.unwrap_or(category.id)))
            }),
            orders: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                Ok(by(orders::queries::orders_by_ids(&*reads.get().await?, &ids).await?, |order| order.id))
            }),
            order_events: ById::new(&reads, async |reads: Reads, ids: Vec<OrderEventId>| {
                Ok(by(events::events_by_ids(&*reads.get().await?, &ids).await?, |event| event.id))
            }),
            events_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                Ok(grouped(events::events_by_orders(&*reads.get().await?, &ids).await?, |event| {
                    event.order_id
                }))
            }),
            order_lines_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                let lines = orders::queries::lines_by_orders(&*reads.get().await?, &ids).await?;
                Ok(grouped(lines, |line| line.order_id))
            }),
            payments: ById::new(&reads, async |reads: Reads, ids: Vec<PaymentId>| {
                let found = payments::queries::payments_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |payment| payment.id))
            }),
            payments_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                let found = payments::queries::payments_by_orders(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |payment| payment.order_id))
            }),
            transactions_of: ById::new(&reads, async |reads: Reads, ids: Vec<PaymentId>| {
                let found = payments::queries::transactions_by_payments(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |entry| entry.payment_id))
            }),
            refunds: ById::new(&reads, async |reads: Reads, ids: Vec<RefundId>| {
                let found = payments::queries::refunds_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |refund| refund.id))
            }),
            refunds_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                let found = payments::queries::refunds_by_orders(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |refund| refund.order_id))
            }),
            refund_lines_of: ById::new(&reads, async |reads: Reads, ids: Vec<RefundId>| {
                let found = payments::queries::lines_by_refunds(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |line| line.refund_id))
            }),
            order_discounts_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                let codes = orders::queries::discounts_by_orders(&*reads.get().await?, &ids).await?;
                Ok(grouped(codes, |code| code.order_id))
            }),
            shipping_methods: ById::new(&reads, async |reads: Reads, ids: Vec<ShippingMethodId>| {
                let found = pricing::shipping::queries::methods_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |method| method.id))
            }),
            tax_rates: ById::new(&reads, async |reads: Reads, ids: Vec<TaxRateId>| {
                let found = pricing::tax::queries::rates_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |rate| rate.id))
            }),
            discounts: ById::new(&reads, async |reads: Reads, ids: Vec<DiscountId>| {
                let found = pricing::discount::queries::discounts_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |discount| discount.id))
            }),
            shipments: ById::new(&reads, async |reads: Reads, ids: Vec<ShipmentId>| {
                let found = shipments::shipments_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |shipment| shipment.id))
            }),
            shipments_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                let found = shipments::shipments_by_orders(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |shipment| shipment.order_id))
            }),
            shipment_lines_of: ById::new(&reads, async |reads: Reads, ids: Vec<ShipmentId>| {
                let found = shipments::lines_by_shipments(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |line| line.shipment_id))
            }),
            returns: ById::new(&reads, async |reads: Reads, ids: Vec<ReturnId>| {
                let found = returns::returns_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |back| back.id))
            }),
            returns_of: ById::new(&reads, async |reads: Reads, ids: Vec<OrderId>| {
                let found = returns::returns_by_orders(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |back| back.order_id))
            }),
            return_lines_of: ById::new(&reads, async |reads: Reads, ids: Vec<ReturnId>| {
                let found = returns::lines_by_returns(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |line| line.return_id))
            }),
            orders_of: ById::new(&reads, async |reads: Reads, keys: Vec<(UserId, PageRequest)>| {
                let conn = reads.get().await?;
                pages_of!(keys, |users, page| orders::queries::order_rows_by_users(&conn, &users, &page))
            }),
            users: ById::new(&reads, async |reads: Reads, ids: Vec<UserId>| {
                Ok(by(accounts::queries::users_by_ids(&*reads.get().await?, &ids).await?, |user| user.id))
            }),
            saved_addresses: ById::new(&reads, async |reads: Reads, ids: Vec<AddressId>| {
                let found = accounts::queries::addresses_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |address| address.id))
            }),
            addresses_of: ById::new(&reads, async |reads: Reads, ids: Vec<UserId>| {
                let found = accounts::queries::addresses_by_users(&*reads.get().await?, &ids).await?;
                Ok(grouped(found, |address| address.user_id))
            }),
            sessions_of: ById::new(&reads, move |reads: Reads, keys: Vec<(UserId, PageRequest)>| {
                let now = clock.now();
                async move {
                    let conn = reads.get().await?;
                    pages_of!(keys, |users, page| session_rows_by_users(&conn, &users, &page, now))
                }
            }),
            account_events_of: ById::new(&reads, async |reads: Reads, keys: Vec<(UserId, PageRequest)>| {
                let conn = reads.get().await?;
                pages_of!(keys, |users, page| event_rows_by_users(&conn, &users, &page))
            }),
            reviews: ById::new(&reads, async |reads: Reads, ids: Vec<ReviewId>| {
                Ok(by(reviews::queries::reviews_by_ids(&*reads.get().await?, &ids).await?, |review| {
                    review.id
                }))
            }),
            reviews_of: ById::new(&reads, async |reads: Reads, keys: Vec<(ProductId, ReviewPage)>| {
                reviews_of(&reads, keys).await
            }),
            listings: ById::new(&reads, async |reads: Reads, keys: Vec<(CategoryId, Listing)>| {
                let conn = reads.get().await?;
                let mut pages = HashMap::new();
                for (listing, categories) in by_arguments(keys) {
                    let found = listing.load_within(&conn, &categories).await?;
                    pages.extend(found.into_iter().map(|(id, page)| ((id, listing.clone()), page)));
                }
                Ok(pages)
            }),
            listing_counts: ById::new(&reads, async |reads: Reads, keys: Vec<(CategoryId, Listing)>| {
                let conn = reads.get().await?;
                let mut counts = HashMap::new();
                for (listing, categories) in by_arguments(keys) {
                    let found = listing.count_within(&conn, &categories).await?;
                    counts.extend(found.into_iter().map(|(id, count)| ((id, listing.clone()), count)));
                }
                Ok(counts)
            }),
            webhook_endpoints: ById::new(&reads, async |reads: Reads, ids: Vec<WebhookEndpointId>| {
                let found = webhooks::queries::endpoints_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |endpoint| endpoint.id))
            }),
            webhook_deliveries: ById::new(&reads, async |reads: Reads, ids: Vec<WebhookDeliveryId>| {
                let found = webhooks::queries::deliveries_by_ids(&*reads.get().await?, &ids).await?;
                Ok(by(found, |delivery| delivery.id))
            }),
            webhook_deliveries_of: ById::new(
                &reads,
                async |reads: Reads, keys: Vec<(WebhookEndpointId, PageRequest)>| {
                    let conn = reads.get().await?;
                    let mut found = HashMap::new();
                    for (page, endpoints) in by_arguments(keys) {
                        let rows =
                            webhooks::queries::delivery_rows_by_endpoints(&conn, &endpoints, &page).await?;
                        let rows = grouped(rows, |delivery| delivery.endpoint_id);
                        found.extend(
                            rows.into_iter().map(|(endpoint, rows)| ((endpoint, page.clone()), rows)),
                        );
                    }
                    Ok(found)
                },
            ),
            webhook_next_attempts: ById::new(&reads, async |reads: Reads, ids: Vec<WebhookDeliveryId>| {
                Ok(webhooks::queries::next_attempts(&*reads.get().await?, &ids).await?)
            }),
        }
    }
}

/// Pages of reviews: a statement for each distinct page that the document asks for, whatever the number of products.
async fn reviews_of(
    reads: &Reads,
    keys: Vec<(ProductId, ReviewPage)>,
) -> Result<HashMap<(ProductId, ReviewPage), Page<Review>>> {
    let mut found = HashMap::new();
    let conn = reads.get().await?;
    for (page, products) in by_arguments(keys) {
        let pages = reviews::queries::pages_by_products(&conn, &products, &page).await?;
        found.extend(pages.into_iter().map(|(product, reviews)| ((product, page.clone()), reviews)));
    }
    Ok(found)
}
