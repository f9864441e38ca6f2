//! One year on one engine with all its copies, and what was found in them. It is lived through
//! once for all tests of this engine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use respite::operations::backup::backup;
use respite::store::{Opening, Store};
use respite::vault::Token;

use super::classifier::{Verdict, judge};
use super::copies::{Copier, Copy, File, Kind};
use super::needles::Needles;
use super::secrets::{self, Key};
use super::seen::{OPAQUE, Seen, look};
use super::truth::{Ballots, ballots_in, families};
use super::words::{Words, token_bytes};
use super::year::{DAYS, Year};
use crate::support::cluster::Cluster;
use crate::support::{Engine, TestStore, both};

/// Decides who does what on which day; keys and ids are random all the same.
const SEED: u64 = 4;
const DUMPS: usize = 30;
/// Days on which a wave of the burnout inventory opens; one of the single item opens with each.
const OPENINGS: [usize; 4] = [35, 124, 216, 308];

/// What was found.
#[derive(Default)]
pub struct Findings {
    pub copies: usize,
    pub bytes: u64,
    pub needles: usize,
    /// Needles that were found, and in which file.
    pub leaks: BTreeSet<String>,
    /// Needles that were planted and not found.
    pub overlooked: usize,
    /// What had been destroyed and still lies in a page.
    pub left_behind: BTreeSet<String>,
    /// Tables in which rows of one wave, or of all, have more than one length.
    pub uneven: BTreeSet<&'static str>,
    pub keys_tried: usize,
    /// Stored values that are the key by which some row lies where it lies.
    pub finding: usize,
    /// The same of the true keys.
    pub can_find: usize,
    /// Tables of which a stored value opened a row.
    pub opened: BTreeSet<&'static str>,
    /// Tables of which the true keys opened a row.
    pub can_be_opened: BTreeSet<&'static str>,
    pub verdicts: Vec<(&'static str, Option<Verdict>)>,
}

/// Lives through the year once; `None` only where PostgreSQL was left out on purpose.
pub fn of(engine: Engine) -> Option<&'static Findings> {
    static SQLITE: OnceLock<Option<Findings>> = OnceLock::new();
    static POSTGRES: OnceLock<Option<Findings>> = OnceLock::new();
    let found = match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    };
    found.get_or_init(|| live(engine)).as_ref()
}

fn live(engine: Engine) -> Option<Findings> {
    let mut findings = None;
    if engine == Engine::Sqlite {
        both::run(engine, async |store| {
            let file = store.folder.path().join("respite.db");
            findings = Some(year(store, Copier::Sqlite { file }).await);
        });
        return findings;
    }
    // A server of its own: its files and its whole log are read.
    let settings = "fsync=off\nwal_recycle=off\nmin_wal_size='32MB'\nmax_connections=60";
    let cluster = Cluster::start(settings)?;
    let address = cluster.address();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    Some(runtime.block_on(async {
        let store = TestStore {
            store: Store::open(&address, Opening::Migrate).await.unwrap(),
            address: address.clone(),
            folder: tempfile::tempdir().unwrap(),
        };
        let searched = HashMap::new();
        year(store, Copier::Postgres { address, searched }).await
    }))
}

/// On which days a copy is taken: denser while waves are open, or every day.
fn days() -> BTreeSet<usize> {
    let asked = std::env::var("RESPITE_TEST_DUMPS").ok();
    let many = asked.map_or(DUMPS, |text| text.parse().expect("a number of dumps"));
    let mut days = vec![DAYS - 1, 68];
    for after in [13, 14, 6, 7, 1, 3, 10] {
        days.extend(OPENINGS.map(|opening| opening + after));
    }
    let others = (1..DAYS).map(|day| day * 151 % DAYS);
    days.extend(others);
    let mut chosen = BTreeSet::new();
    for day in days {
        if chosen.len() < many {
            chosen.insert(day);
        }
    }
    chosen
}

async fn year(store: TestStore, mut copier: Copier) -> Findings {
    let days = days();
    let mut year = Year::begin(store, SEED).await;
    let mut reader = Reader::default();
    for day in 0..DAYS {
        year.day = day;
        year.live().await;
        if days.contains(&day) {
            let mut copy = copier.copy().await;
            if reader.seen.len() % 8 == 1 || day == DAYS - 1 {
                copy.files.push(back_up(&year).await);
            }
            reader.read(&year, &copy, day == OPENINGS[1] + 6);
        }
    }
    reader.finish(&year)
}

async fn back_up(year: &Year) -> File {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("backup.db");
    backup(&year.app.app.store, &name).await.unwrap();
    File {
        name: "the backup".to_owned(),
        kind: Kind::Backup,
        bytes: std::fs::read(&name).unwrap(),
    }
}

#[derive(Default)]
struct Reader {
    words: Words,
    seen: Vec<Seen>,
    ballots: Vec<Ballots>,
    /// The end of what will be destroyed with its wave, and the wave.
    doomed: Vec<(&'static str, Vec<u8>, Vec<u8>)>,
    found: Findings,
}

impl Reader {
    fn read(&mut self, year: &Year, copy: &Copy, try_keys: bool) {
        self.words.learn(year);
        self.search(year, copy);
        self.search_destroyed(year, copy);
        self.measure(copy);
        self.seen.push(look(year.day, copy));
        self.ballots.push(ballots_in(year, copy));
        if try_keys {
            self.try_keys(year, copy);
        }
        self.found.copies += 1;
    }

