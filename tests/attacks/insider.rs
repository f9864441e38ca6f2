//! Who has power over people, or is one of them, and uses nothing but the API and the command line.

mod members;
mod plans;
mod power;
mod votes;
