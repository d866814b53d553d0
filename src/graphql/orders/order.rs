//! `Order` and its lines.

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::super::accounts::User;
use super::super::address::Address;
use super::super::catalog::{Product, ProductVariant, visible};
use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::fulfilment::{FulfilmentStatus, OrderPaymentStatus, OrderReturn, Shipment};
use super::super::live::OrderEvent;
use super::super::payments::{Payment, Refund};
use super::super::relay::Connection;
use super::super::scalars::{DateTime, Money};
use super::inputs::{OrderCancelReason, OrderStatus};
use crate::accounts::Permission;
use crate::orders::{self, facts};
use crate::pagination::PageArguments;
use crate::payments::PaymentStatus;

/// What was bought, by whom, and where it is in its life.
#[derive(Description)]
pub struct Order(pub orders::Order);

#[Object(use_type_description)]
impl Order {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its number, for people.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> OrderStatus {
        self.0.status().into()
    }

    /// How far it is sent.
    async fn fulfilment_status(&self, ctx: &Context<'_>) -> Result<FulfilmentStatus> {
        let lines = ctx.loaders().order_lines_of.load_all(self.0.id).await?;
        Ok(facts::fulfilment(&lines).into())
    }

    /// How far it is paid.
    async fn payment_status(&self, ctx: &Context<'_>) -> Result<OrderPaymentStatus> {
        // Only then does it matter whether a bank holds the money.
        let payments = match self.0.status() {
            orders::OrderStatus::Pending => ctx.loaders().payments_of.load_all(self.0.id).await?,
            _ => Vec::new(),
        };
        let authorized = payments.iter().any(|payment| payment.status() == PaymentStatus::Authorized);
        Ok(facts::payment(&self.0, authorized).into())
    }

    /// What may follow its status; empty at the end of its life.
    async fn next_statuses(&self, ctx: &Context<'_>) -> Result<Vec<OrderStatus>> {
        let status = self.0.status();
        // Only then may a part of it have been sent.
        let lines = match status {
            orders::OrderStatus::Processing => ctx.loaders().order_lines_of.load_all(self.0.id).await?,
            _ => Vec::new(),
        };
        Ok(facts::next_statuses(status, &lines).into_iter().map(Into::into).collect())
    }

    /// Whose it is; null for a guest's, and for whoever has no more than the order's token: it becomes an account's by its
    /// address, which anybody may have written.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let theirs = ctx.viewer().user_id() == self.0.user_id;
        match self.0.user_id {
            Some(id) if theirs || ctx.may(Permission::ReadOrders) || ctx.may(Permission::ReadUsers) => {
                Ok(ctx.loaders().users.load(id).await?.map(User))
            }
            _ => Ok(None),
        }
    }

    /// Where to write to about it.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What was bought, frozen as it was then; at most 100 lines.
    #[graphql(directive = cost::apply(1, None, Some(25)))]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>> {
        let lines = ctx.loaders().order_lines_of.load_all(self.0.id).await?;
        Ok(lines.into_iter().map(|line| OrderLine::of(&self.0, line)).collect())
    }

    /// The sum of its lines.
    async fn subtotal(&self) -> Money {
        self.0.subtotal().into()
    }

    /// What codes took off its lines.
    async fn discount(&self) -> Money {
        self.0.discount().into()
    }

    /// What shipping costs, after a code for free shipping.
    async fn shipping(&self) -> Money {
        self.0.shipping().into()
    }

    /// What its shipping method was called then; null where the shop charged nothing for shipping.
    async fn shipping_method_name(&self) -> Option<&str> {
        self.0.shipping_method_name.as_deref()
    }

    /// The tax of lines and shipping, within their prices or on top.
    async fn tax(&self) -> Money {
        self.0.tax().into()
    }

    /// Whether the tax is within the prices, or came on top of them.
    async fn prices_include_tax(&self) -> bool {
        self.0.prices_include_tax
    }

    /// The discount codes that it used; at most 2.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn discounts(&self, ctx: &Context<'_>) -> Result<Vec<OrderDiscount>> {
        let codes = ctx.loaders().order_discounts_of.load_all(self.0.id).await?;
        Ok(codes
            .into_iter()
            .map(|used| OrderDiscount { amount: self.0.amount(used.amount).into(), code: used.code })
            .collect())
    }

    /// What the customer owes for it: the subtotal without the discount, with shipping, and with the tax where prices do not
    /// include it.
    async fn total(&self) -> Money {
        self.0.total().into()
    }

    /// What came in for it.
    async fn paid(&self) -> Money {
        self.0.paid().into()
    }

    /// What goes back or went back of that.
    async fn refunded(&self) -> Money {
        self.0.refunded().into()
    }

    /// The value of the pieces that were cancelled while it went on: owed no longer.
    async fn cancelled(&self) -> Money {
        self.0.cancelled().into()
    }

    /// What is still to be paid; nothing once it is given up.
    async fn due(&self) -> Money {
        self.0.due().into()
    }

    /// The ways in which money for it came in or may come in, oldest first.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>> {
        let payments = ctx.loaders().payments_of.load_all(self.0.id).await?;
        Ok(payments.into_iter().map(Payment).collect())
    }

    /// The money that goes back or went back, oldest first.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<Refund>> {
        Ok(ctx.loaders().refunds_of.load_all(self.0.id).await?.into_iter().map(Refund).collect())
    }

    /// What left the shop of it, oldest first.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn shipments(&self, ctx: &Context<'_>) -> Result<Vec<Shipment>> {
        Ok(ctx.loaders().shipments_of.load_all(self.0.id).await?.into_iter().map(Shipment).collect())
    }

    /// What came back of it, oldest first.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn returns(&self, ctx: &Context<'_>) -> Result<Vec<OrderReturn>> {
        Ok(ctx.loaders().returns_of.load_all(self.0.id).await?.into_iter().map(OrderReturn).collect())
    }

    /// Until when it holds its stock without being paid; then it is cancelled. Null once it is paid, and where staff have to
    /// decide.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// Why it was cancelled; null while it is not.
    async fn cancel_reason(&self) -> Option<OrderCancelReason> {
        self.0.cancel_reason().map(Into::into)
    }

    /// Where it goes.
    async fn shipping_address(&self) -> Address {
        self.0.shipping_address().into()
    }

    /// Who is billed; null when that is the shipping address.
    async fn billing_address(&self) -> Option<Address> {
        self.0.billing_address().map(Address::from)
    }

    /// Its history, oldest first.
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
    ) -> Result<Connection<OrderEvent>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        super::super::live::event_connection(ctx, self.0.id, &page).await
    }

    /// When it was placed.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// A discount code that an order used.
