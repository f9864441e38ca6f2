//! `respite serve`: answers requests and runs jobs until it is told to stop.

use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::installation::{Installation, block_on};
use super::logging;
use crate::app::App;
use crate::web::connections;
use crate::{jobs, rehearsal, router};

/// How often the timetable is looked at.
const TICK: Duration = Duration::from_secs(10);

/// `respite serve`
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// Address and port to listen on.
    #[arg(long, env = "RESPITE_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
}

/// Opens the database, then serves.
pub fn run(args: &Args) -> anyhow::Result<()> {
    logging::begin("info")?;
    let mut settings = args.installation.settings()?;
    if let Some(listen) = &args.listen {
        settings.listen.clone_from(listen);
    }
    settings.check_safety()?;
    block_on(async {
        let app = App::open(settings, rehearsal::clock()).await?;
        eprintln!("respite: listening on http://{}", app.settings.listen);
        serve(app).await
    })
}

/// Serves until SIGTERM or SIGINT; running requests are finished first.
pub async fn serve(app: App) -> anyhow::Result<()> {
    let listen = app.settings.listen.clone();
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let timetable = tokio::spawn(keep_timetable(app.clone()));
    let stopped = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let listener = TcpListener::bind(&listen)
        .await
        .with_context(|| format!("cannot serve on {listen}"))?;
    let most = connections::most_connections();
    connections::serve(listener, most, router::of(app.clone()), stopped).await?;
    timetable.abort();
    app.store.close().await;
    Ok(())
}

/// Looks at the timetable for ever.
async fn keep_timetable(app: App) {
    let mut timetable = jobs::Timetable::of(app);
    loop {
        if let Err(error) = timetable.run_due().await {
            tracing::error!(cause = %error, "the timetable could not be kept");
        }
        tokio::time::sleep(rehearsal::tick(TICK)).await;
    }
}
