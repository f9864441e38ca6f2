//! One value of one column, read from one engine and written to the other.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// What a column holds; every one may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A random id.
    Id,
    /// An id of the same table: written once all rows are there.
    Link,
    /// Sealed or hashed bytes.
    Bytes,
    /// Text, also JSON.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
    /// An instant in UTC.
    Instant,
    /// A day.
    Day,
}

/// A value between two engines.
pub(super) enum Value {
    Id(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
    Text(Option<String>),
    Number(Option<i64>),
    Flag(Option<bool>),
    Instant(Option<DateTime<Utc>>),
    Day(Option<NaiveDate>),
}

/// All values of a row of either engine, or the first error.
macro_rules! values {
    ($row:expr, $columns:expr) => {
        $columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| {
                use sqlx::Row;
                use $crate::store::copy::value::{Kind, Value};
                Ok(match kind {
                    Kind::Id => Value::Id($row.try_get(at)?),
                    Kind::Link => Value::Id(None),
                    Kind::Bytes => Value::Bytes($row.try_get(at)?),
                    Kind::Text => Value::Text($row.try_get(at)?),
                    Kind::Number => Value::Number($row.try_get(at)?),
                    Kind::Flag => Value::Flag($row.try_get(at)?),
                    Kind::Instant => Value::Instant($row.try_get(at)?),
                    Kind::Day => Value::Day($row.try_get(at)?),
                })
            })
            .collect::<Result<Vec<_>, sqlx::Error>>()
    };
}

/// Binds values to a query of either engine, in order.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        use $crate::store::copy::value::Value;
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Id(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Number(value) => query.bind(value),
                Value::Flag(value) => query.bind(value),
                Value::Instant(value) => query.bind(value),
                Value::Day(value) => query.bind(value),
            };
        }
        query
    }};
}

pub(super) use {bound, values};
