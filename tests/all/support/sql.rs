//! The database behind the application's back, as its administrator would use it.

use respite::store::Tx;

use super::app::TestApp;

/// Number of rows of a table.
pub async fn rows(app: &TestApp, table: &'static str) -> i64 {
    let sql = match table {
        "alert_turns" => "SELECT COUNT(*) FROM alert_turns",
        "alerts" => "SELECT COUNT(*) FROM alerts",
        "ballots" => "SELECT COUNT(*) FROM ballots",
        "choices" => "SELECT COUNT(*) FROM choices",
        "findings" => "SELECT COUNT(*) FROM findings",
        "notices" => "SELECT COUNT(*) FROM notices",
        "open_records" => "SELECT COUNT(*) FROM open_records",
        "records" => "SELECT COUNT(*) FROM records",
        "tallies" => "SELECT COUNT(*) FROM tallies",
        "wave_keys" => "SELECT COUNT(*) FROM wave_keys",
        other => panic!("no count of {other} is written here"),
    };
    match &mut app.app.store.read_newest().await.unwrap() {
        Tx::SqliteRead(conn) => sqlx::query_scalar(sql)
            .fetch_one(&mut **conn)
            .await
            .unwrap(),
        Tx::Postgres(conn) => sqlx::query_scalar(sql)
            .fetch_one(&mut **conn)
            .await
            .unwrap(),
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    }
}

/// Writes something that no use case would write.
pub async fn run_sql(app: &TestApp, sql: &'static str) {
    let mut tx = app.app.store.write().await.unwrap();
    match &mut tx {
        Tx::SqliteWrite(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(drop),
        Tx::Postgres(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(drop),
        Tx::SqliteRead(_) => unreachable!("a writing transaction"),
    }
    .unwrap();
    tx.commit().await.unwrap();
}
