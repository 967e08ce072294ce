//! What kind of market it is: every figure, read from a file.

use serde::Deserialize;

use crate::venue::VENUES;

/// The figures of a market; `data/bazaar.toml` says what each means.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    pub market: MarketParams,
    pub demand: DemandParams,
    pub competitors: CompetitorParams,
    pub sellers: SellerParams,
    pub purchases: PurchaseParams,
    pub buyers: BuyerParams,
    pub payouts: PayoutParams,
}

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $(pub $key: $kind),+ }
    };
}

/// Lowest and highest.
pub type Span = [f64; 2];
/// Quickest, median, slowest, hours.
pub type Delay = [f64; 3];

section! {
    /// How much is offered and shown.
    MarketParams {
        venues: usize, new_per_day: f64, warm_up_days: u32, listed_days: [f64; 5], kept_up: f64, sold_shown_days: f64,
        page_size: usize, search_cap: [u32; 5],
    }
}
section! {
    /// What makes a listing go.
    DemandParams {
        per_day: f64, price_power: f64, lowest: f64, highest: f64, stale_days: f64, stale: f64,
        given_up: f64, posted_again: f64,
        haggled: f64, haggled_to: Span,
    }
}
section! {
    /// Other resellers.
    CompetitorParams { vigour: f64, threshold: f64 }
}
section! {
    /// Who sells to us.
    SellerParams {
        price_drop: f64, price_drop_to: Span, promised: f64, renewed: f64, cross_posted: f64,
        reservation: f64, reservation_electronics: f64, reservation_sd: f64, reservation_by_value: f64,
        lowest_reservation: f64, hold_out: f64, counter_within: Span, concede: Span, thaw: f64,
        text_lift: f64, split_lift: f64, rude_cost: f64, most_counters: [u32; 2], silent: f64,
        asks_first: f64, rambles: f64, opts_out: f64, tricks: f64, rude: f64, reply_hours: Delay,
        keeps_word: f64, agreement_hours: f64,
    }
}
section! {
    /// What becomes of a purchase.
    PurchaseParams {
        falls_through: [f64; 5], protected: [bool; 5], scams: f64, scams_among_bargains: f64,
        not_as_described: f64, silence_days: f64, ship_days: Span, transit_days: Span, pick_up_days: Span,
    }
}
section! {
    /// Who buys from us.
    BuyerParams {
        per_day: f64, price_power: f64, highest: f64, stale: f64, buys_outright: f64, offer_to: Span,
        offer_below: Span, low_offers: f64, questions: f64, unpaid_after_offer: f64,
        unpaid_outright: f64, reply_hours: Delay, no_photo: f64, one_photo: f64,
        short_description: f64, short_title: f64, returns: f64, returns_if_overstated: f64,
        return_days: Span,
    }
}
section! {
    /// When money comes.
    PayoutParams {
        ship_within_days: f64, transit_days: Span, days_after_delivery: [f64; 5], label: [i64; 2],
        forced_refund_days: f64,
    }
}

/// Why a file is no market.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// Not TOML, or a key missing, unknown or of another kind.
    #[error("the market's parameters cannot be read: {0}")]
    Unreadable(String),
    /// A figure that no market can have.
    #[error("the market's `{key}` is {found}: expected {expected}")]
    OutOfRange {
        /// Section and key.
        key: &'static str,
        /// As read.
        found: String,
        /// What it must be.
        expected: &'static str,
    },
}

const DEFAULT: &str = include_str!("../../../../data/bazaar.toml");

impl Params {
    /// Reads the figures of a market (the format of `data/bazaar.toml`).
    ///
    /// # Errors
    /// Broken TOML, a missing or unknown key, a figure out of range.
    pub fn parse(toml: &str) -> Result<Self, ParamsError> {
        let params: Self =
            toml::from_str(toml).map_err(|error| ParamsError::Unreadable(error.to_string()))?;
        params.check()?;
        Ok(params)
    }

    /// The market that comes along.
    ///
    /// # Errors
    /// None: a test reads the embedded file.
    pub fn standard() -> Result<Self, ParamsError> {
        Self::parse(DEFAULT)
    }

