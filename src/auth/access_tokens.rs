//! Access tokens for other programs: shown once, stored hashed, scoped, expiring. They hold no
//! worker key: no vault opens with one, and nobody can check in with one.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, Utc};

use crate::audit::{self, Change, Seal};
use crate::ids::{AccessTokenId, AccountId, OrganisationId};
use crate::people::accounts::{self, State};
use crate::people::names::Name;
use crate::people::permission::Who;
use crate::problem::{Fault, Kind, Problem};
use crate::store::{StoreError, Tx, on};
use crate::vault::Token;

use super::{Entrance, SignedIn};

/// The most days that a token can live.
pub const LONGEST_DAYS: i64 = 366;
/// The most tokens of one person.
pub const MOST_TOKENS: i64 = 20;
/// How a token is told from a sign-in, and found by programs that look for leaked secrets.
const PREFIX: &str = "respite_";

/// What a token may be used for, besides what its owner may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Released rows of the owner's units.
    ReadUnits,
    /// Plans and waves.
    ReadWaves,
    /// People, units and roles that the owner administers.
    ReadPeople,
    /// The audit.
    ReadAudit,
}

impl Scope {
    /// Every scope, with the word that the API uses.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::ReadUnits, "read-units"),
        (Self::ReadWaves, "read-waves"),
        (Self::ReadPeople, "read-people"),
        (Self::ReadAudit, "read-audit"),
    ];

    /// The scopes that words name.
    pub fn parse_all(words: &[String]) -> Result<Vec<Self>, Problem> {
        let mut faults = Vec::new();
        let mut scopes = Vec::new();
        for (at, word) in words.iter().enumerate() {
            match Self::ALL.iter().find(|(_, known)| known == word) {
                Some((scope, _)) => scopes.push(*scope),
                None => faults.push(Fault::new(
                    format!("scopes.{at}"),
                    "must be read-units, read-waves, read-people or read-audit",
                )),
            }
        }
        if words.is_empty() {
            faults.push(Fault::new("scopes", "name at least one"));
        }
        scopes.sort_unstable();
        scopes.dedup();
        if faults.is_empty() {
            Ok(scopes)
        } else {
            Err(Problem::invalid(faults))
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(scope, _)| *scope == self);
        found.map_or("", |(_, word)| word)
    }
}

/// The scopes of one token; a JSON list of words in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(pub Vec<Scope>);

impl Scopes {
    /// The words, as the API lists them.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let words = self.0.iter().map(|scope| scope.word().to_owned());
        words.collect()
    }
}

impl TryFrom<String> for Scopes {
    type Error = serde_json::Error;

    /// A word that this program does not know allows nothing.
    fn try_from(text: String) -> Result<Self, serde_json::Error> {
        let words: Vec<String> = serde_json::from_str(&text)?;
        let known = Scope::ALL
            .iter()
            .filter(|(_, known)| words.iter().any(|word| word == known));
        Ok(Self(known.map(|(scope, _)| *scope).collect()))
    }
}

/// The token itself, as the program sends it.
#[derive(Clone, Debug)]
pub struct AccessToken(Token);

impl AccessToken {
    fn hash(&self) -> Vec<u8> {
        self.0.row_key().to_vec()
    }
}

impl fmt::Display for AccessToken {
    /// For the reply that hands it over, and nowhere else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl FromStr for AccessToken {
    type Err = crate::vault::sign_in::NotAToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix(PREFIX).unwrap_or("");
        text.parse().map(Self)
    }
}

/// A token as its owner sees it in her list; the secret is not in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Its id, to end it by.
    pub id: AccessTokenId,
    /// What she has called it.
    pub name: String,
    /// What it may be used for.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What she calls it.
    pub name: Name,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// How long it lives.
    pub days: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    organisation: OrganisationId,
    account: AccountId,
    #[sqlx(try_from = "String")]
    scopes: Scopes,
    second_factor: bool,
    expires_at: DateTime<Utc>,
}

impl Entrance {
    /// Makes a token; the secret is in the answer and nowhere else.
    pub async fn make_access_token(
        &self,
        tx: &mut Tx,
        signed_in: &SignedIn,
        new: &NewToken,
    ) -> Result<(AccessToken, Listed), Problem> {
        signed_in.must_be_active()?;
        if !(1..=LONGEST_DAYS).contains(&new.days) {
            return Err(Problem::field("days", "must be 1 to 366"));
        }
        let who = signed_in.who;
        if count(tx, who.account).await? >= MOST_TOKENS {
            return Err(Problem::with(
                Kind::NotNow,
                "You have 20 access tokens: end one first.",
            ));
        }
        let now = self.0.clock.now();
        let token = AccessToken(Token::new());
        let listed = Listed {
            id: AccessTokenId::new(),
            name: new.name.to_string(),
            scopes: Scopes(new.scopes.clone()),
            created_at: now,
            expires_at: now + Duration::days(new.days),
        };
        insert(tx, who, &listed, &token.hash()).await?;
        self.note(tx, who, Change::AccessTokenMade { token: listed.id })
            .await?;
        Ok((token, listed))
    }

