//! The timetable: what runs by itself. Any server may run a job; a lease that is compared and set
//! gives it to one of them, and to another if that one dies. Every job can be run by hand in a
//! test: the clock is an argument.

mod retention;
mod store;

use std::error::Error;

use chrono::{DateTime, Duration, Utc};
use tokio::task::JoinSet;

use crate::app::App;
use crate::auth;
use crate::check_ins::{closing, opening, row_order};
use crate::rehearsal;
use crate::store::StoreError;

/// When a job that has not done everything is run again.
const SOON: Duration = Duration::seconds(15);

/// Why a job ended early.
type Failure = Box<dyn Error + Send + Sync>;

/// How far a job came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    ToItsEnd,
    /// Something was in the way; it is tried again soon.
    LessFar,
}

/// Something that runs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Closes and opens waves whose time has come.
    Waves,
    /// Writes the tables of open waves anew, in key order.
    RowOrder,
    /// Removes what has expired: sign-ins, codes, attempts.
    Sweep,
    /// Forgets what is older than its retention, and writes down the audit's heads.
    Retention,
}

impl Job {
    /// Every job, in the order in which they run.
    pub const ALL: [Self; 4] = [Self::Waves, Self::RowOrder, Self::Sweep, Self::Retention];

    /// Its name in the table of leases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waves => "waves",
            Self::RowOrder => "row-order",
            Self::Sweep => "sweep",
            Self::Retention => "retention",
        }
    }

    /// From the end of one run to the next.
    fn every(self) -> Duration {
        let usual = match self {
            Self::Waves => Duration::seconds(30),
            Self::RowOrder => Duration::minutes(5),
            Self::Sweep => Duration::minutes(2),
            Self::Retention => return Duration::days(1),
        };
        rehearsal::every(usual)
    }

    /// After this long without an end, another server takes over. A count that is run twice at
    /// once does no harm: the wave is compared and set.
    fn lease() -> Duration {
        rehearsal::lease(Duration::minutes(10))
    }

    async fn run(self, app: &App) -> Result<Came, Failure> {
        match self {
            Self::Waves => {
                let closed = closing::close_due(app).await;
                // What is wrong with a close keeps no other wave from opening.
                opening::open_due(app).await?;
                closed?;
            }
            Self::RowOrder => {
                if !row_order::rebuild(app).await? {
                    return Ok(Came::LessFar);
                }
            }
            Self::Sweep => {
                let mut tx = app.store.write().await?;
                auth::sweep(&mut tx, app.clock.now()).await?;
                tx.commit().await?;
            }
            Self::Retention => retention::run(app).await?,
        }
        Ok(Came::ToItsEnd)
    }
}

/// Runs every job that is due and that no other server has; returns those that ran. A job that
/// fails or panics is logged and tried again at its next time; the others run all the same.
pub async fn run_due(app: &App) -> Result<Vec<Job>, StoreError> {
    // Attempts are counted by each server for itself, so this is nobody's lease.
    app.entrance.limits().forget_old();
    if let Err(error) = app.remember_waves_ended_lately().await {
        tracing::error!(cause = %error, "the list of counted waves may be behind");
    }
    let mut ran = Vec::new();
    for job in Job::ALL {
        if !claim(app, job).await? {
            continue;
        }
        rehearsal::point("job.claimed");
        let work = {
            let app = app.clone();
            async move { job.run(&app).await }
        };
        let mut wait = job.every();
        match apart(work).await {
            Ok(Came::ToItsEnd) => ran.push(job),
            Ok(Came::LessFar) => {
                ran.push(job);
                wait = wait.min(SOON);
            }
            Err(error) => tracing::error!(job = job.name(), cause = %error, "a job failed"),
        }
        hand_back(app, job, app.clock.now() + wait).await?;
    }
    Ok(ran)
}

/// Runs work in a task of its own, so that a panic ends it alone; it ends with its caller.
async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let mut task = JoinSet::new();
    task.spawn(work);
    match task.join_next().await {
        Some(done) => done?,
        None => Err("a task that was started has no end".into()),
    }
}

async fn claim(app: &App, job: Job) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    if !store::is_due(&mut tx, job.name(), now).await? {
        return Ok(false);
    }
    drop(tx);
    let mut tx = app.store.write().await?;
    let claimed = store::claim(&mut tx, job.name(), (now, now + Job::lease())).await?;
    if claimed {
        tx.commit().await?;
    }
    Ok(claimed)
}

async fn hand_back(app: &App, job: Job, next: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    store::hand_back(&mut tx, job.name(), next, app.clock.now()).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_job_is_its_failure_and_nothing_more() {
        let panics = async { None::<()>.ok_or_else(|| -> Failure { panic!("a job") }) };
        let failed = apart(panics).await.unwrap_err().to_string();
        assert!(failed.contains("panic"), "{failed}");
        assert!(apart(async { Ok(1) }).await.is_ok());
    }
}
