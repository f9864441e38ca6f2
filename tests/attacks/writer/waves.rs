//! Rows of waves and their keys.

use respite::app::App;
use respite::check_ins::closing;
use respite::ids::WaveId;
use respite::jobs;
use respite::vault::{ServerKeys, WaveKeyPair};
use serde_json::json;

use super::ground::{CLOSE, Scene, another, blob, count, keep, put_back, write};
use crate::support::both;

const REFUSED: (u16, &str) = (409, "wave-closed");

/// What she would need to read the answers herself: a key pair of her own in the wave.
async fn her_own_key(scene: &Scene, with_private_half: bool) {
    let (app, pair) = (&scene.app, WaveKeyPair::new());
    let public = blob(app, &pair.public());
    write(app, &format!("UPDATE waves SET public_key = {public}")).await;
    if with_private_half {
        let wave = WaveId(scene.wave.parse().unwrap());
        let sealed = pair.seal(&ServerKeys::from_bytes([7; 32]), wave);
        let sealed = blob(app, &sealed);
        write(app, &format!("UPDATE wave_keys SET sealed = {sealed}")).await;
    }
}

async fn must_refuse(scene: &Scene) {
    let refused = scene.answer(&scene.people[0], 75).await.problem();
    assert_eq!((refused.0, &*refused.1), REFUSED);
}

both!(nothing_is_sealed_to_a_key_of_her_own, async |store| {
    let scene = Scene::open(store, 2).await;
    her_own_key(&scene, false).await;
    must_refuse(&scene).await;
    her_own_key(&scene, true).await;
    must_refuse(&scene).await;
    assert_eq!(count(&scene.app, "ballots").await, 0);
    scene.close().await;
    scene.must_be_stopped().await;
});

both!(another_private_half_alone_stops_the_wave, async |store| {
    let scene = Scene::answered(store, 5).await;
    let forged = WaveKeyPair::new().seal(
        &ServerKeys::from_bytes([7; 32]),
        WaveId(scene.wave.parse().unwrap()),
    );
    let forged = blob(&scene.app, &forged);
    let edit = format!("UPDATE wave_keys SET sealed = {forged}");
    write(&scene.app, &edit).await;
    scene.close().await;
    scene.must_be_stopped().await;
});

both!(
    every_column_that_decides_anything_is_guarded,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let app = &scene.app;
        let other = json!({
            "instrument": "psi", "every_months": 3, "window_days": 14, "languages": ["en"],
            "first_day": "2027-02-02",
        });
        app.post(&scene.house.admin, "/plans", other).await.good();
        keep(app, &["waves"]).await;
        for edit in [
            "plan = (SELECT id FROM check_in_plans WHERE instrument = 'psi')",
            "number = number + 1",
            "instrument = 'psi'",
            "version = '2.0.0'",
            "form = 'short'",
            "scales = '[]'",
            "scales = replace(scales, '\"at_units\":true', '\"at_units\":false')",
            "scales = replace(scales, '\"highest\":', '\"highest\":1')",
            "scales = replace(scales, 'cbi.personal', 'cbi.client')",
            "threshold = 6",
            "opens_at = '2026-01-02T05:00:00+00:00'",
            "closes_at = '2026-03-02T05:00:00+00:00'",
            "extended_at = opens_at",
            "public_key = digest",
            "digest = public_key",
            "tag = digest",
        ] {
            write(app, &format!("UPDATE waves SET {edit}")).await;
            let refused = scene.answer(&scene.people[0], 75).await.problem();
            assert_eq!((refused.0, &*refused.1), REFUSED, "{edit}");
            let column = edit.split_once(' ').unwrap().0;
            let back = format!("UPDATE waves SET {column} = (SELECT {column} FROM kept_waves)");
            write(app, &back).await;
        }
        scene.answer(&scene.people[0], 75).await.good();
    }
);

both!(
    a_close_that_is_moved_by_hand_ends_the_wave_uncounted,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        write(
            &scene.app,
            "UPDATE waves SET closes_at = '2026-02-03T05:00:00+00:00'",
        )
        .await;
        scene.app.at("2026-02-03T05:00:00Z").await;
        scene.must_be_stopped().await;
    }
);

