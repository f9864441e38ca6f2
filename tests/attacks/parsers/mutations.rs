//! Damages good inputs: flipped bits, cut and doubled pieces, pieces of another input, and what
//! parsers stumble over. That reaches deeper than bytes by chance, which fall at the first check.

use proptest::prelude::*;
use proptest::sample::Index;

/// What is put in somewhere.
const NASTY: [&[u8]; 34] = [
    b"\0",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\t",
    b"\"",
    b"\"\"\"",
    b"'",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b",",
    b";",
    b"=",
    b"[",
    b"]",
    b"{",
    b"}",
    b"-",
    b"-0",
    b"1e999",
    b"NaN",
    b"null",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"9999-12-31",
    b"%00",
    b"../../",
    "\u{202e}\u{0130}\u{1f9d1}\u{200d}".as_bytes(),
    "\u{0301}\u{feff}".as_bytes(),
];

/// One piece of damage.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Set(Index, u8),
    CutOff(Index),
    Remove(Index, u8),
    Repeat(Index, u8, u8),
    Splice(Index, Index, Index, u8),
    Put(Index, Index),
    Swap(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<Index>;
    prop_oneof![
        3 => (place(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        2 => (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        1 => place().prop_map(Damage::CutOff),
        2 => (place(), 1..40_u8).prop_map(|(at, many)| Damage::Remove(at, many)),
        2 => (place(), 1..60_u8, 1..20_u8)
            .prop_map(|(at, many, times)| Damage::Repeat(at, many, times)),
        2 => (place(), place(), place(), 1..80_u8)
            .prop_map(|(at, of, from, many)| Damage::Splice(at, of, from, many)),
        3 => (place(), place()).prop_map(|(at, which)| Damage::Put(at, which)),
        1 => (place(), place()).prop_map(|(one, other)| Damage::Swap(one, other)),
    ]
}

/// One of the good inputs with one to six damages; one in twenty stays good.
pub fn damaged(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let many = prop_oneof![1 => Just(0_usize), 19 => 1..=6_usize];
    let damages = many.prop_flat_map(|many| prop::collection::vec(damage(), many));
    (any::<Index>(), damages).prop_map(move |(which, damages)| {
        let mut bytes = which.get(&good).clone();
        for damage in &damages {
            apply(damage, &mut bytes, &good);
        }
        bytes
    })
}

/// The same for texts; what is no UTF-8 any more is written with replacement characters.
pub fn damaged_text(good: &[&str]) -> impl Strategy<Value = String> {
    let good = good.iter().map(|text| text.as_bytes().to_vec()).collect();
    damaged(good).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>, good: &[Vec<u8>]) {
    let len = bytes.len();
    let up_to = |at: &Index| at.index(len + 1);
    match damage {
        Damage::Put(at, which) => {
            let (at, nasty) = (up_to(at), which.get(&NASTY));
            bytes.splice(at..at, nasty.iter().copied());
        }
        Damage::Splice(at, of, from, many) => {
            let other = of.get(good);
            let from = from.index(other.len() + 1);
            let end = other.len().min(from + usize::from(*many));
            let at = up_to(at);
            bytes.splice(at..at, other[from..end].iter().copied());
        }
        _ if len == 0 => {}
        Damage::Flip(at, bit) => bytes[at.index(len)] ^= 1 << bit,
        Damage::Set(at, byte) => bytes[at.index(len)] = *byte,
        Damage::CutOff(at) => bytes.truncate(at.index(len)),
        Damage::Remove(at, many) => {
            let at = at.index(len);
            bytes.drain(at..len.min(at + usize::from(*many)));
        }
        Damage::Repeat(at, many, times) => {
            let at = at.index(len);
            let piece = bytes[at..len.min(at + usize::from(*many))].to_vec();
            let pieces = piece.repeat(usize::from(*times));
            bytes.splice(at..at, pieces);
        }
        Damage::Swap(one, other) => bytes.swap(one.index(len), other.index(len)),
    }
}
