//! Organisations and networks. An organisation is made on the command line; its administrators
//! set the rest. Two organisations of one installation never see each other.

use chrono::{DateTime, Utc};

use super::names::{Country, Name, ShortName, Words, Zone};
use super::permission::Administrator;
use super::store;
use super::tree::{Unit, UnitKind};
use crate::audit::{self, Change, Seal};
use crate::ids::{NetworkId, OrganisationId};
use crate::notifications::OrganisationHours;
use crate::problem::{Fault, Kind, Problem};
use crate::store::{StoreError, Tx};

/// The smallest group whose numbers are ever released.
pub const LEAST_THRESHOLD: i64 = 5;
/// A larger threshold would publish nothing but whole organisations.
pub const MOST_THRESHOLD: i64 = 100;

/// One organisation with its settings.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Organisation {
    /// Also the id of the root unit of its tree.
    pub id: OrganisationId,
    /// The network that it belongs to.
    pub network: NetworkId,
    /// What the address carries: `/o/<short name>`; unique in the installation.
    pub short_name: String,
    /// What it is called.
    pub name: String,
    /// Two capital letters.
    pub country: String,
    /// IANA time zone.
    pub zone: String,
    /// The one hour (0..=23, in its zone) at which its reminders go out.
    pub notification_hour: i64,
    /// k: counts of fewer people are never released; a change reaches later waves only.
    pub threshold: i64,
    /// Whether HR sees released rows; shown to every worker.
    pub hr_sees_units: bool,
    /// Whether roles with power need a second factor.
    pub second_factor_required: bool,
    /// Chosen words, as JSON (see [`Words`]).
    pub words: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Organisation {
    /// What its letters need of it.
    #[must_use]
    pub fn hours(&self, sends_mail: bool) -> OrganisationHours {
        OrganisationHours {
            id: self.id,
            zone: self.zone.clone(),
            hour: u8::try_from(self.notification_hour).unwrap_or(9),
            sends_mail,
        }
    }

    /// Its choices of words; a damaged row counts as none.
    #[must_use]
    pub fn chosen_words(&self) -> Words {
        serde_json::from_str(&self.words).unwrap_or_default()
    }
}

/// An organisation to be made.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// The network's name; it is made if there is none of that name.
    pub network: Name,
    /// Unique in the installation.
    pub short_name: ShortName,
    /// What it is called.
    pub name: Name,
    /// Where it is.
    pub country: Country,
    /// Which clocks it follows.
    pub zone: Zone,
    /// Whether roles with power need a second factor.
    pub second_factor_required: bool,
}

/// What an administrator may change; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What it is called.
    pub name: Option<Name>,
    /// Where it is.
    pub country: Option<Country>,
    /// Which clocks it follows.
    pub zone: Option<Zone>,
    /// 0..=23, in its zone.
    pub notification_hour: Option<i64>,
    /// At least 5.
    pub threshold: Option<i64>,
    /// Whether HR sees released rows.
    pub hr_sees_units: Option<bool>,
    /// Whether roles with power need a second factor.
    pub second_factor_required: Option<bool>,
    /// All choices of words; replaces the earlier ones.
    pub words: Option<Words>,
}

/// One organisation.
pub async fn find(tx: &mut Tx, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    store::units::organisation(tx, id).await
}

/// The organisation whose address carries this short name.
pub async fn by_short_name(
    tx: &mut Tx,
    short_name: &str,
) -> Result<Option<Organisation>, StoreError> {
    store::units::organisation_named(tx, short_name).await
}

/// Every organisation of the installation: for jobs and the command line, never for a viewer.
pub async fn all(tx: &mut Tx) -> Result<Vec<Organisation>, StoreError> {
    store::units::organisations(tx).await
}

