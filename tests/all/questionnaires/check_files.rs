//! What `questionnaires check` does with whole files, and with what is already published.

use super::Doorbell;

#[test]
fn a_published_instrument_is_scored_as_it_was_until_its_major_version_changes() {
    let published =
        std::fs::read_to_string(super::repository("questionnaires/burnout1.toml")).unwrap();
    let changed = published
        .replace("id = \"5\", value = 5", "id = \"5\", value = 6")
        .replace("range = [1, 5]", "range = [1, 6]");
    let folder = Doorbell::new();
    let check = |text: &str| {
        folder.write("burnout1.toml", text);
        folder.check(&["burnout1.toml"])
    };
    let found = check(&changed.replace("any_of = [5]", "any_of = [6]"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].code, "Q24");
    let next = changed
        .replace("any_of = [5]", "any_of = [6]")
        .replace("version = \"1.0.0\"", "version = \"2.0.0\"");
    assert_eq!(check(&next), []);
    assert_eq!(
        check(&published.replace("version = \"1.0.0\"", "version = \"1.3.0\"")),
        []
    );
}

#[test]
fn all_faults_are_reported_in_one_run() {
    let doorbell = Doorbell::new()
        .structure("minutes = 1", "minuts = 1")
        .structure("range = [0, 100]", "range = [0, 99]")
        .structure("notice = \"Doorbell", "notice = \"\" #")
        .locale("title = ", "titel = ");
    let found = doorbell.faults();
    let codes: Vec<_> = found.iter().map(|fault| &*fault.code).collect();
    for code in ["Q02", "Q03", "Q06", "Q14", "Q19"] {
        assert!(codes.contains(&code), "{code}: {found:#?}");
    }
    assert!(
        found
            .iter()
            .any(|fault| fault.message.contains("did you mean `minutes`")),
        "{found:#?}"
    );
}

#[test]
fn a_file_that_is_not_utf8_or_not_there_is_q01() {
    let doorbell = Doorbell::new();
    doorbell.write("doorbell.toml", b"format = 1\nname = \"\xff\"\n");
    let found = doorbell.check(&["doorbell.toml", "nowhere.toml"]);
    let told: Vec<_> = found.iter().map(|f| (&*f.file, f.line, &*f.code)).collect();
    assert_eq!(
        told,
        [("doorbell.toml", 2, "Q01"), ("nowhere.toml", 1, "Q01")]
    );
}
