//! Who belongs to what, as only the harness knows: the groups in which a reader of all copies has
//! to guess. What CONFIDENTIALITY (section 1) says may remain is left out, each with its reason.

use std::collections::BTreeMap;

use respite::check_ins::record::Record;

use super::classifier::Stratum;
use super::copies::Copy;
use super::links::{Group, Side, of_account, of_row, participation, strata};
use super::seen::{Seen, Sight};
use super::year::{Lived, Worker, Year};

/// For one copy: wave and worker, by number, with the id of her ballot in it.
pub type Ballots = BTreeMap<(usize, usize), Vec<u8>>;

/// Which ballot is whose: only the records say it, and only their owners' keys open them.
pub fn ballots_in(year: &Year, copy: &Copy) -> Ballots {
    let table = &copy.tables["open_records"];
    let [locator, sealed] = ["locator", "ciphertext"].map(|name| table.column(name).unwrap());
    let rows: BTreeMap<&[u8], &[u8]> = table
        .rows
        .iter()
        .map(|row| {
            (
                row[locator].as_deref().unwrap(),
                row[sealed].as_deref().unwrap(),
            )
        })
        .collect();
    let mut ballots = Ballots::new();
    for (number, wave) in year.waves.iter().enumerate() {
        for worker in wave.arrivals.keys() {
            let key = &year.workers[*worker].key;
            let at = key.record_locator(wave.id);
            let Some(row) = rows.get(&at.as_bytes()[..]) else {
                continue;
            };
            let record = Record::decode(&key.open_record(&at, row).unwrap()).unwrap();
            if let Some(cast) = record.ballot {
                ballots.insert((number, *worker), cast.ballot.bytes().to_vec());
            }
        }
    }
    ballots
}

/// Everything that is guessed, each with what it is.
pub fn families(
    year: &Year,
    seen: &[Seen],
    ballots: &[Ballots],
) -> Vec<(&'static str, Vec<Stratum>)> {
    let truth = Truth {
        year,
        seen,
        ballots,
    };
    vec![
        (
            "an account and its open record",
            truth.unwatched(|wave| truth.records(wave, When::Open)),
        ),
        (
            "an account and its kept record",
            truth.unwatched(|wave| truth.records(wave, When::Counted)),
        ),
        (
            "an account and its ballot",
            truth.unwatched(|wave| truth.cast(wave)),
        ),
        (
            "an account and its draft",
            truth.unwatched(|wave| truth.drafts(wave)),
        ),
        (
            "an account and its choices",
            strata(&[alone(truth.choices())]),
        ),
        ("an account and its sign-in", strata(&truth.sign_ins())),
        ("who took part", participation(&truth.took_part())),
        ("who signed in", participation(&truth.signed_in())),
        (
            "arrival and open record",
            truth.of_waves(|wave| watched(truth.records(wave, When::Open)?)),
        ),
        (
            "arrival and kept record",
            truth.of_waves(|wave| watched(truth.records(wave, When::Counted)?)),
        ),
        (
            "arrival and ballot",
            truth.of_waves(|wave| watched(truth.cast(wave)?)),
        ),
        (
            "arrival and choices",
            strata(&Vec::from_iter(watched(truth.choices()))),
        ),
    ]
}

