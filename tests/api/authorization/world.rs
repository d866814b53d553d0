//! A shop with something of everything in it: what is asked for in vain is there.

use std::collections::BTreeMap;

use cartograph::graphql::Schema;
use cartograph::ids::{
    AddressId, CartId, CartLineId, JobId, OrderId, OrderLineId, PaymentId, RefundId, ReturnId, ReviewId,
    UserId, WebhookDeliveryId, WebhookEndpointId,
};
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::live::{place, step};
use crate::schema::sdl::Sdl;
use crate::support::db::{count, run};
use crate::support::{CategoryBuilder, Client, ProductBuilder, TestApp, UserBuilder};
use cartograph::orders::OrderStatus::{Paid, Pending};

/// A guest order's token.
pub(crate) const TOKEN: &str = "a guest's order token";

/// The shop, and who and what is in it.
pub(crate) struct World {
    pub(crate) app: TestApp,
    /// Whose everything is.
    pub(crate) owner: Client,
    /// Somebody whose nothing is.
    pub(crate) stranger: UserId,
    pub(crate) ids: BTreeMap<&'static str, String>,
    pub(crate) guest_order: OrderId,
}

impl World {
    pub(crate) async fn make() -> Self {
        let app = TestApp::start().await;
        app.admin().await;
        let owner = app.customer().await;
        let stranger = UserBuilder::new().create(&app).await;
        let category = CategoryBuilder::new("kitchen").create(&app).await;
        let product = ProductBuilder::new("mug").category(category).create(&app).await;
        let order = place(&app, Some(owner.user_id()), None).await;
        step(&app, order, Pending, Paid).await;
        let guest_order = place(&app, None, Some(TOKEN)).await;
        let (review, address, back) = (ReviewId::new(), AddressId::new(), ReturnId::new());
        let (cart, line) = (CartId::new(), CartLineId::new());
        let (payment, guests_payment, refund) = (PaymentId::new(), PaymentId::new(), RefundId::new());
        let (endpoint, delivery, dead) = (WebhookEndpointId::new(), WebhookDeliveryId::new(), JobId::new());
        let (user, variant) = (owner.user_id().0, product.variant.0);
        let mut conn = app.database().connect().await;
        for statement in [
            format!(
                "INSERT INTO reviews (id, product_id, author_id, rating, title) VALUES ('{}', '{}', '{user}', 5, 'Good')",
                review.0, product.id.0
            ),
            format!(
                "INSERT INTO addresses (id, user_id, address) VALUES ('{}', '{user}', '{{\"name\": \"Ada\"}}')",
                address.0
            ),
            format!(
                "INSERT INTO returns (id, order_id, note, actor_kind) VALUES ('{}', '{}', 'Scratched', 'SYSTEM'), \
                        ('{}', '{}', 'Scratched', 'SYSTEM')",
                back.0,
                order.0,
                ReturnId::new().0,
                guest_order.0
            ),
            format!(
                "INSERT INTO payments (id, order_id, provider, status, currency, amount, captured, refunded) \
                 VALUES ('{}', '{}', 'manual', 'CAPTURED', 'USD', 100, 100, 1), ('{}', '{}', 'manual', 'CAPTURED', 'USD', 100, 100, 1)",
                payment.0, order.0, guests_payment.0, guest_order.0
            ),
            format!(
                "INSERT INTO refunds (id, order_id, payment_id, currency, amount, reason, status, actor_kind) \
                 VALUES ('{}', '{}', '{}', 'USD', 1, 'REQUESTED', 'SUCCEEDED', 'SYSTEM'), \
                        ('{}', '{}', '{}', 'USD', 1, 'REQUESTED', 'SUCCEEDED', 'SYSTEM')",
                refund.0,
                order.0,
                payment.0,
                RefundId::new().0,
                guest_order.0,
                guests_payment.0
            ),
            format!("INSERT INTO carts (id, user_id) VALUES ('{}', '{user}')", cart.0),
            format!(
                "INSERT INTO cart_lines (id, cart_id, variant_id, quantity, price_seen) \
                 VALUES ('{}', '{}', '{variant}', 1, 1000)",
                line.0, cart.0
            ),
            format!(
                "INSERT INTO webhook_endpoints (id, url, event_types, secret) VALUES ('{}', 'http://127.0.0.1:9/', '{{}}', '')",
                endpoint.0
            ),
            format!(
                "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, aggregate_id, body) \
                 VALUES ('{}', '{}', '{user}', 'user.registered', '{user}', '{{}}')",
                delivery.0, endpoint.0
            ),
            format!(
                "INSERT INTO jobs (id, kind, payload, max_attempts, died_at) VALUES ('{}', 'errand', '{{}}', 1, now())",
                dead.0
            ),
        ] {
            run(&mut conn, &statement).await;
        }
        let session =
            ids_of(&mut conn, &format!("SELECT id::text AS id FROM sessions WHERE user_id = '{user}'"))
                .await
                .remove(0);
        let session = cartograph::ids::SessionId(session.parse().expect("an id"));
        let ids = BTreeMap::from([
            ("address", address.to_string()),
            ("cart", cart.to_string()),
            ("category", category.to_string()),
            ("line", line.to_string()),
            ("order", order.to_string()),
            ("piece", OrderLineId::new().to_string()),
            ("payment", payment.to_string()),
            ("refund", refund.to_string()),
            ("return", back.to_string()),
            ("product", product.id.to_string()),
            ("review", review.to_string()),
            ("session", session.to_string()),
            ("user", owner.user_id().to_string()),
            ("variant", product.variant.to_string()),
            ("job", dead.to_string()),
            ("webhookdelivery", delivery.to_string()),
            ("webhookendpoint", endpoint.to_string()),
        ]);
        let world = Self { app, owner, stranger, ids, guest_order };
        world.settle().await;
        world
    }

