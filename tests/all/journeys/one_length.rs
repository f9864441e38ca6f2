//! What is sent to a worker about her waves is as long whether she answered or not, and whatever
//! she answered.

use crate::support::app::TestApp;
use crate::support::both;

both!(an_answered_wave_is_as_long_as_an_open_one, async |store| {
    let app = TestApp::open(store).await;
    let house = app.house("haven").await;
    let team = app
        .unit(&house, "team", "Night shift", &house.organisation)
        .await;
    let people = app.people(&house, &team, "worker", 2).await;
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-02T05:00:00Z").await;
    let (silent, answers) = (&people[0], &people[1]);
    let wave = app.open_wave(&answers.token).await;
    app.consent(&answers.token, "cbi").await;
    let all = "/me/waves".to_owned();
    for path in [all, format!("/me/waves/{wave}")] {
        let open = app.get(&silent.token, &path).await.good().to_string();
        for value in [0, 50, 100] {
            let said = app.check_in(answers, &wave, value).await.good();
            let answered = app.get(&answers.token, &path).await.good().to_string();
            assert_eq!(answered.len(), open.len(), "{path} with {value}");
            assert_eq!(said.to_string().len() % 6144, 0, "{value}");
        }
    }
});
