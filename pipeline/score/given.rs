//! What a thing will sell for, and whether it is offered honestly, given what is asked for it, how much
//! it is looked at and how long nobody took it.

use autobazaaar_domain::valuation::LEVELS;
use autobazaaar_domain::{Cents, ListingKey, Observation, Quantiles, Utc};
use autobazaaar_models::asking::{Asking, Looked, Stood, Strayed};

/// What an ask below the usual one says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GivenAsk {
    /// Quantiles of the sale price.
    pub(super) sale: Quantiles,
    /// Chance that the offer is an honest one.
    pub(super) honest: f64,
}

/// What is known given an ask below what is usual. `value` is the valuation, `usual` brings its median
/// to what is usually asked, `sale` to a sale (factors); `stood` is how long nobody took it. `None` where
/// the ask is not lower than usual, or the valuation has no spread: then the valuation stays what it is.
/// Asks above say more of their owners than of the things.
pub(super) fn given_ask(
    seen: &Observation,
    ask: Cents,
    value: &Quantiles,
    (usual, sale): (f64, f64),
    stood: Stood,
    (asking, frauds): (&Asking, f64),
) -> Option<GivenAsk> {
    let centre = value.expected().0 as f64;
    let error = (ask.0 as f64 / (centre * usual)).ln();
    if error >= 0.0 {
        return None;
    }
    let looked = looked(&seen.key, seen.views, seen.listed_at, seen.observed_at);
    let ask = Strayed { error, sigma: value.log_spread()?, looked, stood: Some(stood) };
    let part = asking.thing_part(&ask, LEVELS)?;
    let price = |log: f64| Cents((centre * sale * log.exp()).round().clamp(1.0, 9.0e15) as i64);
    let honest = asking.honest(&ask, part[LEVELS.len() / 2], frauds);
    Some(GivenAsk { sale: Quantiles(part.map(price)), honest })
}

/// How much a listing was looked at until its content was seen; `None` where its venue does not tell.
#[must_use]
pub fn looked(
    key: &ListingKey,
    views: Option<i64>,
    listed_at: Option<Utc>,
    observed_at: Utc,
) -> Option<Looked<'_>> {
    let days = (observed_at - listed_at?).as_seconds_f64() / 86_400.0;
    Looked::new(key.platform.as_str(), views?, days)
}

#[cfg(test)]
mod tests {
    use autobazaaar_domain::pace::Pace;

    use super::*;
    use crate::score::fixtures::seen;

    fn value() -> Quantiles {
        Quantiles([65, 75, 88, 100, 113, 132, 150].map(|major| Cents(major * 100)))
    }

    fn given(ask: i64, value: &Quantiles, sale: f64) -> Option<Quantiles> {
        let asking = Asking::assumed(0.2);
        let stood = Stood { pace: Pace::assumed(14.0), demand: 0.5, days: 0.0 };
        given_ask(&seen("a", ask), Cents(ask), value, (1.0, sale), stood, (&asking, 0.1))
            .map(|given| given.sale)
    }

    #[test]
    fn the_lower_the_ask_the_less_it_may_be_worth() {
        let of = |ask| given(ask, &value(), 1.0).unwrap();
        // Near the estimate, a lower ask makes the thing itself worse.
        let middle = |ask| of(ask).expected();
        assert!(middle(9_000) > middle(7_000) && middle(7_000) > middle(6_000));
        assert!(middle(9_000) < Cents(10_000) && middle(7_000) > Cents(8_000));
        // Further down it is a bargain or something else: the worst case falls all the way,
        let worst: Vec<Cents> =
            [9_000, 7_000, 5_000, 4_000, 3_000, 2_000, 1_000].map(|ask| of(ask).0[0]).to_vec();
        assert!(worst.is_sorted_by(|a, b| a > b), "{worst:?}");
        // and of next to nothing asked it is most likely something else.
        assert!(middle(200) < Cents(500));
        assert_eq!(given(12_000, &value(), 1.0), None);
        assert_eq!(given(50, &Quantiles([Cents(100); 7]), 1.0), None);
    }

    #[test]
    fn an_ask_narrows_what_is_known() {
        let given = given(8_000, &value(), 0.9).unwrap();
        assert!(given.log_spread().unwrap() < value().log_spread().unwrap());
        assert!(given.expected() < Cents(9_000));
    }
}
