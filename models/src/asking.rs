//! What a low ask says of the thing itself: is it cheap, or is it worse than it seems?
//!
//! An ask strays from its estimate for two reasons. The thing is better or worse than its listing
//! tells (*the thing's part*), or its owner asks more or less than is usual for such a thing (*the
//! seller's part*). Whoever buys what is asked far below its estimate picks both: of the distance,
//! the seller's part is his gain and the thing's part was never there (the winner's curse).
//!
//! How far sellers stray is about the same whatever they sell; the wider an estimate, the more of it
//! is the thing's part. The thing's part is normal, or, for a few listings, the thing is something
//! else (a box, a part, a wreck) worth an exponential distance less. The seller's part is normal, or,
//! for a few, a share of what would have been asked, in proportion to itself likely (as in
//! [`crate::odds`]). How frequent both are is learned from asks against estimates that had not seen
//! them.
//!
//! Other people's attention tells the two apart. They see the pictures, and look at what is cheap for
//! what it is, not at what is cheap because it is bad. So what views a day explain of how far asks
//! stray is the seller's part ([`Attention`]); that, too, is learned from asks alone.
//!
//! So does the time that an offer has stood ([`Stood`]). What is cheap for what it is goes soon: an ask
//! far below its estimate that nobody took for days is for a worse thing, or is no honest offer at all.

use std::collections::BTreeMap;

use autobazaaar_domain::pace::Pace;
use serde::{Deserialize, Serialize};

/// Depth of a discount, negative log of the share: exponential at this rate, so that shares are
/// likely in proportion to themselves.
const DISCOUNT_RATE: f64 = 2.0;
/// How much less something else is worth: exponential at this rate, log units.
const JUNK_RATE: f64 = 0.7;
/// Points on which a posterior is worked out.
const POINTS: usize = 96;
/// Rounds of expectation and maximisation.
const ROUNDS: usize = 40;
/// Fewest asks from which anything is learned.
const MIN_ASKS: usize = 500;
/// Least share of a variance that is the thing's part: nobody's listing tells all.
const LEAST_THING: f64 = 0.1;
/// Least that the seller's part stays unknown by, log units, whatever attention explains.
const LEAST_UNKNOWN: f64 = 0.08;
/// Share of listings whose attention means something else (shown off, shared, bought).
const OTHER_ATTENTION: f64 = 0.05;
/// Lines drawn one after the other through attention and errors, and how far off one an ask may lie,
/// standard deviations.
const LINES: usize = 8;
const BOUND: f64 = 2.5;
/// Attention must be so many standard errors from saying nothing, and explain so much of the
/// sellers' spread (its standard deviation, log units), before it is used.
const SURE: f64 = 5.0;
const TELLING: f64 = 0.03;

/// An ask beside its estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strayed<'a> {
    /// Log of the ask less log of the estimate, which had not seen it.
    pub error: f64,
    /// Standard deviation that the estimate's interval implies, log units.
    pub sigma: f64,
    pub looked: Option<Looked<'a>>,
    /// How long it has stood already, where that is to count.
    pub stood: Option<Stood>,
}

/// How long an offer has stood, among things that leave at some pace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stood {
    pub pace: Pace,
    /// 0–1.
    pub demand: f64,
    pub days: f64,
}

impl Stood {
    /// Log of the chance that an offer still stands whose seller strays so far (log units; `spread` is
    /// how far sellers usually do).
    fn log_chance(&self, seller: f64, spread: f64) -> f64 {
        let speed =
            self.pace.bargain_speed(normal_below(seller / spread), depth(seller, spread), self.demand);
        -speed * self.pace.cumulated(self.days)
    }
}

/// How far below what sellers usually stray to an ask is, log units.
#[must_use]
pub fn depth(seller: f64, spread: f64) -> f64 {
    (-seller - spread).max(0.0)
}

/// How much a listing was looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looked<'a> {
    pub platform: &'a str,
    /// Log of views a day.
    pub rate: f64,
    /// Log of the days that they were counted over.
    pub days: f64,
}

