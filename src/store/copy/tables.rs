//! Every table and column, as the copy knows them. A test compares this list with the real schema
//! of both engines: a migration that adds a column adds it here. A table that a later migration
//! drops stays in the list as long as databases with it are migrated.

use super::value::Kind;

/// One table: its SQL is constant, its columns are typed for both engines.
#[derive(Debug)]
pub struct Table {
    /// Name of the table.
    pub name: &'static str,
    /// Columns in the order of the schema.
    pub columns: &'static [(&'static str, Kind)],
    pub(super) read: &'static str,
    pub(super) write: &'static str,
    pub(super) size: &'static str,
    pub(super) any: &'static str,
    /// From a file that is attached under the name `original`, with the same schema.
    pub(super) from_original: &'static str,
}

macro_rules! list {
    ($first:ident $($more:ident)*) => {
        concat!(stringify!($first) $(, ", ", stringify!($more))*)
    };
}

/// `$1, $2, …`, one for each column.
macro_rules! places {
    ([$column:ident] $number:literal $($rest:literal)*) => { concat!("$", $number) };
    ([$column:ident $($more:ident)+] $number:literal $($rest:literal)*) => {
        concat!("$", $number, ", ", places!([$($more)+] $($rest)*))
    };
}

macro_rules! tables {
    ($($table:ident by $key:ident $(and $next:ident)* {
        $($column:ident: $kind:ident),+ $(,)?
    })+) => {
        &[$(Table {
            name: stringify!($table),
            columns: &[$((stringify!($column), Kind::$kind)),+],
            read: concat!(
                "SELECT ", list!($($column)+), " FROM ", stringify!($table),
                " ORDER BY ", list!($key $($next)*)
            ),
            write: concat!(
                "INSERT INTO ", stringify!($table), " (", list!($($column)+), ") VALUES (",
                places!([$($column)+] 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24),
                ")"
            ),
            size: concat!("SELECT COUNT(*) FROM ", stringify!($table)),
            any: concat!("SELECT EXISTS (SELECT 1 FROM ", stringify!($table), ") AS found"),
            from_original: concat!(
                "INSERT INTO main.", stringify!($table), " SELECT * FROM original.",
                stringify!($table), " ORDER BY ", list!($key $($next)*)
            ),
        }),+]
    };
}

