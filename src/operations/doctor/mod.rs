//! What is wrong with an installation, and what to do about it. Looks, and changes nothing.

mod database;
mod files;
mod letters;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::app::catalogue;
use crate::questionnaires::instrument::Evidence;
use crate::settings::{Settings, SignIn};

/// No clock of a working machine stands before the day on which this version was written.
const WRITTEN: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 1);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, and should be looked at.
    Warn,
    /// Does not work, or is not safe.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What was looked at, a word or two; stable.
    pub about: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: String,
    /// What to do; empty where nothing is to be done.
    #[serde(rename = "do")]
    pub advice: String,
}

/// Everything that was looked at, in order.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// One line a thing.
    pub checks: Vec<Line>,
}

impl Report {
    /// Whether something does not work.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.checks.iter().any(|line| line.level == Level::Fail)
    }

    fn ok(&mut self, about: &'static str, found: impl Into<String>) {
        self.add(about, Level::Ok, (found.into(), String::new()));
    }

    fn warn(&mut self, about: &'static str, found: impl Into<String>, advice: impl Into<String>) {
        self.add(about, Level::Warn, (found.into(), advice.into()));
    }

    fn fail(&mut self, about: &'static str, found: impl Into<String>, advice: impl Into<String>) {
        self.add(about, Level::Fail, (found.into(), advice.into()));
    }

    fn add(&mut self, about: &'static str, level: Level, (found, advice): (String, String)) {
        self.checks.push(Line {
            about,
            level,
            found,
            advice,
        });
    }
}

/// Looks at everything.
pub async fn examine(settings: &Settings, now: DateTime<Utc>) -> Report {
    let mut report = Report::default();
    look_at_settings(&mut report, settings);
    look_at_questionnaires(&mut report, settings);
    look_at_clock(&mut report, now);
    letters::look_at_mail(&mut report, settings).await;
    let keys = files::look_at_key(&mut report, settings);
    let list = files::look_at_list(&mut report, settings);
    database::look(&mut report, (settings, now), keys.as_ref(), list.as_ref()).await;
    report
}

fn look_at_settings(report: &mut Report, settings: &Settings) {
    match settings.check_safety() {
        Ok(()) => report.ok(
            "settings",
            format!(
                "listens on {}, reached at {}",
                settings.listen,
                settings
                    .public_url
                    .as_deref()
                    .unwrap_or("this machine only")
            ),
        ),
        Err(unsafe_) => report.fail("settings", unsafe_.to_string(), "change respite.toml"),
    }
    let (set, standard) = (settings.sign_in, SignIn::default());
    if set.argon2_memory_kib < standard.argon2_memory_kib
        || set.argon2_passes < standard.argon2_passes
    {
        report.warn(
            "passwords",
            format!(
                "a guess costs less than it should: {} KiB, {} passes",
                set.argon2_memory_kib, set.argon2_passes
            ),
            "remove the argon2 settings from [sign_in]; the cost of a password changes when it \
             is next changed",
        );
    }
}

fn look_at_questionnaires(report: &mut Report, settings: &Settings) {
    let catalogue = match catalogue(settings) {
        Ok(catalogue) => catalogue,
        Err(faults) => {
            for fault in faults {
                let advice = "`respite questionnaires check FILE` explains it";
                report.fail("questionnaires", fault.to_string(), advice);
            }
            return;
        }
    };
    let unseen: Vec<&str> = catalogue
        .iter()
        .filter(|instrument| instrument.licence.evidence != Evidence::Seen)
        .map(|instrument| instrument.id.as_str())
        .collect();
    if unseen.is_empty() {
        report.ok(
            "questionnaires",
            "the licence of each was read at its source",
        );
    } else {
        report.warn(
            "questionnaires",
            format!(
                "the licence was not read at its source: {}",
                unseen.join(", ")
            ),
            "read the terms (`respite questionnaires show ID` names the address) before you ask \
             with them",
        );
    }
}

fn look_at_clock(report: &mut Report, now: DateTime<Utc>) {
    let says = format!("{} UTC", now.format("%Y-%m-%d %H:%M"));
    if WRITTEN.is_some_and(|written| now.date_naive() < written) {
        let advice = "set the clock (and let NTP keep it): waves open and close by it";
        report.fail(
            "clock",
            format!("{says}, before this program was written"),
            advice,
        );
    } else {
        report.ok("clock", says);
    }
}
