//! Findings in words. The words lie in `dashboards/locales/<language>/alerts.ftl`; here is only
//! which of them are said when (docs/trends.md, A14). Pure.

use chrono::{DateTime, Datelike, Utc};

use super::course::Because;
use super::facts::{Change, Facts, LevelFact, News};
use crate::locales::{FALLBACK, Filling, Wording};
use crate::questionnaires::Instrument;
use crate::trends::Status;

/// Rarer than this is said as "fewer than 1 in 1000".
const RAREST: f64 = 0.001;

/// Who speaks: a language, and the instrument that the scales' names come from.
#[derive(Clone, Copy)]
pub struct Voice<'a> {
    /// The language.
    pub wording: Wording,
    /// What was asked; without it scales are called by their ids.
    pub instrument: Option<&'a Instrument>,
}

/// What is said about a unit: everyone whom it concerns reads the same sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What was found, a sentence or two each.
    pub sentences: Vec<String>,
    /// What it may mean; empty where nothing was found.
    pub may_mean: Vec<String>,
    /// What it does not mean.
    pub does_not_mean: Vec<String>,
    /// What could be done next.
    pub next_steps: Vec<String>,
    /// What to keep in mind when looking again: regression to the mean by name.
    pub follow_up: Vec<String>,
}

impl Voice<'_> {
    /// Everything that is said about a unit at a wave, given its status.
    #[must_use]
    pub fn tell(&self, facts: &Facts, status: Option<Status>) -> Told {
        let mut told = Told {
            sentences: self.sentences(facts, status),
            may_mean: Vec::new(),
            does_not_mean: Vec::new(),
            next_steps: Vec::new(),
            follow_up: Vec::new(),
        };
        if status >= Some(Status::Watch) {
            let since = facts.change.as_ref().map(|change| change.since);
            let since = since.map_or_else(String::new, |since| self.month(since));
            let say = |key: &str| self.wording.lines(key, &[("since", text(&since))]);
            told.may_mean = say("may-mean");
            told.does_not_mean = say("does-not-mean");
            told.follow_up = say("follow-up");
            if status >= Some(Status::Elevated) {
                told.next_steps = say(if since.is_empty() {
                    "next-steps-level"
                } else {
                    "next-steps"
                });
            }
        }
        told
    }

    /// Why an alert has ended.
    #[must_use]
    pub fn ended(&self, because: Because) -> String {
        self.wording.say(&format!("closed-{}", because.word()))
    }

    fn sentences(&self, facts: &Facts, status: Option<Status>) -> Vec<String> {
        let Some(status) = status else {
            return vec![self.wording.say("finding-none")];
        };
        let mut said = Vec::new();
        if facts.news == News::Kept {
            said.push(self.wording.say("finding-no-news"));
        }
        match &facts.change {
            Some(change) => self.change(facts, change, &mut said),
            None if facts.news == News::Published => {
                said.push(self.wording.say("finding-first"));
            }
            None => {}
        }
        said.extend(facts.levels.iter().map(|level| self.level(level)));
        if let (Some(answered), Some(asked)) = (facts.answered, facts.asked) {
            let with = [("answered", count(answered)), ("asked", count(asked))];
            said.push(self.wording.tell("finding-answered", &with));
        }
        if facts.organisation_worse && status >= Status::Elevated {
            said.push(self.wording.say("finding-organisation"));
        }
        if facts.typical && status >= Status::Watch {
            said.push(self.wording.say("finding-typical"));
        }
        said
    }

    fn change(&self, facts: &Facts, change: &Change, said: &mut Vec<String>) {
        let status = Status::from_word(&change.status).unwrap_or(Status::Quiet);
        if status >= Status::Elevated && rounded(change.shown_size) >= 1 {
            said.push(self.risen(change));
            said.push(self.chance(change));
            let note = change.newcomers.filter(|_| facts.news == News::Published);
            if let Some((joined, answered)) = note {
                let with = [
                    ("since", text(&self.month(change.since))),
                    ("joined", count(joined.into())),
                    ("answered", count(answered.into())),
                ];
                said.push(self.wording.tell("finding-turnover", &with));
            }
        } else if status >= Status::Elevated {
            said.push(self.wording.say("finding-held"));
        } else if status == Status::Watch {
            said.push(self.wording.say("finding-watch"));
        } else if let Some(points) = change.noticeable {
            let with = [("points", Filling::Number(rounded(points)))];
            said.push(self.wording.tell("finding-quiet-size", &with));
        } else {
            said.push(self.wording.say("finding-quiet"));
        }
    }

    fn risen(&self, change: &Change) -> String {
        let with = [
            ("direction", direction(change.higher_is_better)),
            ("scale", text(&self.scale(&change.scale))),
            ("points", Filling::Number(rounded(change.shown_size))),
            ("low", Filling::Number(rounded(change.interval[0]))),
            ("high", Filling::Number(rounded(change.interval[1]))),
            ("since", text(&self.month(change.since))),
            (
                "shape",
                text(if change.gradual { "gradual" } else { "step" }),
            ),
            ("form", form(change)),
        ];
        self.wording.tell("finding-change", &with)
    }

    fn chance(&self, change: &Change) -> String {
        if change.p < RAREST {
            return self.wording.say("finding-chance-small");
        }
        let with = [
            ("form", form(change)),
            ("one_in", Filling::Number(rounded(1.0 / change.p))),
        ];
        self.wording.tell("finding-chance", &with)
    }

    fn level(&self, level: &LevelFact) -> String {
        let percent = rounded(level.probability * 100.0).min(99);
        let with = [
            ("direction", direction(level.higher_is_better)),
            ("scale", text(&self.scale(&level.scale))),
            ("mean", Filling::Number(level.mean.into())),
            ("cut", Filling::Number(rounded(level.cut))),
            ("percent", Filling::Number(percent)),
        ];
        self.wording.tell("finding-level", &with)
    }

    /// What a scale is called in this language, or else in English.
    #[must_use]
    pub fn scale(&self, id: &str) -> String {
        let name = |language: &str| {
            let locale = self.instrument?.locale(language)?;
            let name = &locale.scales.get(id)?.name;
            (!name.is_empty()).then(|| name.clone())
        };
        name(self.wording.language())
            .or_else(|| name(FALLBACK))
            .unwrap_or_else(|| id.to_owned())
    }

    fn month(&self, at: DateTime<Utc>) -> String {
        let key = format!("month-{}", at.month());
        self.wording
            .tell(&key, &[("year", text(&at.year().to_string()))])
    }
}

fn text(text: &str) -> Filling {
    Filling::Text(text.to_owned())
}

fn count(count: u64) -> Filling {
    Filling::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn direction(higher_is_better: bool) -> Filling {
    text(if higher_is_better { "better" } else { "worse" })
}

fn form(change: &Change) -> Filling {
    text(if change.absolute {
        "absolute"
    } else {
        "relative"
    })
}

/// Whole points, as all numbers in sentences are.
#[expect(
    clippy::cast_possible_truncation,
    reason = "points and chances fit; what does not is cut to the end of the range"
)]
fn rounded(value: f64) -> i64 {
    value.round() as i64
}
