//! What a mutation does once it has written: the rest of its answer reads anew, and so do guests.

use std::sync::atomic::Ordering;

use super::Loaders;

impl Loaders {
    /// Forgets what was read of products, after one was written or its stock; carts show both.
    pub(in crate::graphql) async fn forget_products(&self) {
        self.note();
        self.carts.forget().await;
        self.products.forget().await;
        self.variants.forget().await;
        self.variants_of.forget().await;
        self.options_of.forget().await;
        self.images_of.forget().await;
        self.forget_listings().await;
    }

    /// Forgets what was read of orders and their money, after something happened to one.
    pub(in crate::graphql) async fn forget_orders(&self) {
        self.orders.forget().await;
        self.events_of.forget().await;
        self.order_lines_of.forget().await;
        self.orders_of.forget().await;
        self.payments.forget().await;
        self.payments_of.forget().await;
        self.transactions_of.forget().await;
        self.refunds.forget().await;
        self.refunds_of.forget().await;
        self.refund_lines_of.forget().await;
        self.shipments.forget().await;
        self.shipments_of.forget().await;
        self.shipment_lines_of.forget().await;
        self.returns.forget().await;
        self.returns_of.forget().await;
        self.return_lines_of.forget().await;
    }

    /// Forgets what was read of the rules of pricing, after one was written; carts are priced by them.
    pub(in crate::graphql) async fn forget_pricing(&self) {
        self.note();
        self.carts.forget().await;
        self.shipping_methods.forget().await;
        self.tax_rates.forget().await;
        self.discounts.forget().await;
    }

    /// Forgets what was read of reviews, after one was written; products count them.
    pub(in crate::graphql) async fn forget_reviews(&self) {
        self.note();
        self.reviews.forget().await;
        self.reviews_of.forget().await;
        self.products.forget().await;
    }

    /// Forgets what was read of accounts, after one was written; reviews say who wrote them.
    pub(in crate::graphql) async fn forget_users(&self) {
        self.note();
        self.users.forget().await;
        self.forget_sessions().await;
    }

    /// Forgets what was read of sessions, after some were ended, and of what was done to accounts.
    pub(in crate::graphql) async fn forget_sessions(&self) {
        self.sessions_of.forget().await;
        self.account_events_of.forget().await;
    }

    /// Forgets what was read of address books, after one was written.
    pub(in crate::graphql) async fn forget_addresses(&self) {
        self.saved_addresses.forget().await;
        self.addresses_of.forget().await;
    }

    /// Forgets what was read of categories, after one was written; products say where they are filed.
    pub(in crate::graphql) async fn forget_categories(&self) {
        self.note();
        self.categories.forget().await;
        self.children_of.forget().await;
        self.products.forget().await;
        self.forget_listings().await;
    }

    /// Forgets everything, after what was read of has been undone.
    pub(in crate::graphql) async fn forget_all(&self) {
        self.forget_products().await;
        self.forget_categories().await;
        self.forget_reviews().await;
        self.forget_users().await;
        self.forget_addresses().await;
        self.forget_pricing().await;
        self.order_events.forget().await;
        self.forget_orders().await;
    }

    fn note(&self) {
        self.changes.note();
        self.noted.store(true, Ordering::Relaxed);
    }

    /// Notes what was changed once more, now that everybody sees it.
    pub(in crate::graphql) fn committed(&self) {
        if self.noted.swap(false, Ordering::Relaxed) {
            self.changes.note();
        }
    }

    async fn forget_listings(&self) {
        self.listings.forget().await;
        self.listing_counts.forget().await;
    }
}
