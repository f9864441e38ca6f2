//! The SQLite writer: one commit for many, and a failing member hurts nobody else. The same
//! promises hold on PostgreSQL, which groups by itself.

use respite::ids::NetworkId;
use respite::store::{Store, StoreError, Tx};

use crate::support::both;

async fn name_network(tx: &mut Tx, id: NetworkId, name: &str) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO networks (id, name) VALUES ($1, $2)";
    match tx {
        Tx::SqliteWrite(conn) => sqlx::query(sql)
            .bind(id)
            .bind(name)
            .execute(&mut **conn)
            .await
            .map(|_| ()),
        Tx::SqliteRead(conn) => sqlx::query(sql)
            .bind(id)
            .bind(name)
            .execute(&mut **conn)
            .await
            .map(|_| ()),
        Tx::Postgres(conn) => sqlx::query(sql)
            .bind(id)
            .bind(name)
            .execute(&mut **conn)
            .await
            .map(|_| ()),
    }
}

async fn names(store: &Store) -> Vec<String> {
    let sql = "SELECT name FROM networks";
    let mut names: Vec<String> = match &mut store.read().await.unwrap() {
        Tx::SqliteWrite(conn) => sqlx::query_scalar(sql).fetch_all(&mut **conn).await,
        Tx::SqliteRead(conn) => sqlx::query_scalar(sql).fetch_all(&mut **conn).await,
        Tx::Postgres(conn) => sqlx::query_scalar(sql).fetch_all(&mut **conn).await,
    }
    .unwrap();
    names.sort();
    names
}

both!(what_is_not_committed_leaves_no_trace, async |test| {
    let mut tx = test.store.write().await.unwrap();
    name_network(&mut tx, NetworkId::new(), "dropped")
        .await
        .unwrap();
    drop(tx);
    let mut tx = test.store.write().await.unwrap();
    name_network(&mut tx, NetworkId::new(), "kept")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&test.store).await, ["kept"]);
});

both!(
    nothing_can_be_written_through_a_reading_view,
    async |test| {
        let mut tx = test.store.read().await.unwrap();
        assert!(
            name_network(&mut tx, NetworkId::new(), "never")
                .await
                .is_err()
        );
        drop(tx);
        assert!(names(&test.store).await.is_empty());
    }
);

both!(
    the_same_key_twice_is_a_duplicate_not_a_failure_of_the_database,
    async |test| {
        let id = NetworkId::new();
        let mut tx = test.store.write().await.unwrap();
        name_network(&mut tx, id, "first").await.unwrap();
        let second: StoreError = name_network(&mut tx, id, "second")
            .await
            .unwrap_err()
            .into();
        assert!(matches!(second, StoreError::Duplicate(_)));
    }
);

both!(
    a_failing_or_dropped_member_does_not_hurt_the_others_of_its_group,
    async |test| {
        let taken = NetworkId::new();
        let mut tx = test.store.write().await.unwrap();
        name_network(&mut tx, taken, "taken").await.unwrap();
        tx.commit().await.unwrap();
        let mut members = Vec::new();
        for number in 0..60_u32 {
            let store = test.store.clone();
            members.push(tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                name_network(&mut tx, NetworkId::new(), &format!("{number:02}"))
                    .await
                    .unwrap();
                match number % 3 {
                    0 => name_network(&mut tx, taken, "again").await.is_ok(),
                    1 => false,
                    _ => tx.commit().await.is_ok(),
                }
            }));
        }
        let mut acknowledged = 0;
        for member in members {
            acknowledged += usize::from(member.await.unwrap());
        }
        assert_eq!(acknowledged, 20);
        assert_eq!(names(&test.store).await.len(), 21);
    }
);

both!(a_foreign_key_that_points_nowhere_is_refused, async |test| {
    let sql = "INSERT INTO wave_keys (organisation, wave, sealed) VALUES ($1, $2, $3)";
    let (organisation, wave) = (NetworkId::new(), NetworkId::new());
    let refused = match &mut test.store.write().await.unwrap() {
        Tx::SqliteWrite(conn) => sqlx::query(sql)
            .bind(organisation)
            .bind(wave)
            .bind(vec![1_u8])
            .execute(&mut **conn)
            .await
            .is_err(),
        Tx::Postgres(conn) => sqlx::query(sql)
            .bind(organisation)
            .bind(wave)
            .bind(vec![1_u8])
            .execute(&mut **conn)
            .await
            .is_err(),
        Tx::SqliteRead(_) => false,
    };
    assert!(refused);
});

