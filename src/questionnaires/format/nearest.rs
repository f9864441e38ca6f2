//! Which known key was meant.

/// The known key that fewest changes of a letter lead to, if at most a third of it changes.
pub(super) fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let near = sorted(known)
        .into_iter()
        .min_by_key(|candidate| edits(key, candidate))?;
    (edits(key, near) * 3 <= near.len().max(key.len()).max(3)).then_some(near)
}

/// Levenshtein's distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(80).enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let swap = before + usize::from(from != *to);
            before = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

/// Each key once, in alphabetical order.
pub(super) fn sorted<'k>(known: &[&'k str]) -> Vec<&'k str> {
    let mut known = known.to_vec();
    known.sort_unstable();
    known.dedup();
    known
}