fn alone(mut group: Group<'_>) -> Group<'_> {
    group.people.iter_mut().for_each(|side| side.arrival = None);
    group
}

/// A single copy in the hands of somebody who has watched in which order people came, and nothing
/// else. The changes between copies would tell her who came on a day when she has watched it.
fn watched(mut group: Group<'_>) -> Option<Group<'_>> {
    for side in group.people.iter_mut().chain(&mut group.rows) {
        side.changed.clear();
        if side.arrival.is_some() {
            side.sight = None;
        }
    }
    group.people.iter_mut().for_each(|side| side.id.clear());
    (group.people.len() > 1).then_some(group)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Open,
    Counted,
}

struct Truth<'a> {
    year: &'a Year,
    seen: &'a [Seen],
    ballots: &'a [Ballots],
}

impl<'a> Truth<'a> {
    fn of_waves(&self, group: impl Fn(usize) -> Option<Group<'a>>) -> Vec<Stratum> {
        let groups: Vec<Group<'_>> = (0..self.year.waves.len()).filter_map(group).collect();
        strata(&groups)
    }

    /// All copies in the hands of somebody who knows nothing else.
    fn unwatched(&self, group: impl Fn(usize) -> Option<Group<'a>>) -> Vec<Stratum> {
        self.of_waves(|wave| group(wave).map(alone))
    }

    /// The last copy while a wave was open, and the first one after its count.
    fn copies(&self, wave: &Lived) -> (Option<usize>, Option<usize>) {
        let closed = wave.closed.unwrap_or(usize::MAX);
        let is_open = |copy: &Seen| (wave.opened..closed).contains(&copy.day);
        (
            self.seen.iter().rposition(is_open),
            self.seen.iter().position(|copy| copy.day >= closed),
        )
    }

    /// Who could take part from the first day on. Left out: accounts that were made or erased
    /// while the wave was open. That an account exists is known; and "someone who erased her
    /// account while a wave was open had answered it, and which sealed ballot it was".
    fn asked(&self, wave: &Lived) -> Vec<usize> {
        let closed = wave.closed.unwrap_or(usize::MAX);
        let is_asked = |worker: &Worker| {
            worker.joined < wave.opened && worker.erased.is_none_or(|day| day > closed)
        };
        let workers = &self.year.workers;
        (0..workers.len())
            .filter(|at| is_asked(&workers[*at]))
            .collect()
    }

    fn account(&self, worker: usize, copy: usize) -> Side<'a> {
        let id = self.year.workers[worker].id.bytes();
        let sight = self.seen[copy].accounts.get(&id[..]);
        Side::new(id, sight, &of_account(self.seen, id))
    }

    fn row(&self, tables: &[&'static str], key: &[u8], copy: usize) -> Option<Side<'a>> {
        let of_table = |table: &&'static str| self.seen[copy].rows.get(&(*table, key.to_vec()));
        let sight: &'a Sight = tables.iter().find_map(of_table)?;
        Some(Side::new(key, Some(sight), &of_row(self.seen, tables, key)))
    }

    /// Workers with what each has, as far as she has it in this copy.
    fn group(
        &self,
        workers: impl IntoIterator<Item = (usize, Option<u64>)>,
        copy: usize,
        row: impl Fn(usize) -> Option<Side<'a>>,
    ) -> Option<Group<'a>> {
        let mut group = Group {
            people: Vec::new(),
            rows: Vec::new(),
        };
        for (worker, arrival) in workers {
            if let Some(row) = row(worker) {
                let mut person = self.account(worker, copy);
                person.arrival = arrival;
                group.people.push(person);
                group.rows.push(row);
            }
        }
        (group.people.len() > 1).then_some(group)
    }

    fn answered(&self, wave: &'a Lived) -> impl Iterator<Item = (usize, Option<u64>)> {
        let asked = self.asked(wave).into_iter();
        asked.filter_map(|worker| Some((worker, Some(*wave.arrivals.get(&worker)?))))
    }

    fn records(&self, wave: usize, when: When) -> Option<Group<'a>> {
        let wave = &self.year.waves[wave];
        let (open, counted) = self.copies(wave);
        let copy = if when == When::Open { open? } else { counted? };
        self.group(self.answered(wave), copy, |worker| {
            let at = self.year.workers[worker].key.record_locator(wave.id);
            self.row(&["open_records", "records"], at.as_bytes(), copy)
        })
    }

    fn cast(&self, number: usize) -> Option<Group<'a>> {
        let wave = &self.year.waves[number];
        let copy = self.copies(wave).0?;
        self.group(self.answered(wave), copy, |worker| {
            let id = self.ballots[copy].get(&(number, worker))?;
            self.row(&["ballots"], id, copy)
        })
    }

    fn drafts(&self, wave: usize) -> Option<Group<'a>> {
        let wave = &self.year.waves[wave];
        let copy = self.copies(wave).0?;
        let asked = self.asked(wave).into_iter().map(|worker| (worker, None));
        self.group(asked, copy, |worker| {
            let at = self.year.workers[worker].key.draft_key(wave.id);
            self.row(&["drafts"], at.as_bytes(), copy)
        })
    }

    /// At the end of the year. Left out: who came during the year. Her vault has a date, and what
    /// she writes on the day on which she makes it is seen on that day.
    fn choices(&self) -> Group<'a> {
        let copy = self.seen.len() - 1;
        let workers = self.year.workers.iter().enumerate();
        let stayed = workers.filter(|(_, worker)| worker.joined == 0 && worker.erased.is_none());
        let chose = stayed.map(|(at, worker)| (at, Some(worker.chose)));
        let group = self.group(chose, copy, |worker| {
            let at = self.year.workers[worker].key.choices_locator();
            self.row(&["choices"], at.as_bytes(), copy)
        });
        group.expect("founders who have chosen")
    }

    /// The days since the copy before this one.
    fn days(&self, copy: usize) -> std::ops::RangeInclusive<usize> {
        let before = copy
            .checked_sub(1)
            .map_or(0, |before| self.seen[before].day + 1);
        before..=self.seen[copy].day
    }

    /// Who is in a copy and in the one before, and has not changed her account between them: a
    /// vault or password that is made anew shows by itself that she was signed in on that day.
    fn quiet(&self, copy: usize) -> Vec<usize> {
        let days = self.days(copy);
        let is_quiet = |worker: &Worker| {
            worker.joined < *days.start()
                && worker.erased.is_none_or(|day| day > *days.end())
                && worker.touched.range(days.clone()).next().is_none()
        };
        let workers = &self.year.workers;
        (0..workers.len())
            .filter(|at| is_quiet(&workers[*at]))
            .collect()
    }

    fn token_of(&self, worker: usize, copy: usize) -> Option<[u8; 32]> {
        let days = self.days(copy);
        let tokens = self.year.workers[worker].tokens.iter();
        let mut made = tokens.filter(|(day, _)| days.contains(day));
        made.next_back().map(|(_, token)| token.row_key())
    }

    fn sign_ins(&self) -> Vec<Group<'a>> {
        let of_copy = |copy: usize| {
            let quiet = self.quiet(copy).into_iter().map(|worker| (worker, None));
            self.group(quiet, copy, |worker| {
                self.row(&["sign_ins"], &self.token_of(worker, copy)?, copy)
            })
        };
        (1..self.seen.len()).filter_map(of_copy).collect()
    }

    /// For each wave everyone who was asked, with the changes while it was open.
    fn took_part(&self) -> Vec<(Vec<Side<'a>>, Vec<bool>)> {
        let of_wave = |wave: &Lived| {
            let (open, counted) = self.copies(wave);
            let (open, last) = (open?, counted.unwrap_or(self.seen.len() - 1));
            let asked = self.asked(wave);
            let took_part: Vec<bool> = asked
                .iter()
                .map(|worker| wave.arrivals.contains_key(worker))
                .collect();
            let side = |worker: &usize| {
                let mut side = self.account(*worker, open);
                let during = |(at, changed): (usize, bool)| {
                    changed && self.seen[at + 1].day >= wave.opened && at < last
                };
                side.changed = side.changed.drain(..).enumerate().map(during).collect();
                side
            };
            Some((asked.iter().map(side).collect(), took_part))
        };
        self.year.waves.iter().filter_map(of_wave).collect()
    }

    /// For each copy everyone, with the changes since the one before.
    fn signed_in(&self) -> Vec<(Vec<Side<'a>>, Vec<bool>)> {
        let of_copy = |copy: usize| {
            let quiet = self.quiet(copy);
            let signed_in = quiet
                .iter()
                .map(|worker| self.token_of(*worker, copy).is_some());
            let side = |worker: &usize| {
                let mut side = self.account(*worker, copy);
                let this = |(at, changed): (usize, bool)| changed && at + 1 == copy;
                side.changed = side.changed.drain(..).enumerate().map(this).collect();
                side
            };
            (quiet.iter().map(side).collect(), signed_in.collect())
        };
        (1..self.seen.len()).map(of_copy).collect()
    }
}
