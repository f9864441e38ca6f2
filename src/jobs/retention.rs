//! Retention: records until their own date, released rows and what follows from them for 5 years,
//! audit entries for 2, notices for 1, accounts for 12 months after their owners have left.

use chrono::Months;

use crate::alerts;
use crate::app::App;
use crate::check_ins::{erasure, row_order};
use crate::notifications::{delivery, notices};
use crate::people::{organisations, standing};
use crate::store::StoreError;
use crate::tallies;
use crate::{audit, clock};

const TALLY_YEARS: u32 = 5;
const AUDIT_YEARS: u32 = 2;
const NOTICE_YEARS: u32 = 1;

/// One run for all organisations; also writes each audit head to the log, so that a later
/// `audit verify --head` can check against it, and the tables that last in key order.
pub(super) async fn run(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    let years_ago = |years: u32| clock::months_before(now, Months::new(12 * years));
    let mut tx = app.store.write_alone().await?;
    row_order::forget(&mut tx, app.clock.today()).await?;
    alerts::forget(&mut tx, years_ago(TALLY_YEARS)).await?;
    tallies::forget(&mut tx, years_ago(TALLY_YEARS)).await?;
    notices::forget(&mut tx, years_ago(NOTICE_YEARS)).await?;
    tx.commit().await?;
    delivery::forget(app.post(), now).await?;
    let mut tx = app.store.read().await?;
    let ended = standing::ended(&mut tx, now).await?;
    drop(tx);
    for account in ended {
        erasure::forget_account(app, &account).await?;
    }
    let mut tx = app.store.read().await?;
    let organisations = organisations::all(&mut tx).await?;
    drop(tx);
    for organisation in organisations {
        let mut tx = app.store.write().await?;
        audit::retain(
            &mut tx,
            &app.seal(),
            organisation.id,
            years_ago(AUDIT_YEARS),
        )
        .await?;
        let head = audit::stored_head(&mut tx, organisation.id).await?;
        tx.commit().await?;
        if let Some(head) = head {
            tracing::info!(organisation = %organisation.id, head = %head.text(), "audit head");
        }
    }
    app.store.rebuild_lasting_tables().await
}
