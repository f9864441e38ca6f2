//! What goes to be counted: a ballot without a name, sealed to its wave, destroyed by the count.

pub mod content;
pub mod rosters;

mod store;

pub use content::{BallotContent, BallotMark, NotABallot, ScaleStep};
pub use rosters::{Roster, Rosters};
pub use store::{Ballot, cast, destroy, page, resting, take_back};
