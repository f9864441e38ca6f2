//! Backups that are brought back to have a wave counted again.

use std::path::{Path, PathBuf};

use respite::operations::backup::backup;
use respite::operations::restore::{Restored, WithoutList, restore};
use respite::settings::Settings;

use crate::support::app::TestApp;
use crate::support::{Engine, TestStore, both};
use crate::writer::ground::{CLOSE, Scene, count};

const LIST: &str = "counted-waves";

fn state_of(app: &TestApp) -> PathBuf {
    app.app.settings.state_dir()
}

async fn backed_up(scene: &Scene) -> PathBuf {
    let file = state_of(&scene.app).join("backup.db");
    backup(&scene.app.app.store, &file).await.unwrap();
    file
}

/// Restores beside a copy of the key, and of a list if there is one.
async fn into(
    other: &TestStore,
    (scene, file): (&Scene, &Path),
    (list, without): (Option<&Path>, WithoutList),
) -> Result<Restored, String> {
    let folder = other.folder.path();
    let key = scene.app.app.settings.server_key_file();
    std::fs::copy(key, folder.join("server.key")).unwrap();
    if let Some(list) = list {
        std::fs::copy(list, folder.join(LIST)).unwrap();
    }
    let settings = Settings {
        database: other.address.clone(),
        server_key_file: Some(folder.join("server.key")),
        state_dir: Some(folder.to_owned()),
        ..Settings::default()
    };
    let restored = restore(&settings, file, scene.app.clock.now(), without).await;
    restored.map_err(|error| format!("{error:#}"))
}

both!(
    a_backup_that_is_restored_twice_counts_once_in_either_engine,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let file = backed_up(&scene).await;
        let Some(first) = TestStore::open(Engine::Postgres).await else {
            return;
        };
        let list = state_of(&scene.app).join(LIST);
        let done = into(&first, (&scene, &file), (Some(&list), WithoutList::Refuse)).await;
        assert_eq!(done.unwrap().waves.open.len(), 1);
        let app = TestApp::open(first).await;
        app.clock.set(scene.app.clock.now());
        for number in 1..=6 {
            let token = app.sign_in("haven", &format!("worker{number}")).await;
            app.get(&token, "/me/waves").await.good();
        }
        app.at(CLOSE).await;
        assert_eq!(count(&app, "tallies").await, 3);
        // Once more, now with one worker less; the list of the first one goes along.
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let Some(second) = TestStore::open(engine).await else {
                return;
            };
            let list = state_of(&app).join(LIST);
            let done = into(&second, (&scene, &file), (Some(&list), WithoutList::Refuse)).await;
            assert_eq!(done.unwrap().waves.closed.len(), 1);
            let again = TestApp::open(second).await;
            again.at("2026-02-16T06:00:00Z").await;
            for table in ["tallies", "wave_keys", "open_records"] {
                assert_eq!(count(&again, table).await, 0, "{table}");
            }
            assert_eq!(count(&again, "records").await, 6);
        }
    }
);

both!(
    a_new_state_folder_never_lets_a_wave_be_counted_again,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        scene.close().await;
        scene.app.at("2026-05-02T05:00:00Z").await;
        let wave = scene.app.open_wave(&scene.people[0].token).await;
        for person in &scene.people {
            scene.app.check_in(person, &wave, 75).await.good();
        }
        let file = backed_up(&scene).await;
        scene.app.at("2026-05-16T05:00:00Z").await;
        let aside = tempfile::tempdir().unwrap();
        let begun_anew = aside.path().join("empty");
        std::fs::write(&begun_anew, "").unwrap();
        let of_others = aside.path().join("others");
        std::fs::write(&of_others, "00000000-0000-4000-8000-000000000000\n").unwrap();
        for (list, why) in [
            (None, "is not there"),
            (Some(&*begun_anew), "not that of this installation"),
            (Some(&*of_others), "not that of this installation"),
        ] {
            let Some(other) = TestStore::open(Engine::Sqlite).await else {
                return;
            };
            let place = (&scene, &*file);
            let refused = into(&other, place, (list, WithoutList::Refuse)).await;
            let refused = refused.unwrap_err();
            assert!(refused.contains(why), "{refused}");
            let done = into(&other, place, (None, WithoutList::StopOpenWaves)).await;
            assert_eq!(done.unwrap().waves.stopped.len(), 1);
            let app = TestApp::open(other).await;
            app.at("2026-05-16T06:00:00Z").await;
            assert_eq!(count(&app, "tallies").await, 3, "those of the first wave");
        }
    }
);

both!(
    no_ballot_is_cast_again_before_its_owner_signs_in,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let file = backed_up(&scene).await;
        let list = state_of(&scene.app).join(LIST);
        let Some(other) = TestStore::open(Engine::Sqlite).await else {
            return;
        };
        into(&other, (&scene, &file), (Some(&list), WithoutList::Refuse))
            .await
            .unwrap();
        let app = TestApp::open(other).await;
        app.clock.set(scene.app.clock.now());
        app.at(CLOSE).await;
        assert_eq!(count(&app, "tallies").await, 0);
        assert_eq!(count(&app, "records").await, 6);
    }
);
