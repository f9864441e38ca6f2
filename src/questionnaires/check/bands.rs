//! Q15: bands cover the range from its start, rising, and the cut starts one of them.

use super::scales::shown;
use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::Instrument;
use crate::questionnaires::scale::Scale;

pub(super) fn check(report: &Report, instrument: &Instrument) {
    for (index, scale) in instrument.scales.iter().enumerate() {
        let path = format!("scales/{index}");
        if !report.is_unreadable(&format!("{path}/bands")) {
            edges(report, scale, &path);
            cut(report, scale, &path);
        }
    }
}

fn edges(report: &Report, scale: &Scale, path: &str) {
    let range_known = !report.is_unreadable(&format!("{path}/range"));
    let (lowest, highest) = scale.range;
    for (at, band) in scale.bands.iter().enumerate() {
        let place = format!("{path}/bands/{at}/from");
        let before = at.checked_sub(1).and_then(|before| scale.bands.get(before));
        let message = if range_known && (band.from < lowest || band.from > highest) {
            format!(
                "starts outside the range {} to {}",
                shown(lowest),
                shown(highest)
            )
        } else if range_known && at == 0 && band.from != lowest {
            format!(
                "is the first: let it start at {}, where the range does",
                shown(lowest)
            )
        } else if before.is_some_and(|before| band.from <= before.from) {
            "must start above the band before it".to_owned()
        } else {
            continue;
        };
        report.add(&place, Code::Q15, format!("band \"{}\" {message}", band.id));
    }
    let source = scale.bands_source.as_deref().unwrap_or_default();
    if !scale.bands.is_empty() && source.trim().is_empty() {
        let message = "`bands_source` is missing: say where the bands come from";
        report.add(&format!("{path}/bands_source"), Code::Q15, message);
    }
}

fn cut(report: &Report, scale: &Scale, path: &str) {
    let Some(cut) = scale.cut else { return };
    if !scale.bands.iter().any(|band| band.from == cut) {
        let starts: Vec<String> = scale.bands.iter().map(|band| shown(band.from)).collect();
        let message = format!(
            "`cut` is {} but no band starts there; bands start at: {}",
            shown(cut),
            starts.join(", ")
        );
        report.add(&format!("{path}/cut"), Code::Q15, message);
    }
}
