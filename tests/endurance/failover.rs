//! A primary with a streaming standby: the primary dies under load, the standby takes its place,
//! and the servers that ran all the time go on. What was acknowledged is there.

mod forwarder;

use std::time::{Duration, Instant};

use poem::http::Method;
use sqlx::Connection;

use crate::support::app::cbi;
use crate::support::cluster::Cluster;
use crate::support::load::Load;
use crate::support::serving::Serving;
use crate::support::staffed::Staffed;
use forwarder::Forwarder;

const IS_SYNCHRONOUS: &str =
    "SELECT COUNT(*) = 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')";
const IS_FOLLOWED: &str = "SELECT COUNT(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'";
const IS_ALONE: &str = "SELECT COUNT(*) = 0 FROM pg_stat_replication";

/// A primary and its standby, one of which is behind the proxy.
struct Pair {
    first: Cluster,
    second: Cluster,
    proxy: Forwarder,
}

impl Pair {
    /// Who commits waits for the standby if `names` names it, as in `synchronous_standby_names`.
    async fn start(names: &str) -> Option<Self> {
        let first = Cluster::start(&format!(
            "wal_level = replica\nmax_wal_senders = 4\nwal_keep_size = '64MB'\n\
             synchronous_commit = on\nsynchronous_standby_names = '{names}'\n"
        ))?;
        let second = Cluster::follow(&first, "wal_retrieve_retry_interval = '200ms'\n");
        let follows = if names.is_empty() {
            IS_FOLLOWED
        } else {
            IS_SYNCHRONOUS
        };
        until(&first, follows).await;
        let proxy = Forwarder::to(first.port()).await;
        Some(Self {
            first,
            second,
            proxy,
        })
    }

    /// Workers with an open wave, and what they will be asked through.
    async fn staffed(&self, many: usize) -> (Staffed, String) {
        let staffed = Staffed::on_address(&self.proxy.database(), many).await;
        staffed.app.at("2026-02-02T05:00:00Z").await;
        staffed.consent().await;
        let wave = staffed.app.open_wave(&staffed.people[0].token).await;
        (staffed, wave)
    }

    /// What Patroni does: the primary is gone, the standby is promoted, and waits for no other as
    /// long as it has none; the proxy leads to it.
    async fn fail_over(&self) {
        self.first.crash();
        self.second.promote();
        sql(
            &self.second,
            "ALTER SYSTEM SET synchronous_standby_names = ''",
        )
        .await;
        sql(&self.second, "SELECT pg_reload_conf()").await;
        self.proxy.turn_to(self.second.port());
    }

    /// The standby hears nothing more.
    async fn cut_off(&self) {
        sql(&self.second, "ALTER SYSTEM SET primary_conninfo = ''").await;
        sql(&self.second, "SELECT pg_reload_conf()").await;
        until(&self.first, IS_ALONE).await;
    }
}

async fn sql(cluster: &Cluster, statement: &'static str) {
    let mut conn = sqlx::PgConnection::connect(&cluster.address())
        .await
        .unwrap();
    sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
}

/// Waits until a question to a cluster is answered with yes.
async fn until(cluster: &Cluster, question: &'static str) {
    let began = Instant::now();
    let mut conn = sqlx::PgConnection::connect(&cluster.address())
        .await
        .unwrap();
    loop {
        let asked = sqlx::query_scalar::<_, bool>(question);
        if asked.fetch_one(&mut conn).await.unwrap() {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "never: {question}"
        );
        // Waiting for a process is not a matter of the clock that is passed in.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_dies_under_load_takes_nothing_acknowledged_with_it() {
    let Some(pair) = Pair::start("*").await else {
        return;
    };
    let (staffed, wave) = pair.staffed(60).await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut servers = Vec::new();
    for folder in &folders {
        let serve = staffed.server(folder.path(), "2026-02-16T03:59:40Z");
        servers.push(serve.start().await);
    }
    let addresses: Vec<_> = servers.iter().map(|one| one.address).collect();
    let load = Load::begin(&addresses, &staffed.people, &wave);
    let began = Instant::now();
    while load.acknowledged() < 90 {
        assert!(began.elapsed() < Duration::from_mins(1), "no load");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    pair.fail_over().await;
    let at_the_crash = load.acknowledged();
    let told = load.end().await;
    let acknowledged: usize = told.iter().map(|one| one.acknowledged).sum();
    assert!(
        acknowledged > at_the_crash + 20,
        "the running servers go on"
    );
    staffed.until_wave_is(0, "closed").await;
    staffed
        .app
        .clock
        .set("2026-02-16T05:00:00Z".parse().unwrap());
    staffed
        .released_is_what_was_acknowledged(&wave, &told)
        .await;
    assert_eq!(staffed.audited("wave-closed").await.len(), 1);
}

/// What becomes of a check-in that only the primary has, when it dies: whether it was
/// acknowledged, and whether it is there afterwards.
async fn only_the_primary_had_it(names: &str) -> Option<(bool, bool)> {
    let pair = Pair::start(names).await?;
    let (staffed, wave) = pair.staffed(6).await;
    let folder = tempfile::tempdir().unwrap();
    let serving = staffed
        .server(folder.path(), "2026-02-10T08:00:00Z")
        .start()
        .await;
    let person = &staffed.people[0];
    let before = check_in(&serving, &person.token, &wave, 25).await;
    assert!(before, "with the standby there");
    pair.cut_off().await;
    let acknowledged = check_in(&serving, &person.token, &wave, 75).await;
    pair.fail_over().await;
    staffed
        .app
        .clock
        .set("2026-02-10T09:00:00Z".parse().unwrap());
    let path = format!("/me/waves/{wave}");
    let own = staffed.app.get(&person.token, &path).await.good();
    let answer = &own["check_in"]["answers"]["cbi.personal.1"];
    assert!(answer == 25 || answer == 75, "{own}");
    let is_there = answer == 75;
    assert!(
        check_in(&serving, &person.token, &wave, 100).await,
        "it goes on"
    );
    Some((acknowledged, is_there))
}

/// Whether it was acknowledged before anybody would give up.
async fn check_in(serving: &Serving, token: &str, wave: &str, value: i64) -> bool {
    let path = format!("/me/waves/{wave}/check-in");
    let sheet = cbi(value);
    let mut caller = serving.caller();
    let sent = caller.send((Method::PUT, &path), token, Some(&sheet));
    match tokio::time::timeout(Duration::from_secs(5), sent).await {
        Ok(answer) => answer.is_ok_and(|answer| answer.status == 200),
        Err(_) => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_that_a_synchronous_standby_does_not_have() {
    if let Some(came) = only_the_primary_had_it("*").await {
        assert_eq!(came, (false, false), "(acknowledged, there)");
    }
}

/// Why the operator's guide asks for synchronous replication.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_an_asynchronous_standby_a_failover_loses_what_was_acknowledged() {
    if let Some(came) = only_the_primary_had_it("").await {
        assert_eq!(came, (true, false), "(acknowledged, there)");
    }
}
