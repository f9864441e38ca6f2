//! FHIR R4 export. A Questionnaire holds no person; a `QuestionnaireResponse` is made only from a
//! worker's own record, for herself, and names neither her nor an hour.
//!
//! Link ids must be unique in a Questionnaire and forms share items, so one Questionnaire holds
//! one form. No profile is claimed: that needs a validator's run.

mod calculation;
mod resources;

pub use resources::{Questionnaire, QuestionnaireResponse};

use resources::{Answer, AnswerOption, Coding, Content, Extension, Item, ResponseItem, Translated};

use super::feedback::Scored;
use super::fraction::Fraction;
use super::instrument::{AnswerOption as Choice, Instrument, Item as Question};
use super::locale::{Choices, Locale, Status};
use super::score::score;

const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
const ORDINAL_VALUE: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

/// What to export and under which address.
#[derive(Clone, Copy, Debug)]
pub struct Export<'e> {
    /// Public address of this installation, without a slash at the end.
    pub base: &'e str,
    /// Main language; the other wordings become translations.
    pub lang: &'e str,
    /// The form; `None` for the instrument's first.
    pub form: Option<&'e str>,
}

/// The instrument as a Questionnaire; `None` for an unknown form.
#[must_use]
pub fn questionnaire(instrument: &Instrument, export: Export<'_>) -> Option<Questionnaire> {
    let form = instrument.form(export.form)?;
    let main = instrument.locale(export.lang);
    let wording = Wording {
        instrument,
        main,
        base: export.base,
    };
    let questions = instrument
        .items_of(Some(&form.id))
        .map(|item| wording.question(item));
    let scales = instrument.scales_of(Some(&form.id)).map(|scale| Item {
        extension: calculation::extensions(instrument, scale),
        link_id: scale.id.clone(),
        text: main.map(|locale| locale.scale_name(&scale.id).to_owned()),
        text_extensions: wording.translated(|l| Some(l.scale_name(&scale.id).to_owned())),
        kind: "decimal",
        read_only: Some(true),
        ..Item::default()
    });
    let group = Item {
        link_id: form.id.clone(),
        text: main.map(|locale| locale.instructions(&Choices::new())),
        text_extensions: wording.translated(|l| Some(l.instructions(&Choices::new()))),
        kind: "group",
        item: questions.chain(scales).collect(),
        ..Item::default()
    };
    let is_draft = main.is_some_and(|locale| locale.status == Status::Draft);
    Some(Questionnaire {
        resource_type: "Questionnaire",
        language: main.map(|locale| locale.lang.clone()),
        url: url(instrument, export.base, &form.id),
        version: instrument.version.to_string(),
        name: computer_name(&instrument.id),
        title: main.map_or(&instrument.id, |locale| &locale.title).clone(),
        title_extensions: wording.translated(|locale| Some(locale.title.clone())),
        status: if is_draft { "draft" } else { "active" },
        subject_type: ["Person"],
        publisher: instrument.authors.join(", "),
        copyright: instrument.licence.notice.clone(),
        code: instrument.fhir_codes.iter().map(terminology_code).collect(),
        item: vec![group],
    })
}

/// One record of hers, opened with her key. `opened` is the day on which the wave opened,
/// `YYYY-MM-DD`. Skipped items and scales without a score are left out.
#[must_use]
pub fn response(
    instrument: &Instrument,
    base: &str,
    record: &Scored,
    opened: &str,
) -> Option<QuestionnaireResponse> {
    let form = instrument.form(record.form.as_deref())?;
    let main = instrument.locale(&record.lang);
    let wording = Wording {
        instrument,
        main,
        base,
    };
    let answers = instrument.items_of(Some(&form.id)).filter_map(|item| {
        let value = record.answers.value(&item.id)?;
        let option = instrument.response_set_of(item)?.option_of(value)?;
        let coding = wording.coding(item, option);
        Some(answered(&item.id, Answer::Chosen(coding)))
    });
    let scores = score(instrument, Some(&form.id), &record.answers);
    let scores = scores.iter().filter_map(|score| {
        Some(answered(
            &score.scale.id,
            Answer::Score(score.score?.to_f64()),
        ))
    });
    Some(QuestionnaireResponse {
        resource_type: "QuestionnaireResponse",
        language: record.lang.clone(),
        questionnaire: format!("{}|{}", url(instrument, base, &form.id), record.version),
        status: "completed",
        authored: opened.to_owned(),
        item: vec![ResponseItem {
            link_id: form.id.clone(),
            item: answers.chain(scores).collect(),
            answer: Vec::new(),
        }],
    })
}

