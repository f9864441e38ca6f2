//! What must hold for any series: mirrored scales, more units, and files of made-up rows.

use proptest::prelude::*;
use respite::trends::{
    Cadence, Direction, Judgement, Released, Row, Scale, Series, Status, Unit, judge,
};

/// Answered, how many more were asked, mean, stayed.
type Drawn = (u32, u32, u8, Option<u32>);

/// A series of one scale; a wave of a unit may be missing.
fn series() -> impl Strategy<Value = Released> {
    let cadence = prop_oneof![Just(Cadence::Quarterly), Just(Cadence::Monthly)];
    (cadence, 1_u32..16, 0_usize..8).prop_flat_map(|(cadence, waves, units)| {
        let row = (
            5_u32..40,
            0_u32..30,
            0_u8..=100,
            prop::option::of(0_u32..40),
        );
        let row = prop::option::weighted(0.85, row);
        let unit = prop::collection::vec(row, waves as usize);
        prop::collection::vec(unit, units + 1).prop_map(move |tracks| {
            let rows = |track: &Vec<Option<Drawn>>| -> Vec<Row> {
                let mut before = 0;
                let mut rows = Vec::new();
                for (wave, row) in (1..).zip(track) {
                    let Some((answered, more, mean, stayed)) = row else {
                        before = 0;
                        continue;
                    };
                    rows.push(Row {
                        wave,
                        scale: "s".to_owned(),
                        answered: *answered,
                        asked: answered + more,
                        mean: f64::from(*mean),
                        stayed: stayed.map(|stayed| stayed.min(before).min(*answered)),
                    });
                    before = *answered;
                }
                rows
            };
            let mut tracks = tracks.iter();
            let organisation = tracks.next().map(rows).unwrap_or_default();
            let units = tracks.enumerate().map(|(number, track)| Unit {
                id: number.to_string(),
                rows: rows(track),
            });
            Released {
                cadence,
                waves,
                scales: vec![Scale {
                    id: "s".to_owned(),
                    direction: Direction::HigherIsWorse,
                    cut: Some(50.0),
                    alpha: 0.9,
                }],
                organisation,
                spread: Vec::new(),
                units: units.collect(),
            }
        })
    })
}

fn judgement(released: &Released) -> Judgement {
    judge(&Series::new(released).expect("made-up rows fit together"))
}

proptest! {
    #[test]
    fn every_number_is_one_and_every_status_is_borne_out(released in series()) {
        let found = judgement(&released);
        for unit in &found.units {
            let p = unit.p.unwrap_or(0.5);
            prop_assert!((0.0..=1.0).contains(&p), "{}", p);
            prop_assert_eq!(unit.p.is_some(), unit.leading_scale.is_some());
            for scale in &unit.scales {
                prop_assert_eq!(scale.published, scale.level.is_some());
                let Some(finding) = &scale.finding else { continue };
                prop_assert!(scale.published, "nothing is found where nothing is published");
                prop_assert!(finding.se > 0.0 && finding.z.is_finite());
                prop_assert!((finding.size / finding.se - finding.z).abs() < 1e-9);
                prop_assert!(finding.shown_size.abs() <= finding.size.abs());
                prop_assert!(finding.since_wave > 1 && finding.since_wave <= released.waves);
                let [low, high] = finding.interval;
                prop_assert!(low < finding.shown_size && finding.shown_size < high);
                let rise = finding.least_noticeable_rise(released.cadence);
                prop_assert_eq!(rise.is_some(), finding.rows > 2);
                prop_assert!(rise.is_none_or(|rise| rise > 0.0 && rise.is_finite()));
            }
            prop_assert!(unit.status >= unit.change_status && unit.status >= unit.level_status);
            if unit.status == Some(Status::High) {
                prop_assert!(unit.change_status.max(unit.level_status) >= Some(Status::Elevated));
            }
        }
    }

    #[test]
    fn a_scale_turned_upside_down_is_judged_alike(released in series()) {
        let mut turned = released.clone();
        turned.scales[0].direction = Direction::HigherIsBetter;
        let units = turned.units.iter_mut().flat_map(|unit| &mut unit.rows);
        for row in units.chain(&mut turned.organisation) {
            row.mean = 100.0 - row.mean;
        }
        prop_assert_eq!(judgement(&turned), judgement(&released));
    }

    #[test]
    fn a_unit_without_rows_changes_nothing_for_the_others(released in series()) {
        let mut more = released.clone();
        more.units.push(Unit { id: "new".to_owned(), rows: Vec::new() });
        let mut found = judgement(&more);
        prop_assert_eq!(found.units.pop().unwrap().status, None);
        prop_assert_eq!(found, judgement(&released));
    }

    #[test]
    fn later_waves_change_nothing_that_was_judged_before(released in series()) {
        let last = released.waves;
        prop_assume!(last > 1);
        let mut earlier = released.clone();
        earlier.waves = last - 1;
        let units = earlier.units.iter_mut().map(|unit| &mut unit.rows);
        for rows in units.chain([&mut earlier.organisation]) {
            rows.retain(|row| row.wave < last);
        }
        let moments: Vec<_> =
            respite::trends::Replay::of(&Series::new(&released).unwrap()).collect();
        let before = judgement(&earlier);
        let seen = &moments[moments.len() - 2];
        for (unit, then) in before.units.iter().zip(&seen.units) {
            prop_assert_eq!(unit.p, then.p);
            prop_assert_eq!(unit.change_status, then.memory.status());
        }
    }

    #[test]
    fn what_all_share_raises_nobody_in_the_relative_form(
        released in series(),
        by in 1_u8..5,
    ) {
        // Whole points that leave room for what is added.
        let mut calm = released.clone();
        for row in calm.units.iter_mut().flat_map(|unit| &mut unit.rows) {
            row.mean = (row.mean / 2.0).round();
        }
        let mut season = calm.clone();
        for row in season.units.iter_mut().flat_map(|unit| &mut unit.rows) {
            row.mean += f64::from(u32::from(by) * (row.wave % 4));
        }
        let pairs = judgement(&calm).units.into_iter().zip(judgement(&season).units);
        for (calm, season) in pairs {
            let (Some(calm), Some(season)) = (&calm.scales[0].finding, &season.scales[0].finding)
            else {
                continue;
            };
            if calm.form == respite::trends::Form::Relative {
                prop_assert!((calm.z - season.z).abs() < 1e-6, "{} {}", calm.z, season.z);
            }
        }
    }
}
