//! Tries everything that is stored as a key on everything that is sealed. Written from the scheme
//! in CONFIDENTIALITY, not with the functions of `src/vault`: what an attacker would write.

use std::collections::BTreeSet;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, single_shot_open};
use respite::store::Tx;
use respite::vault::Token;
use sha2::{Digest, Sha256};

use super::copies::{Cell, Copy, Table};
use crate::support::app::TestApp;

/// Thirty-two bytes that may be a key.
pub type Key = [u8; 32];

/// Something sealed, with what opens only it.
pub struct Sealed {
    pub table: &'static str,
    /// Labels of the key derivation; an empty one stands for the key itself.
    labels: &'static [&'static str],
    /// Kind of row, zero byte, key of the row.
    about: Vec<u8>,
    /// Bytes before the nonce.
    header: usize,
    bytes: Vec<u8>,
    is_ballot: bool,
}

/// Rows of one table that are tried directly. For all other rows it is tried whether a value is
/// the key that finds them: where a row lies follows from the key that opens it.
const MOST_ROWS: usize = 1;
/// More than there are open waves.
const MOST_KEYS: usize = 8;
/// All ballots of a wave have one key.
const MOST_BALLOTS: usize = 1;

/// Each vault with what is stored in the same row: what is beside a lock is tried first.
pub fn vaults_in(copy: &Copy) -> Vec<(Vec<Sealed>, BTreeSet<Key>)> {
    let vaults = &copy.tables["vaults"];
    let alone = |row: &Vec<Cell>| {
        let table = Table {
            columns: vaults.columns.clone(),
            rows: vec![row.clone()],
        };
        let mut sealed = Vec::new();
        add_sealed(&mut sealed, "vaults", &table);
        let mut keys = BTreeSet::new();
        add_candidates(&mut keys, &table);
        (sealed, keys)
    };
    vaults.rows.iter().map(alone).collect()
}

/// The keys under which rows lie that only their owners can find.
pub struct Found {
    keys: BTreeSet<Vec<u8>>,
    waves: Vec<Vec<u8>>,
}

impl Found {
    pub fn of(copy: &Copy) -> Self {
        let column = |name: &str, column: &str| -> Vec<Vec<u8>> {
            let table = &copy.tables[name];
            let at = table.column(column).unwrap();
            table
                .rows
                .iter()
                .filter_map(|row| row[at].clone())
                .collect()
        };
        let tables = ["open_records", "records", "choices", "drafts"];
        let mut keys: BTreeSet<Vec<u8>> = tables
            .iter()
            .flat_map(|table| column(table, "locator"))
            .collect();
        keys.extend(column("sign_ins", "token"));
        Self {
            keys,
            waves: column("waves", "id"),
        }
    }

    /// Whether a row lies where this key, as a worker's or a sign-in's, would have put it.
    pub fn by(&self, key: &Key) -> bool {
        let mut places = vec![
            Sha256::digest(key).to_vec(),
            hmac(&derive(key, "choices locator"), &[]),
        ];
        let (records, drafts) = (derive(key, "locator"), derive(key, "draft"));
        for wave in &self.waves {
            places.extend([hmac(&records, wave), hmac(&drafts, wave)]);
        }
        places.iter().any(|place| self.keys.contains(place))
    }
}

fn hmac(key: &Key, text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn derive(key: &Key, label: &str) -> Key {
    let mut derived = Key::default();
    let hkdf = Hkdf::<Sha256>::new(Some(&[]), key);
    hkdf.expand(label.as_bytes(), &mut derived).unwrap();
    derived
}

/// How each table seals: column, labels, kind, header.
const SEALED: [(&str, &str, &[&str], &str, usize); 11] = [
    ("open_records", "ciphertext", &["record"], "record", 1),
    ("records", "ciphertext", &["record"], "record", 1),
    ("choices", "ciphertext", &["choices"], "choices", 1),
    ("drafts", "ciphertext", &["draft text"], "draft", 1),
    ("sign_ins", "sealed", &["sign-in"], "sign-in", 1),
    ("idempotency", "sealed", &["idempotency"], "idempotency", 1),
    ("vaults", "by_password", &["", "wrap"], "wrap-password", 1),
    (
        "vaults",
        "by_recovery",
        &["", "recovery wrap"],
        "wrap-recovery",
        1,
    ),
    ("vaults", "key_ring", &["key ring"], "key-ring", 1),
    ("vaults", "totp", &["totp"], "totp", 1),
    ("wave_keys", "sealed", &["seal wave-key"], "wave-key", 5),
];

/// Everything sealed in a copy, as much as is tried.
pub fn sealed_in(copy: &Copy) -> Vec<Sealed> {
    let mut all = Vec::new();
    let names: BTreeSet<&'static str> = SEALED.iter().map(|sealed| sealed.0).collect();
    for name in names {
        add_sealed(&mut all, name, &copy.tables[name]);
    }
    all.extend(ballots_in(&copy.tables["ballots"]));
    all
}

fn add_sealed(all: &mut Vec<Sealed>, name: &str, table: &Table) {
    let of_table = SEALED.iter().filter(|sealed| sealed.0 == name);
    for (name, column, labels, kind, header) in of_table {
        let key = key_column(name, table);
        let column = table.column(column).unwrap();
        let most = if *name == "wave_keys" {
            MOST_KEYS
        } else {
            MOST_ROWS
        };
        for row in table.rows.iter().rev().take(most) {
            let (Some(key), Some(bytes)) = (&row[key], &row[column]) else {
                continue;
            };
            all.push(Sealed {
                table: name,
                labels,
                about: [kind.as_bytes(), &[0], key].concat(),
                header: *header,
                bytes: bytes.clone(),
                is_ballot: false,
            });
        }
    }
}

fn ballots_in(table: &Table) -> Vec<Sealed> {
    let [id, wave, sealed] = ["id", "wave", "sealed"].map(|name| table.column(name).unwrap());
    let ballot = |row: &Vec<Cell>| {
        let [id, wave, bytes] = [id, wave, sealed].map(|at| row[at].clone().unwrap());
        Sealed {
            table: "ballots",
            labels: &[],
            about: [wave, id].concat(),
            header: 1,
            bytes,
            is_ballot: true,
        }
    };
    table.rows.iter().take(MOST_BALLOTS).map(ballot).collect()
}

fn key_column(name: &str, table: &Table) -> usize {
    let key = match name {
        "sign_ins" => "token",
        "idempotency" => "key",
        "vaults" => "account",
        "wave_keys" => "wave",
        _ => "locator",
    };
    table.column(key).unwrap()
}

/// Every value of 32 bytes, every stretch of 32 at the ends and in short values, and what a hash
/// makes of every value.
pub fn candidates_in(copy: &Copy) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for table in copy.tables.values() {
        add_candidates(&mut keys, table);
    }
    keys
}

