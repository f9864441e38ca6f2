//! An organisation for each role, so that what one role destroys is missed by no other: a team
//! whose numbers are published, a wave that is closed and one that is open, things to change and to
//! end, and accounts that may be lost. All of it is told to the program that makes the requests.

use serde_json::{Value, json};

use crate::support::TestStore;
use crate::support::app::{House, PASSWORD, Person, TestApp, cbi};

/// Who sends the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Nobody,
    Worker,
    Supervisor,
    Hr,
    Administrator,
    Coordinator,
    Facilitator,
    PeerSupporter,
    /// An access token with every scope, of somebody who administers and follows everything.
    Program,
}

impl Role {
    pub const ALL: [Self; 9] = [
        Self::Administrator,
        Self::Worker,
        Self::Supervisor,
        Self::Hr,
        Self::Coordinator,
        Self::Facilitator,
        Self::PeerSupporter,
        Self::Program,
        Self::Nobody,
    ];

    /// Short name of her organisation, and of her files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Worker => "worker",
            Self::Supervisor => "supervisor",
            Self::Hr => "hr",
            Self::Administrator => "administrator",
            Self::Coordinator => "coordinator",
            Self::Facilitator => "facilitator",
            Self::PeerSupporter => "peer-supporter",
            Self::Program => "program",
        }
    }

    /// So many addresses at least must have done what was asked, or the requests were too blind to
    /// prove anything.
    pub fn least(self) -> usize {
        match self {
            Self::Nobody => 3,
            Self::Program => 8,
            Self::Administrator => 25,
            _ => 15,
        }
    }

    /// What she is granted, as the API calls it.
    fn granted(self) -> &'static [&'static str] {
        match self {
            Self::Nobody | Self::Worker => &[],
            Self::Supervisor => &["supervisor"],
            Self::Hr => &["hr"],
            Self::Administrator => &["administrator"],
            Self::Coordinator => &["network"],
            Self::Facilitator => &["facilitator"],
            Self::PeerSupporter => &["peer-supporter"],
            Self::Program => &["administrator", "supervisor"],
        }
    }
}

/// The present of the world: its second wave has been open for eight hours.
pub const NOW: &str = "2026-05-02T13:00:00Z";
/// Accounts of each role that may be signed out, reset or erased.
const TO_LOSE: usize = 12;

/// Everything that is asked about, in one database.
pub struct World {
    pub app: TestApp,
    pub address: String,
    pub folder: std::path::PathBuf,
    people: Vec<(Role, House, Ground)>,
}

/// What an organisation consists of.
struct Ground {
    team: String,
    units: Vec<String>,
    actor: Person,
    mates: Vec<Person>,
    to_lose: Vec<Person>,
}

impl World {
    /// Makes all of it and lets time pass until the second wave is open.
    pub async fn prepare(store: TestStore) -> Self {
        let (address, folder) = (store.address.clone(), store.folder.path().to_owned());
        let app = TestApp::open(store).await;
        let mut people = Vec::new();
        for role in Role::ALL {
            let house = app.house(role.word()).await;
            let ground = Ground::prepare(&app, &house, role).await;
            people.push((role, house, ground));
        }
        app.at("2026-02-02T05:00:00Z").await;
        for (_, _, ground) in &people {
            ground.check_in(&app).await;
        }
        for instant in ["2026-02-16T05:00:00Z", "2026-05-02T05:00:00Z", NOW] {
            app.at(instant).await;
        }
        Self {
            app,
            address,
            folder,
            people,
        }
    }

