//! `respite openapi`: the document of the API, the same as at `/api/v1/openapi.json`.

use std::io::Write;

/// Prints the document.
pub fn run() -> anyhow::Result<()> {
    let document = crate::api::service().spec();
    writeln!(std::io::stdout().lock(), "{document}")?;
    Ok(())
}
