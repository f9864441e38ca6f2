//! What a result says, as JSON. The same fields for every result; only sentences differ.

use poem_openapi::Object;

use crate::questionnaires::feedback::Feedback;

/// What may be said about her answers.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Result")]
pub struct ResultBody {
    /// `plain`, `support`, `crisis-first` or `reporting`.
    pub opening: String,
    /// The opening sentences, in order.
    pub sentences: Vec<String>,
    /// Scale by scale; empty where the instrument gives no verdict.
    pub scales: Vec<ScaleResult>,
    /// Printed with bands.
    pub caveat: Option<String>,
    /// What the answers are for, where there is no verdict.
    pub purpose: Option<String>,
    /// The instrument's notice.
    pub notice: String,
}

/// One scale of a result.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ScaleResult")]
pub struct ScaleResult {
    /// Scale id.
    pub scale: String,
    /// Its name.
    pub name: String,
    /// The band in words.
    pub words: Option<String>,
    /// In score points; null where too few items were answered.
    pub score: Option<f64>,
    /// Answered items of the scale.
    pub answered: u64,
    /// Prorated from fewer than all items.
    pub estimated: bool,
    /// Compared with last time.
    pub change: Option<String>,
}

/// Feedback as it is sent.
#[must_use]
pub fn result(feedback: &Feedback<'_>) -> ResultBody {
    ResultBody {
        opening: feedback.opening.word().to_owned(),
        sentences: feedback
            .sentences
            .iter()
            .map(|sentence| (*sentence).to_owned())
            .collect(),
        scales: feedback
            .results
            .iter()
            .map(|scale| ScaleResult {
                scale: scale.score.scale.id.clone(),
                name: scale.name.clone(),
                words: scale.words.clone(),
                score: scale
                    .score
                    .score
                    .map(|score| (score.to_f64() * 100.0).round() / 100.0),
                answered: scale.score.answered as u64,
                estimated: scale.score.estimated,
                change: scale.change.as_ref().map(|change| change.sentence.clone()),
            })
            .collect(),
        caveat: feedback.caveat.map(str::to_owned),
        purpose: feedback.purpose.map(str::to_owned),
        notice: feedback.notice.to_owned(),
    }
}
