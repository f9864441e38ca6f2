//! Believable rows for every table, made from the list that the copy itself uses, so that a new
//! table is filled and compared without a new line here. Also reading a file back as text.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use respite::ids::OrganisationId;
use respite::store::copy::{COPIED, Kind, LEFT_OUT, Table};
use respite::store::{Store, Tx};
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use uuid::Uuid;

/// Rows of each table.
const ROWS: u8 = 4;

/// Columns that may be null: the last row leaves them out.
const MAY_BE_NULL: &[&str] = &[
    "parent",
    "successor_of",
    "closed_at",
    "state_until",
    "state_reason",
    "away_from",
    "away_until",
    "granted_by",
    "totp",
    "reset_at",
    "reset_by",
    "issued_by",
    "used_at",
    "ended_at",
    "extended_at",
    "at_or_above_cut",
    "actor",
    "closed_because",
    "acknowledged_at",
    "acknowledged_by",
    "acknowledged_status",
    "planned",
    "follow_up_on",
    "closing_note",
    "code_until",
    "about",
    "last_error",
];

/// Fills all tables; the organisations that were made.
pub async fn fill(store: &Store) -> Vec<OrganisationId> {
    let mut tx = store.write().await.unwrap();
    for table in COPIED.iter().skip(1).chain(&COPIED[..1]).chain(LEFT_OUT) {
        for row in 0..ROWS {
            insert(&mut tx, table, row).await;
        }
    }
    tx.commit().await.unwrap();
    (0..ROWS)
        .map(|row| OrganisationId(id("organisations", row)))
        .collect()
}

/// The id of the n-th row of a table, also where others refer to it.
fn id(table: &str, row: u8) -> Uuid {
    let mut bytes = [row; 16];
    for (place, letter) in bytes.iter_mut().skip(1).zip(table.bytes()) {
        *place = letter;
    }
    // Not in the order of the rows: key order and the order of arrival differ.
    bytes[0] = 251u8.wrapping_sub(row.wrapping_mul(83));
    Uuid::from_bytes(bytes)
}

fn id_of(table: &str, column: &str, row: u8) -> Uuid {
    let of = match column {
        "id" => table,
        "organisation" => "organisations",
        "network" => "networks",
        "unit" | "parent" | "successor_of" => "units",
        "plan" => "check_in_plans",
        "wave" | "opened_wave" | "latest_wave" => "waves",
        "alert" => "alerts",
        _ => "accounts",
    };
    // A unit that refers to one whose key comes later.
    if table == "units" && column != "id" && of == "units" {
        return id(of, (row + 1) % ROWS);
    }
    id(of, row)
}

fn text(table: &str, column: &str, row: u8) -> String {
    match (table, column) {
        ("units", "kind") => "team".to_owned(),
        ("accounts", "state") => "active".to_owned(),
        ("waves", "state") => "closed".to_owned(),
        ("roles", "role") => "hr".to_owned(),
        ("activation_codes", "purpose") => "reset".to_owned(),
        (_, "channel") => "email".to_owned(),
        ("findings" | "alerts" | "alert_turns", "status") => "watch".to_owned(),
        ("notices", "audience") => "everyone".to_owned(),
        ("outbox", "state") => "pending".to_owned(),
        (_, "languages" | "scales") => "[]".to_owned(),
        _ => format!("{column} «{row}» Жұмыс"),
    }
}

fn instant(row: u8) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-02-28T23:59:58Z".parse().unwrap();
    // A whole second, then microseconds: both are kept as they are.
    start + Duration::microseconds(i64::from(row) * 1_300_007)
}

fn day(row: u8) -> NaiveDate {
    instant(row).date_naive()
}

async fn insert(tx: &mut Tx, table: &Table, row: u8) {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.name,
        names.join(", "),
        places.join(", ")
    );
    macro_rules! run {
        ($conn:expr) => {{
            let mut query = sqlx::query(constant(sql));
            for (column, kind) in table.columns {
                let there = row + 1 < ROWS || !MAY_BE_NULL.contains(column);
                query = match kind {
                    Kind::Link => query.bind(None::<Uuid>),
                    Kind::Id => query.bind(there.then(|| id_of(table.name, column, row))),
                    Kind::Bytes => query.bind(there.then(|| vec![255 - row; 32])),
                    Kind::Text => query.bind(there.then(|| text(table.name, column, row))),
                    Kind::Number => query.bind(there.then(|| i64::from(row) + 7)),
                    Kind::Flag => query.bind(row % 2 == 0),
                    Kind::Instant => query.bind(there.then(|| instant(row))),
                    Kind::Day => query.bind(there.then(|| day(row))),
                };
            }
            query.execute(&mut **$conn).await.map(drop)
        }};
    }
    let done = match tx {
        Tx::SqliteWrite(conn) => run!(conn),
        Tx::SqliteRead(conn) => run!(conn),
        Tx::Postgres(conn) => run!(conn),
    };
    done.unwrap_or_else(|error| panic!("{}: {error}", table.name));
    if table.name == "units" && row + 1 == ROWS {
        link(tx).await;
    }
}

/// Units that refer to one another, once all are there.
async fn link(tx: &mut Tx) {
    let sql = "UPDATE units SET parent = $2, successor_of = $2 WHERE id = $1";
    for row in 0..ROWS - 1 {
        let (unit, other) = (id("units", row), id_of("units", "parent", row));
        match tx {
            Tx::SqliteWrite(conn) => sqlx::query(sql)
                .bind(unit)
                .bind(other)
                .execute(&mut **conn)
                .await
                .map(drop),
            Tx::SqliteRead(conn) => sqlx::query(sql)
                .bind(unit)
                .bind(other)
                .execute(&mut **conn)
                .await
                .map(drop),
            Tx::Postgres(conn) => sqlx::query(sql)
                .bind(unit)
                .bind(other)
                .execute(&mut **conn)
                .await
                .map(drop),
        }
        .unwrap();
    }
}

/// Every row of a table of an SQLite file, as SQL literals, in the order in which they lie.
pub async fn read(file: &Path, table: &Table) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|(name, _)| format!("quote({name})"))
        .collect();
    let sql = format!(
        "SELECT {} FROM {}",
        columns.join(" || ', ' || "),
        table.name
    );
    sqlx::query_scalar(constant(sql))
        .fetch_all(&mut conn)
        .await
        .unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "names of tables cannot be bound; they come from the copy's own list"
)]
pub fn constant(sql: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(sql)
}
