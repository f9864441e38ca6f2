//! Forgotten passwords: the recovery code opens the same vault, a reset an empty one, and a code
//! found later brings the earlier records back.

use respite::auth::{LostAuthenticator, Recovery};
use respite::problem::Kind;
use respite::vault::RecoveryCode;
use zeroize::Zeroizing;

use super::people::{Haven, PASSWORD, activation, attempt, refused};
use crate::support::both;

const NEW: &str = "new and long enough";

fn recovery(sign_in: &str, code: &RecoveryCode) -> Recovery {
    Recovery {
        organisation: "haven".to_owned(),
        sign_in: sign_in.to_owned(),
        recovery_code: code.clone(),
        password: Zeroizing::new(NEW.to_owned()),
        lost_authenticator: LostAuthenticator::No,
        from: None,
    }
}

both!(the_recovery_code_opens_the_same_vault, async |test| {
    let haven = Haven::build(test).await;
    let (_, code) = haven.member("bota").await;
    let before = haven.sign_in("bota").await;
    for (name, code) in [("bota", RecoveryCode::new()), ("nobody", code.clone())] {
        let tried = haven.entrance.recover(&recovery(name, &code)).await;
        assert_eq!(refused(tried), Kind::WrongSignIn);
    }
    haven
        .entrance
        .recover(&recovery("bota", &code))
        .await
        .expect("recovered");
    assert_eq!(haven.at_the_door(&before).await.err(), Some(Kind::SignIn));
    let after = haven
        .entrance
        .sign_in(&attempt("bota", NEW))
        .await
        .expect("a sign-in");
    assert_eq!(after.signed_in.key(), before.signed_in.key());
    assert_eq!(after.signed_in.vault_number, 1);
});

both!(a_new_recovery_code_replaces_the_old_one, async |test| {
    let haven = Haven::build(test).await;
    let (_, old) = haven.member("bota").await;
    let viewer = haven.sign_in("bota").await.signed_in;
    let refusal = haven
        .entrance
        .renew_recovery_code(&viewer, "not her password")
        .await;
    assert_eq!(refused(refusal), Kind::WrongSignIn);
    let new = haven
        .entrance
        .renew_recovery_code(&viewer, PASSWORD)
        .await
        .expect("a code");
    let tried = haven.entrance.recover(&recovery("bota", &old)).await;
    assert_eq!(refused(tried), Kind::WrongSignIn);
    haven
        .entrance
        .recover(&recovery("bota", &new))
        .await
        .expect("recovered");
});

both!(
    a_reset_opens_an_empty_vault_and_says_so_for_thirty_days,
    async |test| {
        let haven = Haven::build(test).await;
        let (account, _) = haven.member("bota").await;
        let before = haven.sign_in("bota").await;
        haven.wait(60);
        let code = haven.reset(account).await;
        let activated = haven
            .activate(&activation("bota", code))
            .await
            .expect("a vault");
        assert_eq!(activated.vault_number, 2);
        assert_eq!(haven.at_the_door(&before).await.err(), Some(Kind::SignIn));
        let after = haven.sign_in("bota").await.signed_in;
        assert_ne!(after.key(), before.signed_in.key());
        assert_eq!(after.vault_since, haven.clock.now());
        let reset = after.reset.expect("a notice");
        assert_eq!(
            (reset.at, reset.by),
            (haven.clock.now(), Some(haven.admin.who.account))
        );
        haven.wait(30 * 24 * 60);
        assert_eq!(haven.sign_in("bota").await.signed_in.reset, None);
    }
);

both!(
    a_recovery_code_found_later_brings_earlier_keys_back,
    async |test| {
        let haven = Haven::build(test).await;
        let (account, first) = haven.member("bota").await;
        let first_key = haven.sign_in("bota").await.signed_in.key().clone();
        let code = haven.reset(account).await;
        let second = haven
            .activate(&activation("bota", code))
            .await
            .expect("a vault")
            .recovery_code;
        let viewer = haven.sign_in("bota").await;
        let second_key = viewer.signed_in.key().clone();
        let entrance = &haven.entrance;
        let wrong = entrance
            .recover_former_vault(&viewer.signed_in, &second)
            .await;
        assert_eq!(refused(wrong), Kind::Code);
        entrance
            .recover_former_vault(&viewer.signed_in, &first)
            .await
            .expect("found");
        let again = entrance
            .recover_former_vault(&viewer.signed_in, &first)
            .await;
        assert_eq!(refused(again), Kind::Code);
        let keys = haven.at_the_door(&viewer).await.expect("in").keys;
        assert_eq!(keys, [second_key.clone(), first_key.clone()]);

        // A second reset buries both; the second code brings both back.
        let code = haven.reset(account).await;
        haven
            .activate(&activation("bota", code))
            .await
            .expect("a vault");
        let viewer = haven.sign_in("bota").await;
        assert_eq!(viewer.signed_in.keys.len(), 1);
        entrance
            .recover_former_vault(&viewer.signed_in, &second)
            .await
            .expect("found");
        let keys = haven.at_the_door(&viewer).await.expect("in").keys;
        assert_eq!(keys[1..], [second_key, first_key]);
        haven.sign_in("bota").await;
    }
);

both!(earlier_vaults_are_kept_for_a_year, async |test| {
    let haven = Haven::build(test).await;
    let (account, first) = haven.member("bota").await;
    let code = haven.reset(account).await;
    haven
        .activate(&activation("bota", code))
        .await
        .expect("a vault");
    haven.wait(366 * 24 * 60);
    let mut tx = haven.store.write().await.expect("a transaction");
    respite::auth::sweep(&mut tx, haven.clock.now())
        .await
        .expect("swept");
    tx.commit().await.expect("a commit");
    let viewer = haven.sign_in("bota").await.signed_in;
    let tried = haven.entrance.recover_former_vault(&viewer, &first).await;
    assert_eq!(refused(tried), Kind::Code);
});
