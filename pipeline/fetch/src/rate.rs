//! A token bucket per host.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until};

/// How often a host may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Not at all.
    Nothing,
    /// Up to `burst` at once, then one per `interval`.
    Every {
        /// Time in which one more request becomes allowed.
        interval: Duration,
        /// Requests that may follow one another at once after a rest.
        burst: NonZeroU32,
    },
    /// As often as one likes: loopback and tests.
    Unlimited,
}

impl Rate {
    /// So many requests a minute, up to `burst` at once. A rate or burst that is zero, negative or no
    /// number allows nothing.
    #[must_use]
    pub fn per_minute(requests: f64, burst: u32) -> Self {
        let Some(burst) = NonZeroU32::new(burst) else { return Self::Nothing };
        if requests.is_nan() || requests <= 0.0 {
            return Self::Nothing;
        }
        match Duration::try_from_secs_f64(60.0 / requests) {
            Ok(interval) => Self::Every { interval: interval.max(Duration::from_nanos(1)), burst },
            Err(_) => Self::Nothing,
        }
    }
}

/// Lets requests through at a [`Rate`], in the order they came.
///
/// Within any time T at most `burst + T / interval` pass. It is the generic cell rate algorithm
/// (ITU-T I.371): one moment is all the state. A library's bucket gives the token when it is asked
/// for; here it is taken only once everything else that a request needs is there, so that a request
/// which waits in between does not come close upon the next.
#[derive(Debug)]
pub struct Bucket {
    rate: Rate,
    /// When the bucket will be full again. Whoever holds it is next; the others queue up behind.
    full_at: Mutex<Option<Instant>>,
}

/// The right to take the token that is there.
#[derive(Debug)]
pub struct Turn<'a> {
    rate: Rate,
    full_at: MutexGuard<'a, Option<Instant>>,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, full_at: Mutex::new(None) }
    }

    /// Waits until it is the caller's turn and a token is there, without taking it. `None` when there
    /// will never be one.
    pub async fn turn(&self) -> Option<Turn<'_>> {
        if self.rate == Rate::Nothing {
            return None;
        }
        let full_at = self.full_at.lock().await;
        if let (Rate::Every { interval, burst }, Some(full_at)) = (self.rate, *full_at) {
            let spare = interval.saturating_mul(burst.get() - 1);
            // Tokio wakes at the next millisecond, never before the moment.
            sleep_until(full_at.checked_sub(spare).unwrap_or(full_at)).await;
        }
        Some(Turn { rate: self.rate, full_at })
    }
}

impl Turn<'_> {
    /// Takes the token and lets the next one have its turn.
    pub fn take(mut self) {
        if let Rate::Every { interval, .. } = self.rate {
            let now = Instant::now();
            *self.full_at = Some(self.full_at.map_or(now, |full_at| full_at.max(now)) + interval);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use tokio::time::sleep;

    use super::*;

    /// Moments at which requests that arrive as told were let through, in milliseconds.
    fn passed(rate: Rate, gaps: Vec<u64>) -> Vec<u64> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async move {
            let start = Instant::now();
            let bucket = Arc::new(Bucket::new(rate));
            let mut waiting = Vec::new();
            for gap in gaps {
                sleep(Duration::from_millis(gap)).await;
                let bucket = bucket.clone();
                waiting.push(tokio::spawn(async move {
                    bucket.turn().await.unwrap().take();
                    start.elapsed().as_millis() as u64
                }));
            }
            let mut times = Vec::new();
            for one in waiting {
                times.push(one.await.unwrap());
            }
            times
        })
    }

    proptest! {
        #[test]
        fn never_above_the_rate(
            interval_ms in 1_u64..5_000,
            burst in 1_u32..6,
            gaps in proptest::collection::vec(prop_oneof![Just(0_u64), 0_u64..8_000], 1..60),
        ) {
            let interval = Duration::from_millis(interval_ms);
            let rate = Rate::Every { interval, burst: NonZeroU32::new(burst).unwrap() };
            let times = passed(rate, gaps);
            prop_assert!(times.is_sorted(), "first come, first served: {times:?}");
            for from in 0..times.len() {
                for to in from..times.len() {
                    let most = u64::from(burst) + (times[to] - times[from]) / interval_ms;
                    prop_assert!((to - from + 1) as u64 <= most, "{times:?}");
                }
            }
        }

        /// Not slower than it must be: what waits is let through as soon as a token is there.
        #[test]
        fn a_crowd_passes_at_the_rate(interval_ms in 1_u64..1_000, crowd in 1_usize..40) {
            let rate = Rate::Every { interval: Duration::from_millis(interval_ms), burst: NonZeroU32::MIN };
            let last = passed(rate, vec![0; crowd]).pop().unwrap();
            let least = interval_ms * (crowd as u64 - 1);
            prop_assert!((least..=least + crowd as u64).contains(&last), "{last} for {least}");
        }
    }

    #[test]
    fn a_rate_that_is_none_allows_nothing() {
        for (requests, burst) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (10.0, 0), (1e-300, 1)] {
            assert_eq!(Rate::per_minute(requests, burst), Rate::Nothing, "{requests} {burst}");
        }
        assert_eq!(
            Rate::per_minute(30.0, 1),
            Rate::Every { interval: Duration::from_secs(2), burst: NonZeroU32::MIN }
        );
    }

    #[tokio::test]
    async fn nothing_passes_a_closed_bucket() {
        assert!(Bucket::new(Rate::Nothing).turn().await.is_none());
        assert!(Bucket::new(Rate::Unlimited).turn().await.is_some());
    }
}
