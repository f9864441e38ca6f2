//! What goes to be counted: a ballot without a name, sealed to its wave, destroyed by the count.

pub mod content;

mod store;

pub use content::{BallotContent, NotABallot, ScaleStep};
pub use store::{Ballot, cast, destroy, page, resting, take_back};
