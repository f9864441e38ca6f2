//! Vaults, passwords, second factors and sign-ins.

use chrono::Duration;
use respite::vault::{ActivationCode, RecoveryCode};
use serde_json::json;

use super::ground::{Scene, blob, count, id, keep, put_back, truth, write};
use crate::support::app::{PASSWORD, TestApp};
use crate::support::both;

/// Signing in with the password of everyone; the problem, if any.
async fn refused(app: &TestApp, sign_in: &str) -> (u16, String) {
    let body = json!({ "organisation": "haven", "sign_in": sign_in, "password": PASSWORD });
    app.post("", "/sign-ins", body).await.problem()
}

fn is_refused((status, slug): &(u16, String)) -> bool {
    matches!(
        (*status, slug.as_str()),
        (401, "wrong-sign-in") | (500, "broken")
    )
}

both!(no_guarded_column_of_a_vault_can_be_edited, async |store| {
    let scene = Scene::open(store, 2).await;
    let app = &scene.app;
    let (hers, other) = (id(app, &scene.people[0].id), id(app, &scene.people[1].id));
    let second = app.house("second").await;
    let elsewhere = id(app, &second.organisation);
    keep(app, &["vaults"]).await;
    let of_other = |column: &str| {
        format!("{column} = (SELECT {column} FROM kept_vaults WHERE account = {other})")
    };
    for edit in [
        format!("organisation = {elsewhere}"),
        "number = number + 1".to_owned(),
        "since = '2025-01-05T08:00:00+00:00'".to_owned(),
        "epoch = epoch + 1".to_owned(),
        "epoch = 0".to_owned(),
        of_other("public_key"),
        of_other("tag"),
        "totp = tag".to_owned(),
        "reset_at = since".to_owned(),
        format!("reset_by = {other}"),
    ] {
        write(
            app,
            &format!("UPDATE vaults SET {edit} WHERE account = {hers}"),
        )
        .await;
        let at_the_door = app.get(&scene.people[0].token, "/me").await.problem();
        assert_eq!((at_the_door.0, &*at_the_door.1), (401, "sign-in"), "{edit}");
        let refused = refused(app, "worker1").await;
        assert!(is_refused(&refused), "{edit}: {refused:?}");
        put_back(app, &["vaults"]).await;
    }
    app.get(&scene.people[0].token, "/me").await.good();
});

both!(
    a_vault_that_was_edited_makes_nobody_settled,
    async |store| {
        let scene = Scene::answered(store, 1).await;
        let app = &scene.app;
        app.clock.set("2026-05-01T05:00:00Z".parse().unwrap());
        let new = app.person(&scene.house, "newcomer", &scene.team).await;
        let her = id(app, &new.id);
        let older = "2026-01-05T08:00:00+00:00";
        write(
            app,
            &format!("UPDATE vaults SET since = '{older}' WHERE account = {her}"),
        )
        .await;
        write(
            app,
            &format!("UPDATE members SET since = '{older}' WHERE account = {her}"),
        )
        .await;
        app.at("2026-05-02T05:00:00Z").await;
        let settled = truth(app, true);
        let hers = format!("roster WHERE account = {her} AND settled = {settled}");
        assert_eq!(count(app, &hers).await, 0);
    }
);

both!(
    nobody_comes_in_with_what_is_grafted_from_another_account,
    async |store| {
        let scene = Scene::answered(store, 2).await;
        let app = &scene.app;
        let hers = id(app, &scene.people[0].id);
        let attacker = &scene.people[1];
        let body = json!({ "old_password": PASSWORD, "password": "a password of her own" });
        app.put(&attacker.token, "/me/password", body).await.good();
        let attacker_id = id(app, &attacker.id);
        keep(app, &["vaults", "accounts"]).await;
        let proof = "salt, memory_kib, passes, lanes, verifier, pepper";
        let wraps = "by_password, by_recovery, key_ring";
        for columns in [proof, wraps, &format!("{proof}, {wraps}"), "by_recovery"] {
            let graft = format!(
                "UPDATE vaults SET ({columns}) =
                    (SELECT {columns} FROM kept_vaults WHERE account = {attacker_id})
                 WHERE account = {hers}"
            );
            write(app, &graft).await;
            let body = json!({
                "organisation": "haven", "sign_in": "worker1",
                "password": "a password of her own",
            });
            let tried = app.post("", "/sign-ins", body).await.problem();
            assert!(is_refused(&tried), "{columns}: {tried:?}");
            let body = json!({
                "organisation": "haven", "sign_in": "worker1", "password": "something else new",
                "recovery_code": attacker.recovery_code,
            });
            let tried = app.post("", "/recoveries", body).await.problem();
            assert_eq!(tried.0, 401, "{columns}");
            put_back(app, &["vaults"]).await;
        }
        // The two names change places: each password opens its own vault, whatever it is called.
        let swap = format!(
            "UPDATE accounts SET sign_in = 'aside' WHERE id = {hers};
             UPDATE accounts SET sign_in = 'worker1' WHERE id = {attacker_id};
             UPDATE accounts SET sign_in = 'worker2' WHERE id = {hers};"
        );
        write(app, &swap).await;
        let body = json!({
            "organisation": "haven", "sign_in": "worker1", "password": "a password of her own",
        });
        let came = app.post("", "/sign-ins", body).await.good();
        let me = app.get(came["token"].as_str().unwrap(), "/me").await.good();
        assert_eq!(me["name"], "Name of worker2");
    }
);

