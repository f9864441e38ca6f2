//! The real program as a process of its own: started on a free port, killed in any way.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::calling::Caller;

/// How long a server may take to answer for the first time.
const READY: Duration = Duration::from_mins(1);

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct Serve {
    /// `sqlite:FILE` or `postgres://…`.
    pub database: String,
    /// Holds server key, list of counted waves, settings and log.
    pub folder: PathBuf,
    /// More environment, such as `RESPITE_REHEARSE_NOW`.
    pub environment: Vec<(String, String)>,
}

/// A running server. It is killed when it is dropped.
pub struct Serving {
    child: Child,
    pub address: SocketAddr,
    pub log: PathBuf,
}

impl Serve {
    /// On a database, with everything else in a folder.
    pub fn on(database: &str, folder: &Path) -> Self {
        Self {
            database: database.to_owned(),
            folder: folder.to_owned(),
            environment: Vec::new(),
        }
    }

    /// With one more variable in its environment.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this text as its settings file.
    pub fn settings(self, toml: &str) -> Self {
        let file = self.folder.join("respite.toml");
        std::fs::write(&file, toml).expect("the settings are written");
        self.with("RESPITE_CONFIG", &file.display().to_string())
    }

    /// Starts the program and waits until it answers. Panics with its log if it does not.
    pub async fn start(&self) -> Serving {
        let serving = self.spawn();
        serving.answers().await;
        serving
    }

    /// Starts the program and does not wait: it may be going to die.
    pub fn spawn(&self) -> Serving {
        self.spawn_as(self.command("serve"))
    }

    /// The same, started by another program that gives way to it, such as `prlimit`.
    pub fn spawn_under(&self, mut starter: Command) -> Serving {
        starter.arg(env!("CARGO_BIN_EXE_respite")).arg("serve");
        self.spawn_as(self.prepared(starter))
    }

    fn spawn_as(&self, mut command: Command) -> Serving {
        let address = free_address();
        let log = self.folder.join(format!("{}.log", address.port()));
        let file = File::create(&log).expect("a log");
        let child = command
            .env("RESPITE_LISTEN", address.to_string())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the program starts");
        Serving {
            child,
            address,
            log,
        }
    }

    /// Runs another subcommand on the same installation; whether it went well.
    pub fn run(&self, subcommand: &str) -> bool {
        let ended = self.command(subcommand).status();
        ended.is_ok_and(|status| status.success())
    }

    /// A subcommand on the same installation, to be given more and run.
    pub fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_respite"));
        command.arg(subcommand);
        self.prepared(command)
    }

    fn prepared(&self, mut command: Command) -> Command {
        command
            .current_dir(&self.folder)
            .env("RESPITE_DATABASE", &self.database)
            .env("RESPITE_SERVER_KEY_FILE", self.folder.join("server.key"))
            .env("RESPITE_STATE_DIR", &self.folder)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null());
        command
    }
}

impl Serving {
    pub fn caller(&self) -> Caller {
        Caller::to(self.address)
    }

    /// The number of the process, for `kill`.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the first answer.
    pub async fn answers(&self) {
        let began = Instant::now();
        while self.caller().get("/organisations", "").await.is_err() {
            assert!(began.elapsed() < READY, "no answer; {}", self.said());
            // Waiting for a process is not a matter of the clock that is passed in.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it wrote to standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for it to end by itself; whether it ended well.
    pub fn ends(mut self) -> bool {
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Whether it has ended by itself.
    pub fn is_over(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on the loopback that nobody listens on now.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}
