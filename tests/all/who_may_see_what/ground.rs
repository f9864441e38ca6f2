//! An organisation with everyone in it who can ask for something, and another one beside it.

use poem::http::Method;
use respite::ids::LetterId;
use respite::store::Tx;
use serde_json::json;

use crate::support::TestStore;
use crate::support::app::{Person, TestApp};
use crate::support::run_sql;
use crate::support::wire::{Request, Wire};

/// Who asks; the columns of the table, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Nobody,
    Worker,
    SupervisorHere,
    SupervisorElsewhere,
    HrOff,
    HrOn,
    Facilitator,
    PeerSupporter,
    Administrator,
    AdministratorHere,
    AdministratorElsewhere,
    Network,
    OtherAdministrator,
    Left,
    Program,
    NarrowProgram,
}

impl Asker {
    pub const ALL: [Self; 16] = [
        Self::Nobody,
        Self::Worker,
        Self::SupervisorHere,
        Self::SupervisorElsewhere,
        Self::HrOff,
        Self::HrOn,
        Self::Facilitator,
        Self::PeerSupporter,
        Self::Administrator,
        Self::AdministratorHere,
        Self::AdministratorElsewhere,
        Self::Network,
        Self::OtherAdministrator,
        Self::Left,
        Self::Program,
        Self::NarrowProgram,
    ];

    /// Her sign-in name, for those who can sign in.
    fn sign_in(self) -> Option<(&'static str, &'static str)> {
        let (house, name) = match self {
            Self::Nobody | Self::Program | Self::NarrowProgram => return None,
            Self::Worker => ("ours", "worker"),
            Self::SupervisorHere => ("ours", "lead-here"),
            Self::SupervisorElsewhere => ("ours", "lead-elsewhere"),
            Self::HrOff => ("ours", "hr"),
            Self::HrOn => ("ours", "hr-who-sees"),
            Self::Facilitator => ("ours", "facilitator"),
            Self::PeerSupporter => ("ours", "peer"),
            Self::Administrator => ("ours", "admin"),
            Self::AdministratorHere => ("ours", "admin-here"),
            Self::AdministratorElsewhere => ("ours", "admin-elsewhere"),
            Self::Network => ("ours", "network"),
            Self::OtherAdministrator => ("theirs", "admin"),
            Self::Left => ("ours", "left"),
        };
        Some((house, name))
    }
}

/// The ground on which every question is asked.
pub struct Ground {
    app: TestApp,
    pub wire: Wire,
    /// A site that the administrator and the supervisor "here" have, and a team in it.
    pub site: String,
    pub team: String,
    pub open_wave: String,
    pub closed_wave: String,
    /// Administers and follows the whole organisation; the programs are hers.
    director: Person,
    worker: Person,
    organisation: String,
    tokens: Vec<(Asker, String)>,
    many: u32,
}

/// An open alert about the team "here". Its id is that of the closed wave.
const ALERT: &str = "INSERT INTO alerts (organisation, id, plan, unit, status, opened_wave,
        latest_wave, opened_at, changed_at, follow_up_told, version)
    SELECT waves.organisation, waves.id, waves.plan, units.id, 'elevated', waves.id, waves.id,
        waves.closes_at, waves.closes_at, FALSE, 1
    FROM waves JOIN units ON units.organisation = waves.organisation AND units.name = 'Night'
    WHERE waves.state = 'closed'";

