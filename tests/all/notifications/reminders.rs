//! Her own choice of letters: nobody else sees the address, and nothing is sent before it is
//! confirmed.

use std::sync::Arc;

use chrono::Duration;
use respite::notifications::keys;
use respite::vault::ServerKeys;
use serde_json::json;

use super::office::Office;
use crate::support::app::{PASSWORD, TestApp};
use crate::support::both;
use crate::support::dump::{Dump, dump};

const PATH: &str = "/me/reminders";
const CONFIRM: &str = "/me/reminders/confirmation";

both!(
    an_address_is_confirmed_by_its_code_and_shown_masked,
    async |store| {
        let office = Office::open(store).await;
        let person = office
            .app
            .person(&office.house, "worker", &office.team)
            .await;
        let none = office.app.get(&person.token, PATH).await.good();
        let (sends, channel) = (&none["sends_mail"], &none["channel"]);
        assert_eq!((sends, channel), (&true.into(), &"none".into()), "{none}");
        assert_eq!(none["languages"], json!(["en", "ru"]));
        let code = office.ask(&person, "worker@example.org", json!({})).await;
        let waiting = office.app.get(&person.token, PATH).await.good();
        assert_eq!(waiting["confirmed"], false);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = office
            .app
            .post(&person.token, CONFIRM, json!({ "code": wrong }))
            .await;
        assert_eq!(refused.problem(), (410, "code".to_owned()));
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let good = office
            .app
            .post(&person.token, CONFIRM, json!({ "code": spaced }))
            .await
            .good();
        assert_eq!(good["address"], "w…@example.org");
        assert_eq!(good["confirmed"], true);
        let again = office
            .app
            .post(&person.token, CONFIRM, json!({ "code": code }))
            .await;
        assert_eq!(again.problem().0, 410, "a code is good once");
        let shown = office.app.get(&person.token, PATH).await.good();
        assert_eq!(shown, good);
    }
);

both!(
    five_wrong_codes_are_enough_and_a_code_lives_a_day,
    async |store| {
        let office = Office::open(store).await;
        let person = office
            .app
            .person(&office.house, "worker", &office.team)
            .await;
        let try_code = async |code: &str| {
            let tried = office
                .app
                .post(&person.token, CONFIRM, json!({ "code": code }))
                .await;
            tried.status.as_u16()
        };
        let code = office.ask(&person, "worker@example.org", json!({})).await;
        for _ in 0..5 {
            assert_eq!(try_code("no").await, 410);
        }
        assert_eq!(try_code(&code).await, 410, "the right one comes too late");
        let code = office.ask(&person, "worker@example.org", json!({})).await;
        office.app.clock.advance(Duration::hours(25));
        assert_eq!(try_code(&code).await, 410, "it has expired");
        let old = office.ask(&person, "worker@example.org", json!({})).await;
        let code = office.ask(&person, "other@example.org", json!({})).await;
        assert!(old == code || try_code(&old).await == 410);
        assert_eq!(try_code(&code).await, 200);
    }
);

both!(a_stranger_is_not_flooded, async |store| {
    let office = Office::open(store).await;
    let person = office
        .app
        .person(&office.house, "worker", &office.team)
        .await;
    let wish = json!({ "address": "a@example.org", "channel": "email", "quiet_hours": false });
    let mut taken = 0;
    for _ in 0..10 {
        let asked = office.app.put(&person.token, PATH, wish.clone()).await;
        match asked.status.as_u16() {
            200 => taken += 1,
            status => assert_eq!(status, 429),
        }
    }
    assert_eq!(taken, 5);
    office.deliver().await;
    assert_eq!(office.sink.take().len(), 1, "only the last code is sent");
});

both!(
    what_is_no_address_is_refused_with_its_field,
    async |store| {
        let office = Office::open(store).await;
        let person = office
            .app
            .person(&office.house, "worker", &office.team)
            .await;
        let cases = [
            (
                "address",
                json!({ "channel": "email", "quiet_hours": false }),
            ),
            (
                "address",
                json!({ "address": "a", "channel": "email", "quiet_hours": false }),
            ),
            (
                "address",
                json!({
                    "address": "a@example.org\r\nBcc: b@example.org", "channel": "email",
                    "quiet_hours": false,
                }),
            ),
            (
                "channel",
                json!({ "address": "a@b.org", "channel": "sms", "quiet_hours": false }),
            ),
            (
                "language",
                json!({
                    "address": "a@b.org", "channel": "email", "quiet_hours": false, "language": "../x",
                }),
            ),
        ];
        for (field, body) in cases {
            let refused = office.app.put(&person.token, PATH, body.clone()).await;
            assert_eq!(refused.problem(), (422, "invalid".to_owned()), "{body}");
            assert_eq!(refused.body["faults"][0]["field"], field, "{body}");
        }
    }
);

