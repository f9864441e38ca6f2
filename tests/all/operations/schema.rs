//! The copy knows every table and column: a migration that adds one without the copy fails here.

use std::collections::BTreeSet;

use respite::store::copy::{COPIED, Kind, LEFT_OUT};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::{Engine, TestStore};

type Column = (String, String, String);

fn known(word: impl Fn(Kind) -> &'static str) -> BTreeSet<Column> {
    let tables = COPIED.iter().chain(LEFT_OUT);
    tables
        .flat_map(|table| table.columns.iter().map(move |column| (table.name, column)))
        .map(|(table, (column, kind))| {
            (
                table.to_owned(),
                (*column).to_owned(),
                word(*kind).to_owned(),
            )
        })
        .collect()
}

fn sqlite_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Link | Kind::Bytes => "BLOB",
        Kind::Text | Kind::Instant | Kind::Day => "TEXT",
        Kind::Number | Kind::Flag => "INTEGER",
    }
}

fn postgres_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Link => "uuid",
        Kind::Bytes => "bytea",
        Kind::Text => "text",
        Kind::Number => "bigint",
        Kind::Flag => "boolean",
        Kind::Instant => "timestamp with time zone",
        Kind::Day => "date",
    }
}

#[tokio::test]
async fn the_copy_knows_every_column_of_sqlite() {
    let test = TestStore::open(Engine::Sqlite).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(test.store.file().unwrap())
        .read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    let real: Vec<Column> = sqlx::query_as(
        "SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(known(sqlite_word), real.into_iter().collect());
}

#[tokio::test]
async fn the_copy_knows_every_column_of_postgres() {
    let Some(test) = TestStore::open(Engine::Postgres).await else {
        return;
    };
    let mut conn = PgConnection::connect(&test.address).await.unwrap();
    let real: Vec<Column> = sqlx::query_as(
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT)
         FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(known(postgres_word), real.into_iter().collect());
}
