//! What calls for action: findings about units, computed from released rows alone when a wave has
//! been counted, and alerts that someone must act on. Nothing here can name a check-in or a
//! ballot, and nothing here is about fewer people than a released row is.

pub mod acknowledgement;
pub mod comparison;
pub mod course;
pub mod facts;
pub mod findings;
pub mod follow_ups;
pub mod judging;
pub mod list;
pub mod telling;

mod store;

pub use store::forget;
