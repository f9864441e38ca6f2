//! The new file that a copy is written to: under a name of its own until it is whole and on the
//! disk, readable by its owner alone, and never in the place of another.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::CopyError;
use crate::store::{Reader, Schema, Tx};

/// A file that is being written. Dropped before [`finish`](Self::finish), it leaves nothing.
#[derive(Debug)]
pub struct NewCopy {
    file: PathBuf,
    partial: PathBuf,
}

impl NewCopy {
    /// Makes the unfinished file, empty.
    pub fn create(file: &Path) -> Result<Self, CopyError> {
        refuse_if_there(file)?;
        let mut name = OsString::from(".");
        name.push(file.file_name().unwrap_or_default());
        name.push(format!(".{}.partial", std::process::id()));
        let partial = file.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&partial).map_err(at(&partial))?;
        Ok(Self {
            file: file.to_owned(),
            partial,
        })
    }

    /// Lays the newest schema, and begins the one transaction that fills it.
    pub async fn begin(&self) -> Result<(SqlitePool, Tx), CopyError> {
        let options = self.options();
        let newest = i64::MAX;
        let mut conn = options.connect().await?;
        Schema::lay(&mut conn, newest).await?;
        sqlx::Connection::close(conn).await?;
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        let tx = Tx::SqliteRead(Reader::view(pool.begin().await?));
        Ok((pool, tx))
    }

    /// How to write to the unfinished file. No journal: if the writing fails, the file goes.
    pub(super) fn options(&self) -> SqliteConnectOptions {
        plain_options(&self.partial)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
    }

    /// Brings the file to the disk, then to its name.
    pub fn finish(self) -> Result<(), CopyError> {
        let unfinished = File::open(&self.partial).map_err(at(&self.partial))?;
        unfinished.sync_all().map_err(at(&self.partial))?;
        refuse_if_there(&self.file)?;
        fs::rename(&self.partial, &self.file).map_err(at(&self.file))?;
        sync_folder(&self.file).map_err(at(&self.file))
    }
}

impl Drop for NewCopy {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name any more.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Without what an installation's own file needs: no log beside it, nothing to sync.
pub(in crate::store) fn plain_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .log_statements(tracing::log::LevelFilter::Off)
}

fn refuse_if_there(file: &Path) -> Result<(), CopyError> {
    match fs::symlink_metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(file)(error)),
        Ok(_) => Err(CopyError::Exists(file.to_owned())),
    }
}

fn at(file: &Path) -> impl FnOnce(io::Error) -> CopyError {
    let file = file.to_owned();
    move |cause| CopyError::File { file, cause }
}

/// Without this the name of a new file can be lost by a power cut.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
