//! One world, and copies of it down to the last byte: same ids, same sign-ins, same hour. What is
//! different afterwards, one person has done.

use std::path::Path;

use respite::store::{Opening, Store};
use sqlx::{AssertSqlSafe, Connection};

use crate::support::app::TestApp;
use crate::support::{Engine, TestStore};

/// A database that can be copied as a whole. On PostgreSQL it is a database of its own, because a
/// schema cannot be copied.
pub struct Original {
    engine: Engine,
    /// On PostgreSQL, the name of the database.
    name: String,
    folder: tempfile::TempDir,
    copies: usize,
}

impl Original {
    /// Makes a world and everything in it.
    pub async fn make<T>(store: TestStore, prepare: impl AsyncFnOnce(&TestApp) -> T) -> (Self, T) {
        let engine = if store.address.starts_with("sqlite:") {
            Engine::Sqlite
        } else {
            Engine::Postgres
        };
        let name = format!("w_{}", respite::ids::PlanId::new().0.simple());
        let address = match engine {
            Engine::Sqlite => store.address.clone(),
            Engine::Postgres => {
                run(&format!("CREATE DATABASE {name}")).await;
                database(&name)
            }
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        store.store.close().await;
        let (app, other) = open(&address, store.folder).await;
        let made = prepare(&app).await;
        // A database that somebody uses cannot be copied.
        app.app.store.close().await;
        other.close().await;
        copy_files(&app.app.settings.state_dir(), folder.path());
        let original = Self {
            engine,
            name,
            folder,
            copies: 0,
        };
        (original, made)
    }

    /// The world again.
    pub async fn copy(&mut self) -> TestApp {
        self.copies += 1;
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy_files(self.folder.path(), folder.path());
        let address = match self.engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("respite.db").display()),
            Engine::Postgres => {
                let name = format!("{}_{}", self.name, self.copies);
                run(&format!("CREATE DATABASE {name} TEMPLATE {}", self.name)).await;
                database(&name)
            }
        };
        open(&address, folder).await.0
    }
}

/// The application, and the other store that the test has on the database.
async fn open(address: &str, folder: tempfile::TempDir) -> (TestApp, Store) {
    let store = Store::open(address, Opening::Migrate)
        .await
        .expect("the database opens");
    let other = store.clone();
    let address = address.to_owned();
    let store = TestStore {
        store,
        address,
        folder,
    };
    (TestApp::open(store).await, other)
}

fn copy_files(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // The index of the log is made anew from the log.
        let is_index = entry.file_name().to_string_lossy().ends_with("-shm");
        if entry.file_type().unwrap().is_file() && !is_index {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn server() -> String {
    std::env::var("TEST_POSTGRES_URL").expect("the test server")
}

/// The address of another database of the same server.
fn database(name: &str) -> String {
    let server = server();
    let (before, _) = server.rsplit_once('/').expect("an address with a path");
    format!("{before}/{name}")
}

async fn run(statement: &str) {
    let mut conn = sqlx::PgConnection::connect(&server()).await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "a name cannot be bound; it is made here"
    )]
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
}
