//! What people of a random organisation answer: each has a temper, and spies choose the answers
//! from which the rest would be seen best.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use respite::questionnaires::{Answers, Instrument, score};

use super::rule::Scale;

/// How somebody answers.
#[derive(Clone, Copy, Debug)]
pub enum Temper {
    Low,
    High,
    /// At one end or at the other.
    Either,
    /// Always the same, in per cent of the scale.
    Constant(i64),
    Any,
    /// The ends, at the cut, or just below it.
    Spy,
}

impl Temper {
    pub fn of_a_climate(chance: &mut StdRng) -> Self {
        match chance.random_range(0..6) {
            0 => Self::Low,
            1 => Self::High,
            2 => Self::Either,
            3 => Self::Constant(chance.random_range(0..=100)),
            _ => Self::Any,
        }
    }

    /// Somebody in a climate.
    pub fn of_a_person(climate: Self, chance: &mut StdRng) -> Self {
        match chance.random_range(0..10) {
            0 | 1 => Self::Spy,
            2 => Self::Any,
            _ => climate,
        }
    }

    fn steps(self, scale: &Scale, chance: &mut StdRng) -> i64 {
        let highest = scale.highest;
        match self {
            Self::Low => chance.random_range(0..=highest / 8),
            Self::High => highest - chance.random_range(0..=highest / 8),
            Self::Either => highest * i64::from(chance.random_bool(0.5)),
            Self::Constant(percent) => highest * percent / 100,
            Self::Any => chance.random_range(0..=highest),
            Self::Spy => {
                let ends = [0, highest, scale.above_from, scale.below_to.max(0)];
                ends[chance.random_range(0..4)]
            }
        }
    }
}

/// A filled-in form; now and then a whole scale is left out.
pub fn sheet(
    instrument: &Instrument,
    scales: &[Scale],
    (temper, chance): (Temper, &mut StdRng),
) -> BTreeMap<String, Option<i64>> {
    let mut sheet: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for item in instrument.items_of(None) {
        sheet.insert(item.id.clone(), None);
    }
    let left_out = chance.random_range(0..20 * scales.len());
    for (place, scale) in scales.iter().enumerate() {
        if scales.len() > 1 && place == left_out {
            continue;
        }
        let mut rest = temper.steps(scale, chance);
        let scale = instrument.scale(&scale.id).expect("a scale");
        let mut members = scale.members.clone();
        members.shuffle(chance);
        for member in members {
            let item = &instrument.items[member.item];
            let set = instrument.response_set_of(item).expect("options");
            let steps = |value: i64| (member.counted(value) - member.lowest) / scale.step.max(1);
            let values = set.options.iter().map(|option| option.value);
            let value = values
                .filter(|value| steps(*value) <= rest)
                .max_by_key(|value| steps(*value))
                .expect("nought is an option");
            rest -= steps(value);
            sheet.insert(item.id.clone(), Some(value));
        }
    }
    sheet
}

/// What a ballot with these answers says, by scale; missing scales are left out.
pub fn steps(
    instrument: &Instrument,
    sheet: &BTreeMap<String, Option<i64>>,
) -> BTreeMap<String, i64> {
    let answers = Answers::parse(instrument, None, sheet).expect("answers");
    let scores = score(instrument, None, &answers).into_iter();
    scores
        .filter_map(|score| Some((score.scale.id.clone(), i64::from(score.steps?))))
        .collect()
}
