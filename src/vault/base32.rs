//! Codes that people copy from paper: Crockford's base 32, in groups of four, read forgivingly.

use zeroize::Zeroizing;

/// No I, L, O or U: what looks alike is read alike.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Writes `bytes` (a multiple of 5, so that no symbol is half used) as `ABCD-EFGH-…`.
pub(super) fn write(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for (group, five) in bytes.chunks(5).enumerate() {
        if group > 0 {
            text.push('-');
        }
        let value = five
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        for place in (0..8).rev() {
            if place == 3 {
                text.push('-');
            }
            let symbol = usize::try_from(value >> (5 * place) & 31).unwrap_or(0);
            text.push(char::from(SYMBOLS[symbol]));
        }
    }
    text
}

/// Reads `N` bytes: any case, spaces and dashes anywhere, O as 0, I and L as 1.
pub(super) fn read<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    let mut symbols = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
    for five in bytes.chunks_mut(5) {
        let mut value = 0_u64;
        for _ in 0..8 {
            value = value << 5 | value_of(symbols.next()?)?;
        }
        five.copy_from_slice(&value.to_be_bytes()[3..]);
    }
    symbols.next().is_none().then_some(bytes)
}

fn value_of(symbol: char) -> Option<u64> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = SYMBOLS
        .iter()
        .position(|known| char::from(*known) == symbol)?;
    u64::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_copied() {
        let code = [0, 68, 50, 20, 199, 66, 84, 182, 53, 207];
        assert_eq!(*write(&code), "0123-4567-89AB-CDEF");
        for copied in [
            "0123-4567-89AB-CDEF",
            "oi23 4567 89ab cdef",
            "OL23456789abcdef",
            " 0123-4567- 89ab-cdef\n",
        ] {
            assert_eq!(read(copied).as_deref(), Some(&code), "{copied}");
        }
        for wrong in [
            "",
            "0123",
            "0123-4567-89AB-CDEU",
            "0123-4567-89AB-CDEFG",
            "0123-4567-89AB-CDÉF",
        ] {
            assert_eq!(read::<10>(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_code_comes_back(code: [u8; 20]) {
            let copied = write(&code);
            prop_assert_eq!(read(&copied).map(|read| *read), Some(code));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text: String) {
            let _ = read::<10>(&text);
        }
    }
}