both!(
    a_code_that_she_makes_herself_opens_an_empty_vault_and_shows,
    async |store| {
        let scene = Scene::answered(store, 1).await;
        let app = &scene.app;
        let her = &scene.people[0];
        let code = ActivationCode::new();
        let (hash, account) = (blob(app, &code.hash()), id(app, &her.id));
        let house = id(app, &scene.house.organisation);
        let insert = format!(
            "INSERT INTO activation_codes VALUES ({hash}, {house}, {account}, 'reset', NULL,
                '2026-02-02T05:00:00+00:00', '2026-12-02T05:00:00+00:00', NULL)"
        );
        write(app, &insert).await;
        app.clock.advance(Duration::hours(1));
        let (token, _) = app.activate("haven", "worker1", &code.to_string()).await;
        let own = format!("/me/waves/{}", scene.wave);
        let own = app.get(&token, &own).await.good();
        assert_eq!(own["check_in"], json!(null), "nothing of hers opens");
        assert_eq!(
            app.get(&her.token, "/me").await.problem().0,
            401,
            "she notices"
        );
        assert!(scene.audit().await.contains("vault-made"));
        // Nor can the notice of it be taken away.
        write(
            app,
            &format!("UPDATE vaults SET reset_at = NULL WHERE account = {account}"),
        )
        .await;
        assert_eq!(app.get(&token, "/me").await.problem().0, 401);
        assert!(is_refused(&refused(app, "worker1").await));
    }
);

both!(
    an_old_row_of_a_vault_opens_with_the_old_password_and_nothing_else,
    async |store| {
        let scene = Scene::answered(store, 1).await;
        let app = &scene.app;
        let her = &scene.people[0];
        keep(app, &["vaults", "sign_ins"]).await;
        let body = json!({ "old_password": PASSWORD, "password": "another password now" });
        app.put(&her.token, "/me/password", body).await.good();
        assert!(is_refused(&refused(app, "worker1").await));
        put_back(app, &["vaults", "sign_ins"]).await;
        // Bringing back old rows remains: it is her own old password, and her new one fails.
        app.sign_in("haven", "worker1").await;
        let body = json!({
            "organisation": "haven", "sign_in": "worker1", "password": "another password now",
        });
        assert!(is_refused(&app.post("", "/sign-ins", body).await.problem()));
    }
);

both!(
    a_sign_in_row_that_is_put_back_ends_with_its_epoch_and_its_lifetime,
    async |store| {
        let scene = Scene::answered(store, 2).await;
        let app = &scene.app;
        let (her, other) = (&scene.people[0], &scene.people[1]);
        keep(app, &["sign_ins"]).await;
        app.delete(&her.token, "/sign-ins").await.good();
        put_back(app, &["sign_ins"]).await;
        assert_eq!(
            app.get(&her.token, "/me").await.problem().0,
            401,
            "the epoch is compared"
        );
        // Signing out of one device ends the row alone, so the row alone brings it back: to whoever
        // has its token, and to nobody else.
        app.delete(&other.token, "/sign-ins/current").await.good();
        assert_eq!(app.get(&other.token, "/me").await.problem().0, 401);
        put_back(app, &["sign_ins"]).await;
        app.get(&other.token, "/me").await.good();
        write(app, "UPDATE sign_ins SET expires_on = '2099-01-01'").await;
        app.clock.advance(Duration::days(800));
        assert_eq!(
            app.get(&other.token, "/me").await.problem().0,
            401,
            "its sealed part decides"
        );
    }
);

