//! The fee schedule as it stands in its file, and the checks it must pass.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    BasePart, Confidence, Delivery, FeeError, FeeRule, Insertion, MatchedRule, OrderFee, PlatformFees, Tier,
    TierKind, plain_words,
};
use crate::{Cents, Currency};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeeFile {
    #[serde(default, rename = "note")]
    _note: String,
    pub(super) platforms: BTreeMap<String, PlatformEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlatformEntry {
    /// Absent: any currency.
    #[serde(default)]
    currency: Option<Currency>,
    #[serde(rename = "source")]
    _source: String,
    confidence: Confidence,
    #[serde(default)]
    insertion: Option<Insertion>,
    schedules: Vec<ScheduleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleEntry {
    from: Option<NaiveDate>,
    base: Vec<BasePart>,
    #[serde(default)]
    order_fee: Vec<OrderFee>,
    #[serde(default)]
    payment_percent: f64,
    rules: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    #[serde(default)]
    delivery: Option<Delivery>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    kind: TierKind,
    #[serde(default)]
    tiers: Vec<TierEntry>,
    #[serde(default)]
    minimum: Cents,
    #[serde(default)]
    fixed: Cents,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierEntry {
    #[serde(default)]
    up_to: Option<Cents>,
    percent: f64,
}

impl PlatformEntry {
    pub(super) fn check(self, platform: &str) -> Result<PlatformFees, FeeError> {
        let wrong = |problem: String| FeeError::Invalid { platform: platform.to_owned(), problem };
        let mut schedules = Vec::with_capacity(self.schedules.len());
        for schedule in self.schedules {
            let from = schedule.from;
            schedules.push((from, schedule.check(platform, self.confidence).map_err(wrong)?));
        }
        schedules.sort_by_key(|(from, _)| *from);
        if schedules.is_empty() {
            return Err(wrong("it has no schedule".to_owned()));
        }
        if schedules.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(wrong("two schedules begin on one day".to_owned()));
        }
        Ok(PlatformFees { currency: self.currency, insertion: self.insertion, schedules })
    }
}

impl ScheduleEntry {
    fn check(self, platform: &str, confidence: Confidence) -> Result<Vec<MatchedRule>, String> {
        let order_ends: Vec<Option<Cents>> = self.order_fee.iter().map(|fee| fee.up_to).collect();
        in_order(&order_ends)?;
        if self.order_fee.iter().any(|fee| fee.fee.0 < 0) {
            return Err("a per-order fee is negative".to_owned());
        }
        let payment_ppm = millionths(self.payment_percent)?;
        let rules = self
            .rules
            .into_iter()
            .map(|rule| {
                let id = rule.id.clone();
                rule.check(platform, confidence, &self.base, &self.order_fee, payment_ppm)
                    .map_err(|problem| format!("rule `{id}`: {problem}"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        for delivery in Delivery::ALL {
            if !rules.iter().any(|rule| rule.not.is_empty() && rule.fits(" ", *delivery)) {
                return Err(format!("no rule without words for {delivery} sales"));
            }
        }
        Ok(rules)
    }
}

impl RuleEntry {
    fn check(
        self,
        platform: &str,
        confidence: Confidence,
        base: &[BasePart],
        order_fee: &[OrderFee],
        payment_ppm: i64,
    ) -> Result<MatchedRule, String> {
        let ends: Vec<Option<Cents>> = self.tiers.iter().map(|tier| tier.up_to).collect();
        in_order(&ends)?;
        match self.kind {
            TierKind::None if !self.tiers.is_empty() => return Err("`none` takes no tiers".to_owned()),
            TierKind::Flat if self.tiers.len() != 1 => return Err("`flat` takes one tier".to_owned()),
            TierKind::Marginal | TierKind::Whole | TierKind::WholeThreshold if self.tiers.is_empty() => {
                return Err("it has no tiers".to_owned());
            }
            _ => {}
        }
        if self.minimum.0 < 0 || self.fixed.0 < 0 {
            return Err("an amount is negative".to_owned());
        }
        let tier = |tier: &TierEntry| Ok(Tier { up_to: tier.up_to, ppm: millionths(tier.percent)? });
        let rule = FeeRule {
            name: format!("{platform}/{}", self.id),
            kind: self.kind,
            tiers: self.tiers.iter().map(tier).collect::<Result<_, String>>()?,
            base: base.to_vec(),
            order_fee: order_fee.to_vec(),
            minimum: self.minimum,
            fixed: self.fixed,
            payment_ppm,
            confidence,
            begins_later: None,
            assumed: false,
        };
        let plain = |words: Vec<String>| words.iter().map(|word| plain_words(word)).collect();
        Ok(MatchedRule { delivery: self.delivery, words: plain(self.words), not: plain(self.not), rule })
    }
}

/// Ends must rise, and only the last may be open (and must be, so that every amount has a tier).
fn in_order(ends: &[Option<Cents>]) -> Result<(), String> {
    let Some((last, before)) = ends.split_last() else { return Ok(()) };
    if last.is_some() {
        return Err("the last tier must be open: leave out its `up_to`".to_owned());
    }
    let closed: Option<Vec<Cents>> = before.iter().copied().collect();
    match closed {
        Some(ends) if ends.windows(2).all(|pair| pair[0] < pair[1]) && ends.iter().all(|end| end.0 > 0) => {
            Ok(())
        }
        _ => Err("tiers must end at rising amounts".to_owned()),
    }
}

/// Percent to millionths, refused when not exact: fees are charged as written.
fn millionths(percent: f64) -> Result<i64, String> {
    let ppm = (percent * 10_000.0).round();
    if !(0.0..=100.0).contains(&percent) || (ppm / 10_000.0 - percent).abs() > 1e-9 {
        return Err(format!("{percent} is not a percentage from 0 to 100 with at most four decimals"));
    }
    Ok(ppm as i64)
}
