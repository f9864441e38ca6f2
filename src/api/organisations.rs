//! The settings of an organisation, for who administers all of it.

use std::collections::BTreeMap;

use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::administrators::{Faults, changing, must_match, reading, version};
use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use super::sent::Sent;
use crate::app::App;
use crate::people::names::{self, Country, Name, Words, Zone};
use crate::people::organisations::{self, Organisation, Settings};
use crate::people::permission::Administrator;
use crate::problem::{Kind, Problem};
use crate::store::Tx;

/// The organisation.
pub struct OrganisationApi;

/// An organisation with its settings.
#[derive(Object)]
struct SettingsBody {
    /// Its id, also that of its own unit.
    id: Uuid,
    /// Its part of the address; cannot be changed.
    short_name: String,
    /// What it is called.
    name: String,
    /// Two capital letters (ISO 3166-1).
    country: String,
    /// IANA time zone.
    zone: String,
    /// The hour (0 to 23, in its zone) at which reminders go out.
    notification_hour: i64,
    /// Counts of fewer people are never released; at least 5. A change reaches later waves only.
    threshold: i64,
    /// Whether HR sees released rows; shown to every worker.
    hr_sees_units: bool,
    /// Whether roles with power need a second factor.
    second_factor_required: bool,
    /// Chosen words: language, then word, then choice.
    words: BTreeMap<String, BTreeMap<String, String>>,
}

/// What to change; what is left out stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SettingsPatch {
    /// What it is called.
    name: Option<String>,
    /// Two capital letters (ISO 3166-1).
    country: Option<String>,
    /// IANA time zone.
    zone: Option<String>,
    /// 0 to 23.
    notification_hour: Option<i64>,
    /// 5 to 100.
    threshold: Option<i64>,
    /// Whether HR sees released rows.
    hr_sees_units: Option<bool>,
    /// Whether roles with power need a second factor.
    second_factor_required: Option<bool>,
    /// All chosen words; replaces the earlier ones.
    words: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

#[OpenApi]
impl OrganisationApi {
    /// Your organisation and its settings.
    #[oai(path = "/organisation", method = "get")]
    async fn get(&self, app: Data<&App>, credentials: Credentials) -> Answer<SettingsBody> {
        let (mut tx, admin) = reading(&credentials, &app).await?;
        let body = hers(&mut tx, &admin).await?;
        let version = version(&body);
        Ok(Reply::Ok(Json(body), Some(version)))
    }

    /// Changes settings.
    #[oai(path = "/organisation", method = "patch")]
    async fn change(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The version that you have read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        to: Sent<SettingsPatch>,
    ) -> Answer<SettingsBody> {
        let (mut tx, admin) = changing(&credentials, &app).await?;
        must_match(if_match.0.as_deref(), &hers(&mut tx, &admin).await?)?;
        let to = to.0.parsed()?;
        let after = organisations::change(&mut tx, &admin, &app.seal(), to).await?;
        tx.commit().await?;
        let body = SettingsBody::from(after);
        let version = version(&body);
        Ok(Reply::Ok(Json(body), Some(version)))
    }
}

async fn hers(tx: &mut Tx, admin: &Administrator) -> Result<SettingsBody, Problem> {
    admin.must_cover_all()?;
    let organisation = organisations::find(tx, admin.who.organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    Ok(organisation.into())
}

impl SettingsPatch {
    fn parsed(self) -> Result<Settings, Problem> {
        let mut faults = Faults::default();
        let name = self.name.map(|name| Name::of_field("name", &name));
        let country = self.country.map(|text| Country::of_field("country", &text));
        let zone = self.zone.map(|text| Zone::of_field("zone", &text));
        let words = self.words.map(|given| {
            let given: Words = given
                .into_iter()
                .map(|(tag, choices)| (tag, choices.into_iter().collect()))
                .collect();
            names::words("words", &given)
        });
        let words = match words.transpose() {
            Ok(words) => words,
            Err(wrong) => {
                faults.add(wrong);
                None
            }
        };
        let settings = Settings {
            name: faults.keep_some(name),
            country: faults.keep_some(country),
            zone: faults.keep_some(zone),
            notification_hour: self.notification_hour,
            threshold: self.threshold,
            hr_sees_units: self.hr_sees_units,
            second_factor_required: self.second_factor_required,
            words,
        };
        faults.none_or(Some(settings))
    }
}

impl From<Organisation> for SettingsBody {
    fn from(organisation: Organisation) -> Self {
        let words = organisation.chosen_words().into_iter();
        Self {
            id: organisation.id.0,
            words: words
                .map(|(tag, choices)| (tag, choices.into_iter().collect()))
                .collect(),
            short_name: organisation.short_name,
            name: organisation.name,
            country: organisation.country,
            zone: organisation.zone,
            notification_hour: organisation.notification_hour,
            threshold: organisation.threshold,
            hr_sees_units: organisation.hr_sees_units,
            second_factor_required: organisation.second_factor_required,
        }
    }
}
