//! What goes to be counted: a ballot without a name, sealed to its wave, destroyed by the count.

mod store;

pub use store::{Ballot, cast, destroy, page, take_back};
