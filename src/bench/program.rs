//! The program as a process of its own: started, waited for, weighed, killed.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::ground::Place;
use super::load;
use super::slow_sync::SlowSync;
use crate::store::Commits;

/// How long a server may take to answer for the first time.
const READY: Duration = Duration::from_mins(1);

/// Which program serves, and how.
#[derive(Clone, Debug)]
pub struct Server {
    /// This program, or another build of it to be compared with.
    pub binary: PathBuf,
    /// How it commits. Another build than this can be asked for grouped commits only.
    pub commits: Commits,
    /// A slower disk.
    pub slow: Option<SlowSync>,
}

/// A running server. It is killed when it is dropped.
pub struct Program {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    /// From its start to its first answer.
    pub took: Duration,
}

impl Server {
    /// This program, as everyone runs it.
    pub fn this() -> anyhow::Result<Self> {
        Ok(Self {
            binary: std::env::current_exe()?,
            commits: Commits::Grouped,
            slow: None,
        })
    }

    /// Starts it on an installation, and waits until it answers.
    pub async fn start(&self, place: &Place) -> anyhow::Result<Program> {
        let address = free_address()?;
        let log = place.folder.join("server.log");
        let mut command = Command::new(&self.binary);
        match self.commits {
            Commits::Grouped => command.arg("serve"),
            Commits::OneEach => command.args(["bench", "serve-one-each"]),
        };
        command
            .current_dir(&place.folder)
            .env("RESPITE_DATABASE", &place.database)
            .env("RESPITE_SERVER_KEY_FILE", place.folder.join("server.key"))
            .env("RESPITE_STATE_DIR", &place.folder)
            .env("RESPITE_LISTEN", address.to_string())
            .env_remove("RESPITE_CONFIG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?);
        if let Some(slow) = &self.slow {
            slow.preload(&mut command);
        }
        let began = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", self.binary.display()))?;
        let mut program = Program {
            child,
            address,
            took: Duration::ZERO,
        };
        while load::answers(address).await.is_err() {
            if began.elapsed() > READY || !matches!(program.child.try_wait(), Ok(None)) {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("a server did not start: {said}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        program.took = began.elapsed();
        Ok(program)
    }
}

impl Program {
    /// What the system says of its memory, in KiB: `VmRSS` now, `VmHWM` at most.
    pub fn memory_kib(&self, line: &str) -> anyhow::Result<u64> {
        let file = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(&file).with_context(|| file.clone())?;
        let value = text.lines().find_map(|found| {
            let rest = found.strip_prefix(line)?.strip_prefix(':')?;
            rest.trim().trim_end_matches(" kB").trim().parse().ok()
        });
        value.with_context(|| format!("{file} says nothing of {line}"))
    }

    /// Processor time that it has used so far, in user and system mode.
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        // Linux counts in hundredths of a second here, whatever its own clock does.
        const TICK: Duration = Duration::from_millis(10);
        let file = format!("/proc/{}/stat", self.child.id());
        let text = std::fs::read_to_string(&file).with_context(|| file.clone())?;
        let after_name = text.rsplit(')').next().unwrap_or_default();
        let mut numbers = after_name
            .split_whitespace()
            .skip(11)
            .map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(user)), Some(Ok(system))) => Ok(TICK * user.saturating_add(system)),
            _ => bail!("{file} says nothing of processor time"),
        }
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// An address on the loopback that nobody listens on now.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Copies an installation with an embedded database, for a round of its own.
pub fn copied(place: &Place, to: &Path) -> anyhow::Result<Place> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(&place.folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(Place::in_folder(to))
}
