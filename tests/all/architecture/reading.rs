//! Reads Rust source well enough for the rules of the architecture: comments, strings and tests
//! are set aside, and every path that begins at the root of the crate is followed.

use std::path::{Path, PathBuf};

/// One file, read three ways. All three have the same lines.
pub struct Source {
    /// Relative to its root, with `/`: `people/units.rs`.
    pub path: String,
    /// As it is on the disk.
    pub text: String,
    /// Without comments and without tests.
    pub spoken: String,
    /// Without comments, tests and the contents of strings.
    pub code: String,
}

/// A path that the code names, resolved from the root of the crate.
#[derive(Debug, PartialEq)]
pub struct Use {
    pub line: usize,
    pub path: Vec<String>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let silent = without(text, Strings::Out);
        let tests = test_spans(&silent);
        let blank = |text: String| {
            let kept = text.chars().enumerate().map(|(at, c)| {
                let inside = tests.iter().any(|span| span.contains(&at));
                if inside && c != '\n' { ' ' } else { c }
            });
            kept.collect::<String>()
        };
        Self {
            path: path.into(),
            text: text.into(),
            spoken: blank(without(text, Strings::In)),
            code: blank(silent),
        }
    }

    /// The modules that lead to this file: `people/units.rs` is `["people", "units"]`.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/')
            .filter(|part| !matches!(*part, "lib" | "main"))
            .collect()
    }

    /// The first module: the capability that this file belongs to.
    pub fn home(&self) -> &str {
        self.module().first().copied().unwrap_or("")
    }

    /// Every path through `crate::` or `super::`, however it is written.
    pub fn uses(&self) -> Vec<Use> {
        let words = words(&self.code);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let inside_a_path = at > 0 && words[at - 1].1 == "::";
            let first = words[at].1.as_str();
            if inside_a_path || !matches!(first, "crate" | "super") {
                at += 1;
                continue;
            }
            let mut base: Vec<String> = match first {
                "crate" => Vec::new(),
                _ => self.module().iter().map(ToString::to_string).collect(),
            };
            while words.get(at).is_some_and(|word| word.1 == "super") {
                base.pop();
                at += if words.get(at + 1).is_some_and(|word| word.1 == "::") {
                    2
                } else {
                    1
                };
            }
            if first == "crate" {
                at += 2;
            }
            at = follow(&words, at, &base, &mut found);
        }
        found
    }
}

/// Reads one branch of a path from `at`, groups in braces too; gives the place after it.
fn follow(words: &[(usize, String)], at: usize, base: &[String], found: &mut Vec<Use>) -> usize {
    let Some((line, word)) = words.get(at) else {
        return at;
    };
    if word == "{" {
        let mut at = at + 1;
        while words.get(at).is_some_and(|word| word.1 != "}") {
            let before = at;
            at = follow(words, at, base, found);
            if words.get(at).is_some_and(|word| word.1 == "as") {
                at += 2;
            }
            if words.get(at).is_some_and(|word| word.1 == ",") || at == before {
                at += 1;
            }
        }
        return at + 1;
    }
    if !word.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return at;
    }
    let path = [base, std::slice::from_ref(word)].concat();
    if words.get(at + 1).is_some_and(|word| word.1 == "::") {
        let after = follow(words, at + 2, &path, found);
        if after > at + 2 {
            return after;
        }
    }
    found.push(Use { line: *line, path });
    at + 1
}

/// Names and signs with their line numbers; `::` is one sign.
fn words(code: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let named = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let length = match named {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                named => named,
            };
            words.push((number + 1, rest[..length].to_string()));
            rest = rest[length..].trim_start();
        }
    }
    words
}

#[derive(Clone, Copy, PartialEq)]
enum Strings {
    In,
    Out,
}

/// Blanks the comments, and the strings if they are out; every other character keeps its place.
fn without(text: &str, strings: Strings) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let (length, keep) = match piece(&chars, at) {
            Piece::Comment(length) => (length, false),
            Piece::Text(length) => (length, strings == Strings::In),
            Piece::Code => (1, true),
        };
        let piece = chars[at..chars.len().min(at + length)].iter();
        kept.extend(piece.map(|&c| if keep || c == '\n' { c } else { ' ' }));
        at += length;
    }
    kept
}

enum Piece {
    Comment(usize),
    Text(usize),
    Code,
}

/// What begins at this place, and how long it is.
fn piece(chars: &[char], at: usize) -> Piece {
    let rest = &chars[at..];
    let named = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match rest {
        ['/', '/', ..] => {
            Piece::Comment(rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()))
        }
        ['/', '*', ..] => Piece::Comment(block_comment(rest)),
        ['"', ..] => Piece::Text(quoted(rest, '"')),
        ['r', '"' | '#', ..] if !named => raw(rest, 1).map_or(Piece::Code, Piece::Text),
        ['b' | 'c', 'r', '"' | '#', ..] if !named => raw(rest, 2).map_or(Piece::Code, Piece::Text),
        ['\'', '\\', ..] => Piece::Text(quoted(rest, '\'')),
        ['\'', _, '\'', ..] => Piece::Text(3),
        _ => Piece::Code,
    }
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of a raw string whose hashes begin at `hashes`; none for a raw name (`r#type`).
fn raw(rest: &[char], hashes: usize) -> Option<usize> {
    let count = rest[hashes..].iter().take_while(|&&c| c == '#').count();
    let open = hashes + count;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', count))
        .collect();
    let inner = rest[open + 1..]
        .windows(close.len())
        .position(|end| end == close)?;
    Some(open + 1 + inner + close.len())
}

/// Where the items under `#[cfg(test)]` lie, counted in characters.
fn test_spans(code: &str) -> Vec<std::ops::Range<usize>> {
    const MARK: &str = "#[cfg(test)]";
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let begin = from + found;
        let mut depth = 0_usize;
        let length = code[begin + MARK.len()..].find(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(c, '}' | ';')
        });
        let end = length.map_or(code.len(), |length| begin + MARK.len() + length + 1);
        spans.push(code[..begin].chars().count()..code[..end].chars().count());
        from = end;
    }
    spans
}

/// All Rust files below a folder of this repository.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(!files.is_empty(), "{folder} has no Rust files");
    files.sort();
    files
        .iter()
        .map(|file| {
            let name = file.strip_prefix(&root).expect("found below the root");
            let name = name.to_string_lossy().replace('\\', "/");
            Source::new(
                &name,
                &std::fs::read_to_string(file).expect("a source file is text"),
            )
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources can be read") {
        let path = entry.expect("its entries too").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