fn answered(link_id: &str, answer: Answer) -> ResponseItem {
    ResponseItem {
        link_id: link_id.to_owned(),
        answer: vec![answer],
        item: Vec::new(),
    }
}

/// The texts of an instrument, main language first.
struct Wording<'w> {
    instrument: &'w Instrument,
    main: Option<&'w Locale>,
    base: &'w str,
}

impl Wording<'_> {
    fn question(&self, item: &Question) -> Item {
        let text = |locale: &Locale| locale.item(&item.id, &Choices::new());
        let options = self
            .instrument
            .response_set_of(item)
            .map_or(&[][..], |set| &set.options);
        let weight = |option: &Choice| Extension {
            url: ORDINAL_VALUE,
            content: Content::Decimal(counted(self.instrument, &item.id, option.value)),
        };
        Item {
            link_id: item.id.clone(),
            text: self.main.and_then(text),
            text_extensions: self.translated(text),
            kind: "choice",
            required: Some(false),
            answer_option: options
                .iter()
                .map(|option| AnswerOption {
                    value_coding: Coding {
                        extension: vec![weight(option)],
                        display_extensions: self.translated(|locale| {
                            locale
                                .option(&item.responses, &option.id)
                                .map(str::to_owned)
                        }),
                        ..self.coding(item, option)
                    },
                })
                .collect(),
            ..Item::default()
        }
    }

    fn coding(&self, item: &Question, option: &Choice) -> Coding {
        let display = self
            .main
            .and_then(|locale| locale.option(&item.responses, &option.id));
        let (id, set) = (&self.instrument.id, &item.responses);
        Coding {
            system: format!("{}/fhir/CodeSystem/{id}-{set}", self.base),
            code: option.id.clone(),
            display: display.map(str::to_owned),
            ..Coding::default()
        }
    }

    /// The text in every language but the main one. Untested wording goes out only with a main
    /// wording that is untested as well: beside a tested one it would make a draft of all.
    fn translated(&self, text: impl Fn(&Locale) -> Option<String>) -> Translated {
        let Some(main) = self.main else {
            return Translated::default();
        };
        let is_exported = |other: &&Locale| {
            other.lang != main.lang
                && (other.status != Status::Draft || main.status == Status::Draft)
        };
        let others = self.instrument.locales.values().filter(is_exported);
        let part = |url, content| Extension { url, content };
        let extension = others.filter_map(|locale| {
            let parts = vec![
                part("lang", Content::Code(locale.lang.clone())),
                part("content", Content::Text(text(locale)?)),
            ];
            Some(part(TRANSLATION, Content::Parts(parts)))
        });
        Translated {
            extension: extension.collect(),
        }
    }
}

/// The value after reversal, so that simple calculators add up right.
fn counted(instrument: &Instrument, item: &str, value: i64) -> i64 {
    let members = instrument.scales.iter().flat_map(|scale| &scale.members);
    let mut of_item = members.filter(|member| instrument.items[member.item].id == item);
    of_item.next().map_or(value, |member| member.counted(value))
}

/// The canonical address; a form other than the first has one of its own.
fn url(instrument: &Instrument, base: &str, form: &str) -> String {
    let id = &instrument.id;
    let is_first = instrument.form(None).is_some_and(|first| first.id == form);
    let form = if is_first {
        String::new()
    } else {
        format!("-{form}")
    };
    format!("{base}/fhir/Questionnaire/{id}{form}")
}

/// `who5` as `Who5`: a name that programs may use.
fn computer_name(id: &str) -> String {
    id.split('-')
        .map(|word| match word.split_at_checked(1) {
            Some((first, rest)) => first.to_ascii_uppercase() + rest,
            None => String::new(),
        })
        .collect()
}

fn terminology_code(code: &super::instrument::FhirCode) -> Coding {
    Coding {
        system: code.system.clone(),
        code: code.code.clone(),
        ..Coding::default()
    }
}

/// A number as `FHIRPath` writes it.
fn number(fraction: Fraction) -> String {
    if fraction.bottom() == 1 {
        fraction.to_string()
    } else {
        format!("{}", fraction.to_f64())
    }
}
