//! Sending what is due. An attempt is written down before it is made, and the letter is deleted
//! after it was taken: whoever dies in between leaves a letter that is sent again under the same
//! id. No transaction is open while another machine is talked to.

use std::collections::{HashMap, HashSet};
use std::time::Duration as Patience;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::channels::{ALL, Became, Extent, Sending, Trouble};
use super::outbox::Letter;
use super::{retries, store, webhooks};
use crate::audit::Seal;
use crate::clock::Clock;
use crate::ids::WebhookId;
use crate::rehearsal::point;
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::vault::{ServerKeys, random_bytes};

/// Letters that are taken from the outbox at a time.
const PAGE: i64 = 10;
/// A round ends after so long: the other jobs of this server wait for it.
const LONGEST: Patience = Patience::from_secs(30);
/// After the last try a letter that nobody could say the end of is looked at again.
const AFTER_THE_LAST: Duration = Duration::hours(24);
/// How long a letter that was given up stays listed.
const DEAD_FOR: Duration = Duration::days(30);

/// What a round needs of the server.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// The outbox.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a Clock,
    /// What addresses and secrets lie under.
    pub keys: &'a ServerKeys,
    /// Mail server and public address.
    pub settings: &'a Settings,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters that somebody else has now.
    pub sent: u64,
    /// Letters that are tried again later.
    pub put_off: u64,
    /// Letters that were given up.
    pub given_up: u64,
    /// Whether more is due than fitted into one round.
    pub is_cut_short: bool,
}

/// Sends everything that is due, for about half a minute at most.
pub async fn deliver(post: Post<'_>) -> Result<Round, StoreError> {
    let began = post.clock.ticks();
    let mut round = Round::default();
    let mut rounds = Rounds::of(post);
    loop {
        let page = claim(post).await?;
        if page.is_empty() {
            return Ok(round);
        }
        for (letter, next) in &page {
            let became = rounds.send(letter).await;
            rounds.note(&mut round, letter, (became, *next)).await?;
        }
        if post.clock.ticks().saturating_sub(began) > LONGEST {
            round.is_cut_short = true;
            return Ok(round);
        }
    }
}

/// Takes a page of due letters: each attempt is counted, and its next one set, before it is made.
/// A letter that another server has taken meanwhile is left out. With each letter: whether there
/// is a next attempt.
async fn claim(post: Post<'_>) -> Result<Vec<(Letter, bool)>, StoreError> {
    let now = post.clock.now();
    let mut tx = post.store.read().await?;
    let due = store::outbox::due(&mut tx, now, PAGE).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut claimed = Vec::new();
    let mut tx = post.store.write().await?;
    for mut letter in due {
        let [chance] = random_bytes();
        let wait = retries::wait_after(letter.attempts + 1, chance);
        let next = now + wait.unwrap_or(AFTER_THE_LAST);
        if store::outbox::claim(&mut tx, &letter, next).await? {
            letter.attempts += 1;
            letter.next_attempt_at = next;
            claimed.push((letter, wait.is_some()));
        }
    }
    tx.commit().await?;
    point("letters.claimed");
    Ok(claimed)
}

/// The ways out of one round, and who could not be reached in it.
struct Rounds<'a> {
    post: Post<'a>,
    ways: HashMap<&'static str, Box<dyn Sending + 'a>>,
    away: HashMap<&'static str, &'static str>,
    not_answering: HashMap<Uuid, &'static str>,
    ended: HashSet<Uuid>,
}

impl<'a> Rounds<'a> {
    fn of(post: Post<'a>) -> Self {
        let ways = ALL.iter().map(|way| (way.name, (way.open)(post)));
        Self {
            post,
            ways: ways.collect(),
            away: HashMap::new(),
            not_answering: HashMap::new(),
            ended: HashSet::new(),
        }
    }

    /// Sends a letter, unless somebody before it has found out that nobody answers there.
    async fn send(&mut self, letter: &Letter) -> Became {
        if self.ended.contains(&letter.recipient) {
            return Became::NotWanted;
        }
        let known = self.away.get(letter.channel.as_str());
        if let Some(code) = known.or_else(|| self.not_answering.get(&letter.recipient)) {
            return Became::Later(Trouble {
                code,
                extent: Extent::Letter,
            });
        }
        let Some(way) = self.ways.get_mut(letter.channel.as_str()) else {
            return Became::NotWanted;
        };
        way.send(letter).await
    }

    /// Writes down what became of a letter, in a transaction of its own.
    async fn note(
        &mut self,
        round: &mut Round,
        letter: &Letter,
        (became, has_next): (Became, bool),
    ) -> Result<(), StoreError> {
        match became {
            Became::Sent => {
                point("letters.sent");
                delete(self.post, letter).await?;
                round.sent += 1;
            }
            Became::NotWanted => delete(self.post, letter).await?,
            Became::Ended => self.end(letter).await?,
            Became::Later(trouble) => {
                self.remember(letter, trouble);
                fail(self.post, letter, (trouble, !has_next)).await?;
                let count = if has_next {
                    &mut round.put_off
                } else {
                    &mut round.given_up
                };
                *count += 1;
            }
            Became::Never(trouble) => {
                fail(self.post, letter, (trouble, true)).await?;
                round.given_up += 1;
            }
        }
        Ok(())
    }

    fn remember(&mut self, letter: &Letter, trouble: Trouble) {
        match trouble.extent {
            Extent::Letter => {}
            Extent::Recipient => {
                self.not_answering.insert(letter.recipient, trouble.code);
            }
            Extent::Channel => {
                let name = ALL.iter().find(|way| way.name == letter.channel);
                self.away.extend(name.map(|way| (way.name, trouble.code)));
            }
        }
    }

    /// The receiver wants no more: its webhook ends, and what waits for it goes.
    async fn end(&mut self, letter: &Letter) -> Result<(), StoreError> {
        self.ended.insert(letter.recipient);
        let by = Seal {
            keys: self.post.keys,
            now: self.post.clock.now(),
        };
        let mut tx = self.post.store.write().await?;
        let place = (letter.organisation, WebhookId(letter.recipient));
        webhooks::end(&mut tx, &by, place, None).await?;
        tx.commit().await
    }
}

/// Nothing is kept of a letter that somebody else has.
async fn delete(post: Post<'_>, letter: &Letter) -> Result<(), StoreError> {
    let mut tx = post.store.write().await?;
    store::outbox::delete(&mut tx, letter.id).await?;
    tx.commit().await
}

/// Writes down why a letter was not sent; its next attempt is set already.
async fn fail(
    post: Post<'_>,
    letter: &Letter,
    (trouble, is_dead): (Trouble, bool),
) -> Result<(), StoreError> {
    let now = post.clock.now();
    let mut tx = post.store.write().await?;
    if is_dead {
        tracing::warn!(channel = %letter.channel, code = trouble.code, "a letter was given up");
        store::outbox::bury(&mut tx, letter.id, (trouble.code, now)).await?;
    } else {
        store::outbox::put_off(&mut tx, letter.id, trouble.code).await?;
    }
    tx.commit().await
}

/// Forgets letters that were given up long ago, and what was told longer ago than any wave is open.
pub async fn forget(post: Post<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = post.store.write().await?;
    store::outbox::forget_dead(&mut tx, now - DEAD_FOR).await?;
    store::outbox::forget_told(&mut tx, now.date_naive()).await?;
    tx.commit().await
}