impl<'a> Looked<'a> {
    /// Fewest days over which a count means something.
    const FEWEST_DAYS: f64 = 0.2;

    /// From a count over some days; `None` where that is too short or the count none.
    #[must_use]
    pub fn new(platform: &'a str, views: i64, days: f64) -> Option<Self> {
        (views >= 0 && days >= Self::FEWEST_DAYS && days.is_finite()).then(|| Self {
            platform,
            rate: ((views as f64 + 0.5) / days).ln(),
            days: days.ln(),
        })
    }
}

/// What attention says of the seller's part of an ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// Seller's part per log of views a day: negative, cheap things are looked at more.
    pub per_rate: f64,
    pub per_rate_error: f64,
    /// And per log of days listed.
    pub per_days: f64,
    /// Means of both by venue, from which distances count.
    pub usual: BTreeMap<String, (f64, f64)>,
    /// Standard deviation of what it explains, log units.
    pub explains: f64,
    /// Listings that it was learned from.
    pub listings: u64,
}

/// What low asks mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asking {
    /// Standard deviation of the seller's part, log units: assumed, or more where attention shows more.
    pub seller_spread: f64,
    /// Share of sellers who ask a share of what they might.
    pub discounts: f64,
    /// Share of listings that are not what their estimate takes them for.
    pub junk: f64,
    /// Asks that these were learned from; 0: they are assumed.
    pub asks: u64,
    /// What views say, where they say anything.
    pub attention: Option<Attention>,
}

impl Asking {
    /// Nothing learned: a spread of sellers, one in thirty who asks a share, and next to no junk.
    #[must_use]
    pub fn assumed(seller_spread: f64) -> Self {
        Self { seller_spread, discounts: 1.0 / 30.0, junk: 1.0 / 300.0, asks: 0, attention: None }
    }

