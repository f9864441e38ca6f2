//! An installation for a bench: one organisation with teams, everyone with a vault made long
//! enough ago to be settled, and a quarterly plan with some waves behind it and one open. Through
//! the same functions as real use, except that nobody has a password.

use std::fmt::{Display, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Duration, Months, Utc};
use indicatif::ProgressBar;

use crate::app::App;
use crate::check_ins::casting::Vault;
use crate::check_ins::choices::{self, Choices};
use crate::check_ins::member::{Member, Standing};
use crate::check_ins::plans::{self, NewPlan};
use crate::check_ins::waves::Wave;
use crate::check_ins::{closing, consent, opening};
use crate::clock::Clock;
use crate::ids::{OrganisationId, UnitId};
use crate::people::accounts::{self, Account, State};
use crate::people::names::{Country, Language, Name, ShortName, SignInName, UnitName, Zone};
use crate::people::organisations::NewOrganisation;
use crate::people::permission::{Administrator, Who};
use crate::people::units::{self, NewUnit, UnitKind};
use crate::people::{First, first_administrator, import};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::store::{Opening, Store};
use crate::vault::{ServerKeys, Token, WorkerKey};

/// What is asked.
pub const INSTRUMENT: &str = "cbi";
/// People of one team.
pub const TEAM: usize = 20;
/// Teams of one site.
const SITE: usize = 10;
/// People invited by one file.
const FILE: usize = 1000;
/// Window of a wave, and how long the open one has been open.
const WINDOW_DAYS: u32 = 14;
const OPEN_FOR: Duration = Duration::days(3);

/// Where an installation lies.
#[derive(Clone, Debug)]
pub struct Place {
    /// `sqlite:FILE` or `postgres://…`.
    pub database: String,
    /// Server key and list of counted waves.
    pub folder: PathBuf,
}

/// An installation that is being filled. Its clock stands still.
pub struct Ground {
    pub place: Place,
    pub app: App,
    /// The real present, in which servers will run.
    pub present: DateTime<Utc>,
}

/// One organisation with its people.
pub struct House {
    pub organisation: OrganisationId,
    pub administrator: Worker,
    pub teams: Vec<UnitId>,
    pub people: Vec<Worker>,
}

/// Someone with a vault.
pub struct Worker {
    pub account: Account,
    pub key: WorkerKey,
    pub vault_since: DateTime<Utc>,
}

fn parsed<T, E: Display>(name: Result<T, E>) -> anyhow::Result<T> {
    name.map_err(|wrong| anyhow!("{wrong}"))
}

/// What is refused here is a defect of the bench or of the program, so it is told in words.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub fn told(problem: Problem) -> anyhow::Error {
    let faults: Vec<_> = problem
        .faults
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect();
    anyhow!("{} {}", problem.kind.title(), faults.join("; "))
}

impl Place {
    /// An embedded database in a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            database: format!("sqlite:{}", folder.join("respite.db").display()),
            folder: folder.to_owned(),
        }
    }

    pub fn settings(&self) -> Settings {
        Settings {
            database: self.database.clone(),
            state_dir: Some(self.folder.clone()),
            server_key_file: Some(self.folder.join("server.key")),
            ..Settings::default()
        }
    }
}

impl Ground {
    /// An empty installation, at a moment so many quarters before the present.
    pub async fn new(place: Place, quarters: u32) -> anyhow::Result<Self> {
        let settings = place.settings();
        let store = Store::open(&settings.database, Opening::Migrate).await?;
        let key = settings.server_key_file();
        let keys = ServerKeys::create(&key).context("the server key cannot be made")?;
        let present = Clock::system().now();
        let first = opened(present, quarters) - Duration::days(40);
        let clock = Clock::standing_at(first);
        let app = App::over(store, (settings, clock), keys).await?;
        Ok(Self {
            place,
            app,
            present,
        })
    }