    fn check(&self) -> Result<(), ParamsError> {
        let (m, d, s, b) = (&self.market, &self.demand, &self.sellers, &self.buyers);
        let (p, o) = (&self.purchases, &self.payouts);
        let refuse = |key, found: String, expected| Err(ParamsError::OutOfRange { key, found, expected });
        if !(1..=VENUES.len()).contains(&m.venues) {
            return refuse("market.venues", m.venues.to_string(), "1 to 5");
        }
        if !(1..=1_000).contains(&m.page_size) {
            return refuse("market.page_size", m.page_size.to_string(), "1 to 1000");
        }
        if m.warm_up_days > 365 {
            return refuse("market.warm_up_days", m.warm_up_days.to_string(), "at most 365");
        }
        let shares: &[(&'static str, f64)] = &[
            ("market.kept_up", m.kept_up),
            ("demand.stale", d.stale),
            ("demand.given_up", d.given_up),
            ("demand.posted_again", d.posted_again),
            ("demand.haggled", d.haggled),
            ("sellers.cross_posted", s.cross_posted),
            ("sellers.reservation", s.reservation),
            ("sellers.reservation_electronics", s.reservation_electronics),
            ("sellers.lowest_reservation", s.lowest_reservation),
            ("sellers.hold_out", s.hold_out),
            ("sellers.silent", s.silent),
            ("sellers.asks_first", s.asks_first),
            ("sellers.rambles", s.rambles),
            ("sellers.opts_out", s.opts_out),
            ("sellers.tricks", s.tricks),
            ("sellers.rude", s.rude),
            ("sellers.keeps_word", s.keeps_word),
            ("purchases.scams", p.scams),
            ("purchases.scams_among_bargains", p.scams_among_bargains),
            ("purchases.not_as_described", p.not_as_described),
            ("buyers.stale", b.stale),
            ("buyers.buys_outright", b.buys_outright),
            ("buyers.unpaid_after_offer", b.unpaid_after_offer),
            ("buyers.unpaid_outright", b.unpaid_outright),
            ("buyers.returns", b.returns),
            ("buyers.returns_if_overstated", b.returns_if_overstated),
        ];
        let venue_shares = p.falls_through.map(|share| ("purchases.falls_through", share));
        for &(key, share) in shares.iter().chain(&venue_shares) {
            if !(0.0..=1.0).contains(&share) {
                return refuse(key, share.to_string(), "a share from 0 to 1");
            }
        }
        let amounts: &[(&'static str, f64, f64)] = &[
            ("market.new_per_day", m.new_per_day, 1e6),
            ("market.sold_shown_days", m.sold_shown_days, 1e3),
            ("demand.stale_days", d.stale_days, 365.0),
            ("demand.per_day", d.per_day, 100.0),
            ("demand.price_power", d.price_power, 20.0),
            ("demand.lowest", d.lowest, 100.0),
            ("demand.highest", d.highest, 100.0),
            ("competitors.vigour", self.competitors.vigour, 1e3),
            ("competitors.threshold", self.competitors.threshold, 1e3),
            ("sellers.price_drop", s.price_drop, 10.0),
            ("sellers.promised", s.promised, 10.0),
            ("sellers.renewed", s.renewed, 10.0),
            ("sellers.reservation_sd", s.reservation_sd, 1.0),
            ("sellers.reservation_by_value", s.reservation_by_value, 5.0),
            ("sellers.thaw", s.thaw, 1.0),
            ("sellers.text_lift", s.text_lift, 1.0),
            ("sellers.split_lift", s.split_lift, 1.0),
            ("sellers.rude_cost", s.rude_cost, 1.0),
            ("sellers.agreement_hours", s.agreement_hours, 1e4),
            ("purchases.silence_days", p.silence_days, 365.0),
            ("buyers.per_day", b.per_day, 100.0),
            ("buyers.price_power", b.price_power, 20.0),
            ("buyers.highest", b.highest, 100.0),
            ("buyers.low_offers", b.low_offers, 100.0),
            ("buyers.questions", b.questions, 100.0),
            ("buyers.no_photo", b.no_photo, 10.0),
            ("buyers.one_photo", b.one_photo, 10.0),
            ("buyers.short_description", b.short_description, 10.0),
            ("buyers.short_title", b.short_title, 10.0),
            ("payouts.ship_within_days", o.ship_within_days, 365.0),
            ("payouts.forced_refund_days", o.forced_refund_days, 365.0),
        ];
        let venue_days = o.days_after_delivery.map(|days| ("payouts.days_after_delivery", days, 365.0));
        let listed_days = m.listed_days.map(|days| ("market.listed_days", days, 365.0));
        for &(key, amount, most) in amounts.iter().chain(&venue_days).chain(&listed_days) {
            if !(0.0..=most).contains(&amount) {
                return refuse(key, amount.to_string(), "a number from 0 up, not absurdly high");
            }
        }
        let spans: &[(&'static str, &[f64])] = &[
            ("demand.haggled_to", &d.haggled_to),
            ("sellers.price_drop_to", &s.price_drop_to),
            ("sellers.counter_within", &s.counter_within),
            ("sellers.concede", &s.concede),
            ("sellers.reply_hours", &s.reply_hours),
            ("purchases.ship_days", &p.ship_days),
            ("purchases.transit_days", &p.transit_days),
            ("purchases.pick_up_days", &p.pick_up_days),
            ("buyers.offer_to", &b.offer_to),
            ("buyers.offer_below", &b.offer_below),
            ("buyers.reply_hours", &b.reply_hours),
            ("buyers.return_days", &b.return_days),
            ("payouts.transit_days", &o.transit_days),
        ];
        for (key, span) in spans {
            let rises = span.windows(2).all(|pair| pair[0] <= pair[1]);
            if !rises || !span.iter().all(|x| (0.0..=1e4).contains(x)) {
                return refuse(key, format!("{span:?}"), "numbers from 0 up, in rising order");
            }
        }
        if s.reply_hours[0] <= 0.0 || b.reply_hours[0] <= 0.0 {
            return refuse("reply_hours", "0".to_owned(), "more than 0: nobody answers before he reads");
        }
        if o.label[0] > o.label[1] || o.label[0] < 0 {
            return refuse("payouts.label", format!("{:?}", o.label), "cents from 0 up, in rising order");
        }
        if s.most_counters[0] > s.most_counters[1] {
            return refuse("sellers.most_counters", format!("{:?}", s.most_counters), "in rising order");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_market_can_be_read() {
        assert_eq!(Params::standard().unwrap().market.venues, 5);
    }

    #[test]
    fn what_is_no_market_is_refused_by_name() {
        let cases = [
            ("silent = 0.13", "silent = 1.3", "sellers.silent"),
            ("venues = 5 ", "venues = 6 ", "market.venues"),
            ("thaw = 0.0", "thow = 0.0", "thow"),
            ("thaw = 0.0", "", "thaw"),
            ("concede = [0.1, 0.4]", "concede = [0.4, 0.1]", "sellers.concede"),
            ("per_day = 0.047 ", "per_day = nan ", "demand.per_day"),
            ("0.37, 0.3, 0.08", "0.37, -0.3, 0.08", "purchases.falls_through"),
        ];
        for (from, to, named) in cases {
            assert!(DEFAULT.contains(from), "{from}");
            let error = Params::parse(&DEFAULT.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(named), "{named}: {error}");
        }
    }
}