    /// Learns from asks; what they are too few for stays as assumed.
    #[must_use]
    pub fn learn(asks: &[Strayed<'_>], seller_spread: f64) -> Self {
        let assumed = Self::assumed(seller_spread);
        let sound = asks.iter().filter(|row| row.error.is_finite() && row.sigma > 1e-6);
        let sound: Vec<Strayed<'_>> = sound.copied().collect();
        if sound.len() < MIN_ASKS {
            return assumed;
        }
        let (discounts, junk) = frequencies(&sound);
        let attention = Attention::learn(&sound);
        let shown = attention.as_ref().map_or(0.0, |attention| attention.explains);
        Self { seller_spread: seller_spread.max(shown), discounts, junk, asks: sound.len() as u64, attention }
    }

    /// The seller's part of a spread `sigma`, log units: no more than what the estimate leaves.
    #[must_use]
    pub fn sellers(&self, sigma: f64) -> f64 {
        self.seller_spread.min(sigma * (1.0 - LEAST_THING).sqrt())
    }

    /// Quantiles at `levels` of the thing's part, given where its ask stands and how much it was looked
    /// at: log units, to be added to the log of the estimate. `None` without a spread.
    #[must_use]
    pub fn thing_part<const N: usize>(&self, ask: &Strayed<'_>, levels: [f64; N]) -> Option<[f64; N]> {
        let Strayed { error, sigma, looked, stood } = *ask;
        if !error.is_finite() || !sigma.is_finite() || sigma <= 1e-6 || self.seller_spread <= 0.0 {
            return None;
        }
        let sellers = self.sellers(sigma);
        let own = (sigma * sigma - sellers * sellers).sqrt();
        let told = looked.zip(self.attention.as_ref());
        let told = told.and_then(|(looked, attention)| Some((attention.says(&looked)?, attention.explains)));
        let unheard = |n: f64| {
            (1.0 - self.discounts) * normal(n, sellers) + self.discounts * lowered(n, sellers, DISCOUNT_RATE)
        };
        let seller = |n: f64| match told {
            None => unheard(n),
            Some((says, explains)) => {
                let rest = (self.seller_spread.powi(2) - explains * explains).max(0.0).sqrt();
                (1.0 - OTHER_ATTENTION) * normal(n - says, rest.max(LEAST_UNKNOWN))
                    + OTHER_ATTENTION * unheard(n)
            }
        };
        // Only bargains go so fast that standing says anything.
        let stood = stood.filter(|_| error < -sellers);
        let stands = |n: f64| stood.map_or(1.0, |stood| stood.log_chance(n, sellers).exp());
        let thing = |t: f64| (1.0 - self.junk) * normal(t, own) + self.junk * lowered(t, own, JUNK_RATE);
        let from = error.min(0.0) - 4.0 * sellers;
        let to = (4.0 * own).min(error.max(0.0) + 3.0);
        quantiles(from, to, |t| thing(t) * seller(error - t) * stands(error - t), levels)
    }

    /// The chance that an offer is an honest one: one that a thing would follow. `thing` is the thing's
    /// part of the ask's error; of the asks that are a share of the usual, `frauds` are meant to catch
    /// money. An honest bargain is gone soon, a fraud stands as long as anything: each day that
    /// nobody takes it speaks against it.
    #[must_use]
    pub fn honest(&self, ask: &Strayed<'_>, thing: f64, frauds: f64) -> f64 {
        let seller = ask.error - thing;
        let spread = self.sellers(ask.sigma);
        if seller.is_nan() || spread <= 0.0 || seller >= 0.0 {
            return 1.0;
        }
        let share = self.discounts * lowered(seller, spread, DISCOUNT_RATE);
        let discount = share / ((1.0 - self.discounts) * normal(seller, spread) + share).max(1e-300);
        let fraud = (frauds * discount).clamp(0.0, 1.0 - 1e-9);
        let still =
            ask.stood.map_or(0.0, |stood| stood.log_chance(0.0, spread) - stood.log_chance(seller, spread));
        1.0 / (1.0 + fraud / (1.0 - fraud) * still.clamp(-50.0, 50.0).exp())
    }
}

/// Quantiles of what is likely in proportion to `weight` between two ends.
fn quantiles<const N: usize>(
    from: f64,
    to: f64,
    weight: impl Fn(f64) -> f64,
    levels: [f64; N],
) -> Option<[f64; N]> {
    let step = (to - from) / (POINTS - 1) as f64;
    let at = |i: usize| from + step * i as f64;
    let mut below = [0.0; POINTS];
    let mut sum = 0.0;
    for (i, slot) in below.iter_mut().enumerate() {
        sum += weight(at(i));
        *slot = sum;
    }
    if sum <= 0.0 || !sum.is_finite() {
        return None;
    }
    Some(levels.map(|level| {
        let wanted = level * sum;
        let i = below.partition_point(|&mass| mass < wanted).min(POINTS - 1);
        let before = if i == 0 { 0.0 } else { below[i - 1] };
        let along = if below[i] > before { (wanted - before) / (below[i] - before) } else { 0.5 };
        at(i) + step * (along - 0.5)
    }))
}

impl Attention {
    /// Least squares of how far asks stray on how much they were looked at, by venue's means, with
    /// wide estimates and far asks weighing little; nothing where it is not sure.
    fn learn(asks: &[Strayed<'_>]) -> Option<Self> {
        let mut sums: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
        for looked in asks.iter().filter_map(|row| row.looked) {
            let sum = sums.entry(looked.platform).or_default();
            *sum = (sum.0 + looked.rate, sum.1 + looked.days, sum.2 + 1.0);
        }
        let usual: BTreeMap<String, (f64, f64)> =
            sums.into_iter().map(|(name, (rate, days, n))| (name.to_owned(), (rate / n, days / n))).collect();
        let mut found = (0.0, 0.0, 0.0);
        // Junk far off the line would decide otherwise: what is beyond is drawn up to the bounds
        // (Huber 1964), and the line drawn anew.
        for _ in 0..LINES {
            let mut fit = Fit::default();
            for row in asks {
                let Some((rate, days)) = row.looked.and_then(|looked| beside(&usual, &looked)) else {
                    continue;
                };
                let line = found.0 * rate + found.2 * days;
                let off = (row.error - line).clamp(-BOUND * row.sigma, BOUND * row.sigma);
                fit.add(rate, days, line + off, row.sigma.powi(-2));
            }
            found = fit.solve()?;
        }
        let (per_rate, per_rate_error, per_days) = found;
        let explained = |row: &Strayed<'_>| {
            let (rate, days) = beside(&usual, &row.looked?)?;
            Some(per_rate * rate + per_days * days)
        };
        let told: Vec<f64> = asks.iter().filter_map(explained).collect();
        if told.len() < MIN_ASKS || per_rate >= 0.0 || -per_rate < SURE * per_rate_error {
            return None;
        }
        let mean = told.iter().sum::<f64>() / told.len() as f64;
        let variance = told.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / told.len() as f64;
        let explains = variance.sqrt();
        (explains >= TELLING).then_some(Self {
            per_rate,
            per_rate_error,
            per_days,
            usual,
            explains,
            listings: told.len() as u64,
        })
    }

