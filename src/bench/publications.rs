//! A unit's publication through HTTP, with few and with many check-ins made in the same database.
//! The unit, its organisation and its waves are the same in both; the many are of other
//! organisations like it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use indicatif::ProgressBar;
use poem::http::Method;

use super::figures::{Table, median, percentile_ms, rounded};
use super::ground::{Answered, Ground, Newest, Place};
use super::load::{self, Call, Load};
use super::others;
use super::program::{Program, Server, copied};

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Check-ins made in the organisation that is looked at.
    pub few: usize,
    /// Check-ins made in all organisations of the larger database.
    pub many: usize,
    /// Counted waves of each organisation.
    pub waves: u32,
    /// Times that the publication is asked for, in each round.
    pub requests: usize,
    /// Rounds with each database in turn.
    pub rounds: usize,
    /// Where databases lie.
    pub folder: PathBuf,
}

/// Measures, and says what came of it.
pub async fn measure(plan: &Plan, bar: &ProgressBar) -> anyhow::Result<Table> {
    let people = plan.few.div_ceil(plan.waves.max(1) as usize).max(1);
    bar.set_length(people as u64);
    bar.set_message("people");
    let folder = plan.folder.join("few");
    std::fs::create_dir_all(&folder)?;
    let ground = Ground::new(Place::in_folder(&folder), plan.waves, Newest::StaysOpen).await?;
    let house = ground.found((1, people), bar).await?;
    ground.supervisor(&house).await?;
    ground
        .ask(&house, (plan.waves, Answered::ByEveryone))
        .await?;
    let tokens = ground.sign_in(&house.people[..1], bar).await?;
    let call = Call {
        method: Method::GET,
        path: format!("/api/v1/units/{}/publications", house.people[0].unit),
        token: tokens[0].clone(),
        body: Bytes::new(),
    };
    let few = ground.leave().await?;
    let many = copied(&few, &plan.folder.join("many"))?;
    let made = people * plan.waves as usize;
    let others = plan.many.saturating_sub(made).div_ceil(made);
    bar.set_position(0);
    bar.set_length(others as u64);
    bar.set_message("organisations");
    others::add(&many, (house.organisation, others, people), bar).await?;

    let server = Server::this()?;
    let (few, many) = (server.start(&few).await?, server.start(&many).await?);
    let calls = Arc::new(vec![call; plan.requests]);
    let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        of_few.push(round(&few, &calls).await?);
        of_many.push(round(&many, &calls).await?);
    }
    let bytes = load::one(few.address, &calls[0]).await?.len();
    few.kill();
    many.kill();
    Ok(table(
        (made, made * (others + 1)),
        (&of_few, &of_many),
        bytes,
    ))
}

/// Warm, then one request after the other.
async fn round(program: &Program, calls: &Arc<Vec<Call>>) -> anyhow::Result<Vec<u32>> {
    let load = Load {
        connections: 1,
        time: Duration::from_mins(10),
    };
    load::one(program.address, &calls[0]).await?;
    Ok(load::drive(program.address, load, calls).await?.micros)
}

fn table(
    (few, many): (usize, usize),
    (of_few, of_many): (&[Vec<u32>], &[Vec<u32>]),
    bytes: usize,
) -> Table {
    let mut table = Table::default();
    table.add("few", "check-ins made, few", few);
    table.add("many", "check-ins made, many", many);
    table.add("bytes", "length of the answer, in bytes", bytes);
    let at = |rounds: &[Vec<u32>], share: usize| -> Vec<f64> {
        rounds
            .iter()
            .map(|micros| percentile_ms(micros, share))
            .collect()
    };
    for share in [50, 95] {
        let (few, many) = (at(of_few, share), at(of_many, share));
        for (name, values) in [("few", &few), ("many", &many)] {
            table.add(
                &format!("{name}_p{share}_ms"),
                format!("p{share} with {name}, in milliseconds, median of the rounds"),
                rounded(median(values)),
            );
        }
        let pairs = many.iter().zip(&few);
        let ratios: Vec<f64> = pairs.map(|(many, few)| many / few).collect();
        table.add(
            &format!("ratio_p{share}"),
            format!("p{share}, many / few, median of the rounds"),
            rounded(median(&ratios)),
        );
    }
    table
}
