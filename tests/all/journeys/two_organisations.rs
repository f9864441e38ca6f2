//! Two organisations in one installation never see each other.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::both;

both!(
    another_organisations_ids_answer_like_ids_that_are_not_there,
    async |store| {
        let app = TestApp::open(store).await;
        let ours = app.house("ours").await;
        let theirs = app.house("theirs").await;
        let team = app
            .unit(&theirs, "team", "Their team", &theirs.organisation)
            .await;
        let person = app.person(&theirs, "worker", &team).await;
        app.plan(&theirs, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&person.token).await;
        let nobody = "00000000-0000-4000-8000-000000000000";
        let paths = |unit: &str, person: &str, wave: &str| {
            [
                format!("/units/{unit}"),
                format!("/units/{unit}/publications"),
                format!("/people/{person}"),
                format!("/me/waves/{wave}"),
                format!("/me/waves/{wave}/form"),
            ]
        };
        let there = paths(&team, &person.id, &wave);
        let not_there = paths(nobody, nobody, nobody);
        for (there, not_there) in there.iter().zip(&not_there) {
            let (hers, none) = (
                app.get(&ours.admin, there).await,
                app.get(&ours.admin, not_there).await,
            );
            assert_eq!(hers.status, 404, "{there}");
            assert_eq!(
                (hers.status, hers.body),
                (none.status, none.body),
                "{there}"
            );
        }
        let sheet = json!({ "answers": { "cbi.work.1": 50 } });
        let refused = app
            .put(&ours.admin, &format!("/me/waves/{wave}/check-in"), sheet)
            .await;
        assert_eq!(refused.problem(), (404, "not-found".to_owned()));
    }
);

both!(the_same_sign_in_name_may_be_used_in_both, async |store| {
    let app = TestApp::open(store).await;
    let (ours, theirs) = (app.house("ours").await, app.house("theirs").await);
    let unit = |house: &crate::support::app::House| house.organisation.clone();
    let mine = app.person(&ours, "aida", &unit(&ours)).await;
    let other = app.person(&theirs, "aida", &unit(&theirs)).await;
    assert_ne!(mine.id, other.id);
    let me = app.get(&mine.token, "/me").await.good();
    assert_eq!(me["sign_in"], "aida");
});