    /// The seller's part that so much attention speaks for; `None` at a venue that it was not learned at.
    #[must_use]
    pub fn says(&self, looked: &Looked<'_>) -> Option<f64> {
        let (rate, days) = beside(&self.usual, looked)?;
        Some(self.per_rate * rate + self.per_days * days)
    }
}

/// Distances from a venue's means.
fn beside(usual: &BTreeMap<String, (f64, f64)>, looked: &Looked<'_>) -> Option<(f64, f64)> {
    let (rate, days) = usual.get(looked.platform)?;
    Some((looked.rate - rate, looked.days - days))
}

/// Weighted least squares on two variables and a constant.
#[derive(Default)]
struct Fit {
    n: f64,
    weight: f64,
    /// Sums of x, y, e.
    first: [f64; 3],
    /// Sums of xx, xy, yy, xe, ye, ee.
    second: [f64; 6],
}

impl Fit {
    fn add(&mut self, x: f64, y: f64, e: f64, weight: f64) {
        self.n += 1.0;
        self.weight += weight;
        for (sum, value) in self.first.iter_mut().zip([x, y, e]) {
            *sum += weight * value;
        }
        for (sum, value) in self.second.iter_mut().zip([x * x, x * y, y * y, x * e, y * e, e * e]) {
            *sum += weight * value;
        }
    }

