//! One-time codes: each makes one vault, once, for one person.

use respite::problem::Kind;
use respite::vault::ActivationCode;
use zeroize::Zeroizing;

use super::people::{Haven, PASSWORD, activation, attempt, refused};
use crate::support::both;

both!(a_code_makes_one_vault_and_then_nothing, async |test| {
    let haven = Haven::build(test).await;
    let (_, code) = haven.invite("bota").await;
    let first = activation("bota", code.clone());
    let activated = haven.activate(&first).await.expect("a vault");
    assert_eq!(activated.vault_number, 1);
    let mut again = activation("bota", code);
    again.password = Zeroizing::new("another good password".to_owned());
    assert_eq!(refused(haven.activate(&again).await), Kind::Code);
    haven.sign_in("bota").await;
});

both!(a_code_serves_nobody_else, async |test| {
    let haven = Haven::build(test).await;
    let (_, code) = haven.invite("bota").await;
    haven.invite("asel").await;
    for wrong in [
        activation("asel", code.clone()),
        activation("nobody", code.clone()),
        activation("bota", ActivationCode::new()),
    ] {
        assert_eq!(refused(haven.activate(&wrong).await), Kind::Code);
    }
    haven
        .activate(&activation("bota", code))
        .await
        .expect("still good");
});

both!(a_code_expires, async |test| {
    let haven = Haven::build(test).await;
    let (_, code) = haven.invite("bota").await;
    haven.wait(60 * 24 * 14);
    assert_eq!(
        refused(haven.activate(&activation("bota", code)).await),
        Kind::Code
    );
});

both!(a_weak_password_leaves_the_code_unused, async |test| {
    let haven = Haven::build(test).await;
    let (_, code) = haven.invite("bota").await;
    for weak in ["short", "password123", "with bota in it"] {
        let mut activation = activation("bota", code.clone());
        activation.password = Zeroizing::new(weak.to_owned());
        assert_eq!(
            refused(haven.activate(&activation).await),
            Kind::WeakPassword,
            "{weak}"
        );
    }
    haven
        .activate(&activation("bota", code))
        .await
        .expect("still good");
});

both!(before_activation_nobody_comes_in, async |test| {
    let haven = Haven::build(test).await;
    haven.invite("bota").await;
    let tried = haven.entrance.sign_in(&attempt("bota", PASSWORD)).await;
    assert_eq!(refused(tried), Kind::WrongSignIn);
});

both!(of_two_at_the_same_moment_one_uses_the_code, async |test| {
    let haven = Haven::build(test).await;
    for round in 0..5 {
        let name = format!("bota{round}");
        let (_, code) = haven.invite(&name).await;
        let (one, other) = (activation(&name, code.clone()), activation(&name, code));
        let (one, other) = tokio::join!(haven.activate(&one), haven.activate(&other));
        assert!(one.is_ok() != other.is_ok(), "exactly one");
        haven.sign_in(&name).await;
    }
});
