//! A sheet for the wall and a calendar file: neutral, the same for everyone, without a personal
//! link, in the plan's languages.

use poem::http::Method;
use serde_json::json;

use super::ground::Ground;
use crate::support::app::TestApp;
use crate::support::both;
use crate::support::wire::{Request, Wire};

/// Words that a wall must not say.
const TOO_MUCH: [&str; 5] = ["burnout", "Burnout", "cbi", "выгоран", "Выгоран"];

both!(
    a_sheet_for_the_wall_says_when_and_that_nobody_should_ask,
    async |store| {
        let app = TestApp::open_with(store, |settings| {
            settings.public_url = Some("https://respite.example".to_owned());
        })
        .await;
        let house = app.house("haven").await;
        let whole = house.organisation.clone();
        let team = app.unit(&house, "team", "Night", &whole).await;
        let people = app.people(&house, &team, "worker", 6).await;
        let plan = json!({
            "instrument": "cbi", "every_months": 3, "window_days": 14, "drafts": true,
            "languages": ["ru", "en"], "first_day": "2026-02-02",
        });
        app.post(&house.admin, "/plans", plan).await.good();
        app.at("2026-02-02T04:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        let wire = Wire::to(&app);
        let get = async |token: &str, last: &str| {
            let path = format!("/api/v1/waves/{wave}/{last}");
            wire.send(&Request::new(Method::GET, path).bearer(token))
                .await
        };
        let sheet = get(&people[0].token, "wall-notice").await;
        assert_eq!(sheet.status, 200, "{}", sheet.text());
        assert_eq!(sheet.headers["content-type"], "text/html; charset=utf-8");
        let text = sheet.text();
        for said in [
            "2 февраля 2026",
            "2 February 2026, 09:00",
            "16 February 2026, 09:00",
            "Nobody can see who has answered and who has not, and nobody should ask you.",
            "https://respite.example/o/haven",
            "<svg",
            "<title>Respite</title>",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        let calendar = get(&people[0].token, "calendar").await;
        assert_eq!(
            calendar.headers["content-type"],
            "text/calendar; charset=utf-8"
        );
        let file = calendar.text();
        for said in [
            "BEGIN:VCALENDAR",
            "DTSTART:20260202T040000Z",
            "DTSTART:20260216T040000Z",
        ] {
            assert!(file.contains(said), "{said}\n{file}");
        }
        for word in TOO_MUCH {
            assert!(!text.contains(word) && !file.contains(word), "{word}");
        }
        assert_eq!(get(&people[3].token, "wall-notice").await.text(), text);
        assert_eq!(get(&house.admin, "wall-notice").await.text(), text);
    }
);

both!(
    an_extension_moves_the_day_in_a_calendar_that_has_it,
    async |store| {
        let mut ground = Ground::lay(store).await;
        let wave = ground.open().await;
        let wire = Wire::to(&ground.app);
        let path = format!("/api/v1/waves/{wave}/calendar");
        let read = Request::new(Method::GET, path).bearer(&ground.lead.token);
        let before = wire.send(&read).await.text();
        let longer = json!({ "closes_at": "2026-02-20T05:00:00Z" });
        let extension = format!("/waves/{wave}/extension");
        ground
            .app
            .post(&ground.house.admin, &extension, longer)
            .await
            .good();
        let after = wire.send(&read).await.text();
        let lines = |text: &str, start: &str| {
            let lines = text.lines().filter(|line| line.starts_with(start));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(&before, "UID"), lines(&after, "UID"));
        assert_eq!(lines(&before, "SEQUENCE"), ["SEQUENCE:0", "SEQUENCE:0"]);
        assert_eq!(lines(&after, "SEQUENCE"), ["SEQUENCE:1", "SEQUENCE:1"]);
        assert!(after.contains("20260220T050000Z"), "{after}");
    }
);
