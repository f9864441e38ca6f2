//! What the vault promises: only the right key opens, only in the right place, and lengths tell
//! nothing.

mod server;

use proptest::prelude::*;
use respite::ids::{AccountId, BallotId, WaveId};
use respite::vault::password::{self, Cost, PasswordFault, Salt, check_password};
use respite::vault::sign_in::SIGN_IN_ROOM;
use respite::vault::{
    ActivationCode, CHOICES_ROOM, CannotOpen, KEY_RING_SLOTS, Locator, RecoveryCode, ServerKeys,
    TOTP_ROOM, Token, WaveKeyPair, WorkerKey, WrapKind, open_ballot, seal_ballot, sealed_len,
    unwrap, wrap,
};

/// Every text that differs from `sealed` in one byte or in its length.
fn tampered(sealed: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let changed = (0..sealed.len()).map(|at| {
        let mut copy = sealed.to_vec();
        copy[at] ^= 1 << (at % 8);
        copy
    });
    let cut = (0..sealed.len())
        .step_by(7)
        .map(|len| sealed[..len].to_vec());
    changed.chain(cut).chain([[sealed, &[0]].concat()])
}

fn server_keys() -> ServerKeys {
    ServerKeys::from_bytes([7; 32])
}

#[test]
fn locators_differ_by_key_wave_and_purpose() {
    let (key, other) = (WorkerKey::new(), WorkerKey::new());
    let (wave, next) = (WaveId::new(), WaveId::new());
    let locators = [
        key.record_locator(wave),
        key.record_locator(next),
        key.draft_key(wave),
        key.choices_locator(),
        other.record_locator(wave),
        other.choices_locator(),
    ];
    for (at, one) in locators.iter().enumerate() {
        assert!(locators[..at].iter().all(|before| before != one));
        assert_eq!(Locator::try_from(&one.to_vec()[..]).as_ref(), Ok(one));
    }
    assert_eq!(key.record_locator(wave), key.record_locator(wave));
}

#[test]
fn a_record_opens_only_with_its_key_at_its_locator() {
    let (key, other, wave) = (WorkerKey::new(), WorkerKey::new(), WaveId::new());
    let at = key.record_locator(wave);
    let sealed = key.seal_record(&at, b"her answers", 64).unwrap();
    assert_eq!(key.open_record(&at, &sealed).unwrap()[..], *b"her answers");
    assert_eq!(other.open_record(&at, &sealed), Err(CannotOpen));
    assert_eq!(
        key.open_record(&key.record_locator(WaveId::new()), &sealed),
        Err(CannotOpen)
    );
    assert_eq!(key.open_draft(&at, &sealed), Err(CannotOpen));
    for changed in tampered(&sealed) {
        assert_eq!(key.open_record(&at, &changed), Err(CannotOpen));
    }
}

#[test]
fn an_empty_row_is_as_long_as_a_full_one() {
    let (key, account, wave) = (WorkerKey::new(), AccountId::new(), WaveId::new());
    let at = key.record_locator(wave);
    for len in [0, 1, 63, 64] {
        let text = vec![b'x'; len];
        assert_eq!(
            key.seal_record(&at, &text, 64).unwrap().len(),
            sealed_len(64)
        );
        assert_eq!(
            key.seal_draft(&at, &text, 64).unwrap().len(),
            sealed_len(64)
        );
        assert_eq!(
            key.seal_choices(&text).unwrap().len(),
            sealed_len(CHOICES_ROOM)
        );
        assert_eq!(
            key.seal_totp(account, &text).unwrap().len(),
            sealed_len(TOTP_ROOM)
        );
        assert_eq!(
            Token::new().seal(&text).unwrap().len(),
            sealed_len(SIGN_IN_ROOM)
        );
    }
    let refused = key.seal_record(&at, &[0; 65], 64).unwrap_err();
    assert_eq!((refused.len, refused.room), (65, 64));
}

#[test]
fn choices_drafts_and_second_factors_come_back() {
    let (key, account, wave) = (WorkerKey::new(), AccountId::new(), WaveId::new());
    let choices = key.seal_choices(b"organisation only").unwrap();
    assert_eq!(
        key.open_choices(&choices).unwrap()[..],
        *b"organisation only"
    );
    let at = key.draft_key(wave);
    let draft = key.seal_draft(&at, b"half done", 100).unwrap();
    assert_eq!(key.open_draft(&at, &draft).unwrap()[..], *b"half done");
    let secret = key.seal_totp(account, &[9; 20]).unwrap();
    assert_eq!(key.open_totp(account, &secret).unwrap()[..], [9; 20]);
    assert_eq!(key.open_totp(AccountId::new(), &secret), Err(CannotOpen));
}

