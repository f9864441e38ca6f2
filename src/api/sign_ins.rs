//! Coming in and going out: activation, sign-ins, recovery. None of these addresses tells whether
//! somebody with a name exists.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem::web::cookie::{Cookie, CookieJar, SameSite};
use poem_openapi::types::Password;
use poem_openapi::{Enum, Object, OpenApi};
use zeroize::Zeroizing;

use super::check_in_bodies::member;
use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::auth::{
    Activation, Device, LostAuthenticator, NewSignIn, Recovery, SignInAttempt, SignedIn,
};
use crate::check_ins::again;
use crate::ids::AccountId;
use crate::people::accounts;
use crate::people::invitations::Purpose;
use crate::people::names::Name;
use crate::problem::{Fault, Kind, Problem};
use crate::vault::password::suggested_phrase;
use crate::web::client::ClientAddress;
use crate::web::csrf::COOKIE;

/// Said once when an empty vault has been opened, and wherever the reset is shown.
pub(super) const WHAT_A_RESET_MEANS: &str = "Your vault was opened anew and is empty: nobody, not \
    even you, can read your earlier records with the new password. If you find your old recovery \
    code within 12 months, it brings them back. A check-in that you sent in an open wave before \
    the reset stays counted.";

/// A one-time code and a chosen password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ActivationBody {
    /// Short name of the organisation, as in its address.
    organisation: String,
    /// Sign-in name.
    sign_in: String,
    /// The one-time code; case, spaces and dashes do not matter.
    code: String,
    /// At least 10 characters.
    password: Password,
}

/// Shown once.
#[derive(Object)]
struct ActivatedBody {
    /// Opens the vault when the password is lost. Write it down: it is shown this once.
    recovery_code: String,
    /// 1 for a first vault; each reset gives the next.
    vault_number: i64,
    /// What a reset means; absent for a first vault.
    #[oai(skip_serializing_if_is_none)]
    notice: Option<String>,
}

/// A password to take or leave.
#[derive(Object)]
struct PasswordSuggestionBody {
    /// Four words.
    password: String,
}

/// Name and password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SignInBody {
    /// Short name of the organisation, as in its address.
    organisation: String,
    /// Sign-in name.
    sign_in: String,
    /// Password.
    password: Password,
    /// The present code of the second factor, if the account has one.
    second_factor: Option<String>,
    /// Whether others use this device: then the sign-in ends after minutes without use.
    #[oai(default = "shared")]
    shared_device: bool,
}

fn shared() -> bool {
    true
}

/// A sign-in that was just made.
#[derive(Object)]
pub(super) struct NewSignInBody {
    /// For `Authorization: Bearer`; browsers get it as a cookie too. Shown this once.
    token: String,
    /// What it is.
    #[oai(flatten)]
    sign_in: CurrentBody,
}

/// The sign-in of this request.
#[derive(Object)]
struct CurrentBody {
    /// For the header `X-Respite-CSRF` of changing requests that rest on the cookie.
    csrf: String,
    /// Since when.
    since: DateTime<Utc>,
    /// When it ends if nothing more is asked.
    ends_at: DateTime<Utc>,
    /// Whether others use this device.
    shared_device: bool,
    /// Whether a code of the second factor was shown.
    second_factor: bool,
    /// A reset of the last 30 days.
    #[oai(skip_serializing_if_is_none)]
    reset: Option<ResetBody>,
}

/// An empty vault was opened for her.
#[derive(Object)]
pub(super) struct ResetBody {
    /// When.
    at: DateTime<Utc>,
    /// Who issued the code; absent if it came from the command line or from someone who has gone.
    #[oai(skip_serializing_if_is_none)]
    by: Option<String>,
    /// What it means.
    notice: String,
}

/// The recovery code and a new password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RecoveryBody {
    /// Short name of the organisation, as in its address.
    organisation: String,
    /// Sign-in name.
    sign_in: String,
    /// The recovery code; case, spaces and dashes do not matter.
    recovery_code: String,
    /// The new password.
    password: Password,
    /// What is lost besides the password.
    #[oai(default)]
    lost: Lost,
}

/// What is lost besides the password.
#[derive(Clone, Copy, Default, Enum)]
#[oai(rename_all = "kebab-case")]
enum Lost {
    /// Nothing.
    #[default]
    Nothing,
    /// The phone with the second factor: it is taken off.
    Authenticator,
}

/// Activation, sign-ins, recovery.
pub struct SignInsApi;

#[OpenApi]
impl SignInsApi {
    /// Use a one-time code: makes the vault under a password of one's own
    #[oai(path = "/activations", method = "post")]
    async fn activate(
        &self,
        app: Data<&App>,
        from: ClientAddress,
        body: Sent<ActivationBody>,
    ) -> Answer<ActivatedBody> {
        let (organisation, sign_in) = names(&body.organisation, &body.sign_in)?;
        let activation = Activation {
            organisation,
            sign_in,
            code: body.code.parse().map_err(|_| Kind::Code)?,
            password: Zeroizing::new(body.0.password.0),
            from: from.0,
        };
        let activated = app.entrance.activate(&activation).await?;
        Ok(Reply::created(ActivatedBody {
            recovery_code: activated.recovery_code.to_string(),
            vault_number: activated.vault_number,
            notice: (activated.purpose == Purpose::Reset).then(|| WHAT_A_RESET_MEANS.to_owned()),
        }))
    }

    /// A password of four words to take or leave
    #[oai(path = "/password-suggestion", method = "get")]
    #[expect(clippy::unused_async, reason = "every handler is async")]
    async fn suggest(&self) -> Answer<PasswordSuggestionBody> {
        Ok(Reply::ok(PasswordSuggestionBody {
            password: suggested_phrase(),
        }))
    }

