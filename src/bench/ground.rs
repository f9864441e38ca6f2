//! An installation for a bench: one organisation with teams, everyone with a vault made long
//! enough ago to be settled, and a quarterly plan with some waves behind it and one open. Through
//! the same functions as real use, except that nobody has a password.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Duration, Months, Utc};
use indicatif::ProgressBar;

use super::answers;
use super::house::{FILE, House, Worker};
use crate::app::App;
use crate::check_ins::choices::{self, Choices};
use crate::check_ins::plans::{self, NewPlan};
use crate::check_ins::waves::{self, Wave};
use crate::check_ins::{closing, consent, opening};
use crate::clock::Clock;
use crate::ids::UnitId;
use crate::people::permission::{Administrator, Role};
use crate::people::roles;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::store::{Opening, Store};
use crate::vault::{ServerKeys, Token};

/// What is asked.
pub const INSTRUMENT: &str = "cbi";
/// Days from the opening of a wave to its close.
const WINDOW_DAYS: u32 = 14;

/// Whether earlier waves were answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// All ballots are cast and counted.
    ByEveryone,
    /// Nothing was released of them.
    ByNobody,
}

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
    /// When the newest wave opens.
    pub newest: DateTime<Utc>,
}

/// How long the newest wave has been open when servers run: a while, or longer than its window, so
/// that the first server closes it.
#[derive(Clone, Copy, Debug)]
pub enum Newest {
    /// For eleven more days.
    StaysOpen,
    /// A day ago its time was over.
    Closes,
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
    /// An empty installation, so many quarters before its newest wave opens.
    pub async fn new(place: Place, quarters: u32, wave: Newest) -> anyhow::Result<Self> {
        let settings = place.settings();
        let store = Store::open(&settings.database, Opening::Migrate).await?;
        let key = settings.server_key_file();
        let keys = ServerKeys::create(&key).context("the server key cannot be made")?;
        let present = Clock::system().now();
        let open_for = match wave {
            Newest::StaysOpen => 3,
            Newest::Closes => i64::from(WINDOW_DAYS) + 1,
        };
        let newest = present - Duration::days(open_for);
        let first = opened(newest, quarters) - Duration::days(40);
        let clock = Clock::standing_at(first);
        let app = App::over(store, (settings, clock), keys).await?;
        Ok(Self {
            place,
            app,
            present,
            newest,
        })
    }

    /// The first of the people supervises the whole organisation.
    pub async fn supervisor(&self, house: &House) -> anyhow::Result<()> {
        let mut tx = self.app.store.write().await?;
        let admin = Administrator::of(&mut tx, house.administrator.who())
            .await
            .map_err(told)?;
        let grant = (house.people[0].account.id, Role::Supervisor);
        let root = UnitId::from(house.organisation);
        roles::grant(&mut tx, &admin, &self.app.seal(), grant, root)
            .await
            .map_err(told)?;
        Ok(tx.commit().await?)
    }

    /// A quarterly plan: so many waves go by, then the newest opens, which nobody has answered yet.
    pub async fn ask(
        &self,
        house: &House,
        (quarters, answered): (u32, Answered),
    ) -> anyhow::Result<Wave> {
        let app = &self.app;
        let plan = NewPlan {
            instrument: INSTRUMENT.to_owned(),
            form: None,
            every_months: 3,
            window_days: WINDOW_DAYS,
            languages: vec!["en".to_owned()],
            drafts: false,
            first_day: opened(self.newest, quarters).date_naive(),
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
            let now = opened(self.newest, back);
            app.clock.set(now);
            opening::open_due(app).await?;
            if back > 0 {
                if answered == Answered::ByEveryone {
                    let wave = self.latest(&admin).await?;
                    answers::everyone(app, &house.people, &wave, &ProgressBar::hidden()).await?;
                }
                app.clock
                    .set(now + Duration::days(i64::from(WINDOW_DAYS) + 1));
                closing::close_due(app).await?;
            }
        }
        app.clock.set(self.present);
        self.latest(&admin).await
    }

    /// The wave that is open.
    async fn latest(&self, admin: &Administrator) -> anyhow::Result<Wave> {
        let mut tx = self.app.store.read().await?;
        let waves = plans::waves(&mut tx, admin).await.map_err(told)?;
        let open = waves
            .into_iter()
            .find(|wave| wave.state == waves::State::Open);
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

/// When the wave so many quarters before the newest one opened.
fn opened(newest: DateTime<Utc>, quarters: u32) -> DateTime<Utc> {
    let day = newest.date_naive();
    let back = day.checked_sub_months(Months::new(3 * quarters));
    let noon = back.unwrap_or(day).and_hms_opt(12, 0, 0);
    noon.unwrap_or_default().and_utc()
}
