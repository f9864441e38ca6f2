//! What an operator does, on both engines: copies that hold what they should and nothing else,
//! and an audit that nobody rewrites.

mod audit;
mod copying;
mod database_server;
mod migrating;
mod rows;
mod schema;
mod waves;
