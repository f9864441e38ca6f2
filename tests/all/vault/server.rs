//! What rests on the server's keys and on the key of a wave: ballots, row tags, rotation.

use respite::ids::{AccountId, BallotId, WaveId};
use respite::vault::row_tag::TAG_LEN;
use respite::vault::{
    CannotOpen, ServerKeys, WaveKeyPair, open_ballot, public_key_digest, seal_ballot,
    sealed_ballot_len,
};

use super::{server_keys, tampered};

#[test]
fn a_ballot_opens_only_as_itself_in_its_wave() {
    let (keys, wave, ballot) = (server_keys(), WaveId::new(), BallotId::new());
    let pair = WaveKeyPair::new();
    let sealed = seal_ballot(&pair.public(), wave, ballot, b"0123456789").unwrap();
    assert_eq!(sealed.len(), sealed_ballot_len(10));

    let kept = pair.seal(&keys, wave);
    let reopened = WaveKeyPair::open(&keys, wave, &kept).unwrap();
    assert_eq!(reopened.public(), pair.public());
    assert_eq!(
        open_ballot(&reopened, wave, ballot, &sealed).unwrap()[..],
        *b"0123456789"
    );
    assert_eq!(
        open_ballot(&pair, wave, BallotId::new(), &sealed),
        Err(CannotOpen)
    );
    assert_eq!(
        open_ballot(&pair, WaveId::new(), ballot, &sealed),
        Err(CannotOpen)
    );
    assert_eq!(
        open_ballot(&WaveKeyPair::new(), wave, ballot, &sealed),
        Err(CannotOpen)
    );
    for changed in tampered(&sealed) {
        // X25519 ignores the highest bit of a public key, but the key derivation does not.
        assert_eq!(open_ballot(&pair, wave, ballot, &changed), Err(CannotOpen));
    }
    assert!(WaveKeyPair::open(&keys, WaveId::new(), &kept).is_err());
    assert_ne!(
        public_key_digest(&pair.public()),
        public_key_digest(&WaveKeyPair::new().public())
    );
}

#[test]
fn a_public_key_that_shares_no_secret_is_refused() {
    assert!(seal_ballot(&[0; 32], WaveId::new(), BallotId::new(), b"x").is_err());
}

#[test]
fn row_tags_notice_every_change() {
    let keys = server_keys();
    let tag = keys.tag("ballot", &[b"wave", b"id", b"sealed"]);
    assert_eq!(tag.len(), TAG_LEN);
    assert!(keys.check("ballot", &[b"wave", b"id", b"sealed"], &tag));
    for (kind, parts) in [
        ("ballots", &[&b"wave"[..], b"id", b"sealed"][..]),
        ("ballot", &[b"wavei", b"d", b"sealed"]),
        ("ballot", &[b"wave", b"id"]),
        ("ballot", &[b"wave", b"id", b"sealed", b""]),
        ("ballot", &[b"id", b"wave", b"sealed"]),
    ] {
        assert!(!keys.check(kind, parts, &tag));
    }
    for changed in tampered(&tag) {
        assert!(!keys.check("ballot", &[b"wave", b"id", b"sealed"], &changed));
    }
    assert!(!ServerKeys::from_bytes([8; 32]).check("ballot", &[b"wave", b"id", b"sealed"], &tag));
}

#[test]
fn what_the_server_sealed_opens_only_for_its_purpose_and_row() {
    let keys = server_keys();
    let sealed = keys.seal("reminder-address", b"account", b"her@example.org");
    assert_eq!(
        keys.open("reminder-address", b"account", &sealed).unwrap()[..],
        *b"her@example.org"
    );
    assert_eq!(keys.open("channel", b"account", &sealed), Err(CannotOpen));
    assert_eq!(
        keys.open("reminder-address", b"other", &sealed),
        Err(CannotOpen)
    );
    assert_eq!(ServerKeys::number_of(&sealed), Some(1));
    for changed in tampered(&sealed) {
        assert_eq!(
            keys.open("reminder-address", b"account", &changed),
            Err(CannotOpen)
        );
    }
}

#[test]
fn rotation_keeps_what_rests_on_the_old_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.key");
    let account = AccountId::new();
    let first = ServerKeys::create(&path).unwrap();
    assert!(
        ServerKeys::create(&path).is_err(),
        "a key file is never overwritten"
    );
    assert!(ServerKeys::is_private(&path).unwrap());
    let (sealed, tag) = (
        first.seal("wave-key", b"w", b"x"),
        first.tag("wave", &[b"w"]),
    );

    let second = ServerKeys::rotate(&path).unwrap();
    assert!(ServerKeys::is_private(&path).unwrap());
    assert_eq!((first.number(), second.number()), (1, 2));
    let loaded = ServerKeys::load(&path).unwrap();
    assert_eq!(loaded.numbers().collect::<Vec<u32>>(), [1, 2]);
    assert_eq!(loaded.open("wave-key", b"w", &sealed).unwrap()[..], *b"x");
    assert!(loaded.check("wave", &[b"w"], &tag));
    assert_eq!(ServerKeys::number_of(&loaded.tag("wave", &[b"w"])), Some(2));
    assert!(loaded.pepper(1, account).is_some() && loaded.pepper(3, account).is_none());
    assert_eq!(
        first.open("wave-key", b"w", &loaded.seal("wave-key", b"w", b"x")),
        Err(CannotOpen)
    );

    assert!(
        ServerKeys::retire(&path, 2).is_err(),
        "the current key stays"
    );
    let retired = ServerKeys::retire(&path, 1).unwrap();
    assert_eq!(retired.open("wave-key", b"w", &sealed), Err(CannotOpen));
    assert!(!retired.check("wave", &[b"w"], &tag));
}

#[test]
fn a_used_code_is_remembered_by_account_and_step() {
    let (keys, account) = (server_keys(), AccountId::new());
    assert_eq!(
        keys.used_code_key(account, 5),
        keys.used_code_key(account, 5)
    );
    assert_ne!(
        keys.used_code_key(account, 5),
        keys.used_code_key(account, 6)
    );
    assert_ne!(
        keys.used_code_key(account, 5),
        keys.used_code_key(AccountId::new(), 5)
    );
}
