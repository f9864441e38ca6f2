//! The demonstration, as anybody fills it. Nobody there gives a password away, so an administrator
//! who is made from outside brings in somebody of each role, and a worker for each unit.

use respite::demo::{self, Progress, Size};
use respite::people::names::{Language, Name, ShortName, SignInName};
use respite::people::{First, first_administrator};
use serde_json::json;

use super::attack::{self, Found};
use super::shown::Shown;
use super::{looking, number_of, released};
use crate::support::app::{House, TestApp};
use crate::support::both;

struct Silent;

impl Progress for Silent {
    fn day(&self, _: u64, _: u64) {}
}

const ADMINISTRATOR: &str = "from-outside";
/// Short names of the demonstration's organisations.
const HOUSES: [&str; 3] = ["dawn", "bridge", "harbour"];

async fn enter(app: &TestApp, short_name: &str) -> House {
    let first = First {
        organisation: ShortName::parse(short_name).unwrap(),
        make: None,
        sign_in: SignInName::parse(ADMINISTRATOR).unwrap(),
        name: Name::parse("From Outside").unwrap(),
        language: Language::parse("en").unwrap(),
    };
    let mut tx = app.app.store.write().await.unwrap();
    let made = first_administrator(&mut tx, &app.app.seal(), &first).await;
    let (organisation, _, issued) = made.unwrap();
    tx.commit().await.unwrap();
    let code = issued.code.to_string();
    let admin = app.activate(short_name, ADMINISTRATOR, &code).await.0;
    let house = House {
        short_name: short_name.to_owned(),
        organisation: organisation.id.to_string(),
        admin,
    };
    let on = Some(json!({ "hr_sees_units": true }));
    let patch = poem::http::Method::PATCH;
    app.send(patch, "/organisation", &house.admin, on)
        .await
        .good();
    house
}

both!(
    no_answer_in_the_demonstration_is_bounded_to_under_half_of_its_scale,
    async |store| {
        let is_whole = number_of("RESPITE_TEST_WHOLE_DEMONSTRATION", 0) == 1;
        let size = if is_whole {
            Size::default()
        } else {
            Size {
                organisations: 1,
                quarterly: 4,
                monthly: 4,
            }
        };
        let app = TestApp::open(store).await;
        app.clock.set("2026-11-25T08:00:00Z".parse().unwrap());
        demo::fill(&app.app, (size, 1), &Silent).await.unwrap();
        let mut found = Found::default();
        for short_name in &HOUSES[..size.organisations] {
            let house = enter(&app, short_name).await;
            looking::appoint(&app, &house).await;
            let ground = looking::ground(&app, &house, &["cbi", "burnout1"]).await;
            let mut workers = Vec::new();
            for (number, unit) in ground.units.iter().enumerate() {
                let sign_in = format!("looks{number}");
                app.person(&house, &sign_in, unit).await;
                workers.push(sign_in);
            }
            let mut shown = Shown::default();
            let of = (&house, ADMINISTRATOR);
            looking::look(&app, of, &ground, &workers, &mut shown).await;
            let waves = released::waves(&app, &house.organisation).await;
            println!("{short_name}: {} rows shown", shown.len());
            attack::attack(&waves, &shown, &mut found);
        }
        println!("{found:?}");
        assert!(found.waves >= 8, "{found:?}");
    }
);
