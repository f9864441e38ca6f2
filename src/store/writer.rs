//! One SQLite connection; everyone who waits for it shares one durable commit. Use cases run one
//! after another, each in its own savepoint; one that fails does not hurt the others, and nobody
//! is told "done" before the commit is on the disk. One that changes very much is alone instead.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor};
use tokio::sync::{mpsc, oneshot};

use crate::rehearsal::point;

/// How many use cases share a durable commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commits {
    /// All who wait, up to a bound: what every server does.
    #[default]
    Grouped,
    /// Each has one for itself: what the benches compare with.
    OneEach,
}

impl Commits {
    /// The most use cases of one group, kept or undone: bounds how long the first of them waits.
    const fn most(self) -> usize {
        match self {
            Self::Grouped => 256,
            Self::OneEach => 1,
        }
    }
}

type Outcome = Result<(), Arc<sqlx::Error>>;

/// Somebody who wants to write.
struct Ask {
    answer: oneshot::Sender<Result<Member, sqlx::Error>>,
    company: Company,
}

/// Whom a use case shares its transaction with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Company {
    /// With whoever waits.
    Group,
    /// With nobody.
    Nobody,
}

enum Verdict {
    Keep(oneshot::Sender<Outcome>),
    Undo,
}

/// The queue for the one writing connection. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    line: mpsc::Sender<Ask>,
}

/// One member of a group: the connection is hers until she commits or is dropped.
pub struct Member {
    conn: Option<SqliteConnection>,
    back: Option<oneshot::Sender<(SqliteConnection, Verdict)>>,
}

impl Writer {
    /// Opens the writing connection and starts the task that owns it.
    pub async fn open(
        options: &SqliteConnectOptions,
        commits: Commits,
    ) -> Result<Self, sqlx::Error> {
        let (line, askers) = mpsc::channel(1024);
        let waiting = Waiting {
            line: askers,
            put_off: None,
            most: commits.most(),
        };
        tokio::spawn(groups(options.connect().await?, waiting));
        Ok(Self { line })
    }

    /// Waits for her turn.
    pub async fn write(&self) -> Result<Member, sqlx::Error> {
        self.ask(Company::Group).await
    }

    /// Waits for her turn, and has the transaction for herself. To undo one member of a group,
    /// SQLite keeps in memory what was on every page that she changed; one who is alone can change
    /// a great many pages.
    pub async fn write_alone(&self) -> Result<Member, sqlx::Error> {
        self.ask(Company::Nobody).await
    }

