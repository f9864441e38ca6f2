//! What follows from a count is there once: findings, alerts and what is told of them.

use std::time::{Duration, Instant};

use super::sql::Sql;

const NOT_JUDGED: &str = "SELECT COUNT(*) FROM waves w WHERE w.state = 'closed'
    AND NOT EXISTS (SELECT 1 FROM judged_waves j WHERE j.wave = w.id)";

const NEVER: [(&str, &str); 5] = [
    (
        "a wave is judged that was not counted",
        "SELECT COUNT(*) FROM judged_waves j JOIN waves w ON w.id = j.wave
            WHERE w.state <> 'closed'",
    ),
    (
        "that there are results is told twice, or not at all",
        "SELECT COUNT(*) FROM judged_waves j WHERE (SELECT COUNT(*) FROM notices n
            WHERE n.wave = j.wave AND n.kind = 'results') <> 1",
    ),
    (
        "something is found at a wave that is not judged",
        "SELECT COUNT(*) FROM findings f
            WHERE NOT EXISTS (SELECT 1 FROM judged_waves j WHERE j.wave = f.wave)",
    ),
    (
        "a finding that calls for action has no alert",
        "SELECT COUNT(*) FROM findings f WHERE f.status IN ('elevated', 'high')
            AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.unit = f.unit)",
    ),
    (
        "an alert is told more or less often than it turned",
        "SELECT COUNT(*) FROM alerts a WHERE
            (SELECT COUNT(*) FROM alert_turns t WHERE t.alert = a.id)
            <> (SELECT COUNT(*) FROM notices n WHERE n.alert = a.id AND n.kind = 'alert')",
    ),
];

/// Waits until every counted wave is judged, which any server does by itself, and looks.
pub async fn are_there_once(sql: &mut Sql) {
    let began = Instant::now();
    while sql.number(NOT_JUDGED).await > 0 {
        let waited = began.elapsed();
        assert!(
            waited < Duration::from_mins(1),
            "a counted wave is not judged"
        );
        // Waiting for a process is not a matter of the clock that is passed in.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (what, question) in NEVER {
        assert_eq!(sql.number(question).await, 0, "{what}");
    }
}