    fn search(&mut self, year: &Year, copy: &Copy) {
        let needles = &self.words.needles;
        let short = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        for file in &copy.files {
            self.found.bytes += file.bytes.len() as u64;
            for hit in needles.find(&file.bytes) {
                let what = needles.what(hit.needle);
                let line = format!("day {}: {what} in {}", year.day, short(&file.name));
                self.found.leaks.insert(line);
            }
        }
        if year.day == DAYS - 1 {
            let planted = needles.planted_in(&copy.files[0].bytes);
            let hits: BTreeSet<usize> = needles
                .find(&planted)
                .iter()
                .map(|hit| hit.needle)
                .collect();
            self.found.needles = needles.len();
            self.found.overlooked = needles.len() - hits.len();
        }
    }

    /// Ballots and keys of waves that have been counted are in no page any more, free ones and
    /// the log of SQLite among them. The log of PostgreSQL keeps them until it is removed.
    fn search_destroyed(&mut self, year: &Year, copy: &Copy) {
        let closed = |id: &[u8]| {
            let mut waves = year.waves.iter();
            waves.any(|wave| wave.closed.is_some() && wave.id.bytes() == id)
        };
        let mut needles = Needles::default();
        for (what, wave, end) in &self.doomed {
            if closed(wave) {
                needles.add(what, end);
            }
        }
        for file in copy.files.iter().filter(|file| file.kind != Kind::Log) {
            for hit in needles.find(&file.bytes) {
                let what = needles.what(hit.needle);
                self.found
                    .left_behind
                    .insert(format!("day {}: {what}", year.day));
            }
        }
        for (what, name) in [
            ("a counted ballot", "ballots"),
            ("a destroyed key", "wave_keys"),
        ] {
            let table = &copy.tables[name];
            let [wave, sealed] = ["wave", "sealed"].map(|name| table.column(name).unwrap());
            for row in &table.rows {
                let (wave, sealed) = (row[wave].clone().unwrap(), row[sealed].clone().unwrap());
                let end = sealed[sealed.len() - 24..].to_vec();
                if !self.doomed.iter().any(|(_, _, known)| *known == end) {
                    self.doomed.push((what, wave, end));
                }
            }
        }
    }

    /// Ballots have one length in a wave, all else has one.
    fn measure(&mut self, copy: &Copy) {
        for (name, _) in OPAQUE {
            let table = &copy.tables[name];
            let sealed = ["ciphertext", "sealed"];
            let sealed = sealed.iter().find_map(|name| table.column(name)).unwrap();
            let wave = table.column("wave").filter(|_| name == "ballots");
            let mut lengths = BTreeMap::new();
            for row in &table.rows {
                let kind = wave.map(|wave| row[wave].clone());
                let length = row[sealed].as_ref().map(Vec::len);
                if *lengths.entry(kind).or_insert(length) != length {
                    self.found.uneven.insert(name);
                }
            }
        }
    }

    fn try_keys(&mut self, year: &Year, copy: &Copy) {
        let sealed = secrets::sealed_in(copy);
        let keys = secrets::candidates_in(copy);
        self.found.keys_tried = keys.len();
        let places = secrets::Found::of(copy);
        self.found.finding = keys.iter().filter(|key| places.by(key)).count();
        self.found.opened = secrets::opened(&sealed, &keys);
        for (sealed, keys) in secrets::vaults_in(copy) {
            self.found.opened.extend(secrets::opened(&sealed, &keys));
        }
        let file = year.app.app.settings.server_key_file();
        let text = std::fs::read_to_string(file).unwrap();
        let hex: String = text
            .chars()
            .rev()
            .filter(char::is_ascii_hexdigit)
            .take(64)
            .collect();
        let hex: Vec<char> = hex.chars().rev().collect();
        let byte = |two: &[char]| {
            u8::from_str_radix(&two.iter().collect::<String>(), 16).expect("hexadecimal digits")
        };
        let server: Vec<u8> = hex.chunks(2).map(byte).collect();
        let bytes = |token: &Token| token_bytes(&token.to_string()).try_into().unwrap();
        let mut keys: BTreeSet<Key> = year.admin_tokens.iter().map(bytes).collect();
        for worker in &year.workers {
            keys.insert(worker.raw_key);
            keys.extend(worker.tokens.iter().map(|(_, token)| bytes(token)));
        }
        let keys = secrets::true_keys(keys, server.try_into().unwrap(), copy);
        self.found.can_be_opened = secrets::opened(&sealed, &keys);
        self.found.can_find = keys.iter().filter(|key| places.by(key)).count();
    }

    fn finish(mut self, year: &Year) -> Findings {
        let families = families(year, &self.seen, &self.ballots);
        self.found.verdicts = families
            .iter()
            .map(|(what, strata)| (*what, judge(strata, SEED)))
            .collect();
        self.found
    }
}
