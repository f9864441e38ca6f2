//! The JSON door: one file a capability, each handler parses, calls one function, answers.

pub mod reply;