impl Ground {
    pub async fn prepare(store: TestStore) -> Self {
        let app = TestApp::open(store).await;
        let (ours, _) = (app.house("ours").await, app.house("theirs").await);
        let site = app.unit(&ours, "site", "North", &ours.organisation).await;
        let south = app.unit(&ours, "site", "South", &ours.organisation).await;
        let team = app.unit(&ours, "team", "Night", &site).await;
        let whole = &ours.organisation;
        let worker = app.person(&ours, "worker", &team).await;
        let director = app.person(&ours, "director", whole).await;
        let left = app.person(&ours, "left", &team).await;
        for role in ["administrator", "supervisor"] {
            app.grant(&ours, &director, role, whole).await;
        }
        for (name, role, over) in [
            ("lead-here", "supervisor", &team),
            ("lead-elsewhere", "supervisor", &south),
            ("hr", "hr", whole),
            ("hr-who-sees", "hr", whole),
            ("facilitator", "facilitator", whole),
            ("peer", "peer-supporter", whole),
            ("admin-here", "administrator", &site),
            ("admin-elsewhere", "administrator", &south),
            ("network", "network", whole),
        ] {
            let person = app.person(&ours, name, &team).await;
            app.grant(&ours, &person, role, over).await;
        }
        app.plan(&ours, "2026-02-02").await;
        for instant in ["2026-02-02", "2026-02-16", "2026-05-02"] {
            app.at(&format!("{instant}T05:00:00Z")).await;
        }
        run_sql(&app, ALERT).await;
        let path = format!("/people/{}/departure", left.id);
        app.post(&ours.admin, &path, json!({})).await.good();
        let waves = app.get(&ours.admin, "/waves").await.good();
        let wave = |number: i64| {
            let waves = waves["waves"].as_array().unwrap().iter();
            let found = waves.clone().find(|wave| wave["number"] == number).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        let mut ground = Self {
            wire: Wire::to(&app),
            open_wave: wave(2),
            closed_wave: wave(1),
            tokens: Vec::new(),
            many: 0,
            organisation: whole.clone(),
            app,
            site,
            team,
            director,
            worker,
        };
        for asker in Asker::ALL {
            let token = ground.new_token(asker).await;
            ground.tokens.push((asker, token));
        }
        ground
    }

    /// What she shows.
    pub fn token(&self, asker: Asker) -> &str {
        let found = self.tokens.iter().find(|(one, _)| *one == asker);
        found.map_or("", |(_, token)| token)
    }

    /// A new sign-in or access token.
    pub async fn new_token(&self, asker: Asker) -> String {
        let scopes = match asker {
            Asker::Nobody => return String::new(),
            Asker::Program => json!(["read-units", "read-waves", "read-people", "read-audit"]),
            Asker::NarrowProgram => json!(["read-waves"]),
            _ => {
                let (house, name) = asker.sign_in().unwrap();
                return self.app.sign_in(house, name).await;
            }
        };
        let body = json!({ "name": "Report", "scopes": scopes, "days": 300 });
        let path = "/me/access-tokens";
        let made = self.app.post(&self.director.token, path, body).await.good();
        made["token"].as_str().unwrap().to_owned()
    }

    /// What the setting is while she asks.
    pub async fn let_hr_see(&self, asker: Asker) {
        let body = json!({ "hr_sees_units": asker == Asker::HrOn });
        let request = Request::new(Method::PATCH, "/api/v1/organisation");
        let request = request.bearer(&self.director.token).json(&body);
        let answer = self.wire.send(&request).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }

    /// A number that was not there before.
    pub fn next(&mut self) -> u32 {
        self.many += 1;
        self.many
    }

    /// Somebody new in the team, invited.
    pub async fn somebody(&mut self) -> String {
        let sign_in = format!("new-{}", self.next());
        let body = json!({
            "name": "New", "sign_in": sign_in, "unit": self.team, "language": "en",
        });
        self.made("/people", body).await
    }

    /// An empty team of the site.
    pub async fn empty_team(&mut self) -> String {
        let name = format!("Team {}", self.next());
        let body = json!({ "kind": "team", "name": name, "parent": self.site });
        self.made("/units", body).await
    }

    /// A plan of an empty team.
    pub async fn small_plan(&mut self) -> String {
        let team = self.empty_team().await;
        let body = json!({
            "instrument": "psi", "every_months": 3, "window_days": 7, "languages": ["en"],
            "first_day": "2026-12-01", "units": [team],
        });
        self.made("/plans", body).await
    }

    /// The role that is to be taken away.
    pub async fn grant_role(&self, ids: &[(&str, String)]) {
        let mut path = "/people/{id}/roles/{role}/{unit}".to_owned();
        for (name, id) in ids {
            path = path.replace(name, id);
        }
        let granted = self.app.put(&self.director.token, &path, json!({})).await;
        granted.good();
    }

    /// An access token of the worker's.
    pub async fn worker_token(&self) -> String {
        let body = json!({ "name": "Mine", "scopes": ["read-units"], "days": 1 });
        let path = "/me/access-tokens";
        let made = self.app.post(&self.worker.token, path, body).await;
        made.good()["id"].as_str().unwrap().to_owned()
    }

    /// A webhook that has not ended.
    pub async fn webhook(&self) -> String {
        let list = self.app.get(&self.director.token, "/webhooks").await.good();
        let there = list["webhooks"].as_array().unwrap().iter();
        let there = there.clone().find(|hook| hook["ended_at"].is_null());
        if let Some(hook) = there {
            return hook["id"].as_str().unwrap().to_owned();
        }
        let body = json!({ "url": "https://example.org/", "events": ["wave.closed"] });
        self.made("/webhooks", body).await
    }

    /// A letter that was given up.
    pub async fn undelivered_letter(&self) -> String {
        const SQL: &str = "INSERT INTO outbox (organisation, id, channel, kind, recipient, once,
                due_at, attempts, next_attempt_at, state, state_since)
            VALUES ($1, $2, 'email', 'wave-open', $2, $3, $4, 9, $4, 'dead', $4)";
        let (id, now) = (LetterId::new(), self.app.clock.now());
        let organisation: uuid::Uuid = self.organisation.parse().unwrap();
        let mut tx = self.app.app.store.write().await.unwrap();
        macro_rules! run {
            ($conn:expr) => {
                sqlx::query(SQL)
                    .bind(organisation)
                    .bind(id)
                    .bind(id.to_string())
                    .bind(now)
                    .execute(&mut **$conn)
                    .await
                    .map(drop)
            };
        }
        match &mut tx {
            Tx::SqliteWrite(conn) => run!(conn),
            Tx::SqliteRead(conn) => run!(conn),
            Tx::Postgres(conn) => run!(conn),
        }
        .unwrap();
        tx.commit().await.unwrap();
        id.to_string()
    }

    async fn made(&self, path: &str, body: serde_json::Value) -> String {
        let made = self.app.post(&self.director.token, path, body).await;
        made.good()["id"].as_str().unwrap().to_owned()
    }
}
