//! What a result says, as JSON. The same fields for every result; only sentences differ.

use chrono::NaiveDate;
use poem_openapi::Object;

use crate::app::App;
use crate::questionnaires::feedback::Feedback;
use crate::questionnaires::instrument::Opening;
use crate::settings::Contact;

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
    /// A short step after distressing questions.
    pub grounding: Option<String>,
    /// People and lines that help; the same list under every result, in an order that fits.
    pub support: Vec<ContactBody>,
    /// The instrument's notice.
    pub notice: String,
}

/// Someone who helps, confirmed by a person on a date.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Contact")]
pub struct ContactBody {
    /// `crisis`, `reporting` or `support`.
    pub kind: String,
    /// Who answers.
    pub name: String,
    /// How to reach them.
    pub reach: String,
    /// When a person last confirmed it.
    pub confirmed_on: NaiveDate,
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

/// Feedback as it is sent, with the operator's contacts of the country.
#[must_use]
pub fn result(app: &App, country: &str, feedback: &Feedback<'_>) -> ResultBody {
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
        grounding: feedback.grounding.map(str::to_owned),
        support: support(&app.settings.contacts, country, feedback.opening),
        notice: feedback.notice.to_owned(),
    }
}

/// Every contact of the country; what the opening calls for comes first.
fn support(contacts: &[Contact], country: &str, opening: Opening) -> Vec<ContactBody> {
    let order = match opening {
        Opening::CrisisFirst => ["crisis", "support", "reporting"],
        Opening::Reporting => ["reporting", "support", "crisis"],
        Opening::Plain | Opening::Support => ["support", "crisis", "reporting"],
    };
    order
        .into_iter()
        .flat_map(|kind| {
            contacts
                .iter()
                .filter(move |one| one.country == country && one.kind.word() == kind)
        })
        .map(|one| ContactBody {
            kind: one.kind.word().to_owned(),
            name: one.name.clone(),
            reach: one.reach.clone(),
            confirmed_on: one.confirmed_on,
        })
        .collect()
}
