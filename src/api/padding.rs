//! Whoever watches the line sees lengths. What is sent to a worker about her answers comes in steps
//! of so many bytes, so that its length tells neither what she answered nor whether she did
//! (`docs/decisions/0013-personal-answers-have-one-length.md`).

use serde_json::Value;

/// Of a wave, of a check-in and of a draft.
pub const STEP: usize = 6144;
/// Of a wave in her export, which has every answer twice: the longest shipped questionnaire fits.
const EXPORTED: usize = 2 * STEP;

/// As many spaces as are missing to the next step.
#[must_use]
pub fn spaces(length: usize, step: usize) -> String {
    " ".repeat(length.next_multiple_of(step) - length)
}

/// Pads an export: wave by wave, then drafts and all the rest.
pub fn pad_export(export: &mut Value) {
    let mut waves = export["waves"].take();
    for wave in waves.as_array_mut().into_iter().flatten() {
        pad(wave, EXPORTED);
    }
    let mut drafts = export["drafts"].take();
    let of_drafts = spaces(drafts.to_string().len(), STEP);
    pad(export, STEP);
    let padding = export["padding"].as_str().unwrap_or_default();
    export["padding"] = Value::String(format!("{padding}{of_drafts}"));
    export["drafts"] = drafts.take();
    export["waves"] = waves;
}

fn pad(value: &mut Value, step: usize) {
    value["padding"] = Value::String(String::new());
    let padding = spaces(value.to_string().len(), step);
    value["padding"] = Value::String(padding);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_export_has_one_length_whatever_its_waves_and_drafts_say() {
        let export = |answers: &str, drafts: Value| {
            let mut export = json!({
                "choices": {}, "drafts": drafts,
                "waves": [{ "record": answers }, { "record": null }],
            });
            pad_export(&mut export);
            export.to_string().len()
        };
        let nothing = export("", json!({}));
        assert_eq!(nothing, export(&"100".repeat(500), json!({})));
        assert_eq!(nothing, export("0", json!({ "wave": { "item": 100 } })));
    }
}
