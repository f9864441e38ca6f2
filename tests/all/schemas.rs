//! The two schemas agree: same tables, same columns in the same order, same nullability.

use std::str::FromStr;

use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::{Engine, TestStore};

type Column = (String, i64, String, bool);

async fn sqlite_columns() -> Vec<Column> {
    let test = TestStore::open(Engine::Sqlite)
        .await
        .expect("SQLite is always there");
    let options = sqlx::sqlite::SqliteConnectOptions::from_str(&test.address).unwrap();
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query_as(
        "SELECT m.name, CAST(p.cid + 1 AS INTEGER), p.name, p.\"notnull\" = 1
         FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'
         ORDER BY 1, 2",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap()
}

async fn postgres_columns() -> Option<Vec<Column>> {
    let test = TestStore::open(Engine::Postgres).await?;
    let mut conn = PgConnection::connect(&test.address).await.unwrap();
    Some(
        sqlx::query_as(
            "SELECT CAST(table_name AS TEXT), CAST(ordinal_position AS BIGINT),
                    CAST(column_name AS TEXT), is_nullable = 'NO'
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'
             ORDER BY 1, 2",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap(),
    )
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let sqlite = sqlite_columns().await;
    let Some(postgres) = postgres_columns().await else {
        return;
    };
    assert!(sqlite.len() > 100, "the catalogue query sees the tables");
    let mut sorted = postgres.clone();
    sorted.sort();
    let mut expected = sqlite;
    expected.sort();
    assert_eq!(expected, sorted);
}
