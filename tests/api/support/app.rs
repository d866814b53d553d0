//! A running shop: the real server on a free port, over a database of its own.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use cartograph::accounts::{self, HashingCost, Role};
use cartograph::app::App;
use cartograph::config::{
    CaptureMode, Config, Connections, Cors, Database, Graphql, Http, Limits, Log, Mail, Mode, Orders,
    Payments, Rates, Redis, Shop, Tokens, Webhooks, Websockets,
};
use cartograph::db::{Connection, Db, Options, StatementLog, UPKEEP_POOL_SIZE};
use cartograph::graphql::Schema;
use cartograph::ids::JobId;
use cartograph::ids::UserId;
use cartograph::ids::VariantId;
use cartograph::jobs;
use cartograph::money::Currency;
use cartograph::server;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use super::builders::UserBuilder;
use super::client::Client;
use super::db::TestDatabase;
use super::statements::Statements;

/// What a hash costs in tests: hundreds are made, and none is to withstand anyone.
const CHEAP: HashingCost = HashingCost {
    memory: 8,
    passes: 1,
    lanes: 1,
    concurrency: 2,
    waiting: 64,
    patience: Duration::from_secs(10),
};

/// What the tests' tokens are signed with.
pub(crate) const SECRET: &str = "a secret that only the tests know, long enough";

/// Rates that no test meets by accident.
pub(crate) const GENEROUS: Rates = Rates {
    address: 500_000_000,
    guest_queries: 200_000_000,
    queries: 50_000_000,
    mutations: 20_000_000,
    log_ins: 2_000_000,
};

/// A shop of one test. Stops and forgets everything when dropped.
pub(crate) struct TestApp {
    /// What the server owns; tests reach the domain with it.
    pub(crate) app: App,
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    log: StatementLog,
    shutdown: CancellationToken,
    // Last: dropped when nothing uses it any more.
    database: Arc<TestDatabase>,
}

impl TestApp {
    /// A shop without anything in it.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with another configuration.
    pub(crate) async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(Arc::new(TestDatabase::create().await), configure).await
    }

    /// The same with another cost of passwords.
    pub(crate) async fn start_hashing(cost: HashingCost, configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_as(Arc::new(TestDatabase::create().await), cost, configure).await
    }

    /// One more server on the same database.
    pub(crate) async fn start_beside(other: &Self, configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(Arc::clone(&other.database), configure).await
    }

    /// A server on this database.
    pub(crate) async fn start_on(database: Arc<TestDatabase>, configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_as(database, CHEAP, configure).await
    }

    async fn start_as(
        database: Arc<TestDatabase>,
        cost: HashingCost,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        // What the server logs is shown with a test that fails.
        let logging = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::WARN);
        drop(logging.try_init());
        let mut config = config();
        configure(&mut config);
        let listener = server::listen(&config.http).await.expect("a free port");
        let address = listener.local_addr().expect("the listener has an address");
        config.listens_on(address);
        let log = StatementLog::default();
        let connect = async |pool_size: u32, statement_log: Option<StatementLog>| {
            let statement_timeout = config.database.statement_timeout;
            let options = Options { url: database.url(), pool_size, statement_timeout, statement_log };
            Db::connect(&options).await.expect("the test's database can be reached")
        };
        let db = connect(config.database.pool_size, Some(log.clone())).await;
        // What runs beside requests is no part of any, and so is not counted.
        let upkeep = connect(UPKEEP_POOL_SIZE, None).await;
        let app = App::open(config, db, upkeep, cost).expect("the configuration can be used");
        let shutdown = CancellationToken::new();
        drop(jobs::start(&app, &shutdown));
        let schema = Schema::open(app.clone()).await.expect("the configuration can be used");
        tokio::spawn(server::serve(listener, app.clone(), schema, shutdown.clone()));
        Self { app, address, log, shutdown, database }
    }

    /// Asks the server to stop, as SIGTERM does.
    pub(crate) fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Somebody who has not signed in.
    pub(crate) fn guest(&self) -> Client {
        Client::guest(self.address)
    }

    /// A new customer, signed in.
    pub(crate) async fn customer(&self) -> Client {
        self.signed_in(&[Role::Customer]).await
    }

    /// A new member of staff, signed in.
    pub(crate) async fn staff(&self) -> Client {
        self.signed_in(&[Role::Staff]).await
    }

    /// A new administrator, signed in.
    pub(crate) async fn admin(&self) -> Client {
        self.signed_in(&[Role::Admin]).await
    }

    async fn signed_in(&self, roles: &[Role]) -> Client {
        let user = UserBuilder::new().roles(roles).create(self).await;
        self.sign_in(user).await
    }

    /// A client of this account, signed in without its password.
    pub(crate) async fn sign_in(&self, user: UserId) -> Client {
        let conn = self.db().await;
        let mut users =
            accounts::queries::users_by_ids(&conn, &[user]).await.expect("the accounts can be read");
        let account = users.pop().expect("the account is there");
        let session = accounts::open_session(&conn, &self.app.tokens, self.app.clock.now(), account)
            .await
            .expect("a session can be opened");
        Client::signed_in(self.address, user, session.access_token.expose_secret())
    }

    /// A connection of the server's pool, for arranging and checking rows. Give it back before the next request.
    pub(crate) async fn db(&self) -> Connection {
        self.app.db.get().await.expect("a connection")
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        use diesel_async::RunQueryDsl;

        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}"));
        query.get_result::<Count>(&mut self.db().await).await.expect("a count").count
    }

    /// The test's database, for connections beside the pool.
    pub(crate) fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// What `work` gives, and the statements the server sent meanwhile.
    pub(crate) async fn statements<T>(&self, work: impl Future<Output = T>) -> (T, Statements) {
        drop(self.log.take());
        let given = work.await;
        (given, Statements::new(self.log.take()))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Not there unless something was written into it.
        let _ = std::fs::remove_dir_all(&self.app.config.data_dir);
        self.shutdown.cancel();
    }
}

