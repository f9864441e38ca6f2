//! Check-ins: how many in a second are acknowledged through HTTP, sealed and on the disk, with
//! grouped commits and with one commit each, on this disk and on one that syncs more slowly.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use hyper::body::Bytes;
use indicatif::ProgressBar;
use poem::http::Method;
use serde_json::Value;

use super::figures::{Table, median, percentile_ms, rounded};
use super::ground::{Answered, Ground, INSTRUMENT, Newest, Place};
use super::load::{self, Call, Load, Measured};
use super::program::{Server, copied};
use super::slow_sync::SlowSync;
use crate::ids::WaveId;
use crate::questionnaires::Instrument;
use crate::store::{Commits, Opening, Store, on};
use crate::vault::Token;

/// A server that starts looks at its timetable first, and empties the log of the database. That
/// comes every few minutes, and would be in each of these short rounds.
const FIRST_TURN: Duration = Duration::from_millis(1500);

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Of each round.
    pub load: Load,
    /// Rounds of each kind, one kind after the other.
    pub rounds: usize,
    /// People with an account; each checks in once a round at most.
    pub workers: usize,
    /// Waves that have closed before.
    pub quarters: u32,
    /// Microseconds that each sync takes longer; `None` leaves these rounds out.
    pub slow_by: Option<u32>,
    /// Another build of the program, which takes its turn with grouped commits.
    pub compare: Option<PathBuf>,
    /// Where databases are made: the disk that is measured.
    pub folder: PathBuf,
}

/// One kind of round.
struct Kind {
    key: &'static str,
    says: &'static str,
    server: Option<Server>,
    slow: Option<SlowSync>,
    rounds: Vec<Measured>,
}

/// Measures, and says what came of it.
pub async fn measure(plan: &Plan, bar: &ProgressBar) -> anyhow::Result<Table> {
    bar.set_length(2 * plan.workers as u64);
    bar.set_message("people");
    let prepared = plan.folder.join("prepared");
    std::fs::create_dir_all(&prepared)?;
    let ground = Ground::new(
        Place::in_folder(&prepared),
        plan.quarters,
        Newest::StaysOpen,
    )
    .await?;
    let house = ground.found((1, plan.workers), bar).await?;
    let past = (plan.quarters, Answered::ByNobody);
    let wave = ground.ask(&house, past).await?;
    let tokens = ground.sign_in(&house.people, bar).await?;
    let instrument = ground.app.catalogue.find(INSTRUMENT);
    let instrument = instrument.context("no instrument")?;
    let calls = Arc::new(calls(instrument, wave.id, &tokens));
    let place = ground.leave().await?;

    let mut kinds = kinds(plan)?;
    bar.set_position(0);
    bar.set_length((plan.rounds * kinds.len()) as u64);
    bar.set_message("rounds");
    for _ in 0..plan.rounds {
        for kind in &mut kinds {
            let measured = round(plan, kind, (&place, &calls)).await?;
            kind.rounds.push(measured);
            bar.inc(1);
        }
    }
    Ok(table(plan, &kinds))
}

fn kinds(plan: &Plan) -> anyhow::Result<Vec<Kind>> {
    let this = Server::this()?;
    let one_each = Server {
        commits: Commits::OneEach,
        ..this.clone()
    };
    let kind = |key, says, server: Option<&Server>, slow: Option<&SlowSync>| Kind {
        key,
        says,
        server: server.map(|server| Server {
            slow: slow.cloned(),
            ..server.clone()
        }),
        slow: slow.cloned(),
        rounds: Vec::new(),
    };
    let mut kinds = vec![
        kind("grouped", "grouped commits", Some(&this), None),
        kind("one_each", "one commit each", Some(&one_each), None),
        kind("raw", "single rows, raw", None, None),
    ];
    if let Some(binary) = &plan.compare {
        let other = Server {
            binary: binary.canonicalize().context("the build to compare with")?,
            ..this.clone()
        };
        kinds.insert(1, kind("compared", "the other build", Some(&other), None));
    }
    if let Some(micros) = plan.slow_by {
        let slow = SlowSync::build(&plan.folder, micros)?;
        let slow = Some(&slow);
        kinds.extend([
            kind("grouped_slow", "grouped, slow sync", Some(&this), slow),
            kind(
                "one_each_slow",
                "one each, slow sync",
                Some(&one_each),
                slow,
            ),
            kind("raw_slow", "raw, slow sync", None, slow),
        ]);
    }
    Ok(kinds)
}

/// One round on a copy of the database. What was acknowledged must be there when the server has
/// been killed.
async fn round(
    plan: &Plan,
    kind: &Kind,
    (place, calls): (&Place, &Arc<Vec<Call>>),
) -> anyhow::Result<Measured> {
    let folder = plan.folder.join("round");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let Some(server) = &kind.server else {
        std::fs::create_dir_all(&folder)?;
        return raw(&folder, plan.load.time, kind.slow.as_ref());
    };
    let place = copied(place, &folder)?;
    let program = server.start(&place).await?;
    tokio::time::sleep(FIRST_TURN).await;
    let before = program.processor_time()?;
    let mut measured = load::drive(program.address, plan.load, calls).await?;
    measured.processor = Some(program.processor_time()?.saturating_sub(before));
    program.kill();
    let (records, ballots) = kept(&place).await?;
    ensure!(
        records >= measured.acknowledged && ballots >= measured.acknowledged,
        "{} check-ins were acknowledged, but {records} records and {ballots} ballots are there",
        measured.acknowledged
    );
    if measured.acknowledged == calls.len() as u64 {
        tracing::info!("everybody has checked in before the round was over");
    }
    Ok(measured)
}

