//! A wrong, older or missing server key is a mistake of the operator; it destroys nothing.

use std::sync::Arc;

use respite::app::App;
use respite::check_ins::{closing, opening};
use respite::vault::ServerKeys;

use super::tampering::{answered_by, state_of};
use crate::support::app::TestApp;
use crate::support::{both, rows, run_sql};

const CLOSE: &str = "2026-02-16T05:00:00Z";

async fn start_again(app: &TestApp) -> Result<App, String> {
    let settings = (*app.app.settings).clone();
    let opened = App::open(settings, app.clock.clone()).await;
    opened.map_err(|error| format!("{error:#}"))
}

fn with_keys(app: &TestApp, keys: ServerKeys) -> App {
    App {
        keys: Arc::new(keys),
        ..app.app.clone()
    }
}

both!(
    a_key_is_made_beside_an_empty_database_and_never_again,
    async |store| {
        let app = TestApp::open(store).await;
        let file = app.app.settings.server_key_file();
        app.house("haven").await;
        assert!(start_again(&app).await.is_ok());
        std::fs::remove_file(&file).unwrap();
        let refused = start_again(&app).await.err().unwrap();
        assert!(refused.contains("server key is missing"), "{refused}");
        assert!(!file.exists(), "no new key is made");
    }
);

both!(
    no_server_starts_with_keys_that_nothing_was_made_with,
    async |store| {
        let app = TestApp::open(store).await;
        let file = app.app.settings.server_key_file();
        app.house("haven").await;
        std::fs::rename(&file, file.with_extension("aside")).unwrap();
        ServerKeys::create(&file).unwrap();
        ServerKeys::rotate(&file).unwrap();
        let refused = start_again(&app).await.err().unwrap();
        assert!(
            refused.contains("holds key 1, key 2, the newest rows were made with key 1,"),
            "{refused}"
        );
        std::fs::rename(file.with_extension("aside"), &file).unwrap();
        assert!(start_again(&app).await.is_ok());
    }
);

both!(
    a_server_with_another_key_counts_and_destroys_nothing,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, team, _, _) = answered_by(&app, 6).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &team).await;
        app.clock.set(CLOSE.parse().unwrap());
        let wrong = with_keys(&app, ServerKeys::from_bytes([7; 32]));
        closing::close_due(&wrong).await.unwrap();
        assert_eq!(state_of(&app, &house).await, "counting");
        assert_eq!(rows(&app, "ballots").await, 6);
        assert_eq!(rows(&app, "wave_keys").await, 1);
        app.at(CLOSE).await;
        assert_eq!(state_of(&app, &house).await, "closed");
        assert_eq!(app.publications(&lead.token, &team).await[0]["answered"], 6);
    }
);

both!(
    a_server_with_an_older_key_file_leaves_the_wave_to_the_others,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        app.plan(&house, "2026-02-02").await;
        let file = app.app.settings.server_key_file();
        let newer = with_keys(&app, ServerKeys::rotate(&file).unwrap());
        app.clock.set("2026-02-02T05:00:00Z".parse().unwrap());
        assert_eq!(opening::open_due(&newer).await.unwrap(), 1);
        app.clock.set(CLOSE.parse().unwrap());
        closing::close_due(&app.app).await.unwrap();
        assert_eq!(state_of(&app, &house).await, "counting");
        assert_eq!(rows(&app, "wave_keys").await, 1);
        closing::close_due(&newer).await.unwrap();
        assert_eq!(state_of(&app, &house).await, "closed");
    }
);

both!(
    an_edited_row_still_stops_the_wave_where_the_key_is_known_to_be_right,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, _, _, _) = answered_by(&app, 5).await;
        run_sql(&app, "UPDATE wave_keys SET sealed = public_key FROM waves").await;
        app.at(CLOSE).await;
        assert_eq!(state_of(&app, &house).await, "stopped");
        assert_eq!(rows(&app, "ballots").await, 0);
    }
);
