//! Rosters and the copied tree of a wave, and the tables from which the next one is made.

use respite::store::EngineName;
use serde_json::json;

use super::ground::{Scene, count, id, keep, put_back, truth, write};
use crate::support::app::{House, Person, TestApp};
use crate::support::both;

both!(
    every_edit_of_a_roster_or_tree_stops_its_wave,
    async |store| {
        let app = TestApp::open(store).await;
        let (yes, no) = (truth(&app, true), truth(&app, false));
        let nobody = id(&app, "00000000-0000-4000-8000-000000000000");
        let edits = [
            format!(
                "INSERT INTO roster SELECT organisation, wave, {nobody}, unit, {yes} FROM roster
            WHERE organisation = ORG LIMIT 1"
            ),
            "DELETE FROM roster WHERE organisation = ORG".to_owned(),
            format!("UPDATE roster SET settled = {no} WHERE organisation = ORG"),
            "UPDATE roster SET unit = ORG WHERE organisation = ORG".to_owned(),
            format!(
                "UPDATE roster SET account = {nobody}
            WHERE account = (SELECT account FROM roster WHERE organisation = ORG LIMIT 1)"
            ),
            format!(
                "INSERT INTO wave_units SELECT organisation, wave, {nobody}, ORG, 0
            FROM wave_units WHERE organisation = ORG LIMIT 1"
            ),
            "DELETE FROM wave_units WHERE organisation = ORG AND parent IS NOT NULL".to_owned(),
            "UPDATE wave_units SET parent = NULL WHERE organisation = ORG".to_owned(),
            format!(
                "UPDATE wave_units SET unit = {nobody}
            WHERE organisation = ORG AND parent IS NOT NULL"
            ),
            "UPDATE waves SET threshold = 6 WHERE organisation = ORG".to_owned(),
        ];
        let mut houses: Vec<(House, Person)> = Vec::new();
        for number in 0..edits.len() {
            let house = app.house(&format!("house{number}")).await;
            let team = app.unit(&house, "team", "Night", &house.organisation).await;
            let person = app.person(&house, "worker", &team).await;
            app.plan(&house, "2026-02-02").await;
            houses.push((house, person));
        }
        app.at("2026-02-02T05:00:00Z").await;
        for ((house, person), edit) in houses.iter().zip(&edits) {
            let wave = app.open_wave(&person.token).await;
            app.consent(&person.token, "cbi").await;
            let here = id(&app, &house.organisation);
            write(&app, &edit.replace("ORG", &here)).await;
            let refused = app.check_in(person, &wave, 50).await.problem();
            assert_eq!((refused.0, &*refused.1), (409, "wave-closed"), "{edit}");
        }
        app.at("2026-02-16T05:00:00Z").await;
        for ((house, _), edit) in houses.iter().zip(&edits) {
            let waves = app.get(&house.admin, "/waves").await.good();
            assert_eq!(waves["waves"][0]["state"], "stopped", "{edit}");
        }
    }
);

both!(
    an_edit_after_the_first_answer_stops_the_wave_at_its_count,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        write(&scene.app, "UPDATE waves SET threshold = 7").await;
        scene.close().await;
        scene.must_be_stopped().await;
    }
);

/// Four accomplices of another team, who are to be counted with the victim for a moment.
async fn strangers_in_the_roster(scene: &Scene, others: &[Person]) {
    let app = &scene.app;
    let team = id(app, &scene.team);
    for person in others {
        let account = id(app, &person.id);
        let sql = format!("UPDATE roster SET unit = {team} WHERE account = {account}");
        write(app, &sql).await;
    }
}

both!(
    who_is_put_into_a_roster_and_taken_out_again_is_not_counted_there,
    async |store| {
        let scene = Scene::open(store, 5).await;
        let app = &scene.app;
        let other = app
            .unit(&scene.house, "team", "Day", &scene.house.organisation)
            .await;
        let others = app.people(&scene.house, &other, "other", 4).await;
        app.at("2026-02-16T05:00:00Z").await;
        app.at("2026-05-02T05:00:00Z").await;
        let wave = app.open_wave(&others[0].token).await;
        for person in &others {
            app.consent(&person.token, "cbi").await;
        }
        app.check_in(&scene.people[0], &wave, 100).await.good();
        keep(app, &["roster"]).await;
        strangers_in_the_roster(&scene, &others).await;
        for person in &others {
            app.check_in(person, &wave, 0).await.good();
        }
        put_back(app, &["roster"]).await;
        app.at("2026-05-16T05:00:00Z").await;
        assert_eq!(scene.shown(&scene.team).await["published"], false);
        assert_eq!(scene.shown(&scene.house.organisation).await["answered"], 5);
        let atoms = "tallies WHERE answered = 5";
        assert_eq!(
            count(app, atoms).await,
            3,
            "the two teams together, a scale each"
        );
    }
);

both!(
    what_a_wave_says_that_was_asked_can_be_falsified_and_tells_nothing,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        scene.close().await;
        let before = scene.shown(&scene.team).await;
        write(&scene.app, "UPDATE wave_units SET asked = 60").await;
        let after = scene.shown(&scene.team).await;
        assert_eq!(after["asked"], 60, "nothing guards it after the count");
        for number in ["answered", "mean", "at_or_above_cut", "stayed"] {
            assert_eq!(after[number], before[number], "{number}");
        }
    }
);

both!(
    a_threshold_below_five_in_the_table_of_organisations_releases_nothing,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let people = app.people(&house, &team, "worker", 2).await;
        app.plan(&house, "2026-02-02").await;
        let lower = match app.app.store.engine() {
            EngineName::Sqlite => {
                "PRAGMA ignore_check_constraints = ON; UPDATE organisations SET threshold = 1;"
            }
            EngineName::Postgres => {
                "ALTER TABLE organisations DROP CONSTRAINT organisations_threshold_check;
                 ALTER TABLE tallies DROP CONSTRAINT tallies_answered_check;
                 UPDATE organisations SET threshold = 1;"
            }
        };
        write(&app, lower).await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        for person in &people {
            app.consent(&person.token, "cbi").await;
            app.check_in(person, &wave, 50).await.good();
        }
        app.at("2026-02-16T05:00:00Z").await;
        let waves = app.get(&house.admin, "/waves").await.good();
        assert_eq!(waves["waves"][0]["state"], "closed");
        assert_eq!(count(&app, "tallies").await, 0);
    }
);

both!(
    members_whose_dates_were_made_older_by_hand_show_in_the_cohort,
    async |store| {
        let scene = Scene::answered(store, 1).await;
        let app = &scene.app;
        let other = app
            .unit(&scene.house, "team", "Day", &scene.house.organisation)
            .await;
        let others = app.people(&scene.house, &other, "other", 4).await;
        scene.close().await;
        app.clock.set("2026-05-01T05:00:00Z".parse().unwrap());
        for person in &others {
            let path = format!("/people/{}/home", person.id);
            let body = json!({ "unit": scene.team });
            app.put(&scene.house.admin, &path, body).await.good();
        }
        // An administrator cannot do this: it is settled only because a hand wrote the date.
        write(
            app,
            "UPDATE members SET since = '2026-01-05T08:00:00+00:00'",
        )
        .await;
        app.at("2026-05-02T05:00:00Z").await;
        let cohort = app.get(&scene.people[0].token, "/me/cohort").await.good();
        assert_eq!(cohort["latest"]["settled"].as_array().unwrap().len(), 5);
        assert_eq!(cohort["changes"]["joined"], 4, "which is what she is shown");
        assert!(cohort["settled"].to_string().contains("Name of other1"));
    }
);
