//! A fresh database per test, cloned from a template that was migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// What a test's database is called, before the time and a random part.
const PREFIX: &str = "cartograph_test_";
/// Older databases were left behind by a run that was killed. Long, because another run may still be going on.
const LEFTOVER: Duration = Duration::from_hours(1);
/// Held while looking for or making the template. ("carttest" in ASCII.)
const TEMPLATE_LOCK: i64 = 0x6361_7274_7465_7374;

/// The template's name, once it is known to be there.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A database of one test; dropped with it.
pub(crate) struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// An empty shop: every migration run, no rows.
    pub(crate) async fn create() -> Self {
        let template = TEMPLATE.get_or_init(prepare_template).await;
        let name = format!("{PREFIX}{}_{}", unix_now().as_secs(), Uuid::now_v7().simple());
        run(&mut admin().await, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { name }
    }

    /// Without even a migration.
    pub(crate) async fn create_blank() -> Self {
        let name = format!("{PREFIX}{}_{}", unix_now().as_secs(), Uuid::now_v7().simple());
        run(&mut admin().await, &format!("CREATE DATABASE {name}")).await;
        Self { name }
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        url_of(&self.name)
    }

    /// A connection of the test's own, beside the server's pool.
    pub(crate) async fn connect(&self) -> AsyncPgConnection {
        connect(&self.url()).await
    }
}

impl Drop for TestDatabase {
    /// `Drop` cannot wait inside the test's runtime, so a thread with one of its own does. A failure to drop leaves a
    /// database that a later run sweeps up, which is no reason to fail a test.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { admin().await.batch_execute(&statement).await })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            eprintln!("the test's database {} could not be dropped", self.name);
        }
    }
}

/// Makes the template unless a run before made it, and sweeps up what killed runs left. Its name holds a hash of the
/// migrations: other migrations, another template.
async fn prepare_template() -> String {
    let template = format!("cartograph_template_{:016x}", migrations_hash());
    let mut conn = admin().await;
    run(&mut conn, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    sweep(&mut conn).await;
    if !exists(&mut conn, &template).await {
        // Under another name until it is complete, so that a half-made one is never taken for it.
        let draft = format!("{template}_draft");
        run(&mut conn, &format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await;
        run(&mut conn, &format!("CREATE DATABASE {draft}")).await;
        cartograph::db::migrate(&url_of(&draft)).await.expect("the migrations run");
        run(&mut conn, &format!("ALTER DATABASE {draft} RENAME TO {template}")).await;
    }
    // The connection goes, and with it the lock.
    template
}

async fn sweep(conn: &mut AsyncPgConnection) {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let databases: Vec<Row> =
        sql_query("SELECT datname::text AS name FROM pg_database WHERE starts_with(datname, $1)")
            .bind::<Text, _>(PREFIX)
            .load(conn)
            .await
            .expect("databases can be listed");
    let oldest = unix_now().saturating_sub(LEFTOVER).as_secs();
    for Row { name } in databases {
        let made = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'))
            .map(|(made, _)| made.parse::<u64>());
        if matches!(made, Some(Ok(made)) if made < oldest) {
            run(conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn exists(conn: &mut AsyncPgConnection, name: &str) -> bool {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    sql_query("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1) AS found")
        .bind::<Text, _>(name)
        .get_result::<Row>(conn)
        .await
        .expect("databases can be listed")
        .found
}

/// How many rows a query counts: `SELECT count(*) AS n …`.
pub(crate) async fn count(conn: &mut AsyncPgConnection, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    sql_query(query).get_result::<Row>(conn).await.unwrap_or_else(|error| panic!("{query}: {error}")).n
}

/// Runs one statement that must not fail.
pub(crate) async fn run(conn: &mut AsyncPgConnection, statement: &str) {
    conn.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.unwrap_or_else(|error| {
        panic!("the test server cannot be reached ({error}); run the tests with 'make test'")
    })
}

/// A connection to the server's own database, from which others are made and dropped.
async fn admin() -> AsyncPgConnection {
    connect(&server_url()).await
}

fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL is not set: run the tests with 'make test', which starts the servers they need, or set it \
         to a PostgreSQL whose user may create databases, such as postgres://postgres@127.0.0.1:5432/postgres",
    )
}

/// The server's URL with another database at its end.
fn url_of(database: &str) -> String {
    let server = server_url();
    let (address, parameters) = server.split_once('?').map_or((server.as_str(), ""), |(a, p)| (a, p));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    format!("{base}/{database}{}{parameters}", if parameters.is_empty() { "" } else { "?" })
}

fn migrations_hash() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the migrations are there")
        .map(|entry| entry.expect("a migration can be listed").path().join("up.sql"))
        .filter(|path| path.exists())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(&file).expect("a migration can be read").hash(&mut hasher);
    }
    hasher.finish()
}

fn unix_now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set")
}