    /// What is true of a role's organisation, for the program that makes the requests.
    pub async fn told(&self, role: Role) -> Value {
        let found = self.people.iter().find(|(one, ..)| *one == role);
        let (_, house, ground) = found.unwrap();
        let app = &self.app;
        let waves = app.get(&house.admin, "/waves").await.good();
        let waves = waves["waves"].as_array().unwrap().iter();
        let waves: Vec<&Value> = waves.map(|wave| &wave["id"]).collect();
        let consent = app.get(&ground.actor.token, "/me/consents/cbi").await;
        let (mut plans, mut invited, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..TO_LOSE {
            plans.push(ground.small_plan(app, house, number).await);
            invited.push(invited_to(app, house, &ground.team, number).await);
            tokens.push(access_token(app, &ground.actor.token, &["read-units"]).await["id"].take());
        }
        let ids = |people: &[Person]| -> Vec<String> {
            people.iter().map(|person| person.id.clone()).collect()
        };
        let others = [ids(&ground.mates), ids(&ground.to_lose)].concat();
        json!({
            "role": role.word(),
            "token": self.token(role, ground).await,
            "organisation": house.short_name,
            "password": PASSWORD,
            "actor": ground.actor.id,
            "people": others,
            "units": ground.units,
            "waves": waves,
            "plans": plans,
            "access_tokens": tokens,
            "consent": consent.good()["hash"],
            "sheet": cbi(50)["answers"],
            "invited": invited,
            "to_lose": ground.to_lose.iter().enumerate().map(|(number, person)| json!({
                "sign_in": format!("lost{}", number + 1),
                "token": if role == Role::Nobody { "" } else { &person.token },
                "recovery_code": person.recovery_code,
            })).collect::<Vec<_>>(),
        })
    }

    async fn token(&self, role: Role, ground: &Ground) -> String {
        match role {
            Role::Nobody => String::new(),
            Role::Program => {
                let scopes = ["read-units", "read-waves", "read-people", "read-audit"];
                let made = access_token(&self.app, &ground.actor.token, &scopes).await;
                made["token"].as_str().unwrap().to_owned()
            }
            _ => ground.actor.token.clone(),
        }
    }
}

impl Ground {
    async fn prepare(app: &TestApp, house: &House, role: Role) -> Self {
        let whole = &house.organisation;
        let site = app.unit(house, "site", "North", whole).await;
        let team = app.unit(house, "team", "Night", &site).await;
        let mut units = vec![whole.clone(), site.clone(), team.clone()];
        for number in 0..TO_LOSE {
            let name = format!("Team {number}");
            units.push(app.unit(house, "team", &name, &site).await);
        }
        let actor = app.person(house, "actor", &team).await;
        let mates = app.people(house, &team, "mate", 6).await;
        let to_lose = app.people(house, &team, "lost", TO_LOSE).await;
        for word in role.granted() {
            for person in [&actor].into_iter().chain(&to_lose) {
                app.grant(house, person, word, whole).await;
            }
        }
        app.plan(house, "2026-02-02").await;
        Self {
            team,
            units,
            actor,
            mates,
            to_lose,
        }
    }

    async fn check_in(&self, app: &TestApp) {
        for (person, value) in [&self.actor]
            .into_iter()
            .chain(&self.mates)
            .zip([0, 25, 50, 75, 100, 25, 50])
        {
            app.consent(&person.token, "cbi").await;
            let wave = app.open_wave(&person.token).await;
            app.check_in(person, &wave, value).await.good();
        }
    }

    /// A plan that has not begun, of a unit where nobody is.
    async fn small_plan(&self, app: &TestApp, house: &House, number: usize) -> Value {
        let body = json!({
            "instrument": "psi", "every_months": 3, "window_days": 7, "languages": ["en"],
            "first_day": "2026-12-01", "units": [self.units[3 + number]],
        });
        app.post(&house.admin, "/plans", body).await.good()["id"].take()
    }
}

/// Somebody with a code who has not come yet.
async fn invited_to(app: &TestApp, house: &House, unit: &str, number: usize) -> Value {
    let sign_in = format!("invited{number}");
    let body = json!({ "name": "Invited", "sign_in": sign_in, "unit": unit, "language": "en" });
    let mut invited = app.post(&house.admin, "/people", body).await.good();
    json!({ "sign_in": sign_in, "code": invited["code"].take(), "id": invited["id"].take() })
}

async fn access_token(app: &TestApp, token: &str, scopes: &[&str]) -> Value {
    let body = json!({ "name": "Report", "scopes": scopes, "days": 300 });
    app.post(token, "/me/access-tokens", body).await.good()
}
