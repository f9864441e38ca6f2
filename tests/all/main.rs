//! One test binary: it links once and shares its support code.

mod group_commit;
mod schemas;
mod support;
