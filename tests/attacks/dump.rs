//! The dump test: a reader of the database, its free pages, its log and its backups, once or
//! every day of a year. She finds no answer, opens nothing with what she finds, and cannot tell
//! whose a record, ballot or sign-in is.
//!
//! The year (`dump/year.rs`) has sixty workers, four waves of a burnout inventory and eleven of a
//! single item; 30 copies are taken on each engine, most of them while waves are open. Every day:
//! `RESPITE_TEST_DUMPS=365 ./test.sh cargo test --test attacks dump`. Who does what on which day
//! comes from a fixed seed; keys and ids are random.
//!
//! The test of links (`dump/classifier.rs`): a logistic regression learns from one half of the
//! true pairs, chosen at random, and ranks all candidates for the other half. If nothing links
//! them, every assignment of rows to people is as likely. Two statistics are compared with that:
//! the sum of the ranks of the true rows, against mean and variance of a random assignment
//! (failure from 6 standard deviations on: 1e-9), and how many true rows come first, against a
//! Poisson variable (failure under 1e-9). With 24 pairs of such tests in a run, a false failure is
//! less likely than 1e-7. With 200 pairs, a mean rank of 0.62 instead of 0.5 is found, or two
//! dozen people of whom the reader is certain; with 26 pairs, 0.84. Tests of the classifier show
//! that it finds both.
//!
//! Copies are taken after the job of the row order has run: what has arrived since its last run
//! lies in the order of arrival (CONFIDENTIALITY, "Row order"), choices since the last night. Four
//! tests of each engine give the reader of one copy something that no copy holds, the order in
//! which people came; she cannot use it either. What is left out, because the threat model says
//! that it remains, stands in `dump/truth.rs`, each with its reason.

mod acts;
mod classifier;
mod copies;
mod findings;
mod links;
mod needles;
mod secrets;
mod seen;
mod truth;
mod words;
mod year;

use crate::support::Engine;
use findings::Findings;

/// One promise, on both engines.
macro_rules! on_both_engines {
    ($name:ident, $check:expr) => {
        mod $name {
            use super::*;
            #[test]
            fn sqlite() {
                findings::of(Engine::Sqlite).map($check).unwrap_or_default();
            }
            #[test]
            fn postgres() {
                findings::of(Engine::Postgres)
                    .map($check)
                    .unwrap_or_default();
            }
        }
    };
}

on_both_engines!(
    no_byte_of_any_copy_holds_an_answer_or_a_secret,
    |found: &Findings| {
        assert!(found.leaks.is_empty(), "{:#?}", found.leaks);
        assert_eq!(
            found.overlooked, 0,
            "each of {} can be found",
            found.needles
        );
        assert!(found.copies >= 30 && found.needles > 10_000);
        let megabytes = found.bytes >> 20;
        println!(
            "{} copies, {megabytes} MB, {} needles",
            found.copies, found.needles
        );
    }
);

on_both_engines!(
    what_is_destroyed_at_the_count_is_in_no_page_any_more,
    |found: &Findings| assert!(found.left_behind.is_empty(), "{:#?}", found.left_behind)
);

on_both_engines!(
    rows_of_a_kind_have_one_length_whatever_is_in_them,
    |found: &Findings| assert!(found.uneven.is_empty(), "{:?}", found.uneven)
);

on_both_engines!(nothing_that_is_stored_opens_anything, |found: &Findings| {
    assert!(found.opened.is_empty(), "{:?}", found.opened);
    assert_eq!(found.finding, 0, "a stored value finds rows");
    assert!(found.can_find > 50, "the true keys find rows of everyone");
    let tables = [
        "ballots",
        "choices",
        "drafts",
        "open_records",
        "records",
        "sign_ins",
        "vaults",
        "wave_keys",
    ];
    let can_be: Vec<&str> = found.can_be_opened.iter().copied().collect();
    assert_eq!(can_be, tables, "the true keys open all");
    println!("{} keys tried", found.keys_tried);
});

on_both_engines!(
    nothing_links_a_person_with_a_row_better_than_chance,
    |found: &Findings| {
        for (what, verdict) in &found.verdicts {
            println!("{what}: {verdict:?}");
        }
        for (what, verdict) in &found.verdicts {
            let verdict = verdict.unwrap_or_else(|| panic!("{what}: too few pairs"));
            assert!(verdict.is_chance(), "{what}: {verdict:?}");
        }
    }
);