both!(
    without_a_mail_server_nobody_is_promised_letters,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let person = app.person(&house, "worker", &house.organisation).await;
        assert_eq!(
            app.get(&person.token, PATH).await.good()["sends_mail"],
            false
        );
        let wish = json!({ "address": "a@b.org", "channel": "email", "quiet_hours": false });
        let refused = app.put(&person.token, PATH, wish).await;
        assert_eq!(refused.problem(), (409, "not-now".to_owned()));
    }
);

both!(
    her_export_has_her_reminders_and_erasing_takes_them,
    async |store| {
        let office = Office::open(store).await;
        let person = office
            .app
            .person(&office.house, "worker", &office.team)
            .await;
        office
            .subscribe(
                &person,
                "worker@example.org",
                json!({ "quiet_hours": true }),
            )
            .await;
        let export = office.app.get(&person.token, "/me/export").await.good();
        let expected = json!({
            "address": "worker@example.org", "confirmed": true, "channel": "email",
            "quiet_hours": true, "language": "en",
        });
        assert_eq!(export["account"]["reminders"], expected);
        let password = json!({ "password": PASSWORD });
        office
            .app
            .post(&person.token, "/me/erasure", password)
            .await
            .good();
        let mut tx = office.app.app.store.read().await.unwrap();
        assert_eq!(keys::resting(&mut tx).await.unwrap().len(), 0);
    }
);

both!(
    addresses_and_secrets_move_to_a_new_server_key,
    async |store| {
        let office = Office::open(store).await;
        let person = office
            .app
            .person(&office.house, "worker", &office.team)
            .await;
        office
            .subscribe(&person, "worker@example.org", json!({}))
            .await;
        let hook = json!({ "url": "https://example.org/", "events": ["wave.opened"] });
        office
            .app
            .post(&office.house.admin, "/webhooks", hook)
            .await
            .good();
        let file = office.app.app.settings.server_key_file();
        let new = Arc::new(ServerKeys::rotate(&file).unwrap());
        let mut tx = office.app.app.store.write().await.unwrap();
        let moved = keys::rewrap(&mut tx, &new).await.unwrap();
        assert_eq!((moved.addresses, moved.secrets), (1, 1));
        let again = keys::rewrap(&mut tx, &new).await.unwrap();
        assert_eq!(again, keys::Resting::default());
        tx.commit().await.unwrap();
        let mut tx = office.app.app.store.read().await.unwrap();
        let resting = keys::resting(&mut tx).await.unwrap();
        assert_eq!(resting.keys().copied().collect::<Vec<_>>(), [2]);
        let found = respite::notifications::reminders::of(
            &mut tx,
            &new,
            respite::ids::AccountId(person.id.parse().unwrap()),
        );
        let found = found.await.unwrap().unwrap();
        assert_eq!(found.address, "w…@example.org");
    }
);

both!(
    nothing_of_hers_is_written_by_signing_in_or_checking_in,
    async |store| {
        let office = Office::open(store).await;
        let people = office.people("worker", 2).await;
        office.app.plan(&office.house, "2026-02-02").await;
        office.at("2026-02-02T04:00:10Z").await;
        let before = written(&office).await;
        let wave = office.app.open_wave(&people[0].token).await;
        office.app.sign_in("haven", "worker1").await;
        office.app.consent(&people[0].token, "cbi").await;
        office.app.check_in(&people[0], &wave, 50).await.good();
        assert_eq!(written(&office).await, before);
    }
);

/// Every row of what this folder writes.
async fn written(office: &Office) -> Dump {
    let mut dump = dump(&office.app).await;
    dump.retain(|table, _| ["reminders", "webhooks", "outbox", "told"].contains(&table.as_str()));
    assert_eq!(dump.len(), 4);
    dump
}
