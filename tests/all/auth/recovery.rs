//! Forgotten passwords: the recovery code opens the same vault, a reset an empty one, and a code
//! found later brings the earlier records back.

use std::sync::Arc;

use respite::auth::{Entrance, LostAuthenticator, Recovery, vaults};
use respite::problem::Kind;
use respite::vault::{RecoveryCode, ServerKeys};
use zeroize::Zeroizing;

use super::people::{Haven, PASSWORD, activation, attempt, quick, refused};
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

both!(a_lost_server_key_loses_nobodys_records, async |test| {
    let haven = Haven::build(test).await;
    let (_, code) = haven.member("bota").await;
    let before = haven.sign_in("bota").await;
    let keys = Arc::new(ServerKeys::from_bytes([8; 32]));
    let after = Entrance::new(haven.store.clone(), haven.clock.clone(), keys, &quick());
    assert_eq!(
        refused(after.authenticate(&before.token).await),
        Kind::SignIn
    );
    let tried = after.sign_in(&attempt("bota", PASSWORD)).await;
    assert_eq!(refused(tried), Kind::WrongSignIn);
    haven.wait(60);
    after
        .recover(&recovery("bota", &code))
        .await
        .expect("recovered");
    let new = after
        .sign_in(&attempt("bota", NEW))
        .await
        .expect("a sign-in")
        .signed_in;
    assert_eq!(new.key(), before.signed_in.key());
    assert_eq!(
        (new.vault_number, new.vault_since),
        (2, haven.clock.now()),
        "casts in no open wave"
    );
});

both!(a_rotated_server_key_lets_everyone_in, async |test| {
    let haven = Haven::build(test).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("server.key");
    ServerKeys::create(&file).expect("a key file");
    let keys = Arc::new(ServerKeys::load(&file).expect("keys"));
    let first = Entrance::new(haven.store.clone(), haven.clock.clone(), keys, &quick());
    let (_, code) = haven.invite("asel").await;
    first
        .activate(&activation("asel", code))
        .await
        .expect("a vault");
    let keys = Arc::new(ServerKeys::rotate(&file).expect("rotated"));
    let second = Entrance::new(
        haven.store.clone(),
        haven.clock.clone(),
        keys.clone(),
        &quick(),
    );
    let mut tx = haven.store.write().await.expect("a transaction");
    assert_eq!(
        vaults::retag(&mut tx, &keys).await.expect("tags"),
        1,
        "only what is genuine"
    );
    let resting = vaults::resting(&mut tx).await.expect("a count");
    assert_eq!(
        resting[&2],
        vaults::Resting {
            peppers: 0,
            tags: 1
        }
    );
    tx.commit().await.expect("a commit");
    let viewer = second
        .sign_in(&attempt("asel", PASSWORD))
        .await
        .expect("a sign-in")
        .signed_in;
    second
        .change_password(&viewer, PASSWORD, NEW)
        .await
        .expect("a new password");
    let mut tx = haven.store.read().await.expect("a view");
    let resting = vaults::resting(&mut tx).await.expect("a count");
    assert_eq!(
        resting[&2],
        vaults::Resting {
            peppers: 1,
            tags: 1
        }
    );
});

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

both!(changes_that_meet_do_not_undo_each_other, async |test| {
    let haven = Haven::build(test).await;
    haven.member("bota").await;
    let (here, there) = (haven.sign_in("bota").await, haven.sign_in("bota").await);
    let entrance = &haven.entrance;
    let (password, code) = tokio::join!(
        entrance.change_password(&here.signed_in, PASSWORD, NEW),
        entrance.renew_recovery_code(&there.signed_in, PASSWORD),
    );
    if let Ok(code) = &code {
        entrance
            .recover(&recovery("bota", code))
            .await
            .expect("the new code counts");
    }
    assert!(password.is_ok() || code.is_ok());
    let by_new = entrance.sign_in(&attempt("bota", NEW)).await.is_ok();
    assert_eq!(by_new, password.is_ok() || code.is_ok());
});
