//! Mail and webhooks: whether the mail server lets us in, and what could not be delivered.

use super::Report;
use crate::notifications::{channels, undelivered};
use crate::settings::Settings;
use crate::store::{StoreError, Tx};

/// Connects to the mail server, if there is one, and says nothing to anybody.
pub(super) async fn look_at_mail(report: &mut Report, settings: &Settings) {
    let Some(mail) = &settings.mail else {
        report.ok("mail", "none is sent: there is no [mail] in the settings");
        return;
    };
    match channels::answers(mail).await {
        Ok(()) => report.ok("mail", "the mail server lets us in"),
        Err(code) => report.fail(
            "mail",
            format!("no letter can be sent: {code}"),
            "docs/operations.md, \"Mail\", explains the word; letters wait meanwhile",
        ),
    }
}

/// Counts what was given up.
pub(super) async fn look_at_undelivered(
    report: &mut Report,
    tx: &mut Tx,
) -> Result<(), StoreError> {
    match undelivered::count(tx).await? {
        0 => report.ok("letters", "none was given up"),
        count => report.warn(
            "letters",
            format!("{count} letters or calls were given up"),
            "an administrator finds each with its reason at GET /api/v1/undelivered, and can try \
             it again",
        ),
    }
    Ok(())
}
