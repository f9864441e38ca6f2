//! What is given to `restore`: a backup that was cut off or changed on the way, another SQLite
//! file, a text. It is loaded as a whole or the database stays empty.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use respite::operations::backup::backup;
use respite::operations::restore::{WithoutList, restore};
use respite::settings::Settings;
use respite::store::{Opening, Store, copy};

use super::mutations::damaged;
use super::{inputs, requests};
use crate::support::app::TestApp;
use crate::support::{Engine, TestStore, both};

/// An installation to restore into.
struct Ground {
    folder: tempfile::TempDir,
    settings: Settings,
    backup: PathBuf,
    now: chrono::DateTime<chrono::Utc>,
}

impl Ground {
    async fn prepare(store: TestStore) -> Self {
        let app = TestApp::open(store).await;
        let house = app.house("ours").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let people = app.people(&house, &team, "worker", 6).await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        for person in &people {
            app.consent(&person.token, "cbi").await;
            let wave = app.open_wave(&person.token).await;
            app.check_in(person, &wave, 50).await.good();
        }
        for instant in ["2026-02-16T05:00:00Z", "2026-05-02T05:00:00Z"] {
            app.at(instant).await;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.db");
        backup(&app.app.store, &file).await.unwrap();
        let mut settings = (*app.app.settings).clone();
        let home = settings.state_dir();
        settings.state_dir = Some(folder.path().to_owned());
        settings.server_key_file = Some(folder.path().join("server.key"));
        for name in ["server.key", "counted-waves"] {
            std::fs::copy(home.join(name), folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            settings,
            backup: file,
            now: app.clock.now(),
        }
    }

    fn database(&self) -> Settings {
        let file = self.folder.path().join("restored.db");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
        Settings {
            database: format!("sqlite:{}", file.display()),
            ..self.settings.clone()
        }
    }

    /// Whether it was restored. A refusal names the file or what to do, and leaves nothing behind.
    async fn restores(&self, file: &Path) -> Result<bool, TestCaseError> {
        let settings = self.database();
        let restored = restore(&settings, file, self.now, WithoutList::Refuse).await;
        let Err(error) = restored else {
            return Ok(true);
        };
        prop_assert!(format!("{error:#}").len() > 20, "{error:#}");
        let store = Store::open(&settings.database, Opening::Migrate)
            .await
            .unwrap();
        let mut tx = store.read().await.unwrap();
        let used = copy::first_used(&mut tx).await.unwrap();
        prop_assert!(used.is_none(), "{used:?} is not empty after: {error:#}");
        Ok(false)
    }
}

#[test]
fn a_damaged_backup_is_restored_whole_or_leaves_the_database_empty() {
    both::run(Engine::Sqlite, async |store| {
        let ground = Ground::prepare(store).await;
        assert!(ground.restores(&ground.backup).await.unwrap(), "a good one");
        let good = vec![std::fs::read(&ground.backup).unwrap()];
        let file = ground.folder.path().join("damaged.db");
        let mut runner = TestRunner::new(inputs(60, file!()));
        let done = runner.run(&damaged(good), |bytes| {
            std::fs::write(&file, bytes).unwrap();
            requests::wait(ground.restores(&file)).map(drop)
        });
        done.unwrap_or_else(|wrong| panic!("{wrong}"));
    });
}

#[test]
fn what_is_no_backup_is_refused_by_name() {
    both::run(Engine::Sqlite, async |store| {
        let ground = Ground::prepare(store).await;
        let whole = std::fs::read(&ground.backup).unwrap();
        let server_key = ground.folder.path().join("server.key");
        let empty = format!("sqlite:{}", ground.folder.path().join("empty.db").display());
        let empty = Store::open(&empty, Opening::Migrate).await.unwrap();
        empty.close().await;
        let made = |name: &str, bytes: &[u8]| {
            let path = ground.folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let mut refused = vec![
            made("nothing.db", b""),
            made("text.db", b"this is a letter\n"),
            made("zeros.db", &[0; 8192]),
            made("header.db", &whole[..100]),
            made("first-page.db", &whole[..4096]),
            made("half.db", &whole[..whole.len() / 2]),
            made("one-page-short.db", &whole[..whole.len() - 4096]),
            ground.folder.path().join("not there"),
            ground.folder.path().to_owned(),
            server_key,
        ];
        refused.push(made("twice.db", &[&whole[4096..], &whole[..]].concat()));
        for path in refused {
            let restored = ground.restores(&path).await.unwrap();
            assert!(!restored, "{}", path.display());
        }
    });
}
