//! What anybody would try first: the commonest passwords and words, also repeated, with signs
//! for letters, or with digits and signs around them; rows of keys; dates and telephone numbers.

use std::collections::HashSet;
use std::sync::LazyLock;

use zeroize::Zeroizing;

/// One a line, in lower case.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("common.txt")
        .lines()
        .filter(|line| !line.is_empty())
        .collect()
});

/// Neighbours on a keyboard or in an alphabet, in both directions.
const ROWS: &[&str] = &[
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiopü",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "!@#$%^&*()_+",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю.",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
];

/// Fewest characters beside a common word that make it uncommon.
const ENOUGH_BESIDE_A_WORD: usize = 9;
/// Fewest digits of a password without letters: a telephone number has up to fourteen.
const ENOUGH_DIGITS: usize = 15;

/// Whether `lower`, in lower case, would be among the first guesses.
pub(super) fn is_common(lower: &str) -> bool {
    let signs = Zeroizing::new(
        lower
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<Vec<char>>(),
    );
    let once = repeated(&signs);
    if once.len() < super::SHORTEST {
        return true;
    }
    is_number(once) || is_run_of_keys(once) || is_word_with_trimmings(once)
}

/// The shortest piece that the whole repeats; the whole if it repeats none.
fn repeated(signs: &[char]) -> &[char] {
    (1..=signs.len() / 2)
        .filter(|len| signs.len().is_multiple_of(*len))
        .map(|len| &signs[..len])
        .find(|piece| signs.chunks(piece.len()).all(|chunk| chunk == *piece))
        .unwrap_or(signs)
}

fn is_number(signs: &[char]) -> bool {
    signs.len() < ENOUGH_DIGITS && signs.iter().all(|c| !c.is_alphabetic())
}

/// Whether every sign stands in a run of at least three neighbours or equals.
fn is_run_of_keys(signs: &[char]) -> bool {
    let mut run = (1, None);
    for pair in signs.windows(2) {
        let step = Step::between(pair[0], pair[1]);
        match (step, run) {
            (Some(step), (len, None)) => run = (len + 1, Some(step)),
            (Some(step), (len, Some(before))) if step == before => run = (len + 1, Some(step)),
            (_, (3.., _)) => run = (1, None),
            _ => return false,
        }
    }
    run.0 >= 3
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Up,
    Down,
}

impl Step {
    fn between(from: char, to: char) -> Option<Self> {
        if from == to {
            return Some(Self::Same);
        }
        let stands = |a: char, b: char| {
            ROWS.iter().any(|row| {
                row.chars()
                    .zip(row.chars().skip(1))
                    .any(|pair| pair == (a, b))
            })
        };
        if stands(from, to) {
            Some(Self::Up)
        } else if stands(to, from) {
            Some(Self::Down)
        } else {
            None
        }
    }
}

/// Whether a common word is the whole of it, but for a few digits and signs at both ends.
fn is_word_with_trimmings(signs: &[char]) -> bool {
    let is_trimming = |c: &char| !c.is_alphabetic();
    let start = signs.iter().take_while(|c| is_trimming(c)).count();
    let end = signs.len() - signs.iter().rev().take_while(|c| is_trimming(c)).count();
    let word = signs.get(start..end).unwrap_or(&[]);
    if signs.len() - word.len() >= ENOUGH_BESIDE_A_WORD {
        return false;
    }
    [signs, word].into_iter().any(|word| {
        let plain = Zeroizing::new(word.iter().collect::<String>());
        let read = Zeroizing::new(
            repeated(word)
                .iter()
                .map(|c| letter(*c))
                .collect::<String>(),
        );
        COMMON.contains(plain.as_str()) || COMMON.contains(read.as_str())
    })
}

/// The letter that a sign stands for in "p@ssw0rd".
const fn letter(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_first_is_common() {
        for password in [
            "1234567890",
            "0987654321",
            "qwertyuiop",
            "qwertyuiop123",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaa",
            "1212121212",
            "abcabcabcabc",
            "abcdefghij",
            "password123",
            "p@ssw0rd2024",
            "!!password!!",
            "passwordpassword",
            "iloveyou1234",
            "iloveyou2",
            "letmein2025!",
            "password 1234",
            "liverpool1",
            "+7 701 123 45 67",
            "01.01.1990",
            "19841984!!",
            "йцукенгшщз",
            "пароль12345",
            "privet12345",
            "asdfghjkl;'",
            "qwerty123456",
            "zxcvbnm,./",
            "respite2026",
            "trustno1trustno1",
            "dragon dragon",
            "111222333444",
            "123qwe123qwe",
            "pa$$w0rd123",
        ] {
            assert!(is_common(&password.to_lowercase()), "{password}");
        }
    }

    #[test]
    fn what_few_would_try_is_not() {
        for password in [
            "tulip-harbour-nine-owl",
            "my dog eats blue socks",
            "j4Kp0qzx!r",
            "кошка ела синие носки",
            "password-of-my-own-make",
            "839201746553920176",
            "dragon839201746",
            "correct horse battery",
        ] {
            assert!(!is_common(&password.to_lowercase()), "{password}");
        }
    }

    #[test]
    fn the_list_is_lower_case_and_of_some_length() {
        assert!(COMMON.len() > 400, "{}", COMMON.len());
        for word in COMMON.iter() {
            assert_eq!(*word, word.trim().to_lowercase(), "{word}");
        }
    }
}
