//! One test, two engines. `both!(name, async |store| { … })` makes `name::sqlite` and
//! `name::postgres`; the second needs `TEST_POSTGRES_URL` and fails without it, unless
//! `RESPITE_SKIP_POSTGRES=1` says that it was left out on purpose.

use respite::store::{Opening, Store};
use sqlx::Connection;

/// Which engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty, migrated database of its own; gone with the test.
pub struct TestStore {
    pub store: Store,
    pub address: String,
    pub folder: tempfile::TempDir,
}

impl TestStore {
    /// `None` only where PostgreSQL was left out on purpose.
    pub async fn open(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("respite.db").display()),
            Engine::Postgres => own_schema().await?,
        };
        let store = Store::open(&address, Opening::Migrate)
            .await
            .expect("the database opens");
        Some(Self {
            store,
            address,
            folder,
        })
    }
}

/// The address of a fresh schema on the test server.
async fn own_schema() -> Option<String> {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        assert!(
            std::env::var("RESPITE_SKIP_POSTGRES").is_ok_and(|value| value == "1"),
            "set TEST_POSTGRES_URL (./test.sh starts a server), or RESPITE_SKIP_POSTGRES=1 to \
             leave PostgreSQL out"
        );
        eprintln!("LEFT OUT: PostgreSQL, because RESPITE_SKIP_POSTGRES=1");
        return None;
    };
    let name = format!("t_{}", respite::ids::PlanId::new().0.simple());
    let mut conn = sqlx::PgConnection::connect(&server)
        .await
        .expect("the test server answers");
    let statement = format!("CREATE SCHEMA {name}");
    #[expect(
        clippy::disallowed_methods,
        reason = "a name cannot be bound; it is made here"
    )]
    let statement = sqlx::AssertSqlSafe(statement);
    sqlx::raw_sql(statement)
        .execute(&mut conn)
        .await
        .expect("a schema of its own");
    let separator = if server.contains('?') { '&' } else { '?' };
    Some(format!(
        "{server}{separator}options=-c%20search_path%3D{name}"
    ))
}

/// Runs an async test body on one engine.
pub fn run(engine: Engine, body: impl AsyncFnOnce(TestStore)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        if let Some(store) = TestStore::open(engine).await {
            body(store).await;
        }
    });
}

/// Makes two tests, one per engine.
macro_rules! both {
    ($(#[$attribute:meta])* $name:ident, $body:expr) => {
        mod $name {
            use super::*;
            $(#[$attribute])*
            #[test]
            fn sqlite() {
                $crate::support::both::run($crate::support::Engine::Sqlite, $body);
            }
            $(#[$attribute])*
            #[test]
            fn postgres() {
                $crate::support::both::run($crate::support::Engine::Postgres, $body);
            }
        }
    };
}
pub(crate) use both;
