//! A disk of a few megabytes: a file system of its own, which only the server and what it starts
//! can see. Needs no root where the system lets anyone make a user namespace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::crash::ground::Ground;
use crate::support::serving::{Serve, Serving};

/// Mounts at the first word so many bytes (the second), copies what is in a folder (the third)
/// onto it, and becomes the rest.
const SCRIPT: &str = r#"mount -t tmpfs -o size="$1",mode=700 tmpfs "$0" && cp -p "$2"/* "$0" && shift 2 && exec "$@""#;

/// How a process gets a view of the file systems of its own, by whoever may.
const WAYS: [&[&str]; 2] = [
    &["unshare", "--user", "--map-root-user", "--mount"],
    &["unshare", "--mount"],
];

/// A way that this system allows. `None` only where the test was left out on purpose.
pub fn way() -> Option<&'static [&'static str]> {
    let works = |way: &&&[&str]| {
        let mut command = Command::new(way[0]);
        command
            .args(&way[1..])
            .args(["sh", "-c", "mount -t tmpfs tmpfs /mnt"]);
        command.output().is_ok_and(|ended| ended.status.success())
    };
    if let Some(way) = WAYS.iter().find(works) {
        return Some(way);
    }
    assert!(
        std::env::var("RESPITE_SKIP_FULL_DISK").is_ok_and(|value| value == "1"),
        "nobody may mount a file system here: be root, allow user namespaces, or leave this test \
         out with RESPITE_SKIP_FULL_DISK=1"
    );
    eprintln!("LEFT OUT: the full disk, because RESPITE_SKIP_FULL_DISK=1");
    None
}

/// Serves with a disk of so many bytes mounted at `at`, which begins with what is in `from`.
pub async fn start_with_a_disk(
    serve: &Serve,
    way: &[&str],
    (at, from): (&Path, &Path),
    bytes: usize,
) -> (Serving, Disk) {
    let mut starter = Command::new(way[0]);
    starter.args(&way[1..]).args(["sh", "-c", SCRIPT]);
    starter.arg(at).arg(bytes.to_string()).arg(from);
    let serving = serve.spawn_under(starter);
    serving.answers().await;
    let root = PathBuf::from(format!("/proc/{}/root", serving.id()));
    let disk = Disk(root.join(at.strip_prefix("/").unwrap()));
    (serving, disk)
}

/// The disk as the server sees it, from outside.
pub struct Disk(PathBuf);

impl Disk {
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Lets behind-the-back questions go to a copy of the database, made while nobody writes:
    /// SQLite would look for the path as it is outside.
    pub fn copied(&self, ground: &mut Ground) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["respite.db", "respite.db-wal"] {
            fs::copy(self.file(name), folder.path().join(name)).unwrap();
        }
        let file = folder.path().join("respite.db");
        ground.serve.database = format!("sqlite:{}", file.display());
        folder
    }

    /// Takes all that is left but so many bytes.
    pub fn fill(&self, but: u64) {
        let filler = fs::File::create(self.file("filler")).unwrap();
        let page = [1; 4096];
        let mut file = &filler;
        while std::io::Write::write_all(&mut file, &page).is_ok() {}
        let full = filler.metadata().unwrap().len();
        filler.set_len(full.saturating_sub(but)).unwrap();
    }

    /// Gives it back.
    pub fn make_room(&self) {
        fs::remove_file(self.file("filler")).unwrap();
    }
}
