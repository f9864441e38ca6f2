//! Answers by the thousand: real ballots, sealed and tagged as a submission does it, and records of
//! the real length that hold nothing. For benches of what comes after.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;

use super::house::Worker;
use crate::app::App;
use crate::ballots::{self, Ballot, BallotContent, ScaleStep};
use crate::check_ins::record::padded_len;
use crate::check_ins::waves::Wave;
use crate::ids::{BallotId, UnitId};
use crate::store::{StoreError, Tx, on};
use crate::vault::{Locator, WorkerKey, seal_ballot};

/// Check-ins of one transaction.
const SOME: usize = 2000;

/// One check-in, sealed.
struct CheckedIn {
    at: Locator,
    record: Vec<u8>,
    ballot: Ballot,
}

/// Everyone checks in to a wave, counted at her unit.
pub async fn everyone(
    app: &App,
    people: &[Worker],
    wave: &Wave,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let instrument = app.catalogue.find(&wave.instrument);
    let length = padded_len(instrument.context("no instrument")?);
    let wave = Arc::new(wave.clone());
    for (number, some) in people.chunks(SOME).enumerate() {
        let mut sealed = Vec::with_capacity(some.len());
        let mut work = Vec::new();
        for part in some.chunks(some.len().div_ceil(2).max(1)) {
            let keys: Vec<(WorkerKey, UnitId)> = part
                .iter()
                .map(|worker| (worker.key.clone(), worker.unit))
                .collect();
            let (app, wave) = (app.clone(), wave.clone());
            work.push(tokio::task::spawn_blocking(move || {
                let one = |(at, (key, unit)): (usize, &(WorkerKey, UnitId))| {
                    seal(&app, (&wave, length), (key, *unit), number + at)
                };
                keys.iter().enumerate().map(one).collect::<Option<Vec<_>>>()
            }));
        }
        for part in work {
            sealed.extend(
                part.await?
                    .ok_or_else(|| anyhow!("a ballot was not sealed"))?,
            );
        }
        let mut tx = app.store.write().await?;
        for one in &sealed {
            insert(&mut tx, &wave, one).await?;
        }
        tx.commit().await?;
        bar.inc(some.len() as u64);
    }
    Ok(())
}

fn seal(
    app: &App,
    (wave, length): (&Wave, usize),
    (key, unit): (&WorkerKey, UnitId),
    number: usize,
) -> Option<CheckedIn> {
    let at = key.record_locator(wave.id);
    let record = key.seal_record(&at, b"{}", length).ok()?;
    let step = |(at, scale): (usize, &crate::check_ins::waves::WaveScale)| ScaleStep {
        steps: u16::try_from((number * 5 + at * 3) % (usize::from(scale.highest) + 1)).ok(),
        stayed: !number.is_multiple_of(4),
    };
    let content = BallotContent {
        mark: key.ballot_mark(wave.id),
        counted_at: unit,
        scales: wave.scales.iter().enumerate().map(step).collect(),
    };
    let id = BallotId::new();
    let sealed = seal_ballot(&wave.public_key, wave.id, id, &content.encode()).ok()?;
    let ballot = Ballot::tagged(&app.keys, id, wave.id, sealed);
    Some(CheckedIn { at, record, ballot })
}

async fn insert(tx: &mut Tx, wave: &Wave, one: &CheckedIn) -> Result<(), StoreError> {
    const RECORD: &str = "INSERT INTO open_records (locator, wave, ciphertext) VALUES ($1, $2, $3)";
    on!(&mut *tx, conn => sqlx::query(RECORD)
        .bind(one.at.to_vec()).bind(wave.id).bind(&one.record)
        .execute(conn).await.map(drop))?;
    ballots::cast(tx, &one.ballot).await
}
