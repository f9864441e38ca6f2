//! What a request shows to come in: a sign-in, as bearer token or cookie, or an access token of
//! another program.

use poem_openapi::SecurityScheme;
use poem_openapi::auth::{ApiKey, Bearer};

use crate::app::App;
use crate::auth::SignedIn;
use crate::auth::access_tokens::{AccessToken, Scope};
use crate::people::permission::Who;
use crate::problem::{Kind, Problem};

/// The token of a sign-in, or an access token.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "bearer")]
pub struct BearerToken(Bearer);

/// The cookie of a sign-in. Changing requests need the header `X-Respite-CSRF` with it.
#[derive(SecurityScheme)]
#[oai(
    ty = "api_key",
    key_name = "__Host-respite",
    key_in = "cookie",
    rename = "cookie"
)]
pub struct CookieToken(ApiKey);

/// Either of the two. A request with both is judged by its bearer token alone.
#[derive(SecurityScheme)]
pub enum Credentials {
    /// Programs.
    Bearer(BearerToken),
    /// Browsers.
    Cookie(CookieToken),
}

impl Credentials {
    /// Who is signed in. An access token is refused: it opens no vault.
    pub async fn viewer(&self, app: &App) -> Result<SignedIn, Problem> {
        let token = self.text().parse().map_err(|_| Kind::SignIn)?;
        app.entrance.authenticate(&token).await
    }

    /// Who may read what needs no vault: somebody signed in, or a program with this scope.
    pub async fn reader(&self, app: &App, scope: Scope) -> Result<Who, Problem> {
        match self.text().parse::<AccessToken>() {
            Ok(token) => app.entrance.authenticate_program(&token, scope).await,
            Err(_) => Ok(self.viewer(app).await?.who),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Bearer(BearerToken(bearer)) => &bearer.token,
            Self::Cookie(CookieToken(cookie)) => &cookie.key,
        }
    }
}
