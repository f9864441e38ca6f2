//! Ballots: forged, copied, brought back.

use respite::ballots::{Ballot, BallotContent, ScaleStep};
use respite::ids::{BallotId, UnitId, WaveId};
use respite::vault::{ServerKeys, WaveKeyPair, seal_ballot};
use serde_json::{Value, json};

use super::ground::{CLOSE, Scene, blob, bytes, count, id, keep, write};
use crate::support::app::Person;
use crate::support::both;

/// A ballot for the team with the lowest answers, sealed to a public key; the tag is hers.
fn made(scene: &Scene, public: &[u8; 32]) -> Ballot {
    let (ballot, wave) = (BallotId::new(), WaveId(scene.wave.parse().unwrap()));
    let scale = ScaleStep {
        steps: Some(0),
        stayed: false,
    };
    let content = BallotContent {
        mark: *BallotId::new().bytes(),
        counted_at: UnitId(scene.team.parse().unwrap()),
        scales: vec![scale; 3],
    };
    let sealed = seal_ballot(public, wave, ballot, &content.encode()).unwrap();
    Ballot::tagged(&ServerKeys::from_bytes([7; 32]), ballot, wave, sealed)
}

async fn public_key(scene: &Scene) -> [u8; 32] {
    let key = bytes(
        &scene.app,
        "SELECT public_key FROM waves ORDER BY opens_at LIMIT 1",
    )
    .await;
    key.try_into().unwrap()
}

async fn put_in(scene: &Scene, ballot: &Ballot) {
    let app = &scene.app;
    let insert = format!(
        "INSERT INTO ballots (id, wave, tag, sealed) VALUES ({}, {}, {}, {})",
        id(app, &ballot.id.to_string()),
        id(app, &ballot.wave.to_string()),
        blob(app, &ballot.tag),
        blob(app, &ballot.sealed),
    );
    write(app, &insert).await;
}

both!(
    forged_ballots_are_left_out_however_they_were_made,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        let public = public_key(&scene).await;
        let honest = made(&scene, &public);
        let to_herself = made(&scene, &WaveKeyPair::new().public());
        let cut = |mut ballot: Ballot, tag: usize, sealed: usize| {
            ballot.tag.truncate(tag);
            ballot.sealed.truncate(sealed);
            ballot
        };
        let sizes = [
            (37, 0),
            (37, 1),
            (37, 40),
            (37, 60),
            (36, 999),
            (5, 999),
            (0, 999),
        ];
        let mut forged: Vec<Ballot> = sizes
            .map(|(tag, sealed)| cut(made(&scene, &public), tag, sealed))
            .into();
        forged.extend([honest, to_herself]);
        let tag = bytes(app, "SELECT tag FROM ballots ORDER BY id LIMIT 1").await;
        let sealed = bytes(app, "SELECT sealed FROM ballots ORDER BY id LIMIT 1").await;
        let tagged = |tag, ballot| Ballot { tag, ..ballot };
        forged.push(tagged(tag.clone(), made(&scene, &public)));
        let copied = Ballot {
            sealed: sealed.clone(),
            ..made(&scene, &public)
        };
        forged.push(tagged(tag, copied));
        forged.push(Ballot {
            sealed,
            ..made(&scene, &public)
        });
        for ballot in &forged {
            put_in(&scene, ballot).await;
        }
        scene.close().await;
        let shown = scene.shown(&scene.team).await;
        assert_eq!(
            (&shown["answered"], &shown["mean"]),
            (&json!(6), &json!(50))
        );
        let audit = scene.audit().await;
        assert!(audit.contains("not put there by this server"), "{audit}");
    }
);

both!(
    a_ballot_under_a_key_that_never_was_holds_the_count_up_and_destroys_nothing,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        let mut ballot = made(&scene, &public_key(&scene).await);
        ballot.tag[4] = 9;
        put_in(&scene, &ballot).await;
        scene.close().await;
        assert_eq!(scene.state().await, "counting");
        assert_eq!(count(&scene.app, "ballots").await, 6);
        let forged = id(&scene.app, &ballot.id.to_string());
        write(
            &scene.app,
            &format!("DELETE FROM ballots WHERE id = {forged}"),
        )
        .await;
        scene.app.at("2026-02-16T05:01:00Z").await;
        assert_eq!(scene.shown(&scene.team).await["answered"], 5);
    }
);

both!(
    a_ballot_of_another_wave_counts_nowhere_else,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        let app = &scene.app;
        let second = app.house("second").await;
        let hers = app.person(&second, "worker1", &second.organisation).await;
        app.plan(&second, "2026-02-03").await;
        app.at("2026-02-03T05:00:00Z").await;
        let other = app.open_wave(&hers.token).await;
        app.consent(&hers.token, "cbi").await;
        app.check_in(&hers, &other, 100).await.good();
        let (from, to) = (id(app, &other), id(app, &scene.wave));
        write(
            app,
            &format!("UPDATE ballots SET wave = {to} WHERE wave = {from}"),
        )
        .await;
        app.at("2026-02-18T05:00:00Z").await;
        let shown = scene.shown(&scene.team).await;
        assert_eq!(
            (&shown["answered"], &shown["mean"]),
            (&json!(5), &json!(50))
        );
        assert!(scene.audit().await.contains("ballots-left-out"));
    }
);

