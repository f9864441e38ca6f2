//! Questionnaires and their wordings, in TOML: every fault has a file and a line, and what has no
//! fault can be asked, scored and exported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use respite::questionnaires::check::files::check;
use respite::questionnaires::feedback::Scored;
use respite::questionnaires::{Answers, Catalogue, Status, fhir};

use super::inputs;
use super::mutations::damaged;

fn shipped(names: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires");
    let read = |name: &&str| std::fs::read(folder.join(name)).unwrap();
    names.iter().map(read).collect()
}

fn structures() -> Vec<Vec<u8>> {
    shipped(&["burnout1.toml", "psi.toml", "who5.toml", "cbi.toml"])
}

fn locales() -> Vec<Vec<u8>> {
    shipped(&["burnout1.en.toml", "burnout1.ru.toml", "psi.ru.toml"])
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Each fault stands on a line that the file has.
fn all_have_places(paths: &[PathBuf], bytes: &[u8]) -> Result<bool, TestCaseError> {
    let lines = bytes.split(|byte| *byte == b'\n').count();
    let faults = check(paths, &Catalogue::embedded());
    for fault in &faults {
        prop_assert!((1..=lines).contains(&fault.line), "{fault} of {lines}");
        prop_assert!(fault.message.len() > 10, "{fault}");
        prop_assert!(
            paths.iter().any(|path| path.ends_with(&fault.file)),
            "{fault}"
        );
    }
    Ok(faults.is_empty())
}

proptest! {
    #![proptest_config(inputs(150, file!()))]

    #[test]
    fn a_damaged_questionnaire_is_refused_by_line_or_can_be_used(bytes in damaged(structures())) {
        let folder = tempfile::tempdir().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let id = text.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'));
        let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let name = format!("{}.toml", id.unwrap_or("burnout1"));
        let path = written(folder.path(), &name, &bytes);
        if !all_have_places(&[path], &bytes)? {
            return Ok(());
        }
        let Ok(catalogue) = Catalogue::with_folder(folder.path(), &[]) else {
            return Ok(());
        };
        for instrument in catalogue.iter() {
            for form in instrument.forms.iter().map(|form| Some(form.id.as_str())).chain([None]) {
                let given: BTreeMap<String, Option<i64>> = instrument
                    .items
                    .iter()
                    .filter_map(|item| {
                        let set = instrument.response_set_of(item)?;
                        Some((item.id.clone(), set.options.first().map(|option| option.value)))
                    })
                    .collect();
                if let Ok(answers) = Answers::parse(instrument, form, &given) {
                    let _ = Scored {
                        version: instrument.version,
                        lang: "en".to_owned(),
                        status: Status::Draft,
                        form: form.map(str::to_owned),
                        answers,
                    };
                }
                let export = fhir::Export { base: "http://x", lang: "en", form };
                let _ = fhir::questionnaire(instrument, export);
            }
        }
    }

    #[test]
    fn a_damaged_wording_is_refused_by_line(bytes in damaged(locales())) {
        let folder = tempfile::tempdir().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let name = if text.contains("psi.") { "psi.ru.toml" } else { "burnout1.en.toml" };
        let path = written(folder.path(), name, &bytes);
        all_have_places(&[path], &bytes)?;
        let _ = Catalogue::with_folder(folder.path(), &[]);
    }
}

#[test]
fn a_questionnaire_that_nests_or_repeats_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = String::from_utf8(structures().remove(0)).unwrap();
    let many = |text: &str, times: usize| text.repeat(times);
    for bytes in [
        format!("format = 1\nitems = {}", many("[", 100_000)),
        format!("format = 1\nitems = {}", many("{a=", 100_000)),
        format!("[{}a]", many("a.", 50_000)),
        format!("{}\n{good}", many("[[scales]]\n", 5_000)),
        format!("{good}\n{}", many("x", 1_000_000)),
        format!("{good}\nx = 1{}", many("0", 100_000)),
        many("\u{feff}", 1000) + &good,
        many("format = 1\n", 20_000),
    ] {
        let path = written(folder.path(), "burnout1.toml", bytes.as_bytes());
        let is_good = all_have_places(&[path], bytes.as_bytes()).unwrap();
        assert!(!is_good, "{}…", &bytes[..40]);
    }
}
