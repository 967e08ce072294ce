//! Two sets of predictions of the same rows, compared row by row.

use serde::{Deserialize, Serialize};

/// How one set of predictions fares against another on the rows that both have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    pub rows: u64,
    /// Root mean squared error of the logs, ours and theirs.
    pub rmsle: f64,
    pub other_rmsle: f64,
    /// Median of |estimate − price| ÷ price, ours and theirs.
    pub mdape: f64,
    pub other_mdape: f64,
    /// Mean of our squared log error less theirs; negative: ours is better.
    pub difference: f64,
    /// Standard error of that mean.
    pub standard_error: f64,
}

/// Compares (price, our estimate, the other estimate) in major units; `None` without rows.
#[must_use]
pub fn paired(rows: &[(f64, f64, f64)]) -> Option<Paired> {
    if rows.is_empty() {
        return None;
    }
    let n = rows.len() as f64;
    let squared = |estimate: f64, price: f64| (estimate.max(0.0).ln_1p() - price.ln_1p()).powi(2);
    let ours: Vec<f64> = rows.iter().map(|row| squared(row.1, row.0)).collect();
    let theirs: Vec<f64> = rows.iter().map(|row| squared(row.2, row.0)).collect();
    let differences: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a - b).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let difference = mean(&differences);
    let variance = differences.iter().map(|d| (d - difference).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    Some(Paired {
        rows: rows.len() as u64,
        rmsle: mean(&ours).sqrt(),
        other_rmsle: mean(&theirs).sqrt(),
        mdape: middle(rows.iter().map(|row| (row.1 - row.0).abs() / row.0)),
        other_mdape: middle(rows.iter().map(|row| (row.2 - row.0).abs() / row.0)),
        difference,
        standard_error: (variance / n).sqrt(),
    })
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_estimates_win() {
        let rows = [(100.0, 100.0, 150.0), (200.0, 210.0, 100.0), (50.0, 50.0, 50.0)];
        let found = paired(&rows).unwrap();
        assert!(found.difference < 0.0 && found.rmsle < found.other_rmsle);
        assert_eq!((found.rows, found.mdape, found.other_mdape), (3, 0.0, 0.5));
        assert_eq!(paired(&[]), None);
    }
}
