//! The second factor: six digits that change every half minute (RFC 6238). The secret is sealed
//! under the worker key, so it can be checked only after the password has opened that; a code is
//! good once.

use chrono::{DateTime, Duration, Utc};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::ids::AccountId;
use crate::problem::{Kind, Problem};
use crate::store::Tx;
use crate::vault::{ServerKeys, WorkerKey, random_bytes};

use super::presence::{Presence, SecondFactor};
use super::vaults::Vault;
use super::{Entrance, SignedIn, store};

/// How long a used code is remembered: longer than any code is accepted.
const REMEMBERED: Duration = Duration::minutes(2);

/// A secret that is proposed and not yet confirmed. It is kept nowhere: the proposal comes back
/// with the first code.
pub struct Enrolment {
    /// Base 32, to type into an authenticator.
    pub secret: Zeroizing<String>,
    /// `otpauth://…`, to scan. Names no person: whoever sees the phone learns nothing.
    pub uri: Zeroizing<String>,
    /// The secret again, sealed; only its owner's key opens it.
    pub proposal: Vec<u8>,
}

/// A right code that has not been written down as used yet.
#[derive(Debug)]
pub(super) struct UsedCode {
    account: AccountId,
    step: u64,
    at: DateTime<Utc>,
}

impl UsedCode {
    /// Writes it down; refuses a code that was used before.
    pub async fn spend(self, tx: &mut Tx, keys: &ServerKeys) -> Result<(), Problem> {
        let key = keys.used_code_key(self.account, self.step);
        if store::use_code(tx, &key, self.at + REMEMBERED).await? {
            return Ok(());
        }
        Err(wrong("This code has been used: wait for the next one."))
    }
}

/// The code that somebody with this vault has shown: `None` if the account has no second factor.
/// Ask only after a right password.
pub(super) fn check(
    vault: &Vault,
    key: &WorkerKey,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<UsedCode>, Problem> {
    let Some(sealed) = vault.totp.as_deref() else {
        return Ok(None);
    };
    let Some(code) = code else {
        return Err(wrong(
            "This account has a second factor: send its present code too.",
        ));
    };
    used_code(vault.account, key, sealed, (code, now)).map(Some)
}

fn used_code(
    account: AccountId,
    key: &WorkerKey,
    sealed: &[u8],
    (code, at): (&str, DateTime<Utc>),
) -> Result<UsedCode, Problem> {
    let secret = key
        .open_totp(account, sealed)
        .map_err(|_| wrong("This proposal is not yours, or has been changed: ask for another."))?;
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = totp(&secret).and_then(|totp| totp.check(&digits, seconds));
    let step = step.ok_or_else(|| wrong("The code of the second factor is not right."))?;
    Ok(UsedCode { account, step, at })
}

fn wrong(detail: &str) -> Problem {
    Problem::with(Kind::WrongSignIn, detail)
}

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret.to_vec().into_boxed_slice())
        .with_account_name("Respite")
        .with_issuer(Some("Respite"))
        .build()
        .ok()
}

impl Entrance {
    /// Proposes a secret. Nothing changes until a code made from it has been shown.
    pub async fn propose_second_factor(
        &self,
        signed_in: &SignedIn,
        password: &str,
    ) -> Result<Enrolment, Problem> {
        self.prove(signed_in, password).await?;
        let secret = Zeroizing::new(random_bytes::<20>());
        let totp = totp(&*secret).ok_or(Kind::Broken)?;
        let uri = totp.to_url().map_err(|_| Kind::Broken)?;
        let account = signed_in.who.account;
        let proposal = signed_in.key().seal_totp(account, &*secret);
        Ok(Enrolment {
            secret: Zeroizing::new(totp.secret().to_base32()),
            uri: Zeroizing::new(uri),
            proposal: proposal.map_err(|_| Kind::Broken)?,
        })
    }

    /// Turns the second factor on, once a code shows that the authenticator has the secret. The
    /// present sign-in counts as having shown it.
    pub async fn confirm_second_factor(
        &self,
        signed_in: &SignedIn,
        proposal: Vec<u8>,
        code: &str,
    ) -> Result<(), Problem> {
        let old = self.vault_of(signed_in).await?;
        if old.totp.is_some() {
            return Err(Problem::with(
                Kind::NotNow,
                "Take the present second factor off first.",
            ));
        }
        let now = self.0.clock.now();
        let (account, key) = (signed_in.who.account, signed_in.key());
        let code = used_code(account, key, &proposal, (code, now))?;
        self.spend(code).await?;
        let mut new = old.clone();
        new.totp = Some(proposal);
        self.replace(&old, &mut new).await?;
        let presence = Presence {
            account,
            key: key.clone(),
            epoch: signed_in.epoch,
            created_at: signed_in.since,
            seen_at: now,
            device: signed_in.device,
            second_factor: SecondFactor::Shown,
        };
        self.rewrite(&signed_in.token, &presence).await
    }

    /// Takes the second factor off.
    pub async fn remove_second_factor(
        &self,
        signed_in: &SignedIn,
        password: &str,
        code: &str,
    ) -> Result<(), Problem> {
        let old = self.prove(signed_in, password).await?;
        let now = self.0.clock.now();
        let Some(code) = check(&old, signed_in.key(), Some(code), now)? else {
            return Ok(());
        };
        self.spend(code).await?;
        let mut new = old.clone();
        new.totp = None;
        self.replace(&old, &mut new).await
    }

    async fn spend(&self, code: UsedCode) -> Result<(), Problem> {
        let mut tx = self.0.store.write().await?;
        code.spend(&mut tx, &self.0.keys).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let totp = totp(b"12345678901234567890").expect("a secret of the RFC");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.check(code, seconds), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_early_or_late_and_no_more() {
        let totp = totp(b"12345678901234567890").expect("a secret of the RFC");
        for (seconds, accepted) in [(29, true), (0, true), (89, true), (90, false)] {
            assert_eq!(
                totp.check("287082", seconds).is_some(),
                accepted,
                "{seconds}"
            );
        }
    }

    #[test]
    fn the_link_for_the_phone_names_no_person() {
        let secret = random_bytes::<20>();
        let uri = totp(&secret).expect("a secret").to_url().expect("a link");
        assert!(
            uri.starts_with("otpauth://totp/Respite:Respite?secret="),
            "{uri}"
        );
    }
}
