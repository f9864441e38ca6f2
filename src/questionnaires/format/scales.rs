//! Reads one `[[scales]]` table.

use super::reading::Table;
use super::report::Code;
use crate::questionnaires::fraction::Fraction;
use crate::questionnaires::scale::{Alpha, Band, Change, Higher, Method, PublishAt, Scale};

pub(crate) fn read(table: &Table<'_>) -> Scale {
    if !table.has("bands") {
        let message = "`bands` is missing: write `bands = []` where there are none";
        table
            .report()
            .add_unreadable(&table.below("bands"), Code::Q03, message);
    }
    Scale {
        id: table.required("id"),
        items: table.required("items"),
        reversed: table.optional("reversed").unwrap_or_default(),
        method: table.word("method", Method::ALL, Method::word),
        multiply: multiply(table),
        minimum_answered: table.required("minimum_answered"),
        range: range(table),
        higher: table.word("higher", Higher::ALL, Higher::word),
        publish_at: table.word("publish_at", PublishAt::ALL, PublishAt::word),
        scan: table.required("scan"),
        cut: table.optional("cut"),
        alpha: table.table("alpha", |alpha| Alpha {
            value: alpha.required("value"),
            source: alpha.required("source"),
            verified: alpha.required("verified"),
        }),
        change: table.table("change", |change| Change {
            changed: change.required("changed"),
            possibly: change.optional("possibly"),
            source: change.required("source"),
        }),
        bands: table.array("bands", |band| Band {
            id: band.required("id"),
            from: band.required("from"),
        }),
        bands_source: table.optional("bands_source"),
        members: Vec::new(),
        step: 1,
    }
}

fn multiply(table: &Table<'_>) -> Fraction {
    let one = Fraction::from(1_i64);
    let multiply = table.optional("multiply").unwrap_or(one);
    if multiply > Fraction::ZERO {
        return multiply;
    }
    let message = "`multiply` must be above 0; which way is worse is said by `higher`";
    table
        .report()
        .add_unreadable(&table.below("multiply"), Code::Q03, message);
    one
}

fn range(table: &Table<'_>) -> (Fraction, Fraction) {
    let ends: Vec<Fraction> = table.required("range");
    if let [lowest, highest] = ends[..] {
        return (lowest, highest);
    }
    let message = "`range` must be two numbers: the lowest and the highest score";
    table
        .report()
        .add_unreadable(&table.below("range"), Code::Q03, message);
    (Fraction::ZERO, Fraction::from(1_i64))
}
