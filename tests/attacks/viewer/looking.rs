//! Everybody looks: each role at everything, and a worker of each unit at what she is shown.

use std::collections::BTreeSet;

use super::crawl::{self, Ground};
use super::numbers;
use super::shown::Shown;
use crate::support::app::{House, TestApp};
use crate::support::wire::Wire;

/// The roles that follow, plan, and coordinate, each at the organisation.
const OFFICERS: [&str; 3] = ["supervisor", "hr", "network"];

/// Somebody for each of them, with the name of the role.
pub async fn appoint(app: &TestApp, house: &House) {
    for role in OFFICERS {
        let person = app.person(house, role, &house.organisation).await;
        app.grant(house, &person, role, &house.organisation).await;
    }
}

/// What there is to ask about in an organisation.
pub async fn ground(app: &TestApp, house: &House, instruments: &[&str]) -> Ground {
    let ids = async |path: &str, list: &str| -> Vec<String> {
        let (mut all, mut page) = (Vec::new(), path.to_owned());
        loop {
            let body = app.get(&house.admin, &page).await.good();
            let some = body[list].as_array().unwrap().iter();
            all.extend(some.map(|one| one["id"].as_str().unwrap().to_owned()));
            let Some(next) = body["next"].as_str() else {
                return all;
            };
            page = format!("{path}?cursor={next}");
        }
    };
    Ground {
        people: ids("/people", "people").await,
        units: ids("/units", "units").await,
        waves: ids("/waves", "waves").await,
        alerts: alerts(app, house).await,
        instruments: instruments.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// Every alert, as who follows the whole organisation is shown them.
async fn alerts(app: &TestApp, house: &House) -> Vec<String> {
    let token = app.sign_in(&house.short_name, "supervisor").await;
    let alerts = app.get(&token, "/alerts?limit=200").await.good();
    let alerts = alerts["alerts"].as_array().unwrap().iter();
    alerts
        .map(|alert| alert["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Fetches as every role and takes in what is shown. `workers` are sign-in names.
pub async fn look(
    app: &TestApp,
    (house, admin): (&House, &str),
    ground: &Ground,
    workers: &[String],
    shown: &mut Shown,
) {
    let wire = Wire::to(app);
    let mut all: Vec<&str> = OFFICERS.to_vec();
    all.push(admin);
    all.extend(workers.first().map(|one| &**one));
    let mut unexplained = BTreeSet::new();
    for sign_in in all {
        let token = app.sign_in(&house.short_name, sign_in).await;
        let ground = if sign_in == admin {
            ground.clone()
        } else {
            ground.with_few_people()
        };
        for fetched in crawl::everything(&wire, &token, &ground).await {
            shown.take(&fetched.answer.json());
            unexplained.extend(numbers::unexplained(&fetched));
        }
    }
    for sign_in in workers.iter().skip(1) {
        let token = app.sign_in(&house.short_name, sign_in).await;
        shown.take(&app.get(&token, "/me/publications").await.good());
    }
    assert!(
        unexplained.is_empty(),
        "not fed and not excused: {unexplained:#?}"
    );
}
