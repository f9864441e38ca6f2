//! The people of a demonstration: invited, activated and given roles as an administrator would.

use chrono::Duration;
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use zeroize::Zeroizing;

use super::{Calendar, Size, answers};
use crate::app::App;
use crate::auth::{Activation, Device, SignInAttempt, SignedIn};
use crate::check_ins::plans::{self, NewPlan};
use crate::ids::{AccountId, UnitId};
use crate::people::accounts::{self, NewPerson};
use crate::people::names::{Country, Language, Name, ShortName, SignInName, UnitName, Zone};
use crate::people::organisations::{NewOrganisation, Organisation};
use crate::people::permission::{Administrator, Role};
use crate::people::roles;
use crate::people::{First, first_administrator};

use crate::people::units::{self, NewUnit, UnitKind};
use crate::problem::{Kind, Problem};
use crate::vault::{ActivationCode, password};

/// One organisation of the demonstration.
pub struct House {
    /// Its row.
    pub organisation: Organisation,
    /// Who made everything in it.
    pub administrator: Person,
    /// Everyone else.
    pub people: Vec<Person>,
    /// Its teams and sites with their people.
    pub teams: Vec<Team>,
    /// The password of every account of it.
    pub password: String,
    /// Everyone who ever came, so that no two have one sign-in name.
    arrivals: usize,
}

/// A team.
pub struct Team {
    /// Its unit.
    pub unit: UnitId,
    /// The site above it.
    pub site: UnitId,
    /// Its name, with its site's.
    pub name: String,
    /// How its people usually feel, 0 to 100.
    pub level: f64,
    /// Whether it is the one that really rises.
    pub rises: bool,
}

/// Someone with a vault.
pub struct Person {
    /// Her account.
    pub account: AccountId,
    /// What she types to sign in.
    pub sign_in: String,
    /// Index of her team; `None` for those above the teams.
    pub team: Option<usize>,
    /// How she usually feels.
    pub level: f64,
    /// The roles she holds.
    pub roles: Vec<(Role, UnitId)>,
    /// Her sign-in with the keys to what is hers, as long as the story is told.
    pub signed_in: SignedIn,
}

const PLACES: [(&str, &str, &str, &str); 6] = [
    ("dawn", "Dawn Shelters", "KZ", "Asia/Almaty"),
    ("bridge", "Bridge Network", "KG", "Asia/Bishkek"),
    ("harbour", "Harbour House", "TJ", "Asia/Dushanbe"),
    ("meadow", "Meadow Refuge", "UZ", "Asia/Tashkent"),
    ("lantern", "Lantern Centre", "TM", "Asia/Ashgabat"),
    ("garden", "Garden Gate", "MD", "Europe/Chisinau"),
];
const SITES: [&str; 5] = [
    "North house",
    "South house",
    "City office",
    "Hill house",
    "River house",
];
const TEAMS: [&str; 4] = ["Day shift", "Night shift", "Casework", "Outreach"];
const GIVEN: [&str; 24] = [
    "Aida", "Bota", "Dinara", "Elmira", "Farida", "Gulnara", "Indira", "Jamilya", "Kamila",
    "Laura", "Madina", "Nargiza", "Oksana", "Perizat", "Rustam", "Saule", "Timur", "Umida", "Vera",
    "Yulia", "Zarina", "Askar", "Bakyt", "Daniyar",
];
const FAMILY: [&str; 20] = [
    "Abenova",
    "Bekova",
    "Chorieva",
    "Dosova",
    "Ergasheva",
    "Fedorova",
    "Ganieva",
    "Hamidova",
    "Isaeva",
    "Jumaeva",
    "Karimova",
    "Lim",
    "Mamedova",
    "Nazarova",
    "Orlova",
    "Petrova",
    "Rahimova",
    "Sultanova",
    "Tulegenova",
    "Usmanova",
];
/// Sites of each organisation in turn: twelve for three organisations.
const SITE_COUNTS: [usize; 3] = [5, 4, 3];

