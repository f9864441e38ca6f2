//! Connections that read the newest state, statement by statement. `sqlx`'s own pool asks each
//! connection that comes back whether it still lives, which costs as much as a statement; one to a
//! file does not break.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// As many connections as may read at once. Cheap to clone.
#[derive(Clone)]
pub(super) struct Readers {
    options: Arc<SqliteConnectOptions>,
    places: Arc<Semaphore>,
    most: u32,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
}

/// A connection that is given back when it is dropped.
pub struct Lent {
    conn: Option<SqliteConnection>,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
    // Dropped after the connection has been given back.
    _place: OwnedSemaphorePermit,
}

impl Readers {
    /// Connects when somebody asks, with these options.
    pub fn new(options: SqliteConnectOptions, most: u32) -> Self {
        Self {
            options: Arc::new(options),
            places: Arc::new(Semaphore::new(most as usize)),
            most,
            idle: Arc::default(),
        }
    }

    /// Waits for one that nobody uses.
    pub async fn lend(&self) -> Result<Lent, sqlx::Error> {
        let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned());
        let place = place.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = locked(&self.idle).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.options.connect().await?,
        };
        Ok(Lent {
            conn: Some(conn),
            idle: self.idle.clone(),
            _place: place,
        })
    }

    /// Waits until all are given back, and closes them.
    pub async fn close(&self) {
        // It is closed already, by somebody else, if there is no place to be had.
        let all = self.places.acquire_many(self.most).await;
        self.places.close();
        let idle = std::mem::take(&mut *locked(&self.idle));
        for conn in idle {
            // A reader that cannot say goodbye has written nothing that could be lost.
            let _ = sqlx::Connection::close(conn).await;
        }
        drop(all);
    }
}

/// Whoever panicked while it held the list had only pushed or popped.
fn locked(idle: &Mutex<Vec<SqliteConnection>>) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Lent {
    fn drop(&mut self) {
        locked(&self.idle).extend(self.conn.take());
    }
}

impl Deref for Lent {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        self.conn
            .as_ref()
            .expect("the connection leaves only when it is dropped")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.conn
            .as_mut()
            .expect("the connection leaves only when it is dropped")
    }
}
