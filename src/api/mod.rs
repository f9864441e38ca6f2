//! The JSON door: one file a capability, each handler parses, calls one function, answers.

pub mod access_tokens;
pub mod administrators;
pub mod credentials;
pub mod imports;
pub mod me;
pub mod organisations;
pub mod people;
pub mod people_bodies;
pub mod reply;
pub mod roles;
pub mod second_factor;
pub mod sign_ins;
pub mod standings;
pub mod units;
