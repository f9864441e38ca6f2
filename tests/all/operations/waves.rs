//! What becomes of waves when a backup is restored, and when the server key is rotated.

use std::path::Path;

use respite::operations::backup::backup;
use respite::operations::doctor::{Level, Report, examine};
use respite::operations::keys::{self, rotate};
use respite::operations::restore::{Restored, WithoutList, restore};
use respite::settings::Settings;
use respite::store::Store;
use respite::vault::ServerKeys;

use crate::support::app::{House, Person, TestApp};
use crate::support::{Engine, TestStore, both, rows};

/// A team of five who have answered the open wave.
struct Team {
    app: TestApp,
    house: House,
    unit: String,
    people: Vec<Person>,
}

impl Team {
    async fn who_answered(test: TestStore) -> Self {
        let app = TestApp::open(test).await;
        let house = app.house("haven").await;
        let unit = app.unit(&house, "team", "Night", &house.organisation).await;
        let people = app.people(&house, &unit, "worker", 5).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &house.organisation)
            .await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        for person in &people {
            app.consent(&person.token, "cbi").await;
            app.check_in(person, &wave, 50).await.good();
        }
        assert_eq!(rows(&app, "ballots").await, 5);
        Self {
            app,
            house,
            unit,
            people,
        }
    }

    fn folder(&self) -> &Path {
        self.app.app.settings.state_dir.as_deref().unwrap()
    }

    async fn backup(&self) -> std::path::PathBuf {
        let file = self.folder().join("backup.db");
        backup(&self.app.app.store, &file).await.unwrap();
        file
    }

    /// Restores into a database of its own, beside a copy of the key and perhaps of the list.
    async fn restore(&self, file: &Path, other: &TestStore, without: WithoutList) -> Restored {
        let into = other.folder.path();
        std::fs::copy(self.folder().join("server.key"), into.join("server.key")).unwrap();
        if without == WithoutList::Refuse {
            let list = "counted-waves";
            std::fs::copy(self.folder().join(list), into.join(list)).unwrap();
        }
        let now = self.app.clock.now();
        restore(&settings(other), file, now, without).await.unwrap()
    }

    /// What the supervisor of a restored installation is shown of the team.
    async fn published(&self, app: &TestApp) -> Vec<serde_json::Value> {
        let lead = app.sign_in(&self.house.short_name, "lead").await;
        app.publications(&lead, &self.unit).await
    }
}

fn settings(test: &TestStore) -> Settings {
    Settings {
        database: test.address.clone(),
        server_key_file: Some(test.folder.path().join("server.key")),
        state_dir: Some(test.folder.path().to_owned()),
        ..Settings::default()
    }
}

async fn ballots_are_cast_again(test: TestStore, into: Engine) {
    let team = Team::who_answered(test).await;
    let file = team.backup().await;
    let Some(other) = TestStore::open(into).await else {
        return;
    };
    let restored = team.restore(&file, &other, WithoutList::Refuse).await;
    assert_eq!(restored.waves.open.len(), 1);
    let app = TestApp::open(other).await;
    app.at("2026-02-03T05:00:00Z").await;
    assert_eq!(
        (rows(&app, "ballots").await, rows(&app, "wave_keys").await),
        (0, 1)
    );
    assert_eq!(rows(&app, "open_records").await, 5);
    let old = app.get(&team.people[0].token, "/me/waves").await;
    assert_eq!(old.status, 401, "everyone signs in anew");
    for number in 1..=5 {
        let token = app.sign_in("haven", &format!("worker{number}")).await;
        for _ in 0..2 {
            app.get(&token, "/me/waves").await.good();
        }
        assert_eq!(rows(&app, "ballots").await, number);
    }
    app.at("2026-02-16T05:00:00Z").await;
    assert_eq!(team.published(&app).await[0]["answered"], 5);
}

both!(
    ballots_of_an_open_wave_are_cast_again_after_a_restore,
    async |test| {
        ballots_are_cast_again(test, Engine::Sqlite).await;
    }
);

both!(
    ballots_of_an_open_wave_are_cast_again_in_postgres,
    async |test| {
        ballots_are_cast_again(test, Engine::Postgres).await;
    }
);

both!(
    a_wave_that_was_counted_after_the_backup_is_never_counted_again,
    async |test| {
        let team = Team::who_answered(test).await;
        let file = team.backup().await;
        team.app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(team.published(&team.app).await[0]["answered"], 5);
        let Some(other) = TestStore::open(Engine::Sqlite).await else {
            return;
        };
        let restored = team.restore(&file, &other, WithoutList::Refuse).await;
        assert_eq!(
            (restored.waves.open.len(), restored.waves.closed.len()),
            (0, 1)
        );
        let app = TestApp::open(other).await;
        app.at("2026-02-16T06:00:00Z").await;
        assert_eq!(
            (rows(&app, "tallies").await, rows(&app, "wave_keys").await),
            (0, 0)
        );
        assert_eq!(
            (
                rows(&app, "open_records").await,
                rows(&app, "records").await
            ),
            (0, 5)
        );
        let admin = app.sign_in("haven", "admin").await;
        let entries = app.get(&admin, "/audit").await.good().to_string();
        assert!(entries.contains("restored-wave-closed"), "{entries}");
    }
);

