//! Jobs and timers.

use autobazaaar_domain::Priority;
use autobazaaar_domain::due::{DueState, FailureCode};
use autobazaaar_domain::ids::DueId;
use autobazaaar_store::{DueKind, NewDue, StoreError, Tx};
use chrono::Duration;

use crate::fixtures::{at, begin, empty, run};

async fn claim(tx: &mut Tx<'_>, worker: &str) -> Vec<(String, DueId)> {
    let claimed = tx.claim_due(&[], worker, Duration::minutes(5), 10).await.unwrap();
    claimed.into_iter().map(|due| (due.subject, due.due_id)).collect()
}

fn subjects(claimed: &[(String, DueId)]) -> Vec<&str> {
    claimed.iter().map(|(subject, _)| subject.as_str()).collect()
}

#[test]
fn jobs_come_by_priority_then_by_time_and_three_of_a_kind() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 0).await;
        for (subject, minutes, priority) in [
            ("later", 60, Priority::High),
            ("low", 0, Priority::Low),
            ("b", 2, Priority::Normal),
            ("a", 1, Priority::Normal),
            ("high", 3, Priority::High),
        ] {
            tx.schedule(&NewDue { priority, ..NewDue::new("sweep", subject, at(minutes)) }).await.unwrap();
        }
        tx.schedule(&NewDue::new("report", "daily", at(0))).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 10).await;
        assert_eq!(tx.next_due_at().await.unwrap(), Some(at(0)));
        let claimed = claim(&mut tx, "w").await;
        assert_eq!(subjects(&claimed), ["high", "daily", "a", "b"]);
        assert!(claim(&mut tx, "w").await.is_empty(), "three sweeps run already");
        tx.finish_due(claimed[0].1).await.unwrap();
        assert_eq!(subjects(&claim(&mut tx, "w").await), ["low"]);
        assert!(matches!(tx.finish_due(claimed[0].1).await, Err(StoreError::Illegal(_))));
    });
}

#[test]
fn a_nudge_given_twice_is_one_and_the_earlier() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 0).await;
        assert!(tx.schedule(&NewDue::new("sweep", "n", at(60))).await.unwrap());
        assert!(!tx.schedule(&NewDue::new("sweep", "n", at(30))).await.unwrap());
        assert!(!tx.schedule(&NewDue::new("sweep", "n", at(90))).await.unwrap());
        assert!(tx.schedule(&NewDue::new("other", "n", at(30))).await.unwrap());
        let waiting = tx.dues(DueState::Waiting, 10).await.unwrap();
        assert_eq!(waiting.iter().map(|due| due.due_at).collect::<Vec<_>>(), [at(30), at(30)]);
    });
}

#[test]
fn what_may_pass_is_tried_three_times_and_what_cannot_once() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 0).await;
        tx.schedule(&NewDue::new("sweep", "flaky", at(0))).await.unwrap();
        tx.schedule(&NewDue::new("sweep", "wrong", at(0))).await.unwrap();
        tx.commit().await.unwrap();
        for (minute, attempts) in [(1, 1), (2, 2), (3, 3)] {
            let mut tx = begin(&store, minute).await;
            for (subject, id) in claim(&mut tx, "w").await {
                let failure =
                    if subject == "flaky" { FailureCode::TimedOut } else { FailureCode::InvalidInput };
                let due = tx.fail_due(id, failure, "no").await.unwrap();
                let gone = subject == "wrong" || attempts == 3;
                assert_eq!(due.state, if gone { DueState::Failed } else { DueState::Waiting }, "{subject}");
                assert_eq!(due.attempts, attempts);
                assert!(gone || due.due_at > at(minute));
            }
            tx.commit().await.unwrap();
        }
        let mut tx = begin(&store, 4).await;
        let failed = tx.dues(DueState::Failed, 10).await.unwrap();
        assert_eq!(failed.len(), 2, "failed ones are kept");
        assert_eq!(tx.prune_due(at(100)).await.unwrap(), 0);
        tx.retry_due(failed[0].due_id).await.unwrap();
        assert_eq!(claim(&mut tx, "w").await.len(), 1);
    });
}

#[test]
fn a_dead_workers_job_is_taken_up_again() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 0).await;
        tx.schedule(&NewDue::new("sweep", "n", at(0))).await.unwrap();
        assert_eq!(claim(&mut tx, "dies").await.len(), 1);
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 4).await;
        assert!(claim(&mut tx, "lives").await.is_empty(), "its lease holds");
        drop(tx);
        let mut tx = begin(&store, 6).await;
        assert_eq!(tx.take_up_lost().await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 7).await;
        let claimed = claim(&mut tx, "lives").await;
        let due = tx.due(claimed[0].1).await.unwrap().unwrap();
        assert_eq!((due.attempts, due.failure), (2, Some(FailureCode::WorkerLost)));
    });
}

#[test]
fn a_kind_can_be_paused_and_drained() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 0).await;
        let kind = |paused, draining| DueKind { kind: "sweep".to_owned(), paused, draining, concurrency: 1 };
        tx.schedule(&NewDue::new("sweep", "a", at(0))).await.unwrap();
        tx.schedule(&NewDue::new("sweep", "b", at(0))).await.unwrap();
        tx.set_due_kind(&kind(true, false)).await.unwrap();
        assert!(claim(&mut tx, "w").await.is_empty());
        assert_eq!(tx.next_due_at().await.unwrap(), None);
        tx.set_due_kind(&kind(false, true)).await.unwrap();
        assert!(!tx.schedule(&NewDue::new("sweep", "c", at(0))).await.unwrap());
        let claimed = claim(&mut tx, "w").await;
        assert_eq!(subjects(&claimed), ["a"], "one at a time");
        tx.finish_due(claimed[0].1).await.unwrap();
        assert_eq!(subjects(&claim(&mut tx, "w").await), ["b"]);
    });
}
