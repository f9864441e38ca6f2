//! The timetable: what runs by itself. Any server may run a job; a lease that is compared and set
//! gives it to one of them, and to another if that one dies. Every job can be run by hand in a
//! test: the clock is an argument.

mod retention;
mod store;

use std::error::Error;

use chrono::{DateTime, Duration, Utc};
use tokio::task::JoinSet;

use crate::alerts::{follow_ups, judging};
use crate::app::App;
use crate::auth;
use crate::check_ins::{closing, opening, reminding, row_order};
use crate::notifications::delivery;
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
    /// Closes and opens waves whose time has come, and concludes what follows from a close.
    Waves,
    /// Writes the tables of open waves anew, in key order.
    RowOrder,
    /// Writes the letters that say that a wave ends soon.
    Reminders,
    /// Sends the letters that are due.
    Letters,
    /// Removes what has expired: sign-ins, codes, attempts.
    Sweep,
    /// Forgets what is older than its retention, and writes down the audit's heads.
    Retention,
}

impl Job {
    /// Every job, in the order in which they run.
    pub const ALL: [Self; 6] = [
        Self::Waves,
        Self::RowOrder,
        Self::Reminders,
        Self::Letters,
        Self::Sweep,
        Self::Retention,
    ];

    /// Its name in the table of leases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waves => "waves",
            Self::RowOrder => "row-order",
            Self::Reminders => "reminders",
            Self::Letters => "letters",
            Self::Sweep => "sweep",
            Self::Retention => "retention",
        }
    }

    /// From the end of one run to the next.
    fn every(self) -> Duration {
        let usual = match self {
            Self::Waves => Duration::seconds(30),
            Self::RowOrder | Self::Reminders => Duration::minutes(5),
            Self::Letters => Duration::minutes(1),
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
                // What is wrong with a close keeps no other wave from opening, and none from
                // being judged.
                opening::open_due(app).await?;
                judging::judge_due(app).await?;
                follow_ups::tell_due(app).await?;
                closed?;
            }
            Self::RowOrder => {
                if !row_order::rebuild(app).await? {
                    return Ok(Came::LessFar);
                }
            }
            Self::Reminders => {
                reminding::remind_due(app).await?;
            }
            Self::Letters => {
                if delivery::deliver(app.post()).await?.is_cut_short {
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

/// The timetable as one server keeps it. It outlives a lost connection to the database: what this
/// server had claimed and could not give back is given back as soon as the database answers again,
/// so that no job waits for a lease that nobody works under.
pub struct Timetable {
    app: App,
    to_hand_back: Vec<HandBack>,
}

/// A lease that is over, and when its job is due again.
#[derive(Clone, Copy, Debug)]
struct HandBack {
    job: Job,
    leased_until: DateTime<Utc>,
    due_at: DateTime<Utc>,
}

impl Timetable {
    /// Of one server.
    #[must_use]
    pub fn of(app: App) -> Self {
        Self {
            app,
            to_hand_back: Vec::new(),
        }
    }

    /// Runs every job that is due and that no other server has; returns those that ran. A job that
    /// fails or panics is logged and tried again at its next time; the others run all the same.
    pub async fn run_due(&mut self) -> Result<Vec<Job>, StoreError> {
        self.hand_back().await?;
        let app = self.app.clone();
        // Attempts are counted by each server for itself, so this is nobody's lease.
        app.entrance.limits().forget_old();
        if let Err(error) = app.remember_waves_ended_lately().await {
            tracing::error!(cause = %error, "the list of counted waves may be behind");
        }
        let mut ran = Vec::new();
        for job in Job::ALL {
            if !self.claim(job).await? {
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
            if let Some(held) = self.to_hand_back.last_mut() {
                held.due_at = app.clock.now() + wait;
            }
            self.hand_back().await?;
        }
        Ok(ran)
    }

    /// Whether the job is this server's now. Whatever becomes of the answer of the database, the
    /// lease is noted: a claim that was made and not heard of is given back too.
    async fn claim(&mut self, job: Job) -> Result<bool, StoreError> {
        let now = self.app.clock.now();
        let mut tx = self.app.store.read().await?;
        if !store::is_due(&mut tx, job.name(), now).await? {
            return Ok(false);
        }
        drop(tx);
        let leased_until = now + Job::lease();
        let mut tx = self.app.store.write().await?;
        let claimed = store::claim(&mut tx, job.name(), (now, leased_until)).await?;
        if claimed {
            self.to_hand_back.push(HandBack {
                job,
                leased_until,
                due_at: now,
            });
            tx.commit().await?;
        }
        Ok(claimed)
    }

    /// Ends every lease of this server that is over.
    async fn hand_back(&mut self) -> Result<(), StoreError> {
        while let Some(over) = self.to_hand_back.last().copied() {
            let mut tx = self.app.store.write().await?;
            let until = (over.leased_until, self.app.clock.now());
            store::hand_back(&mut tx, over.job.name(), over.due_at, until).await?;
            tx.commit().await?;
            self.to_hand_back.pop();
        }
        Ok(())
    }
}

/// One look at the timetable, by a server that holds no lease.
pub async fn run_due(app: &App) -> Result<Vec<Job>, StoreError> {
    Timetable::of(app.clone()).run_due().await
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
