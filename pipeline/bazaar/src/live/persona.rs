//! Who a seller is, and what he makes of an offer. Hidden from the program.

use autobazaaar_domain::Currency;

use super::params::{Delay, Params};
use crate::dice::Dice;
use crate::thing::Thing;

/// How a person writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Terse,
    Friendly,
    Businesslike,
    Grumpy,
    Chatty,
}

/// A trap in a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trick {
    /// The price in words only.
    InWords,
    /// Two prices, one of which is meant.
    TwoPrices,
    /// Orders to a language model.
    Orders,
    /// A made-up quotation of us.
    FalseQuote,
}

/// A seller's hidden nature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Persona {
    /// Lowest price taken, share of the ask.
    pub reservation: f64,
    /// Counters an offer this far below it.
    pub within: f64,
    pub concede: f64,
    pub most_counters: u32,
    pub holds_out: bool,
    pub silent: bool,
    pub asks_first: bool,
    pub rambles: bool,
    pub opts_out: bool,
    pub rude: bool,
    pub trick: Option<Trick>,
    pub scam: bool,
    pub manner: Manner,
}

/// What a seller makes of an offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    Accept,
    /// Names a price, share of the ask.
    Counter(f64),
    Decline,
}

/// An offer as the seller sees it. Shares of the ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offered {
    pub share: f64,
    /// Our priced offers so far, with this one.
    pub round: u32,
    /// The seller's last counter, if any.
    pub last_counter: Option<f64>,
    /// The seller's counters so far.
    pub counters: u32,
    /// Our offer before.
    pub last_offer: Option<f64>,
    pub text: Tone,
}

/// How our text comes across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Bare,
    Decent,
    Rude,
}

impl Persona {
    pub fn of(params: &Params, seed: u64, thing: &Thing, ratio: f64) -> Self {
        let s = &params.sellers;
        let mut dice = Dice::new(seed, thing.number, 20);
        let electronic =
            matches!(thing.category().name, "phones" | "laptops" | "cameras" | "consoles" | "audio");
        let mean = if electronic { s.reservation_electronics } else { s.reservation };
        let by_value = s.reservation_by_value * (ratio.clamp(0.2, 5.0).ln() + 0.1);
        let reservation =
            (mean + s.reservation_sd * dice.bell() + by_value).clamp(s.lowest_reservation, 0.99);
        let between = |dice: &mut Dice, [low, high]: [f64; 2]| dice.between(low, high);
        let [few, many] = s.most_counters;
        let manners = [Manner::Terse, Manner::Friendly, Manner::Businesslike, Manner::Grumpy, Manner::Chatty];
        let tricks = [Trick::InWords, Trick::TwoPrices, Trick::Orders, Trick::FalseQuote];
        Self {
            reservation,
            within: between(&mut dice, s.counter_within),
            concede: between(&mut dice, s.concede),
            most_counters: few + dice.below((many - few + 1) as usize) as u32,
            holds_out: dice.chance(s.hold_out),
            silent: dice.chance(s.silent),
            asks_first: dice.chance(s.asks_first),
            rambles: dice.chance(s.rambles),
            opts_out: dice.chance(s.opts_out),
            rude: dice.chance(s.rude),
            trick: dice.chance(s.tricks).then(|| dice.pick(&tricks)),
            scam: Self::is_scam(params, seed, thing),
            manner: match thing.dealer {
                Some(_) => Manner::Businesslike,
                None => dice.pick(&manners),
            },
        }
    }

    /// Whether nothing would ever come: mostly what looks too good.
    pub fn is_scam(params: &Params, seed: u64, thing: &Thing) -> bool {
        let p = &params.purchases;
        let share = if thing.bargain { p.scams_among_bargains } else { p.scams };
        thing.junk.is_none() && Dice::new(seed, thing.number, 21).chance(share)
    }

    /// What this seller makes of an offer. `dice` is of the talk's round.
    pub fn judge(&self, params: &Params, offer: Offered, dice: &mut Dice) -> Verdict {
        if self.scam {
            return Verdict::Accept;
        }
        let s = &params.sellers;
        let lift = match offer.text {
            Tone::Bare => 0.0,
            Tone::Decent => s.text_lift,
            Tone::Rude => -s.rude_cost,
        };
        let met = is_split(&offer);
        let thaw = s.thaw * f64::from(offer.round.saturating_sub(1));
        let mood = 0.02 * dice.bell();
        let ease = offer.share + lift + thaw + mood + if met { s.split_lift } else { 0.0 } - self.reservation;
        let last = offer.last_counter.unwrap_or(1.0);
        let stubborn = self.holds_out && offer.round == 1 && offer.share < 0.93;
        let may_counter = offer.counters < self.most_counters;
        if offer.share >= last || (ease >= 0.0 && !(stubborn && may_counter)) {
            return Verdict::Accept;
        }
        if !may_counter || ease < -self.within {
            return Verdict::Decline;
        }
        let wish = last - (last - offer.share) * self.concede;
        // Never below what one would take, nor above what one said.
        let counter = wish.max(self.reservation).min(last);
        if counter <= offer.share + 0.005 { Verdict::Accept } else { Verdict::Counter(counter) }
    }
}

/// The offer lies in the middle between our last one and the seller's (the ask, before a counter).
fn is_split(offer: &Offered) -> bool {
    let Some(before) = offer.last_offer else { return false };
    let last = offer.last_counter.unwrap_or(1.0);
    let middle = (before + last) / 2.0;
    (offer.share - middle).abs() <= 0.06 * (last - before).max(0.0) + 0.004
}

/// Hours until somebody answers: log-normal about the median.
pub(super) fn reply_hours([quickest, median, slowest]: Delay, dice: &mut Dice) -> f64 {
    (median * (1.1 * dice.bell()).exp()).clamp(quickest, slowest)
}

/// Value over ask; 1 where there is no real ask.
pub(super) fn value_ratio(value_dollars: f64, ask: autobazaaar_domain::Cents) -> f64 {
    match ask.to_major(Currency::USD) {
        dollars if dollars >= 1.0 => value_dollars / dollars,
        _ => 1.0,
    }
}