both!(
    two_waves_that_change_places_are_both_refused,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let app = &scene.app;
        let second = app.house("second").await;
        let hers = app.person(&second, "worker1", &second.organisation).await;
        app.plan(&second, "2026-02-03").await;
        app.at("2026-02-03T05:00:00Z").await;
        let other = app.open_wave(&hers.token).await;
        app.consent(&hers.token, "cbi").await;
        keep(app, &["waves", "wave_keys"]).await;
        let swap = |columns: &str| {
            format!(
                "UPDATE waves SET ({columns}) = (SELECT {columns} FROM kept_waves k
                WHERE k.id <> waves.id);
             UPDATE wave_keys SET sealed = (SELECT sealed FROM kept_wave_keys k
                WHERE k.wave <> wave_keys.wave)"
            )
        };
        for columns in [
            "public_key",
            "public_key, digest, tag",
            "opens_at, closes_at, tag",
        ] {
            write(app, &swap(columns)).await;
            for (person, wave) in [(&scene.people[0], &scene.wave), (&hers, &other)] {
                let refused = app.check_in(person, wave, 75).await.problem();
                assert_eq!((refused.0, &*refused.1), REFUSED, "{columns}");
            }
            let back = format!(
                "UPDATE waves SET ({columns}) = (SELECT {columns} FROM kept_waves k
                WHERE k.id = waves.id)"
            );
            write(app, &back).await;
        }
        // The rows are whole again, but each private half lies under the other wave: the swap above
        // was made three times.
        app.at("2026-02-18T05:00:00Z").await;
        assert_eq!(count(app, "waves WHERE state = 'stopped'").await, 2);
    }
);

both!(
    a_counted_wave_that_is_set_back_is_not_counted_again,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        keep(app, &["ballots", "wave_keys", "open_records"]).await;
        scene.close().await;
        assert_eq!(scene.shown(&scene.team).await["answered"], 6);
        // One ballot less: the difference of two counts would be somebody's answers.
        let back = "INSERT INTO wave_keys SELECT * FROM kept_wave_keys;
            INSERT INTO ballots SELECT * FROM kept_ballots
                WHERE id <> (SELECT id FROM kept_ballots ORDER BY id LIMIT 1);
            DELETE FROM tallies;";
        for (state, minute) in [("counting", "06"), ("open", "07")] {
            write(app, &format!("{back} UPDATE waves SET state = '{state}'")).await;
            app.at(&format!("2026-02-16T05:{minute}:00Z")).await;
            assert_eq!(scene.state().await, "closed", "{state}");
            for table in ["tallies", "ballots", "wave_keys"] {
                assert_eq!(count(app, table).await, 0, "{table} after {state}");
            }
        }
        assert!(scene.audit().await.contains("restored-wave-closed"));
        // A server that starts anew has read the list.
        write(app, &format!("{back} UPDATE waves SET state = 'counting'")).await;
        let settings = (*app.app.settings).clone();
        let again = App::open(settings, app.clock.clone()).await.unwrap();
        closing::close_due(&again).await.unwrap();
        assert_eq!(count(app, "tallies").await, 0);
    }
);

both!(
    a_wave_that_is_called_ended_too_early_is_never_counted,
    async |store| {
        for state in ["closed", "stopped"] {
            let scene = Scene::answered(another(store.store.engine()).await, 5).await;
            write(&scene.app, &format!("UPDATE waves SET state = '{state}'")).await;
            must_refuse(&scene).await;
            scene.app.at("2026-02-03T05:00:00Z").await;
            write(&scene.app, "UPDATE waves SET state = 'open'").await;
            scene.app.at(CLOSE).await;
            assert_eq!(scene.state().await, "closed");
            for table in ["tallies", "ballots", "wave_keys"] {
                assert_eq!(count(&scene.app, table).await, 0, "{table}");
            }
            assert!(scene.audit().await.contains("restored-wave-closed"));
            assert_eq!(count(&scene.app, "records").await, 5, "they are still hers");
        }
    }
);

both!(
    a_stopped_wave_that_is_opened_again_takes_no_answers,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        let app = &scene.app;
        keep(app, &["ballots", "wave_keys"]).await;
        let stop = format!("/waves/{}/stop", scene.wave);
        app.post(&scene.house.admin, &stop, json!({})).await.good();
        write(app, "UPDATE waves SET state = 'open'").await;
        put_back(app, &["ballots", "wave_keys"]).await;
        must_refuse(&scene).await;
        scene.close().await;
        assert_eq!(scene.state().await, "closed");
        for table in ["tallies", "ballots", "wave_keys"] {
            assert_eq!(count(app, table).await, 0, "{table}");
        }
        assert_eq!(count(app, "records").await, 5);
    }
);

both!(
    every_server_has_heard_of_a_close_at_its_next_turn,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        let state = tempfile::tempdir().unwrap();
        let mut settings = (*app.app.settings).clone();
        settings.state_dir = Some(state.path().to_owned());
        let second = App::open(settings, app.clock.clone()).await.unwrap();
        keep(app, &["ballots", "wave_keys"]).await;
        scene.close().await;
        // The other server has claimed all jobs; this one only hears.
        assert_eq!(jobs::run_due(&second).await.unwrap(), []);
        put_back(app, &["ballots", "wave_keys"]).await;
        let back = "DELETE FROM tallies; UPDATE waves SET state = 'counting'";
        write(app, back).await;
        closing::close_due(&second).await.unwrap();
        assert_eq!(scene.state().await, "closed");
        assert_eq!(count(app, "tallies").await, 0);
    }
);
