//! Simulated sellers pinned to published figures, and both negotiators measured on them.
//!
//! The sellers differ from what the learned negotiator believes of them: they have patience, moods
//! and steps of their own.

use autobazaaar_domain::{Currency, Strategy};

use super::*;
use crate::strategy::{Baseline, Parameters, Past, Round};

/// A seeded source of chance (SplitMix64; Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    /// 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normally distributed, near enough: twelve uniform ones.
    fn normal(&mut self, mean: f64, spread: f64) -> f64 {
        mean + spread * ((0..12).map(|_| self.share()).sum::<f64>() - 6.0)
    }
}

/// The decision's maximum prices lie between this share of the ask and 0.7 more.
const LOW_WORTH: f64 = 0.7;

/// What sets one market apart from another.
#[derive(Clone, Copy)]
struct Market {
    name: &'static str,
    /// Mean reservation price, share of the ask.
    reservation: f64,
    /// Chance of a counter-offer to an offer just below the reservation price.
    talks: f64,
}

const PINNED: Market = Market { name: "pinned", reservation: 0.72, talks: 0.66 };
const TIGHTER: Market = Market { name: "tighter", reservation: 0.80, talks: 0.55 };
const LOOSER: Market = Market { name: "looser", reservation: 0.64, talks: 0.8 };

/// A seller. Prices are shares of the ask.
struct Simulated {
    reservation: f64,
    /// Their price at present.
    price: f64,
    /// Offers they look at.
    patience: u32,
    /// Share of the way to the reservation price that a step goes.
    step: f64,
    talks: f64,
}

enum Said {
    Yes,
    Price(f64),
    No,
    Gone,
}

impl Simulated {
    fn new(market: Market, dice: &mut Dice) -> Self {
        Self {
            reservation: dice.normal(market.reservation, 0.17).clamp(0.3, 1.0),
            price: 1.0,
            patience: 2 + (dice.share() * 4.0) as u32,
            step: 0.35 + 0.5 * dice.share(),
            talks: market.talks,
        }
    }

    fn hears(&mut self, offer: f64, dice: &mut Dice) -> Said {
        if self.patience == 0 {
            return Said::Gone;
        }
        self.patience -= 1;
        if offer >= self.price {
            return Said::Yes;
        }
        if offer >= self.reservation {
            // Some try for a little more first.
            if dice.share() < 0.9 {
                return Said::Yes;
            }
        } else if dice.share() > self.talks * (1.0 - (self.reservation - offer) / 0.55).max(0.05) {
            return if dice.share() < 0.7 { Said::Gone } else { Said::No };
        }
        self.price =
            (self.price - self.step * (self.price - self.reservation)).max(self.reservation.max(offer));
        Said::Price(self.price)
    }
}

#[derive(Debug, Default, Clone)]
struct Tally {
    count: f64,
    surplus: f64,
    deals: f64,
    /// Where the seller would have sold within our limit.
    possible: f64,
    deals_where_possible: f64,
}

const ASK: f64 = 100_000.0;

fn price_at(share: f64) -> Cents {
    Cents((share * ASK).round() as i64)
}

/// One negotiation to its end: the price as a share of the ask, and the record to learn from.
fn bargain(
    with: &dyn Negotiator,
    seller: &mut Simulated,
    worth: f64,
    dice: &mut Dice,
) -> (Option<f64>, Past) {
    let parameters = Parameters::of(Strategy::FriendlyLocal);
    let mut rounds: Vec<Round> = Vec::new();
    let mut reading: Option<Reading> = None;
    let mut paid = None;
    for _ in 0..20 {
        let table = Table {
            ask: price_at(1.0),
            currency: Currency::USD,
            max_price: Some(price_at(worth)),
            worth: None,
            parameters: &parameters,
            rounds: &rounds,
            follow_ups: 0,
        };
        let step = reading.as_ref().map_or_else(|| with.open(&table), |said| with.answer(&table, said));
        if let (Some(round), Some(said)) = (rounds.last_mut(), &reading) {
            round.reply = Some(said.into());
        }
        let NextStep::Offer { price, kind } = step else {
            if let NextStep::Accept { price } = step {
                paid = Some(price.0 as f64 / ASK);
            }
            break;
        };
        rounds.push(Round { offer: price, kind, reply: None });
        reading = match seller.hears(price.0 as f64 / ASK, dice) {
            Said::Yes => Some(Reading::blank(Intent::Accept)),
            Said::Price(share) => {
                Some(Reading { price: Some(price_at(share)), ..Reading::blank(Intent::Counter) })
            }
            Said::No => Some(Reading::blank(Intent::Reject)),
            Said::Gone => break,
        };
    }
    (paid, Past { ask: price_at(1.0), rounds })
}

