//! The codes of an import as a table to print. Pure.

use super::Invited;

/// `line,name,sign_in,unit,code`, one row a person. A name that a spreadsheet would take for a
/// formula gets an apostrophe in front.
#[must_use]
pub fn codes_as_csv(invited: &[Invited]) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail; if it did, the table would end early and be noticed.
    let _ = table.write_record(["line", "name", "sign_in", "unit", "code"]);
    for person in invited {
        let _ = table.write_record([
            person.line.to_string(),
            harmless(&person.name),
            harmless(&person.sign_in),
            person.unit.to_string(),
            person.code.to_string(),
        ]);
    }
    String::from_utf8(table.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use crate::ids::{AccountId, UnitId};
    use crate::vault::ActivationCode;

    use super::*;

    #[test]
    fn a_name_is_never_a_formula_for_a_spreadsheet() {
        let person = Invited {
            line: 2,
            account: AccountId::new(),
            name: "=HYPERLINK(\"http://x\", \"y\")".to_owned(),
            sign_in: "+ana".to_owned(),
            unit: UnitId::new(),
            code: ActivationCode::new(),
        };
        let table = codes_as_csv(&[person]);
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("line,name,sign_in,unit,code"));
        assert!(lines.next().unwrap().starts_with("2,\"'=HYPERLINK"));
        assert!(table.contains(",'+ana,"));
    }
}
