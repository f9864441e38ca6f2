//! One test binary: it links once and shares its support code.
