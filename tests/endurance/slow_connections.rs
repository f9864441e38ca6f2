//! Connections that say nothing, say it slowly, say half of it, or do not listen: a thousand of
//! them do not keep others out, each is closed in the end, and what they cost in memory is bounded.

mod holders;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::support::serving::{Serve, Serving};
use holders::Holder;

/// A server that is as impatient as a test has to be.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until something holds. Panics with what it was if it does not in time.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_mins(1), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn descriptors(serving: &Serving) -> usize {
    let folder = format!("/proc/{}/fd", serving.id());
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// The most memory that it has had, in MiB.
fn peak_memory(serving: &Serving) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

/// So many ordinary requests, each on a connection of its own; each must be answered, after a look
/// into the database.
async fn ordinary_requests_succeed(serving: &Serving, many: usize) {
    let unknown = respite::vault::Token::new().to_string();
    for _ in 0..many {
        let answer = serving.caller().get("/me", &unknown).await.unwrap();
        assert_eq!(answer.slug(), "sign-in");
    }
}

/// Starts a server with a limit on open files.
fn with_descriptors(serve: &Serve, limit: u32) -> Serving {
    let mut starter = Command::new("prlimit");
    starter.arg(format!("--nofile={limit}:{limit}"));
    serve.spawn_under(starter)
}

#[tokio::test]
async fn a_thousand_slow_and_half_open_connections_keep_nobody_out() {
    // This program holds as many connections as the server.
    let _ = respite::web::connections::most_connections();
    let folder = tempfile::tempdir().unwrap();
    let patience = PATIENCE.as_millis().to_string();
    let serve = Serve::on("sqlite:respite.db", folder.path())
        .with("RESPITE_REHEARSE_PATIENCE_MS", &patience);
    let serving = serve.start().await;
    let (before, memory) = (descriptors(&serving), peak_memory(&serving));
    let mut holding = JoinSet::new();
    for number in 0..1000 {
        let holder = Holder::ALL[number % Holder::ALL.len()];
        let stream = holder.begin(serving.address).await;
        holding.spawn(async move { holder.hold(stream).await });
        if number % 100 == 99 {
            ordinary_requests_succeed(&serving, 5).await;
        }
    }
    let most = descriptors(&serving);
    assert!(most > before + 500, "{most} of 1,000 connections are open");
    ordinary_requests_succeed(&serving, 50).await;
    let closed = async {
        let mut closed = 0;
        while let Some(holder) = holding.join_next().await {
            holder.unwrap();
            closed += 1;
            if closed % 100 == 0 {
                ordinary_requests_succeed(&serving, 5).await;
            }
        }
        closed
    };
    let closed = tokio::time::timeout(Duration::from_mins(1), closed).await;
    assert_eq!(closed, Ok(1000), "the server closes each of them");
    until("no descriptor is left over", || {
        descriptors(&serving) <= before + 4
    })
    .await;
    let grown = peak_memory(&serving) - memory;
    eprintln!("measured: {grown} MiB more for 1,000 slow connections");
    assert!(grown < 200, "{grown} MiB more for 1,000 connections");
}

#[tokio::test]
async fn where_every_seat_is_taken_who_waits_longest_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::on("sqlite:respite.db", folder.path());
    // 256 are kept for other things than connections.
    let serving = with_descriptors(&serve, 256 + 40);
    serving.answers().await;
    let mut silent = Vec::new();
    for _ in 0..120 {
        silent.push(Holder::SaysNothing.begin(serving.address).await);
    }
    ordinary_requests_succeed(&serving, 20).await;
    let open = descriptors(&serving);
    assert!(open < 100, "{open} descriptors for 40 seats");
    let log = serving.said();
    assert!(!log.contains("could not be accepted"), "{log}");
}

#[tokio::test]
async fn a_server_without_descriptors_goes_on_when_it_has_some_again() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::on("sqlite:respite.db", folder.path());
    let serving = serve.start().await;
    // One request first, so that the database has the connections that it needs.
    ordinary_requests_succeed(&serving, 3).await;
    let limit = descriptors(&serving) + 8;
    let limited = Command::new("prlimit")
        .args(["--pid", &serving.id().to_string()])
        .arg(format!("--nofile={limit}:{limit}"))
        .stdout(Stdio::null())
        .status();
    assert!(limited.unwrap().success());
    let mut silent = Vec::new();
    for _ in 0..60 {
        silent.push(Holder::SaysNothing.begin(serving.address).await);
    }
    let began = Instant::now();
    until("it says so", || {
        serving.said().contains("could not be accepted")
    })
    .await;
    drop(silent);
    ordinary_requests_succeed(&serving, 20).await;
    let said = serving.said().matches("could not be accepted").count();
    // It pauses for a tenth of a second between two tries.
    let most = 10 + began.elapsed().as_millis() / 50;
    assert!(said as u128 <= most, "{said} lines: it spins");
}

#[tokio::test]
async fn strangers_cannot_fill_the_memory_with_files_to_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::on("sqlite:respite.db", folder.path());
    let serving = serve.start().await;
    ordinary_requests_succeed(&serving, 3).await;
    let memory = peak_memory(&serving);
    let mut sending = JoinSet::new();
    for _ in 0..64 {
        let address = serving.address;
        sending.spawn(async move { Holder::send_most_of_a_large_file(address).await });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    ordinary_requests_succeed(&serving, 20).await;
    let grown = peak_memory(&serving) - memory;
    eprintln!("measured: {grown} MiB more for 64 files of 7 MiB");
    assert!(grown < 100, "{grown} MiB more for 64 files of 7 MiB");
}
