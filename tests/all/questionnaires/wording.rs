//! Every shipped item, with every allowed choice of words, is the published wording. Normalised
//! and hashed here once more, apart from the code under test.

use std::collections::{BTreeMap, BTreeSet};

use respite::questionnaires::{Catalogue, Status};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::repository;

fn fingerprint(text: &str) -> String {
    let kept: String = text
        .to_lowercase()
        .chars()
        .filter(|c| matches!(c, 'a'..='z' | '0'..='9' | ' '))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let digest: Vec<u8> = Sha256::digest(words.join(" ")).to_vec();
    let hex = |half: u8| char::from_digit(u32::from(half), 16).expect("half a byte is a digit");
    digest
        .iter()
        .flat_map(|byte| [hex(byte >> 4), hex(byte & 15)])
        .collect()
}

/// Accepted fingerprints: `item id`, `instrument/set/option`, `instrument/instructions`.
fn accepted() -> BTreeMap<String, BTreeSet<String>> {
    let json = std::fs::read(repository("questionnaires/item_hashes.json")).unwrap();
    let all: Value = serde_json::from_slice(&json).unwrap();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |key: String, print: &Value| {
        if print["accept"] != false {
            known
                .entry(key)
                .or_default()
                .insert(print["sha256"].as_str().unwrap().into());
        }
    };
    for group in all
        .as_object()
        .unwrap()
        .values()
        .filter(|group| group.is_object())
    {
        let instrument = group["instrument"].as_str().unwrap();
        for item in group["items"].as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            add(id.to_owned(), item);
            item["variants"]
                .as_array()
                .unwrap()
                .iter()
                .for_each(|v| add(id.to_owned(), v));
        }
        for (set, options) in group["response_sets"].as_object().unwrap() {
            for option in options.as_array().unwrap() {
                add(
                    format!("{instrument}/{set}/{}", option["id"].as_str().unwrap()),
                    option,
                );
            }
        }
        for introduction in group["instructions"].as_array().into_iter().flatten() {
            add(format!("{instrument}/instructions"), introduction);
        }
    }
    known
}

#[test]
fn all_98_english_items_are_the_published_wording_with_every_choice_of_words() {
    let known = accepted();
    let everything = ["proqol5".to_owned(), "who5".to_owned()];
    let catalogue = Catalogue::with_folder(&repository("questionnaires"), &everything).unwrap();
    let (mut items, mut renderings, mut labels, mut introductions) = (0, 0, 0, 0);
    for instrument in catalogue.iter() {
        let locale = instrument
            .locale("en")
            .expect("each instrument ships in English");
        assert_ne!(locale.status, Status::Draft, "{}", instrument.id);
        for item in &instrument.items {
            items += 1;
            for (chosen, text) in locale.renderings(&locale.items[&item.id]) {
                renderings += 1;
                let print = fingerprint(&text);
                assert!(
                    known[&item.id].contains(&print),
                    "{} {chosen:?}: {text}",
                    item.id
                );
            }
        }
        for (set, options) in &instrument.response_sets {
            for option in &options.options {
                labels += 1;
                let key = format!("{}/{set}/{}", instrument.id, option.id);
                let text = locale.option(set, &option.id).unwrap();
                assert!(known[&key].contains(&fingerprint(text)), "{key}: {text}");
            }
        }
        if let Some(known) = known.get(&format!("{}/instructions", instrument.id)) {
            for (chosen, text) in locale.renderings(&locale.instructions) {
                introductions += 1;
                assert!(
                    known.contains(&fingerprint(&text)),
                    "{} {chosen:?}",
                    instrument.id
                );
            }
        }
    }
    assert_eq!((items, renderings, labels, introductions), (98, 195, 44, 4));
}

#[test]
fn option_values_are_the_published_ones() {
    let json = std::fs::read(repository("questionnaires/item_hashes.json")).unwrap();
    let all: Value = serde_json::from_slice(&json).unwrap();
    let catalogue = Catalogue::embedded();
    let mut compared = 0;
    for group in all
        .as_object()
        .unwrap()
        .values()
        .filter(|group| group.is_object())
    {
        let instrument = catalogue
            .find(group["instrument"].as_str().unwrap())
            .unwrap();
        for (set, options) in group["response_sets"].as_object().unwrap() {
            for option in options.as_array().unwrap() {
                compared += 1;
                let value = option["value"].as_i64().unwrap();
                let ours = instrument.response_sets[set].option_of(value).unwrap();
                assert_eq!(ours.id, option["id"].as_str().unwrap());
            }
        }
    }
    assert_eq!(compared, 44);
}