/// Records and ballots of open waves.
async fn kept(place: &Place) -> anyhow::Result<(u64, u64)> {
    const RECORDS: &str = "SELECT COUNT(*) FROM open_records";
    const BALLOTS: &str = "SELECT COUNT(*) FROM ballots";
    let store = Store::open(&place.database, Opening::AsItIs).await?;
    let mut tx = store.read().await?;
    let records: i64 = on!(&mut tx, conn => sqlx::query_scalar(RECORDS).fetch_one(conn).await)?;
    let ballots: i64 = on!(&mut tx, conn => sqlx::query_scalar(BALLOTS).fetch_one(conn).await)?;
    drop(tx);
    store.close().await;
    Ok((records.try_into()?, ballots.try_into()?))
}

/// Single-row commits, in a process of their own so that the sync can be slowed.
fn raw(folder: &Path, time: Duration, slow: Option<&SlowSync>) -> anyhow::Result<Measured> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["bench", "raw", "--milliseconds"])
        .arg(time.as_millis().to_string())
        .arg(folder);
    if let Some(slow) = slow {
        slow.preload(&mut command);
    }
    let done = command.output()?;
    if !done.status.success() {
        bail!("{}", String::from_utf8_lossy(&done.stderr));
    }
    let said: Value = serde_json::from_slice(&done.stdout)?;
    let number = |key: &str| said[key].as_u64().context("a number");
    Ok(Measured {
        acknowledged: number("commits")?,
        took: Duration::from_micros(number("micros")?),
        ..Measured::default()
    })
}

/// One sheet for each, no two neighbours alike.
fn calls(instrument: &Instrument, wave: WaveId, tokens: &[Token]) -> Vec<Call> {
    let call = |(number, token): (usize, &Token)| Call {
        method: Method::PUT,
        path: format!("/api/v1/me/waves/{wave}/check-in"),
        token: token.clone(),
        body: sheet(instrument, number),
    };
    tokens.iter().enumerate().map(call).collect()
}

fn sheet(instrument: &Instrument, number: usize) -> Bytes {
    let mut answers = BTreeMap::new();
    for (at, item) in instrument.items.iter().enumerate() {
        let options = instrument.response_set_of(item).map(|set| &set.options);
        let Some(options) = options.filter(|options| !options.is_empty()) else {
            continue;
        };
        let chosen = &options[(number * 7 + at * 3 + number / 5) % options.len()];
        answers.insert(item.id.clone(), chosen.value);
    }
    let sheet = serde_json::json!({ "answers": answers, "language": "en", "reach": "unit" });
    Bytes::from(sheet.to_string())
}

fn rates(kind: &Kind) -> Vec<f64> {
    kind.rounds.iter().map(Measured::per_second).collect()
}

fn table(plan: &Plan, kinds: &[Kind]) -> Table {
    let mut table = Table::default();
    table.add("connections", "connections", plan.load.connections);
    table.add("rounds", "rounds of each kind", plan.rounds);
    table.add("workers", "people, each once a round", plan.workers);
    for kind in kinds {
        add_kind(&mut table, kind);
    }
    let of = |key: &str| kinds.iter().find(|kind| kind.key == key).map(rates);
    let ratios = [
        ("ratio", "grouped / one each", ("grouped", "one_each")),
        (
            "ratio_slow",
            "the same, slow sync",
            ("grouped_slow", "one_each_slow"),
        ),
        (
            "ratio_compared",
            "grouped / the other build",
            ("grouped", "compared"),
        ),
    ];
    for (key, says, (over, under)) in ratios {
        let (Some(over), Some(under)) = (of(over), of(under)) else {
            continue;
        };
        let pairs = over.iter().zip(&under);
        let each: Vec<f64> = pairs.map(|(over, under)| over / under).collect();
        table.add(
            &format!("median_{key}"),
            format!("{says}: {}, median", list(&each)),
            rounded(median(&each)),
        );
        table.note(format!("{key}s"), numbers(&each));
    }
    table
}

fn add_kind(table: &mut Table, kind: &Kind) {
    let rates = rates(kind);
    let says = format!("{} in a second: {}, median", kind.says, list(&rates));
    table.add(kind.key, says, rounded(median(&rates)));
    table.note(format!("{}_rounds", kind.key), numbers(&rates));
    let rounds = kind.rounds.iter();
    let all: Vec<u32> = rounds
        .flat_map(|round| round.micros.iter().copied())
        .collect();
    for (share, name) in [(50, "p50"), (99, "p99")] {
        if !all.is_empty() {
            let says = format!("    {name} in milliseconds");
            let key = format!("{}_{name}_ms", kind.key);
            table.add(&key, says, rounded(percentile_ms(&all, share)));
        }
    }
    let used = processor(kind);
    if !used.is_empty() {
        let says = "    processor time of the server for each, in microseconds";
        let key = format!("{}_processor_us", kind.key);
        table.add(&key, says, rounded(median(&used)));
    }
}

/// Microseconds of the server's processor for one check-in, round by round. Other work on the same
/// machine changes this far less than a rate.
#[expect(clippy::cast_precision_loss, reason = "a mean")]
fn processor(kind: &Kind) -> Vec<f64> {
    let of_round = |round: &Measured| {
        let used = round.processor?.as_secs_f64() * 1_000_000.0;
        Some(used / (round.acknowledged as f64).max(1.0))
    };
    kind.rounds.iter().filter_map(of_round).collect()
}

fn list(values: &[f64]) -> String {
    let each = values.iter().map(|value| rounded(*value).to_string());
    each.collect::<Vec<_>>().join(" ")
}

fn numbers(values: &[f64]) -> Value {
    values
        .iter()
        .copied()
        .map(rounded)
        .collect::<Vec<_>>()
        .into()
}
