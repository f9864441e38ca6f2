//! Settings of a PostgreSQL server that take something from the promise: the doctor names them.

use respite::operations::doctor::{Level, examine};
use respite::settings::Settings;

use crate::support::both;

/// Names of the settings that the doctor warns of.
async fn warned_of(settings: &Settings) -> Vec<String> {
    let report = examine(settings, "2026-12-01T00:00:00Z".parse().unwrap()).await;
    let lines = report.checks.iter();
    let lines = lines.filter(|line| line.about == "engine settings" && line.level == Level::Warn);
    let names = lines.filter_map(|line| line.found.split_once(" = "));
    names.map(|(name, _)| name.to_owned()).collect()
}

both!(
    the_doctor_warns_of_a_server_that_writes_statements_down,
    async |test| {
        let mut settings = Settings {
            database: test.address.clone(),
            ..Settings::default()
        };
        let before = warned_of(&settings).await;
        assert!(!before.contains(&"log_statement".to_owned()), "{before:?}");
        if test.address.starts_with("sqlite:") {
            assert_eq!(before, Vec::<String>::new(), "SQLite writes none down");
            return;
        }
        // The test's own server waits for no disk, which a real one must.
        assert!(before.contains(&"fsync".to_owned()), "{before:?}");
        let more = "%20-c%20log_statement%3Dall%20-c%20synchronous_commit%3Doff";
        settings.database.push_str(more);
        let after = warned_of(&settings).await;
        for name in ["log_statement", "synchronous_commit"] {
            assert!(after.contains(&name.to_owned()), "{after:?}");
        }
    }
);
