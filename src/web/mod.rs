//! What both doors share: connections, where a request comes from, and whether it comes from our own
//! pages.

pub mod client;
pub mod connections;
pub mod csrf;
