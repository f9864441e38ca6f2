//! Erasing and answering again, resets, new vaults, old sign-ins: one member, one ballot.

use serde_json::json;

use crate::support::app::{Person, TestApp};
use crate::support::{both, rows};

async fn open_wave_for_two(app: &TestApp) -> (crate::support::app::House, String, Person, String) {
    let house = app.house("haven").await;
    let team = app.unit(&house, "team", "Night", &house.organisation).await;
    let her = app.person(&house, "aida", &team).await;
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&her.token).await;
    app.consent(&her.token, "cbi").await;
    (house, team, her, wave)
}

both!(erasing_and_answering_again_is_one_ballot, async |store| {
    let app = TestApp::open(store).await;
    let (_, _, her, wave) = open_wave_for_two(&app).await;
    for value in [25, 50, 75] {
        app.check_in(&her, &wave, value).await.good();
        app.delete(&her.token, &format!("/me/waves/{wave}/check-in"))
            .await
            .good();
        assert_eq!(rows(&app, "ballots").await, 0);
    }
    app.check_in(&her, &wave, 100).await.good();
    assert_eq!(rows(&app, "ballots").await, 1);
    assert_eq!(rows(&app, "open_records").await, 1);
});

both!(
    a_reset_opens_an_empty_vault_that_casts_no_second_ballot,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, _, mut her, wave) = open_wave_for_two(&app).await;
        app.check_in(&her, &wave, 25).await.good();
        let old = her.token.clone();
        app.clock.advance(chrono::Duration::hours(1));
        let issued = app
            .post(
                &house.admin,
                &format!("/people/{}/reset", her.id),
                json!({}),
            )
            .await;
        let code = issued.good()["code"].as_str().unwrap().to_owned();
        (her.token, _) = app.activate("haven", "aida", &code).await;
        let stale = Person {
            token: old,
            ..her.clone()
        };
        assert_eq!(app.check_in(&stale, &wave, 75).await.problem().0, 401);
        app.consent(&her.token, "cbi").await;
        let own = app.check_in(&her, &wave, 75).await.good();
        assert_eq!(own["record_only"], "new-vault");
        assert_eq!(
            rows(&app, "ballots").await,
            1,
            "the one cast before the reset stays counted"
        );
        let body = json!({ "recovery_code": her.recovery_code });
        app.post(&her.token, "/me/recovered-vault", body)
            .await
            .good();
        let own = app
            .get(&her.token, &format!("/me/waves/{wave}"))
            .await
            .good();
        assert_eq!(
            own["check_in"]["answers"]["cbi.work.1"], 25,
            "the record that names the ballot"
        );
        let own = app.check_in(&her, &wave, 100).await.good();
        assert_eq!(own["counted_at"], "unit");
        assert_eq!(rows(&app, "ballots").await, 1, "replaced, not added");
    }
);

both!(
    a_vault_made_while_a_wave_is_open_counts_at_the_organisation_once,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let body = json!({ "name": "Late", "sign_in": "late", "unit": team, "language": "en" });
        let invited = app.post(&house.admin, "/people", body).await.good();
        app.plan(&house, "2026-01-19").await;
        app.at("2026-01-19T05:00:00Z").await;
        app.clock.advance(chrono::Duration::hours(1));
        let path = format!("/people/{}/invitation", invited["id"].as_str().unwrap());
        let renewed = app.post(&house.admin, &path, json!({})).await.good();
        let code = renewed["code"].as_str().unwrap();
        let (token, _) = app.activate("haven", "late", code).await;
        let wave = app.open_wave(&token).await;
        app.consent(&token, "cbi").await;
        let late = Person {
            id: String::new(),
            token,
            recovery_code: String::new(),
        };
        let own = app.check_in(&late, &wave, 50).await.good();
        assert_eq!(own["counted_at"], "organisation");
    }
);
