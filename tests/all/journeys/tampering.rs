//! Who can write to the database but has no server key: each change is refused or noticed.

use crate::support::app::{House, Person, TestApp};
use crate::support::{both, rows, run_sql};

pub async fn answered_by(app: &TestApp, many: usize) -> (House, String, Vec<Person>, String) {
    let house = app.house("haven").await;
    let team = app.unit(&house, "team", "Night", &house.organisation).await;
    let people = app.people(&house, &team, "worker", many).await;
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    for person in &people {
        app.consent(&person.token, "cbi").await;
        app.check_in(person, &wave, 50).await.good();
    }
    (house, team, people, wave)
}

pub async fn state_of(app: &TestApp, house: &House) -> String {
    let waves = app.get(&house.admin, "/waves").await.good();
    waves["waves"][0]["state"].as_str().unwrap().to_owned()
}

both!(a_roster_that_was_edited_stops_the_wave, async |store| {
    let app = TestApp::open(store).await;
    let (house, _, _, _) = answered_by(&app, 6).await;
    let edit = "DELETE FROM roster
        WHERE account IN (SELECT account FROM roster ORDER BY account LIMIT 1)";
    run_sql(&app, edit).await;
    app.at("2026-02-16T05:00:00Z").await;
    assert_eq!(state_of(&app, &house).await, "stopped");
    assert_eq!(rows(&app, "tallies").await, 0);
    assert_eq!(rows(&app, "ballots").await, 0);
});

both!(
    nothing_is_sealed_to_a_wave_whose_row_was_edited,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, _, people, wave) = answered_by(&app, 6).await;
        run_sql(
            &app,
            "UPDATE waves SET threshold = threshold, number = number + 1",
        )
        .await;
        assert_eq!(
            app.check_in(&people[0], &wave, 75).await.problem().1,
            "wave-closed"
        );
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(state_of(&app, &house).await, "stopped");
    }
);

both!(
    copied_ballots_are_left_out_and_written_down,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, team, people, _) = answered_by(&app, 6).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &team).await;
        let copy = "INSERT INTO ballots (id, wave, tag, sealed)
        SELECT account, wave, (SELECT tag FROM ballots ORDER BY id LIMIT 1),
            (SELECT sealed FROM ballots ORDER BY id LIMIT 1)
        FROM roster ORDER BY account LIMIT 3";
        run_sql(&app, copy).await;
        assert_eq!(rows(&app, "ballots").await, 9);
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(
            app.publications(&lead.token, &team).await[0]["answered"],
            people.len()
        );
        let audit = app.get(&house.admin, "/audit").await.good().to_string();
        assert!(audit.contains("ballots-left-out"), "{audit}");
    }
);

both!(
    a_withdrawn_ballot_that_is_brought_back_overfills_its_unit,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, team, people, wave) = answered_by(&app, 5).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &team).await;
        run_sql(&app, "CREATE TABLE kept_aside AS SELECT * FROM ballots").await;
        app.check_in(&people[0], &wave, 75).await.good();
        let back = "INSERT INTO ballots SELECT * FROM kept_aside
        WHERE id NOT IN (SELECT id FROM ballots)";
        run_sql(&app, back).await;
        assert_eq!(rows(&app, "ballots").await, 6);
        app.at("2026-02-16T05:00:00Z").await;
        let shown = app.publications(&lead.token, &team).await;
        assert_eq!(
            shown[0]["published"], false,
            "six ballots of five members are left out"
        );
    }
);
