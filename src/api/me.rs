//! What somebody can see and change about her own account.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem::web::cookie::CookieJar;
use poem_openapi::types::Password;
use poem_openapi::{Object, OpenApi};

use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use super::sent::Sent;
use super::sign_ins::{NewSignInBody, ResetBody, hand_over, reset};
use crate::app::App;
use crate::auth::SignedIn;
use crate::people::names::Language;
use crate::people::{accounts, organisations, roles, units};
use crate::problem::{Kind, Problem};

/// Her account, as she sees it.
#[derive(Object)]
struct MeBody {
    /// What she is called.
    name: String,
    /// What she types to sign in.
    sign_in: String,
    /// Her organisation.
    organisation: OrganisationBody,
    /// Her home, where she is counted; absent for who has left.
    #[oai(skip_serializing_if_is_none)]
    unit: Option<UnitBody>,
    /// Her roles.
    roles: Vec<RoleBody>,
    /// `active`, or `left`: then only reading, exporting and erasing is possible.
    state: String,
    /// Until when the account stays, for who has left.
    #[oai(skip_serializing_if_is_none)]
    state_until: Option<DateTime<Utc>>,
    /// Language of her pages.
    language: String,
    /// Whether the account has a second factor.
    has_second_factor: bool,
    /// Whether this sign-in has shown it.
    second_factor: bool,
    /// When her vault was made, or opened anew.
    vault_since: DateTime<Utc>,
    /// 1 for a first vault; each reset gives the next.
    vault_number: i64,
    /// Earlier vaults whose records she can read again.
    recovered_vaults: u64,
    /// A reset of the last 30 days.
    #[oai(skip_serializing_if_is_none)]
    reset: Option<ResetBody>,
}

/// An organisation by its names.
#[derive(Object)]
struct OrganisationBody {
    /// Its part of the address.
    short_name: String,
    /// What it is called.
    name: String,
}

/// A unit by its name.
#[derive(Object)]
struct UnitBody {
    /// Its id.
    id: String,
    /// What it is called.
    name: String,
}

/// A role for a unit and everything below it.
#[derive(Object)]
struct RoleBody {
    /// `supervisor`, `hr`, `facilitator`, `peer-supporter`, `administrator` or `network`.
    role: String,
    /// For which unit.
    unit: UnitBody,
}

/// What she may change of her account herself.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MePatch {
    /// A language tag such as `en` or `pt-BR`.
    language: Option<String>,
}

/// The old and the new password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PasswordBody {
    /// The present password.
    old_password: Password,
    /// At least 10 characters.
    password: Password,
}

/// The password again, for what a stolen sign-in must not do.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ProofBody {
    /// The present password.
    password: Password,
}

/// Shown once.
#[derive(Object)]
struct RecoveryCodeBody {
    /// Opens the vault when the password is lost. The one before opens nothing any more.
    recovery_code: String,
}

/// The recovery code of a vault that was reset.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct FormerVaultBody {
    /// Case, spaces and dashes do not matter.
    recovery_code: String,
}

/// Her own account.
pub struct MeApi;

#[OpenApi]
impl MeApi {
    /// Her account
    #[oai(path = "/me", method = "get")]
    async fn me(&self, app: Data<&App>, credentials: Credentials) -> Answer<MeBody> {
        let viewer = credentials.viewer(&app).await?;
        Ok(Reply::ok(describe(&app, &viewer).await?))
    }

    /// Change the language of her pages
    #[oai(path = "/me", method = "patch")]
    async fn change(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<MePatch>,
    ) -> Answer<MeBody> {
        let viewer = credentials.viewer(&app).await?;
        viewer.must_be_active()?;
        if let Some(language) = &body.language {
            let language = Language::of_field("language", language)
                .map_err(|fault| Problem::invalid(vec![fault]))?;
            let mut tx = app.store.write().await?;
            accounts::choose_language(&mut tx, viewer.who.account, &language).await?;
            tx.commit().await?;
        }
        Ok(Reply::ok(describe(&app, &viewer).await?))
    }

    /// Change the password: every other sign-in ends, this one goes on under a new token
    #[oai(path = "/me/password", method = "put")]
    async fn change_password(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        credentials: Credentials,
        body: Sent<PasswordBody>,
    ) -> Answer<NewSignInBody> {
        let viewer = credentials.viewer(&app).await?;
        let (old, new) = (&body.old_password.0, &body.password.0);
        let new = app.entrance.change_password(&viewer, old, new).await?;
        Ok(Reply::ok(hand_over(app.0, jar, new).await?))
    }

    /// Make a new recovery code; the one before opens nothing any more
    #[oai(path = "/me/recovery-code", method = "post")]
    async fn renew_recovery_code(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<ProofBody>,
    ) -> Answer<RecoveryCodeBody> {
        let viewer = credentials.viewer(&app).await?;
        let code = app
            .entrance
            .renew_recovery_code(&viewer, &body.password.0)
            .await?;
        Ok(Reply::created(RecoveryCodeBody {
            recovery_code: code.to_string(),
        }))
    }

    /// Bring back the records of a vault that was reset, with its recovery code
    #[oai(path = "/me/recovered-vault", method = "post")]
    async fn recover_former_vault(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<FormerVaultBody>,
    ) -> Answer<MeBody> {
        let viewer = credentials.viewer(&app).await?;
        let code = body.recovery_code.parse().map_err(|_| Kind::Code)?;
        app.entrance.recover_former_vault(&viewer, &code).await?;
        let viewer = app.entrance.authenticate(&viewer.token).await?;
        Ok(Reply::ok(describe(&app, &viewer).await?))
    }
}

async fn describe(app: &App, viewer: &SignedIn) -> Result<MeBody, Problem> {
    let mut tx = app.store.read().await?;
    let (organisation, account) = (viewer.who.organisation, viewer.who.account);
    let account = accounts::find(&mut tx, account)
        .await?
        .ok_or(Kind::SignIn)?;
    let place = organisations::find(&mut tx, organisation).await?;
    let place = place.ok_or(Kind::SignIn)?;
    let tree = units::tree(&mut tx, organisation).await?;
    let held = roles::of_account(&mut tx, account.id).await?;
    drop(tx);
    let unit = |id| UnitBody {
        id: format!("{id}"),
        name: tree
            .find(id)
            .map(|unit| unit.name.clone())
            .unwrap_or_default(),
    };
    let held = held.iter().map(|held| RoleBody {
        role: held.role.word().to_owned(),
        unit: unit(held.unit),
    });
    Ok(MeBody {
        name: account.name,
        sign_in: account.sign_in,
        organisation: OrganisationBody {
            short_name: place.short_name,
            name: place.name,
        },
        unit: viewer.unit.map(unit),
        roles: held.collect(),
        state: viewer.state.word().to_owned(),
        state_until: account.state_until,
        language: account.language,
        has_second_factor: viewer.has_second_factor,
        second_factor: viewer.who.second_factor,
        vault_since: viewer.vault_since,
        vault_number: viewer.vault_number,
        recovered_vaults: viewer.keys.len().saturating_sub(1) as u64,
        reset: reset(app, viewer).await?,
    })
}
