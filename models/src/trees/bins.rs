//! Features cut into at most 63 bins by their quantiles; bin 0 holds what is missing.

use linfa::dataset::Records;

/// Bins of a feature, the one for missing values included.
pub(super) const BINS: usize = 64;

/// Dense rows of features, row by row; NaN is missing.
#[derive(Debug, Clone, Default)]
pub struct FeatureRows {
    values: Vec<f32>,
    columns: usize,
}

impl FeatureRows {
    /// An empty matrix of so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { values: Vec::new(), columns }
    }

    /// Adds a row; surplus values are dropped, lacking ones are missing.
    pub fn push(&mut self, row: &[f32]) {
        let given = row.iter().copied().chain(std::iter::repeat(f32::NAN));
        self.values.extend(given.take(self.columns));
    }

    /// The features of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }
}

impl Records for FeatureRows {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.columns
    }
}

/// Rows as bins, and where the bins end.
pub(super) struct Binned {
    /// Row by row.
    pub bins: Vec<u8>,
    pub columns: usize,
    /// Column → upper ends of its bins from bin 1 on, ascending; the last bin has none.
    pub edges: Vec<Vec<f32>>,
}

impl Binned {
    /// Bins the rows; the edges are quantiles over those that `counts`.
    pub fn new(rows: &FeatureRows, counts: impl Fn(usize) -> bool) -> Self {
        let columns = rows.columns();
        let used: Vec<usize> = (0..rows.rows()).filter(|&i| counts(i)).collect();
        let column_edges = |c: usize| edges(used.iter().map(|&i| rows.row(i)[c]).collect());
        let edges: Vec<Vec<f32>> = (0..columns).map(column_edges).collect();
        let bins = (0..rows.rows())
            .flat_map(|i| rows.row(i).iter().zip(&edges).map(|(&x, e)| bin(e, x)).collect::<Vec<u8>>())
            .collect();
        Self { bins, columns, edges }
    }

    pub fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.columns..(row + 1) * self.columns]
    }

    /// Whether two of the rows differ in a column.
    pub fn varies(&self, column: usize) -> bool {
        self.bins.iter().skip(column).step_by(self.columns).any(|&bin| bin != self.bins[column])
    }

    /// Bins of a column in use.
    pub fn used(&self, column: usize) -> usize {
        self.edges[column].len() + 2
    }
}

fn bin(edges: &[f32], x: f32) -> u8 {
    if x.is_nan() { 0 } else { edges.partition_point(|&edge| edge < x) as u8 + 1 }
}

/// At most `BINS` − 2 edges between distinct values, at equal shares of the rows.
fn edges(mut values: Vec<f32>) -> Vec<f32> {
    values.retain(|x| !x.is_nan());
    values.sort_by(f32::total_cmp);
    let mut edges = Vec::with_capacity(BINS);
    let (Some(&greatest), n) = (values.last(), values.len()) else { return edges };
    let mut from = 0;
    while from < n && edges.len() < BINS - 2 {
        // What is left is shared by the bins that are left: frequent values take no bin twice.
        let share = (n - from).div_ceil(BINS - 1 - edges.len());
        let edge = values[(from + share - 1).min(n - 1)];
        if edge == greatest {
            break;
        }
        edges.push(edge);
        from = values.partition_point(|&x| x <= edge);
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_many_share() {
        assert_eq!(edges(vec![3.0, 1.0, f32::NAN, 1.0, 2.0]), [1.0, 2.0]);
        let many = edges((0..10_000).map(|i| i as f32).collect());
        assert_eq!(many.len(), BINS - 2);
        assert_eq!((bin(&many, -1.0), bin(&many, 1e9), bin(&many, f32::NAN)), (1, BINS as u8 - 1, 0));
        assert!(edges(vec![f32::NAN; 3]).is_empty());
    }
}
