//! Four plain words that make a password which is easy to remember and long to guess.

use super::chance;

/// At least 2048 short words, one a line.
const WORDS: &str = include_str!("words.txt");

/// Four words from a list of 2048, with hyphens: 44 bits, and each guess costs an Argon2 run.
#[must_use]
pub fn suggested_phrase() -> String {
    let words: Vec<&str> = WORDS.lines().take(2048).collect();
    let chosen: [u8; 8] = chance::random_bytes();
    let (pairs, _) = chosen.as_chunks::<2>();
    // 2048 divides 65536: every word is as likely as any other.
    let phrase: Vec<&str> = pairs
        .iter()
        .map(|pair| words[usize::from(u16::from_be_bytes(*pair)) % words.len()])
        .collect();
    phrase.join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::vault::password::check_password;

    #[test]
    fn every_word_stands_once_and_is_short_and_plain() {
        let words: HashSet<&str> = WORDS.lines().collect();
        assert_eq!(words.len(), 2048);
        assert_eq!(WORDS.lines().count(), 2048);
        for word in words {
            let plain = word.bytes().all(|letter| letter.is_ascii_lowercase());
            assert!(plain && (3..=7).contains(&word.len()), "{word}");
        }
    }

    #[test]
    fn a_suggested_phrase_is_accepted_and_new_each_time() {
        let phrases: HashSet<String> = (0..50).map(|_| suggested_phrase()).collect();
        assert_eq!(phrases.len(), 50);
        for phrase in phrases {
            assert_eq!(phrase.split('-').count(), 4);
            assert_eq!(check_password(&phrase, "aigerim"), Ok(()), "{phrase}");
        }
    }
}
