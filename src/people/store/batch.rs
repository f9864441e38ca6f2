//! Many people in one transaction: a hundred rows a statement, because a round trip costs more
//! than a row.

use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::super::invitations::NewCode;
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::store::{StoreError, Tx, on};
use crate::vault::ActivationCode;

/// Rows of one statement; eight columns stay far below what either engine can bind.
pub const ROWS: usize = 100;

/// One person to be invited, checked.
#[derive(Clone, Debug)]
pub struct Row {
    /// Her account.
    pub account: AccountId,
    /// Unique within the organisation.
    pub sign_in: String,
    /// What she is called.
    pub name: String,
    /// Her language.
    pub language: String,
    /// Her home.
    pub unit: UnitId,
    /// Her one-time code.
    pub code: ActivationCode,
}

/// `head ($1, $2), ($3, $4), …` for [`ROWS`] rows: made once, always the same.
fn statement(head: &str, columns: usize) -> String {
    let mut sql = String::from(head);
    for row in 0..ROWS {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        for column in 1..=columns {
            let comma = if column == 1 { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(sql, "{comma}${}", row * columns + column);
        }
        sql.push(')');
    }
    sql
}

static ACCOUNTS: LazyLock<String> = LazyLock::new(|| {
    statement(
        "INSERT INTO accounts (organisation, id, sign_in, name, language, state) VALUES",
        6,
    )
});
static MEMBERS: LazyLock<String> = LazyLock::new(|| {
    statement(
        "INSERT INTO members (organisation, account, unit, since) VALUES",
        4,
    )
});
static CODES: LazyLock<String> = LazyLock::new(|| {
    statement(
        "INSERT INTO activation_codes
            (code, organisation, account, purpose, issued_by, issued_at, expires_at) VALUES",
        7,
    )
});

/// Adds exactly [`ROWS`] people with their homes and codes; `like` says what their codes share.
pub async fn insert(tx: &mut Tx, rows: &[Row], like: &NewCode) -> Result<(), StoreError> {
    debug_assert_eq!(rows.len(), ROWS, "the statements are made for so many");
    insert_accounts(tx, like.organisation, rows).await?;
    insert_members(tx, like.organisation, rows, like.issued_at).await?;
    insert_codes(tx, rows, like).await
}

async fn insert_accounts(
    tx: &mut Tx,
    organisation: OrganisationId,
    rows: &[Row],
) -> Result<(), StoreError> {
    on!(tx, conn => {
        let mut query = sqlx::query(ACCOUNTS.as_str());
        for row in rows {
            query = query.bind(organisation).bind(row.account).bind(&row.sign_in)
                .bind(&row.name).bind(&row.language).bind("invited");
        }
        query.execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

async fn insert_members(
    tx: &mut Tx,
    organisation: OrganisationId,
    rows: &[Row],
    since: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, conn => {
        let mut query = sqlx::query(MEMBERS.as_str());
        for row in rows {
            query = query.bind(organisation).bind(row.account).bind(row.unit).bind(since);
        }
        query.execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

async fn insert_codes(tx: &mut Tx, rows: &[Row], like: &NewCode) -> Result<(), StoreError> {
    on!(tx, conn => {
        let mut query = sqlx::query(CODES.as_str());
        for row in rows {
            query = query.bind(row.code.hash().to_vec()).bind(like.organisation)
                .bind(row.account).bind(like.purpose.word()).bind(like.issued_by)
                .bind(like.issued_at).bind(like.issued_at + like.lifetime);
        }
        query.execute(conn).await.map(|_| ())
    })?;
    Ok(())
}