    /// Sign in on this device
    #[oai(path = "/sign-ins", method = "post")]
    async fn sign_in(
        &self,
        app: Data<&App>,
        from: ClientAddress,
        jar: &CookieJar,
        body: Sent<SignInBody>,
    ) -> Answer<NewSignInBody> {
        let (organisation, sign_in) = names(&body.organisation, &body.sign_in)?;
        let attempt = SignInAttempt {
            organisation,
            sign_in,
            device: if body.shared_device {
                Device::Shared
            } else {
                Device::Own
            },
            code: body.0.second_factor,
            password: Zeroizing::new(body.0.password.0),
            from: from.0,
        };
        let new = app.entrance.sign_in(&attempt).await?;
        again::cast_all(&app, &member(&new.signed_in)).await;
        Ok(Reply::created(hand_over(app.0, jar, new).await?))
    }

    /// The sign-in of this request
    #[oai(path = "/sign-ins/current", method = "get")]
    async fn current(&self, app: Data<&App>, credentials: Credentials) -> Answer<CurrentBody> {
        let viewer = credentials.viewer(&app).await?;
        Ok(Reply::ok(current(&app, &viewer).await?))
    }

    /// Sign out on this device
    #[oai(path = "/sign-ins/current", method = "delete")]
    async fn sign_out(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        credentials: Credentials,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        app.entrance.sign_out(&viewer.token).await?;
        jar.add(cookie(String::new(), Some(0)));
        Ok(done())
    }

    /// Sign out on every device
    #[oai(path = "/sign-ins", method = "delete")]
    async fn sign_out_everywhere(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        credentials: Credentials,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        app.entrance.sign_out_everywhere(&viewer).await?;
        jar.add(cookie(String::new(), Some(0)));
        Ok(done())
    }

    /// Set a new password with the recovery code; every sign-in ends
    #[oai(path = "/recoveries", method = "post")]
    async fn recover(
        &self,
        app: Data<&App>,
        from: ClientAddress,
        body: Sent<RecoveryBody>,
    ) -> Answer<Done> {
        let (organisation, sign_in) = names(&body.organisation, &body.sign_in)?;
        let recovery = Recovery {
            organisation,
            sign_in,
            recovery_code: body.recovery_code.parse().map_err(|_| Kind::WrongSignIn)?,
            lost_authenticator: match body.lost {
                Lost::Nothing => LostAuthenticator::No,
                Lost::Authenticator => LostAuthenticator::Yes,
            },
            password: Zeroizing::new(body.0.password.0),
            from: from.0,
        };
        app.entrance.recover(&recovery).await?;
        Ok(done())
    }
}

/// Both names as they are looked up: lines of at most 200 characters, in lower case.
fn names(organisation: &str, sign_in: &str) -> Result<(String, String), Problem> {
    let lower = |field, text| Name::of_field(field, text).map(|name| name.as_str().to_lowercase());
    match (
        lower("organisation", organisation),
        lower("sign_in", sign_in),
    ) {
        (Ok(organisation), Ok(sign_in)) => Ok((organisation, sign_in)),
        (organisation, sign_in) => {
            let faults: Vec<Fault> = [organisation, sign_in]
                .into_iter()
                .filter_map(Result::err)
                .collect();
            Err(Problem::invalid(faults))
        }
    }
}

/// Gives a new sign-in to the browser and to the program alike.
pub(super) async fn hand_over(
    app: &App,
    jar: &CookieJar,
    new: NewSignIn,
) -> Result<NewSignInBody, Problem> {
    // A shared device forgets with the browser window; an own one when the hours are over.
    let seconds = (new.signed_in.ends_at - app.clock.now())
        .num_seconds()
        .max(0);
    let lasts = match new.signed_in.device {
        Device::Shared => None,
        Device::Own => u64::try_from(seconds).ok(),
    };
    jar.add(cookie(new.token.to_string(), lasts));
    Ok(NewSignInBody {
        token: new.token.to_string(),
        sign_in: current(app, &new.signed_in).await?,
    })
}

async fn current(app: &App, viewer: &SignedIn) -> Result<CurrentBody, Problem> {
    Ok(CurrentBody {
        csrf: viewer.token.csrf(),
        since: viewer.since,
        ends_at: viewer.ends_at,
        shared_device: viewer.device == Device::Shared,
        second_factor: viewer.who.second_factor,
        reset: reset(app, viewer).await?,
    })
}

/// The notice about a reset that she did not necessarily ask for.
pub(super) async fn reset(app: &App, viewer: &SignedIn) -> Result<Option<ResetBody>, Problem> {
    let Some(reset) = viewer.reset else {
        return Ok(None);
    };
    Ok(Some(ResetBody {
        at: reset.at,
        by: match reset.by {
            Some(by) => name_of(app, viewer, by).await?,
            None => None,
        },
        notice: WHAT_A_RESET_MEANS.to_owned(),
    }))
}

async fn name_of(app: &App, viewer: &SignedIn, id: AccountId) -> Result<Option<String>, Problem> {
    let mut tx = app.store.read().await?;
    let found = accounts::find_in(&mut tx, viewer.who.organisation, id).await?;
    Ok(found.map(|account| account.name))
}

fn cookie(value: String, seconds: Option<u64>) -> Cookie {
    let mut cookie = Cookie::new_with_str(COOKIE, value);
    cookie.set_path("/");
    cookie.set_secure(true);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    if let Some(seconds) = seconds {
        cookie.set_max_age(std::time::Duration::from_secs(seconds));
    }
    cookie
}
