//! `respite questionnaires show`

use std::io::{self, Write};

use anyhow::bail;

use crate::questionnaires::{Choices, Instrument, Locale, Scale};

/// Prints one questionnaire; without any wording at hand, its structure.
pub(super) fn print(instrument: &Instrument, lang: &str) -> anyhow::Result<()> {
    let locale = instrument.locale(lang);
    if locale.is_none() && !instrument.locales.is_empty() {
        let known: Vec<&str> = instrument.locales.keys().map(String::as_str).collect();
        bail!(
            "{} has no wording in \"{lang}\"; there are: {}",
            instrument.id,
            known.join(", ")
        );
    }
    let mut out = io::stdout().lock();
    head(&mut out, instrument, locale)?;
    for item in &instrument.items {
        let text = locale.and_then(|locale| locale.item(&item.id, &Choices::new()));
        writeln!(
            out,
            "{}  {}",
            item.id,
            text.unwrap_or_else(|| format!("({})", item.responses))
        )?;
    }
    for (name, set) in &instrument.response_sets {
        writeln!(out, "\nanswers \"{name}\"")?;
        for option in &set.options {
            let label = locale.and_then(|locale| locale.option(name, &option.id));
            writeln!(
                out,
                "  {:>4}  {}",
                option.value,
                label.unwrap_or(&option.id)
            )?;
        }
    }
    writeln!(out)?;
    for scale in &instrument.scales {
        describe(&mut out, scale, locale)?;
    }
    writeln!(out, "\n{}", instrument.licence.notice)?;
    writeln!(
        out,
        "Licence: {} {}",
        instrument.licence.name, instrument.licence.url
    )?;
    Ok(())
}

fn head(out: &mut impl Write, instrument: &Instrument, locale: Option<&Locale>) -> io::Result<()> {
    let title = locale.map_or(&instrument.id, |locale| &locale.title);
    writeln!(out, "{title} ({} {})", instrument.id, instrument.version)?;
    match locale {
        Some(locale) => {
            writeln!(
                out,
                "{}: {}; {}",
                locale.lang,
                locale.status.word(),
                locale.status_source
            )?;
            writeln!(out, "\n{}\n", locale.instructions(&Choices::new()))
        }
        None => writeln!(
            out,
            "\nIts wording has a licence of its own and is not here. Read the terms, then name a \
             folder with the wording and this id under accepted_licences in the settings.\n"
        ),
    }
}

fn describe(out: &mut impl Write, scale: &Scale, locale: Option<&Locale>) -> io::Result<()> {
    let name = locale.map_or(&*scale.id, |locale| locale.scale_name(&scale.id));
    let (lowest, highest) = scale.range;
    writeln!(
        out,
        "scale {}: {name}; {} to {}, higher is {}, at least {} of {} answered",
        scale.id,
        lowest.to_f64(),
        highest.to_f64(),
        scale.higher.word(),
        scale.minimum_answered,
        scale.items.len()
    )?;
    for band in &scale.bands {
        let words = locale.and_then(|locale| locale.band(&scale.id, &band.id));
        writeln!(
            out,
            "  from {}: {}",
            band.from.to_f64(),
            words.unwrap_or(&band.id)
        )?;
    }
    Ok(())
}
