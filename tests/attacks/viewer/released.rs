//! What the tables hold of counted waves: their trees, and the released rows of the groups. An
//! attacker is given all of it, also the rows of groups that no page shows by themselves.

use std::collections::{BTreeMap, BTreeSet};

use respite::store::Tx;
use serde::Deserialize;
use uuid::Uuid;

use super::rule::{Row, Scale};
use crate::support::app::TestApp;

/// A counted wave.
#[derive(Clone, Debug)]
pub struct Wave {
    pub id: Uuid,
    pub plan: Uuid,
    pub number: i64,
    pub threshold: i64,
    pub scales: Vec<Scale>,
    pub tree: Vec<Place>,
    /// By scale: the unit at the top of each group, and its row.
    pub groups: BTreeMap<String, Vec<(Uuid, Row)>>,
}

/// A unit of a wave's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub unit: Uuid,
    pub parent: Option<Uuid>,
    pub asked: i64,
}

#[derive(Deserialize)]
struct StoredScale {
    id: String,
    highest: i64,
    cut: Option<(i64, i64)>,
    at_units: bool,
}

type WaveRow = (Uuid, Uuid, i64, i64, String);
type TallyRow = (String, Uuid, i64, i64, Option<i64>, i64);

const WAVES: &str = "SELECT id, plan, number, threshold, scales FROM waves
    WHERE organisation = $1 AND state = 'closed' ORDER BY opens_at, id";
const UNITS: &str = "SELECT unit, parent, asked FROM wave_units WHERE wave = $1 ORDER BY unit";
const TALLIES: &str = "SELECT scale, unit, answered, mean, at_or_above_cut, stayed FROM tallies
    WHERE wave = $1 ORDER BY scale, unit";

/// All rows of a query with one id in it, on either engine.
macro_rules! all_rows {
    ($tx:expr, $sql:expr, $id:expr) => {
        match &mut *$tx {
            Tx::SqliteRead(conn) => {
                let query = sqlx::query_as($sql).bind($id);
                query.fetch_all(&mut **conn).await.unwrap()
            }
            Tx::Postgres(conn) => {
                let query = sqlx::query_as($sql).bind($id);
                query.fetch_all(&mut **conn).await.unwrap()
            }
            Tx::SqliteWrite(_) => unreachable!("a reading view"),
        }
    };
}

/// The counted waves of an organisation, oldest first.
pub async fn waves(app: &TestApp, organisation: &str) -> Vec<Wave> {
    let organisation: Uuid = organisation.parse().unwrap();
    let mut tx = app.app.store.read_newest().await.unwrap();
    let rows: Vec<WaveRow> = all_rows!(&mut tx, WAVES, organisation);
    let mut waves = Vec::new();
    for (id, plan, number, threshold, scales) in rows {
        let units: Vec<(Uuid, Option<Uuid>, i64)> = all_rows!(&mut tx, UNITS, id);
        let tallies: Vec<TallyRow> = all_rows!(&mut tx, TALLIES, id);
        let scales: Vec<StoredScale> = serde_json::from_str(&scales).unwrap();
        let mut groups: BTreeMap<String, Vec<(Uuid, Row)>> = BTreeMap::new();
        for (scale, top, answered, mean, at_or_above_cut, stayed) in tallies {
            let row = Row {
                answered,
                mean,
                at_or_above_cut,
                stayed,
            };
            groups.entry(scale).or_default().push((top, row));
        }
        let scale = |one: StoredScale| Scale::new(&one.id, one.highest, one.cut, one.at_units);
        let place = |(unit, parent, asked)| Place {
            unit,
            parent,
            asked,
        };
        waves.push(Wave {
            id,
            plan,
            number,
            threshold,
            scales: scales.into_iter().map(scale).collect(),
            tree: units.into_iter().map(place).collect(),
            groups,
        });
    }
    waves
}

impl Wave {
    /// The unit and all above it.
    pub fn upwards(&self, unit: Uuid) -> Vec<Uuid> {
        let mut way = vec![unit];
        while let Some(parent) = self.parent(way[way.len() - 1]) {
            way.push(parent);
        }
        way
    }

    pub fn parent(&self, unit: Uuid) -> Option<Uuid> {
        self.tree.iter().find(|place| place.unit == unit)?.parent
    }

    pub fn root(&self) -> Uuid {
        let root = self.tree.iter().find(|place| place.parent.is_none());
        root.expect("a tree has a root").unit
    }

    /// The groups of a scale.
    pub fn groups_of(&self, scale: &str) -> &[(Uuid, Row)] {
        self.groups.get(scale).map_or(&[], Vec::as_slice)
    }

    /// Which groups lie at or below a unit, by their place in [`groups_of`](Self::groups_of).
    pub fn below(&self, unit: Uuid, scale: &str) -> Vec<usize> {
        let groups = self.groups_of(scale).iter().enumerate();
        groups
            .filter(|(_, (top, _))| self.upwards(*top).contains(&unit))
            .map(|(place, _)| place)
            .collect()
    }

    /// The sets of two groups and more that some unit shows the sum of.
    pub fn unions(&self, scale: &str) -> Vec<Vec<usize>> {
        let sets = self.tree.iter().map(|place| self.below(place.unit, scale));
        let sets: BTreeSet<Vec<usize>> = sets.filter(|set| set.len() > 1).collect();
        sets.into_iter().collect()
    }
}