both!(rebuilding_the_open_tables_keeps_every_row, async |test| {
    let sql = "INSERT INTO open_records (locator, wave, ciphertext) VALUES ($1, $2, $3)";
    let wave = NetworkId::new();
    let mut tx = test.store.write().await.unwrap();
    for number in [9_u8, 3, 7, 1] {
        let row = (vec![number; 32], vec![number]);
        match &mut tx {
            Tx::SqliteWrite(conn) => {
                sqlx::query(sql)
                    .bind(row.0)
                    .bind(wave)
                    .bind(row.1)
                    .execute(&mut **conn)
                    .await
                    .map(|_| ())
                    .unwrap();
            }
            Tx::Postgres(conn) => {
                sqlx::query(sql)
                    .bind(row.0)
                    .bind(wave)
                    .bind(row.1)
                    .execute(&mut **conn)
                    .await
                    .map(|_| ())
                    .unwrap();
            }
            Tx::SqliteRead(_) => unreachable!("write() never gives a reading view"),
        }
    }
    tx.commit().await.unwrap();
    test.store.rebuild_open_tables().await.unwrap();
    assert!(test.store.empty_log().await.unwrap());
    let sql = "SELECT ciphertext FROM open_records ORDER BY locator";
    let rows: Vec<Vec<u8>> = match &mut test.store.read_newest().await.unwrap() {
        Tx::SqliteRead(conn) => sqlx::query_scalar(sql)
            .fetch_all(&mut **conn)
            .await
            .unwrap(),
        Tx::Postgres(conn) => sqlx::query_scalar(sql)
            .fetch_all(&mut **conn)
            .await
            .unwrap(),
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    };
    assert_eq!(rows, [vec![1], vec![3], vec![7], vec![9]]);
});

#[tokio::test]
async fn many_who_undo_do_not_keep_one_waiting() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let test = crate::support::TestStore::open(crate::support::Engine::Sqlite)
        .await
        .unwrap();
    let (turns, asking) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut first = test.store.write().await.unwrap();
    name_network(&mut first, NetworkId::new(), "first")
        .await
        .unwrap();
    for _ in 0..900 {
        let (store, turns) = (test.store.clone(), turns.clone());
        let asking = asking.clone();
        tokio::spawn(async move {
            asking.fetch_add(1, Ordering::Relaxed);
            drop(store.write().await);
            turns.fetch_add(1, Ordering::Relaxed);
        });
    }
    while asking.load(Ordering::Relaxed) < 900 {
        tokio::task::yield_now().await;
    }
    first.commit().await.unwrap();
    let before_her = turns.load(Ordering::Relaxed);
    assert!(before_her < 600, "{before_her} of 900 came first");
}

both!(who_writes_alone_is_kept_or_undone_alone, async |test| {
    let mut members = Vec::new();
    for number in 0..60_u32 {
        let store = test.store.clone();
        members.push(tokio::spawn(async move {
            let mut tx = match number % 2 {
                0 => store.write_alone().await.unwrap(),
                _ => store.write().await.unwrap(),
            };
            name_network(&mut tx, NetworkId::new(), &format!("{number:02}"))
                .await
                .unwrap();
            match number % 3 {
                0 => false,
                _ => tx.commit().await.is_ok(),
            }
        }));
    }
    let mut acknowledged = 0;
    for member in members {
        acknowledged += usize::from(member.await.unwrap());
    }
    assert_eq!(acknowledged, 40);
    assert_eq!(names(&test.store).await.len(), 40);
});

#[tokio::test]
async fn what_came_before_one_who_writes_alone_is_committed_before_she_begins() {
    let test = crate::support::TestStore::open(crate::support::Engine::Sqlite)
        .await
        .unwrap();
    let mut first = test.store.write().await.unwrap();
    name_network(&mut first, NetworkId::new(), "first")
        .await
        .unwrap();
    let store = test.store.clone();
    let alone = tokio::spawn(async move {
        let mut tx = store.write_alone().await.unwrap();
        let before = names(&store).await;
        name_network(&mut tx, NetworkId::new(), "alone")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        before
    });
    // She has asked before the first commits, or asks afterwards: it is the same to her.
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    assert_eq!(alone.await.unwrap(), ["first"]);
    assert_eq!(names(&test.store).await, ["alone", "first"]);
}
