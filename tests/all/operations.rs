//! What an operator does, on both engines: copies that hold what they should and nothing else,
//! and an audit that nobody rewrites.

mod copying;
mod rows;
mod schema;
