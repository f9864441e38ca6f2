//! Alerts open, rise, sink and end; each is told once, also when a job runs twice.

use serde_json::json;

use super::ground::Ground;
use crate::support::both;
use crate::support::rows;

both!(a_team_that_rises_is_flagged_and_no_other, async |store| {
    let mut ground = Ground::lay(store).await;
    ground.hold(0, 6).await;
    ground.hold(0, 6).await;
    assert_eq!(
        ground.alerts(&ground.head.token, "/alerts").await,
        [] as [serde_json::Value; 0]
    );
    let wave = ground.hold(2, 6).await;
    let all = ground
        .alerts(&ground.head.token, "/alerts?status=elevated")
        .await;
    let team = &ground.teams[0].0;
    assert!(
        all.iter().any(|alert| alert["unit"] == json!(team)),
        "{all:?}"
    );
    let others = ground.teams.iter().skip(1).map(|(team, _)| team);
    for other in others {
        assert!(
            all.iter().all(|alert| alert["unit"] != json!(other)),
            "{all:?}"
        );
    }
    let alert = ground.alert().await;
    assert!(alert["status"] == "elevated" || alert["status"] == "high");
    assert_eq!(alert["course"][0]["wave"], json!(wave));
    assert_eq!(alert["since"], "2026-06-02T05:00:00+00:00");
    assert_eq!(alert["waits_for_an_answer"], true);
    let sentences = alert["told"]["sentences"].to_string();
    assert!(sentences.contains("since June 2026"), "{sentences}");
    assert!(sentences.contains("6 of 6 people answered"), "{sentences}");
    for part in ["may_mean", "does_not_mean", "next_steps", "follow_up"] {
        let lines = alert["told"][part].as_array().unwrap();
        assert!(lines.len() >= 3, "{part}: {lines:?}");
    }
});

both!(
    an_alert_ends_after_two_quiet_waves_and_not_before,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(1, 6).await;
        let opened = ground.alert().await;
        let mut closed = Vec::new();
        for _ in 0..4 {
            ground.hold(-1, 6).await;
            let alert = ground.alert().await;
            assert_eq!(alert["id"], opened["id"]);
            closed.push(alert["closed_because"].clone());
        }
        let ended = closed.iter().position(|because| because == "quiet");
        assert!(ended.is_some_and(|waves| waves >= 1), "{closed:?}");
        let ended = ground.alert().await;
        let course = ended["course"].as_array().unwrap();
        assert_eq!(course.last().unwrap()["status"], json!(null));
        let lead = ground.lead.token.clone();
        assert!(ground.alerts(&lead, "/alerts?state=open").await.is_empty());
        assert_eq!(ground.alerts(&lead, "/alerts?state=closed").await.len(), 1);
    }
);

both!(
    too_few_answers_end_an_alert_and_are_no_good_news,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(0, 6).await;
        ground.hold(2, 6).await;
        ground.hold(2, 4).await;
        let kept = ground.alert().await;
        assert_eq!(kept["closed_at"], json!(null));
        let sentences = kept["told"]["sentences"].to_string();
        assert!(
            sentences.contains("Not enough answers at this check-in"),
            "{sentences}"
        );
        ground.hold(2, 4).await;
        let ended = ground.alert().await;
        assert_eq!(ended["closed_because"], "not-enough-answers", "{ended}");
        let sentences = ended["told"]["sentences"].to_string();
        assert!(
            sentences.contains("not the same as good news"),
            "{sentences}"
        );
    }
);

both!(
    a_unit_that_is_asked_no_more_keeps_no_open_alert,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(0, 6).await;
        ground.hold(2, 6).await;
        let (team, people) = ground.teams.remove(0);
        let other = &ground.teams[0].0;
        for person in &people {
            let path = format!("/people/{}/home", person.id);
            ground
                .app
                .put(&ground.house.admin, &path, json!({ "unit": other }))
                .await
                .good();
        }
        let path = format!("/units/{team}/closing");
        ground
            .app
            .post(&ground.house.admin, &path, json!({}))
            .await
            .good();
        ground.open().await;
        ground.close().await;
        let ended = ground.alert().await;
        assert_eq!(ended["closed_because"], "not-asked", "{ended}");
    }
);

both!(a_plan_that_ends_ends_its_alerts, async |store| {
    let mut ground = Ground::lay(store).await;
    ground.hold(0, 6).await;
    ground.hold(0, 6).await;
    ground.hold(2, 6).await;
    let path = format!("/plans/{}", ground.plan);
    ground.app.delete(&ground.house.admin, &path).await.good();
    ground.app.at("2026-07-20T05:00:00Z").await;
    let ended = ground.alert().await;
    assert_eq!(ended["closed_because"], "plan-ended", "{ended}");
});

both!(
    a_wave_is_judged_once_however_often_the_job_runs,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(2, 6).await;
        let before = [
            rows(&ground.app, "findings").await,
            rows(&ground.app, "alerts").await,
            rows(&ground.app, "alert_turns").await,
            rows(&ground.app, "notices").await,
        ];
        // Five teams, a site and the organisation, twice.
        assert_eq!(before[0], 14);
        for _ in 0..3 {
            respite::alerts::judging::judge_due(&ground.app.app)
                .await
                .unwrap();
        }
        ground.app.at("2026-04-20T05:00:00Z").await;
        let after = [
            rows(&ground.app, "findings").await,
            rows(&ground.app, "alerts").await,
            rows(&ground.app, "alert_turns").await,
            rows(&ground.app, "notices").await,
        ];
        assert_eq!(before, after);
    }
);

both!(two_servers_that_judge_at_once_tell_once, async |store| {
    let mut ground = Ground::lay(store).await;
    ground.hold(0, 6).await;
    let wave = ground.open().await;
    for person in ground.teams.iter().flat_map(|(_, people)| people) {
        ground.app.check_in(person, &wave, 50).await.good();
    }
    let app = &ground.app.app;
    ground
        .app
        .clock
        .set("2026-04-16T07:00:00Z".parse().unwrap());
    respite::check_ins::closing::close_due(app).await.unwrap();
    let judge = || respite::alerts::judging::judge_due(app);
    let (one, other, third) = tokio::join!(judge(), judge(), judge());
    let judged = [one.unwrap(), other.unwrap(), third.unwrap()];
    assert_eq!(judged.iter().sum::<u64>(), 1, "{judged:?}");
    // An opening and its results, twice.
    let told = rows(&ground.app, "notices").await - rows(&ground.app, "alert_turns").await;
    assert_eq!(told, 4);
    assert_eq!(rows(&ground.app, "findings").await, 14);
});
