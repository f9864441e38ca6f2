//! Up to when she has read the notices inside the application. It lies under her own locator, as
//! long as a row of choices and among them, so that nobody can see who reads.

use chrono::{DateTime, Utc};

use super::member::Member;
use super::store;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// Up to when she has read; `None`: nothing yet. The newest key that has a row counts.
pub async fn read_until(
    tx: &mut Tx,
    member: &Member<'_>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    for key in member.keys {
        let Some(sealed) = store::own::choices(tx, &key.news_locator()).await? else {
            continue;
        };
        if let Ok(plain) = key.open_news(&sealed)
            && let Ok(until) = serde_json::from_slice(&plain)
        {
            return Ok(Some(until));
        }
    }
    Ok(None)
}

/// Marks everything up to an instant as read, under the present key.
pub async fn mark(tx: &mut Tx, member: &Member<'_>, until: DateTime<Utc>) -> Result<(), Problem> {
    let key = member.present_key()?;
    let plain = serde_json::to_vec(&until).expect("an instant always is JSON");
    // An instant is far shorter than a row.
    let sealed = key.seal_news(&plain).map_err(|_| Kind::Broken)?;
    store::own::put_choices(tx, &key.news_locator(), &sealed).await?;
    Ok(())
}
