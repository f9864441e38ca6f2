//! Q24: what is published is scored as it was, until the major version changes.

use std::collections::BTreeMap;

use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::Instrument;

pub(super) fn check(report: &Report, instrument: &Instrument, published: &Instrument) {
    if published.version.major != instrument.version.major {
        return;
    }
    let (was, is) = (meaning(published), meaning(instrument));
    for (id, meaning) in &was {
        let path = instrument.items.iter().position(|item| item.id == **id);
        let path = path.map_or("items".to_owned(), |index| format!("items/{index}"));
        let message = match is.get(id) {
            None => format!("item \"{id}\" was there"),
            Some(now) if now.0 != meaning.0 => format!("the values of item \"{id}\" were others"),
            Some(now) if now.1 != meaning.1 => format!("item \"{id}\" was reversed otherwise"),
            Some(_) => continue,
        };
        report.add(&path, Code::Q24, under(published, &message));
    }
    for (index, item) in instrument.items.iter().enumerate() {
        if !was.contains_key(item.id.as_str()) {
            let message = format!("item \"{}\" was not there", item.id);
            report.add(
                &format!("items/{index}/id"),
                Code::Q24,
                under(published, &message),
            );
        }
    }
}

fn under(published: &Instrument, message: &str) -> String {
    let (version, next) = (published.version, published.version.major.saturating_add(1));
    format!("{message} in published version {version}: make this version {next}.0.0")
}

/// Item id to its option values by option id, and the scales that reverse it.
type Meaning<'i> = BTreeMap<&'i str, (BTreeMap<&'i str, i64>, Vec<&'i str>)>;

fn meaning(instrument: &Instrument) -> Meaning<'_> {
    let of = |id: &str| {
        let item = instrument.item(id);
        let set = item.and_then(|item| instrument.response_set_of(item));
        let options = set.into_iter().flat_map(|set| &set.options);
        let values = options.map(|option| (&*option.id, option.value)).collect();
        let reverse = instrument
            .scales
            .iter()
            .filter(|s| s.reversed.iter().any(|r| r == id));
        (values, reverse.map(|scale| &*scale.id).collect())
    };
    instrument
        .items
        .iter()
        .map(|item| (&*item.id, of(&item.id)))
        .collect()
}
