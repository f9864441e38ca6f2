//! What an instrument is: its items, response sets, scales and the facts around them, without any
//! wording. Built only by `format`, used through the catalogue.

use std::collections::BTreeMap;

use super::fraction::Fraction;
use super::locale::Locale;
use super::scale::Scale;
use super::version::Version;
use super::words::words;

words! {
    /// What an instrument measures; decides how it is introduced.
    Kind {
        /// Exhaustion and strain.
        Strain = "strain",
        /// Secondary traumatic stress.
        Trauma = "trauma",
        /// Well-being.
        Wellbeing = "wellbeing",
        /// One quick question.
        Pulse = "pulse",
        /// Conditions at work.
        Conditions = "conditions",
    }
    /// The time that the questions ask about.
    Recall {
        /// None printed.
        None = "none",
        /// The last two weeks.
        TwoWeeks = "two-weeks",
        /// The last month.
        Month = "month",
        /// The last six months.
        SixMonths = "six-months",
        /// The last year.
        Year = "year",
    }
    /// Whether the items may be mixed.
    ItemOrder {
        /// A random order for each person and wave is allowed.
        Free = "free",
        /// As in the file.
        Printed = "printed",
    }
    /// Where the wording lies.
    TextPlace {
        /// Compiled into the binary.
        Embedded = "embedded",
        /// In `restricted/`, used after its licence was accepted.
        Separate = "separate",
    }
    /// How the licence is known.
    Evidence {
        /// Read at its source.
        Seen = "seen",
        /// Read in another text.
        Secondhand = "secondhand",
        /// Remembered.
        Recalled = "recalled",
    }
    /// Which sentence opens a result page.
    Opening {
        /// Nothing calls for more.
        Plain = "plain",
        /// A lot of exhaustion or distress.
        Support = "support",
        /// Bullied or harassed at work.
        Reporting = "reporting",
        /// Help now.
        CrisisFirst = "crisis-first",
    }
}

/// One question; its wording is in the locales.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Starts with the instrument's id; never changes its meaning.
    pub id: String,
    /// Name of its response set.
    pub responses: String,
    /// Placeholders that its wording may hold, such as `client`.
    pub words: Vec<String>,
}

/// One answer that may be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerOption {
    /// Unique in its set.
    pub id: String,
    /// Before any reversal.
    pub value: i64,
}

/// The answers to choose from, in printed order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseSet {
    /// Values strictly rise or fall.
    pub options: Vec<AnswerOption>,
}

impl ResponseSet {
    /// The option with this value before reversal.
    #[must_use]
    pub fn option_of(&self, value: i64) -> Option<&AnswerOption> {
        self.options.iter().find(|option| option.value == value)
    }

    /// The smallest and the largest value; `None` for an empty set.
    #[must_use]
    pub fn ends(&self) -> Option<(i64, i64)> {
        let values = || self.options.iter().map(|option| option.value);
        Some((values().min()?, values().max()?))
    }
}

/// A named choice of scales that may be asked alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Unique in the instrument; "full" where the file names none.
    pub id: String,
    /// Ids of its scales.
    pub scales: Vec<String>,
}

/// Who owns the text and on which terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Licence {
    /// SPDX id where there is one.
    pub name: String,
    /// Where the terms can be read.
    pub url: String,
    /// Printed with form and result.
    pub notice: String,
    /// Where the wording lies.
    pub text: TextPlace,
    /// May a business use it?
    pub commercial: bool,
    /// May it be translated or changed?
    pub derivatives: bool,
    /// How the terms are known.
    pub evidence: Evidence,
    /// The day they were looked up, `YYYY-MM-DD`.
    pub checked: String,
}

/// A published mean to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    /// Who was asked.
    pub sample: String,
    /// Id of the scale.
    pub scale: String,
    /// How many were asked.
    pub n: i64,
    /// Mean score.
    pub mean: Fraction,
    /// Standard deviation.
    pub sd: Fraction,
    /// Where it was published.
    pub source: String,
    /// Only then shown on a page.
    pub verified: bool,
}

/// What a safety condition looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A scale's score.
    Scale(String),
    /// An item's value before reversal.
    Item(String),
}

