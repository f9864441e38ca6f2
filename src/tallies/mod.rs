//! Counted waves: what is released of them, and how a count is made. Nothing below the threshold
//! leaves this folder.

pub mod counted;

pub use counted::CountedWaves;