/// Makes an organisation with its root unit, and its network if there is none of that name.
pub async fn make(
    tx: &mut Tx,
    by: &Seal<'_>,
    new: &NewOrganisation,
) -> Result<Organisation, Problem> {
    if by_short_name(tx, new.short_name.as_str()).await?.is_some() {
        return Err(Problem::with(
            Kind::Taken,
            "An organisation of this installation has this short name.",
        ));
    }
    let organisation = Organisation {
        id: OrganisationId::new(),
        network: network_named(tx, &new.network).await?,
        short_name: new.short_name.to_string(),
        name: new.name.to_string(),
        country: new.country.to_string(),
        zone: new.zone.to_string(),
        notification_hour: 9,
        threshold: LEAST_THRESHOLD,
        hr_sees_units: false,
        second_factor_required: new.second_factor_required,
        words: "{}".to_owned(),
        created_at: by.now,
    };
    store::units::insert_organisation(tx, &organisation).await?;
    let root = Unit {
        organisation: organisation.id,
        id: organisation.id.into(),
        parent: None,
        kind: UnitKind::Organisation,
        name: organisation.name.clone(),
        successor_of: None,
        opened_at: by.now,
        closed_at: None,
    };
    store::units::insert(tx, &root).await?;
    audit::enter(tx, by, organisation.id, None, Change::OrganisationMade).await?;
    Ok(organisation)
}

async fn network_named(tx: &mut Tx, name: &Name) -> Result<NetworkId, StoreError> {
    let networks = store::units::networks(tx).await?;
    if let Some((id, _)) = networks.into_iter().find(|(_, is)| is == name.as_str()) {
        return Ok(id);
    }
    let id = NetworkId::new();
    store::units::insert_network(tx, id, name.as_str()).await?;
    Ok(id)
}

/// Changes settings of the administrator's own organisation.
pub async fn change(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    to: Settings,
) -> Result<Organisation, Problem> {
    admin.must_cover_all()?;
    check(&to)?;
    store::hold(tx, admin.who.organisation).await?;
    let before = find(tx, admin.who.organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    let (after, changed) = applied(&before, to);
    if changed.is_empty() {
        return Ok(after);
    }
    store::units::update_organisation(tx, &after).await?;
    if after.name != before.name {
        rename_root(tx, &after).await?;
    }
    let change = Change::SettingsChanged {
        settings: changed.into_iter().map(str::to_owned).collect(),
    };
    audit::enter(tx, by, after.id, Some(admin.who.account), change).await?;
    Ok(after)
}

/// The organisation and its own unit are one thing with one name.
async fn rename_root(tx: &mut Tx, to: &Organisation) -> Result<(), StoreError> {
    let tree = super::units::tree(tx, to.id).await?;
    let Some(root) = tree.find(to.id.into()) else {
        return Ok(());
    };
    let root = Unit {
        name: to.name.clone(),
        ..root.clone()
    };
    store::units::update(tx, &root).await
}

fn check(to: &Settings) -> Result<(), Problem> {
    let mut faults = Vec::new();
    if to
        .notification_hour
        .is_some_and(|hour| !(0..24).contains(&hour))
    {
        faults.push(Fault::new("notification_hour", "must be 0 to 23"));
    }
    let thresholds = LEAST_THRESHOLD..=MOST_THRESHOLD;
    if to.threshold.is_some_and(|k| !thresholds.contains(&k)) {
        faults.push(Fault::new("threshold", "must be 5 to 100"));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(faults))
    }
}

/// The organisation with its new settings, and the names of those that differ.
fn applied(before: &Organisation, to: Settings) -> (Organisation, Vec<&'static str>) {
    let mut after = before.clone();
    let mut changed = Vec::new();
    macro_rules! set {
        ($field:ident, $value:expr) => {
            if let Some(value) = $value
                && value != after.$field
            {
                after.$field = value;
                changed.push(stringify!($field));
            }
        };
    }
    set!(name, to.name.map(|name| name.to_string()));
    set!(country, to.country.map(|country| country.to_string()));
    set!(zone, to.zone.map(|zone| zone.to_string()));
    set!(notification_hour, to.notification_hour);
    set!(threshold, to.threshold);
    set!(hr_sees_units, to.hr_sees_units);
    set!(second_factor_required, to.second_factor_required);
    set!(
        words,
        to.words
            .map(|words| serde_json::to_string(&words).expect("a map of texts always is JSON"))
    );
    (after, changed)
}
