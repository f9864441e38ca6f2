//! Two servers over one database: what runs by itself runs once, nobody's check-in is lost
//! between them, and what one leaves unfinished the other finishes.

mod locks;

use std::sync::Arc;
use std::time::Duration;

use poem::http::{Method, StatusCode};
use respite::app::App;
use respite::jobs::{self, Job};
use respite::router;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::support::app::{House, Person, TestApp, cbi};
use crate::support::wire::{Request, Wire};
use crate::support::{TestStore, both, rows};

/// One server more on the database of this one, with a memory of its own.
struct Second {
    app: App,
    _state: tempfile::TempDir,
}

impl Second {
    async fn beside(first: &TestApp) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut settings = (*first.app.settings).clone();
        settings.state_dir = Some(state.path().to_owned());
        let app = App::open(settings, first.clock.clone()).await.unwrap();
        Self { app, _state: state }
    }
}

struct Ground {
    first: TestApp,
    second: Second,
    house: House,
    people: Vec<Person>,
    lead: Person,
}

impl Ground {
    /// A team that is asked every three months.
    async fn prepare(store: TestStore, many: usize) -> Self {
        let first = TestApp::open(store).await;
        let house = first.house("haven").await;
        let whole = house.organisation.clone();
        let team = first.unit(&house, "team", "Night", &whole).await;
        let people = first.people(&house, &team, "worker", many).await;
        let lead = first.person(&house, "lead", &whole).await;
        first.grant(&house, &lead, "supervisor", &whole).await;
        first.plan(&house, "2026-02-02").await;
        Self {
            second: Second::beside(&first).await,
            first,
            house,
            people,
            lead,
        }
    }

    /// Both look at the timetable at the same time; says what each ran.
    async fn both_run(&self, instant: &str) -> [Vec<Job>; 2] {
        self.first.clock.set(instant.parse().unwrap());
        let (one, other) = tokio::join!(
            jobs::run_due(&self.first.app),
            jobs::run_due(&self.second.app)
        );
        [one.unwrap(), other.unwrap()]
    }

    async fn waves(&self) -> Vec<Value> {
        let waves = self.first.get(&self.house.admin, "/waves").await.good();
        waves["waves"].as_array().unwrap().clone()
    }

    async fn consents(&self) {
        for person in &self.people {
            self.first.consent(&person.token, "cbi").await;
        }
    }

    /// Rows of the whole organisation, oldest wave first.
    async fn released(&self) -> Vec<Value> {
        let whole = &self.house.organisation;
        self.first.publications(&self.lead.token, whole).await
    }
}

fn runs_of(job: Job, ran: &[Vec<Job>; 2]) -> usize {
    ran.iter().flatten().filter(|one| **one == job).count()
}

both!(what_runs_by_itself_runs_on_one_of_them, async |store| {
    let ground = Ground::prepare(store, 6).await;
    let opened = ground.both_run("2026-02-02T05:00:00Z").await;
    for job in Job::ALL {
        assert_eq!(runs_of(job, &opened), 1, "{job:?} in {opened:?}");
    }
    let waves = ground.waves().await;
    assert_eq!(waves.len(), 1, "{waves:?}");
    ground.consents().await;
    let wave = ground.first.open_wave(&ground.people[0].token).await;
    for person in &ground.people {
        ground.first.check_in(person, &wave, 50).await.good();
    }
    let closed = ground.both_run("2026-02-16T05:00:00Z").await;
    assert_eq!(runs_of(Job::Waves, &closed), 1, "{closed:?}");
    assert_eq!(ground.waves().await[0]["state"], "closed");
    assert_eq!(ground.released().await.len(), 3, "one row a scale");
    let audit = ground.first.get(&ground.house.admin, "/audit").await.good();
    let closings = audit.to_string().matches("wave-closed").count();
    assert_eq!(closings, 1, "{audit}");
});

both!(
    fifty_check_in_while_it_closes_and_each_is_counted_or_told,
    async |store| {
        let ground = Ground::prepare(store, 50).await;
        ground.both_run("2026-02-02T05:00:00Z").await;
        ground.consents().await;
        let wave = ground.first.open_wave(&ground.people[0].token).await;
        let servers = [
            Arc::new(Wire::to(&ground.first)),
            Arc::new(Wire::over(router::of(ground.second.app.clone()))),
        ];
        ground
            .first
            .clock
            .set("2026-02-16T03:59:59Z".parse().unwrap());
        let mut submitting = JoinSet::new();
        for (at, person) in ground.people.iter().enumerate() {
            let wire = Arc::clone(&servers[at % 2]);
            let path = format!("/api/v1/me/waves/{wave}/check-in");
            let request = Request::new(Method::PUT, path)
                .bearer(&person.token)
                .json(&cbi(50));
            submitting.spawn(async move { wire.send(&request).await });
        }
        let mut counted = 0;
        let mut told = 0;
        let mut closing = None;
        while let Some(answer) = submitting.join_next().await {
            let answer = answer.unwrap();
            if answer.status == StatusCode::OK {
                counted += 1;
            } else {
                assert_eq!(answer.slug(), "wave-closed", "{}", answer.text());
                told += 1;
            }
            if counted == 10 && closing.is_none() {
                closing = Some(ground.both_run("2026-02-16T05:00:00Z").await);
            }
        }
        // A server that was busy with a check-in may have left the close to the next look.
        ground.both_run("2026-02-16T05:20:00Z").await;
        assert_eq!(ground.waves().await[0]["state"], "closed");
        let released = ground.released().await;
        assert_eq!(counted + told, 50);
        assert!(counted >= 10, "{counted} counted");
        assert_eq!(
            released[0]["answered"], counted,
            "each acknowledged check-in is counted"
        );
        assert_eq!(rows(&ground.first, "ballots").await, 0);
        assert_eq!(rows(&ground.first, "open_records").await, 0);
    }
);

both!(
    what_a_dead_server_was_counting_the_other_finishes,
    async |store| {
        let ground = Ground::prepare(store, 6).await;
        let days = [
            ("2026-02-02", "2026-02-16"),
            ("2026-05-02", "2026-05-16"),
            ("2026-08-02", "2026-08-16"),
            ("2026-11-02", "2026-11-16"),
        ];
        let mut unfinished = 0;
        for (number, (opens, closes)) in days.into_iter().enumerate() {
            ground.first.at(&format!("{opens}T05:00:00Z")).await;
            if number == 0 {
                ground.consents().await;
            }
            let wave = ground.first.open_wave(&ground.people[0].token).await;
            for person in &ground.people {
                ground.first.check_in(person, &wave, 50).await.good();
            }
            let closes = format!("{closes}T05:00:00Z");
            ground.first.clock.set(closes.parse().unwrap());
            let dies = Duration::from_millis([0, 4, 9, 20][number]);
            let cut = tokio::time::timeout(dies, jobs::run_due(&ground.first.app)).await;
            unfinished += usize::from(cut.is_err());
            // The dead one's lease runs out.
            ground.first.clock.advance(chrono::Duration::minutes(11));
            jobs::run_due(&ground.second.app).await.unwrap();
            let state = ground.waves().await[number]["state"].clone();
            assert_eq!(state, "closed", "cut after {dies:?}");
            let released = ground.released().await;
            assert_eq!(released.len(), 3 * (number + 1), "released once");
            assert!(
                released.iter().all(|row| row["answered"] == 6),
                "{released:?}"
            );
            assert_eq!(rows(&ground.first, "wave_keys").await, 0);
        }
        assert!(unfinished > 0, "no server was cut off");
    }
);
