//! Figures of parts of the rows: an interval that holds on the whole may still fail a part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluate::{Metrics, Scored, measure};

/// Parts into which numbers are cut.
const PARTS: usize = 5;

/// One part of the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// What the rows are cut by.
    pub by: String,
    /// The part, such as `4,200 to 7,900`.
    pub part: String,
    pub metrics: Metrics,
}

/// The rows cut by category, by fifths of the estimate, of its uncertainty and of the number of
/// comparables. Parts of less than `least` rows are left out, and so is a cut into one part.
///
/// They are cut by what is known before the price is: cut by the price itself, low prices would
/// always seem overestimated and high ones underestimated.
#[must_use]
pub fn segments(rows: &[Scored], least: usize) -> Vec<Segment> {
    let answered: Vec<Scored> =
        rows.iter().filter(|row| row.prediction.quantiles.is_some()).copied().collect();
    let mut found = by_category(rows);
    found.extend(by_number("estimate", &answered, |row| row.prediction.quantiles.map_or(0.0, |q| q[3])));
    found.extend(by_number("uncertainty", &answered, |row| row.prediction.sigma));
    found.extend(by_number("comparables", &answered, |row| f64::from(row.prediction.comp_count)));
    found.retain(|segment| segment.metrics.rows as usize >= least);
    found
}

fn by_category(rows: &[Scored]) -> Vec<Segment> {
    let mut grouped: BTreeMap<&str, Vec<Scored>> = BTreeMap::new();
    for row in rows {
        grouped.entry(row.category).or_default().push(*row);
    }
    if grouped.len() < 2 {
        return Vec::new();
    }
    let segment = |(name, rows): (&str, Vec<Scored>)| Segment {
        by: "category".to_owned(),
        part: name.to_owned(),
        metrics: measure(&rows),
    };
    grouped.into_iter().map(segment).collect()
}

/// Fifths by a number; rows of one number stay together.
fn by_number(by: &str, rows: &[Scored], number: impl Fn(&Scored) -> f64) -> Vec<Segment> {
    let mut sorted: Vec<(f64, Scored)> = rows.iter().map(|row| (number(row), *row)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut bounds: Vec<usize> = (1..PARTS)
        .map(|part| sorted.len() * part / PARTS)
        .filter_map(|at| sorted.get(at).map(|row| sorted.partition_point(|other| other.0 < row.0)))
        .chain([sorted.len()])
        .collect();
    bounds.dedup();
    let mut from = 0;
    let mut parts = Vec::new();
    for to in bounds.into_iter().filter(|to| *to > 0) {
        let part = &sorted[from..to];
        from = to;
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        let rows: Vec<Scored> = part.iter().map(|row| row.1).collect();
        parts.push(Segment {
            by: by.to_owned(),
            part: format!("{} to {}", short(first.0), short(last.0)),
            metrics: measure(&rows),
        });
    }
    if parts.len() < 2 { Vec::new() } else { parts }
}

/// A bound for people: three digits say enough.
fn short(number: f64) -> String {
    if number.abs() >= 100.0 { format!("{number:.0}") } else { format!("{number:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Prediction;

    #[test]
    fn fifths_hold_every_row_once() {
        let predictions: Vec<Prediction> = (1..=1_000)
            .map(|i| {
                let at = f64::from(i);
                let quantiles = [0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.5].map(|share| share * at);
                Prediction {
                    quantiles: Some(quantiles),
                    sigma: 0.3,
                    comp_count: 7,
                    comps: Vec::new(),
                    note: None,
                    odds: None,
                }
            })
            .collect();
        let row = |prediction| Scored { category: "a", price: 100.0, prediction, fallback: 1.0 };
        let rows: Vec<Scored> = predictions.iter().map(row).collect();
        let found = segments(&rows, 1);
        assert_eq!(found.len(), 5, "one category and one uncertainty are no cuts: {found:?}");
        assert_eq!(found.iter().map(|s| s.metrics.rows).sum::<u64>(), 1_000);
        assert_eq!(found[0].part, "1.000 to 200");
        assert!(segments(&rows, 201).is_empty());
    }
}
