//! The table of INSTRUMENTS section 4, line by line.

use std::collections::BTreeMap;

use super::*;
use crate::questionnaires::Catalogue;
use crate::questionnaires::instrument::Opening::{CrisisFirst, Plain, Reporting, Support};

fn record(instrument: &Instrument, given: &[(&str, i64)]) -> Scored {
    let given: BTreeMap<String, Option<i64>> = given
        .iter()
        .map(|(id, value)| ((*id).to_owned(), Some(*value)))
        .collect();
    Scored {
        version: instrument.version,
        lang: "en".into(),
        status: Status::Published,
        form: None,
        answers: Answers::parse(instrument, None, &given).unwrap(),
    }
}

/// The same answer to the first `count` items of a scale.
fn same(scale: &str, count: usize, value: i64) -> Vec<(String, i64)> {
    (1..=count)
        .map(|n| (format!("{scale}.{n}"), value))
        .collect()
}

fn opening_of(id: &str, given: &[(String, i64)], before: &[&[(String, i64)]]) -> Opening {
    let catalogue = Catalogue::embedded();
    let instrument = catalogue.find(id).unwrap();
    let of = |given: &[(String, i64)]| {
        let given: Vec<(&str, i64)> = given.iter().map(|(id, value)| (&**id, *value)).collect();
        record(instrument, &given)
    };
    let before: Vec<Scored> = before.iter().map(|given| of(given)).collect();
    read(instrument, "en", &of(given), &before).opening
}

fn one(item: &str, value: i64) -> Vec<(String, i64)> {
    vec![(item.to_owned(), value)]
}

#[test]
fn each_trigger_opens_as_the_table_says() {
    let sts: Vec<_> = [2, 5, 7, 9, 11, 13, 14, 23, 25, 28]
        .map(|n| format!("proqol5.{n}"))
        .into();
    let sts = |high: usize| -> Vec<(String, i64)> {
        sts.iter()
            .enumerate()
            .map(|(at, id)| (id.clone(), if at < high { 3 } else { 2 }))
            .collect()
    };
    let table = [
        ("cbi", same("cbi.personal", 6, 50), Plain),
        ("cbi", same("cbi.work", 6, 75), Support),
        ("cbi", same("cbi.client", 6, 75), Support),
        ("cbi", one("cbi.personal.4", 100), Support),
        ("cbi", one("cbi.personal.4", 75), Plain),
        ("burnout1", one("burnout1.1", 3), Plain),
        ("burnout1", one("burnout1.1", 4), Support),
        ("burnout1", one("burnout1.1", 5), CrisisFirst),
        ("proqol5", sts(5), Plain),
        ("proqol5", sts(6), Support),
        ("who5", same("who5", 5, 2), Plain),
        ("who5", same("who5", 5, 1), CrisisFirst),
        ("psi", one("psi.relationships2", 50), Plain),
        ("psi", one("psi.relationships2", 100), Reporting),
        ("hseit", one("hseit.5", 3), Plain),
        ("hseit", one("hseit.5", 4), Reporting),
        ("hseit", one("hseit.21", 5), Reporting),
    ];
    for (id, given, opening) in table {
        assert_eq!(opening_of(id, &given, &[]), opening, "{id} {given:?}");
    }
}

#[test]
fn three_and_more_counts_only_twice_in_a_row() {
    let [two, three] = [2, 3].map(|value| one("burnout1.1", value));
    assert_eq!(opening_of("burnout1", &three, &[&three]), Support);
    assert_eq!(opening_of("burnout1", &three, &[&three, &two]), Plain);
    assert_eq!(opening_of("burnout1", &two, &[&three]), Plain);
}

#[test]
fn a_reliable_rise_opens_with_support_and_a_fall_does_not() {
    let [low, high] = [25, 50].map(|value| same("cbi.personal", 6, value));
    assert_eq!(opening_of("cbi", &high, &[&low]), Support);
    assert_eq!(opening_of("cbi", &low, &[&high]), Plain);
}

fn personal(values: [i64; 6]) -> Vec<(String, i64)> {
    (1..=6)
        .map(|n| format!("cbi.personal.{n}"))
        .zip(values)
        .collect()
}

