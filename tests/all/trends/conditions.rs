//! Conditions and bounds that no worked case leans on: each is the difference between two words here.

use respite::trends::{
    Cadence, Direction, Judgement, Released, Row, Scale, Series, Shape, Status, Unit, judge,
};

/// Units of n answers with these means, wave by wave, on one scale.
fn judged(n: u32, units: &[Vec<u32>]) -> Judgement {
    let waves = u32::try_from(units[0].len()).unwrap();
    let rows = |means: &Vec<u32>| -> Vec<Row> {
        let row = |(wave, mean): (u32, &u32)| Row {
            wave,
            scale: "s".to_owned(),
            answered: n,
            asked: n + n / 4,
            mean: f64::from(*mean),
            stayed: (wave > 1).then_some(n - n / 10),
        };
        (1..).zip(means).map(row).collect()
    };
    let units = units.iter().enumerate().map(|(number, means)| Unit {
        id: number.to_string(),
        rows: rows(means),
    });
    let released = Released {
        cadence: Cadence::Quarterly,
        waves,
        scales: vec![Scale {
            id: "s".to_owned(),
            direction: Direction::HigherIsWorse,
            cut: Some(50.0),
            alpha: 0.85,
        }],
        organisation: Vec::new(),
        spread: Vec::new(),
        units: units.collect(),
    };
    judge(&Series::new(&released).unwrap())
}

/// So many units that stay at 45, and one whose last mean is another.
fn one_rises(n: u32, units: usize, waves: usize, to: u32) -> Judgement {
    let mut means = vec![vec![45; waves]; units];
    *means[0].last_mut().unwrap() = to;
    judged(n, &means)
}

#[test]
fn a_rise_that_is_certain_but_small_is_at_most_watched() {
    let found = one_rises(4000, 9, 8, 48);
    let unit = &found.units[0];
    let finding = unit.scales[0].finding.as_ref().unwrap();
    assert!(finding.p <= 0.028, "{finding:?}");
    assert!(finding.shown_size < 3.0, "{finding:?}");
    assert_eq!(unit.change_status, Some(Status::Watch));
}

#[test]
fn one_unit_among_many_needs_a_smaller_chance() {
    let words = |units: usize| -> Vec<(f64, Option<Status>)> {
        let found = (50..70).map(|to| one_rises(15, units, 6, to));
        found
            .map(|found| (found.units[0].p.unwrap(), found.units[0].change_status))
            .collect()
    };
    let between = |(p, _): &&(f64, Option<Status>)| (0.0068..=0.025).contains(p);
    let few = words(5);
    let many = words(60);
    assert!(few.iter().filter(between).count() > 0 && many.iter().filter(between).count() > 0);
    for (p, status) in few.iter().filter(between) {
        assert_eq!(*status, Some(Status::Elevated), "1 of 5 at {p}");
    }
    for (p, status) in many.iter().filter(between) {
        assert_eq!(*status, Some(Status::Watch), "1 of 60 at {p}");
    }
}

#[test]
fn a_rise_to_a_high_level_is_high_if_both_are_elevated() {
    let mut seen = 0;
    for to in 50..80 {
        let found = one_rises(12, 6, 2, to);
        let unit = &found.units[0];
        let elevated = Some(Status::Elevated);
        if unit.change_status == elevated && unit.level_status == elevated {
            assert_eq!(unit.status, Some(Status::High), "{to}");
            seen += 1;
        } else {
            assert_eq!(
                unit.status,
                unit.change_status.max(unit.level_status),
                "{to}"
            );
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_scale_shows_no_more_than_its_own_chance_bears_out() {
    let mut rows = Vec::new();
    for (scale, to) in [("s", 75.0), ("t", 45.0)] {
        for wave in 1..=4 {
            rows.push((scale, wave, if wave == 4 { to } else { 45.0 }));
        }
    }
    let unit = |number: usize| Unit {
        id: number.to_string(),
        rows: rows
            .iter()
            .map(|(scale, wave, mean)| Row {
                wave: *wave,
                scale: (*scale).to_owned(),
                answered: 20,
                asked: 24,
                mean: if number == 0 { *mean } else { 45.0 },
                stayed: None,
            })
            .collect(),
    };
    let scale = |id: &str| Scale {
        id: id.to_owned(),
        direction: Direction::HigherIsWorse,
        cut: None,
        alpha: 0.85,
    };
    let found = judge(
        &Series::new(&Released {
            cadence: Cadence::Quarterly,
            waves: 4,
            scales: vec![scale("s"), scale("t")],
            organisation: Vec::new(),
            spread: Vec::new(),
            units: (0..6).map(unit).collect(),
        })
        .unwrap(),
    );
    let unit = &found.units[0];
    assert_eq!(unit.change_status, Some(Status::High));
    assert_eq!(unit.leading_scale.as_deref(), Some("s"));
    assert_eq!(unit.scales[0].status, Some(Status::High));
    assert_eq!(unit.scales[1].status, Some(Status::Quiet));
}

#[test]
fn of_equal_fits_the_first_is_taken() {
    // Nobody differs from the others in anything: every step and ramp is nought.
    let found = judged(10, &vec![vec![45; 5]; 5]);
    let finding = found.units[0].scales[0].finding.as_ref().unwrap();
    assert!(finding.z.abs() < f64::EPSILON);
    assert_eq!((finding.since_wave, finding.shape), (2, Shape::Step));
}

#[test]
fn teams_that_differ_less_than_chance_still_differ_a_little() {
    let found = judged(5, &vec![vec![45; 5]; 20]);
    assert!((found.plug_ins[0].tau2 - 1.0).abs() < f64::EPSILON);
    assert!((found.plug_ins[0].q2 - 1.0).abs() < f64::EPSILON);
}

#[test]
fn who_answered_is_noted_from_two_in_five_on() {
    for (stayed, noted) in [(6, true), (7, false)] {
        let turnover = respite::trends::Turnover {
            joined: 10 - stayed,
            left: 10 - stayed,
            answered: 10,
            answered_before: 10,
        };
        assert_eq!(turnover.is_many(), noted, "{stayed} of 10 stayed");
    }
    let found = one_rises(20, 6, 4, 70);
    let finding = found.units[0].scales[0].finding.as_ref().unwrap();
    let turnover = finding.turnover.unwrap();
    assert_eq!((turnover.joined, turnover.left), (2, 2));
    assert_eq!(respite::trends::turnover_note(finding), None);
}
