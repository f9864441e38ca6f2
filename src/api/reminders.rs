//! Whether she gets letters, and where: her own choice. The whole address is never shown again.

use poem::web::Data;
use poem_openapi::{Object, OpenApi};

use super::administrators::Faults;
use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::auth::SignedIn;
use crate::notifications::reminders::{self, Choice, Reminders, Wish};
use crate::notifications::{Address, letters};
use crate::people::accounts;
use crate::people::names::Language;
use crate::problem::{Fault, Kind, Problem};

/// Her reminders.
#[derive(Object)]
#[oai(rename = "Reminders")]
struct RemindersBody {
    /// Whether this installation sends mail at all.
    sends_mail: bool,
    /// `a…@example.org`: enough to know it by. Absent if she has named none.
    #[oai(skip_serializing_if_is_none)]
    address: Option<String>,
    /// Whether the code that was sent to it has been entered; before that nothing else is sent.
    confirmed: bool,
    /// `none` or `email`.
    channel: String,
    /// Whether her letters come at 8 in the morning after.
    quiet_hours: bool,
    /// Language of her letters; English where there are none in it.
    language: String,
    /// The languages that there are letters in.
    languages: Vec<String>,
}

/// What she wants.
#[derive(Object)]
#[oai(rename = "RemindersWish", deny_unknown_fields)]
struct WishBody {
    /// A new address: a code is sent to it. The one that is there stays if left out.
    #[oai(validator(max_length = 254))]
    address: Option<String>,
    /// `none` or `email`.
    #[oai(validator(max_length = 16))]
    channel: String,
    /// Whether her letters come at 8 in the morning after.
    quiet_hours: bool,
    /// A language tag such as `en`; the language of her pages if left out.
    language: Option<String>,
}

/// The six digits of the mail.
#[derive(Object)]
#[oai(rename = "AddressConfirmation", deny_unknown_fields)]
struct ConfirmationBody {
    /// Spaces do not matter.
    #[oai(validator(max_length = 32))]
    code: String,
}

/// Reminders by e-mail.
pub struct RemindersApi;

#[OpenApi]
impl RemindersApi {
    /// Whether she gets letters, and where
    #[oai(path = "/me/reminders", method = "get")]
    async fn get(&self, app: Data<&App>, credentials: Credentials) -> Answer<RemindersBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.read().await?;
        let account = viewer.who.account;
        let found = reminders::of(&mut tx, &app.keys, account).await?;
        let known = accounts::find(&mut tx, account)
            .await?
            .ok_or(Kind::SignIn)?;
        Ok(Reply::ok(body(&app, found, known.language)))
    }

    /// Choose whether and where she gets letters; a new address gets a mail with a code
    #[oai(path = "/me/reminders", method = "put")]
    async fn choose(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wish: Sent<WishBody>,
    ) -> Answer<RemindersBody> {
        let viewer = credentials.viewer(&app).await?;
        viewer.must_be_active()?;
        if !app.settings.sends_mail() {
            let detail = "This installation sends no mail. Its operator can set it up.";
            return Err(Problem::with(Kind::NotNow, detail).into());
        }
        let wish = self::wish(&app, &viewer, &wish).await?;
        if wish.address.is_some() {
            app.entrance
                .limits()
                .admit_letter(viewer.who.account)
                .await?;
        }
        let whose = (viewer.who.organisation, viewer.who.account);
        let mut tx = app.store.write().await?;
        let now = app.clock.now();
        let chosen = reminders::choose(&mut tx, &app.keys, whose, &wish, now).await?;
        tx.commit().await?;
        Ok(Reply::ok(body(&app, Some(chosen), wish.language)))
    }

    /// Confirm the address with the code of the mail
    #[oai(path = "/me/reminders/confirmation", method = "post")]
    async fn confirm(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        confirmation: Sent<ConfirmationBody>,
    ) -> Answer<RemindersBody> {
        let viewer = credentials.viewer(&app).await?;
        viewer.must_be_active()?;
        let account = viewer.who.account;
        let mut tx = app.store.write().await?;
        reminders::take_try(&mut tx, account, app.clock.now()).await?;
        tx.commit().await?;
        let mut tx = app.store.write().await?;
        let code = &confirmation.code;
        let confirmed = reminders::confirm(&mut tx, &app.keys, account, code).await?;
        tx.commit().await?;
        let language = confirmed.language.clone();
        Ok(Reply::ok(body(&app, Some(confirmed), language)))
    }

    /// Forget her address and stop every letter
    #[oai(path = "/me/reminders", method = "delete")]
    async fn forget(&self, app: Data<&App>, credentials: Credentials) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.write().await?;
        reminders::forget(&mut tx, viewer.who.account).await?;
        tx.commit().await?;
        Ok(done())
    }
}

async fn wish(app: &App, viewer: &SignedIn, sent: &WishBody) -> Result<Wish, Problem> {
    let mut faults = Faults::default();
    let address = sent
        .address
        .as_deref()
        .map(|text| Address::parse(text).map_err(|wrong| Fault::new("address", wrong)));
    let address = faults.keep_some(address);
    let choice = Choice::from_word(&sent.channel)
        .ok_or_else(|| Fault::new("channel", "must be 'none' or 'email'"));
    let choice = faults.keep(choice);
    let language = if let Some(text) = &sent.language {
        let language = faults.keep(Language::of_field("language", text));
        language.map(|language| language.to_string())
    } else {
        let mut tx = app.store.read().await?;
        let account = accounts::find(&mut tx, viewer.who.account).await?;
        account.map(|account| account.language)
    };
    let whole = choice.zip(language).map(|(choice, language)| Wish {
        address,
        choice,
        quiet_hours: sent.quiet_hours,
        language,
    });
    faults.none_or(whole)
}

fn body(app: &App, found: Option<Reminders>, language: String) -> RemindersBody {
    let languages = letters::languages().map(str::to_owned).collect();
    let sends_mail = app.settings.sends_mail();
    match found {
        Some(found) => RemindersBody {
            sends_mail,
            address: Some(found.address),
            confirmed: found.confirmed,
            channel: found.choice.word().to_owned(),
            quiet_hours: found.quiet_hours,
            language: found.language,
            languages,
        },
        None => RemindersBody {
            sends_mail,
            address: None,
            confirmed: false,
            channel: Choice::None.word().to_owned(),
            quiet_hours: false,
            language,
            languages,
        },
    }
}
