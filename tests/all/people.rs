//! People, on both engines: who may change what, what is refused, and what others then see.

mod accounts;
mod command;
mod doors;
mod ground;
mod importing;
mod organisations;
mod roles;
mod units;