/// What is copied, in this order: `open_records` first, because it is held while it is read, and
/// then every table after those that it refers to.
pub const COPIED: &[Table] = tables! {
    open_records by locator { locator: Bytes, wave: Id, ciphertext: Bytes }
    networks by id { id: Id, name: Text }
    organisations by id {
        id: Id, network: Id, short_name: Text, name: Text, country: Text, zone: Text,
        notification_hour: Number, threshold: Number, hr_sees_units: Flag,
        second_factor_required: Flag, words: Text, created_at: Instant,
    }
    units by id {
        organisation: Id, id: Id, parent: Link, kind: Text, name: Text, successor_of: Link,
        opened_at: Instant, closed_at: Instant,
    }
    accounts by id {
        organisation: Id, id: Id, sign_in: Text, name: Text, language: Text, state: Text,
        state_until: Instant, state_reason: Text,
    }
    members by account {
        organisation: Id, account: Id, unit: Id, since: Instant, away_from: Day, away_until: Day,
    }
    roles by account and role and unit {
        organisation: Id, account: Id, role: Text, unit: Id, granted_by: Id, granted_at: Instant,
    }
    vaults by account {
        organisation: Id, account: Id, number: Number, since: Instant, epoch: Number,
        public_key: Bytes, tag: Bytes, salt: Bytes, memory_kib: Number, passes: Number,
        lanes: Number, verifier: Bytes, pepper: Number, by_password: Bytes, by_recovery: Bytes,
        key_ring: Bytes, totp: Bytes, reset_at: Instant, reset_by: Id,
    }
    former_vaults by account and number {
        organisation: Id, account: Id, number: Number, by_recovery: Bytes, key_ring: Bytes,
        kept_until: Day,
    }
    activation_codes by code {
        code: Bytes, organisation: Id, account: Id, purpose: Text, issued_by: Id,
        issued_at: Instant, expires_at: Instant, used_at: Instant,
    }
    access_tokens by id {
        organisation: Id, id: Id, account: Id, secret: Bytes, name: Text, scopes: Text,
        second_factor: Flag, created_at: Instant, expires_at: Instant,
    }
    check_in_plans by id {
        organisation: Id, id: Id, instrument: Text, form: Text, every_months: Number,
        window_days: Number, languages: Text, drafts: Flag, first_day: Day, next_number: Number,
        created_at: Instant, ended_at: Instant,
    }
    plan_units by plan and unit { organisation: Id, plan: Id, unit: Id }
    waves by id {
        organisation: Id, id: Id, plan: Id, number: Number, instrument: Text, version: Text,
        form: Text, languages: Text, drafts: Flag, scales: Text, threshold: Number,
        opens_at: Instant, closes_at: Instant, extended_at: Instant, state: Text,
        public_key: Bytes, digest: Bytes, tag: Bytes,
    }
    wave_units by wave and unit { organisation: Id, wave: Id, unit: Id, parent: Id, asked: Number }
    roster by wave and account { organisation: Id, wave: Id, account: Id, unit: Id, settled: Flag }
    records by locator { locator: Bytes, organisation: Id, keep_until: Day, ciphertext: Bytes }
    choices by locator { locator: Bytes, ciphertext: Bytes }
    drafts by locator { locator: Bytes, ciphertext: Bytes, expires_on: Day }
    tallies by wave and scale and unit {
        organisation: Id, wave: Id, scale: Text, unit: Id, answered: Number, mean: Number,
        at_or_above_cut: Number, stayed: Number,
    }
    judged_waves by wave { organisation: Id, wave: Id, judged_at: Instant }
    findings by wave and unit {
        organisation: Id, wave: Id, unit: Id, status: Text, document: Text, facts: Text,
    }
    alerts by id {
        organisation: Id, id: Id, plan: Id, unit: Id, status: Text, opened_wave: Id,
        latest_wave: Id, opened_at: Instant, changed_at: Instant, closed_at: Instant,
        closed_because: Text, acknowledged_at: Instant, acknowledged_by: Id,
        acknowledged_status: Text, planned: Text, follow_up_on: Day, follow_up_told: Flag,
        closing_note: Text, version: Number,
    }
    alert_turns by alert and wave { organisation: Id, alert: Id, wave: Id, status: Text }
    notices by id {
        organisation: Id, id: Id, at: Instant, kind: Text, unit: Id, audience: Text, wave: Id,
        alert: Id,
    }
    audit by organisation and number {
        organisation: Id, number: Number, at: Instant, actor: Id, change: Text, previous: Bytes,
        tag: Bytes,
    }
    audit_head by organisation { organisation: Id, number: Number, head: Bytes }
    jobs by name { name: Text, due_at: Instant, leased_until: Instant }
    reminders by account {
        organisation: Id, account: Id, sealed: Bytes, confirmed: Flag, code_until: Instant,
        code_attempts: Number, channel: Text, quiet_hours: Flag, language: Text,
    }
    webhooks by id {
        organisation: Id, id: Id, url: Text, secret: Bytes, events: Text, created_at: Instant,
        ended_at: Instant,
    }
    outbox by id {
        organisation: Id, id: Id, channel: Text, kind: Text, about: Id, recipient: Id, once: Text,
        due_at: Instant, attempts: Number, next_attempt_at: Instant, state: Text,
        state_since: Instant, last_error: Text,
    }
    told by message { organisation: Id, message: Text, keep_until: Day }
};

/// What no copy holds: with the server key it would open what people wrote, or let someone in.
pub const LEFT_OUT: &[Table] = tables! {
    ballots by id { id: Id, wave: Id, tag: Bytes, sealed: Bytes }
    wave_keys by wave { organisation: Id, wave: Id, sealed: Bytes }
    sign_ins by token { token: Bytes, sealed: Bytes, expires_on: Day }
    idempotency by key { key: Bytes, sealed: Bytes, expires_on: Day }
    used_codes by code { code: Bytes, expires_at: Instant }
};
