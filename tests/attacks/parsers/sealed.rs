//! Every sealed format: it opens to what was put in, and not at all once a bit of it is another,
//! a piece is gone or doubled, or it stands in another place.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use respite::ballots::content::{BallotContent, content_len};
use respite::check_ins::record::Record;
use respite::ids::{AccountId, BallotId, WaveId};
use respite::vault::{
    CannotOpen, RecoveryCode, ServerKeys, Token, WaveKeyPair, WorkerKey, WrapKind, open_ballot,
    seal_ballot, unwrap, wrap,
};

use super::inputs;
use super::mutations::damaged;

type Open = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, CannotOpen>>;

/// One sealed text with what opens it.
struct Sealed {
    kind: &'static str,
    bytes: Vec<u8>,
    open: Open,
}

impl Sealed {
    fn of(
        kind: &'static str,
        bytes: Vec<u8>,
        open: impl Fn(&[u8]) -> Result<Vec<u8>, CannotOpen> + 'static,
    ) -> Self {
        Self {
            kind,
            bytes,
            open: Box::new(open),
        }
    }
}

/// One of each format, all of the same person, wave and text.
fn all(text: &[u8]) -> Vec<Sealed> {
    let (key, account, wave) = (WorkerKey::new(), AccountId::new(), WaveId::new());
    let (token, ballot) = (Token::new(), BallotId::new());
    let server = ServerKeys::from_bytes(respite::vault::random_bytes());
    let of_worker = worker(text, &key, account, wave);
    let pair = WaveKeyPair::new();
    let ballot_bytes = seal_ballot(&pair.public(), wave, ballot, text).unwrap();
    let wave_key = pair.seal(&server, wave);
    let recovery = RecoveryCode::new().wrap_key(account);
    let idempotent = token.idempotency_key("POST /people", "once");
    let (opening, answering) = (token.clone(), token.clone());
    let (keys, whole) = (server.clone(), pair.public().to_vec());
    let mut sealed = vec![
        Sealed::of("sign-in", token.seal(text).unwrap(), move |bytes| {
            opening.open(bytes).map(|text| text.to_vec())
        }),
        Sealed::of(
            "reply",
            token.seal_reply(&idempotent, text).unwrap(),
            move |bytes| {
                let text = answering.open_reply(&idempotent, bytes);
                text.map(|text| text.to_vec())
            },
        ),
        Sealed::of("ballot", ballot_bytes, move |bytes| {
            open_ballot(&pair, wave, ballot, bytes).map(|text| text.to_vec())
        }),
        Sealed::of("server", server.seal("channel", b"7", text), move |bytes| {
            server
                .open("channel", b"7", bytes)
                .map(|text| text.to_vec())
        }),
    ];
    // These two hold keys, not texts: what comes back is compared by what it is good for.
    let wrapped = wrap(&recovery, &key, account, WrapKind::Recovery);
    let text = text.to_vec();
    let public = key.public_key();
    let same = text.clone();
    sealed.push(Sealed::of("wrap", wrapped, move |bytes| {
        let key = unwrap(&recovery, bytes, account, WrapKind::Recovery)?;
        assert_eq!(key.public_key(), public);
        Ok(same.clone())
    }));
    sealed.push(Sealed::of("wave key", wave_key, move |bytes| {
        let pair = WaveKeyPair::open(&keys, wave, bytes)?;
        assert_eq!(pair.public().to_vec(), whole);
        Ok(text.clone())
    }));
    sealed.extend(of_worker);
    sealed
}

