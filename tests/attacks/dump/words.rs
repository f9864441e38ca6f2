//! What may be in no copy: answers, scores and secrets, in every form in which a program could
//! have written them.

use std::collections::BTreeSet;

use super::needles::Needles;
use super::year::{Given, Worker, Year};

/// Everything said and every secret made until today.
#[derive(Default)]
pub struct Words {
    pub needles: Needles,
    /// How many sheets are in it.
    given: usize,
    secrets: BTreeSet<Vec<u8>>,
    steps: BTreeSet<Vec<u16>>,
}

impl Words {
    /// Adds what is new since the last time.
    pub fn learn(&mut self, year: &Year) {
        if self.needles.len() == 0 {
            for item in items() {
                // With any value, in any JSON, CBOR or text.
                self.needles.add_all_ways("an item", item.as_bytes());
            }
            for start in ["{\"format\":1,\"wave\":", "\"scored\":{", "\"answers\":{"] {
                self.needles
                    .add_all_ways("a record in clear", start.as_bytes());
            }
            self.needles
                .add_all_ways("choices in clear", b"\"consents\":{");
        }
        for given in &year.given[self.given..] {
            answers(&mut self.needles, given);
            // At every place where it could count.
            let steps = steps(&given.answers);
            // A single step sum behind the id of a unit lies in any row of that unit by chance.
            if steps.len() > 1 && self.steps.insert(steps.clone()) {
                for unit in year.units.iter().chain([&year.house.organisation]) {
                    let unit: uuid::Uuid = unit.parse().unwrap();
                    ballot(&mut self.needles, unit.as_bytes(), &steps);
                }
            }
        }
        self.given = year.given.len();
        for worker in &year.workers {
            self.secrets_of(worker);
        }
    }

    fn secret(&mut self, what: &'static str, bytes: &[u8]) {
        if self.secrets.insert(bytes.to_vec()) {
            self.needles.add_all_ways(what, bytes);
        }
    }

    fn secrets_of(&mut self, worker: &Worker) {
        self.secret("a worker's key", &worker.raw_key);
        self.secret("a password", worker.password.as_bytes());
        let code = &worker.recovery_code;
        self.secret("a recovery code", code.as_bytes());
        self.secret("a recovery code", code.replace('-', "").as_bytes());
        self.secret("a recovery code", &crockford(code));
        for (_, token) in &worker.tokens {
            let text = token.to_string();
            self.secret("a sign-in token", text.as_bytes());
            self.secret("a sign-in token", &token_bytes(&text));
        }
    }
}

fn items() -> Vec<String> {
    let scales = [("personal", 6), ("work", 7), ("client", 6)];
    let mut items = vec!["burnout1.1".to_owned()];
    for (scale, count) in scales {
        items.extend((1..=count).map(|item| format!("cbi.{scale}.{item}")));
    }
    items
}

/// A ballot's content before it is sealed, without its last bits: where it counts, and step sums.
fn ballot(needles: &mut Needles, unit: &[u8; 16], steps: &[u16]) {
    let bytes = |encode: fn(u16) -> [u8; 2]| -> Vec<u8> {
        steps.iter().flat_map(|step| encode(*step)).collect()
    };
    for steps in [bytes(u16::to_be_bytes), bytes(u16::to_le_bytes)] {
        needles.add_all_ways("a ballot in clear", &[&unit[..], &steps].concat());
    }
}

/// Step sums of the released scales, in their order in the instrument.
fn steps(given: &[(String, i64)]) -> Vec<u16> {
    let sum = |scale: &str| {
        let of_scale = given.iter().filter(|(item, _)| item.starts_with(scale));
        let value = |(item, value): &(String, i64)| {
            let reversed = item == "cbi.work.7";
            if reversed { 100 - value } else { *value }
        };
        u16::try_from(of_scale.map(value).sum::<i64>()).unwrap()
    };
    if given.len() == 1 {
        return vec![sum("burnout1.") - 1];
    }
    ["cbi.personal", "cbi.work", "cbi.client"]
        .map(|scale| sum(scale) / 25)
        .to_vec()
}

