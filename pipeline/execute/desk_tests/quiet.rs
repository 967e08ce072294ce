//! Quiet hours, wherever the owner lives and whenever they begin.

use autobazaaar_domain::effect::{EffectKind, EffectState};
use autobazaaar_domain::{Lifecycle as _, Zone};
use autobazaaar_negotiation::strategy::QuietHours;
use chrono::{FixedOffset, NaiveTime, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::execute::market::{Deed, Writer};
use crate::score::fixtures::deal;

const MINUTES_A_DAY: i64 = 24 * 60;

/// Quiet hours as minutes of the owner's day.
#[derive(Debug, Clone, Copy)]
struct Night {
    from: i64,
    until: i64,
    /// Minutes east of UTC.
    zone: i64,
}

impl Night {
    /// Counted in whole minutes, apart from the code under test.
    fn holds(self, at: Utc) -> bool {
        let minute = (at.timestamp().div_euclid(60) + self.zone).rem_euclid(MINUTES_A_DAY);
        let since = (minute - self.from).rem_euclid(MINUTES_A_DAY);
        since < (self.until - self.from).rem_euclid(MINUTES_A_DAY)
    }

    fn setting(self) -> (QuietHours, Zone) {
        let time =
            |minute: i64| NaiveTime::from_num_seconds_from_midnight_opt(minute as u32 * 60, 0).unwrap();
        let hours = QuietHours { from: time(self.from), until: time(self.until) };
        (hours, FixedOffset::east_opt(self.zone as i32 * 60).unwrap().into())
    }
}

fn messages(desk: &Desk) -> usize {
    let message = |(deed, _): &&(Deed, String)| matches!(deed, Deed::Write { .. } | Deed::Answer { .. });
    desk.market.done.iter().filter(message).count()
}

async fn waiting(desk: &Desk) -> usize {
    let queued = desk.store.read().await.unwrap().effects(EffectState::Queued, 100).await.unwrap();
    queued.iter().filter(|effect| effect.kind == EffectKind::SendMessage).count()
}

impl Desk {
    fn executor_at(&mut self, at: Utc) -> Executor<'_, Script> {
        Executor::new(&self.store, &mut self.market, &self.settings, &self.negotiator, at)
    }
}

/// A negotiation whose seller answers once, looked at every `step` minutes until it has ended.
async fn is_left_in_peace(night: Night, start: i64, step: i64, answers_after: i64) {
    let mut desk = Desk::new().await;
    desk.settings.quiet = Some(night.setting());
    let begin = fixtures::now() + TimeDelta::minutes(start);
    desk.executor_at(begin).take_on(vec![go(deal("a", 80_000, 120_000), 10)]).await.unwrap();
    let mut sent = 0;
    for look in 0..12 * MINUTES_A_DAY / step {
        let at = begin + TimeDelta::minutes(look * step);
        if look == answers_after {
            desk.market.seller_says("I could let it go for $790, not less.");
        }
        desk.executor_at(at).tick().await.unwrap();
        let quiet = night.holds(at);
        assert!(!quiet || messages(&desk) == sent, "wrote at {at}, {night:?}");
        assert!(quiet || waiting(&desk).await == 0, "kept silent at {at}, {night:?}");
        sent = messages(&desk);
    }
    assert!(sent > 1, "{sent} messages, {night:?}");
    let talks = desk.store.read().await.unwrap().negotiations(None, 10).await.unwrap();
    assert!(talks.iter().all(|talk| talk.status.is_final()), "forgotten: {talks:?}");
    desk.holds_together().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn nobody_is_written_to_in_quiet_hours_and_nothing_is_lost(
        from in 0..MINUTES_A_DAY,
        // At least three hours of the day are open.
        length in 0..=21 * 60_i64,
        zone in -48..=56_i64,
        start in 0..MINUTES_A_DAY,
        step in 25..=90_i64,
        answers_after in 1..60_i64,
    ) {
        let night = Night { from, until: (from + length) % MINUTES_A_DAY, zone: zone * 15 };
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(is_left_in_peace(night, start, step, answers_after));
    }
}

#[tokio::test]
async fn what_was_written_by_day_is_not_sent_late_at_night() {
    let mut desk = Desk::new().await;
    let now = fixtures::now();
    let quiet_from = now.time() + TimeDelta::hours(1);
    let hours = QuietHours { from: quiet_from, until: quiet_from + TimeDelta::hours(9) };
    desk.settings.quiet = Some((hours, Zone::default()));
    // Written while it was not quiet; the process was down until it was
    desk.executor_at(now).take_on(vec![go(deal("a", 80_000, 120_000), 10)]).await.unwrap();
    desk.tick(2).await;
    assert_eq!(messages(&desk), 0);
    let due = desk.store.read().await.unwrap().effects(EffectState::Queued, 9).await.unwrap();
    assert_eq!(due[0].not_before, at(10));
    desk.tick(9).await;
    assert_eq!(messages(&desk), 0);
    desk.tick(10).await;
    assert_eq!(messages(&desk), 1);
}

#[tokio::test]
async fn buyers_are_answered_in_the_morning() {
    let mut desk = Desk::new().await;
    let listing = super::selling::listed(&mut desk).await;
    let key = crate::execute::key_of(&listing).unwrap();
    let hours = QuietHours { from: at(24).time(), until: at(32).time() };
    desk.settings.quiet = Some((hours, Zone::default()));
    let before = messages(&desk);
    desk.market.says(Writer::Buyer, "ann", &key, "Is it still available?", None);
    desk.tick(25).await;
    assert_eq!(messages(&desk), before);
    desk.tick(32).await;
    assert_eq!(messages(&desk), before + 1);
}