fn worker(text: &[u8], key: &WorkerKey, account: AccountId, wave: WaveId) -> Vec<Sealed> {
    let (at, draft) = (key.record_locator(wave), key.draft_key(wave));
    let record = key.seal_record(&at, text, 2048).unwrap();
    let draft_bytes = key.seal_draft(&draft, text, 2048).unwrap();
    let choices = key.seal_choices(text).unwrap();
    let short = &text[..text.len().min(16)];
    let totp = key.seal_totp(account, short).unwrap();
    let ring = key
        .seal_key_ring(account, std::slice::from_ref(key))
        .unwrap();
    let [of_record, of_draft, of_choices, of_totp, of_ring] = std::array::from_fn(|_| key.clone());
    let (short, whole, text) = (short.to_vec(), text.to_vec(), text.to_vec());
    let public = key.public_key();
    vec![
        Sealed::of("record", record, move |bytes| {
            of_record.open_record(&at, bytes).map(|text| text.to_vec())
        }),
        Sealed::of("draft", draft_bytes, move |bytes| {
            of_draft.open_draft(&draft, bytes).map(|text| text.to_vec())
        }),
        Sealed::of("choices", choices, move |bytes| {
            of_choices.open_choices(bytes).map(|text| text.to_vec())
        }),
        Sealed::of("totp", totp, move |bytes| {
            let opened = of_totp.open_totp(account, bytes)?;
            assert_eq!(opened[..], short[..]);
            Ok(whole.clone())
        }),
        Sealed::of("key ring", ring, move |bytes| {
            let keys = of_ring.open_key_ring(account, bytes)?;
            assert_eq!(keys[0].public_key(), public);
            Ok(text.clone())
        }),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #![proptest_config(inputs(200, file!()))]

    #[test]
    fn a_ciphertext_with_a_flipped_bit_does_not_open(
        text in text(),
        at in any::<Index>(),
        bit in 0..8_u8,
    ) {
        for sealed in all(&text) {
            let opened = (sealed.open)(&sealed.bytes);
            prop_assert_eq!(opened.as_deref(), Ok(&text[..]), "{}", sealed.kind);
            let mut flipped = sealed.bytes.clone();
            flipped[at.index(sealed.bytes.len())] ^= 1 << bit;
            prop_assert_eq!((sealed.open)(&flipped), Err(CannotOpen), "{}", sealed.kind);
        }
    }

    #[test]
    fn a_damaged_or_foreign_ciphertext_does_not_open(
        (text, which, other) in (text(), any::<Index>(), any::<Index>()),
        seed in any::<u64>(),
    ) {
        let all = all(&text);
        let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
            rng_seed: proptest::test_runner::RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Default::default()
        });
        let good: Vec<Vec<u8>> = all.iter().map(|sealed| sealed.bytes.clone()).collect();
        let one = which.get(&all);
        let bytes = damaged(good).new_tree(&mut runner).unwrap().current();
        let is_itself = bytes == one.bytes;
        prop_assert_eq!((one.open)(&bytes).is_ok(), is_itself, "{}", one.kind);
        let other = other.get(&all);
        let is_same = other.kind == one.kind;
        let opened = (one.open)(&other.bytes).is_ok();
        prop_assert_eq!(opened, is_same, "{} as {}", other.kind, one.kind);
    }
}

/// Bytes that a text was sealed from are read again only after the seal was good; a defect of ours
/// or another version may still have written anything.
mod inside {
    use super::*;

    fn ballots() -> Vec<Vec<u8>> {
        let numbers = [&[1][..], &[7; 16], &[0, 12, 255, 255, 0, 3], &[0b101]].concat();
        vec![numbers, vec![1; content_len(3)], vec![0; content_len(1)]]
    }

    fn records() -> Vec<Vec<u8>> {
        let erased = Record::erased(WaveId::new()).encode().to_vec();
        let text = String::from_utf8(erased.clone()).unwrap();
        let answered = text.replace(
            "\"scored\":null",
            r#""scored":{"version":"1.0","lang":"en","status":"published","form":null,
               "answers":{"cbi.work.1":100}}"#,
        );
        vec![erased, answered.into_bytes()]
    }

    proptest! {
        #![proptest_config(inputs(4000, file!()))]

        #[test]
        fn a_ballot_is_read_only_as_it_was_written(
            bytes in damaged(ballots()),
            scales in prop_oneof![0..5_usize, Just(usize::from(u16::MAX))],
        ) {
            if let Ok(read) = BallotContent::decode(&bytes, scales) {
                prop_assert_eq!(&read.encode()[..], &bytes[..]);
            }
        }

        #[test]
        fn a_record_that_is_read_is_written_alike(bytes in damaged(records())) {
            if let Some(read) = Record::decode(&bytes) {
                prop_assert_eq!(Record::decode(&read.encode()), Some(read));
            }
        }
    }
}
