//! What the sealed part of a sign-in row says, and when it has run out. Pure; only the token's
//! owner can read it, so the database does not know who is signed in, or since when.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use zeroize::Zeroizing;

use crate::ids::AccountId;
use crate::settings::SignIn;
use crate::vault::WorkerKey;

/// A row is written again for the idle lifetime at most this often.
const FRESH: Duration = Duration::minutes(1);
const FORMAT: u8 = 1;
const SHARED: u8 = 1;
const SECOND_FACTOR: u8 = 2;

/// Whose device it is. A phone that several people use forgets a sign-in soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Ends after minutes without a request.
    Shared,
    /// Ends only when its hours are over.
    Own,
}

/// Whether a one-time code was shown at this sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A right code, not used before.
    Shown,
    /// None was asked for.
    NotShown,
}

/// How long sign-ins last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    idle: Duration,
    absolute: Duration,
}

impl From<&SignIn> for Lifetimes {
    fn from(settings: &SignIn) -> Self {
        Self {
            idle: Duration::minutes(settings.idle_minutes.into()),
            absolute: Duration::hours(settings.absolute_hours.into()),
        }
    }
}

/// One sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    pub account: AccountId,
    pub key: WorkerKey,
    pub epoch: i64,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub device: Device,
    pub second_factor: SecondFactor,
}

impl Presence {
    /// When it ends if nothing more is asked.
    pub fn ends_at(&self, lifetimes: Lifetimes) -> DateTime<Utc> {
        let last = self.created_at + lifetimes.absolute;
        match self.device {
            Device::Shared => last.min(self.seen_at + lifetimes.idle),
            Device::Own => last,
        }
    }

    /// When it ends whatever is asked.
    pub fn ends_at_last(&self, lifetimes: Lifetimes) -> DateTime<Utc> {
        self.created_at + lifetimes.absolute
    }

    /// The day after which its row is deleted: all that the database may know.
    pub fn expires_on(&self, lifetimes: Lifetimes) -> NaiveDate {
        self.ends_at_last(lifetimes).date_naive()
    }

    /// Whether it has run out.
    pub fn is_over(&self, now: DateTime<Utc>, lifetimes: Lifetimes) -> bool {
        now >= self.ends_at(lifetimes)
    }

    /// What to write when it was used just now; `None` if that was noted a moment ago.
    pub fn renewed(&self, now: DateTime<Utc>) -> Option<Self> {
        (now - self.seen_at >= FRESH).then(|| Self {
            seen_at: now,
            ..self.clone()
        })
    }

    /// The bytes to seal; always as many.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut flags = 0;
        if self.device == Device::Shared {
            flags |= SHARED;
        }
        if self.second_factor == SecondFactor::Shown {
            flags |= SECOND_FACTOR;
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(74));
        bytes.push(FORMAT);
        bytes.extend_from_slice(self.account.bytes());
        bytes.extend_from_slice(self.key.bytes());
        for number in [
            self.epoch,
            self.created_at.timestamp_micros(),
            self.seen_at.timestamp_micros(),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.push(flags);
        bytes
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&[FORMAT])?;
        let (account, rest) = rest.split_first_chunk::<16>()?;
        let (key, rest) = rest.split_first_chunk::<32>()?;
        let (numbers, flags) = rest.split_first_chunk::<24>()?;
        let [flags] = flags else { return None };
        let (numbers, _) = numbers.as_chunks::<8>();
        let [epoch, created_at, seen_at] = numbers else {
            return None;
        };
        Some(Self {
            account: AccountId(uuid::Uuid::from_bytes(*account)),
            key: WorkerKey::from_slice(key)?,
            epoch: i64::from_be_bytes(*epoch),
            created_at: DateTime::from_timestamp_micros(i64::from_be_bytes(*created_at))?,
            seen_at: DateTime::from_timestamp_micros(i64::from_be_bytes(*seen_at))?,
            device: if flags & SHARED == 0 {
                Device::Own
            } else {
                Device::Shared
            },
            second_factor: if flags & SECOND_FACTOR == 0 {
                SecondFactor::NotShown
            } else {
                SecondFactor::Shown
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(device: Device) -> Presence {
        let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
        Presence {
            account: AccountId::new(),
            key: WorkerKey::new(),
            epoch: 7,
            created_at: now,
            seen_at: now + Duration::minutes(3),
            device,
            second_factor: SecondFactor::Shown,
        }
    }

    #[test]
    fn what_was_sealed_comes_back_in_the_same_length() {
        for device in [Device::Shared, Device::Own] {
            let bytes = presence(device).encode();
            assert_eq!(bytes.len(), 74);
        }
        let own = presence(Device::Own);
        assert_eq!(Presence::decode(&own.encode()), Some(own.clone()));
        for cut in 0..74 {
            assert_eq!(Presence::decode(&own.encode()[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn a_shared_phone_forgets_soon_and_an_own_one_at_night() {
        let lifetimes = Lifetimes::from(&SignIn::default());
        for (device, minutes, over) in [
            (Device::Shared, 17, false),
            (Device::Shared, 18, true),
            (Device::Own, 18, false),
            (Device::Own, 12 * 60 - 1, false),
            (Device::Own, 12 * 60, true),
        ] {
            let presence = presence(device);
            let now = presence.created_at + Duration::minutes(minutes);
            assert_eq!(
                presence.is_over(now, lifetimes),
                over,
                "{device:?} {minutes}"
            );
        }
    }

    #[test]
    fn use_renews_the_idle_lifetime_and_never_the_absolute_one() {
        let lifetimes = Lifetimes::from(&SignIn::default());
        let mut presence = presence(Device::Shared);
        assert_eq!(
            presence.renewed(presence.seen_at + Duration::seconds(59)),
            None
        );
        let mut now = presence.seen_at;
        while !presence.is_over(now, lifetimes) {
            presence = presence.renewed(now).unwrap_or(presence);
            now += Duration::minutes(10);
        }
        assert!(now - presence.created_at >= Duration::hours(12));
        assert!(now - presence.created_at <= Duration::hours(12) + Duration::minutes(10));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes: Vec<u8>) {
            if let Some(presence) = Presence::decode(&bytes) {
                proptest::prop_assert_eq!(presence.encode().len(), bytes.len());
            }
        }

        #[test]
        fn times_far_away_do_not_panic(created: i64, seen: i64, now in 0_i64..4_000_000_000) {
            let mut bytes = presence(Device::Shared).encode();
            bytes[57..65].copy_from_slice(&created.to_be_bytes());
            bytes[65..73].copy_from_slice(&seen.to_be_bytes());
            let now = DateTime::from_timestamp(now, 0).expect("a year we may see");
            if let Some(presence) = Presence::decode(&bytes) {
                let _ = presence.is_over(now, Lifetimes::from(&SignIn::default()));
                let _ = presence.renewed(now);
            }
        }
    }
}