/// When a safety condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// This or more.
    AtLeast(Fraction),
    /// This or less.
    AtMost(Fraction),
    /// One of these values.
    AnyOf(Vec<Fraction>),
    /// A reliable change to the worse since the last record.
    Rise,
}

/// Which opening sentence an answer calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// What is looked at.
    pub watched: Watched,
    /// When it holds.
    pub condition: Condition,
    /// What it calls for.
    pub opening: Opening,
    /// In how many records one after another it must hold, the present one included.
    pub in_a_row: i64,
}

/// What an example expects of one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Id of the scale.
    pub scale: String,
    /// `None` where the missing-data rule refuses.
    pub score: Option<f64>,
    /// Number of answered items.
    pub answered: i64,
    /// Id of the band.
    pub band: Option<String>,
}

/// A worked example; `check` recomputes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// Item id to value before reversal.
    pub answers: BTreeMap<String, i64>,
    /// What must come out.
    pub expect: Vec<Expected>,
}

/// A code in a terminology that exists for this very instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FhirCode {
    /// Address of the code system.
    pub system: String,
    /// The code.
    pub code: String,
    /// Where it was seen.
    pub evidence: String,
}

/// A questionnaire's scoring facts and its locales.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// Equal to the file name.
    pub id: String,
    /// Items, options or scoring change the major version.
    pub version: Version,
    /// What it measures.
    pub kind: Kind,
    /// Who made it.
    pub authors: Vec<String>,
    /// When it was published.
    pub year: i64,
    /// Where its facts come from.
    pub source: String,
    /// How to cite it.
    pub citation: String,
    /// The time asked about.
    pub recall: Recall,
    /// Minutes to answer it.
    pub minutes: i64,
    /// May the items be mixed?
    pub order: ItemOrder,
    /// How often a person may be asked in a year.
    pub max_per_year: i64,
    /// False: her answers go back to the worker without band or verdict.
    pub individual_feedback: bool,
    /// Terms of its text.
    pub licence: Licence,
    /// Response sets by name.
    pub response_sets: BTreeMap<String, ResponseSet>,
    /// In printed order.
    pub items: Vec<Item>,
    /// In the order in which results are given.
    pub scales: Vec<Scale>,
    /// At least one.
    pub forms: Vec<Form>,
    /// Published means.
    pub norms: Vec<Norm>,
    /// When the opening sentence changes.
    pub safety: Vec<Safety>,
    /// Worked examples.
    pub examples: Vec<Example>,
    /// Codes in terminologies.
    pub fhir_codes: Vec<FhirCode>,
    /// By language tag.
    pub locales: BTreeMap<String, Locale>,
}

impl Instrument {
    /// The scale with this id.
    #[must_use]
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.id == id)
    }

    /// The item with this id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The answers to choose from for this item.
    #[must_use]
    pub fn response_set_of(&self, item: &Item) -> Option<&ResponseSet> {
        self.response_sets.get(&item.responses)
    }

    /// The form with this id; without an id the first one.
    #[must_use]
    pub fn form(&self, id: Option<&str>) -> Option<&Form> {
        match id {
            Some(id) => self.forms.iter().find(|form| form.id == id),
            None => self.forms.first(),
        }
    }

    /// The scales of a form, in the instrument's order; none for an unknown form.
    pub fn scales_of(&self, form: Option<&str>) -> impl Iterator<Item = &Scale> {
        let form = self.form(form);
        let asked = move |id: &String| form.is_some_and(|form| form.scales.contains(id));
        self.scales.iter().filter(move |scale| asked(&scale.id))
    }

    /// The items of a form, in printed order; none for an unknown form.
    pub fn items_of(&self, form: Option<&str>) -> impl Iterator<Item = &Item> {
        let scales: Vec<&Scale> = self.scales_of(form).collect();
        self.items
            .iter()
            .filter(move |item| scales.iter().any(|scale| scale.items.contains(&item.id)))
    }

    /// The scales of a form that a ballot carries, in the instrument's order.
    #[must_use]
    pub fn released_scales(&self, form: Option<&str>) -> Vec<&Scale> {
        self.scales_of(form)
            .filter(|scale| scale.is_released())
            .collect()
    }

    /// The wording in this language.
    #[must_use]
    pub fn locale(&self, lang: &str) -> Option<&Locale> {
        self.locales.get(lang)
    }
}