/// Answers again and again; every ballot that was taken back is put into the table once more.
async fn with_all_that_she_took_back(scene: &Scene, person: &Person, values: &[i64]) {
    let app = &scene.app;
    let back = "INSERT INTO ballots SELECT * FROM kept_ballots
        WHERE id NOT IN (SELECT id FROM ballots)";
    for value in values {
        keep(app, &["ballots"]).await;
        scene.answer(person, *value).await.good();
        write(app, back).await;
    }
}

both!(
    one_accomplice_cannot_fill_a_team_with_what_she_took_back,
    async |store| {
        let scene = Scene::open(store, 5).await;
        let (victim, accomplice) = (&scene.people[0], &scene.people[1]);
        scene.answer(victim, 100).await.good();
        // Four ballots that she knows, and one that she wants to know.
        with_all_that_she_took_back(&scene, accomplice, &[0, 25, 50, 75]).await;
        assert_eq!(count(&scene.app, "ballots").await, 5);
        scene.close().await;
        for unit in [&scene.team, &scene.house.organisation] {
            assert_eq!(scene.shown(unit).await["published"], false);
        }
        assert_eq!(count(&scene.app, "tallies").await, 0);
        let audit = scene.audit().await;
        assert!(audit.contains("several by one person"), "{audit}");
    }
);

both!(
    five_answers_of_one_worker_are_nobodys_number,
    async |store| {
        let scene = Scene::open(store, 5).await;
        let victim = &scene.people[0];
        with_all_that_she_took_back(&scene, victim, &[100, 75, 100, 75, 100]).await;
        assert_eq!(count(&scene.app, "ballots").await, 5);
        scene.close().await;
        assert_eq!(count(&scene.app, "tallies").await, 0);
    }
);

both!(
    a_ballot_that_was_withdrawn_and_brought_back_is_one_of_five_at_least,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        keep(app, &["ballots"]).await;
        let path = format!("/me/waves/{}/check-in", scene.wave);
        app.delete(&scene.people[0].token, &path).await.good();
        let back = "INSERT INTO ballots SELECT * FROM kept_ballots
            WHERE id NOT IN (SELECT id FROM ballots)";
        write(app, back).await;
        scene.close().await;
        // Bringing back a single ballot remains: it was hers, and it is one of at least five.
        let shown = scene.shown(&scene.team).await;
        assert_eq!(
            (&shown["answered"], &shown["mean"]),
            (&json!(6), &json!(50))
        );
    }
);

both!(
    a_record_that_was_deleted_lets_nobody_be_counted_twice,
    async |store| {
        let scene = Scene::open(store, 6).await;
        let app = &scene.app;
        let (accomplice, others) = scene.people.split_first().unwrap();
        for value in [0, 100] {
            scene.answer(accomplice, value).await.good();
            write(app, "DELETE FROM open_records").await;
        }
        for person in others {
            scene.answer(person, 50).await.good();
        }
        assert_eq!(count(app, "ballots").await, 7);
        scene.close().await;
        let shown = scene.shown(&scene.team).await;
        assert_eq!(
            (&shown["answered"], &shown["mean"]),
            (&json!(5), &json!(50))
        );
        assert!(scene.audit().await.contains("several by one person"));
    }
);

both!(
    a_ballot_that_is_deleted_is_missed_by_its_owner_only,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        write(app, "DELETE FROM ballots").await;
        let refused = scene.answer(&scene.people[0], 75).await.problem();
        assert_eq!((refused.0, &*refused.1), (409, "changed"));
        scene.close().await;
        assert_eq!(count(app, "tallies").await, 0);
        let own = format!("/me/waves/{}", scene.wave);
        let own = app.get(&scene.people[0].token, &own).await.good();
        assert_eq!(own["check_in"]["answers"]["cbi.work.1"], 50);
    }
);

both!(
    six_ballots_of_five_members_are_left_out_even_under_the_right_key,
    async |store| {
        let scene = Scene::answered(store, 5).await;
        let app = &scene.app;
        let (made, public) = (
            made(&scene, &public_key(&scene).await),
            public_key(&scene).await,
        );
        assert_eq!(public.len(), 32);
        // As if the server had a defect: the tag is right, the person is nobody.
        let genuine = Ballot::tagged(&app.app.keys, made.id, made.wave, made.sealed);
        put_in(&scene, &genuine).await;
        app.at(CLOSE).await;
        let shown: Value = scene.shown(&scene.team).await;
        assert_eq!(shown["published"], false);
        let audit = scene.audit().await;
        assert!(audit.contains("more ballots than members"), "{audit}");
    }
);
