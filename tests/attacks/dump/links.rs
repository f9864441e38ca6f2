//! Pairs of a person and an opaque row, with everything that is known of both: orders, ids,
//! lengths, and what changed together between two copies.

use std::collections::BTreeSet;

use super::classifier::{Stratum, ranks};
use super::seen::{Seen, Sight};

/// One side of a pair, as a reader of all copies knows it.
pub struct Side<'a> {
    /// The id or key.
    pub id: Vec<u8>,
    /// As it was in the copy that is looked at.
    pub sight: Option<&'a Sight>,
    /// What a watcher outside knows, if there is one: the order in which people came.
    pub arrival: Option<u64>,
    /// For each copy but the first: whether it appeared, went or changed since the one before.
    pub changed: Vec<bool>,
}

impl<'a> Side<'a> {
    pub fn new(id: &[u8], sight: Option<&'a Sight>, digests: &[Option<u64>]) -> Self {
        Self {
            id: id.to_vec(),
            sight,
            arrival: None,
            changed: digests.windows(2).map(|two| two[0] != two[1]).collect(),
        }
    }
}

/// An account in all copies.
pub fn of_account(seen: &[Seen], id: &[u8]) -> Vec<Option<u64>> {
    let digest = |copy: &Seen| copy.accounts.get(id).map(|sight| sight.digest);
    seen.iter().map(digest).collect()
}

/// An opaque row in all copies; a record that has moved is the same row.
pub fn of_row(seen: &[Seen], tables: &[&'static str], key: &[u8]) -> Vec<Option<u64>> {
    let of_copy = |copy: &Seen| {
        let rows = tables.iter();
        let mut found = rows.filter_map(|table| copy.rows.get(&(*table, key.to_vec())));
        found.next().map(|sight| sight.digest)
    };
    seen.iter().map(of_copy).collect()
}

/// People and rows among which the reader has to choose; person `i` and row `i` belong together.
pub struct Group<'a> {
    pub people: Vec<Side<'a>>,
    pub rows: Vec<Side<'a>>,
}

