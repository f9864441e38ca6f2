//! The `FHIRPath` that computes a scale from the weights of the answers, with the minimum rule.

use super::number;
use super::resources::{Content, Expression, Extension};
use crate::questionnaires::fraction::Fraction;
use crate::questionnaires::instrument::Instrument;
use crate::questionnaires::scale::{Method, Scale};

const VARIABLE: &str = "http://hl7.org/fhir/StructureDefinition/variable";
const CALCULATED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";

/// The variable `v`, the weights of the scale's answers, and the expression over it.
pub(super) fn extensions(instrument: &Instrument, scale: &Scale) -> Vec<Extension> {
    let ids = scale
        .members
        .iter()
        .map(|m| format!("'{}'", instrument.items[m.item].id));
    let ids = ids.collect::<Vec<_>>().join(" | ");
    let weights = format!("%resource.item.item.where(linkId in ({ids})).answer.value.weight()");
    vec![
        extension(VARIABLE, Some("v"), weights),
        extension(CALCULATED, None, score(scale)),
    ]
}

fn extension(url: &'static str, name: Option<&'static str>, expression: String) -> Extension {
    let expression = Expression {
        name,
        language: "text/fhirpath",
        expression,
    };
    Extension {
        url,
        content: Content::Expression(expression),
    }
}

fn score(scale: &Scale) -> String {
    let items = match scale.method {
        Method::Mean => Fraction::from(1_i64),
        Method::Sum => Fraction::from(scale.members.len()),
    };
    let factor = scale.multiply * items;
    let mean = "%v.aggregate($this + $total, 0) / %v.count()";
    let score = if factor == Fraction::from(1_i64) {
        mean.to_owned()
    } else {
        format!("{mean} * {}", number(factor))
    };
    format!(
        "iif(%v.count() >= {}, {score}, {{}})",
        scale.minimum_answered
    )
}