#[derive(SimpleObject)]
pub struct OrderDiscount {
    /// The code, in capitals.
    code: String,
    /// What it took off: of the lines, or what shipping would have cost.
    amount: Money,
}

/// One bought variant. Name, article number and price stay as they were when the order was placed.
#[derive(Description)]
pub struct OrderLine {
    line: orders::OrderLine,
    currency: crate::money::Currency,
    status: orders::OrderStatus,
}

impl OrderLine {
    /// A line of this order.
    pub(in crate::graphql) fn of(order: &orders::Order, line: orders::OrderLine) -> Self {
        Self { line, currency: order.total().currency, status: order.status() }
    }
}

#[Object(use_type_description)]
impl OrderLine {
    /// Its id.
    async fn id(&self) -> ID {
        self.line.id.to_string().into()
    }

    /// The product's name then, with the variant's, such as "T-shirt (M / Black)".
    async fn name(&self) -> String {
        match self.line.variant_name.as_str() {
            "" => self.line.product_name.clone(),
            variant => format!("{} ({variant})", self.line.product_name),
        }
    }

    /// The product's name then.
    async fn product_name(&self) -> &str {
        &self.line.product_name
    }

    /// The variant's name then, such as "M / Black"; empty for a product without choices.
    async fn variant_name(&self) -> &str {
        &self.line.variant_name
    }

    /// The article number then.
    async fn sku(&self) -> Option<&str> {
        self.line.sku.as_deref()
    }

    /// The price of one piece then.
    async fn unit_price(&self) -> Money {
        crate::money::Money::new(self.line.unit_price, self.currency).into()
    }

    /// How many pieces.
    async fn quantity(&self) -> i32 {
        self.line.quantity
    }

    /// The price of all pieces.
    async fn total(&self) -> Money {
        crate::money::Money::new(self.line.total, self.currency).into()
    }

    /// How many pieces were cancelled; of an order that was given up, all of them.
    async fn cancelled_quantity(&self) -> i32 {
        let given_up = self.status == orders::OrderStatus::Cancelled;
        if given_up { self.line.quantity } else { self.line.cancelled }
    }

    /// How many pieces left the shop.
    async fn shipped_quantity(&self) -> i32 {
        self.line.shipped
    }

    /// How many of these came back.
    async fn returned_quantity(&self) -> i32 {
        self.line.returned
    }

    /// How many pieces are still to leave the shop.
    async fn quantity_to_ship(&self) -> i32 {
        if self.status.holds_stock() { self.line.left() } else { 0 }
    }

    /// Of how many pieces the price was paid back.
    async fn refunded_quantity(&self) -> i32 {
        self.line.refunded
    }

    /// Its share of what codes took off.
    async fn discount(&self) -> Money {
        crate::money::Money::new(self.line.discount, self.currency).into()
    }

    /// Its share of the order's tax.
    async fn tax(&self) -> Money {
        crate::money::Money::new(self.line.tax, self.currency).into()
    }

    /// The product, while it is on sale.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let Some(id) = self.line.product_id else { return Ok(None) };
        let product = ctx.loaders().products.load(id).await?;
        Ok(product.filter(|product| visible(ctx, product)).map(Product))
    }

    /// The variant, while its product is on sale.
    async fn variant(&self, ctx: &Context<'_>) -> Result<Option<ProductVariant>> {
        let (Some(product), Some(id)) = (self.line.product_id, self.line.variant_id) else { return Ok(None) };
        let product = ctx.loaders().products.load(product).await?;
        if !product.is_some_and(|product| visible(ctx, &product)) {
            return Ok(None);
        }
        Ok(ctx.loaders().variants.load(id).await?.map(ProductVariant))
    }
}
