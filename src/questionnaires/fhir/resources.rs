//! The two FHIR R4 (4.0.1) resources that we write, with the elements that we fill and no others.
#![expect(clippy::struct_field_names, reason = "FHIR names the elements")]

use serde::Serialize;

/// <http://hl7.org/fhir/R4/questionnaire.html>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Questionnaire {
    pub(super) resource_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
    pub(super) url: String,
    pub(super) version: String,
    pub(super) name: String,
    pub(super) title: String,
    #[serde(rename = "_title", skip_serializing_if = "Translated::is_empty")]
    pub(super) title_extensions: Translated,
    pub(super) status: &'static str,
    pub(super) subject_type: [&'static str; 1],
    pub(super) publisher: String,
    pub(super) copyright: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) code: Vec<Coding>,
    pub(super) item: Vec<Item>,
}

/// A group, a question, or a computed scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension>,
    pub(super) link_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(rename = "_text", skip_serializing_if = "Translated::is_empty")]
    pub(super) text_extensions: Translated,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) read_only: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) answer_option: Vec<AnswerOption>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) item: Vec<Item>,
}

/// An answer that may be chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerOption {
    pub(super) value_coding: Coding,
}

/// A code with its label.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Coding {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension>,
    pub(super) system: String,
    pub(super) code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
    #[serde(rename = "_display", skip_serializing_if = "Translated::is_empty")]
    pub(super) display_extensions: Translated,
}

/// Translations of a text, as the extension of the primitive beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Translated {
    pub(super) extension: Vec<Extension>,
}

impl Translated {
    fn is_empty(&self) -> bool {
        self.extension.is_empty()
    }
}

/// An extension: either a value or extensions of its own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Extension {
    pub(super) url: &'static str,
    #[serde(flatten)]
    pub(super) content: Content,
}

/// What an extension holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Content {
    #[serde(rename = "extension")]
    Parts(Vec<Extension>),
    #[serde(rename = "valueCode")]
    Code(String),
    #[serde(rename = "valueString")]
    Text(String),
    #[serde(rename = "valueDecimal")]
    Decimal(i64),
    #[serde(rename = "valueExpression")]
    Expression(Expression),
}

/// A `FHIRPath` expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expression {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'static str>,
    pub(super) language: &'static str,
    pub(super) expression: String,
}

/// <http://hl7.org/fhir/R4/questionnaireresponse.html>, without anything that names a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionnaireResponse {
    pub(super) resource_type: &'static str,
    pub(super) language: String,
    pub(super) questionnaire: String,
    pub(super) status: &'static str,
    pub(super) authored: String,
    pub(super) item: Vec<ResponseItem>,
}

/// A group or an answered item.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResponseItem {
    pub(super) link_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) answer: Vec<Answer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) item: Vec<ResponseItem>,
}

/// The chosen option, or a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Answer {
    #[serde(rename = "valueCoding")]
    Chosen(Coding),
    #[serde(rename = "valueDecimal")]
    Score(f64),
}