both!(
    one_sign_ins_row_is_of_no_use_under_another_token,
    async |store| {
        let scene = Scene::answered(store, 2).await;
        let app = &scene.app;
        keep(app, &["sign_ins"]).await;
        let swap = "UPDATE sign_ins SET sealed = (SELECT k.sealed FROM kept_sign_ins k
            WHERE k.token <> sign_ins.token ORDER BY k.token LIMIT 1)";
        write(app, swap).await;
        for person in &scene.people {
            assert_eq!(app.get(&person.token, "/me").await.problem().0, 401);
        }
    }
);

both!(
    an_access_token_of_her_own_making_reads_only_what_she_has_read_already,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        let app = &scene.app;
        let body = json!({ "name": "Report", "scopes": ["read-units"], "days": 2 });
        let made = app
            .post(&scene.people[0].token, "/me/access-tokens", body)
            .await
            .good();
        let token = made["token"].as_str().unwrap();
        // The row becomes the administrator's, with every scope and without an end.
        let forge = "UPDATE access_tokens SET
            account = (SELECT account FROM roles WHERE role = 'administrator' LIMIT 1),
            scopes = '[\"read-units\",\"read-waves\",\"read-people\",\"read-audit\"]',
            expires_at = '2099-01-01T00:00:00+00:00'";
        write(app, forge).await;
        app.get(token, "/people").await.good();
        app.get(token, "/audit").await.good();
        let check_in = format!("/me/waves/{}", scene.wave);
        for path in ["/me", "/me/waves", "/me/export", "/me/cohort", &check_in] {
            assert_eq!(app.get(token, path).await.problem().0, 401, "{path}");
        }
        let unit = format!("/units/{}/publications", scene.team);
        assert_eq!(app.get(token, &unit).await.problem().0, 404);
        let people = format!("/people/{}/reset", scene.people[1].id);
        assert_eq!(
            app.post(token, &people, json!({})).await.problem().0,
            401,
            "it only reads"
        );
    }
);

both!(
    a_reply_that_is_remembered_is_told_to_its_own_sign_in_only,
    async |store| {
        let scene = Scene::open(store, 2).await;
        let app = &scene.app;
        let ask = async |token: &str| {
            let body = json!({ "name": "Report", "scopes": ["read-units"], "days": 2 });
            let headers = [
                ("Idempotency-Key", "k"),
                ("Content-Type", "application/json"),
            ];
            let path = (poem::http::Method::POST, "/me/access-tokens");
            let body = body.to_string().into_bytes();
            app.send_raw(path, token, &headers, body).await
        };
        let (a, b) = (&scene.people[0], &scene.people[1]);
        let first = ask(&a.token).await.good();
        let other = ask(&b.token).await.good();
        assert_ne!(first["token"], other["token"]);
        keep(app, &["idempotency"]).await;
        // Each row under the other's key: neither opens.
        let swap = "UPDATE idempotency SET sealed = (SELECT k.sealed FROM kept_idempotency k
            WHERE k.key <> idempotency.key)";
        write(app, swap).await;
        assert_eq!(ask(&a.token).await.problem(), (500, "broken".to_owned()));
        put_back(app, &["idempotency"]).await;
        assert_eq!(ask(&a.token).await.good(), first, "as the first time");
        // An old row that is put back after its day replays to nobody else, and ends with the
        // sign-in.
        app.delete(&a.token, "/sign-ins").await.good();
        write(app, "UPDATE idempotency SET expires_on = '2099-01-01'").await;
        assert_eq!(ask(&a.token).await.problem().0, 401);
        let again = app.sign_in("haven", "worker1").await;
        assert_ne!(ask(&again).await.good()["token"], first["token"]);
    }
);

both!(
    a_recovery_code_of_another_vault_opens_nothing_though_the_row_is_hers,
    async |store| {
        let scene = Scene::answered(store, 1).await;
        let app = &scene.app;
        let her = id(app, &scene.people[0].id);
        let house = id(app, &scene.house.organisation);
        // A former vault that never was, wrapped with bytes of hers.
        let insert = format!(
            "INSERT INTO former_vaults SELECT {house}, {her}, 7, by_recovery, key_ring,
                '2099-01-01' FROM vaults WHERE account <> {her} LIMIT 1"
        );
        write(app, &insert).await;
        let body = json!({ "recovery_code": RecoveryCode::new().to_string() });
        let tried = app
            .post(&scene.people[0].token, "/me/recovered-vault", body)
            .await;
        assert_eq!(tried.problem(), (410, "code".to_owned()));
    }
);
