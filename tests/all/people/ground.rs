//! An organisation with its first administrator, and short ways to do what the doors do.

use chrono::{DateTime, Duration, Utc};
use respite::audit::Seal;
use respite::clock::Clock;
use respite::ids::{AccountId, OrganisationId, UnitId};
use respite::people::accounts::{self, Account, NewPerson};
use respite::people::invitations::{self, Issued};
use respite::people::names::{Country, Language, Name, ShortName, SignInName, UnitName, Zone};
use respite::people::organisations::{NewOrganisation, Organisation};
use respite::people::permission::{Administrator, Role, Who};
use respite::people::units::{self, NewUnit, Unit, UnitKind};
use respite::people::{First, first_administrator, roles};
use respite::problem::{Kind, Problem};
use respite::store::{Store, Tx};
use respite::vault::ServerKeys;

/// One organisation in a database.
pub struct Ground {
    pub store: Store,
    pub keys: ServerKeys,
    pub clock: Clock,
    pub organisation: Organisation,
    pub root: UnitId,
    /// The first administrator, activated.
    pub admin: Who,
}

/// `2026-11-25T08:00:00Z`
pub fn morning() -> DateTime<Utc> {
    "2026-11-25T08:00:00Z".parse().unwrap()
}

pub fn first(short_name: &str, sign_in: &str) -> First {
    let short_name = ShortName::parse(short_name).unwrap();
    First {
        organisation: short_name.clone(),
        make: Some(NewOrganisation {
            network: Name::parse("Refuges").unwrap(),
            short_name,
            name: Name::parse("Casa Norte").unwrap(),
            country: Country::parse("ES").unwrap(),
            zone: Zone::parse("Europe/Madrid").unwrap(),
            second_factor_required: true,
        }),
        sign_in: SignInName::parse(sign_in).unwrap(),
        name: Name::parse("Ada Min").unwrap(),
        language: Language::parse("en").unwrap(),
    }
}

impl Ground {
    pub async fn lay(store: &Store, short_name: &str) -> Self {
        let keys = ServerKeys::from_bytes([7; 32]);
        let clock = Clock::standing_at(morning());
        let by = Seal {
            keys: &keys,
            now: clock.now(),
        };
        let mut tx = store.write().await.unwrap();
        let (organisation, account, issued) =
            first_administrator(&mut tx, &by, &first(short_name, "ada"))
                .await
                .unwrap();
        tx.commit().await.unwrap();
        let ground = Self {
            store: store.clone(),
            root: organisation.id.into(),
            admin: who(organisation.id, account),
            keys,
            clock,
            organisation,
        };
        ground.activate("ada", &issued).await;
        ground
    }

    pub fn by(&self) -> Seal<'_> {
        Seal {
            keys: &self.keys,
            now: self.clock.now(),
        }
    }

    pub async fn write(&self) -> Tx {
        self.store.write().await.unwrap()
    }

    pub async fn read(&self) -> Tx {
        self.store.read().await.unwrap()
    }

    pub async fn administrator(&self, tx: &mut Tx) -> Administrator {
        Administrator::of(tx, self.admin).await.unwrap()
    }

    pub async fn open(&self, kind: UnitKind, name: &str, parent: UnitId) -> Unit {
        let mut tx = self.write().await;
        let admin = self.administrator(&mut tx).await;
        let new = NewUnit {
            parent,
            kind,
            name: UnitName::parse(name).unwrap(),
            successor_of: None,
        };
        let unit = units::open(&mut tx, &admin, &self.by(), new).await.unwrap();
        tx.commit().await.unwrap();
        unit
    }

    pub async fn invite(&self, sign_in: &str, unit: UnitId) -> (Account, Issued) {
        let mut tx = self.write().await;
        let admin = self.administrator(&mut tx).await;
        let new = person(sign_in, unit);
        let invited = accounts::invite(&mut tx, &admin, &self.by(), &new)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        invited
    }

    /// What making a vault does to the account.
    pub async fn activate(&self, sign_in: &str, issued: &Issued) {
        let mut tx = self.write().await;
        let short_name = &self.organisation.short_name;
        let now = self.clock.now();
        let redeemed = invitations::redeem(&mut tx, short_name, sign_in, &issued.code, now)
            .await
            .unwrap();
        accounts::activate(&mut tx, &redeemed.account)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Someone at home in `unit` with an active account.
    pub async fn worker(&self, sign_in: &str, unit: UnitId) -> AccountId {
        let (account, issued) = self.invite(sign_in, unit).await;
        self.activate(sign_in, &issued).await;
        account.id
    }

    /// Someone active who administers `unit`, where she is also at home.
    pub async fn administrator_of(&self, sign_in: &str, unit: UnitId) -> Who {
        let account = self.worker(sign_in, unit).await;
        self.grant(account, Role::Administrator, unit)
            .await
            .unwrap();
        who(self.organisation.id, account)
    }

    pub async fn grant(
        &self,
        account: AccountId,
        role: Role,
        unit: UnitId,
    ) -> Result<roles::Granted, Problem> {
        let mut tx = self.write().await;
        let admin = self.administrator(&mut tx).await;
        let granted = roles::grant(&mut tx, &admin, &self.by(), (account, role), unit).await?;
        tx.commit().await?;
        Ok(granted)
    }

    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// How many entries the organisation's audit has.
    pub async fn entries(&self) -> i64 {
        let sql = "SELECT COUNT(*) FROM audit WHERE organisation = $1";
        let id = self.organisation.id;
        match &mut self.read().await {
            Tx::SqliteWrite(conn) => {
                sqlx::query_scalar(sql)
                    .bind(id)
                    .fetch_one(&mut **conn)
                    .await
            }
            Tx::SqliteRead(conn) => {
                sqlx::query_scalar(sql)
                    .bind(id)
                    .fetch_one(&mut **conn)
                    .await
            }
            Tx::Postgres(conn) => {
                sqlx::query_scalar(sql)
                    .bind(id)
                    .fetch_one(&mut **conn)
                    .await
            }
        }
        .unwrap()
    }
}

pub fn who(organisation: OrganisationId, account: AccountId) -> Who {
    Who {
        account,
        organisation,
        second_factor: true,
    }
}

pub fn person(sign_in: &str, unit: UnitId) -> NewPerson {
    NewPerson {
        name: Name::parse(&format!("Name of {sign_in}")).unwrap(),
        sign_in: SignInName::parse(sign_in).unwrap(),
        language: Language::parse("en").unwrap(),
        unit,
    }
}

/// The kind of a refusal.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Problem>) -> Kind {
    result.expect_err("a refusal").kind
}
