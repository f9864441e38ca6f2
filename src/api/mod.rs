//! The JSON door: one file a capability, each handler parses, calls one function, answers.

pub mod access_tokens;
pub mod credentials;
pub mod me;
pub mod reply;
pub mod second_factor;
pub mod sign_ins;
