//! Two servers that start, and what they have in common: schema and sign-ins.

use poem::http::Method;
use serde_json::json;
use sqlx::Connection;

use super::{Two, start};
use crate::support::app::PASSWORD;
use crate::support::calling::{Answer, Caller};
use crate::support::serving::Serve;
use crate::support::staffed::Staffed;
use crate::support::{Engine, TestStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_start_at_once_on_an_empty_database() {
    let Some(store) = TestStore::open(Engine::Postgres).await else {
        return;
    };
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let first = Serve::on(&store.address, folders[0].path());
    let made = first.command("key").arg("create").output().unwrap();
    assert!(made.status.success(), "{made:?}");
    std::fs::copy(
        folders[0].path().join("server.key"),
        folders[1].path().join("server.key"),
    )
    .unwrap();
    let second = Serve::on(&store.address, folders[1].path());
    let servers = [first, second].map(|one| one.with("RESPITE_REHEARSE_TICK_MS", "20"));
    for serving in start(&servers).await {
        let answer = serving.caller().get("/me", "").await.unwrap();
        assert_eq!(answer.slug(), "sign-in");
        assert!(!serving.said().contains("ERROR"), "{}", serving.said());
    }
}

#[tokio::test]
async fn a_server_refuses_an_older_schema_and_says_what_to_do() {
    let Some(store) = TestStore::open(Engine::Postgres).await else {
        return;
    };
    let mut conn = sqlx::PgConnection::connect(&store.address).await.unwrap();
    let sql = "DELETE FROM _sqlx_migrations
        WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    sqlx::query(sql).execute(&mut conn).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let refused = Serve::on(&store.address, folder.path())
        .command("serve")
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("run `respite migrate` first"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_made_on_one_server_works_and_ends_on_the_other() {
    let Some(store) = TestStore::open(Engine::Postgres).await else {
        return;
    };
    let staffed = Staffed::on(store, 1).await;
    let started = start(&Two::new(0).at(&staffed, "2026-01-12T08:00:00Z")).await;
    let [mut one, mut other] = [0, 1].map(|at| started[at].caller());
    let signed_in = sign_in(&mut one, PASSWORD).await.good();
    let token = signed_in["token"].as_str().unwrap();
    other.get("/me", token).await.unwrap().good();
    let out = (Method::DELETE, "/sign-ins/current");
    let ended = other.send(out, token, None).await.unwrap();
    assert!(ended.status.is_success(), "{ended:?}");
    assert_eq!(one.get("/me", token).await.unwrap().slug(), "sign-in");
}

async fn sign_in(caller: &mut Caller, password: &str) -> Answer {
    let body = json!({ "organisation": "haven", "sign_in": "worker1", "password": password });
    let request = (Method::POST, "/sign-ins");
    caller.send(request, "", Some(&body)).await.unwrap()
}
