//! The form of a wave, as JSON: items in the instrument's words, with the organisation's choice of
//! words filled in.

use poem_openapi::Object;

use crate::app::App;
use crate::check_ins::waves::Wave;
use crate::people::organisations;
use crate::problem::{Kind, Problem};
use crate::questionnaires::feedback;
use crate::questionnaires::{Choices, Instrument, Locale, Status};

/// What is asked.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Form")]
pub struct FormBody {
    instrument: String,
    version: String,
    form: String,
    /// Language of the wording below.
    language: String,
    /// validated, published or draft.
    status: String,
    /// For a draft: that this translation has not been tested yet.
    warning: Option<String>,
    title: String,
    instructions: String,
    /// A sentence before distressing questions.
    before: Option<String>,
    items: Vec<ItemBody>,
    /// Printed with the form.
    notice: String,
}

/// One item with its options in the form's order.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Item")]
pub struct ItemBody {
    id: String,
    text: String,
    options: Vec<OptionBody>,
}

/// One option; `value` is what a sheet sends.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Option")]
pub struct OptionBody {
    value: i64,
    text: String,
}

/// The form in a language of the wave; in its first one if that is not offered.
pub async fn form(app: &App, wave: &Wave, language: &str) -> Result<FormBody, Problem> {
    let instrument = app.catalogue.find(&wave.instrument).ok_or(Kind::NotFound)?;
    let offered = |wanted: &str| wave.languages.iter().find(|offered| *offered == wanted);
    let language = offered(language)
        .or(wave.languages.first())
        .ok_or(Kind::NotFound)?;
    let locale = instrument.locale(language).ok_or(Kind::NotFound)?;
    let mut tx = app.store.read().await?;
    let organisation = organisations::find(&mut tx, wave.organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    let words = organisation
        .chosen_words()
        .remove(language)
        .unwrap_or_default();
    let items = instrument
        .items_of(Some(&wave.form))
        .filter_map(|item| {
            Some(ItemBody {
                id: item.id.clone(),
                text: locale.item(&item.id, &words)?,
                options: options(instrument, locale, &item.responses)?,
            })
        })
        .collect();
    Ok(body(wave, (instrument, locale), &words, items))
}

fn body(
    wave: &Wave,
    (instrument, locale): (&Instrument, &Locale),
    words: &Choices,
    items: Vec<ItemBody>,
) -> FormBody {
    let is_draft = locale.status == Status::Draft;
    FormBody {
        instrument: instrument.id.clone(),
        version: instrument.version.to_string(),
        form: wave.form.clone(),
        language: locale.lang.clone(),
        status: locale.status.word().to_owned(),
        warning: is_draft.then(|| "This translation has not been tested yet.".to_owned()),
        title: locale.title.clone(),
        instructions: locale.instructions(words),
        before: feedback::before_the_questions(instrument).map(str::to_owned),
        items,
        notice: instrument.licence.notice.clone(),
    }
}

fn options(instrument: &Instrument, locale: &Locale, set: &str) -> Option<Vec<OptionBody>> {
    let options = &instrument.response_sets.get(set)?.options;
    options
        .iter()
        .map(|option| {
            let text = locale.option(set, &option.id)?.to_owned();
            Some(OptionBody {
                value: option.value,
                text,
            })
        })
        .collect()
}