/// Makes the organisations with everyone in them, and their plans.
pub async fn found(
    app: &App,
    size: Size,
    (calendar, chance): (&Calendar, &mut StdRng),
) -> Result<Vec<House>, Problem> {
    let mut houses = Vec::new();
    for number in 0..size.organisations {
        let mut house = begin(app, number).await?;
        build(
            app,
            &mut house,
            SITE_COUNTS[number % SITE_COUNTS.len()],
            chance,
        )
        .await?;
        appoint(app, &mut house, chance).await?;
        if number == 0
            && let Some(team) = house.teams.iter_mut().find(|team| !team.name.is_empty())
        {
            team.rises = true;
        }
        ask(app, &house, size, calendar).await?;
        houses.push(house);
    }
    Ok(houses)
}

/// An organisation with its first administrator.
async fn begin(app: &App, number: usize) -> Result<House, Problem> {
    let (short, long, country, zone) = PLACES[number % PLACES.len()];
    let round = number / PLACES.len();
    let suffix = if round == 0 {
        String::new()
    } else {
        format!("{}", round + 1)
    };
    let short_name = parsed(ShortName::parse(&format!("{short}{suffix}")))?;
    let first = First {
        organisation: short_name.clone(),
        make: Some(NewOrganisation {
            network: parsed(Name::parse("Shelter network"))?,
            short_name,
            name: parsed(Name::parse(long))?,
            country: parsed(Country::parse(country))?,
            zone: parsed(Zone::parse(zone))?,
            second_factor_required: false,
        }),
        sign_in: parsed(SignInName::parse("admin"))?,
        name: parsed(Name::parse("Asel Administrator"))?,
        language: parsed(Language::parse("en"))?,
    };
    let mut tx = app.store.write().await?;
    let (organisation, account, issued) = first_administrator(&mut tx, &app.seal(), &first).await?;
    tx.commit().await?;
    let password = password::suggested_phrase();
    let signed_in = activate(app, (&organisation, &password), ("admin", issued.code)).await?;
    let root = UnitId::from(organisation.id);
    let administrator = Person {
        account,
        sign_in: "admin".to_owned(),
        team: None,
        level: 33.0,
        roles: vec![(Role::Administrator, root)],
        signed_in,
    };
    Ok(House {
        organisation,
        administrator,
        people: Vec::new(),
        teams: Vec::new(),
        password,
        arrivals: 0,
    })
}

/// Sites and teams of 4 to 25.
async fn build(
    app: &App,
    house: &mut House,
    sites: usize,
    chance: &mut StdRng,
) -> Result<(), Problem> {
    for site_name in SITES.iter().take(sites) {
        let root = UnitId::from(house.organisation.id);
        let site = open_unit(app, house, (root, UnitKind::Site, site_name)).await?;
        let teams = chance.random_range(2..=3);
        for team_name in TEAMS.iter().take(teams) {
            let unit = open_unit(app, house, (site, UnitKind::Team, team_name)).await?;
            let level = 33.0 + 4.0 * (chance.random::<f64>() * 2.0 - 1.0);
            let name = format!("{team_name}, {site_name}");
            house.teams.push(Team {
                unit,
                site,
                name,
                level,
                rises: false,
            });
            for _ in 0..team_size(chance) {
                let team = house.teams.len() - 1;
                join(app, house, team, chance).await?;
            }
        }
    }
    Ok(())
}

/// Most teams are small; a few have up to 25.
fn team_size(chance: &mut impl Rng) -> usize {
    if chance.random_bool(0.2) {
        chance.random_range(14..=25)
    } else {
        chance.random_range(4..=13)
    }
}

async fn open_unit(
    app: &App,
    house: &House,
    (parent, kind, name): (UnitId, UnitKind, &str),
) -> Result<UnitId, Problem> {
    let mut tx = app.store.write().await?;
    let administrator = Administrator::of(&mut tx, house.administrator.signed_in.who).await?;
    let new = NewUnit {
        parent,
        kind,
        name: parsed(UnitName::parse(name))?,
        successor_of: None,
    };
    let unit = units::open(&mut tx, &administrator, &app.seal(), new).await?;
    tx.commit().await?;
    Ok(unit.id)
}

/// Someone new in a team: invited, activated, her keys kept for the story.
pub async fn join(
    app: &App,
    house: &mut House,
    team: usize,
    chance: &mut StdRng,
) -> Result<(), Problem> {
    let (unit, level) = (house.teams[team].unit, house.teams[team].level);
    let mut person = arrive(app, house, unit, chance).await?;
    person.team = Some(team);
    person.level = answers::level(level, chance);
    house.people.push(person);
    Ok(())
}