/// Spelt out field by field, so that a new setting has to be thought about here too.
fn config() -> Config {
    Config {
        mode: Mode::Development,
        http: Http {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            shutdown_delay: Duration::ZERO,
            trusted_proxies: Vec::new(),
            client_address_header: cartograph::config::ClientAddressHeader::XForwardedFor,
            connections: Connections {
                max: 1000,
                max_per_address: 1000,
                // Long: tests run side by side on busy machines. Those about time set their own.
                header_timeout: Duration::from_secs(60),
                body_timeout: Duration::from_secs(60),
                request_timeout: Duration::from_secs(60),
                write_timeout: Duration::from_secs(60),
                idle_timeout: Duration::from_secs(60),
            },
        },
        cors: Cors { origins: Vec::new() },
        graphql: Graphql { introspection: true, playground: true, trusted_documents: None },
        websockets: Websockets {
            max_per_address: 100,
            init_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
        },
        database: Database {
            url: None,
            programs: None,
            pool_size: 8,
            statement_timeout: Duration::from_secs(20),
        },
        redis: Redis { url: None, prefix: "cartograph".to_owned() },
        tokens: Tokens {
            secret: Some(SecretString::from(SECRET)),
            keys: None,
            sealing: None,
            issuer: "cartograph".to_owned(),
            audience: "cartograph".to_owned(),
            access_ttl: Duration::from_mins(15),
            refresh_ttl: Duration::from_hours(24),
        },
        // As many as in a development, where nobody meets them.
        limits: Limits { rates: Some(GENEROUS) },
        shop: Shop {
            name: "Test Shop".to_owned(),
            currency: Currency::USD,
            prices_include_tax: true,
            public_url: Some("http://shop.test".to_owned()),
            // Tests change rows behind the server's back and look at once.
            catalog_max_age: Duration::ZERO,
        },
        payments: Payments {
            stripe: None,
            capture: CaptureMode::Automatic,
            timeout: Duration::from_secs(10),
        },
        orders: Orders { hold: TimeDelta::hours(1), invoice_hold: None },
        mail: Mail { smtp: None, from: None, storefront_url: None },
        webhooks: Webhooks { allow_private: true, allow_http: true },
        log: Log { filter: "warn".to_owned(), json: false },
        data_dir: std::env::temp_dir().join(format!("cartograph-test-app-{}", JobId::new().0)),
    }
}

/// What is on hand of a variant, and how much of that is reserved.
pub(crate) async fn stock_of(app: &TestApp, variant: VariantId) -> (i32, i32) {
    let levels = cartograph::inventory::queries::levels(&*app.db().await, &[variant]).await.expect("a level");
    (levels[0].on_hand, levels[0].reserved)
}
