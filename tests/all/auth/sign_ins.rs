//! Sign-ins begin, idle, end, and leave no trace that can be found from an account.

use respite::auth::Device;
use respite::problem::Kind;
use respite::store::{Store, Tx};

use super::people::{Haven, PASSWORD, attempt, refused};
use crate::support::both;

/// Every byte of a table, in key order.
async fn bytes_of(store: &Store, sql: &'static str) -> Vec<String> {
    let mut tx = store.read().await.expect("a view");
    match &mut tx {
        Tx::SqliteRead(tx) => sqlx::query_scalar(sql).fetch_all(&mut **tx).await,
        Tx::SqliteWrite(_) => unreachable!("read() gives no writer"),
        Tx::Postgres(tx) => sqlx::query_scalar(sql).fetch_all(&mut **tx).await,
    }
    .expect("rows")
}

/// All that the database holds under accounts, as text.
async fn account_rows(haven: &Haven) -> Vec<String> {
    const SQLITE: &str = "SELECT hex(account) || number || since || epoch || hex(tag) || hex(salt)
        || hex(verifier) || hex(by_password) || hex(by_recovery) || hex(key_ring)
        || coalesce(hex(totp), '') FROM vaults
        UNION ALL SELECT hex(id) || sign_in || name || state || coalesce(state_until, '')
            FROM accounts
        UNION ALL SELECT hex(account) || since FROM members ORDER BY 1";
    const POSTGRES: &str = "SELECT CAST(v.* AS TEXT) FROM vaults v
        UNION ALL SELECT CAST(a.* AS TEXT) FROM accounts a
        UNION ALL SELECT CAST(m.* AS TEXT) FROM members m ORDER BY 1";
    let sql = match haven.store.engine() {
        respite::store::EngineName::Sqlite => SQLITE,
        respite::store::EngineName::Postgres => POSTGRES,
    };
    bytes_of(&haven.store, sql).await
}

both!(
    signing_in_changes_nothing_that_an_account_leads_to,
    async |test| {
        let haven = Haven::build(test).await;
        haven.member("bota").await;
        let before = account_rows(&haven).await;
        assert!(before.len() >= 6);
        let new = haven.sign_in("bota").await;
        haven.wait(5);
        haven.at_the_door(&new).await.expect("still in");
        let wrong = haven
            .entrance
            .sign_in(&attempt("bota", "not her password"))
            .await;
        assert_eq!(refused(wrong), Kind::WrongSignIn);
        haven.entrance.sign_out(&new.token).await.expect("out");
        assert_eq!(account_rows(&haven).await, before);
    }
);

both!(wrong_names_and_wrong_passwords_answer_alike, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let mut elsewhere = attempt("bota", PASSWORD);
    elsewhere.organisation = "nowhere".to_owned();
    let mut answers = Vec::new();
    for wrong in [
        attempt("bota", "not her password"),
        attempt("nobody", PASSWORD),
        elsewhere,
    ] {
        answers.push(haven.entrance.sign_in(&wrong).await.err().expect("refused"));
    }
    assert_eq!(answers[0].kind, Kind::WrongSignIn);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
});

both!(a_stolen_token_opens_nothing_after_sign_out, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let (here, there) = (haven.sign_in("bota").await, haven.sign_in("bota").await);
    haven.entrance.sign_out(&here.token).await.expect("out");
    assert_eq!(haven.at_the_door(&here).await.err(), Some(Kind::SignIn));
    assert!(haven.at_the_door(&there).await.is_ok());
});

both!(signing_out_everywhere_ends_every_sign_in, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    haven.member("asel").await;
    let (here, there) = (haven.sign_in("bota").await, haven.sign_in("bota").await);
    let asel = haven.sign_in("asel").await;
    let out = haven.entrance.sign_out_everywhere(&here.signed_in).await;
    out.expect("out");
    for gone in [&here, &there] {
        assert_eq!(haven.at_the_door(gone).await.err(), Some(Kind::SignIn));
    }
    assert!(haven.at_the_door(&asel).await.is_ok());
    haven.sign_in("bota").await;
});

both!(
    a_shared_device_forgets_and_use_keeps_it_awake,
    async |test| {
        let haven = Haven::build(test).await;
        haven.member("bota").await;
        let new = haven.sign_in("bota").await;
        for _ in 0..4 {
            haven.wait(14);
            haven.at_the_door(&new).await.expect("awake");
        }
        haven.wait(15);
        assert_eq!(haven.at_the_door(&new).await.err(), Some(Kind::SignIn));
    }
);

both!(no_sign_in_outlives_its_hours, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let mut own = attempt("bota", PASSWORD);
    own.device = Device::Own;
    let own = haven.entrance.sign_in(&own).await.expect("a sign-in");
    let shared = haven.sign_in("bota").await;
    for _ in 0..71 {
        haven.wait(10);
        haven.at_the_door(&shared).await.expect("in use");
    }
    haven
        .at_the_door(&own)
        .await
        .expect("an own device may idle");
    haven.wait(10);
    for over in [&own, &shared] {
        assert_eq!(haven.at_the_door(over).await.err(), Some(Kind::SignIn));
    }
});

both!(a_new_password_ends_the_other_sign_ins, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let (here, there) = (haven.sign_in("bota").await, haven.sign_in("bota").await);
    let entrance = &haven.entrance;
    let wrong = entrance
        .change_password(&here.signed_in, "not her password", "new and long enough")
        .await;
    assert_eq!(refused(wrong), Kind::WrongSignIn);
    let new = entrance
        .change_password(&here.signed_in, PASSWORD, "new and long enough")
        .await;
    let new = new.expect("a new password");
    assert_eq!(new.signed_in.key(), here.signed_in.key(), "the same vault");
    assert!(haven.at_the_door(&new).await.is_ok());
    for gone in [&here, &there] {
        assert_eq!(haven.at_the_door(gone).await.err(), Some(Kind::SignIn));
    }
    assert_eq!(
        refused(entrance.sign_in(&attempt("bota", PASSWORD)).await),
        Kind::WrongSignIn
    );
    let again = entrance
        .sign_in(&attempt("bota", "new and long enough"))
        .await;
    assert_eq!(
        again.expect("signed in").signed_in.key(),
        here.signed_in.key()
    );
});

both!(what_has_run_out_is_swept, async |test| {
    const SQL: &str = "SELECT 'row' FROM sign_ins";
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    haven.sign_in("bota").await;
    assert_eq!(bytes_of(&haven.store, SQL).await.len(), 2);
    for (days, left) in [(1, 2), (1, 0)] {
        haven.wait(days * 24 * 60);
        let mut tx = haven.store.write().await.expect("a transaction");
        let swept = respite::auth::sweep(&mut tx, haven.clock.now()).await;
        swept.expect("swept");
        tx.commit().await.expect("a commit");
        assert_eq!(bytes_of(&haven.store, SQL).await.len(), left);
    }
});

both!(an_erased_account_signs_in_nowhere, async |test| {
    let haven = Haven::build(test).await;
    let (account, _) = haven.member("bota").await;
    let new = haven.sign_in("bota").await;
    let mut tx = haven.store.write().await.expect("a transaction");
    respite::auth::erase(&mut tx, account)
        .await
        .expect("erased");
    tx.commit().await.expect("a commit");
    assert_eq!(haven.at_the_door(&new).await.err(), Some(Kind::SignIn));
    let tried = haven.entrance.sign_in(&attempt("bota", PASSWORD)).await;
    assert_eq!(refused(tried), Kind::WrongSignIn);
});