fn answers(needles: &mut Needles, given: &Given) {
    let values: Vec<i64> = given.answers.iter().map(|(_, value)| *value).collect();
    let printed = {
        // The printed order: personal, work, client. By id: client, personal, work.
        let client = values.len().min(6);
        [&values[client..], &values[..client]].concat()
    };
    for values in [values, printed] {
        let small: Vec<u8> = values.iter().map(|v| u8::try_from(*v).unwrap()).collect();
        let places: Vec<u8> = small.iter().map(|value| value / 25).collect();
        let digits: Vec<u8> = places.iter().map(|place| b'0' + place).collect();
        for bytes in [small, places, digits] {
            needles.add_all_ways("answers as bytes", &bytes);
        }
        for between in [",", ", ", ";", " ", "\t"] {
            let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
            needles.add("answers as text", texts.join(between).as_bytes());
        }
        wide(needles, &values);
        needles.add("answers as CBOR", &cbor(&values));
    }
    let steps = steps(&given.answers);
    scores(needles, given.instrument, &steps);
}

/// The answers as numbers of two, four and eight bytes, whole or real, either end first.
fn wide(needles: &mut Needles, values: &[i64]) {
    let mut forms: Vec<Vec<u8>> = vec![Vec::new(); 10];
    for value in values {
        let two = i16::try_from(*value).unwrap();
        let four = i32::from(two);
        let (single, double) = (f32::from(two), f64::from(two));
        forms[0].extend(two.to_le_bytes());
        forms[1].extend(two.to_be_bytes());
        forms[2].extend(four.to_le_bytes());
        forms[3].extend(four.to_be_bytes());
        forms[4].extend(value.to_le_bytes());
        forms[5].extend(value.to_be_bytes());
        forms[6].extend(single.to_le_bytes());
        forms[7].extend(single.to_be_bytes());
        forms[8].extend(double.to_le_bytes());
        forms[9].extend(double.to_be_bytes());
    }
    for form in forms
        .iter()
        .filter(|form| values.len() > 1 && is_told_apart(form))
    {
        needles.add("answers as numbers", form);
    }
}

/// Bytes that are mostly the same lie in any file.
fn is_told_apart(bytes: &[u8]) -> bool {
    let mut kinds = bytes.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len() > 2
}

fn cbor(values: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        let value = u8::try_from(*value).unwrap();
        if value > 23 {
            bytes.push(0x18);
        }
        bytes.push(value);
    }
    bytes
}

/// Scores of 0 to 100 as they are shown or computed, all scales together. Single ones of a few
/// digits are in any file by chance.
fn scores(needles: &mut Needles, instrument: &str, steps: &[u16]) {
    if instrument != "cbi" {
        return;
    }
    let scores: Vec<f64> = steps
        .iter()
        .zip([24.0, 28.0, 24.0])
        .map(|(steps, most)| f64::from(*steps) / most * 100.0)
        .collect();
    let whole: Vec<String> = scores.iter().map(ToString::to_string).collect();
    needles.add("scores as text", whole.join(",").as_bytes());
    for score in whole.iter().filter(|score| score.len() > 12) {
        needles.add_all_ways("a score as text", score.as_bytes());
    }
    let real = |encode: fn(f64) -> [u8; 8]| -> Vec<u8> {
        scores.iter().flat_map(|score| encode(*score)).collect()
    };
    for form in [real(f64::to_le_bytes), real(f64::to_be_bytes)] {
        if is_told_apart(&form) {
            needles.add("scores as numbers", &form);
        }
    }
    let named: Vec<String> = ["personal", "work", "client"]
        .iter()
        .zip(steps)
        .map(|(scale, steps)| format!("\"cbi.{scale}\":{steps}"))
        .collect();
    needles.add("step sums as JSON", named.join(",").as_bytes());
}

pub fn token_bytes(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    engine.decode(text).unwrap()
}

/// The bytes of a printed code.
fn crockford(code: &str) -> Vec<u8> {
    const SYMBOLS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bits = Vec::new();
    for symbol in code.chars().filter(|symbol| *symbol != '-') {
        let value = SYMBOLS.find(symbol).unwrap();
        bits.extend((0..5).rev().map(|bit| value >> bit & 1));
    }
    let (bytes, _) = bits.as_chunks::<8>();
    let byte = |bits: &[usize; 8]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
    bytes
        .iter()
        .map(|bits| u8::try_from(byte(bits)).unwrap())
        .collect()
}
