//! The second factor: on in two steps, asked for after the password, each code good once.

use respite::auth::{Enrolment, LostAuthenticator, Recovery, SignInAttempt, SignedIn};
use respite::problem::Kind;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::people::{Haven, PASSWORD, attempt, refused};
use crate::support::both;

fn authenticator(enrolment: &Enrolment) -> Totp {
    let secret = Secret::try_from_base32(enrolment.secret.as_str()).expect("base 32");
    Builder::new()
        .with_secret(secret)
        .build()
        .expect("a secret")
}

fn code(haven: &Haven, phone: &Totp) -> String {
    let now = u64::try_from(haven.clock.now().timestamp()).expect("after 1970");
    phone.generate(now).to_string()
}

fn with_code(code: String) -> SignInAttempt {
    SignInAttempt {
        code: Some(code),
        ..attempt("bota", PASSWORD)
    }
}

async fn enrol(haven: &Haven, viewer: &SignedIn) -> Totp {
    let proposed = haven.entrance.propose_second_factor(viewer, PASSWORD).await;
    let enrolment = proposed.expect("a secret");
    let phone = authenticator(&enrolment);
    let now = code(haven, &phone);
    let on = haven
        .entrance
        .confirm_second_factor(viewer, enrolment.proposal, &now)
        .await;
    on.expect("turned on");
    haven.wait(2);
    phone
}

both!(a_code_is_asked_for_and_good_once, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let before = haven.sign_in("bota").await;
    let phone = enrol(&haven, &before.signed_in).await;
    let shown = haven.at_the_door(&before).await.expect("in");
    assert!(shown.who.second_factor, "she has just shown it");

    let entrance = &haven.entrance;
    let without = entrance.sign_in(&attempt("bota", PASSWORD)).await;
    assert_eq!(refused(without), Kind::WrongSignIn);
    let present = code(&haven, &phone);
    let new = entrance
        .sign_in(&with_code(present.clone()))
        .await
        .expect("signed in");
    assert!(new.signed_in.who.second_factor);
    let replayed = entrance.sign_in(&with_code(present)).await;
    assert_eq!(refused(replayed), Kind::WrongSignIn);
    haven.wait(1);
    entrance
        .sign_in(&with_code(code(&haven, &phone)))
        .await
        .expect("the next code");
});

both!(a_proposal_alone_changes_nothing, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    haven.member("asel").await;
    let viewer = haven.sign_in("bota").await.signed_in;
    let asel = haven.sign_in("asel").await.signed_in;
    let entrance = &haven.entrance;
    let stolen = entrance
        .propose_second_factor(&viewer, "not her password")
        .await;
    assert_eq!(refused(stolen), Kind::WrongSignIn);
    let enrolment = entrance
        .propose_second_factor(&viewer, PASSWORD)
        .await
        .expect("a secret");
    let present = code(&haven, &authenticator(&enrolment));
    let theirs = entrance
        .confirm_second_factor(&asel, enrolment.proposal.clone(), &present)
        .await;
    assert_eq!(refused(theirs), Kind::WrongSignIn);
    let wrong = entrance
        .confirm_second_factor(&viewer, enrolment.proposal, "000000")
        .await;
    assert_eq!(refused(wrong), Kind::WrongSignIn);
    haven.sign_in("bota").await;
});

both!(it_comes_off_with_password_and_code_only, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let viewer = haven.sign_in("bota").await.signed_in;
    let phone = enrol(&haven, &viewer).await;
    let (entrance, present) = (&haven.entrance, code(&haven, &phone));
    for (password, code) in [("not her password", present.as_str()), (PASSWORD, "000000")] {
        let tried = entrance.remove_second_factor(&viewer, password, code).await;
        assert_eq!(refused(tried), Kind::WrongSignIn);
    }
    entrance
        .remove_second_factor(&viewer, PASSWORD, &present)
        .await
        .expect("taken off");
    haven.sign_in("bota").await;
});

both!(
    a_lost_phone_is_replaced_with_the_recovery_code,
    async |test| {
        let haven = Haven::build(test).await;
        let (_, recovery_code) = haven.member("bota").await;
        let viewer = haven.sign_in("bota").await.signed_in;
        enrol(&haven, &viewer).await;
        for (lost, comes_in) in [
            (LostAuthenticator::No, false),
            (LostAuthenticator::Yes, true),
        ] {
            let recovery = Recovery {
                organisation: "haven".to_owned(),
                sign_in: "bota".to_owned(),
                recovery_code: recovery_code.clone(),
                password: Zeroizing::new(PASSWORD.to_owned()),
                lost_authenticator: lost,
                from: None,
            };
            haven.entrance.recover(&recovery).await.expect("recovered");
            let tried = haven.entrance.sign_in(&attempt("bota", PASSWORD)).await;
            assert_eq!(tried.is_ok(), comes_in, "{lost:?}");
        }
    }
);

both!(
    of_two_at_the_same_moment_one_uses_the_digits,
    async |test| {
        let haven = Haven::build(test).await;
        haven.member("bota").await;
        let viewer = haven.sign_in("bota").await.signed_in;
        let phone = enrol(&haven, &viewer).await;
        let present = with_code(code(&haven, &phone));
        let entrance = &haven.entrance;
        let (one, other) = tokio::join!(entrance.sign_in(&present), entrance.sign_in(&present));
        assert!(one.is_ok() != other.is_ok(), "exactly one");
    }
);
