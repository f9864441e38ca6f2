//! The operator's files: server key, list of counted waves, settings. A damaged one is refused with
//! the place of the damage, and never read as something that it is not.

use std::path::Path;

use proptest::prelude::*;
use respite::ids::WaveId;
use respite::settings::{Settings, SettingsError};
use respite::tallies::CountedWaves;
use respite::tallies::counted::FILE_NAME;
use respite::vault::{ServerKeyError, ServerKeys};

use super::inputs;
use super::mutations::damaged;

fn keys() -> Vec<Vec<u8>> {
    let line = |number: u32, digit: &str| format!("{number} {}\n", digit.repeat(64));
    [
        format!("respite server keys 1\n{}", line(1, "a")),
        format!("respite server keys 1\n{}{}", line(1, "0"), line(2, "F")),
        format!("respite server keys 1\r\n\n{}", line(4_294_967_295, "7")),
    ]
    .map(String::into_bytes)
    .to_vec()
}

fn lists() -> Vec<Vec<u8>> {
    let ids: Vec<String> = (0..3_u128)
        .map(|number| uuid::Uuid::from_u128(number << 64 | 0x4000).to_string())
        .collect();
    let whole = format!("{}\n", ids.join("\n"));
    vec![whole.clone().into_bytes(), whole.as_bytes()[..80].to_vec()]
}

fn settings() -> Vec<Vec<u8>> {
    let full = r#"database = "postgres://respite@localhost/respite"
listen = "0.0.0.0:8080"
public_url = "https://respite.example"
server_key_file = "/etc/respite/server.key"
trusted_proxies = ["127.0.0.1", "::1"]

[questionnaires]
folder = "/etc/respite/questionnaires"
accepted_licences = ["proqol5"]

[sign_in]
idle_minutes = 15
absolute_hours = 12
argon2_memory_kib = 65536
argon2_at_once = 2

[[contacts]]
country = "KZ"
kind = "crisis"
name = "A line"
reach = "111"
confirmed_on = 2026-02-28
"#;
    vec![
        full.into(),
        b"listen = \"127.0.0.1:0\"\n".to_vec(),
        Vec::new(),
    ]
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

proptest! {
    #![proptest_config(inputs(1500, file!()))]

    #[test]
    fn a_damaged_key_file_is_refused_by_line_and_never_printed(bytes in damaged(keys())) {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), "server.key", &bytes);
        match ServerKeys::load(&path) {
            Ok(keys) => prop_assert!(keys.numbers().count() >= 1),
            Err(error @ ServerKeyError::Malformed { .. }) => {
                let said = error.to_string();
                prop_assert!(said.contains(", line "), "{}", said);
                prop_assert!(!said.contains("aaaa") && !said.contains("FFFF"), "{}", said);
            }
            // Not UTF-8.
            Err(ServerKeyError::File { .. }) => prop_assert!(str::from_utf8(&bytes).is_err()),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_list_of_counted_waves_holds_every_whole_line_or_is_refused(bytes in damaged(lists())) {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), FILE_NAME, &bytes);
        match CountedWaves::open(folder.path()) {
            Ok(list) => {
                let text = String::from_utf8(bytes).unwrap();
                let (whole, _) = text.rsplit_once('\n').unwrap_or(("", ""));
                for line in whole.lines() {
                    prop_assert!(list.contains(line.parse().unwrap()), "{}", line);
                }
                let new = WaveId::new();
                list.add(&[new]).unwrap();
                let again = CountedWaves::open(folder.path()).unwrap();
                prop_assert!(again.contains(new));
                for line in whole.lines() {
                    prop_assert!(again.contains(line.parse().unwrap()), "{}", line);
                }
            }
            Err(error) => {
                let is_text = str::from_utf8(&bytes).is_ok();
                let said = error.to_string();
                prop_assert!(!is_text || said.contains(&format!("{FILE_NAME}:")), "{}", said);
            }
        }
    }

    #[test]
    fn damaged_settings_are_refused_with_file_and_place(bytes in damaged(settings())) {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), "respite.toml", &bytes);
        match Settings::read(&path) {
            Ok(settings) => {
                let _ = settings.check_safety();
                let _ = (settings.home(), settings.server_key_file(), settings.state_dir());
            }
            Err(error @ SettingsError::Malformed { .. }) => {
                let said = error.to_string();
                prop_assert!(said.contains("respite.toml"), "{}", said);
                prop_assert!(said.contains("line "), "{}", said);
            }
            Err(SettingsError::Unreadable { .. }) => {
                prop_assert!(str::from_utf8(&bytes).is_err());
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
