//! The shop that is tortured: two servers, one PostgreSQL, one Redis, a payment provider behind a proxy, and somebody who
//! hears of events.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cartograph::accounts::published::{ADMIN, PASSWORD};
use serde_json::{Value, json};

use crate::keyed::Caller;
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::postgres::Postgres;
use crate::servers::{COPIES, Servers};
use crate::support::faults::FaultProxy;
use crate::support::receiver::Receiver;
use crate::support::redis::RedisServer;
use crate::support::stripe::Stripe;
use crate::support::webhook_relay::WebhookRelay;

/// For how many seconds an order holds its stock unpaid; for twice as long once it is being paid.
const HOLD: u64 = 8;
/// How many pieces of each variant there are to begin with. Few of the first, so that the last one is fought for.
const STOCK: [i64; 12] = [5, 5, 10, 20, 40, 80, 500, 500, 5_000, 5_000, 20_000, 20_000];
/// How many orders may use the code.
const CODE_USES: i64 = 150;
/// The part of the provider's answers, of its webhooks and of ours that go wrong all the time.
const GATEWAY_FAULTS: f64 = 0.04;
const WEBHOOK_FAULTS: f64 = 0.10;
const RECEIVER_FAULTS: f64 = 0.02;

const LOG_IN: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
    session { accessToken } userErrors { code } } }";
const PRODUCT: &str = "mutation($input: ProductCreateInput!) { productCreate(input: $input) {
    product { defaultVariant { id } } userErrors { code message } } }";
const DISCOUNT: &str = "mutation($input: DiscountCreateInput!) { discountCreate(input: $input) {
    discount { id } userErrors { code message } } }";
const ENDPOINT: &str =
    "mutation($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
    webhookEndpoint { id } userErrors { code message } } }";
/// What only time would do, done at once while no server runs: leases lapse, and what waits for its next attempt is due.
const TIME_PASSES: &str = "
    UPDATE jobs SET run_at = now(), leased_until = NULL WHERE finished_at IS NULL AND died_at IS NULL;
    UPDATE outbox SET leased_until = NULL WHERE leased_until IS NOT NULL;
    UPDATE payments SET check_at = now() WHERE check_at IS NOT NULL;
    UPDATE webhook_endpoints SET paused_until = NULL;";
/// What is still to be done.
const OPEN: &str = "SELECT
    (SELECT count(*) FROM jobs WHERE finished_at IS NULL AND died_at IS NULL),
    (SELECT count(*) FROM outbox WHERE fanned_out_at IS NULL OR published_at IS NULL),
    (SELECT count(*) FROM orders WHERE status = 'PENDING' AND email LIKE '%@torture.test'),
    (SELECT count(*) FROM payments WHERE status = 'PENDING' AND provider = 'stripe' AND provider_ref IS NOT NULL)";

/// All of it.
pub(crate) struct Shop {
    pub(crate) plan: Plan,
    pub(crate) servers: Servers,
    pub(crate) postgres: tokio::sync::Mutex<Postgres>,
    pub(crate) redis: tokio::sync::Mutex<RedisServer>,
    pub(crate) stripe: Stripe,
    pub(crate) gateway: FaultProxy,
    pub(crate) webhooks: WebhookRelay,
    pub(crate) receiver: Receiver,
    pub(crate) ledger: Ledger,
    /// An administrator's `Authorization`.
    pub(crate) admin: String,
    /// What is sold, and how many there were of it.
    pub(crate) variants: Vec<String>,
    pub(crate) stock: HashMap<String, i64>,
}

impl Shop {
    /// Opens it.
    pub(crate) async fn open(plan: Plan) -> Arc<Self> {
        let postgres = Postgres::start().await;
        let redis = RedisServer::start().await;
        let stripe = Stripe::account();
        let gateway = FaultProxy::before(stripe.address()).await;
        let settings = settings(&postgres, &redis, &stripe, &gateway);
        let servers = Servers::start(settings).await;
        let mut chances = plan.chances_of(0);
        let webhooks = WebhookRelay::before(servers.any(&mut chances).await).await;
        stripe.send_webhooks_to(&webhooks.url()).await;
        let receiver = Receiver::start().await;
        let shop = Arc::new(Self {
            plan,
            servers,
            postgres: postgres.into(),
            redis: redis.into(),
            stripe,
            gateway,
            webhooks,
            receiver,
            ledger: Ledger::default(),
            admin: String::new(),
            variants: Vec::new(),
            stock: HashMap::new(),
        });
        Self::fill(shop).await
    }

