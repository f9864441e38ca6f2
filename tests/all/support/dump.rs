//! The whole database as text: what changes nothing leaves it the same.

use std::collections::BTreeMap;

use respite::store::Tx;
use sqlx::AssertSqlSafe;

use super::app::TestApp;

/// Rows of every table, in no order of theirs.
pub type Dump = BTreeMap<String, Vec<String>>;

/// Every row of every table, but the timetable's.
pub async fn dump(app: &TestApp) -> Dump {
    let mut tables = Dump::new();
    let mut tx = app.app.store.read().await.unwrap();
    for (table, row) in tables_with_rows(&mut tx).await {
        if table == "jobs" || table.starts_with("_sqlx") {
            continue;
        }
        let mut rows = texts(&mut tx, format!("SELECT {row} FROM {table} AS t")).await;
        rows.sort();
        tables.insert(table, rows);
    }
    tables
}

/// The tables that differ.
pub fn difference(before: &Dump, after: &Dump) -> Vec<String> {
    let names = before.keys().chain(after.keys());
    let mut changed: Vec<String> = names
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect();
    changed.dedup();
    changed
}

/// Each table with the expression that makes one text of a row.
async fn tables_with_rows(tx: &mut Tx) -> Vec<(String, String)> {
    const SQLITE: &str = "SELECT m.name, group_concat('quote(\"' || p.name || '\")', ' || '',''||')
        FROM sqlite_master m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' GROUP BY m.name";
    const POSTGRES: &str = "SELECT CAST(table_name AS TEXT), 'CAST(t AS TEXT)'
        FROM information_schema.tables WHERE table_schema = current_schema()";
    match tx {
        Tx::SqliteRead(conn) => sqlx::query_as(SQLITE).fetch_all(&mut **conn).await.unwrap(),
        Tx::Postgres(conn) => sqlx::query_as(POSTGRES)
            .fetch_all(&mut **conn)
            .await
            .unwrap(),
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    }
}

async fn texts(tx: &mut Tx, sql: String) -> Vec<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "names of tables cannot be bound; they come from the database"
    )]
    let sql = AssertSqlSafe(sql);
    match tx {
        Tx::SqliteRead(conn) => sqlx::query_scalar(sql)
            .fetch_all(&mut **conn)
            .await
            .unwrap(),
        Tx::Postgres(conn) => sqlx::query_scalar(sql)
            .fetch_all(&mut **conn)
            .await
            .unwrap(),
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    }
}

/// What people and their places are called.
pub async fn words_of(app: &TestApp) -> Vec<String> {
    let mut words = Vec::new();
    let mut tx = app.app.store.read().await.unwrap();
    for column in [
        "name FROM accounts",
        "sign_in FROM accounts",
        "name FROM units",
    ] {
        words.extend(texts(&mut tx, format!("SELECT {column}")).await);
    }
    words
}
