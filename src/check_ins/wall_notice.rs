//! A sheet for the wall and a calendar file, for people without e-mail: when a wave is open and
//! where, in neutral words and in the plan's languages. The same for everyone; no personal link.

use chrono::{DateTime, Datelike, Utc};
use icalendar::{Calendar, Component, Event, EventLike};
use qrcodegen::{QrCode, QrCodeEcc};

use super::waves::Wave;
use crate::locales::{FALLBACK, Filling, Wording};
use crate::people::organisations::Organisation;
use crate::zones;

/// A QR code as a drawing of squares of one unit each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Width and height, a quiet zone of four squares included.
    pub size: i32,
    /// Path data (SVG 2, section 9).
    pub path: String,
}

/// The words of a sheet in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// BCP 47 tag.
    pub language: &'static str,
    /// What is open.
    pub title: String,
    /// From when to when, where the organisation is.
    pub dates: String,
    /// How to get in.
    pub how: String,
    /// That nobody can see who has answered.
    pub nobody: String,
}

/// A sheet for the wall.
#[derive(askama::Template)]
#[template(path = "wall_notices/notice.html")]
pub struct WallNotice {
    language: &'static str,
    organisation: String,
    address: String,
    code: Option<Code>,
    parts: Vec<Part>,
}

impl WallNotice {
    /// Of a wave of an organisation, which is reached at `address`; without an address there is
    /// nothing to scan.
    #[must_use]
    pub fn of(wave: &Wave, organisation: &Organisation, address: Option<&str>) -> Self {
        let wordings = wordings(wave);
        Self {
            language: wordings.first().map_or(FALLBACK, Wording::language),
            organisation: organisation.name.clone(),
            address: address.unwrap_or_default().to_owned(),
            code: address.and_then(code),
            parts: wordings
                .iter()
                .map(|wording| part(wording, wave, organisation))
                .collect(),
        }
    }
}

/// The languages of the plan that there are words in, each once; English if there is none.
fn wordings(wave: &Wave) -> Vec<Wording> {
    let mut wordings: Vec<Wording> = Vec::new();
    for language in &wave.languages {
        let wording = Wording::of(language);
        let is_known = language.starts_with(wording.language());
        let is_new = wordings
            .iter()
            .all(|one| one.language() != wording.language());
        if is_known && is_new {
            wordings.push(wording);
        }
    }
    if wordings.is_empty() {
        wordings.push(Wording::of(FALLBACK));
    }
    wordings
}

fn part(wording: &Wording, wave: &Wave, organisation: &Organisation) -> Part {
    let day = |at| local(wording, at, &organisation.zone);
    let dates = [
        ("opens", day(wave.opens_at)),
        ("closes", day(wave.closes_at)),
        ("zone", Filling::Text(organisation.zone.clone())),
    ];
    Part {
        language: wording.language(),
        title: wording.say("wall-title"),
        dates: wording.tell("wall-dates", &dates),
        how: wording.say("wall-how"),
        nobody: wording.say("wall-nobody"),
    }
}

/// Day and full hour of an instant where the organisation is.
fn local(wording: &Wording, at: DateTime<Utc>, zone: &str) -> Filling {
    let (day, hour) = zones::local(zone, at);
    let year = [("year", Filling::Text(day.year().to_string()))];
    let month = wording.tell(&format!("month-{}", day.month()), &year);
    let with = [
        ("day", Filling::Number(day.day().into())),
        ("month", Filling::Text(month)),
        ("time", Filling::Text(format!("{hour:02}:00"))),
    ];
    Filling::Text(wording.tell("wall-day", &with))
}

/// The QR code of an address, with error correction M for paper that suffers.
fn code(address: &str) -> Option<Code> {
    use std::fmt::Write;
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some(Code {
        size: code.size() + 2 * QUIET,
        path,
    })
}

/// A calendar file with the opening and the last day. An extension raises its sequence, so that a
/// calendar that has it already moves the day.
#[must_use]
pub fn calendar(wave: &Wave, address: Option<&str>, now: DateTime<Utc>) -> String {
    let wording = wordings(wave).swap_remove(0);
    let mut calendar = Calendar::new();
    let days = [
        ("opens", "calendar-opens", wave.opens_at),
        ("closes", "calendar-closes", wave.closes_at),
    ];
    for (which, key, at) in days {
        let mut event = Event::new();
        event
            .uid(&format!("{}-{which}@respite", wave.id))
            .sequence(u32::from(wave.extended_at.is_some()))
            .timestamp(now)
            .summary(&wording.say(key))
            .description(&wording.say("wall-nobody"))
            .starts(at)
            .ends(at);
        if let Some(address) = address {
            event.url(address);
        }
        calendar.push(event.done());
    }
    calendar.to_string()
}
