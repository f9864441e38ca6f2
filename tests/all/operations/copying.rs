//! Backup and restore, table by table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use respite::audit::{self, Change, Seal};
use respite::operations::backup::backup;
use respite::operations::restore::{WithoutList, restore};
use respite::settings::Settings;
use respite::store::copy::{COPIED, LEFT_OUT, Table};
use respite::tallies::CountedWaves;
use respite::vault::ServerKeys;

use super::rows;
use crate::support::{Engine, TestStore, both};

fn noon() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// An installation with rows in every table, and genuine ends of its audit chains.
struct Filled {
    test: TestStore,
    keys: ServerKeys,
}

impl Filled {
    async fn new(test: TestStore) -> Self {
        let keys = ServerKeys::create(&test.folder.path().join("server.key")).unwrap();
        for organisation in rows::fill(&test.store).await {
            let by = Seal {
                keys: &keys,
                now: noon(),
            };
            let mut tx = test.store.write().await.unwrap();
            let change = Change::OrganisationMade;
            audit::enter(&mut tx, &by, organisation, None, change)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        Self { test, keys }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.test.folder.path().join(name)
    }

    async fn backup(&self) -> PathBuf {
        let file = self.path("backup.db");
        backup(&self.test.store, &file).await.unwrap();
        file
    }

    /// Settings of another database with the same key file and list.
    fn settings(&self, address: &str) -> Settings {
        Settings {
            database: address.to_owned(),
            server_key_file: Some(self.path("server.key")),
            state_dir: Some(self.test.folder.path().to_owned()),
            ..Settings::default()
        }
    }

    fn keep_list(&self) {
        CountedWaves::open(self.test.folder.path())
            .unwrap()
            .add(&[])
            .unwrap();
    }
}

async fn tables(file: &Path, tables: &'static [Table]) -> BTreeMap<&'static str, Vec<String>> {
    let mut read = BTreeMap::new();
    for table in tables {
        read.insert(table.name, rows::read(file, table).await);
    }
    read
}

both!(
    a_backup_has_every_row_but_ballots_keys_and_sign_ins,
    async |test| {
        let filled = Filled::new(test).await;
        let file = filled.backup().await;
        for (table, rows) in tables(&file, COPIED).await {
            let extra = usize::from(table == "audit");
            assert_eq!(rows.len(), 4 * (1 + extra), "{table}");
            let mut sorted = rows.clone();
            if !matches!(table, "units" | "members" | "roles") {
                continue;
            }
            sorted.sort();
            assert!(
                rows.iter().any(|row| row.contains("NULL")),
                "{table}: nulls stay nulls"
            );
        }
        for (table, rows) in tables(&file, LEFT_OUT).await {
            assert_eq!(rows, Vec::<String>::new(), "{table} is left out");
        }
        let sealed = std::fs::read(&file).unwrap();
        assert!(!sealed.is_empty());
    }
);

both!(rows_of_a_backup_lie_in_key_order, async |test| {
    let filled = Filled::new(test).await;
    let file = filled.backup().await;
    for name in ["accounts", "open_records", "records", "units"] {
        let table = COPIED.iter().find(|table| table.name == name).unwrap();
        let at = table
            .columns
            .iter()
            .position(|(column, _)| matches!(*column, "id" | "locator"));
        let keys: Vec<String> = rows::read(&file, table)
            .await
            .iter()
            .map(|row| row.split(", ").nth(at.unwrap()).unwrap().to_owned())
            .collect();
        assert!(keys.is_sorted(), "{name}: {keys:?}");
    }
});

#[tokio::test]
async fn a_backup_of_sqlite_is_the_same_text_as_the_database() {
    let test = TestStore::open(Engine::Sqlite).await.unwrap();
    let filled = Filled::new(test).await;
    let file = filled.backup().await;
    for table in COPIED {
        let mut original = rows::read(&filled.path("respite.db"), table).await;
        let mut copied = rows::read(&file, table).await;
        original.sort();
        copied.sort();
        assert_eq!(original, copied, "{}", table.name);
    }
}

both!(
    a_backup_never_overwrites_and_leaves_nothing_half_done,
    async |test| {
        let filled = Filled::new(test).await;
        let file = filled.path("precious");
        std::fs::write(&file, "mine").unwrap();
        let refused = backup(&filled.test.store, &file)
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("precious exists already"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
        let nowhere = filled.path("no-such-folder/backup.db");
        backup(&filled.test.store, &nowhere).await.unwrap_err();
        filled.backup().await;
        let partial = std::fs::read_dir(filled.test.folder.path())
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .contains("partial")
            })
            .count();
        assert_eq!(partial, 0);
    }
);

#[cfg(unix)]
both!(a_backup_is_readable_by_its_owner_alone, async |test| {
    use std::os::unix::fs::PermissionsExt;
    let filled = Filled::new(test).await;
    let file = filled.backup().await;
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
});

async fn comes_back_as_it_was(test: TestStore, into: Engine) {
    let filled = Filled::new(test).await;
    let first = filled.backup().await;
    filled.keep_list();
    let Some(other) = TestStore::open(into).await else {
        return;
    };
    let settings = filled.settings(&other.address);
    let restored = restore(&settings, &first, noon(), WithoutList::Refuse)
        .await
        .unwrap();
    assert_eq!(restored.rows, 4 * COPIED.len() as u64 + 4);
    let second = filled.path("second.db");
    backup(&other.store, &second).await.unwrap();
    for table in COPIED
        .iter()
        .filter(|table| !table.name.starts_with("audit"))
    {
        let (before, after) = (
            rows::read(&first, table).await,
            rows::read(&second, table).await,
        );
        assert_eq!(before, after, "{}", table.name);
    }
    let audit = COPIED.iter().find(|table| table.name == "audit").unwrap();
    let (before, after) = (
        rows::read(&first, audit).await,
        rows::read(&second, audit).await,
    );
    assert_eq!(
        after.len(),
        before.len() + 4,
        "one entry more in each organisation"
    );
    assert!(before.iter().all(|entry| after.contains(entry)));
    let mut tx = other.store.read().await.unwrap();
    let newest = audit::newest(&mut tx).await.unwrap();
    assert!(newest.iter().all(|entry| entry.is_genuine(&filled.keys)));
    assert!(newest.iter().all(|entry| entry.change.contains("restored")));
}

both!(a_backup_comes_back_into_sqlite, async |test| {
    comes_back_as_it_was(test, Engine::Sqlite).await;
});

both!(a_backup_comes_back_into_postgres, async |test| {
    comes_back_as_it_was(test, Engine::Postgres).await;
});

both!(a_restore_overwrites_nothing, async |test| {
    let filled = Filled::new(test).await;
    let file = filled.backup().await;
    filled.keep_list();
    let settings = filled.settings(&filled.test.address);
    let refused = restore(&settings, &file, noon(), WithoutList::Refuse)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("not empty"), "{refused}");
});

