//! An estimate and what it is good for.

use std::sync::Arc;

use autobazaaar_domain::ListingKey;

use crate::odds::Odds;

/// What a listing is worth, or why that is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Major units at each of [`autobazaaar_domain::valuation::LEVELS`], not decreasing.
    pub quantiles: Option<[f64; 7]>,
    /// Spread of the log price, as a standard deviation that the 80 % interval implies; 0 when
    /// there is no estimate.
    pub sigma: f64,
    /// Comparables that the estimate stands on.
    pub comp_count: u32,
    /// The comparables, best first, when they were asked for.
    pub comps: Vec<CompHit>,
    /// Why there is no estimate.
    pub note: Option<String>,
    /// What low asks mean beside such an estimate; `None` without one.
    pub odds: Option<Arc<Odds>>,
}

/// A comparable behind an estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct CompHit {
    pub key: ListingKey,
    /// Major units, as it was.
    pub price: f64,
    /// 0–1.
    pub similarity: f64,
    /// Unix seconds, last seen.
    pub at: i64,
}

impl Prediction {
    /// How underpriced an ask (major units) looks: the log odds that it is a bargain rather than
    /// one of the asks that stand so far from their estimates anyway, junk among them (see
    /// [`Odds`]). Higher is more underpriced; `None` without an estimate or a positive ask.
    #[must_use]
    pub fn underpriced(&self, ask: f64) -> Option<f64> {
        let (median, odds) = (self.quantiles?[3], self.odds.as_ref()?);
        if !ask.is_finite() || ask <= 0.0 || self.sigma <= 0.0 {
            return None;
        }
        Some(odds.of(ask.ln_1p() - median.ln_1p(), self.sigma))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::mix;

    /// Bell-shaped errors of estimates that are sure or not, some junk among them.
    fn natural() -> Vec<(f64, f64)> {
        let chance = |i: u32, k: u64| mix(u64::from(i), k) as f64 / u64::MAX as f64 - 0.5;
        let bell = |i: u32| (0..4).map(|k| chance(i, k)).sum::<f64>();
        let row = |i: u32| {
            let sigma = 0.1 + 0.1 * f64::from(i % 7);
            (if i.is_multiple_of(25) { 4.0 * chance(i, 9) - 3.0 } else { bell(i) * 1.7 * sigma }, sigma)
        };
        (0..5_000).map(row).collect()
    }

    fn worth(median: f64, sigma: f64) -> Prediction {
        let quantiles = [-1.6, -1.3, -0.7, 0.0, 0.7, 1.3, 1.6].map(|z: f64| median * (z * sigma).exp());
        let odds = Some(Arc::new(Odds::fit(natural())));
        Prediction { quantiles: Some(quantiles), sigma, comp_count: 9, comps: Vec::new(), note: None, odds }
    }

    #[test]
    fn a_bargain_tops_a_fair_price_and_a_junk_price() {
        let car = worth(10_000.0, 0.3);
        let score = |ask| car.underpriced(ask).unwrap();
        assert!(score(4_500.0) > score(9_000.0));
        assert!(score(4_500.0) > score(500.0));
        assert!(score(4_500.0) > score(1.0));
        assert!(score(12_000.0) < 0.0);
        assert_eq!(car.underpriced(0.0), None);
    }

    #[test]
    fn a_sure_estimate_tops_an_unsure_one() {
        assert!(worth(100.0, 0.2).underpriced(60.0) > worth(100.0, 0.6).underpriced(60.0));
    }
}
