//! A bar on a terminal for work that takes long, silent everywhere else.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for so many rows.
#[must_use]
pub fn of_rows(rows: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(rows).with_message(what);
    match ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Whether anybody would see it: standard error is a terminal.
#[must_use]
pub fn is_seen() -> bool {
    std::io::stderr().is_terminal()
}