fn add_candidates(keys: &mut BTreeSet<Key>, table: &Table) {
    let engine = ["rowid", "xmin", "place"];
    let columns: Vec<usize> = (0..table.columns.len())
        .filter(|at| !engine.contains(&&*table.columns[*at]))
        .collect();
    for row in &table.rows {
        for value in columns.iter().filter_map(|at| row[*at].as_ref()) {
            keys.extend(value.first_chunk().copied());
            keys.extend(value.last_chunk().copied());
            if value.len() < 48 {
                keys.extend(value.windows(32).map(|key| Key::try_from(key).unwrap()));
            }
            keys.insert(Sha256::digest(value).into());
        }
    }
}

/// The tables of which some row was opened by one of the keys.
pub fn opened(sealed: &[Sealed], keys: &BTreeSet<Key>) -> BTreeSet<&'static str> {
    let mut opened = BTreeSet::new();
    for key in keys {
        let mut derived: Vec<(&str, XChaCha20Poly1305)> = Vec::new();
        for one in sealed {
            let opens = if one.is_ballot {
                opens_ballot(one, key)
            } else {
                one.labels.iter().any(|label| {
                    let known = derived.iter().position(|(known, _)| known == label);
                    let at = known.unwrap_or_else(|| {
                        derived.push((label, cipher(key, label)));
                        derived.len() - 1
                    });
                    opens_row(one, &derived[at].1)
                })
            };
            if opens {
                opened.insert(one.table);
            }
        }
    }
    opened
}

fn cipher(key: &Key, label: &str) -> XChaCha20Poly1305 {
    if label.is_empty() {
        return XChaCha20Poly1305::new(key.into());
    }
    XChaCha20Poly1305::new(&derive(key, label).into())
}

fn opens_row(sealed: &Sealed, cipher: &XChaCha20Poly1305) -> bool {
    let Some((nonce, text)) = sealed.bytes[sealed.header..].split_first_chunk::<24>() else {
        return false;
    };
    let payload = Payload {
        msg: text,
        aad: &sealed.about,
    };
    cipher.decrypt(&XNonce::from(*nonce), payload).is_ok()
}

fn opens_ballot(sealed: &Sealed, key: &Key) -> bool {
    let Ok(private) = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(key) else {
        return false;
    };
    let (encapsulated, text) = sealed.bytes[1..].split_at(32);
    let Ok(encapsulated) = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated) else {
        return false;
    };
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        b"respite ballot v1",
        text,
        &sealed.about,
    )
    .is_ok()
}

/// A worker's key as her sign-in row holds it, behind format and account.
pub async fn raw_key_of(app: &TestApp, token: &Token) -> Key {
    const SQL: &str = "SELECT sealed FROM sign_ins WHERE token = $1";
    let row = token.row_key();
    let sealed: Vec<u8> = match &mut app.app.store.read().await.unwrap() {
        Tx::SqliteRead(conn) => sqlx::query_scalar(SQL)
            .bind(&row[..])
            .fetch_one(&mut **conn)
            .await
            .unwrap(),
        Tx::Postgres(conn) => sqlx::query_scalar(SQL)
            .bind(&row[..])
            .fetch_one(&mut **conn)
            .await
            .unwrap(),
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    };
    token.open(&sealed).unwrap()[17..49].try_into().unwrap()
}

/// To the keys of every worker and sign-in, that of the server and, through it, those of the open
/// waves: together they open everything. Proof that the attempt succeeds where a key is stored.
pub fn true_keys(mut keys: BTreeSet<Key>, server: Key, copy: &Copy) -> BTreeSet<Key> {
    keys.insert(server);
    let sealing = cipher(&server, "seal wave-key");
    for one in sealed_in(copy)
        .iter()
        .filter(|one| one.table == "wave_keys")
    {
        let (nonce, text) = one.bytes[one.header..].split_first_chunk::<24>().unwrap();
        let payload = Payload {
            msg: text,
            aad: &one.about,
        };
        let private = sealing.decrypt(&XNonce::from(*nonce), payload).unwrap();
        keys.insert(private.try_into().unwrap());
    }
    keys
}
