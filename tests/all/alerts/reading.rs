//! What is read about a unit: the same by those who lead it and those who work there, and nothing
//! that anyone could not compute from released rows.

use poem::http::Method;
use serde_json::{Value, json};

use super::ground::Ground;
use crate::support::both;
use crate::support::wire::{Request, Wire};

both!(worker_and_supervisor_read_the_same_trend, async |store| {
    let mut ground = Ground::lay(store).await;
    ground.hold(0, 6).await;
    ground.hold(1, 5).await;
    ground.hold(2, 6).await;
    let team = &ground.teams[0].0;
    let path = format!("/units/{team}/trend");
    let lead = ground.app.get(&ground.lead.token, &path).await.good();
    let worker = ground
        .app
        .get(&ground.teams[0].1[3].token, "/me/trend")
        .await
        .good();
    assert_eq!(lead, worker);
    let plan = &lead["plans"][0];
    assert_eq!(plan["instrument"], "cbi");
    assert_eq!(plan["findings"].as_array().unwrap().len(), 3);
    let work = &plan["scales"][1];
    assert_eq!(
        (&work["scale"], &work["cut"]),
        (&json!("cbi.work"), &json!(50.0))
    );
    let means: Vec<i64> = work["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| point["mean"].as_i64().unwrap())
        .collect();
    assert!(means[0] < means[1] && means[1] < means[2], "{means:?}");
    let elsewhere = ground.app.get(&ground.elsewhere.token, &path).await;
    assert_eq!(elsewhere.problem(), (404, "not-found".to_owned()));
});

both!(
    a_unit_that_is_not_published_shows_no_number,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 4).await;
        let worker = ground
            .app
            .get(&ground.teams[0].1[0].token, "/me/trend")
            .await
            .good();
        let plan = &worker["plans"][0];
        assert_eq!(plan["status"], json!(null));
        let point = &plan["scales"][0]["points"][0];
        for number in ["answered", "asked", "mean", "stayed"] {
            assert_eq!(point[number], json!(null), "{number}");
        }
        let told = plan["told"]["sentences"].to_string();
        assert_eq!(told, r#"["Not enough answers here to say anything."]"#);
    }
);

both!(
    findings_are_said_in_the_language_of_the_reader,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(0, 6).await;
        ground.hold(2, 6).await;
        let patch = json!({ "language": "ru" });
        let lead = &ground.lead.token;
        ground
            .app
            .send(Method::PATCH, "/me", lead, Some(patch))
            .await
            .good();
        let alert = ground.alert().await;
        assert_eq!(alert["told"]["language"], "ru");
        let sentences = alert["told"]["sentences"].to_string();
        assert!(sentences.contains("с июня 2026"), "{sentences}");
        assert!(sentences.contains("Ответили: 6 из 6."), "{sentences}");
    }
);

both!(
    released_rows_are_exported_with_their_dictionary,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(0, 4).await;
        let wire = Wire::to(&ground.app);
        let csv = async |token: &str, path: &str| {
            let request = Request::new(Method::GET, format!("/api/v1{path}")).bearer(token);
            wire.send(&request).await
        };
        let team = &ground.teams[0].0;
        let path = format!("/units/{team}/publications.csv");
        let came = csv(&ground.lead.token, &path).await;
        assert_eq!(came.status, 200, "{}", came.text());
        assert_eq!(came.headers["content-type"], "text/csv; charset=utf-8");
        let text = came.text();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 6, "three scales in two waves");
        let shown = ground.app.publications(&ground.lead.token, team).await;
        for (row, shown) in rows.iter().zip(&shown) {
            for name in [
                "unit", "wave", "scale", "answered", "asked", "mean", "stayed",
            ] {
                let place = header.iter().position(|column| column == name).unwrap();
                let expected = match &shown[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    number => number.to_string(),
                };
                assert_eq!(&row[place], expected, "{name}");
            }
        }
        let dictionary = csv(&ground.lead.token, "/data-dictionary.csv").await.text();
        for column in &header {
            assert!(dictionary.contains(column), "{column}");
        }
        let elsewhere = csv(&ground.elsewhere.token, &path).await;
        assert_eq!(
            (elsewhere.status.as_u16(), elsewhere.slug()),
            (404, "not-found".to_owned())
        );
        let audit = ground
            .app
            .get(&ground.house.admin, "/audit?after=0")
            .await
            .good();
        assert!(
            audit
                .to_string()
                .contains(&format!("released rows of unit {team}"))
        );
    }
);

both!(
    alerts_come_in_pages_and_foreign_cursors_are_refused,
    async |store| {
        let mut ground = Ground::lay(store).await;
        ground.hold(0, 6).await;
        ground.hold(0, 6).await;
        ground.hold(2, 6).await;
        let all = ground.alerts(&ground.head.token, "/alerts").await;
        let (mut seen, mut path) = (Vec::new(), "/alerts?limit=1".to_owned());
        loop {
            let page = ground.app.get(&ground.head.token, &path).await.good();
            seen.extend(page["alerts"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else {
                break;
            };
            path = format!("/alerts?limit=1&cursor={next}");
        }
        assert_eq!(seen, all);
        for (query, field) in [
            ("cursor=eA", "cursor"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
        ] {
            let came = ground
                .app
                .get(&ground.head.token, &format!("/alerts?{query}"))
                .await;
            assert_eq!(came.status.as_u16(), 422, "{query}");
            assert!(came.body["faults"].to_string().contains(field));
        }
        let came = ground
            .app
            .get(&ground.head.token, "/alerts?status=worst")
            .await;
        assert_eq!(came.problem(), (400, "unreadable".to_owned()));
    }
);
