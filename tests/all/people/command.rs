//! `respite people create-admin`, as who runs a server meets it.

use std::path::Path;
use std::process::{Command, Output};

use respite::vault::ActivationCode;

fn create_admin(folder: &Path, rest: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_respite"))
        .current_dir(folder)
        .env_remove("RESPITE_DATABASE")
        .env_remove("RESPITE_SERVER_KEY_FILE")
        .args(["people", "create-admin"])
        .args(rest)
        .output()
        .expect("the command runs")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn the_first_administrator_gets_a_code_on_an_empty_machine() {
    let folder = tempfile::tempdir().unwrap();
    let ada = ["--sign-in", "ada", "--organisation", "Casa Norte"];
    let first = create_admin(folder.path(), &ada);
    assert!(first.status.success(), "{}", said(&first.stderr));
    assert!(said(&first.stdout).trim().parse::<ActivationCode>().is_ok());
    let again = create_admin(folder.path(), &ada);
    assert!(again.status.success(), "{}", said(&again.stderr));
    assert_ne!(first.stdout, again.stdout, "a new code");
}

#[test]
fn a_slip_of_the_pen_makes_no_organisation() {
    let folder = tempfile::tempdir().unwrap();
    create_admin(
        folder.path(),
        &["--sign-in", "ada", "--organisation", "norte"],
    );
    let slip = ["--sign-in", "ada", "--organisation", "nort"];
    let refused = create_admin(folder.path(), &slip);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused.stderr).contains("--organisation-name"));
    let meant = [
        &slip[..],
        &["--organisation-name", "Nort", "--zone", "Europe/Oslo"],
    ]
    .concat();
    assert!(create_admin(folder.path(), &meant).status.success());
}

#[test]
fn a_lost_server_key_is_not_replaced_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let ada = ["--sign-in", "ada", "--organisation", "norte"];
    create_admin(folder.path(), &ada);
    std::fs::remove_file(folder.path().join("server.key")).unwrap();
    let refused = create_admin(folder.path(), &ada);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused.stderr).contains("--server-key-file"));
    assert!(!folder.path().join("server.key").exists());
}

#[test]
fn wrong_usage_is_said_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        &["--organisation", "norte"][..],
        &["--sign-in", "a b", "--organisation", "norte"],
        &[
            "--sign-in",
            "ada",
            "--organisation",
            "norte",
            "--zone",
            "Nowhere",
        ],
    ] {
        let refused = create_admin(folder.path(), wrong);
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
