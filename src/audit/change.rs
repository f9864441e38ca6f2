//! What can be changed by a person with power, or by a job on everyone's behalf. Ids and settings
//! only; a name, an answer or a score has no place here.

use serde::{Deserialize, Serialize};

use crate::ids::{AccessTokenId, AccountId, AlertId, PlanId, UnitId, WaveId, WebhookId};

/// One change, as it is stored: `{"change":"wave-opened","wave":…}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "each variant's name and fields say what happened to what"
)]
pub enum Change {
    OrganisationMade,
    SettingsChanged {
        settings: Vec<String>,
    },
    UnitMade {
        unit: UnitId,
    },
    UnitChanged {
        unit: UnitId,
    },
    UnitClosed {
        unit: UnitId,
    },
    AccountMade {
        account: AccountId,
    },
    AccountChanged {
        account: AccountId,
    },
    AccountsImported {
        count: u64,
    },
    CodeIssued {
        account: AccountId,
        purpose: String,
    },
    VaultMade {
        account: AccountId,
        number: i64,
    },
    HomeMoved {
        account: AccountId,
        unit: UnitId,
    },
    AbsenceSet {
        account: AccountId,
    },
    Departed {
        account: AccountId,
    },
    Locked {
        account: AccountId,
    },
    Unlocked {
        account: AccountId,
    },
    Erased {
        account: AccountId,
    },
    RoleGranted {
        account: AccountId,
        role: String,
        unit: UnitId,
    },
    RoleRevoked {
        account: AccountId,
        role: String,
        unit: UnitId,
    },
    WebhookMade {
        webhook: WebhookId,
    },
    WebhookEnded {
        webhook: WebhookId,
    },
    AccessTokenMade {
        token: AccessTokenId,
    },
    AccessTokenRevoked {
        token: AccessTokenId,
    },
    PlanMade {
        plan: PlanId,
    },
    PlanEnded {
        plan: PlanId,
    },
    WaveOpened {
        wave: WaveId,
    },
    WaveExtended {
        wave: WaveId,
    },
    WaveStopped {
        wave: WaveId,
        why: String,
    },
    // No number of ballots: administrators read this, and how many answered is known only from
    // what is released.
    WaveClosed {
        wave: WaveId,
    },
    BallotsLeftOut {
        wave: WaveId,
        unit: Option<UnitId>,
        why: String,
    },
    AlertAcknowledged {
        alert: AlertId,
    },
    AlertNoteWritten {
        alert: AlertId,
    },
    Restored,
    RestoredWaveClosed {
        wave: WaveId,
    },
    ServerKeyAdded {
        number: u32,
    },
    Exported {
        what: String,
    },
    Checkpoint {
        removed_to: i64,
        head: String,
    },
}

impl Change {
    /// The text that is stored and authenticated.
    #[must_use]
    pub fn into_text(self) -> String {
        serde_json::to_string(&self).expect("ids, numbers and texts always are JSON")
    }
}
