//! Access tokens of other programs, and requests that are repeated.

use respite::auth::SignedIn;
use respite::auth::access_tokens::{self, AccessToken, Listed, NewToken, Scope};
use respite::auth::idempotency::Once;
use respite::people::names::Name;
use respite::problem::{Kind, Problem};

use super::people::{Haven, activation, refused};
use crate::support::both;

fn new_token(days: i64) -> NewToken {
    NewToken {
        name: Name::parse("Report").expect("a name"),
        scopes: vec![Scope::ReadUnits],
        days,
    }
}

async fn make(
    haven: &Haven,
    viewer: &SignedIn,
    days: i64,
) -> Result<(AccessToken, Listed), Problem> {
    let mut tx = haven.store.write().await?;
    let made = haven
        .entrance
        .make_access_token(&mut tx, viewer, &new_token(days))
        .await?;
    tx.commit().await?;
    Ok(made)
}

both!(a_token_reads_what_it_is_for_until_it_ends, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let viewer = haven.sign_in("bota").await.signed_in;
    for days in [0, 367] {
        assert_eq!(refused(make(&haven, &viewer, days).await), Kind::Invalid);
    }
    let (token, listed) = make(&haven, &viewer, 2).await.expect("a token");
    let entrance = &haven.entrance;
    let who = entrance
        .authenticate_program(&token, Scope::ReadUnits)
        .await
        .expect("in");
    assert_eq!(who, viewer.who);
    let other = entrance
        .authenticate_program(&token, Scope::ReadAudit)
        .await;
    assert_eq!(refused(other), Kind::NotFound);
    let mut tx = haven.store.read().await.expect("a view");
    let mine = access_tokens::list(&mut tx, viewer.who.account)
        .await
        .expect("a list");
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].id, &mine[0].scopes), (listed.id, &listed.scopes));
    drop(tx);
    haven.wait(2 * 24 * 60);
    let late = entrance
        .authenticate_program(&token, Scope::ReadUnits)
        .await;
    assert_eq!(refused(late), Kind::SignIn);
});

both!(a_token_is_ended_by_its_owner_and_by_a_reset, async |test| {
    let haven = Haven::build(test).await;
    let (account, _) = haven.member("bota").await;
    haven.member("asel").await;
    let viewer = haven.sign_in("bota").await.signed_in;
    let asel = haven.sign_in("asel").await.signed_in;
    let (first, listed) = make(&haven, &viewer, 9).await.expect("a token");
    let (second, _) = make(&haven, &viewer, 9).await.expect("a token");
    for (who, ended) in [(&asel, false), (&viewer, true)] {
        let mut tx = haven.store.write().await.expect("a transaction");
        let end = haven
            .entrance
            .end_access_token(&mut tx, who, listed.id)
            .await;
        assert_eq!(end.is_ok(), ended);
        tx.commit().await.expect("a commit");
    }
    let opens = async |token| {
        let who = haven
            .entrance
            .authenticate_program(token, Scope::ReadUnits)
            .await;
        who.is_ok()
    };
    assert!(!opens(&first).await);
    assert!(opens(&second).await);
    let code = haven.reset(account).await;
    haven
        .activate(&activation("bota", code))
        .await
        .expect("a vault");
    assert!(!opens(&second).await);
});

both!(a_repeated_request_gets_the_first_reply, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let viewer = haven.sign_in("bota").await.signed_in;
    let route = "POST /things";
    let once = |viewer, request: u8| Once::of(viewer, route, "key-1", &request);
    let first = once(&viewer, 1).expect("a key");
    let mut tx = haven.store.write().await.expect("a transaction");
    assert_eq!(first.earlier::<String>(&mut tx).await, Ok(None));
    let reply = "made".to_owned();
    first
        .remember(&mut tx, &reply, haven.clock.now())
        .await
        .expect("kept");
    tx.commit().await.expect("a commit");

    let mut tx = haven.store.write().await.expect("a transaction");
    let again = once(&viewer, 1).expect("a key");
    assert_eq!(again.earlier(&mut tx).await, Ok(Some(reply)));
    let other = once(&viewer, 2)
        .expect("a key")
        .earlier::<String>(&mut tx)
        .await;
    assert_eq!(refused(other), Kind::Invalid);
    drop(tx);
    let later = haven.sign_in("bota").await.signed_in;
    let mut tx = haven.store.write().await.expect("a transaction");
    let fresh = once(&later, 1)
        .expect("a key")
        .earlier::<String>(&mut tx)
        .await;
    assert_eq!(fresh, Ok(None), "another sign-in does not replay");
    drop(tx);
    assert!(Once::of(&viewer, route, "", &1).is_err());
    assert!(Once::of(&viewer, route, "a\nb", &1).is_err());
});
