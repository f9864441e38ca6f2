//! What a PostgreSQL server writes down beside the data, and when it says "done": settings of its
//! operator's that the promise leans on. SQLite has none of them.

use super::{Engine, Store, StoreError};

/// A setting that takes something from the promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskySetting {
    /// Its name in `postgresql.conf`.
    pub name: String,
    /// What it is set to.
    pub value: String,
    /// What it does that it should not.
    pub harm: &'static str,
}

const STATEMENTS: &str = "the server's log then says which rows were asked for together, and when";
const TIMES: &str = "every row then has the time of its last writing";
const LOSS: &str = "what a worker was told is kept may be lost in a crash";

/// Name, values that do no harm, and the harm of all others.
const LEANED_ON: &[(&str, &[&str], &str)] = &[
    ("log_statement", &["none", "ddl"], STATEMENTS),
    ("log_min_duration_statement", &["-1"], STATEMENTS),
    ("log_min_duration_sample", &["-1"], STATEMENTS),
    ("log_transaction_sample_rate", &["0"], STATEMENTS),
    ("log_parameter_max_length_on_error", &["0"], STATEMENTS),
    ("track_commit_timestamp", &["off"], TIMES),
    (
        "synchronous_commit",
        &["on", "remote_apply", "remote_write", "local"],
        LOSS,
    ),
    ("fsync", &["on"], LOSS),
    ("full_page_writes", &["on"], LOSS),
];

impl Store {
    /// The settings of the database server that do harm, as this connection has them.
    pub async fn risky_settings(&self) -> Result<Vec<RiskySetting>, StoreError> {
        const SQL: &str = "SELECT name, setting FROM pg_settings ORDER BY name";
        let Engine::Postgres(pool) = &self.0 else {
            return Ok(Vec::new());
        };
        let all: Vec<(String, String)> = sqlx::query_as(SQL).fetch_all(pool).await?;
        Ok(all.into_iter().filter_map(risk).collect())
    }
}

fn risk((name, value): (String, String)) -> Option<RiskySetting> {
    let (_, harmless, harm) = LEANED_ON
        .iter()
        .find(|(leaned_on, ..)| *leaned_on == name)?;
    (!harmless.contains(&value.as_str())).then_some(RiskySetting { name, value, harm })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_risky(name: &str, value: &str) -> bool {
        risk((name.to_owned(), value.to_owned())).is_some()
    }

    #[test]
    fn a_server_as_it_ships_is_no_risk_and_one_that_writes_statements_down_is() {
        for (name, value) in [
            ("log_statement", "none"),
            ("log_min_duration_statement", "-1"),
            ("synchronous_commit", "on"),
            ("fsync", "on"),
            ("work_mem", "4096"),
        ] {
            assert!(!is_risky(name, value), "{name} = {value}");
        }
        for (name, value) in [
            ("log_statement", "all"),
            ("log_statement", "mod"),
            ("log_min_duration_statement", "0"),
            ("track_commit_timestamp", "on"),
            ("synchronous_commit", "off"),
            ("fsync", "off"),
        ] {
            assert!(is_risky(name, value), "{name} = {value}");
        }
    }
}