/// All groups of one kind, with the same features.
pub fn strata(groups: &[Group<'_>]) -> Vec<Stratum> {
    let of_people = all_orders(groups, |group| &group.people);
    let of_rows = all_orders(groups, |group| &group.rows);
    let every = groups.iter().zip(of_people.iter().zip(&of_rows));
    every
        .map(|(group, (people, rows))| stratum(group, (people, rows)))
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
fn stratum(group: &Group<'_>, orders: (&[Vec<f64>], &[Vec<f64>])) -> Stratum {
    let (people, rows) = (&group.people, &group.rows);
    let (of_people, of_rows) = (rarity(people), rarity(rows));
    let pair = |person: usize, row: usize| {
        let mut features = Vec::with_capacity(2 * orders.0.len() * orders.1.len() + 5);
        for one in orders.0 {
            for other in orders.1 {
                // The same order, and the other way round.
                features.push((one[person] - other[row]).abs());
                features.push((one[person] + other[row] - 1.0).abs());
            }
        }
        let (a, b) = (&people[person].id, &rows[row].id);
        let same = a.iter().zip(b).filter(|(a, b)| a == b).count();
        let bits: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
        let (mut together, mut rare, mut apart) = (0.0, 0.0_f64, 0.0);
        let changes = people[person].changed.iter().zip(&rows[row].changed);
        for ((a, b), rarity) in changes.zip(of_people.iter().zip(&of_rows)) {
            match (a, b) {
                (true, true) => {
                    together += 1.0;
                    rare = rare.max(rarity.0 * rarity.1);
                }
                (false, false) => {}
                _ => apart += 1.0,
            }
        }
        features.extend([same as f64, f64::from(bits), together, rare, apart]);
        features
    };
    Stratum {
        size: people.len(),
        features: (0..people.len())
            .map(|person| (0..rows.len()).map(|row| pair(person, row)).collect())
            .collect(),
    }
}

/// People, and who of them took part.
type Asked<'a> = (Vec<Side<'a>>, Vec<bool>);

/// Who of these took part, if `took_part[i]` says it of person `i`: every assignment of the
/// answers to people would be as likely.
#[expect(clippy::cast_precision_loss, reason = "counts of copies are small")]
pub fn participation(groups: &[Asked<'_>]) -> Vec<Stratum> {
    let orders = all_orders(groups, |group| &group.0);
    let of_group = |((people, took_part), orders): (&Asked<'_>, &Vec<Vec<f64>>)| {
        let rarity = rarity(people);
        let known = |person: usize| {
            let changed = people[person].changed.iter().zip(&rarity);
            let rare = changed
                .filter(|(changed, _)| **changed)
                .map(|(_, rarity)| rarity);
            let mut known: Vec<f64> = orders.iter().map(|ranks| ranks[person] - 0.5).collect();
            known.push(rare.fold(0.0, |most: f64, rarity| most.max(*rarity)));
            known.push(
                people[person]
                    .changed
                    .iter()
                    .filter(|changed| **changed)
                    .count() as f64,
            );
            known
        };
        let features = |person: usize| {
            let known = known(person);
            let signed = |took_part: &bool| {
                let sign = if *took_part { 1.0 } else { -1.0 };
                known.iter().map(|value| sign * value).collect()
            };
            took_part.iter().map(signed).collect()
        };
        Stratum {
            size: people.len(),
            features: (0..people.len()).map(features).collect(),
        }
    };
    groups.iter().zip(&orders).map(of_group).collect()
}

/// For each group each order in which its sides can be put, as ranks. An order in which all are
/// equal, in every group, says nothing and is left out.
fn all_orders<'a, 'b: 'a, G>(
    groups: &'a [G],
    sides: impl Fn(&'a G) -> &'a Vec<Side<'b>>,
) -> Vec<Vec<Vec<f64>>> {
    let every = groups.iter().flat_map(&sides);
    let sights = every.filter_map(|side| side.sight);
    let names: BTreeSet<&String> = sights.flat_map(|sight| sight.orders.keys()).collect();
    let mut found: Vec<Vec<Vec<f64>>> = groups.iter().map(|_| Vec::new()).collect();
    let mut keep = |of_groups: Vec<Vec<f64>>| {
        let varies = |ranks: &Vec<f64>| ranks.iter().any(|rank| (rank - ranks[0]).abs() > 1e-9);
        if of_groups.iter().any(varies) {
            for (group, ranks) in found.iter_mut().zip(of_groups) {
                group.push(ranks);
            }
        }
    };
    for name in names {
        let value = |side: &Side<'_>| side.sight.and_then(|sight| sight.orders.get(name).copied());
        let of_group = |group| ranks(&sides(group).iter().map(value).collect::<Vec<_>>());
        keep(groups.iter().map(of_group).collect());
    }
    let id = |side: &Side<'b>| side.id.clone();
    let of_group = |group| ranks(&sides(group).iter().map(id).collect::<Vec<_>>());
    keep(groups.iter().map(of_group).collect());
    let arrival = |side: &Side<'_>| side.arrival;
    let of_group = |group| ranks(&sides(group).iter().map(arrival).collect::<Vec<_>>());
    keep(groups.iter().map(of_group).collect());
    let changes = |side: &Side<'_>| side.changed.iter().filter(|changed| **changed).count();
    let of_group = |group| ranks(&sides(group).iter().map(changes).collect::<Vec<_>>());
    keep(groups.iter().map(of_group).collect());
    found
}

/// How rare a change is in each interval: 1 if only one changed.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
fn rarity(sides: &[Side<'_>]) -> Vec<f64> {
    let intervals = sides.first().map_or(0, |side| side.changed.len());
    let count = |at: usize| sides.iter().filter(|side| side.changed[at]).count();
    (0..intervals)
        .map(|at| 1.0 / (count(at).max(1) as f64))
        .collect()
}
