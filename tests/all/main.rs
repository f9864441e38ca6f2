//! One test binary: it links once and shares its support code.

mod architecture;
mod documents;
mod group_commit;
mod licences;
mod people;
mod schemas;
mod support;
mod vault;