    async fn ask(&self, company: Company) -> Result<Member, sqlx::Error> {
        let (answer, answered) = oneshot::channel();
        self.line
            .send(Ask { answer, company })
            .await
            .map_err(|_| sqlx::Error::WorkerCrashed)?;
        answered.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

/// Those who wait, in their order.
struct Waiting {
    line: mpsc::Receiver<Ask>,
    /// Who wants to be alone and was found while a group was running.
    put_off: Option<Ask>,
    /// The most use cases of one group.
    most: usize,
}

impl Waiting {
    /// The first of a new transaction, as soon as there is one.
    async fn first(&mut self) -> Option<Ask> {
        match self.put_off.take() {
            Some(ask) => Some(ask),
            None => self.line.recv().await,
        }
    }

    /// Who joins a group that has had so many members, if anybody waits who may.
    fn joins(&mut self, members: usize) -> Option<Ask> {
        if members >= self.most {
            return None;
        }
        let ask = self.line.try_recv().ok()?;
        match ask.company {
            Company::Group => Some(ask),
            Company::Nobody => {
                self.put_off = Some(ask);
                None
            }
        }
    }
}

/// The only place that opens and closes transactions, so no cancelled request can cut one in half.
async fn groups(mut conn: SqliteConnection, mut waiting: Waiting) {
    while let Some(first) = waiting.first().await {
        let begin = match first.company {
            Company::Group => "BEGIN IMMEDIATE; SAVEPOINT member",
            Company::Nobody => "BEGIN IMMEDIATE",
        };
        if let Err(error) = conn.execute(sqlx::query(begin)).await {
            // If there is nothing to undo, this fails too; the asker is told why either way.
            let _ = conn.execute("ROLLBACK").await;
            let _ = first.answer.send(Err(error));
            continue;
        }
        let kept;
        let outcome;
        (conn, kept, outcome) = match first.company {
            Company::Group => one_group(conn, first, &mut waiting).await,
            Company::Nobody => one_alone(conn, first).await,
        };
        for tell in kept {
            let _ = tell.send(outcome.clone());
        }
    }
}

/// The connection again, whom to tell, and what came of it.
type Done = (SqliteConnection, Vec<oneshot::Sender<Outcome>>, Outcome);

/// Runs members until nobody waits, then commits them all.
async fn one_group(mut conn: SqliteConnection, first: Ask, waiting: &mut Waiting) -> Done {
    let mut ask = first;
    let mut kept = Vec::new();
    let mut members = 0;
    loop {
        let verdict;
        members += 1;
        (conn, verdict) = lend(conn, ask).await;
        let undo = matches!(verdict, Verdict::Undo);
        if let Verdict::Keep(tell) = verdict {
            kept.push(tell);
        }
        let next = waiting.joins(members);
        point("group.before-its-next-step");
        let step = match (undo, next.is_some()) {
            (false, true) => "RELEASE member; SAVEPOINT member",
            (false, false) => "RELEASE member; COMMIT",
            (true, true) => "ROLLBACK TO member; RELEASE member; SAVEPOINT member",
            (true, false) => "ROLLBACK TO member; RELEASE member; COMMIT",
        };
        // A query is prepared once; a text would be every time.
        let step = conn.execute(sqlx::query(step)).await;
        match (step, next) {
            (Ok(_), Some(waiting)) => ask = waiting,
            (Ok(_), None) => {
                point("group.committed");
                return (conn, kept, Ok(()));
            }
            // Disk full or I/O error: SQLite has undone everything, and the savepoint is gone.
            // Who was waiting next is dropped, and told so by her closed channel. The rollback fails
            // where SQLite has done it already.
            (Err(error), _) => {
                let _ = conn.execute("ROLLBACK").await;
                return (conn, kept, Err(Arc::new(error)));
            }
        }
    }
}

/// Runs one who shares her transaction with nobody.
async fn one_alone(conn: SqliteConnection, ask: Ask) -> Done {
    let (mut conn, verdict) = lend(conn, ask).await;
    point("alone.before-its-end");
    let Verdict::Keep(tell) = verdict else {
        // It fails where SQLite has done it already.
        let _ = conn.execute("ROLLBACK").await;
        return (conn, Vec::new(), Ok(()));
    };
    if let Err(error) = conn.execute("COMMIT").await {
        // It fails where SQLite has done it already; she is told of the commit's own error.
        let _ = conn.execute("ROLLBACK").await;
        return (conn, vec![tell], Err(Arc::new(error)));
    }
    point("alone.committed");
    (conn, vec![tell], Ok(()))
}

async fn lend(conn: SqliteConnection, ask: Ask) -> (SqliteConnection, Verdict) {
    let (back, returned) = oneshot::channel();
    // An asker who has gone away gives the connection straight back, through Drop.
    drop(ask.answer.send(Ok(Member {
        conn: Some(conn),
        back: Some(back),
    })));
    returned
        .await
        .expect("a member always gives the connection back when it is dropped")
}

impl Member {
    /// Returns when the work is on the disk, not before.
    pub async fn commit(mut self) -> Outcome {
        let (tell, told) = oneshot::channel();
        self.give_back(Verdict::Keep(tell));
        told.await
            .unwrap_or_else(|_| Err(Arc::new(sqlx::Error::WorkerCrashed)))
    }

    fn give_back(&mut self, verdict: Verdict) {
        if let (Some(conn), Some(back)) = (self.conn.take(), self.back.take()) {
            let _ = back.send((conn, verdict));
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.give_back(Verdict::Undo);
    }
}

impl Deref for Member {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        self.conn
            .as_ref()
            .expect("the connection leaves only with the member")
    }
}

impl DerefMut for Member {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.conn
            .as_mut()
            .expect("the connection leaves only with the member")
    }
}