fn measure(with: &dyn Negotiator, market: Market, seed: u64, count: u32) -> (Tally, Vec<Past>) {
    let mut tally = Tally::default();
    let mut past = Vec::new();
    for one in 0..count {
        // Both negotiators meet the same sellers with the same luck.
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(u64::from(one)));
        let mut seller = Simulated::new(market, &mut dice);
        let worth = LOW_WORTH + 0.7 * dice.share();
        let possible = seller.reservation <= worth;
        let (paid, record) = bargain(with, &mut seller, worth, &mut dice);
        past.push(record);
        tally.count += 1.0;
        tally.possible += f64::from(u8::from(possible));
        if let Some(price) = paid {
            assert!(price <= worth + 1e-5, "above the limit");
            tally.surplus += worth - price;
            tally.deals += 1.0;
            tally.deals_where_possible += f64::from(u8::from(possible));
        }
    }
    (tally, past)
}

/// Buyers as the published figures describe them, against these sellers.
#[test]
fn the_sellers_answer_as_the_published_figures_say() {
    let (mut accepted, mut countered, mut declined, mut agreed, mut paid) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let count = 20_000;
    for one in 0..count {
        let mut dice = Dice(77_000_000 + one);
        let mut seller = Simulated::new(PINNED, &mut dice);
        let mut offer = dice.normal(0.61, 0.17).clamp(0.1, 0.99);
        for round in 0..4 {
            let answer = seller.hears(offer, &mut dice);
            if round == 0 {
                match answer {
                    Said::Yes => accepted += 1.0,
                    Said::Price(_) => countered += 1.0,
                    Said::No | Said::Gone => declined += 1.0,
                }
            }
            match answer {
                Said::Yes => {
                    agreed += 1.0;
                    paid += offer;
                    break;
                }
                // Some take it, some meet them half of the way, the others leave.
                Said::Price(price) => match dice.share() {
                    luck if luck < 0.3 => {
                        agreed += 1.0;
                        paid += price;
                        break;
                    }
                    luck if luck < 0.6 => offer = (offer + price) / 2.0,
                    _ => break,
                },
                Said::No | Said::Gone => break,
            }
        }
    }
    let share = |part: f64| part / f64::from(count as u32);
    println!(
        "first offers: accepted {:.3}, countered {:.3}, declined {:.3}; agreement {:.3}, final price {:.3}",
        share(accepted),
        share(countered),
        share(declined),
        share(agreed),
        paid / agreed
    );
    let near = |found: f64, published: f64| (found - published).abs() < 0.04;
    assert!(near(share(accepted), 0.32) && near(share(countered), 0.28) && near(share(declined), 0.40));
    assert!(near(share(agreed), 0.45) && near(paid / agreed, 0.73));
}

/// Mean and half of the 95 % interval.
fn interval(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    (mean, 1.96 * spread / count.sqrt())
}

#[test]
fn the_learned_negotiator_beats_the_baseline_on_three_markets() {
    let (seeds, count) = (12_u64, 300);
    // The least gain of the untaught and the taught negotiator.
    for (market, least) in [(PINNED, [0.10, 0.10]), (TIGHTER, [0.25, 0.25]), (LOOSER, [0.0, 0.05])] {
        let baseline = Baseline::default();
        let untaught = Learned::default();
        // What it learns comes from other negotiations of the same market.
        let (_, past) = measure(&baseline, market, 999, 600);
        let taught = Learned { sellers: untaught.sellers.learn(&past), ..untaught.clone() };
        let mut gains = [Vec::new(), Vec::new()];
        let mut totals = [Tally::default(), Tally::default(), Tally::default()];
        for seed in 0..seeds {
            let negotiators: [&dyn Negotiator; 3] = [&baseline, &untaught, &taught];
            let found = negotiators.map(|with| measure(with, market, seed, count).0);
            for (gain, tally) in gains.iter_mut().zip(&found[1..]) {
                gain.push(tally.surplus / found[0].surplus - 1.0);
            }
            for (total, tally) in totals.iter_mut().zip(&found) {
                total.count += tally.count;
                total.surplus += tally.surplus;
                total.deals += tally.deals;
                total.possible += tally.possible;
                total.deals_where_possible += tally.deals_where_possible;
            }
        }
        for (name, total) in ["baseline", "untaught", "taught"].iter().zip(&totals) {
            println!(
                "{} {name}: surplus {:.4} of the ask per negotiation, agreement {:.3}, where possible {:.3}",
                market.name,
                total.surplus / total.count,
                total.deals / total.count,
                total.deals_where_possible / total.possible,
            );
        }
        let measured = [("untaught", &gains[0], &totals[1]), ("taught", &gains[1], &totals[2])];
        for ((name, gain, total), least) in measured.into_iter().zip(least) {
            let (mean, half) = interval(gain);
            println!(
                "{} {name}: {:+.1} % ± {:.1} over the baseline",
                market.name,
                100.0 * mean,
                100.0 * half
            );
            assert!(mean - half > least, "{} {name}: {mean} ± {half}", market.name);
            let rate = |tally: &Tally| tally.deals_where_possible / tally.possible;
            assert!(rate(total) >= rate(&totals[0]), "{} {name}", market.name);
        }
    }
}