both!(without_the_list_every_open_wave_is_stopped, async |test| {
    let team = Team::who_answered(test).await;
    let file = team.backup().await;
    let Some(other) = TestStore::open(Engine::Sqlite).await else {
        return;
    };
    let restored = team
        .restore(&file, &other, WithoutList::StopOpenWaves)
        .await;
    assert_eq!(
        (restored.waves.open.len(), restored.waves.stopped.len()),
        (0, 1)
    );
    let list = std::fs::read_to_string(other.folder.path().join("counted-waves")).unwrap();
    assert!(
        list.contains(&restored.waves.stopped[0].to_string()),
        "the next restore has a list"
    );
    let app = TestApp::open(other).await;
    app.at("2026-02-16T06:00:00Z").await;
    assert_eq!(
        (rows(&app, "tallies").await, rows(&app, "records").await),
        (0, 5)
    );
});

both!(a_backup_goes_on_while_people_answer, async |test| {
    let team = Team::who_answered(test).await;
    let file = team.folder().join("backup.db");
    let app = &team.app;
    let wave = app.open_wave(&team.people[0].token).await;
    let answering = async {
        for value in [0, 25, 75, 100] {
            for person in &team.people {
                app.check_in(person, &wave, value).await.good();
            }
            app.app.store.rebuild_open_tables().await.unwrap();
        }
    };
    let (done, ()) = tokio::join!(backup(&app.app.store, &file), answering);
    assert!(done.unwrap() > 0);
    let table = respite::store::copy::COPIED
        .iter()
        .find(|table| table.name == "open_records")
        .unwrap();
    assert_eq!(crate::operations::rows::read(&file, table).await.len(), 5);
});

async fn reopened(app: &Settings, test: &TestApp) -> TestApp {
    let store = TestStore {
        store: Store::open(&app.database, respite::store::Opening::AsItIs)
            .await
            .unwrap(),
        address: app.database.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    for name in ["server.key", "counted-waves"] {
        let from = app.state_dir.as_deref().unwrap().join(name);
        std::fs::copy(from, store.folder.path().join(name)).unwrap();
    }
    let again = TestApp::open(store).await;
    again.clock.set(test.clock.now());
    again
}

both!(a_wave_outlives_a_rotation_of_the_server_key, async |test| {
    let team = Team::who_answered(test).await;
    let (app, settings) = (&team.app, team.app.app.settings.clone());
    let done = rotate(&settings, &app.app.store, app.clock.now())
        .await
        .unwrap();
    assert_eq!(
        (done.number, done.waves.wave_keys, done.waves.tags),
        (2, 1, 1)
    );
    assert_eq!(done.accounts, 7);
    let needs = keys::needs(&mut app.app.store.read_newest().await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        (needs[&1].passwords, needs[&1].ballots, needs[&1].wave_keys),
        (7, 5, 0)
    );
    // A server that was not restarted leaves the wave to one that has the new file.
    app.at("2026-02-16T05:00:00Z").await;
    assert_eq!(
        (rows(app, "tallies").await, rows(app, "ballots").await),
        (0, 5)
    );
    let again = reopened(&settings, app).await;
    again.at("2026-02-16T05:01:00Z").await;
    assert_eq!(team.published(&again).await[0]["answered"], 5);
});

fn levels(report: &Report, about: &str) -> Vec<Level> {
    let lines = report.checks.iter().filter(|line| line.about == about);
    lines.map(|line| line.level).collect()
}

both!(
    the_doctor_finds_a_healthy_installation_healthy,
    async |test| {
        let team = Team::who_answered(test).await;
        let settings = &team.app.app.settings;
        let report = examine(settings, "2026-12-01T00:00:00Z".parse().unwrap()).await;
        assert!(!report.has_failures(), "{report:?}");
        assert_eq!(levels(&report, "server key fits"), [Level::Ok]);
        rotate(settings, &team.app.app.store, team.app.clock.now())
            .await
            .unwrap();
        let report = examine(settings, "2026-12-01T00:00:00Z".parse().unwrap()).await;
        assert!(!report.has_failures(), "{report:?}");
        assert_eq!(levels(&report, "old server keys"), [Level::Ok]);
    }
);

both!(the_doctor_says_what_is_wrong, async |test| {
    let team = Team::who_answered(test).await;
    let mut settings = Settings::clone(&team.app.app.settings);
    let examined =
        async |settings: &Settings, now: &str| examine(settings, now.parse().unwrap()).await;
    let report = examined(&settings, "2025-01-01T00:00:00Z").await;
    assert_eq!(
        levels(&report, "clock"),
        [Level::Fail, Level::Fail],
        "{report:?}"
    );
    settings.listen = "0.0.0.0:80".to_owned();
    settings.state_dir = Some(team.folder().join("none"));
    let wrong = team.folder().join("wrong.key");
    ServerKeys::create(&wrong).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&wrong, open).unwrap();
    }
    settings.server_key_file = Some(wrong);
    let report = examined(&settings, "2026-12-01T00:00:00Z").await;
    assert_eq!(levels(&report, "settings"), [Level::Fail]);
    assert_eq!(levels(&report, "counted waves"), [Level::Fail]);
    assert_eq!(levels(&report, "server key fits"), [Level::Fail]);
    assert!(levels(&report, "server key").contains(&Level::Fail));
    settings.database = format!("sqlite:{}", team.folder().join("none.db").display());
    let report = examined(&settings, "2026-12-01T00:00:00Z").await;
    assert_eq!(levels(&report, "database"), [Level::Fail]);
    assert!(!team.folder().join("none.db").exists(), "it only looks");
});

both!(a_lost_key_is_never_replaced_silently, async |test| {
    let team = Team::who_answered(test).await;
    let file = team.app.app.settings.server_key_file();
    std::fs::remove_file(&file).unwrap();
    let refused = keys::create(&team.app.app.settings, &team.app.app.store)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("Put it back"), "{refused}");
    assert!(!file.exists());
});