#[test]
fn change_is_judged_on_exact_differences() {
    let catalogue = Catalogue::embedded();
    let cbi = catalogue.find("cbi").unwrap();
    let of = |values: [i64; 6]| {
        let given = personal(values);
        record(
            cbi,
            &given
                .iter()
                .map(|(id, value)| (&**id, *value))
                .collect::<Vec<_>>(),
        )
    };
    let start = of([25; 6]);
    let table = [
        ([25; 6], Movement::Same, "About the same"),
        ([50, 50, 50, 25, 25, 25], Movement::Same, "About the same"), // 12.5
        (
            [50, 50, 50, 50, 25, 25],
            Movement::Possibly,
            "It may be moving",
        ), // 16.67
        (
            [50, 50, 50, 50, 50, 25],
            Movement::Possibly,
            "It may be moving",
        ), // 20.83 is not 21
        (
            [50; 6],
            Movement::Higher,
            "Your score is 25 points higher than last time.",
        ),
        (
            [0; 6],
            Movement::Lower,
            "Your score is 25 points lower than last time.",
        ),
    ];
    for (values, movement, beginning) in table {
        let now = of(values);
        let feedback = read(cbi, "en", &now, std::slice::from_ref(&start));
        let change = feedback.results[0].change.clone().unwrap();
        assert_eq!(change.movement, movement, "{values:?}");
        assert!(
            change.sentence.starts_with(beginning),
            "{}",
            change.sentence
        );
    }
}

#[test]
fn records_of_another_wording_are_not_compared() {
    let catalogue = Catalogue::embedded();
    let cbi = catalogue.find("cbi").unwrap();
    let now = record(
        cbi,
        &[
            ("cbi.personal.1", 50),
            ("cbi.personal.2", 50),
            ("cbi.personal.3", 50),
        ],
    );
    let first = |before: Scored| {
        let feedback = read(cbi, "en", &now, &[before]);
        feedback.results[0]
            .change
            .as_ref()
            .map(|change| change.movement)
            == Some(Movement::First)
    };
    assert!(!first(now.clone()));
    assert!(first(Scored {
        lang: "ru".into(),
        ..now.clone()
    }));
    assert!(first(Scored {
        status: Status::Draft,
        ..now.clone()
    }));
    assert!(first(Scored {
        version: "2.0.0".parse().unwrap(),
        ..now.clone()
    }));
    assert!(!first(Scored {
        version: "1.7.0".parse().unwrap(),
        ..now.clone()
    }));
}

#[test]
fn an_instrument_about_conditions_gives_no_verdict() {
    let catalogue = Catalogue::embedded();
    let hseit = catalogue.find("hseit").unwrap();
    let feedback = read(hseit, "en", &record(hseit, &[("hseit.5", 5)]), &[]);
    assert!(feedback.results.is_empty() && feedback.caveat.is_none());
    assert!(feedback.purpose.is_some());
    assert_eq!(feedback.sentences.len(), 1);
}

#[test]
fn the_single_item_reads_back_her_own_statement() {
    let catalogue = Catalogue::embedded();
    let single = catalogue.find("burnout1").unwrap();
    let feedback = read(single, "en", &record(single, &[("burnout1.1", 5)]), &[]);
    assert_eq!(
        feedback.results[0].words.as_deref(),
        single.locale("en").unwrap().option("statements", "5")
    );
    assert_eq!(feedback.sentences.len(), 2);
    assert!(feedback.sentences[1].ends_with("please call now:"));
}

#[test]
fn the_most_urgent_opening_comes_first() {
    let all = [CrisisFirst, Reporting, Support];
    let said = sentences::opening(crate::questionnaires::instrument::Kind::Strain, &all);
    assert_eq!(
        said.len(),
        3,
        "the support sentence is not said twice: {said:?}"
    );
    assert!(said[1].ends_with("please call now:") && said[2].starts_with("Nobody"));
    let mut sorted = all;
    sorted.sort_unstable();
    assert_eq!(sorted, [Support, Reporting, CrisisFirst]);
}
