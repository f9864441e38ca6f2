//! What a running server writes to standard error: lines for a person on a terminal, JSON for
//! everything else. Only Respite's own lines can be made more talkative: what libraries say below
//! a warning may hold the addresses of people, headers and paths.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

/// Which lines are written: `warn`, or `respite=debug`.
const VARIABLE: &str = "RESPITE_LOG";

/// Begins to write the log, from `usual` upward unless the environment says otherwise.
pub fn begin(usual: &str) -> anyhow::Result<()> {
    let wanted = std::env::var(VARIABLE).unwrap_or_else(|_| usual.to_owned());
    let wanted = EnvFilter::try_new(&wanted)
        .map_err(|wrong| anyhow::anyhow!("{VARIABLE}={wanted}: {wrong}"))?;
    let filter = wanted.and(filter_fn(may_be_written));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let registry = Registry::default();
    if std::io::stderr().is_terminal() {
        registry.with(lines.with_filter(filter)).try_init()?;
    } else {
        registry.with(lines.json().with_filter(filter)).try_init()?;
    }
    Ok(())
}

/// The web server, for one, tells the addresses of idle connections at the level `INFO`.
fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let is_ours = target == "respite" || target.starts_with("respite::");
    is_ours || *metadata.level() <= Level::WARN
}