    /// An organisation with so many people in teams.
    pub async fn found(
        &self,
        (number, people): (usize, usize),
        bar: &ProgressBar,
    ) -> anyhow::Result<House> {
        let (organisation, administrator) = self.begin(number).await?;
        let teams = self
            .build(&administrator, people.div_ceil(TEAM).max(1))
            .await?;
        let mut house = House {
            organisation,
            administrator,
            teams,
            people: Vec::with_capacity(people),
        };
        while house.people.len() < people {
            let more = FILE.min(people - house.people.len());
            self.join(&mut house, more).await?;
            bar.inc(more as u64);
        }
        Ok(house)
    }

    async fn begin(&self, number: usize) -> anyhow::Result<(OrganisationId, Worker)> {
        let app = &self.app;
        let short_name = parsed(ShortName::parse(&format!("place{number}")))?;
        let first = First {
            organisation: short_name.clone(),
            make: Some(NewOrganisation {
                network: parsed(Name::parse("Network"))?,
                short_name: short_name.clone(),
                name: parsed(Name::parse(&format!("Place {number}")))?,
                country: parsed(Country::parse("KZ"))?,
                zone: parsed(Zone::parse("Asia/Almaty"))?,
                second_factor_required: false,
            }),
            sign_in: parsed(SignInName::parse("admin"))?,
            name: parsed(Name::parse("Administrator"))?,
            language: parsed(Language::parse("en"))?,
        };
        let mut tx = app.store.write().await?;
        let made = first_administrator(&mut tx, &app.seal(), &first).await;
        let (organisation, account, _) = made.map_err(told)?;
        let account = accounts::find(&mut tx, account)
            .await?
            .context("the administrator was just made")?;
        let key = app.entrance.ready_made_vault(&mut tx, &account).await;
        let administrator = Worker {
            key: key.map_err(told)?,
            vault_since: app.clock.now(),
            account,
        };
        tx.commit().await?;
        Ok((organisation.id, administrator))
    }

    /// Sites and teams; one transaction a site.
    async fn build(&self, administrator: &Worker, teams: usize) -> anyhow::Result<Vec<UnitId>> {
        let app = &self.app;
        let mut units = Vec::with_capacity(teams);
        let root = UnitId::from(administrator.account.organisation);
        while units.len() < teams {
            let mut tx = app.store.write().await?;
            let admin = Administrator::of(&mut tx, administrator.who())
                .await
                .map_err(told)?;
            let site = format!("Site {}", units.len() / SITE + 1);
            let new = |parent, kind, name: &str| {
                Ok::<_, anyhow::Error>(NewUnit {
                    parent,
                    kind,
                    name: parsed(UnitName::parse(name))?,
                    successor_of: None,
                })
            };
            let site = units::open(
                &mut tx,
                &admin,
                &app.seal(),
                new(root, UnitKind::Site, &site)?,
            )
            .await
            .map_err(told)?;
            let admin = Administrator::of(&mut tx, administrator.who())
                .await
                .map_err(told)?;
            for team in 1..=SITE.min(teams - units.len()) {
                let new = new(site.id, UnitKind::Team, &format!("Team {team}"))?;
                let team = units::open(&mut tx, &admin, &app.seal(), new)
                    .await
                    .map_err(told)?;
                units.push(team.id);
            }
            tx.commit().await?;
        }
        Ok(units)
    }

    /// More people, spread over the teams in order, with vaults.
    async fn join(&self, house: &mut House, more: usize) -> anyhow::Result<()> {
        let app = &self.app;
        let begun = house.people.len();
        let mut file = "name,sign_in,unit,language\n".to_owned();
        for number in begun..begun + more {
            let unit = house.teams[(number / TEAM).min(house.teams.len() - 1)];
            // Writing to a String cannot fail.
            let _ = writeln!(file, "Worker {number},worker{number},{unit},en");
        }
        let mut tx = app.store.write().await?;
        let admin = Administrator::of(&mut tx, house.administrator.who())
            .await
            .map_err(told)?;
        let invited = import::apply(&mut tx, &admin, &app.seal(), file.as_bytes())
            .await
            .map_err(told)?;
        for person in invited {
            let account = Account {
                organisation: house.organisation,
                id: person.account,
                sign_in: person.sign_in,
                name: person.name,
                language: "en".to_owned(),
                state: State::Invited,
                state_until: None,
                state_reason: None,
            };
            let key = app.entrance.ready_made_vault(&mut tx, &account).await;
            house.people.push(Worker {
                account,
                key: key.map_err(told)?,
                vault_since: app.clock.now(),
            });
        }
        Ok(tx.commit().await?)
    }

