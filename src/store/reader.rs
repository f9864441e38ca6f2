//! Reading on `SQLite`: one consistent view, or a bare connection whose every statement sees what
//! is newest. The second spares three visits to the connection's thread.

use std::ops::{Deref, DerefMut};

use sqlx::sqlite::SqliteConnection;
use sqlx::{Sqlite, Transaction};

use super::readers::Lent;

/// A reading connection, given back when it is dropped.
pub struct Reader(Reading);

enum Reading {
    View(Transaction<'static, Sqlite>),
    Newest(Lent),
}

impl Reader {
    /// Everything as it was at the first statement.
    pub(super) fn view(tx: Transaction<'static, Sqlite>) -> Self {
        Self(Reading::View(tx))
    }

    /// Each statement for itself.
    pub(super) fn newest(connection: Lent) -> Self {
        Self(Reading::Newest(connection))
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self.0 {
            Reading::View(tx) => tx.commit().await,
            Reading::Newest(_) => Ok(()),
        }
    }
}

impl Deref for Reader {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        match &self.0 {
            Reading::View(tx) => tx,
            Reading::Newest(connection) => connection,
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Reading::View(tx) => tx,
            Reading::Newest(connection) => connection,
        }
    }
}
