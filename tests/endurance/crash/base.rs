//! What every death between two statements begins with: a copy of one organisation, whose wave is
//! open and answered by most.

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use respite::ids::{PlanId, WaveId};
use sqlx::{Connection, PgConnection};

use super::ground::{Ground, opening};
use super::ledger::{Ended, Said};
use super::load::{check_in, sheet};
use crate::support::Engine;
use crate::support::serving::Serve;

/// Two teams that can be shown.
const TEAMS: [usize; 2] = [6, 8];
/// How many have answered; the last of these for herself only.
pub const ANSWERED: usize = 12;

pub struct Base {
    pub ground: Ground,
    pub wave: WaveId,
    pub close: DateTime<Utc>,
    server: Option<PostgresServer>,
}

impl Base {
    /// `None` only where PostgreSQL was left out on purpose.
    pub async fn prepare(engine: Engine) -> Option<Self> {
        let (server, address) = match engine {
            Engine::Sqlite => (None, None),
            Engine::Postgres => {
                let server = PostgresServer::find()?;
                let address = server.database("template1").await;
                (Some(server), Some(address))
            }
        };
        let mut ground = Ground::prepare(address, None, &TEAMS).await;
        let mut serving = ground.at(opening(1) + TimeDelta::minutes(1)).start().await;
        let wave = ground.newest_wave(&mut serving, "open", 1).await;
        let close = ground.sql().await.closes_at(wave).await;
        let mut rng = StdRng::seed_from_u64(1);
        for worker in &mut ground.workers[..ANSWERED] {
            let counted = worker.number + 1 < ANSWERED;
            let values = sheet(&mut rng);
            let said = Said::Answers { values, counted };
            let ended = check_in(&mut serving.caller(), worker, wave, said).await;
            assert_eq!(ended, Ended::Done);
        }
        serving.kill();
        ground.sql().await.is_alone().await;
        Some(Self {
            ground,
            wave,
            close,
            server,
        })
    }

    /// A copy of its own.
    pub async fn copy(&self) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let address = if let Some(server) = &self.server {
            server.database(name(&self.ground.serve.database)).await
        } else {
            for file in ["respite.db", "respite.db-wal"] {
                let from = self.ground.folder.path().join(file);
                if from.exists() {
                    std::fs::copy(from, folder.path().join(file)).unwrap();
                }
            }
            format!("sqlite:{}", folder.path().join("respite.db").display())
        };
        self.ground.over(&address, folder)
    }

    /// The same organisation without a database, but with a backup in its folder.
    pub async fn emptied(&self, ground: &Ground) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let mut command = ground.serve.command("backup");
        let made = command.arg(folder.path().join("backup")).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let address = match &self.server {
            Some(server) => server.database("template1").await,
            None => format!("sqlite:{}", folder.path().join("respite.db").display()),
        };
        self.forget(ground).await;
        ground.over(&address, folder)
    }

    /// Restores the backup into an empty database; whether that went well.
    pub fn restore(ground: &Ground, serve: &Serve) -> bool {
        let mut command = serve.command("restore");
        let backup = ground.folder.path().join("backup");
        let ended = command.arg(backup).output().unwrap();
        ended.status.success()
    }

    /// Removes a copy's database.
    pub async fn forget(&self, ground: &Ground) {
        if let Some(server) = &self.server {
            server.drop(name(&ground.serve.database)).await;
        }
    }
}

/// The PostgreSQL server of all tests, where each death has a database of its own.
struct PostgresServer(String);

impl PostgresServer {
    fn find() -> Option<Self> {
        let Ok(address) = std::env::var("TEST_POSTGRES_URL") else {
            assert!(
                std::env::var("RESPITE_SKIP_POSTGRES").is_ok_and(|value| value == "1"),
                "set TEST_POSTGRES_URL (./test.sh does), or RESPITE_SKIP_POSTGRES=1"
            );
            eprintln!("LEFT OUT: PostgreSQL, because RESPITE_SKIP_POSTGRES=1");
            return None;
        };
        Some(Self(address))
    }

    /// A new database, a copy of another.
    async fn database(&self, template: &str) -> String {
        let new = format!("d_{}", PlanId::new().0.simple());
        self.run(format!("CREATE DATABASE {new} TEMPLATE {template}"))
            .await;
        let (server, _) = self.0.rsplit_once('/').unwrap();
        format!("{server}/{new}")
    }

    async fn drop(&self, name: &str) {
        self.run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }

    async fn run(&self, statement: String) {
        let mut conn = PgConnection::connect(&self.0).await.unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "a name cannot be bound; it is made here"
        )]
        let statement = sqlx::AssertSqlSafe(statement);
        sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }
}

fn name(address: &str) -> &str {
    address.rsplit('/').next().unwrap()
}
