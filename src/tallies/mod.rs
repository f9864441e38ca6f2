//! Counted waves: what is released of them, and how a count is made. Nothing below the threshold
//! leaves this folder.

pub mod count;
pub mod counted;
pub mod publication;
pub mod released;
pub mod sight;
pub(crate) mod store;
pub mod table;
pub mod tree;

mod fraction;

pub use count::{Answer, Count, Points, PublishAt, ScaleRule, Threshold, Uncountable};
pub use counted::CountedWaves;
pub use publication::{Atom, Publication, Tally, publications};
pub use store::forget;
pub use tree::{Tree, TreeFault};
