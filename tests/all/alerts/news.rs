//! Notices: the same for all whom they concern, and nobody can see who has read them.

use serde_json::{Value, json};

use super::ground::Ground;
use crate::support::both;
use crate::support::dump::{difference, dump};
use crate::support::rows;

async fn notices(ground: &Ground, token: &str) -> (Vec<Value>, u64) {
    let body = ground.app.get(token, "/me/notices").await.good();
    let unread = body["unread"].as_u64().unwrap();
    (body["notices"].as_array().unwrap().clone(), unread)
}

fn kinds(notices: &[Value]) -> Vec<&str> {
    notices
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect()
}

both!(
    everyone_whom_a_unit_concerns_is_told_in_the_same_words,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(0, 6).await;
        ground.hold(2, 6).await;
        let (worker, _) = notices(&ground, &ground.teams[0].1[0].token).await;
        let about_team = |notices: &[Value]| {
            let team = &ground.teams[0].0;
            let about = notices.iter().filter(|one| one["unit"] == json!(team));
            about.cloned().collect::<Vec<_>>()
        };
        let (lead, _) = notices(&ground, &ground.lead.token).await;
        assert_eq!(about_team(&worker), about_team(&lead));
        assert_eq!(about_team(&worker).len(), 1);
        let (other, _) = notices(&ground, &ground.teams[1].1[0].token).await;
        assert!(about_team(&other).is_empty());
        let of_waves = |notices: &[Value]| {
            let kinds = kinds(notices).into_iter();
            kinds
                .filter(|kind| *kind != "alert")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of_waves(&other),
            [
                "results",
                "wave-opened",
                "results",
                "wave-opened",
                "results",
                "wave-opened"
            ]
        );
    }
);

both!(reading_writes_nothing_beside_an_account, async |store| {
    let mut ground = Ground::lay(store).await;
    ground.hold(0, 6).await;
    let reader = ground.teams[2].1[0].clone();
    let (before, unread) = notices(&ground, &reader.token).await;
    assert_eq!((before.len(), unread), (2, 2));
    let earlier = dump(&ground.app).await;
    let now = ground.app.clock.now().to_rfc3339();
    ground
        .app
        .put(&reader.token, "/me/notices/read", json!({ "until": now }))
        .await
        .good();
    let later = dump(&ground.app).await;
    let changed = difference(&earlier, &later);
    assert!(
        changed.iter().all(|line| line.contains("choices")),
        "only a sealed row among those of choices: {changed:?}"
    );
    let (after, unread) = notices(&ground, &reader.token).await;
    assert_eq!((after.len(), unread), (2, 0));
    let (_, others) = notices(&ground, &ground.teams[2].1[1].token).await;
    assert_eq!(others, 2);
    let tomorrow = "2027-06-01T00:00:00Z";
    let came = ground
        .app
        .put(
            &reader.token,
            "/me/notices/read",
            json!({ "until": tomorrow }),
        )
        .await;
    assert_eq!(came.status.as_u16(), 422);
    assert!(rows(&ground.app, "choices").await >= 1);
});

both!(
    a_stopped_and_an_extended_wave_are_told_to_those_who_were_asked,
    async |store| {
        let mut ground = Ground::lay(store).await;
        let wave = ground.open().await;
        let admin = ground.house.admin.clone();
        let longer = json!({ "closes_at": "2026-02-20T05:00:00Z" });
        let extension = format!("/waves/{wave}/extension");
        ground.app.post(&admin, &extension, longer).await.good();
        let stop = format!("/waves/{wave}/stop");
        ground.app.post(&admin, &stop, json!({})).await.good();
        let (told, _) = notices(&ground, &ground.teams[3].1[0].token).await;
        let mut kinds = kinds(&told);
        kinds.sort_unstable();
        assert_eq!(kinds, ["wave-extended", "wave-opened", "wave-stopped"]);
    }
);
