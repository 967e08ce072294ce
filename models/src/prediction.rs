//! An estimate and what it is good for.

use autobazaaar_domain::ListingKey;

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

/// Below this share of the value, asks are down payments, parts and typing errors far more often
/// than bargains, wherever estimates are sharp.
const JUNK_SHARE: f64 = 0.3;
/// Spreads below the value after which junk begins where estimates are wide.
const JUNK_SPREADS: f64 = 3.0;
/// How gradually trust is lost around that point, log units.
const JUNK_EDGE: f64 = 0.12;

impl Prediction {
    /// How underpriced an ask (major units) looks: the log distance below the median in spreads,
    /// times the trust that so low an ask is meant. Higher is more underpriced; negative above
    /// the median; `None` without an estimate or a positive ask.
    ///
    /// The score is learned from no example of a bargain.
    #[must_use]
    pub fn underpriced(&self, ask: f64) -> Option<f64> {
        let median = self.quantiles?[3];
        if !ask.is_finite() || ask <= 0.0 || self.sigma <= 0.0 {
            return None;
        }
        let below = median.ln_1p() - ask.ln_1p();
        let junk_from = (-JUNK_SHARE.ln()).max(JUNK_SPREADS * self.sigma);
        let trust = 1.0 / (1.0 + ((below - junk_from) / JUNK_EDGE).exp());
        Some(below / self.sigma * if below > 0.0 { trust } else { 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(median: f64, sigma: f64) -> Prediction {
        let quantiles = [-1.6, -1.3, -0.7, 0.0, 0.7, 1.3, 1.6].map(|z: f64| median * (z * sigma).exp());
        Prediction { quantiles: Some(quantiles), sigma, comp_count: 9, comps: Vec::new(), note: None }
    }

    #[test]
    fn a_bargain_tops_a_fair_price_and_a_junk_price() {
        let car = worth(10_000.0, 0.3);
        let score = |ask| car.underpriced(ask).unwrap();
        assert!(score(6_000.0) > score(9_000.0));
        assert!(score(6_000.0) > score(500.0));
        assert!(score(6_000.0) > score(1.0));
        assert!(score(12_000.0) < 0.0);
        assert_eq!(car.underpriced(0.0), None);
    }

    #[test]
    fn a_sure_estimate_tops_an_unsure_one() {
        assert!(worth(100.0, 0.2).underpriced(60.0) > worth(100.0, 0.6).underpriced(60.0));
    }
}
