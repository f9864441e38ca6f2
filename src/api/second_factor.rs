//! The second factor of one's own account, on and off.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::web::Data;
use poem_openapi::types::Password;
use poem_openapi::{Object, OpenApi};

use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::problem::Problem;

/// The password again.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct EnrolBody {
    /// The present password.
    password: Password,
}

/// A secret that counts once a code made from it has been shown.
#[derive(Object)]
struct ProposalBody {
    /// Base 32, to type into an authenticator.
    secret: String,
    /// The same, to scan.
    otpauth_uri: String,
    /// Send it back with the first code.
    proposal: String,
}

/// The first code of a proposed secret.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ConfirmBody {
    /// As it was proposed.
    proposal: String,
    /// The present code.
    code: String,
}

/// Password and code: a stolen sign-in cannot take the second factor off.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RemoveBody {
    /// The present password.
    password: Password,
    /// The present code.
    code: String,
}

/// The second factor.
pub struct SecondFactorApi;

#[OpenApi]
impl SecondFactorApi {
    /// Propose a secret; nothing changes yet
    #[oai(path = "/me/second-factor", method = "post")]
    async fn propose(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<EnrolBody>,
    ) -> Answer<ProposalBody> {
        let viewer = credentials.viewer(&app).await?;
        let password = &body.password.0;
        let enrolment = app
            .entrance
            .propose_second_factor(&viewer, password)
            .await?;
        Ok(Reply::created(ProposalBody {
            secret: enrolment.secret.to_string(),
            otpauth_uri: enrolment.uri.to_string(),
            proposal: URL_SAFE_NO_PAD.encode(enrolment.proposal),
        }))
    }

    /// Turn it on with the first code
    #[oai(path = "/me/second-factor", method = "put")]
    async fn confirm(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<ConfirmBody>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let proposal = URL_SAFE_NO_PAD
            .decode(&body.proposal)
            .map_err(|_| Problem::field("proposal", "send it back as it was proposed"))?;
        app.entrance
            .confirm_second_factor(&viewer, proposal, &body.code)
            .await?;
        Ok(done())
    }

    /// Take it off, with the password and a code
    #[oai(path = "/me/second-factor", method = "delete")]
    async fn remove(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<RemoveBody>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        app.entrance
            .remove_second_factor(&viewer, &body.password.0, &body.code)
            .await?;
        Ok(done())
    }
}
