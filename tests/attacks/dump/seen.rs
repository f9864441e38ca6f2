//! What a reader of many copies has seen: of every account its rows, of every opaque row its
//! order and its changes. No truth in here: all of it can be read from the copies.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::copies::{Copy, Kind, Table};
use super::needles::Needles;

/// Rows under keys that name nobody: table, and the column of the key.
pub const OPAQUE: [(&str, &str); 6] = [
    ("open_records", "locator"),
    ("records", "locator"),
    ("ballots", "id"),
    ("sign_ins", "token"),
    ("choices", "locator"),
    ("drafts", "locator"),
];
/// Tables with one row for an account, and the column of its id.
const OF_ACCOUNTS: [(&str, &str); 3] = [
    ("accounts", "id"),
    ("vaults", "account"),
    ("members", "account"),
];

/// Of SQLite as it comes; half a page of PostgreSQL.
const PAGE: usize = 4096;

/// Something in one copy: a digest of its content, and its place in every order.
#[derive(Clone, Default)]
pub struct Sight {
    pub digest: u64,
    /// By name of the order; a value that sorts.
    pub orders: BTreeMap<String, u128>,
}

/// One copy, as far as links are concerned.
#[derive(Default)]
pub struct Seen {
    pub day: usize,
    /// By id.
    pub accounts: HashMap<Vec<u8>, Sight>,
    /// By table and key.
    pub rows: HashMap<(&'static str, Vec<u8>), Sight>,
}

pub fn look(day: usize, copy: &Copy) -> Seen {
    let mut seen = Seen {
        day,
        ..Seen::default()
    };
    accounts(&mut seen, copy);
    rows(&mut seen, copy);
    positions(&mut seen, copy);
    seen
}

/// Everything that can be found from an account: each row of each table that holds its id.
fn accounts(seen: &mut Seen, copy: &Copy) {
    for (name, key) in OF_ACCOUNTS {
        let table = &copy.tables[name];
        let key = table.column(key).unwrap();
        for row in 0..table.rows.len() {
            let id = table.rows[row][key].clone().unwrap();
            let sight = seen.accounts.entry(id).or_default();
            orders(sight, name, table, row);
        }
    }
    let ids: Vec<(Vec<u8>, String)> = seen
        .accounts
        .keys()
        .map(|id| (id.clone(), uuid::Uuid::from_slice(id).unwrap().to_string()))
        .collect();
    let mut texts = Needles::default();
    for (id, text) in &ids {
        texts.add("id", id);
        texts.add("id", text.as_bytes());
    }
    for (name, table) in &copy.tables {
        // Where the engine has put a row is an order, not a content.
        let kept: Vec<usize> = (0..table.columns.len())
            .filter(|at| !["rowid", "xmin", "place"].contains(&&*table.columns[*at]))
            .collect();
        for row in &table.rows {
            let values: Vec<_> = kept.iter().map(|at| &row[*at]).collect();
            let mut hasher = DefaultHasher::new();
            (name, &values).hash(&mut hasher);
            for value in values.iter().filter_map(|value| value.as_ref()) {
                for hit in texts.find(value) {
                    let id = &ids[hit.needle / 2].0;
                    let sight = seen.accounts.get_mut(id).unwrap();
                    // Any order of rows gives the same sum.
                    sight.digest = sight.digest.wrapping_add(hasher.finish() | 1);
                }
            }
        }
    }
}

fn rows(seen: &mut Seen, copy: &Copy) {
    for (name, key) in OPAQUE {
        let table = &copy.tables[name];
        let key = table.column(key).unwrap();
        for row in 0..table.rows.len() {
            let id = table.rows[row][key].clone().unwrap();
            let mut sight = Sight::default();
            orders(&mut sight, name, table, row);
            let mut hasher = DefaultHasher::new();
            for (at, cell) in table.rows[row].iter().enumerate() {
                if !["rowid", "xmin", "place"].contains(&&*table.columns[at]) {
                    cell.hash(&mut hasher);
                }
            }
            sight.digest = hasher.finish() | 1;
            seen.rows.insert((name, id), sight);
        }
    }
}

/// Every column of numbers, times, texts or ids is an order, and so is every length. Sealed and
/// hashed bytes are none: what they are is in the files, and the search looks there.
fn orders(sight: &mut Sight, name: &str, table: &Table, row: usize) {
    for (column, cell) in table.columns.iter().zip(&table.rows[row]) {
        let Some(cell) = cell else { continue };
        let length = cell.len() as u128;
        sight
            .orders
            .insert(format!("{name}.{column} length"), length);
        let mut first = [0; 16];
        if is_number(cell) {
            let number: u128 = std::str::from_utf8(cell).unwrap().parse().unwrap();
            first = number.to_be_bytes();
        } else if cell.len() <= 16 || cell.is_ascii() {
            let length = cell.len().min(16);
            first[..length].copy_from_slice(&cell[..length]);
        } else {
            continue;
        }
        let value = u128::from_be_bytes(first);
        sight.orders.insert(format!("{name}.{column}"), value);
    }
}

/// Numbers and times come as twenty digits.
fn is_number(cell: &[u8]) -> bool {
    cell.len() == 20 && cell.iter().all(u8::is_ascii_digit)
}

/// Where key and end of each opaque row lie in the files: first and last place, so that what was
/// left behind in a free page or a log counts too.
fn positions(seen: &mut Seen, copy: &Copy) {
    let mut needles = Needles::default();
    let mut whose = Vec::new();
    for (name, key) in OPAQUE {
        let table = &copy.tables[name];
        let key = table.column(key).unwrap();
        let sealed = ["ciphertext", "sealed"];
        let sealed = sealed.iter().find_map(|name| table.column(name)).unwrap();
        for row in &table.rows {
            let id = row[key].clone().unwrap();
            let text = row[sealed].clone().unwrap();
            needles.add("key", &id[..16]);
            needles.add("end", &text[text.len() - 16..]);
            whose.push((name, id));
        }
    }
    for (number, file) in copy.files.iter().enumerate() {
        if file.kind != Kind::Pages {
            continue;
        }
        for hit in needles.find(&file.bytes) {
            let what = needles.what(hit.needle);
            let sight = seen.rows.get_mut(&whose[hit.needle / 2]).unwrap();
            let place = (number as u128) << 64 | hit.at as u128;
            let first = sight.orders.entry(format!("first place of {what}"));
            first.or_insert(place);
            sight.orders.insert(format!("last place of {what}"), place);
            // A page fills from its end in the order of arrival.
            let in_page = (hit.at % PAGE) as u128;
            sight
                .orders
                .insert(format!("place of {what} in its page"), in_page);
        }
    }
}