    /// Coefficient of the first with its standard error, and of the second.
    fn solve(&self) -> Option<(f64, f64, f64)> {
        if self.n < 10.0 {
            return None;
        }
        let [x, y, e] = self.first.map(|sum| sum / self.weight);
        let [xx, xy, yy, xe, ye, ee] = self.second.map(|sum| sum / self.weight);
        let (xx, xy, yy) = (xx - x * x, xy - x * y, yy - y * y);
        let (xe, ye, ee) = (xe - x * e, ye - y * e, ee - e * e);
        let determinant = xx * yy - xy * xy;
        if determinant <= 1e-12 {
            return None;
        }
        let a = (xe * yy - ye * xy) / determinant;
        let b = (ye * xx - xe * xy) / determinant;
        let rest = (ee - a * xe - b * ye).max(0.0);
        Some((a, (rest * yy / determinant / self.n).sqrt(), b))
    }
}

/// Shares of discounts and of junk among asks, by expectation and maximisation. A third kind, asks
/// far above, is fitted beside them and left: whoever dreams tells nothing of low asks.
fn frequencies(asks: &[Strayed<'_>]) -> (f64, f64) {
    // A regular pick of ten thousand says enough.
    let every = (asks.len() / 10_000).max(1);
    let densities: Vec<[f64; 4]> = asks
        .iter()
        .step_by(every)
        .map(|row| {
            let (e, s) = (row.error, row.sigma);
            [
                normal(e, s),
                lowered(e, s, DISCOUNT_RATE),
                lowered(e, s, JUNK_RATE),
                lowered(-e, s, DISCOUNT_RATE),
            ]
        })
        .collect();
    let mut shares = [0.85, 0.05, 0.05, 0.05];
    for _ in 0..ROUNDS {
        let mut sums = [0.0; 4];
        for row in &densities {
            let parts: [f64; 4] = std::array::from_fn(|k| shares[k] * row[k]);
            let all: f64 = parts.iter().sum::<f64>().max(1e-300);
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part / all;
            }
        }
        // One ask of each kind beside those seen keeps a share from vanishing for ever.
        let total: f64 = sums.iter().sum::<f64>() + 4.0;
        shares = sums.map(|sum| (sum + 1.0) / total);
    }
    (shares[1], shares[2])
}

fn normal(x: f64, s: f64) -> f64 {
    (-0.5 * (x / s).powi(2)).exp() / (s * (2.0 * std::f64::consts::PI).sqrt())
}

/// The density of a normal variable less an exponential one.
fn lowered(x: f64, s: f64, rate: f64) -> f64 {
    let z = -(x / s + rate * s);
    if z < -6.0 {
        return 0.0;
    }
    rate * (rate * x + 0.5 * (rate * s).powi(2)).exp() * normal_below(z)
}

/// The standard normal's distribution function, to 1e-7 (Abramowitz and Stegun, 26.2.17).
fn normal_below(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let above = normal(z, 1.0) * series;
    if z < 0.0 { above } else { 1.0 - above }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::mix;

    fn chance(i: u32, k: u64) -> f64 {
        mix(u64::from(i), k) as f64 / u64::MAX as f64
    }

    fn bell(i: u32, k: u64) -> f64 {
        ((0..4).map(|j| chance(i, k * 8 + j)).sum::<f64>() - 2.0) * 3.0_f64.sqrt()
    }

    /// Things of spread 0.3 and sellers of 0.2; one seller in twenty asks a share. Half of the
    /// listings tell their views, which go with the square of value ÷ ask.
    fn market(n: u32) -> (Vec<Strayed<'static>>, Vec<f64>) {
        let sigma = 0.36;
        let things: Vec<f64> = (0..n).map(|i| 0.3 * bell(i, 1)).collect();
        let ask = |i: u32| {
            let depth = if chance(i, 99) < 0.05 { -(1.0 - chance(i, 98)).ln() / DISCOUNT_RATE } else { 0.0 };
            let seller = 0.2 * bell(i, 2) - depth;
            let days = 0.5 + 20.0 * chance(i, 97);
            let views = (18.0 * days * (-2.0 * seller).exp()) as i64;
            let looked = Looked::new("bazaar", views, days).filter(|_| i.is_multiple_of(2));
            Strayed { error: things[i as usize] + seller, sigma, looked, stood: None }
        };
        ((0..n).map(ask).collect(), things)
    }

    /// Of the 2 % that look most underpriced: the mean of the truth, of what is said of it, and the
    /// share inside of the 80 % said.
    fn chosen(asks: &[Strayed<'_>], things: &[f64], learned: &Asking) -> (f64, f64, f64) {
        const LEVELS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        let mut order: Vec<usize> = (0..asks.len()).collect();
        order.sort_by(|&a, &b| asks[a].error.total_cmp(&asks[b].error));
        let chosen = &order[..asks.len() / 50];
        let said = |i: usize| learned.thing_part(&asks[i], LEVELS).unwrap();
        let mean =
            |of: &dyn Fn(usize) -> f64| chosen.iter().map(|&i| of(i)).sum::<f64>() / chosen.len() as f64;
        let inside = |i: usize| f64::from(u8::from((said(i)[0]..=said(i)[8]).contains(&things[i])));
        (mean(&|i| things[i]), mean(&|i| said(i).iter().sum::<f64>() / 9.0), mean(&inside))
    }

    #[test]
    fn what_is_chosen_for_its_low_ask_is_worth_what_the_posterior_says() {
        let (asks, things) = market(40_000);
        let deaf: Vec<Strayed<'_>> = asks.iter().map(|ask| Strayed { looked: None, ..*ask }).collect();
        let learned = Asking::learn(&deaf, 0.2);
        assert!((learned.discounts - 0.05).abs() < 0.03 && learned.junk < 0.02, "{learned:?}");
        assert_eq!(learned.attention, None);
        let (truth, estimate, inside) = chosen(&deaf, &things, &learned);
        assert!(truth < -0.3, "the curse is there: {truth}");
        // The tails drawn here are lighter than the normal ones supposed.
        assert!((truth - estimate).abs() < 0.15, "{truth} against {estimate}");
        assert!((0.7..0.95).contains(&inside), "{inside}");
    }

    #[test]
    fn attention_tells_the_cheap_from_the_bad() {
        let (asks, things) = market(40_000);
        let learned = Asking::learn(&asks, 0.2);
        let attention = learned.attention.as_ref().unwrap();
        assert!((attention.per_rate + 0.5).abs() < 0.05, "{attention:?}");
        let looked: Vec<usize> = (0..asks.len()).filter(|&i| asks[i].looked.is_some()).collect();
        let off = |i: usize| (learned.thing_part(&asks[i], [0.5]).unwrap()[0] - things[i]).abs();
        let mean = looked.iter().map(|&i| off(i)).sum::<f64>() / looked.len() as f64;
        assert!(mean < 0.08, "{mean}");
    }

    #[test]
    fn views_that_say_nothing_are_not_believed() {
        let (asks, _) = market(4_000);
        let mixed = |i: usize| Strayed { looked: asks[(i * 7 + 2) % asks.len()].looked, ..asks[i] };
        let shuffled: Vec<Strayed<'_>> = (0..asks.len()).map(mixed).collect();
        assert_eq!(Asking::learn(&shuffled, 0.2).attention, None);
    }

    #[test]
    fn a_far_lower_ask_is_a_discount_and_a_lowest_one_is_junk() {
        let asking = Asking::assumed(0.22);
        let ask = |error: f64, sigma: f64| Strayed { error, sigma, looked: None, stood: None };
        let middle = |error: f64| asking.thing_part(&ask(error, 0.25), [0.5]).unwrap()[0];
        assert!(middle(-0.2) < -0.02 && middle(-0.2) > -0.1);
        assert!(middle(-0.7) > -0.25, "most of it is the seller's: {}", middle(-0.7));
        assert!(middle(-4.0) < -2.0, "nobody sells a thing for a fiftieth: {}", middle(-4.0));
        assert_eq!(asking.thing_part(&ask(-0.2, 0.0), [0.5]), None);
        assert_eq!(asking.thing_part(&ask(f64::NAN, 0.2), [0.5]), None);
        let quantiles = asking.thing_part(&ask(-0.5, 0.25), [0.05, 0.25, 0.5, 0.75, 0.95]).unwrap();
        assert!(quantiles.windows(2).all(|pair| pair[0] < pair[1]), "{quantiles:?}");
    }

    #[test]
    fn a_bargain_that_nobody_takes_is_doubted() {
        let asking = Asking::assumed(0.22);
        let stood = |days| Some(Stood { pace: Pace::assumed(14.0), demand: 0.5, days });
        let ask = |error: f64, days| Strayed { error, sigma: 0.25, looked: None, stood: stood(days) };
        let honest = |error, days| asking.honest(&ask(error, days), 0.0, 0.12);
        assert!((0.85..0.92).contains(&honest(-0.8, 0.0)), "{}", honest(-0.8, 0.0));
        assert!(honest(-0.8, 6.0) < 0.4, "{}", honest(-0.8, 6.0));
        assert!(honest(-0.1, 30.0) > 0.98 && honest(0.3, 30.0) > 0.999, "nobody hurries for an ordinary ask");
        // And what it is worth is less than of the same offer an hour old.
        let middle = |days| asking.thing_part(&ask(-0.7, days), [0.5]).unwrap()[0];
        assert!(middle(10.0) < middle(0.05) - 0.1, "{} {}", middle(10.0), middle(0.05));
    }

    #[test]
    fn too_little_stays_as_assumed() {
        let (asks, _) = market(600);
        assert_eq!(Asking::learn(&asks[..100], 0.3), Asking::assumed(0.3));
        assert_eq!(Looked::new("bazaar", 3, 0.01), None);
        assert_eq!(Looked::new("bazaar", -3, 1.0), None);
    }
}
