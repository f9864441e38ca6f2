//! Reads the arrays around the scales: norms, safety conditions, examples, codes.

use super::reading::{Read, Table};
use super::report::Code;
use crate::questionnaires::fraction::Fraction;
use crate::questionnaires::instrument::{
    Condition, Example, Expected, FhirCode, Norm, Opening, Safety, Watched,
};

pub(crate) fn norm(table: &Table<'_>) -> Norm {
    Norm {
        sample: table.required("sample"),
        scale: table.required("scale"),
        n: table.required("n"),
        mean: table.required("mean"),
        sd: table.required("sd"),
        source: table.required("source"),
        verified: table.required("verified"),
    }
}

pub(crate) fn fhir_code(table: &Table<'_>) -> FhirCode {
    FhirCode {
        system: table.required("system"),
        code: table.required("code"),
        evidence: table.required("evidence"),
    }
}

pub(crate) fn example(table: &Table<'_>) -> Example {
    for key in ["answers", "expect"] {
        if !table.has(key) {
            let message = format!("`{key}` is missing from this example: add it");
            table
                .report()
                .add_unreadable(&table.below(key), Code::Q03, message);
        }
    }
    Example {
        answers: table.map("answers", i64::read),
        expect: table.array("expect", |expected| Expected {
            scale: expected.required("scale"),
            score: expected.optional("score"),
            answered: expected.required("answered"),
            band: expected.optional("band"),
        }),
    }
}

pub(crate) fn safety(table: &Table<'_>) -> Safety {
    Safety {
        watched: watched(table),
        condition: condition(table),
        opening: table.word("opening", &Opening::ALL[1..], Opening::word),
        in_a_row: in_a_row(table),
    }
}

fn watched(table: &Table<'_>) -> Watched {
    let (scale, item) = (table.optional("scale"), table.optional("item"));
    match (scale, item) {
        (Some(scale), None) => Watched::Scale(scale),
        (None, Some(item)) => Watched::Item(item),
        (scale, _) => {
            let message = "write exactly one of `scale` and `item`";
            table
                .report()
                .add_unreadable(&table.below("scale"), Code::Q16, message);
            Watched::Scale(scale.unwrap_or_default())
        }
    }
}

fn condition(table: &Table<'_>) -> Condition {
    let rise: Option<bool> = table.optional("rise");
    let found: Vec<Condition> = [
        table
            .optional::<Fraction>("at_least")
            .map(Condition::AtLeast),
        table.optional::<Fraction>("at_most").map(Condition::AtMost),
        table
            .optional::<Vec<Fraction>>("any_of")
            .map(Condition::AnyOf),
        rise.filter(|rise| *rise).map(|_| Condition::Rise),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [only] = &found[..]
        && rise != Some(false)
    {
        return only.clone();
    }
    let message = "write exactly one of `at_least`, `at_most`, `any_of` and `rise = true`";
    table
        .report()
        .add_unreadable(&table.below("condition"), Code::Q16, message);
    Condition::Rise
}

fn in_a_row(table: &Table<'_>) -> i64 {
    let in_a_row = table.optional("in_a_row").unwrap_or(1);
    if table.has("in_a_row") && !(2..=12).contains(&in_a_row) {
        let message = "`in_a_row` counts records, the present one included: write 2 to 12";
        table
            .report()
            .add_unreadable(&table.below("in_a_row"), Code::Q16, message);
    }
    in_a_row.clamp(1, 12)
}
