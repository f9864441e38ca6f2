//! Roles that somebody takes, and what roles read by side doors.

use poem::http::Method;
use serde_json::json;

use crate::support::app::Person;
use crate::support::both;
use crate::writer::ground::Scene;

const NOTHING: (u16, &str) = (404, "not-found");

async fn must_see_nothing(scene: &Scene, token: &str) {
    for unit in [&scene.team, &scene.house.organisation] {
        let path = format!("/units/{unit}/publications");
        let seen = scene.app.get(token, &path).await.problem();
        assert_eq!((seen.0, &*seen.1), NOTHING, "{path}");
    }
    let followed = scene.app.get(token, "/me/followed-units").await;
    assert!(
        followed.status == 404 || followed.body["units"] == json!([]),
        "{}",
        followed.body
    );
}

async fn token_of(scene: &Scene, person: &str, scopes: &[&str]) -> String {
    let body = json!({ "name": "Report", "scopes": scopes, "days": 300 });
    let made = scene
        .app
        .post(person, "/me/access-tokens", body)
        .await
        .good();
    made["token"].as_str().unwrap().to_owned()
}

async fn hr_sees_units(scene: &Scene, is_on: bool) {
    let body = Some(json!({ "hr_sees_units": is_on }));
    let admin = &scene.house.admin;
    let changed = scene.app.send(Method::PATCH, "/organisation", admin, body);
    changed.await.good();
}

both!(
    hr_sees_units_only_while_the_organisation_says_so,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        scene.close().await;
        let hr = scene
            .app
            .person(&scene.house, "hr", &scene.house.organisation)
            .await;
        scene
            .app
            .grant(&scene.house, &hr, "hr", &scene.house.organisation)
            .await;
        let program = token_of(&scene, &hr.token, &["read-units", "read-waves"]).await;
        for token in [&hr.token, &program] {
            must_see_nothing(&scene, token).await;
        }
        hr_sees_units(&scene, true).await;
        assert_eq!(
            scene.app.publications(&program, &scene.team).await[0]["answered"],
            6
        );
        hr_sees_units(&scene, false).await;
        for token in [&hr.token, &program] {
            must_see_nothing(&scene, token).await;
        }
        assert!(scene.audit().await.contains("settings-changed"));
    }
);

both!(
    an_administrator_reads_nobodys_answers_through_any_scope,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        let scopes = ["read-units", "read-waves", "read-people", "read-audit"];
        let program = token_of(&scene, &scene.house.admin, &scopes).await;
        scene.close().await;
        must_see_nothing(&scene, &program).await;
        must_see_nothing(&scene, &scene.house.admin).await;
        let wave = &scene.wave;
        let hers = [
            "/me".to_owned(),
            "/me/waves".to_owned(),
            format!("/me/waves/{wave}"),
            format!("/me/waves/{wave}/draft"),
            "/me/export".to_owned(),
            "/me/choices".to_owned(),
            "/me/publications".to_owned(),
        ];
        for path in &hers {
            assert_eq!(app.get(&program, path).await.problem().0, 401, "{path}");
        }
        // What she may read says nothing of who answered what, or whether.
        for path in ["/people", "/waves", "/plans", "/audit?limit=200", "/units"] {
            let text = app.get(&program, path).await.good().to_string();
            for word in [
                "answered",
                "mean",
                "cbi.work",
                "counted_at",
                "ciphertext",
                "locator",
            ] {
                assert!(!text.contains(word), "{path}: {word}");
            }
        }
        // Another's tokens are neither listed nor ended by her.
        let other = token_of(&scene, &scene.lead, &["read-units"]).await;
        let mine = app
            .get(&scene.house.admin, "/me/access-tokens")
            .await
            .good();
        assert_eq!(mine["tokens"].as_array().unwrap().len(), 1);
        app.get(&other, "/me/followed-units").await.good();
    }
);

both!(
    a_role_that_one_administrator_gets_from_another_is_shown_to_the_members,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        let second = app
            .person(&scene.house, "second", &scene.house.organisation)
            .await;
        app.grant(
            &scene.house,
            &second,
            "administrator",
            &scene.house.organisation,
        )
        .await;
        let me = app
            .get(&second.token, &format!("/people/{}", second.id))
            .await;
        me.good();
        for role in ["supervisor", "hr", "administrator"] {
            let path = format!("/people/{}/roles/{role}/{}", second.id, scene.team);
            let tried = app.put(&second.token, &path, json!({})).await;
            assert!(!tried.status.is_success(), "nobody grants herself {role}");
        }
        // Two who work together can: then everyone in the team reads who follows it.
        app.grant(&scene.house, &second, "supervisor", &scene.team)
            .await;
        let over = app
            .get(&scene.people[0].token, "/me/unit/roles")
            .await
            .good();
        assert!(over.to_string().contains("Name of second"), "{over}");
        assert!(scene.audit().await.contains("role-granted"));
        scene.close().await;
        let shown = app.publications(&second.token, &scene.team).await;
        assert_eq!(shown[0]["answered"], 6, "which is a fact about six people");
    }
);

both!(
    a_program_keeps_nothing_when_its_owner_loses_her_role,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        scene.close().await;
        let lead = app
            .person(&scene.house, "second", &scene.house.organisation)
            .await;
        app.grant(&scene.house, &lead, "supervisor", &scene.team)
            .await;
        let program = token_of(&scene, &lead.token, &["read-units"]).await;
        app.publications(&program, &scene.team).await;
        let role = format!("/people/{}/roles/supervisor/{}", lead.id, scene.team);
        app.delete(&scene.house.admin, &role).await.good();
        must_see_nothing(&scene, &program).await;
        let leaves = |person: &Person| format!("/people/{}/departure", person.id);
        app.post(&scene.house.admin, &leaves(&lead), json!({}))
            .await
            .good();
        assert!(app.get(&program, "/me/followed-units").await.problem().0 >= 401);
    }
);
