//! Finds any of thousands of byte strings in megabytes, at one look per byte: each needle is known
//! by eight of its bytes. Needles under ten bytes are left out: they would be found by chance in
//! sealed bytes.

use std::collections::HashMap;

/// The shortest needle.
const SHORTEST: usize = 10;
/// Bytes by which a needle is known.
const MARK: usize = 8;
/// Signs of a page that holds nothing.
const ZEROS: [u8; 4096] = [0; 4096];

/// What is looked for, each with what it is.
pub struct Needles {
    all: Vec<(&'static str, Vec<u8>)>,
    /// Numbers of needles, each with the place of its mark in it.
    by_mark: HashMap<u64, Vec<(usize, usize)>>,
    /// One bit for each hash of a mark.
    marks: Vec<u8>,
}

impl Default for Needles {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            by_mark: HashMap::new(),
            marks: vec![0; 1 << 21],
        }
    }
}

/// A needle in a haystack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Number of the needle.
    pub needle: usize,
    /// Where it begins.
    pub at: usize,
}

impl Needles {
    pub fn add(&mut self, what: &'static str, bytes: &[u8]) {
        if bytes.len() < SHORTEST {
            return;
        }
        let at = mark_of(bytes);
        let mark = number(&bytes[at..at + MARK]);
        let hash = hash(mark);
        self.marks[hash >> 3] |= 1 << (hash & 7);
        self.by_mark
            .entry(mark)
            .or_default()
            .push((self.all.len(), at));
        self.all.push((what, bytes.to_vec()));
    }

    /// The needle itself, as hexadecimal text, and as it looks inside longer base64 text.
    pub fn add_all_ways(&mut self, what: &'static str, bytes: &[u8]) {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE};
        self.add(what, bytes);
        for digits in [b"0123456789abcdef", b"0123456789ABCDEF"] {
            let digit = |half: u8| digits[usize::from(half)];
            let hex = bytes
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
            self.add(what, &hex.collect::<Vec<u8>>());
        }
        for before in 0..3 {
            // Signs that depend on what stands before or after are cut off.
            let shifted = [&[0; 3][..before], bytes].concat();
            let first = [0, 2, 3][before];
            for engine in [&STANDARD, &URL_SAFE] {
                let text = engine.encode(&shifted);
                let last = shifted.len() * 8 / 6;
                self.add(what, &text.as_bytes()[first..last]);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn what(&self, needle: usize) -> &'static str {
        self.all[needle].0
    }

    /// Every needle in every place.
    pub fn find(&self, haystack: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut skip = 0;
        for (at, mark) in haystack.windows(MARK).enumerate() {
            if at < skip {
                continue;
            }
            if at.trailing_zeros() >= 12 && haystack[at..].starts_with(&ZEROS) {
                // No mark is all zeros.
                skip = at + 4097 - MARK;
                continue;
            }
            let mark = number(mark);
            let hash = hash(mark);
            if self.marks[hash >> 3] & (1 << (hash & 7)) == 0 {
                continue;
            }
            for (needle, place) in self.by_mark.get(&mark).into_iter().flatten() {
                let begin = at.checked_sub(*place);
                let found = begin.filter(|at| haystack[*at..].starts_with(&self.all[*needle].1));
                hits.extend(found.map(|at| Hit {
                    needle: *needle,
                    at,
                }));
            }
        }
        hits
    }

    /// A copy of some bytes in which every needle lies somewhere: proof that each can be found.
    pub fn planted_in(&self, scratch: &[u8]) -> Vec<u8> {
        let mut scratch = scratch.to_vec();
        let mut at = 1;
        for (_, bytes) in &self.all {
            if scratch.len() < at + bytes.len() {
                scratch.resize(at + bytes.len() + 8192, 0);
            }
            scratch[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len() + 1;
        }
        scratch
    }
}

/// The last place with many different bytes: what needles of one kind share is at their beginning,
/// and zeros are everywhere.
fn mark_of(needle: &[u8]) -> usize {
    let kinds = |at: usize| {
        let mut bytes = needle[at..at + MARK].to_vec();
        bytes.sort_unstable();
        bytes.dedup();
        bytes.len().min(4)
    };
    let mut places = (0..=needle.len() - MARK).rev();
    let good = places.find(|at| kinds(*at) == 4);
    good.unwrap_or_else(|| {
        (0..=needle.len() - MARK)
            .max_by_key(|at| kinds(*at))
            .unwrap()
    })
}

fn number(mark: &[u8]) -> u64 {
    u64::from_le_bytes(mark.try_into().unwrap())
}

fn hash(mark: u64) -> usize {
    let hash = mark.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    usize::try_from(hash).unwrap()
}

#[test]
fn every_needle_is_found_wherever_it_lies() {
    let mut needles = Needles::default();
    needles.add_all_ways("bytes", &[0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    needles.add("short ones are left out", b"ninebytes");
    needles.add("text", b"\"cbi.work.1\":75");
    for before in [0, 1, 4090, 4096, 5000, 8191] {
        let planted = [vec![0; before], needles.planted_in(&vec![0; 20_000])].concat();
        let mut found: Vec<usize> = needles
            .find(&planted)
            .iter()
            .map(|hit| hit.needle)
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), needles.len(), "{before} bytes before");
    }
}
