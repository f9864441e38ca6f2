//! Her choices: to which texts she has consented, and how far she is counted unless she says
//! otherwise. One padded sealed row under her own locator, written only when she changes one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::casting::Reach;
use super::member::Member;
use super::store;
use crate::problem::Problem;
use crate::store::{StoreError, Tx};
use crate::vault::WorkerKey;

/// What she has chosen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// How far she is counted by default.
    #[serde(default)]
    pub reach: Reach,
    /// By instrument: version and hash of the text that she accepted.
    #[serde(default)]
    pub consents: BTreeMap<String, String>,
}

impl Choices {
    /// Opens her row; `None` if this key does not open it.
    pub(super) fn open(key: &WorkerKey, sealed: &[u8]) -> Option<Self> {
        let plain = key.open_choices(sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

/// Her choices, or the defaults. The newest key that has any counts alone: what she took back
/// there must not come back from an older one.
pub async fn read(tx: &mut Tx, member: &Member<'_>) -> Result<Choices, StoreError> {
    for key in member.keys {
        let Some(sealed) = store::own::choices(tx, &key.choices_locator()).await? else {
            continue;
        };
        if let Some(choices) = Choices::open(key, &sealed) {
            return Ok(choices);
        }
    }
    Ok(Choices::default())
}

/// Writes her choices under the present key.
pub async fn write(tx: &mut Tx, member: &Member<'_>, choices: &Choices) -> Result<(), Problem> {
    let key = member.present_key()?;
    let plain = serde_json::to_vec(choices).expect("texts always are JSON");
    let sealed = key
        .seal_choices(&plain)
        .map_err(|_| Problem::field("consents", "there is no room for more choices"))?;
    store::own::put_choices(tx, &key.choices_locator(), &sealed).await?;
    Ok(())
}
