//! Guessing is slow, and nobody is locked out by somebody else's guesses. Who can write into the
//! database gains no entrance.

use respite::auth::SignInAttempt;
use respite::problem::Kind;
use respite::store::Tx;

use super::people::{Haven, PASSWORD, attempt, refused};
use crate::support::both;

fn from(address: &str, password: &str) -> SignInAttempt {
    SignInAttempt {
        from: Some(address.parse().expect("an address")),
        ..attempt("bota", password)
    }
}

both!(hammering_a_name_does_not_lock_its_owner_out, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let entrance = &haven.entrance;
    let mut guessed = 0;
    let mut refused_early = 0;
    for network in 0..30 {
        for _ in 0..12 {
            match refused(
                entrance
                    .sign_in(&from(&format!("10.0.{network}.1"), "a wrong guess"))
                    .await,
            ) {
                Kind::WrongSignIn => guessed += 1,
                Kind::TooMany => refused_early += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(guessed <= 150, "{guessed} guesses in no time");
    assert!(refused_early > 200);
    entrance
        .sign_in(&from("203.0.113.7", PASSWORD))
        .await
        .expect("the owner comes in");
});

both!(a_right_password_wears_nothing_out, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    for _ in 0..50 {
        let new = haven.entrance.sign_in(&from("203.0.113.7", PASSWORD)).await;
        new.expect("a sign-in");
    }
});

both!(
    an_epoch_or_date_written_from_outside_opens_nothing,
    async |test| {
        const EPOCH: &str = "UPDATE vaults SET epoch = 1";
        const NUMBER: &str = "UPDATE vaults SET number = number + 1";
        let haven = Haven::build(test).await;
        haven.member("bota").await;
        let stolen = haven.sign_in("bota").await;
        haven
            .entrance
            .sign_out_everywhere(&stolen.signed_in)
            .await
            .expect("out");
        write(&haven, EPOCH).await;
        assert_eq!(haven.at_the_door(&stolen).await.err(), Some(Kind::SignIn));
        let tried = haven.entrance.sign_in(&attempt("bota", PASSWORD)).await;
        assert_eq!(refused(tried), Kind::Broken, "noticed");
        write(&haven, NUMBER).await;
        let tried = haven.entrance.sign_in(&attempt("admin", PASSWORD)).await;
        assert_eq!(refused(tried), Kind::Broken, "noticed");
    }
);

async fn write(haven: &Haven, sql: &'static str) {
    let mut tx = haven.store.write().await.expect("a transaction");
    match &mut tx {
        Tx::SqliteWrite(tx) => sqlx::query(sql).execute(&mut **tx).await.map(drop),
        Tx::SqliteRead(_) => unreachable!("write() gives a writer"),
        Tx::Postgres(tx) => sqlx::query(sql).execute(&mut **tx).await.map(drop),
    }
    .expect("written");
    tx.commit().await.expect("a commit");
}
