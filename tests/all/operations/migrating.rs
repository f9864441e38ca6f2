//! A copy of an older file is made before it is migrated, and an older file is made here by
//! stopping at an earlier migration.

use respite::store::copy::{COPIED, LEFT_OUT};
use respite::store::{Migrated, Store};
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};

use super::rows;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

#[tokio::test]
async fn an_older_file_is_copied_before_it_is_migrated() {
    let newest = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap();
    for from in 1..newest {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("respite.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        MIGRATIONS.run_to(from, &mut conn).await.unwrap();
        let network = "INSERT INTO networks (id, name) VALUES (x'00', 'Refuges')";
        sqlx::query(network).execute(&mut conn).await.unwrap();
        if from >= 2 {
            let sign_in = "INSERT INTO sign_ins (token, sealed, expires_on)
                VALUES (x'01', x'02', '2026-11-25')";
            sqlx::query(sign_in).execute(&mut conn).await.unwrap();
        }
        conn.close().await.unwrap();

        let address = format!("sqlite:{}", file.display());
        let copy = folder
            .path()
            .join(format!("respite.db.before-{:04}", from + 1));
        let expected = Migrated::Moved {
            from,
            to: newest,
            copy: Some(copy.clone()),
        };
        assert_eq!(Store::migrate(&address).await.unwrap(), expected);
        assert_eq!(
            Store::migrate(&address).await.unwrap(),
            Migrated::Current(newest)
        );
        let kept = rows::read(&copy, COPIED.iter().find(|t| t.name == "networks").unwrap()).await;
        assert_eq!(kept, ["X'00', 'Refuges'"]);
        if from >= 2 {
            let sign_ins = LEFT_OUT.iter().find(|t| t.name == "sign_ins").unwrap();
            assert_eq!(rows::read(&copy, sign_ins).await, Vec::<String>::new());
        }
        let of_copy = format!("sqlite:{}", copy.display());
        assert_eq!(Store::schema(&of_copy).await.unwrap().unwrap().there, from);
    }
}

#[tokio::test]
async fn a_new_file_is_laid_without_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", folder.path().join("respite.db").display());
    assert!(matches!(
        Store::migrate(&address).await.unwrap(),
        Migrated::Laid(_)
    ));
    assert!(
        Store::schema("sqlite:/nowhere/at/all.db")
            .await
            .unwrap()
            .is_none()
    );
}
