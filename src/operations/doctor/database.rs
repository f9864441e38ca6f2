//! The database: there, of this schema, whole, and one with the files beside it.

use chrono::{DateTime, Duration, Utc};

use super::{Report, letters};
use crate::audit;
use crate::check_ins::restoring;
use crate::operations::keys;
use crate::settings::Settings;
use crate::store::{EngineName, Opening, Schema, Store, StoreError, Tx};
use crate::tallies::CountedWaves;
use crate::vault::ServerKeys;

/// Clocks of several servers differ by a little.
const TOLERANCE: Duration = Duration::minutes(5);

/// Looks at all of it, as far as it can be opened.
pub async fn look(
    report: &mut Report,
    (settings, now): (&Settings, DateTime<Utc>),
    keys: Option<&ServerKeys>,
    list: Option<&CountedWaves>,
) {
    if !is_current(report, settings).await {
        return;
    }
    let store = match Store::open(&settings.database, Opening::AsItIs).await {
        Ok(store) => store,
        Err(error) => {
            report.fail(
                "database",
                said(&error),
                "look for a full disk, and who owns the file",
            );
            return;
        }
    };
    match store.quick_check().await {
        Ok(found) if found.is_empty() => report.ok("database", "it answers, and is whole"),
        Ok(found) => report.fail(
            "database",
            format!("the file is damaged: {}", found.join("; ")),
            "stop Respite, keep the file, and restore the last backup",
        ),
        Err(error) => report.fail("database", said(&error), "look for a full disk"),
    }
    if let Err(error) = within(report, &store, now, (keys, list)).await {
        report.fail(
            "database",
            said(&error),
            "look for a full disk, or a lost connection",
        );
    }
    store.close().await;
}

/// Whether the database is there and of this program's schema.
async fn is_current(report: &mut Report, settings: &Settings) -> bool {
    let Schema { there, known } = match Store::schema(&settings.database).await {
        Ok(Some(schema)) => schema,
        Ok(None) => {
            let advice = "`respite migrate` makes it; or name it with --database";
            report.fail("database", "it is not there", advice);
            return false;
        }
        Err(error) => {
            let advice = "is the server running, and may this account connect?";
            report.fail("database", said(&error), advice);
            return false;
        }
    };
    let says = format!("schema {there}, this program has {known}");
    match there.cmp(&known) {
        std::cmp::Ordering::Less => {
            report.fail(
                "migrations",
                says,
                "`respite backup`, then `respite migrate`",
            );
        }
        std::cmp::Ordering::Equal => report.ok("migrations", says),
        std::cmp::Ordering::Greater => {
            report.fail("migrations", says, "install the newer version again");
        }
    }
    there == known
}

async fn within(
    report: &mut Report,
    store: &Store,
    now: DateTime<Utc>,
    (keys, list): (Option<&ServerKeys>, Option<&CountedWaves>),
) -> Result<(), StoreError> {
    // Ballots and open records are moved between tables while others read.
    let mut tx = store.read_newest().await?;
    look_at_last_entry(report, &mut tx, now).await?;
    letters::look_at_undelivered(report, &mut tx).await?;
    if let Some(keys) = keys {
        look_at_fit(report, &mut tx, keys).await?;
        look_at_old_keys(report, &mut tx, keys).await?;
    }
    if let Some(list) = list {
        let ended = restoring::ended(&mut tx).await?;
        let missing = ended.iter().filter(|wave| !list.contains(**wave)).count();
        if missing > 0 {
            report.warn(
                "counted waves",
                format!("{missing} ended waves are not on the list"),
                "a server adds them when it starts",
            );
        }
    }
    drop(tx);
    if store.engine() == EngineName::Postgres {
        report.ok(
            "engine",
            "PostgreSQL: its integrity is looked after by its operator",
        );
        for risk in store.risky_settings().await? {
            report.warn(
                "engine settings",
                format!("{} = {}: {}", risk.name, risk.value, risk.harm),
                "set it back to what PostgreSQL ships with",
            );
        }
    }
    Ok(())
}

async fn look_at_last_entry(
    report: &mut Report,
    tx: &mut Tx,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let newest = audit::newest(tx).await?;
    let last = newest.iter().map(|entry| entry.at).max();
    if let Some(last) = last.filter(|last| *last > now + TOLERANCE) {
        report.fail(
            "clock",
            format!("it stands before the last audit entry ({last})"),
            "set the clock (and let NTP keep it): waves open and close by it",
        );
    }
    Ok(())
}

async fn look_at_fit(
    report: &mut Report,
    tx: &mut Tx,
    server_keys: &ServerKeys,
) -> Result<(), StoreError> {
    let fit = keys::fit(tx, server_keys).await?;
    let says = format!("{} of {} row tags were made with it", fit.genuine, fit.tags);
    if fit.genuine == fit.tags {
        report.ok("server key fits", says);
    } else if fit.genuine == 0 {
        let advice = "this is the key of another installation: put the right file in its place";
        report.fail("server key fits", says, advice);
    } else {
        let advice = "someone wrote to the database: `respite audit verify`, and find out who can";
        report.fail("server key fits", says, advice);
    }
    Ok(())
}

async fn look_at_old_keys(
    report: &mut Report,
    tx: &mut Tx,
    server_keys: &ServerKeys,
) -> Result<(), StoreError> {
    let needs = keys::needs(tx).await?;
    for (number, needs) in &needs {
        if *number == server_keys.number() {
            continue;
        }
        let says = format!("key {number} is needed by {needs}");
        if server_keys.numbers().any(|known| known == *number) {
            report.ok("old server keys", says);
        } else {
            let advice = "put a key file in place that holds it";
            report.fail(
                "old server keys",
                format!("{says}, and is not in the file"),
                advice,
            );
        }
    }
    for number in server_keys.numbers() {
        if number != server_keys.number() && !needs.contains_key(&number) {
            report.ok(
                "old server keys",
                format!("nothing needs key {number} any more"),
            );
        }
    }
    Ok(())
}

/// An error with what lies behind it, on one line.
fn said(error: &dyn std::error::Error) -> String {
    let mut says = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        says = format!("{says}: {error}");
        behind = error.source();
    }
    says
}