    /// Waits until neither the relay nor a job has anything left to write.
    async fn settle(&self) {
        let mut conn = self.app.database().connect().await;
        let open = "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL OR fanned_out_at IS NULL)
                         + (SELECT count(*) FROM jobs WHERE finished_at IS NULL AND died_at IS NULL) AS n";
        while count(&mut conn, open).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// The schema, with examples that name what is there.
    pub(crate) fn sdl(&self) -> Sdl {
        Sdl { ids: self.ids.clone(), ..Sdl::read() }
    }

    /// The schema itself, to be asked without HTTP.
    pub(crate) async fn schema(&self) -> Schema {
        Schema::open(self.app.app.clone()).await.expect("the configuration can be used")
    }

    /// Where a field of this type is found: documents in which `FIELD` stands for it.
    pub(crate) fn ways(&self, name: &str) -> Vec<String> {
        let id = |kind: &str| &self.ids[kind];
        let node = |kind: &str| format!("{{ node(id: {:?}) {{ ... on {name} {{ FIELD }} }} }}", id(kind));
        let guests = format!("order(id: {:?}, token: {TOKEN:?})", self.guest_order.to_string());
        let event = format!("{guests} {{ events(first: 1)");
        match name {
            "Query" => vec!["query { FIELD }".to_owned()],
            "Mutation" => vec!["mutation { FIELD }".to_owned()],
            "Subscription" => vec!["subscription { FIELD }".to_owned()],
            "User" => {
                vec![node("user"), format!("{{ order(id: {:?}) {{ customer {{ FIELD }} }} }}", id("order"))]
            }
            "Review" => vec![node("review")],
            "ProductVariant" => vec![node("variant")],
            "OrderReturn" => vec![format!("{{ {guests} {{ returns {{ FIELD }} }} }}")],
            "Payment" => vec![format!("{{ {guests} {{ payments {{ FIELD }} }} }}")],
            "Refund" => vec![format!("{{ {guests} {{ refunds {{ FIELD }} }} }}")],
            "OrderEvent" => vec![format!("{{ {event} {{ nodes {{ FIELD }} }} }} }}")],
            "EventActor" => vec![format!("{{ {event} {{ nodes {{ actor {{ FIELD }} }} }} }} }}")],
            _ => panic!("say here where a field of {name} is found"),
        }
    }

    /// What all tables hold, and which transaction wrote each row.
    pub(crate) async fn fingerprint(&self, conn: &mut AsyncPgConnection) -> String {
        let tables = ids_of(
            conn,
            "SELECT relname::text AS id FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
             AND relname NOT LIKE '\\_\\_%' ORDER BY 1",
        )
        .await;
        assert!(tables.len() > 20, "{tables:?}");
        let rows: Vec<String> = tables
            .iter()
            .map(|table| format!("SELECT '{table}' || t.xmin::text || md5(t::text) AS row FROM {table} t"))
            .collect();
        let query = format!(
            "SELECT md5(string_agg(row, ',' ORDER BY row)) AS id FROM ({}) rows",
            rows.join(" UNION ALL ")
        );
        ids_of(conn, &query).await.remove(0)
    }
}

async fn ids_of(conn: &mut AsyncPgConnection, query: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
    }
    let rows: Vec<Row> = sql_query(query).load(conn).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.id).collect()
}
