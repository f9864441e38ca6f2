//! A close: a server finds a wave whose time is over, and counts it. How long that takes, how much
//! memory, and how long others who write have to wait meanwhile.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use hyper::body::Bytes;
use indicatif::ProgressBar;
use poem::http::Method;

use super::answers;
use super::figures::{Table, rounded};
use super::ground::{Answered, Ground, Newest, Place};
use super::load::{self, Call};
use super::program::Server;
use crate::ids::WaveId;
use crate::store::{Opening, Store, StoreError, on};

/// A close that takes longer than this has failed.
const LONGEST: Duration = Duration::from_mins(15);
/// How often somebody writes meanwhile.
const PROBE: Duration = Duration::from_millis(20);

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// People, each with a ballot.
    pub ballots: usize,
    /// An empty database to use; a file in the folder if left out.
    pub database: Option<String>,
    /// Where everything else lies.
    pub folder: PathBuf,
}

/// Measures, and says what came of it.
pub async fn measure(plan: &Plan, bar: &ProgressBar) -> anyhow::Result<Table> {
    let mut place = Place::in_folder(&plan.folder);
    if let Some(database) = &plan.database {
        place.database.clone_from(database);
    }
    bar.set_length(2 * plan.ballots as u64);
    bar.set_message("people");
    let ground = Ground::new(place, 0, Newest::Closes).await?;
    let house = ground.found((1, plan.ballots), bar).await?;
    let began = Instant::now();
    let wave = ground.ask(&house, (0, Answered::ByNobody)).await?;
    let opening = began.elapsed();
    bar.set_message("ballots");
    answers::everyone(&ground.app, &house.people, &wave, bar).await?;
    let tokens = ground.sign_in(&house.people[..1], bar).await?;
    let place = ground.leave().await?;

    bar.set_message("the close");
    let store = Store::open(&place.database, Opening::AsItIs).await?;
    let began = Instant::now();
    let program = Server::this()?.start(&place).await?;
    let idle = program.memory_kib("VmRSS")?;
    let is_over = Arc::new(AtomicBool::new(false));
    let call = Call {
        method: Method::PUT,
        path: "/api/v1/me/choices".to_owned(),
        token: tokens[0].clone(),
        body: Bytes::from_static(b"{\"reach\":\"unit\"}"),
    };
    let probe = tokio::spawn(longest_write(program.address, call, is_over.clone()));
    while state(&store, wave.id).await? != "closed" {
        if began.elapsed() > LONGEST {
            bail!("the wave was not closed within {} s", LONGEST.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = began.elapsed();
    is_over.store(true, Ordering::Relaxed);
    let longest = probe.await??;
    let peak = program.memory_kib("VmHWM")?;
    program.kill();
    let released = rows(&store).await?;
    store.close().await;

    let mut table = Table::default();
    let seconds = |time: Duration| rounded(time.as_secs_f64());
    table.add("ballots", "ballots", plan.ballots);
    table.add("opening_s", "opened, in seconds", seconds(opening));
    table.add("closing_s", "closed, in seconds", seconds(took));
    table.add(
        "longest_write_s",
        "longest wait of a write meanwhile, in seconds",
        seconds(longest),
    );
    table.add("idle_mb", "memory of the server before, in MB", idle / 1024);
    table.add("peak_mb", "at most, in MB", peak / 1024);
    table.add("released", "released rows", released);
    Ok(table)
}

/// Writes something small again and again; how long the longest took.
async fn longest_write(
    address: std::net::SocketAddr,
    call: Call,
    is_over: Arc<AtomicBool>,
) -> anyhow::Result<Duration> {
    let mut longest = Duration::ZERO;
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        load::one(address, &call).await?;
        longest = longest.max(began.elapsed());
        tokio::time::sleep(PROBE).await;
    }
    Ok(longest)
}

async fn state(store: &Store, wave: WaveId) -> Result<String, StoreError> {
    const SQL: &str = "SELECT state FROM waves WHERE id = $1";
    let mut tx = store.read_newest().await?;
    Ok(on!(&mut tx, conn => sqlx::query_scalar(SQL).bind(wave).fetch_one(conn).await)?)
}

async fn rows(store: &Store) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM tallies";
    let mut tx = store.read_newest().await?;
    Ok(on!(&mut tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}
