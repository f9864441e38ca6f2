//! How people in a demonstration answer: a lasting difference between persons, ordinary ups and
//! downs, a season that all share, and one team that really rises. Pure; chance is an argument.

use std::collections::BTreeMap;

use rand::{Rng, RngExt};

use crate::questionnaires::Instrument;

/// Points of 100 by which a shared season lifts the winter waves.
const SEASON: f64 = 5.0;
/// Spread of lasting differences between persons, of ups and downs from wave to wave, and of
/// single items.
const PERSON: f64 = 14.0;
const WAVE: f64 = 7.0;
const ITEM: f64 = 16.0;
/// So many items have the spread above. Who is asked less is taken to answer each more steadily,
/// so that people differ by about 17 points on every questionnaire, as the trend method assumes.
const ITEMS: f64 = 7.0;

/// Someone's lasting level, 0 to 100.
pub fn level(team: f64, chance: &mut impl Rng) -> f64 {
    team + PERSON * normal(chance)
}

/// What is on everyone's mind at one wave: month 1 to 12, and the rise of her team in points.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Calendar month of the wave.
    pub month: u32,
    /// Points by which the team has risen so far.
    pub rise: f64,
}

impl Weather {
    fn points(self) -> f64 {
        let season = if matches!(self.month, 11 | 12 | 1 | 2) {
            SEASON
        } else {
            0.0
        };
        season + self.rise
    }
}

/// A filled-in form: for each item the option nearest to what she feels, some left out.
pub fn sheet(
    instrument: &Instrument,
    (level, weather): (f64, Weather),
    chance: &mut impl Rng,
) -> BTreeMap<String, Option<i64>> {
    let felt = level + weather.points() + WAVE * normal(chance);
    let mut answers = BTreeMap::new();
    let items = f64::from(u32::try_from(instrument.items.len()).unwrap_or(u32::MAX));
    let spread = ITEM * (items / ITEMS).min(1.0).sqrt();
    for item in &instrument.items {
        let skipped = chance.random_bool(0.01);
        let place = (felt + spread * normal(chance)).clamp(0.0, 100.0);
        let value = (!skipped)
            .then(|| nearest(instrument, &item.id, place))
            .flatten();
        answers.insert(item.id.clone(), value);
    }
    if answers.values().all(Option::is_none)
        && let Some((item, value)) = answers.iter_mut().next()
    {
        *value = nearest(instrument, item, felt.clamp(0.0, 100.0));
    }
    answers
}

/// The option of an item at a place from 0 (least strain) to 100.
fn nearest(instrument: &Instrument, item: &str, place: f64) -> Option<i64> {
    let set = instrument.response_set_of(instrument.item(item)?)?;
    let mut values: Vec<i64> = set.options.iter().map(|option| option.value).collect();
    values.sort_unstable();
    if is_reversed(instrument, item) {
        values.reverse();
    }
    let last = u32::try_from(values.len().checked_sub(1)?).ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to last"
    )]
    let index = (place / 100.0 * f64::from(last))
        .round()
        .clamp(0.0, f64::from(last)) as usize;
    values.get(index).copied()
}

fn is_reversed(instrument: &Instrument, item: &str) -> bool {
    instrument
        .scales
        .iter()
        .any(|scale| scale.reversed.iter().any(|reversed| reversed == item))
}

/// A standard normal number (Box and Muller 1958).
fn normal(chance: &mut impl Rng) -> f64 {
    let (first, second): (f64, f64) = (chance.random(), chance.random());
    (-2.0 * (1.0 - first).ln()).sqrt() * (std::f64::consts::TAU * second).cos()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::questionnaires::{Answers, Catalogue, score};

    #[test]
    fn a_higher_level_gives_higher_scores_on_every_scale() {
        let catalogue = Catalogue::embedded();
        let cbi = catalogue.find("cbi").unwrap();
        let mut chance = StdRng::seed_from_u64(7);
        let mut mean = |level: f64| {
            let weather = Weather {
                month: 6,
                rise: 0.0,
            };
            let sheets = (0..200).map(|_| sheet(cbi, (level, weather), &mut chance));
            let scores: Vec<f64> = sheets
                .map(|given| Answers::parse(cbi, None, &given).unwrap())
                .flat_map(|answers| score(cbi, None, &answers))
                .filter_map(|score| score.score.map(crate::questionnaires::Fraction::to_f64))
                .collect();
            scores.iter().sum::<f64>() / f64::from(u32::try_from(scores.len()).unwrap())
        };
        let (low, high) = (mean(30.0), mean(60.0));
        assert!(low > 22.0 && low < 38.0, "{low}");
        assert!(high > 52.0 && high < 68.0, "{high}");
    }
}
