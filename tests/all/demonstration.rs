//! The demonstration is believable: everyone can sign in, the team that really rises rises, the
//! season is shared, and a wave waits for the reader.

use respite::demo::{self, Progress, Shown, Size};
use serde_json::{Value, json};

use crate::support::app::{TestApp, cbi};
use crate::support::both;

struct Silent;

impl Progress for Silent {
    fn day(&self, _: u64, _: u64) {}
}

async fn filled(app: &TestApp) -> Vec<Shown> {
    app.clock.set("2026-11-25T08:00:00Z".parse().unwrap());
    let size = Size {
        organisations: 1,
        quarterly: 6,
        monthly: 2,
    };
    demo::fill(&app.app, (size, 1), &Silent)
        .await
        .expect("a filled database")
}

async fn token(app: &TestApp, shown: &[Shown], role: &str) -> String {
    let one = shown.iter().find(|one| one.role == role).expect("a role");
    let body = json!({
        "organisation": one.organisation, "sign_in": one.sign_in, "password": one.password,
    });
    let signed_in = app.post("", "/sign-ins", body).await.good();
    signed_in["token"].as_str().unwrap().to_owned()
}

/// Released means of one scale over the waves that were published.
fn means(rows: &[Value], scale: &str) -> Vec<i64> {
    rows.iter()
        .filter(|row| row["scale"] == scale && row["published"] == true)
        .map(|row| row["mean"].as_i64().unwrap())
        .collect()
}

both!(
    every_role_can_sign_in_and_an_open_wave_waits_for_the_reader,
    async |store| {
        let app = TestApp::open(store).await;
        let shown = filled(&app).await;
        let roles: Vec<&str> = shown.iter().map(|one| one.role).collect();
        let all = [
            "worker",
            "supervisor",
            "hr",
            "facilitator",
            "peer-supporter",
            "administrator",
            "network",
        ];
        assert_eq!(roles, all);
        for role in all {
            token(&app, &shown, role).await;
        }
        let worker = token(&app, &shown, "worker").await;
        let waves = app.get(&worker, "/me/waves").await.good();
        let open: Vec<&Value> = waves["waves"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|wave| wave["is_open"] == true)
            .collect();
        assert_eq!(open.len(), 2);
        let cbi_wave = open
            .iter()
            .find(|wave| wave["instrument"] == "cbi")
            .unwrap();
        assert_eq!(cbi_wave["check_in"], Value::Null);
        let path = format!("/me/waves/{}/check-in", cbi_wave["wave"].as_str().unwrap());
        app.consent(&worker, "cbi").await;
        let own = app.put(&worker, &path, cbi(50)).await.good();
        assert_eq!(own["counted_at"], "unit");
    }
);

both!(
    the_team_that_really_rises_rises_more_than_the_organisation,
    async |store| {
        let app = TestApp::open(store).await;
        let shown = filled(&app).await;
        let worker = token(&app, &shown, "worker").await;
        let mine = app.get(&worker, "/me/publications").await.good();
        let own = means(mine["own"].as_array().unwrap(), "cbi.work");
        let root = app.get(&worker, "/me").await.good();
        assert!(own.len() >= 4, "published in most waves: {own:?}");
        let rise = own.last().unwrap() - own.first().unwrap();
        assert!(rise >= 8, "{own:?}");
        let supervisors = shown.iter().filter(|one| one.role == "supervisor");
        assert_eq!(supervisors.count(), 1);
        assert!(root["unit"]["name"].is_string());
        let lead = token(&app, &shown, "supervisor").await;
        let units = app.get(&lead, "/me").await.good();
        let site = units["roles"][0]["unit"].clone();
        let site = site
            .as_str()
            .or(site["id"].as_str())
            .expect("a unit")
            .to_owned();
        let whole = means(&app.publications(&lead, &site).await, "cbi.work");
        assert_eq!(whole.len(), 6, "a site is published in every wave");
    }
);

/// Status of the change alone, and status, at each finding of a trend.
fn statuses(plan: &Value) -> Vec<(Option<&str>, Option<&str>)> {
    let findings = plan["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let change = finding["document"]["change_status"].as_str();
            (change, finding["status"].as_str())
        })
        .collect()
}

both!(
    the_team_that_rises_is_flagged_and_the_season_flags_no_other,
    async |store| {
        let app = TestApp::open(store).await;
        let shown = filled(&app).await;
        let worker = token(&app, &shown, "worker").await;
        let mine = app.get(&worker, "/me/trend").await.good();
        let plans = mine["plans"].as_array().unwrap();
        let cbi = plans
            .iter()
            .find(|plan| plan["instrument"] == "cbi")
            .unwrap();
        let flagged = statuses(cbi)
            .iter()
            .position(|(change, _)| matches!(change, Some("elevated" | "high")));
        // Of six waves the last three have risen, by 8, 16 and 24 points.
        assert!(matches!(flagged, Some(3 | 4)), "{:?}", statuses(cbi));
        let rising = mine["unit"].as_str().unwrap().to_owned();
        let everything = everyone_elses_statuses(&app, &shown, &rising).await;
        assert!(everything.len() > 8, "{}", everything.len());
        let alarms = everything
            .iter()
            .filter(|(_, change)| matches!(change.as_deref(), Some("elevated" | "high")));
        assert_eq!(alarms.count(), 0, "{everything:?}");
    }
);

/// The latest change status of every other team in the quarterly plan, whoever may read it: one
/// of its members asks.
async fn everyone_elses_statuses(
    app: &TestApp,
    shown: &[Shown],
    rising: &str,
) -> Vec<(String, Option<String>)> {
    let admin = token(app, shown, "administrator").await;
    let whole = app.get(&admin, "/organisation").await.good();
    let whole = whole["id"].as_str().unwrap().to_owned();
    let people = app.get(&admin, "/people?limit=200").await.good();
    let head = people["people"].as_array().unwrap().iter();
    let head = head
        .filter(|person| person["state"] == "active")
        .find(|person| person["sign_in"] != "admin")
        .expect("somebody");
    let path = format!(
        "/people/{}/roles/supervisor/{whole}",
        head["id"].as_str().unwrap()
    );
    app.put(&admin, &path, json!({})).await.good();
    let password = &shown[0].password;
    let body = json!({
        "organisation": shown[0].organisation, "sign_in": head["sign_in"], "password": password,
    });
    let head = app.post("", "/sign-ins", body).await.good();
    let head = head["token"].as_str().unwrap().to_owned();
    let units = app.get(&head, "/me/followed-units").await.good();
    let mut all = Vec::new();
    for unit in units["units"].as_array().unwrap() {
        let id = unit["id"].as_str().unwrap();
        if id == rising || unit["kind"] != "team" {
            continue;
        }
        let trend = app.get(&head, &format!("/units/{id}/trend")).await.good();
        for plan in trend["plans"].as_array().unwrap() {
            let changes = statuses(plan).into_iter();
            all.extend(changes.map(|(change, _)| (id.to_owned(), change.map(str::to_owned))));
        }
    }
    all
}

both!(
    a_database_that_is_used_is_never_filled_with_a_demonstration,
    async |store| {
        let database = store.address.clone();
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let demo = std::process::Command::new(env!("CARGO_BIN_EXE_respite"))
            .args(["demo", "--listen", "127.0.0.1:0", "--database", &database])
            .output()
            .expect("the command runs");
        let said = String::from_utf8_lossy(&demo.stderr);
        assert!(!demo.status.success(), "{said}");
        assert!(said.contains("fills an empty one only"), "{said}");
        app.get(&house.admin, "/me").await.good();
    }
);