    /// A quarterly plan: so many waves go by that nobody answers; one is open in the present.
    pub async fn ask(&self, house: &House, quarters: u32) -> anyhow::Result<Wave> {
        let app = &self.app;
        let plan = NewPlan {
            instrument: INSTRUMENT.to_owned(),
            form: None,
            every_months: 3,
            window_days: WINDOW_DAYS,
            languages: vec!["en".to_owned()],
            drafts: false,
            first_day: opened(self.present, quarters).date_naive(),
            units: Vec::new(),
        };
        let mut tx = app.store.write().await?;
        let admin = Administrator::of(&mut tx, house.administrator.who())
            .await
            .map_err(told)?;
        plans::make(&mut tx, app, &admin, plan)
            .await
            .map_err(told)?;
        tx.commit().await?;
        for back in (0..=quarters).rev() {
            let now = opened(self.present, back);
            app.clock.set(now);
            opening::open_due(app).await?;
            if back > 0 {
                app.clock
                    .set(now + Duration::days(i64::from(WINDOW_DAYS) + 1));
                closing::close_due(app).await?;
            }
        }
        app.clock.set(self.present);
        let mut tx = app.store.read().await?;
        let waves = plans::waves(&mut tx, &admin).await.map_err(told)?;
        let open = waves.into_iter().find(|wave| wave.is_open(self.present));
        open.context("no wave is open")
    }

    /// Signs people in, who consent to what is asked; their tokens in the same order.
    pub async fn sign_in(
        &self,
        people: &[Worker],
        bar: &ProgressBar,
    ) -> anyhow::Result<Vec<Token>> {
        let app = &self.app;
        let instrument = app.catalogue.find(INSTRUMENT).context("no instrument")?;
        let consents = [(INSTRUMENT.to_owned(), consent::Text::of(instrument).proof())];
        let chosen = Choices {
            consents: consents.into(),
            ..Choices::default()
        };
        // A used sign-in is written again once a minute; here nobody's is due.
        let seen_at = self.present + Duration::hours(2);
        let mut tokens = Vec::with_capacity(people.len());
        for some in people.chunks(FILE) {
            let mut tx = app.store.write().await?;
            for worker in some {
                let key = (&worker.account, &worker.key);
                let token = app.entrance.ready_made_sign_in(&mut tx, key, seen_at).await;
                tokens.push(token.map_err(told)?);
                choices::write(&mut tx, &worker.member(), &chosen)
                    .await
                    .map_err(told)?;
            }
            tx.commit().await?;
            bar.inc(some.len() as u64);
        }
        Ok(tokens)
    }

    /// Nobody uses the database any more, and everything is in its file.
    pub async fn leave(self) -> anyhow::Result<Place> {
        self.app.store.empty_log().await?;
        self.app.store.close().await;
        Ok(self.place)
    }
}

impl Worker {
    pub fn who(&self) -> Who {
        Who {
            account: self.account.id,
            organisation: self.account.organisation,
            second_factor: false,
        }
    }

    pub fn member(&self) -> Member<'_> {
        Member {
            who: self.who(),
            keys: std::slice::from_ref(&self.key),
            vault: Vault {
                number: 1,
                since: self.vault_since,
            },
            standing: Standing::Active,
        }
    }
}

/// When the wave so many quarters before the open one opened: a little after midnight there.
fn opened(present: DateTime<Utc>, quarters: u32) -> DateTime<Utc> {
    let day = (present - OPEN_FOR).date_naive();
    let back = day.checked_sub_months(Months::new(3 * quarters));
    let noon = back
        .unwrap_or(day)
        .and_hms_opt(12, 0, 0)
        .unwrap_or_default();
    noon.and_utc()
}