both!(
    a_restore_wants_the_list_the_key_and_a_backup,
    async |test| {
        let filled = Filled::new(test).await;
        let file = filled.backup().await;
        let Some(other) = TestStore::open(Engine::Sqlite).await else {
            return;
        };
        let mut settings = filled.settings(&other.address);
        let refused = restore(&settings, &file, noon(), WithoutList::Refuse)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("--no-count-list"), "{refused}");
        filled.keep_list();

        let wrong = other.folder.path().join("other.key");
        ServerKeys::create(&wrong).unwrap();
        settings.server_key_file = Some(wrong);
        let refused = restore(&settings, &file, noon(), WithoutList::Refuse)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("does not fit"), "{refused}");
        settings.server_key_file = Some(other.folder.path().join("none.key"));
        let refused = restore(&settings, &file, noon(), WithoutList::Refuse)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("server key"), "{refused}");

        settings = filled.settings(&other.address);
        let text = filled.path("text");
        std::fs::write(
            &text,
            "no database at all, but long enough to look like one".repeat(99),
        )
        .unwrap();
        let refused = restore(&settings, &text, noon(), WithoutList::Refuse)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("text: "), "{refused}");
        let other_is_empty = backup(&other.store, &other.folder.path().join("empty.db")).await;
        assert_eq!(other_is_empty.unwrap(), 0);
    }
);
