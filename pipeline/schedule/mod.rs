//! What is due when, of jobs with cron expressions: a pure function of the moment that is passed in.

pub mod cron;

use autobazaaar_domain::Utc;
pub use cron::{BadCron, Cron};

/// Missed times that are counted one by one.
const COUNTED: usize = 1_000;

/// A job and when it was last begun.
#[derive(Debug, Clone)]
pub struct Planned<J> {
    pub job: J,
    pub cron: Cron,
    /// Times up to this one are done with.
    pub since: Utc,
}

/// A job whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<J> {
    pub job: J,
    /// The time that it is done for: the newest that has come.
    pub at: Utc,
    /// Earlier times that passed meanwhile; they are not made up for one by one.
    pub missed: usize,
}

/// Jobs in the order in which they are done when they are due together.
#[derive(Debug, Clone)]
pub struct Plan<J>(pub Vec<Planned<J>>);

impl<J: Copy> Plan<J> {
    /// The next job whose time has come; it is done with for that time.
    pub fn take_due(&mut self, now: Utc) -> Option<Due<J>> {
        for planned in &mut self.0 {
            let passed = planned.cron.between(planned.since, now, COUNTED);
            if let Some(&at) = passed.last() {
                planned.since = now.max(at);
                return Some(Due { job: planned.job, at, missed: passed.len() - 1 });
            }
        }
        None
    }

    /// When the next job is due, and which; `None` if nothing ever is.
    #[must_use]
    pub fn next(&self) -> Option<(Utc, J)> {
        let next =
            self.0.iter().filter_map(|planned| Some((planned.cron.after(planned.since)?, planned.job)));
        next.min_by_key(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Utc {
        Utc::from_timestamp(minute * 60, 0).unwrap()
    }

    fn plan() -> Plan<&'static str> {
        let planned = |job, cron: &str| Planned { job, cron: cron.parse().unwrap(), since: minute(0) };
        Plan(vec![planned("run", "*/15 * * * *"), planned("report", "0 * * * *")])
    }

    #[test]
    fn each_time_comes_once_and_in_order() {
        let mut plan = plan();
        assert_eq!(plan.next(), Some((minute(15), "run")));
        assert_eq!(plan.take_due(minute(14)), None);
        assert_eq!(plan.take_due(minute(15)), Some(Due { job: "run", at: minute(15), missed: 0 }));
        assert_eq!(plan.take_due(minute(15)), None);
        assert_eq!(plan.next(), Some((minute(30), "run")));
    }

    #[test]
    fn what_passed_meanwhile_is_done_once_and_counted() {
        let mut plan = plan();
        assert_eq!(plan.take_due(minute(61)), Some(Due { job: "run", at: minute(60), missed: 3 }));
        assert_eq!(plan.take_due(minute(61)), Some(Due { job: "report", at: minute(60), missed: 0 }));
        assert_eq!(plan.take_due(minute(61)), None);
    }
}
