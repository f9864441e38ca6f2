//! The released rows of a wave, computed from what its records say, and compared with what the
//! server released.

use respite::ids::WaveId;
use respite::tallies::{Answer, Count, Points, PublishAt, ScaleRule, Threshold, Tree};
use serde_json::Value;

use super::inspection::Sight;
use super::ledger::Said;
use super::sql::{Row, Sql};

/// The released rows are exactly those of the ballots that the records name: none lost, none
/// counted twice, no older one counted in place of a newer. A wave without rows was ended without
/// a count, and that is for its own test.
pub async fn are_those_of_the_records(sql: &mut Sql, wave: WaveId, sight: &Sight) {
    let released = sql.tallies(wave).await;
    let scales: Vec<Value> = serde_json::from_str(&sql.scales(wave).await).unwrap();
    let tree = Tree::new(&sql.tree(wave).await).unwrap();
    let before = previous(sql, wave).await;
    let mut expected: Vec<Row> = Vec::new();
    for scale in &scales {
        let name = scale["id"].as_str().unwrap();
        let mut count = Count::of(&tree, rule(scale));
        for seen in sight {
            let Some(cast) = seen.get(&wave).and_then(|seen| seen.ballot.as_ref()) else {
                continue;
            };
            let Said::Answers { values, .. } = &seen[&wave].said else {
                continue;
            };
            let earlier = before.and_then(|before| seen.get(&before)?.ballot.as_ref());
            let stayed = earlier.is_some_and(|earlier| {
                earlier.counted_at == cast.counted_at
                    && earlier.scales.iter().any(|scale| scale == name)
            });
            let steps = steps(name, values);
            count
                .add(&cast.counted_at, Answer { steps, stayed })
                .unwrap();
        }
        for atom in count.atoms(Threshold::default()) {
            let tally = atom.tally;
            expected.push((
                name.to_owned(),
                atom.top,
                tally.answered().into(),
                tally.mean().into(),
                tally.at_or_above_cut().map(i64::from),
                tally.stayed().into(),
            ));
        }
    }
    expected.sort();
    let mut released = released;
    released.sort();
    assert_eq!(released, expected, "what was released of wave {wave}");
    let people: i64 = expected.iter().map(|row| row.2).sum();
    assert!(people > 0, "nothing was counted: this proves nothing");
}

async fn previous(sql: &mut Sql, wave: WaveId) -> Option<WaveId> {
    let waves = sql.waves().await;
    let before = waves.iter().take_while(|(id, _)| *id != wave);
    before
        .filter(|(_, state)| state != "stopped")
        .last()
        .map(|(id, _)| *id)
}

fn rule(scale: &Value) -> ScaleRule {
    let cut = scale["cut"]
        .as_array()
        .map(|cut| Points::new(cut[0].as_u64().unwrap(), cut[1].as_u64().unwrap()).unwrap());
    let publish_at = if scale["at_units"] == true {
        PublishAt::Unit
    } else {
        PublishAt::Organisation
    };
    ScaleRule::new(scale["highest"].as_u64().unwrap(), cut, publish_at).unwrap()
}

/// Options of 0, 25, 50, 75 and 100 are steps of one; item 7 of work is reversed.
fn steps(scale: &str, values: &std::collections::BTreeMap<String, i64>) -> u64 {
    let of_scale = values.iter().filter(|(item, _)| {
        item.rsplit_once('.')
            .is_some_and(|(before, _)| before == scale)
    });
    let sum: i64 = of_scale
        .map(|(item, value)| if item == "cbi.work.7" { 100 - value } else { *value } / 25)
        .sum();
    u64::try_from(sum).unwrap()
}
