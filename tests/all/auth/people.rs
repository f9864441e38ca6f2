//! A small organisation and its people, for the tests of this folder.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use respite::audit::Seal;
use respite::auth::{Activated, Activation, Device, Entrance, NewSignIn, SignInAttempt, SignedIn};
use respite::clock::Clock;
use respite::ids::AccountId;
use respite::people::accounts::{self, NewPerson};
use respite::people::invitations;
use respite::people::names::{Country, Language, Name, ShortName, SignInName, Zone};
use respite::people::organisations::NewOrganisation;
use respite::people::permission::Administrator;
use respite::people::{First, first_administrator};
use respite::problem::{Kind, Problem};
use respite::settings::SignIn;
use respite::store::Store;
use respite::vault::{ActivationCode, RecoveryCode, ServerKeys};
use zeroize::Zeroizing;

use crate::support::TestStore;

/// Good enough for every account of these tests.
pub const PASSWORD: &str = "a lamp under the stairs";

/// One organisation named `haven`, whose administrator is `admin`.
pub struct Haven {
    pub store: Store,
    pub clock: Clock,
    pub keys: Arc<ServerKeys>,
    pub entrance: Entrance,
    pub admin: SignedIn,
    _folder: tempfile::TempDir,
}

/// Argon2 at the least cost that it allows; everything else as it is shipped.
pub fn quick() -> SignIn {
    SignIn {
        argon2_memory_kib: 8,
        argon2_passes: 1,
        ..SignIn::default()
    }
}

impl Haven {
    pub async fn build(test: TestStore) -> Self {
        let noon = DateTime::parse_from_rfc3339("2026-03-02T12:00:00Z").expect("an instant");
        let clock = Clock::standing_at(noon.with_timezone(&Utc));
        let keys = Arc::new(ServerKeys::from_bytes([7; 32]));
        let store = test.store;
        let entrance = Entrance::new(store.clone(), clock.clone(), keys.clone(), &quick());
        let code = first_code(&store, &keys, clock.now()).await;
        let activation = activation("admin", code);
        entrance
            .activate(&activation)
            .await
            .expect("the first vault");
        let new = entrance.sign_in(&attempt("admin", PASSWORD)).await;
        Self {
            admin: new.expect("the administrator signs in").signed_in,
            store,
            clock,
            keys,
            entrance,
            _folder: test.folder,
        }
    }

    pub fn seal(&self) -> Seal<'_> {
        Seal {
            keys: &self.keys,
            now: self.clock.now(),
        }
    }

    /// Invites somebody and gives her code.
    pub async fn invite(&self, sign_in: &str) -> (AccountId, ActivationCode) {
        let mut tx = self.store.write().await.expect("a transaction");
        let admin = Administrator::of(&mut tx, self.admin.who).await;
        let admin = admin.expect("an administrator");
        let new = NewPerson {
            name: Name::parse("Somebody").expect("a name"),
            sign_in: SignInName::parse(sign_in).expect("a sign-in name"),
            language: Language::parse("en").expect("a language"),
            unit: admin.who.organisation.into(),
        };
        let invited = accounts::invite(&mut tx, &admin, &self.seal(), &new).await;
        let (account, issued) = invited.expect("an invitation");
        tx.commit().await.expect("a commit");
        (account.id, issued.code)
    }

    /// Issues a code that resets somebody.
    pub async fn reset(&self, account: AccountId) -> ActivationCode {
        let mut tx = self.store.write().await.expect("a transaction");
        let admin = Administrator::of(&mut tx, self.admin.who).await;
        let admin = admin.expect("an administrator");
        let issued = invitations::reset(&mut tx, &admin, &self.seal(), account).await;
        tx.commit().await.expect("a commit");
        issued.expect("a reset code").code
    }

    /// Somebody with a vault under [`PASSWORD`], and its recovery code.
    pub async fn member(&self, sign_in: &str) -> (AccountId, RecoveryCode) {
        let (account, code) = self.invite(sign_in).await;
        let activated = self.entrance.activate(&activation(sign_in, code)).await;
        (account, activated.expect("a vault").recovery_code)
    }

    pub async fn activate(&self, activation: &Activation) -> Result<Activated, Problem> {
        self.entrance.activate(activation).await
    }

    /// Signs somebody in under [`PASSWORD`].
    pub async fn sign_in(&self, sign_in: &str) -> NewSignIn {
        let new = self.entrance.sign_in(&attempt(sign_in, PASSWORD)).await;
        new.expect("a sign-in")
    }

    /// What the token opens now, or why not.
    pub async fn at_the_door(&self, new: &NewSignIn) -> Result<SignedIn, Kind> {
        let known = self.entrance.authenticate(&new.token).await;
        known.map_err(|problem| problem.kind)
    }

    pub fn wait(&self, minutes: i64) {
        self.clock.advance(Duration::minutes(minutes));
    }
}

async fn first_code(store: &Store, keys: &ServerKeys, now: DateTime<Utc>) -> ActivationCode {
    let name = |text| Name::parse(text).expect("a name");
    let short_name = ShortName::parse("haven").expect("a short name");
    let first = First {
        organisation: short_name.clone(),
        make: Some(NewOrganisation {
            network: name("Network"),
            short_name,
            name: name("Haven"),
            country: Country::parse("ES").expect("a country"),
            zone: Zone::parse("Europe/Madrid").expect("a zone"),
            second_factor_required: false,
        }),
        sign_in: SignInName::parse("admin").expect("a sign-in name"),
        name: name("Admin"),
        language: Language::parse("en").expect("a language"),
    };
    let mut tx = store.write().await.expect("a transaction");
    let made = first_administrator(&mut tx, &Seal { keys, now }, &first).await;
    let (_, _, issued) = made.expect("the first administrator");
    tx.commit().await.expect("a commit");
    issued.code
}

pub fn activation(sign_in: &str, code: ActivationCode) -> Activation {
    Activation {
        organisation: "haven".to_owned(),
        sign_in: sign_in.to_owned(),
        code,
        password: Zeroizing::new(PASSWORD.to_owned()),
        from: None,
    }
}

pub fn attempt(sign_in: &str, password: &str) -> SignInAttempt {
    SignInAttempt {
        organisation: "haven".to_owned(),
        sign_in: sign_in.to_owned(),
        password: Zeroizing::new(password.to_owned()),
        code: None,
        device: Device::Shared,
        from: None,
    }
}

/// Why it was refused.
pub fn refused<T>(result: Result<T, Problem>) -> Kind {
    match result {
        Ok(_) => panic!("this should have been refused"),
        Err(problem) => problem.kind,
    }
}