    /// Ends a token of hers.
    pub async fn end_access_token(
        &self,
        tx: &mut Tx,
        signed_in: &SignedIn,
        id: AccessTokenId,
    ) -> Result<(), Problem> {
        let who = signed_in.who;
        if !delete(tx, who.account, id).await? {
            return Err(Kind::NotFound.into());
        }
        Ok(self
            .note(tx, who, Change::AccessTokenRevoked { token: id })
            .await?)
    }

    /// Who a program speaks for, if its token may be used for this.
    pub async fn authenticate_program(
        &self,
        token: &AccessToken,
        scope: Scope,
    ) -> Result<Who, Problem> {
        let now = self.0.clock.now();
        let mut tx = self.0.store.read().await?;
        let row = by_hash(&mut tx, &token.hash())
            .await?
            .filter(|row| row.expires_at > now)
            .ok_or(Kind::SignIn)?;
        accounts::find(&mut tx, row.account)
            .await?
            .filter(|account| account.state_at(now) == State::Active)
            .ok_or(Kind::SignIn)?;
        if !row.scopes.0.contains(&scope) {
            return Err(Kind::NotFound.into());
        }
        Ok(Who {
            account: row.account,
            organisation: row.organisation,
            second_factor: row.second_factor,
        })
    }

    async fn note(&self, tx: &mut Tx, who: Who, change: Change) -> Result<(), StoreError> {
        let by = Seal {
            keys: &self.0.keys,
            now: self.0.clock.now(),
        };
        audit::enter(tx, &by, who.organisation, Some(who.account), change).await
    }
}

/// Her tokens, newest first.
pub async fn list(tx: &mut Tx, account: AccountId) -> Result<Vec<Listed>, StoreError> {
    const SQL: &str = "SELECT id, name, scopes, created_at, expires_at FROM access_tokens
        WHERE account = $1 ORDER BY created_at DESC, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_all(conn).await)?)
}

/// Ends all of them: after a reset, and with the account.
pub(super) async fn revoke_all(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM access_tokens WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(drop))?;
    Ok(())
}

async fn count(tx: &mut Tx, account: AccountId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM access_tokens WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(account).fetch_one(conn).await)?)
}

async fn insert(tx: &mut Tx, who: Who, new: &Listed, secret: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO access_tokens (organisation, id, account, secret, name, scopes,
            second_factor, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let scopes = serde_json::to_string(&new.scopes.words()).expect("words always are JSON");
    on!(tx, conn => sqlx::query(SQL)
        .bind(who.organisation).bind(new.id).bind(who.account).bind(secret).bind(&new.name)
        .bind(scopes).bind(who.second_factor).bind(new.created_at).bind(new.expires_at)
        .execute(conn).await.map(drop))?;
    Ok(())
}

async fn delete(tx: &mut Tx, account: AccountId, id: AccessTokenId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM access_tokens WHERE account = $1 AND id = $2";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(account).bind(id).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

async fn by_hash(tx: &mut Tx, secret: &[u8]) -> Result<Option<Row>, StoreError> {
    const SQL: &str = "SELECT organisation, account, scopes, second_factor, expires_at
        FROM access_tokens WHERE secret = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(secret).fetch_optional(conn).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_a_sign_in_and_a_sign_in_is_not_a_token() {
        let token = AccessToken(Token::new());
        let text = token.to_string();
        let read: AccessToken = text.parse().expect("a token of ours");
        assert_eq!(read.hash(), token.hash());
        assert!(text.parse::<Token>().is_err());
        assert!(Token::new().to_string().parse::<AccessToken>().is_err());
    }

    #[test]
    fn an_unknown_scope_is_named_by_its_place() {
        let words = ["read-units", "write-units"].map(str::to_owned);
        let refused = Scope::parse_all(&words).expect_err("no such scope");
        assert_eq!(refused.faults[0].field, "scopes.1");
        assert!(Scope::parse_all(&[]).is_err());
        assert_eq!(Scope::parse_all(&words[..1]), Ok(vec![Scope::ReadUnits]));
    }
}
