//! What the operator of an installation does: back it up, restore it, look after its keys, ask
//! what is wrong with it. Each is a function of settings, store and clock; `cli/` prints.

pub mod audits;
pub mod backup;
pub mod doctor;
pub mod keys;
pub mod restore;

pub mod progress;

use anyhow::{Context, bail};

use crate::settings::Settings;
use crate::store::{Opening, Store};

/// Opens a database that is there and up to date; never makes or migrates one.
pub async fn open(settings: &Settings) -> anyhow::Result<Store> {
    let Some(schema) = Store::schema(&settings.database).await? else {
        bail!(
            "there is no database at {}: name it with --database",
            settings.home().display()
        );
    };
    schema.must_be_current()?;
    Store::open(&settings.database, Opening::AsItIs)
        .await
        .context("the database does not open")
}
