//! The ground of this binary itself: the program starts, dies where it is told to, and a
//! PostgreSQL server of one's own can be crashed and started again.

use crate::support::cluster::Cluster;
use crate::support::serving::Serve;

#[tokio::test]
async fn the_program_answers_again_after_it_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::on("sqlite:respite.db", folder.path());
    let serving = serve.start().await;
    serving.kill();
    let serving = serve.start().await;
    let answer = serving.caller().get("/me", "").await.unwrap();
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn the_program_survives_a_crash_of_its_database_server() {
    let Some(cluster) = Cluster::start("") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::on(&cluster.address(), folder.path());
    let migrated = serve.run("migrate");
    assert!(migrated, "migrate");
    let serving = serve.start().await;
    cluster.crash();
    cluster.begin();
    serving.answers().await;
}
