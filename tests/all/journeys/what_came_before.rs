//! The answer to a check-in is made from what was read before it was written: it says the same as
//! a look afterwards, however many waves she has behind her.

use serde_json::json;

use crate::support::app::{PASSWORD, Person, TestApp};
use crate::support::both;

/// More than one statement reads.
const WAVES: usize = 10;

/// The day and hour at which a quarterly wave has just opened.
fn opened(number: usize) -> String {
    let (year, month) = (2026 + number / 4, 2 + 3 * (number % 4));
    format!("{year}-{month:02}-02T05:00:00Z")
}

/// A sign-in ends long before the last of these waves opens.
async fn again(app: &TestApp, person: &Person) -> Person {
    let body = json!({ "organisation": "haven", "sign_in": "mira", "password": PASSWORD });
    let signed_in = app.post("", "/sign-ins", body).await.good();
    Person {
        token: signed_in["token"].as_str().unwrap().to_owned(),
        ..person.clone()
    }
}

both!(
    the_answer_to_a_check_in_is_what_a_look_shows_afterwards,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let her = app.person(&house, "mira", &house.organisation).await;
        app.plan(&house, "2026-02-02").await;
        app.consent(&her.token, "cbi").await;
        let mut changes = Vec::new();
        for number in 0..WAVES {
            app.at(&opened(number)).await;
            let her = again(&app, &her).await;
            let wave = app.open_wave(&her.token).await;
            // She leaves one out, and erases another.
            if number == 3 {
                continue;
            }
            let value = if number % 2 == 0 { 25 } else { 75 };
            let told = app.check_in(&her, &wave, value).await.good();
            let path = format!("/me/waves/{wave}");
            let seen = app.get(&her.token, &path).await.good();
            for field in ["reach", "counted_at", "record_only", "answers", "result"] {
                assert_eq!(told[field], seen["check_in"][field], "{number}: {field}");
            }
            let change = told["result"]["scales"][0]["change"].as_str();
            changes.extend(change.map(|change| change.contains("50 points")));
            if number == 5 {
                app.delete(&her.token, &format!("{path}/check-in"))
                    .await
                    .good();
            }
        }
        // Against the one before that she has kept; the first against none.
        let by_fifty = [false, true, true, false, true, false, true, true, true];
        assert_eq!(changes, by_fifty);
    }
);
