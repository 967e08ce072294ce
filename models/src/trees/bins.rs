//! Features cut into at most 254 bins: numbers by their quantiles, names by themselves. Bin 0 holds
//! what is missing.

use std::ops::Range;

use linfa::dataset::Records;
use serde::{Deserialize, Serialize};

/// Bins of a feature, the one for missing values included; one number of a byte is left over.
pub(super) const BINS: usize = u8::MAX as usize;

/// Dense rows of features, row by row; NaN is missing.
#[derive(Debug, Clone, Default)]
pub struct FeatureRows {
    values: Vec<f32>,
    columns: usize,
    names: Range<usize>,
}

impl FeatureRows {
    /// An empty matrix of so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { values: Vec::new(), columns, names: 0..0 }
    }

    /// Says which columns hold names: whole numbers below 2²⁴ in no meaningful order.
    #[must_use]
    pub fn with_names(self, names: Range<usize>) -> Self {
        Self { names, ..self }
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

/// Where a column's values are cut into bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Cuts {
    /// Upper ends of the bins of numbers from bin 1 on, ascending; the last bin has none.
    Ends(Vec<f32>),
    /// Names that have a bin each, from bin 1 on, ascending; the others count as missing.
    Names(Vec<f32>),
}

impl Cuts {
    /// The bin of a value.
    pub fn bin(&self, x: f32) -> u8 {
        match self {
            _ if x.is_nan() => 0,
            Self::Ends(ends) => ends.partition_point(|&end| end < x) as u8 + 1,
            Self::Names(names) => {
                names.binary_search_by(|name| name.total_cmp(&x)).map_or(0, |at| at as u8 + 1)
            }
        }
    }

    /// Bins in use, the one for missing values included.
    pub fn used(&self) -> usize {
        match self {
            Self::Ends(ends) => ends.len() + 2,
            Self::Names(names) => names.len() + 1,
        }
    }

    /// Whether the column holds names.
    pub fn are_names(&self) -> bool {
        matches!(self, Self::Names(_))
    }
}

/// Rows as bins, and where the bins end.
pub(super) struct Binned {
    /// Row by row.
    pub bins: Vec<u8>,
    pub columns: usize,
    /// By column.
    pub cuts: Vec<Cuts>,
}

impl Binned {
    /// Bins the rows, looking at those that `counts`.
    pub fn new(rows: &FeatureRows, counts: impl Fn(usize) -> bool) -> Self {
        let columns = rows.columns();
        let used: Vec<usize> = (0..rows.rows()).filter(|&i| counts(i)).collect();
        let column_cuts = |c: usize| {
            let values = used.iter().map(|&i| rows.row(i)[c]).filter(|x| !x.is_nan()).collect();
            if rows.names.contains(&c) { Cuts::Names(frequent(values)) } else { Cuts::Ends(ends(values)) }
        };
        let cuts: Vec<Cuts> = (0..columns).map(column_cuts).collect();
        let bins = (0..rows.rows())
            .flat_map(|i| rows.row(i).iter().zip(&cuts).map(|(&x, cuts)| cuts.bin(x)))
            .collect();
        Self { bins, columns, cuts }
    }

    pub fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.columns..(row + 1) * self.columns]
    }

    /// Whether two of the rows differ in a column.
    pub fn varies(&self, column: usize) -> bool {
        self.bins.iter().skip(column).step_by(self.columns).any(|&bin| bin != self.bins[column])
    }
}

/// At most `BINS` − 2 ends between distinct values, at equal shares of the rows.
fn ends(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    let mut ends = Vec::with_capacity(BINS);
    let (Some(&greatest), n) = (values.last(), values.len()) else { return ends };
    let mut from = 0;
    while from < n && ends.len() < BINS - 2 {
        // What is left is shared by the bins that are left: frequent values take no bin twice.
        let share = (n - from).div_ceil(BINS - 1 - ends.len());
        let end = values[(from + share - 1).min(n - 1)];
        if end == greatest {
            break;
        }
        ends.push(end);
        from = values.partition_point(|&x| x <= end);
    }
    ends
}

/// Rows that a name needs for a bin of its own.
const MIN_NAMED: usize = 10;

/// The names of the most rows, ascending.
fn frequent(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    let mut names: Vec<&[f32]> =
        values.chunk_by(|a, b| a == b).filter(|rows| rows.len() >= MIN_NAMED).collect();
    names.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    names.truncate(BINS - 1);
    let mut names: Vec<f32> = names.into_iter().map(|rows| rows[0]).collect();
    names.sort_by(f32::total_cmp);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_many_share() {
        assert_eq!(ends(vec![3.0, 1.0, 1.0, 2.0]), [1.0, 2.0]);
        let many = Cuts::Ends(ends((0..10_000).map(|i| i as f32).collect()));
        assert_eq!(many.used(), BINS);
        assert_eq!((many.bin(-1.0), many.bin(1e9), many.bin(f32::NAN)), (1, BINS as u8 - 1, 0));
        assert!(ends(Vec::new()).is_empty());
    }

    #[test]
    fn frequent_names_have_a_bin_each_and_the_others_none() {
        let rows = (0..3_000).map(|i| if i < 9 { 7.0 } else { 100.0 + (i % 280) as f32 });
        let names = Cuts::Names(frequent(rows.clone().chain([350.0; 5]).collect()));
        assert_eq!(names.used(), BINS);
        assert_eq!((names.bin(7.0), names.bin(f32::NAN), names.bin(99.0)), (0, 0, 0));
        assert!(names.bin(350.0) > 0, "the most frequent of all");
    }
}