#[test]
fn a_key_ring_keeps_order_and_one_length() {
    let (key, account) = (WorkerKey::new(), AccountId::new());
    let earlier: Vec<WorkerKey> = (0..KEY_RING_SLOTS).map(|_| WorkerKey::new()).collect();
    let full = key.seal_key_ring(account, &earlier).unwrap();
    let empty = key.seal_key_ring(account, &[]).unwrap();
    assert_eq!(full.len(), empty.len());
    assert_eq!(key.open_key_ring(account, &full).unwrap(), earlier);
    assert_eq!(key.open_key_ring(account, &empty).unwrap(), []);
    assert_eq!(key.open_key_ring(AccountId::new(), &full), Err(CannotOpen));
    let nine: Vec<WorkerKey> = (0..=KEY_RING_SLOTS).map(|_| WorkerKey::new()).collect();
    assert_eq!(key.seal_key_ring(account, &nine).unwrap_err().keys, 9);
}

#[test]
fn her_public_key_follows_from_her_key_and_can_be_sealed_to() {
    let key = WorkerKey::new();
    assert_eq!(key.public_key(), key.public_key());
    assert_ne!(key.public_key(), WorkerKey::new().public_key());
    assert!(seal_ballot(&key.public_key(), WaveId::new(), BallotId::new(), b"x").is_ok());
}

#[test]
fn a_password_opens_what_it_wrapped_and_nothing_else_does() {
    let (keys, account) = (server_keys(), AccountId::new());
    let pepper = keys.pepper(1, account).unwrap();
    let (salt, cost) = (Salt::new(), Cost::cheapest());
    let derived = password::derive("tulip harbour nine owl", &salt, cost, &pepper).unwrap();
    let stored = password::stored_verifier(&derived.verifier);
    let key = WorkerKey::new();
    let wrapped = wrap(&derived.wrap, &key, account, WrapKind::Password);

    let again = password::derive("tulip harbour nine owl", &salt, cost, &pepper).unwrap();
    assert!(password::matches(&again.verifier, &stored));
    assert_eq!(
        unwrap(&again.wrap, &wrapped, account, WrapKind::Password),
        Ok(key)
    );
    assert_eq!(
        unwrap(&again.wrap, &wrapped, account, WrapKind::Recovery),
        Err(CannotOpen)
    );
    assert_eq!(
        unwrap(&again.wrap, &wrapped, AccountId::new(), WrapKind::Password),
        Err(CannotOpen)
    );

    let other_pepper = keys.pepper(1, AccountId::new()).unwrap();
    let dearer = Cost { passes: 2, ..cost };
    for (password, salt, cost, pepper) in [
        ("tulip harbour nine owls", salt, cost, &pepper),
        ("tulip harbour nine owl", Salt::new(), cost, &pepper),
        ("tulip harbour nine owl", salt, dearer, &pepper),
        ("tulip harbour nine owl", salt, cost, &other_pepper),
    ] {
        let wrong = password::derive(password, &salt, cost, pepper).unwrap();
        assert!(!password::matches(&wrong.verifier, &stored));
        assert_eq!(
            unwrap(&wrong.wrap, &wrapped, account, WrapKind::Password),
            Err(CannotOpen)
        );
    }
}

#[test]
fn a_cost_from_a_forged_row_does_not_exhaust_the_server() {
    let pepper = server_keys().pepper(1, AccountId::new()).unwrap();
    for (memory_kib, passes, lanes) in [
        (u32::MAX, 1, 1),
        (8, u32::MAX, 1),
        (8, 1, u32::MAX),
        (0, 1, 1),
        (8, 0, 1),
        (8, 1, 0),
    ] {
        let cost = Cost {
            memory_kib,
            passes,
            lanes,
        };
        let refused = password::derive("x", &Salt::new(), cost, &pepper).unwrap_err();
        assert_eq!(refused.0, cost);
    }
}

#[test]
fn passwords_are_refused_for_a_reason_that_can_be_told() {
    for (password, fault) in [
        ("nine-char", PasswordFault::TooShort),
        ("девятьзнк", PasswordFault::TooShort),
        ("password123", PasswordFault::Common),
        ("Qwertyuiop", PasswordFault::Common),
        ("hello-AIGERIM-7-stars", PasswordFault::ContainsSignIn),
    ] {
        assert_eq!(
            check_password(password, "aigerim"),
            Err(fault),
            "{password}"
        );
    }
    assert_eq!(
        check_password(&"ab3 ".repeat(300), "aigerim"),
        Err(PasswordFault::TooLong)
    );
    assert_eq!(check_password("blue owl reads maps", "aigerim"), Ok(()));
}

