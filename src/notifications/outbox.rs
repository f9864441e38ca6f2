//! Writing letters, inside the transaction of what they tell. One message is told once, to the
//! accounts that are named when it is first told; one event is announced once.

use chrono::{DateTime, Days, Utc};
use uuid::Uuid;

use super::hours::OrganisationHours;
use super::message::{Event, Message};
use super::store;
use crate::ids::{AccountId, LetterId, OrganisationId, WaveId, WebhookId};
use crate::store::{StoreError, Tx};

/// How long it is remembered that something was told: no wave is open half as long.
const REMEMBERED: Days = Days::new(180);

/// What waits to be sent to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Letter {
    /// Whose wave it is about.
    pub organisation: OrganisationId,
    /// What the receiver knows it by, however often it is sent.
    pub id: LetterId,
    /// By which way.
    pub channel: String,
    /// Word of the message or event.
    pub kind: String,
    /// The wave or alert.
    pub about: Option<Uuid>,
    /// The account or webhook.
    pub recipient: Uuid,
    /// One for each message, way and recipient.
    pub once: String,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_attempt_at: DateTime<Utc>,
    /// `pending` or `dead`.
    pub state: String,
    /// When it was given up, or `due_at`.
    pub state_since: DateTime<Utc>,
    /// A code of ours, never what a server said.
    pub last_error: Option<String>,
}

impl Letter {
    /// A letter that has not been tried.
    pub(super) fn new(
        organisation: OrganisationId,
        (channel, recipient): (&str, Uuid),
        (kind, about): (&str, Option<Uuid>),
        due_at: DateTime<Utc>,
    ) -> Self {
        Self {
            organisation,
            id: LetterId::new(),
            channel: channel.to_owned(),
            kind: kind.to_owned(),
            about,
            recipient,
            once: format!("{}/{channel}/{recipient}", said(kind, about)),
            due_at,
            attempts: 0,
            next_attempt_at: due_at,
            state: "pending".to_owned(),
            state_since: due_at,
            last_error: None,
        }
    }
}

/// What the memory of things told holds for a message: `wave-open/<wave>`.
fn said(kind: &str, about: Option<Uuid>) -> String {
    about.map_or_else(|| kind.to_owned(), |about| format!("{kind}/{about}"))
}

/// Writes a letter to each of these accounts that has a confirmed address and chose e-mail, and
/// returns how many that is: at the organisation's one hour, or the next morning for those who
/// asked for quiet hours. The same message is told once: to tell it again writes nothing, whoever
/// is named then. Give it whole rosters, never those who have or have not done something. Call it
/// before `audit::enter`.
pub async fn tell(
    tx: &mut Tx,
    organisation: &OrganisationHours,
    accounts: &[AccountId],
    message: Message,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let news = (message.kind(), message.about());
    if !organisation.sends_mail || !is_new(tx, organisation.id, news, now).await? {
        return Ok(0);
    }
    let (due, quietly) = (organisation.due(now), organisation.due_quietly(now));
    let named: std::collections::HashSet<&AccountId> = accounts.iter().collect();
    let mut letters = Vec::new();
    for (account, quiet) in store::reminders::of_organisation(tx, organisation.id).await? {
        if named.contains(&account) {
            let due_at = if quiet { quietly } else { due };
            let to = ("email", account.0);
            letters.push(Letter::new(organisation.id, to, news, due_at));
        }
    }
    write(tx, letters).await
}

/// Writes the event for each webhook of the organisation that wants it, to be sent at once, and
/// returns how many that is. The same event of the same wave is announced once.
pub async fn announce(
    tx: &mut Tx,
    organisation: OrganisationId,
    (event, wave): (Event, WaveId),
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let news = (event.word(), Some(wave.0));
    if !is_new(tx, organisation, news, now).await? {
        return Ok(0);
    }
    let webhooks = store::webhooks::wanting(tx, organisation, event).await?;
    let to = |webhook: WebhookId| Letter::new(organisation, ("webhook", webhook.0), news, now);
    write(tx, webhooks.into_iter().map(to).collect()).await
}

/// Writes the letter with the code that confirms an address, to be sent at once.
pub(super) async fn confirm(
    tx: &mut Tx,
    (organisation, account): (OrganisationId, AccountId),
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let news = (Message::ConfirmAddress.kind(), None);
    let letter = Letter::new(organisation, ("email", account.0), news, now);
    write(tx, vec![letter]).await
}

/// Writes a call that says nothing, to be sent at once.
pub(super) async fn test(
    tx: &mut Tx,
    organisation: OrganisationId,
    webhook: WebhookId,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let news = ("webhook.test", None);
    let letter = Letter::new(organisation, ("webhook", webhook.0), news, now);
    write(tx, vec![letter]).await
}

/// Writes letters in random order: that of their ids.
async fn write(tx: &mut Tx, mut letters: Vec<Letter>) -> Result<u64, StoreError> {
    letters.sort_by_key(|letter| letter.id);
    let mut written = 0;
    for letter in &letters {
        written += u64::from(store::outbox::insert(tx, letter).await?);
    }
    Ok(written)
}

async fn is_new(
    tx: &mut Tx,
    organisation: OrganisationId,
    (kind, about): (&str, Option<Uuid>),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let today = now.date_naive();
    let keep_until = today.checked_add_days(REMEMBERED).unwrap_or(today);
    store::outbox::remember(tx, organisation, &said(kind, about), keep_until).await
}