    /// Signs an administrator in, who fills the shelves and enters who hears of events.
    async fn fill(shop: Arc<Self>) -> Arc<Self> {
        let mut guest = Caller::new(&shop, 1, None).calm();
        let log_in = json!({ "email": ADMIN, "password": PASSWORD });
        let session = done(guest.mutate("sessionCreate", LOG_IN, log_in).await.done());
        let token = session["session"]["accessToken"].as_str().expect("a session").to_owned();
        drop(guest);
        let mut filled = Arc::into_inner(shop).expect("nobody else has it yet");
        filled.admin = format!("Bearer {token}");
        let shop = Arc::new(filled);
        let mut admin = Caller::new(&shop, 2, Some(shop.admin.clone())).calm();
        let mut stock = HashMap::new();
        let mut variants = Vec::new();
        for (number, pieces) in STOCK.into_iter().enumerate() {
            let price = format!("{}.{:02}", 5 + number * 3, number * 7);
            let name = format!("Torture {number}");
            let input = json!({ "name": name, "price": price, "stock": pieces, "status": "ACTIVE" });
            let made = done(admin.mutate("productCreate", PRODUCT, input).await.done());
            let variant = made["product"]["defaultVariant"]["id"].as_str().expect("a variant").to_owned();
            stock.insert(variant.clone(), pieces);
            variants.push(variant);
        }
        let code = json!({ "code": "STORM", "percent": "10", "usageLimit": CODE_USES });
        done(admin.mutate("discountCreate", DISCOUNT, code).await.done());
        let all = [
            "INVENTORY_CHANGED",
            "ORDER_CANCELLED",
            "ORDER_PAID",
            "ORDER_PLACED",
            "ORDER_REFUNDED",
            "ORDER_SHIPPED",
        ];
        let types = [&all[..], &["ORDER_STATUS_CHANGED"]].concat();
        let endpoint = json!({ "url": shop.receiver.url(), "eventTypes": types });
        done(admin.mutate("webhookEndpointCreate", ENDPOINT, endpoint).await.done());
        drop(admin);
        let shop = Arc::into_inner(shop).expect("nobody else has it yet");
        let shop = Arc::new(Self { variants, stock, ledger: Ledger::default(), ..shop });
        shop.turn_rough();
        shop
    }

    /// Whether the storm is over.
    pub(crate) fn is_calm(&self) -> bool {
        let placed = *self.ledger.placed.lock().expect("nobody panics with it");
        self.plan.is_over(placed, self.servers.kills())
    }

    /// Has a part of all that is sent between the shop and others go wrong.
    pub(crate) fn turn_rough(&self) {
        self.gateway.by_chance(self.plan.seed, GATEWAY_FAULTS);
        self.webhooks.by_chance(self.plan.seed, WEBHOOK_FAULTS);
        self.receiver.fails_by_chance(self.plan.seed, RECEIVER_FAULTS);
    }

    /// Ends the storm: nothing goes wrong any more, and what was begun is done. Whether all of it was within the time.
    pub(crate) async fn come_to_rest(&self) -> Result<(), String> {
        self.gateway.heal();
        self.webhooks.behave(|_| crate::support::webhook_relay::Manner::Faithful);
        self.receiver.fails_by_chance(0, 0.0);
        for copy in 0..COPIES {
            self.servers.kill(copy).await;
        }
        let database = self.postgres.lock().await.connect().await;
        database.batch_execute(TIME_PASSES).await.expect("time passes");
        for copy in 0..COPIES {
            self.servers.restart(copy).await;
        }
        self.webhooks.moved_to(self.servers.any(&mut self.plan.chances_of(3)).await);
        let mut open = String::new();
        // Some time is kept for the audit itself.
        while Instant::now() + Duration::from_secs(8) < self.plan.patience() {
            let row = database.query_one(OPEN, &[]).await.expect("what is open");
            let counts: Vec<i64> = (0..4).map(|column| row.get(column)).collect();
            let webhooks = self.stripe.journal().await.webhooks.pending;
            if counts.iter().all(|count| *count == 0) && webhooks == 0 {
                return Ok(());
            }
            open = format!(
                "{} jobs, {} events, {} unpaid orders, {} payments at the provider, {webhooks} webhooks of it",
                counts[0], counts[1], counts[2], counts[3]
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Err(format!("still to be done: {open}"))
    }
}

/// What an operator sets for several copies.
fn settings(
    postgres: &Postgres,
    redis: &RedisServer,
    stripe: &Stripe,
    gateway: &FaultProxy,
) -> Vec<(String, String)> {
    let account = stripe.key();
    let settings = [
        ("DATABASE_URL", postgres.url()),
        ("DATABASE_POOL_SIZE", "12".to_owned()),
        ("REDIS_URL", redis.url()),
        ("RATE_LIMITS", "off".to_owned()),
        ("JWT_SECRET", "a secret that only the torture knows, long enough".to_owned()),
        ("SECRET_KEY", "another secret that only the torture knows".to_owned()),
        ("JWT_ACCESS_TTL", "3600".to_owned()),
        ("ORDER_HOLD", HOLD.to_string()),
        ("INVOICE_HOLD", (HOLD * 2).to_string()),
        ("STRIPE_API_URL", format!("http://{}", gateway.address())),
        ("STRIPE_SECRET_KEY", format!("sk_test_{account}")),
        ("STRIPE_PUBLISHABLE_KEY", format!("pk_test_{account}")),
        ("STRIPE_WEBHOOK_SECRET", stripe.webhook_secret()),
        ("GATEWAY_TIMEOUT", "2".to_owned()),
        ("REQUEST_TIMEOUT", "5".to_owned()),
    ];
    settings.map(|(name, value)| (name.to_owned(), value)).into()
}

/// What cannot fail while nothing goes wrong.
fn done(payload: Option<Value>) -> Value {
    payload.expect("the shop can be filled")
}