#[test]
fn a_recovery_code_opens_without_the_server_key() {
    let (code, account, key) = (RecoveryCode::new(), AccountId::new(), WorkerKey::new());
    let wrapped = wrap(&code.wrap_key(account), &key, account, WrapKind::Recovery);
    let typed: RecoveryCode = code
        .to_string()
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o")
        .parse()
        .unwrap();
    assert_eq!(
        unwrap(
            &typed.wrap_key(account),
            &wrapped,
            account,
            WrapKind::Recovery
        ),
        Ok(key)
    );
    let other = RecoveryCode::new().wrap_key(account);
    assert_eq!(
        unwrap(&other, &wrapped, account, WrapKind::Recovery),
        Err(CannotOpen)
    );
    assert_eq!(code.to_string().len(), 39);
    assert!("too short".parse::<RecoveryCode>().is_err());
}

#[test]
fn an_activation_code_is_found_by_its_hash_however_it_is_typed() {
    let code = ActivationCode::new();
    assert_eq!(code.to_string().len(), 19);
    let typed: ActivationCode = code
        .to_string()
        .to_lowercase()
        .replace('1', "l")
        .parse()
        .unwrap();
    assert_eq!(typed.hash(), code.hash());
    assert_ne!(ActivationCode::new().hash(), code.hash());
    assert!("".parse::<ActivationCode>().is_err());
}

#[test]
fn a_sign_in_row_opens_only_with_its_token() {
    let token = Token::new();
    let sealed = token.seal(b"account and key").unwrap();
    let carried: Token = token.to_string().parse().unwrap();
    assert_eq!(carried.row_key(), token.row_key());
    assert_eq!(carried.open(&sealed).unwrap()[..], *b"account and key");
    assert_eq!(Token::new().open(&sealed), Err(CannotOpen));
    assert!(carried.csrf_matches(&token.csrf()));
    for wrong in ["", "x", &Token::new().csrf(), &token.to_string()] {
        assert!(!token.csrf_matches(wrong));
    }
    for wrong in [
        "",
        "x",
        &"=".repeat(43),
        &"é".repeat(21),
        &format!("{token}A"),
    ] {
        assert!(wrong.parse::<Token>().is_err(), "{wrong}");
    }
}

#[test]
fn a_remembered_reply_belongs_to_one_sign_in_route_and_key() {
    let token = Token::new();
    let key = token.idempotency_key("PUT /check-ins", "a");
    assert_ne!(key, token.idempotency_key("PUT /check-ins", "b"));
    assert_ne!(key, token.idempotency_key("PUT /check-in", "sa"));
    assert_ne!(key, Token::new().idempotency_key("PUT /check-ins", "a"));
    let sealed = token.seal_reply(&key, b"201").unwrap();
    assert_eq!(token.open_reply(&key, &sealed).unwrap()[..], *b"201");
    assert_eq!(token.open_reply(&[0; 32], &sealed), Err(CannotOpen));
}

#[test]
fn keys_do_not_print() {
    let keys = server_keys();
    let pepper = keys.pepper(1, AccountId::new()).unwrap();
    let derived = password::derive("x", &Salt([0; 16]), Cost::cheapest(), &pepper).unwrap();
    let (token, worker) = (Token::new(), WorkerKey::new());
    let printed = format!(
        "{worker:?} {:?} {:?} {keys:?} {pepper:?} {derived:?} {:?} {:?} {token:?}",
        worker.choices_locator(),
        WaveKeyPair::new(),
        RecoveryCode::new(),
        ActivationCode::new(),
    );
    let digits = printed.chars().filter(char::is_ascii_digit).count();
    assert_eq!(digits, 1, "only the key's number: {printed}");
    assert!(!printed.contains(&token.to_string()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_record_comes_back_and_no_changed_one_does(
        text in proptest::collection::vec(any::<u8>(), 0..300),
        spare in 0_usize..50,
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let key = WorkerKey::new();
        let locator = key.record_locator(WaveId::new());
        let mut sealed = key.seal_record(&locator, &text, text.len() + spare).unwrap();
        prop_assert_eq!(&key.open_record(&locator, &sealed).unwrap()[..], &text[..]);
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        prop_assert_eq!(key.open_record(&locator, &sealed), Err(CannotOpen));
    }

    #[test]
    fn foreign_bytes_are_refused_without_a_panic(bytes: Vec<u8>) {
        let (keys, key, wave) = (server_keys(), WorkerKey::new(), WaveId::new());
        prop_assert!(key.open_record(&key.record_locator(wave), &bytes).is_err());
        prop_assert!(keys.open("wave-key", b"w", &bytes).is_err());
        prop_assert!(!keys.check("wave", &[b"w"], &bytes));
        prop_assert!(open_ballot(&WaveKeyPair::new(), wave, BallotId::new(), &bytes).is_err());
        prop_assert!(Token::new().open(&bytes).is_err());
    }

    #[test]
    fn any_text_is_judged_as_a_password_without_a_panic(password: String, sign_in: String) {
        let _ = check_password(&password, &sign_in);
    }
}