async fn arrive(
    app: &App,
    house: &mut House,
    unit: UnitId,
    chance: &mut StdRng,
) -> Result<Person, Problem> {
    house.arrivals += 1;
    let given = GIVEN[chance.random_range(0..GIVEN.len())];
    let family = FAMILY[chance.random_range(0..FAMILY.len())];
    let sign_in = format!("{}{}", given.to_lowercase(), house.arrivals);
    let new = NewPerson {
        name: parsed(Name::parse(&format!("{given} {family}")))?,
        sign_in: parsed(SignInName::parse(&sign_in))?,
        language: parsed(Language::parse("en"))?,
        unit,
    };
    let mut tx = app.store.write().await?;
    let administrator = Administrator::of(&mut tx, house.administrator.signed_in.who).await?;
    let (account, issued) = accounts::invite(&mut tx, &administrator, &app.seal(), &new).await?;
    tx.commit().await?;
    let of = (&house.organisation, house.password.as_str());
    let signed_in = activate(app, of, (&sign_in, issued.code)).await?;
    let (team, roles) = (None, Vec::new());
    Ok(Person {
        account: account.id,
        sign_in,
        team,
        level: 33.0,
        roles,
        signed_in,
    })
}

async fn activate(
    app: &App,
    (organisation, password): (&Organisation, &str),
    (sign_in, code): (&str, ActivationCode),
) -> Result<SignedIn, Problem> {
    let activation = Activation {
        organisation: organisation.short_name.clone(),
        sign_in: sign_in.to_owned(),
        code,
        password: Zeroizing::new(password.to_owned()),
        from: None,
    };
    app.entrance.activate(&activation).await?;
    let attempt = SignInAttempt {
        organisation: organisation.short_name.clone(),
        sign_in: sign_in.to_owned(),
        password: Zeroizing::new(password.to_owned()),
        code: None,
        device: Device::Own,
        from: None,
    };
    Ok(app.entrance.sign_in(&attempt).await?.signed_in)
}

/// Someone for each role, above the teams; supervisors are counted at their site.
async fn appoint(app: &App, house: &mut House, chance: &mut StdRng) -> Result<(), Problem> {
    let root = UnitId::from(house.organisation.id);
    let mut sites: Vec<UnitId> = house.teams.iter().map(|team| team.site).collect();
    sites.dedup();
    let leads = sites.iter().map(|site| (*site, Role::Supervisor, *site));
    let office = [
        (root, Role::Hr, root),
        (root, Role::Facilitator, root),
        (root, Role::PeerSupporter, root),
        (root, Role::Network, root),
        (root, Role::Supervisor, root),
    ];
    for (home, role, unit) in leads.chain(office).collect::<Vec<_>>() {
        let mut person = arrive(app, house, home, chance).await?;
        let mut tx = app.store.write().await?;
        let administrator = Administrator::of(&mut tx, house.administrator.signed_in.who).await?;
        let grant = (person.account, role);
        roles::grant(&mut tx, &administrator, &app.seal(), grant, unit).await?;
        tx.commit().await?;
        person.roles.push((role, unit));
        house.people.push(person);
    }
    Ok(())
}

/// A quarterly plan of the burnout inventory and a monthly plan of the single item.
async fn ask(app: &App, house: &House, size: Size, calendar: &Calendar) -> Result<(), Problem> {
    let plan = |instrument: &str, every_months, window_days, first_day| NewPlan {
        instrument: instrument.to_owned(),
        form: None,
        every_months,
        window_days,
        languages: vec!["en".to_owned()],
        drafts: false,
        first_day,
        units: Vec::new(),
    };
    let mut plans = vec![plan("cbi", 3, 14, calendar.quarterly_from)];
    if size.monthly > 0 {
        plans.push(plan("burnout1", 1, 7, calendar.monthly_from));
    }
    let mut tx = app.store.write().await?;
    let administrator = Administrator::of(&mut tx, house.administrator.signed_in.who).await?;
    for plan in plans {
        plans::make(&mut tx, app, &administrator, plan).await?;
    }
    app.clock.advance(Duration::minutes(1));
    Ok(tx.commit().await?)
}

/// The names above are ours; one that is refused is a defect.
fn parsed<T, E: std::fmt::Display>(name: Result<T, E>) -> Result<T, Problem> {
    name.map_err(|wrong| {
        tracing::error!(%wrong, "a name of the demonstration is refused");
        Kind::Broken.into()
    })
}
