//! What both doors share: where a request comes from, and whether it comes from our own pages.

pub mod client;
pub mod csrf;
