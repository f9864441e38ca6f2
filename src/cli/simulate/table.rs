//! What came of a simulation, as tables for a person.

use std::fmt::Write as _;

use crate::simulation::{ByLevel, Detection, Outcome, Rate, Scenario, Watched};

/// One line a scenario.
pub(super) fn list(scenarios: &[Scenario]) -> String {
    let mut text = String::new();
    for scenario in scenarios {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<12} {}", scenario.name, scenario.says);
    }
    text
}

/// Everything that was counted.
pub(super) fn text(outcome: &Outcome) -> String {
    let mut text = String::new();
    let alone = Watched {
        alarms_per_year: outcome.alarms_per_team_year,
        detection: outcome.detection.clone(),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "published {} of team-waves",
        percent(outcome.published)
    );
    channel(&mut text, "p alone", &alone);
    channel(&mut text, "with conditions", &outcome.whole_channel);
    if let Some(share) = outcome.false_share {
        let _ = writeln!(text, "  false among elevated flags {}", percent(share));
    }
    channel(&mut text, "organisation", &outcome.organisation_channel);
    let shown = outcome.shown;
    let _ = writeln!(
        text,
        "shown in calm teams: watch or more {}, elevated or more {}, high {}",
        percent(shown.watch),
        percent(shown.elevated),
        percent(shown.high)
    );
    if let Some(sizes) = &outcome.sizes {
        let _ = writeln!(
            text,
            "when first flagged: fitted {:.1}, shown {:.1}, true size within the interval {}",
            sizes.raw,
            sizes.shown,
            percent(sizes.covered)
        );
    }
    text
}

fn channel(text: &mut String, name: &str, watched: &Watched) {
    let _ = writeln!(text, "{name}");
    let rates = watched.alarms_per_year;
    let _ = writeln!(
        text,
        "  {:<9} {:>16}  noticed within waves",
        "", "alarms a year"
    );
    let found = watched.detection.as_ref();
    for (level, rate, of) in [
        ("watch", rates.watch, 0),
        ("elevated", rates.elevated, 1),
        ("high", rates.high, 2),
    ] {
        let noticed = found.map_or_else(String::new, |found| noticed(found, of));
        let _ = writeln!(text, "  {level:<9} {:>16}  {noticed}", shown(rate));
    }
}

fn shown(rate: Rate) -> String {
    match rate {
        Rate {
            rate: Some(rate),
            se: Some(se),
        } => format!("{rate:.3} +- {se:.3}"),
        _ => "-".to_owned(),
    }
}

fn noticed(found: &Detection, level: usize) -> String {
    let of = |levels: &ByLevel<[f64; 4]>| [levels.watch, levels.elevated, levels.high][level];
    let shares = found.waves.iter().zip(of(&found.shares)).zip(of(&found.se));
    let shares = shares.map(|((waves, share), se)| {
        format!("{waves}: {:.0} +- {:.1} %", 100.0 * share, 100.0 * se)
    });
    shares.collect::<Vec<_>>().join("  ")
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
