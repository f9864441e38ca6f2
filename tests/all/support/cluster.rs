//! A PostgreSQL server of the test's own, to be killed, stopped and promoted at will. Wants the
//! folder of its programs in `RESPITE_TEST_POSTGRES_BIN`, which `./test.sh` sets.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::serving::free_address;

/// One PostgreSQL server with a folder of its own; stopped and removed when it is dropped.
pub struct Cluster {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

impl Cluster {
    /// Makes and starts a server. `None` only where PostgreSQL was left out on purpose. The
    /// settings are lines of `postgresql.conf`; durability is as PostgreSQL ships it.
    pub fn start(settings: &str) -> Option<Self> {
        let cluster = Self::empty()?;
        let data = cluster.data();
        cluster.run(
            "initdb",
            &["-D", &data, "-U", "respite", "-E", "UTF8", "--locale=C"],
            &["--auth=trust", "--no-sync"],
        );
        cluster.configure(settings);
        cluster.begin();
        Some(cluster)
    }

    /// A copy of a running server that follows it by streaming replication.
    pub fn follow(primary: &Self, settings: &str) -> Self {
        let cluster = Self::empty().expect("the primary runs, so PostgreSQL is here");
        let source = format!("host=127.0.0.1 port={} user=respite", primary.port);
        cluster.run(
            "pg_basebackup",
            &["-D", &cluster.data(), "-d", &source, "-X", "stream"],
            &["-R", "-c", "fast"],
        );
        cluster.configure(settings);
        cluster.begin();
        cluster
    }

    /// The address of its database.
    pub fn address(&self) -> String {
        format!("postgres://respite@127.0.0.1:{}/postgres", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of its first process, from its own file.
    pub fn id(&self) -> Option<u32> {
        let file = Path::new(&self.data()).join("postmaster.pid");
        std::fs::read_to_string(file)
            .ok()?
            .lines()
            .next()?
            .parse()
            .ok()
    }

    /// Starts it, after it was made, stopped or killed.
    pub fn begin(&self) {
        let log = self.folder.path().join("log");
        let port = format!("-p {}", self.port);
        self.run(
            "pg_ctl",
            &[
                "start",
                "-s",
                "-w",
                "-t",
                "60",
                "-D",
                &self.data(),
                "-o",
                &port,
            ],
            &["-l", &log.display().to_string()],
        );
    }

    /// Ends it as a crash would: no checkpoint, clients are cut.
    pub fn crash(&self) {
        self.run(
            "pg_ctl",
            &["stop", "-s", "-w", "-m", "immediate", "-D", &self.data()],
            &[],
        );
    }

    /// `kill -9` of its first process; waits until the others, which follow it, have gone too.
    pub fn kill(&self) {
        let id = self.id().expect("it runs").to_string();
        let killed = Command::new("kill").args(["-9", &id]).status();
        assert!(killed.is_ok_and(|status| status.success()), "kill -9 {id}");
        while self.lives() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // Where nobody collects dead processes, as in many containers, PostgreSQL takes its files
        // for those of a living one.
        let socket = format!(".s.PGSQL.{}.lock", self.port);
        for file in [Path::new("data").join("postmaster.pid"), socket.into()] {
            std::fs::remove_file(self.folder.path().join(file)).expect("its file");
        }
    }

    /// Whether any process works in its folder of data, as all of PostgreSQL's do.
    fn lives(&self) -> bool {
        let data = Path::new(&self.data()).to_owned();
        let processes = std::fs::read_dir("/proc").expect("Linux");
        processes
            .filter_map(Result::ok)
            .filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok())
            .any(|folder| folder == data)
    }

    /// Makes a follower the primary.
    pub fn promote(&self) {
        self.run("pg_ctl", &["promote", "-s", "-w", "-D", &self.data()], &[]);
    }

    fn empty() -> Option<Self> {
        let Ok(programs) = std::env::var("RESPITE_TEST_POSTGRES_BIN") else {
            assert!(
                std::env::var("RESPITE_SKIP_POSTGRES").is_ok_and(|value| value == "1"),
                "set RESPITE_TEST_POSTGRES_BIN (./test.sh does), or RESPITE_SKIP_POSTGRES=1"
            );
            eprintln!("LEFT OUT: PostgreSQL, because RESPITE_SKIP_POSTGRES=1");
            return None;
        };
        // /tmp and not $TMPDIR: the account postgres must be able to enter it.
        let folder = tempfile::Builder::new()
            .prefix("respite-cluster.")
            .tempdir_in("/tmp")
            .expect("a folder");
        if is_root() {
            let owner = Command::new("chown")
                .arg("postgres")
                .arg(folder.path())
                .status();
            assert!(owner.is_ok_and(|status| status.success()), "chown postgres");
        }
        Some(Self {
            programs: programs.into(),
            folder,
            port: free_address().port(),
        })
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn configure(&self, settings: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        let old = std::fs::read_to_string(&file).expect("its settings");
        let socket = self.folder.path().display();
        let own = format!("listen_addresses='127.0.0.1'\nunix_socket_directories='{socket}'\n");
        std::fs::write(&file, format!("{old}\n{own}{settings}\n")).expect("its settings");
    }

    /// Runs one of its programs, as the account `postgres` if the test is root. Panics with what
    /// it said if it fails.
    fn run(&self, program: &str, arguments: &[&str], more: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // To a file: a server that goes on running would hold a pipe open.
        let said = self.folder.path().join("said");
        let file = std::fs::File::create(&said).expect("a file");
        let ended = command
            .args(arguments)
            .args(more)
            .current_dir("/")
            .stdin(std::process::Stdio::null())
            .stdout(file.try_clone().expect("a file"))
            .stderr(file)
            .status();
        let said = std::fs::read_to_string(said).unwrap_or_default();
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(
            ended.is_ok_and(|status| status.success()),
            "{} failed: {said}\n{log}",
            program.display()
        );
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that was killed leaves its file, and nothing to stop.
        if self.id().is_some() && self.lives() {
            self.crash();
        }
    }
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("Linux")) == 0
}
