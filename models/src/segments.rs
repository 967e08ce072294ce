//! Figures of parts of the rows: an interval that holds on the whole may still fail a part.

use std::collections::{BTreeMap, BTreeSet};

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

/// What every row says under one name, by which rows are cut: its condition, or an attribute.
#[derive(Debug, Clone)]
pub struct Fact<'a> {
    pub name: String,
    /// In the order of the rows; `None` where a row does not say it.
    pub values: Vec<Option<&'a str>>,
}

/// The rows cut by category, by fifths of the estimate, of its uncertainty and of the number of
/// comparables, and by each fact: in fifths where it is a number, else by its words. Parts of less than
/// `least` rows are left out, and so is a cut into one part.
///
/// They are cut by what is known before the price is: cut by the price itself, low prices would
/// always seem overestimated and high ones underestimated.
#[must_use]
pub fn segments(rows: &[Scored], facts: &[Fact<'_>], least: usize) -> Vec<Segment> {
    let answered: Vec<Scored> =
        rows.iter().filter(|row| row.prediction.quantiles.is_some()).copied().collect();
    let categories: Vec<&str> = rows.iter().map(|row| row.category).collect();
    let mut found = by_word("category", rows.iter().copied().zip(categories));
    for fact in facts {
        found.extend(by_fact(rows, fact));
    }
    found.extend(by_number("estimate", &answered, |row| row.prediction.quantiles.map_or(0.0, |q| q[3])));
    found.extend(by_number("uncertainty", &answered, |row| row.prediction.sigma));
    found.extend(by_number("comparables", &answered, |row| f64::from(row.prediction.comp_count)));
    found.retain(|segment| segment.metrics.rows as usize >= least);
    found
}

/// How the part is called whose rows do not say a fact.
const NOT_SAID: &str = "not said";
/// A fact with fewer values than this has them as parts, numbers or not.
const FEW: usize = 20;

fn by_fact(rows: &[Scored], fact: &Fact<'_>) -> Vec<Segment> {
    let said = || rows.iter().zip(&fact.values).filter_map(|(row, value)| Some((*row, (*value)?)));
    let numbers: Vec<(f64, Scored)> =
        said().filter_map(|(row, text)| Some((text.parse::<f64>().ok()?, row))).collect();
    let values: BTreeSet<&str> = fact.values.iter().flatten().copied().collect();
    if numbers.is_empty() || numbers.len() < said().count() || values.len() < FEW {
        let words = fact.values.iter().map(|value| value.unwrap_or(NOT_SAID));
        return by_word(&fact.name, rows.iter().copied().zip(words));
    }
    let mut parts = fifths(&fact.name, numbers);
    let silent: Vec<Scored> =
        rows.iter().zip(&fact.values).filter(|(_, value)| value.is_none()).map(|(row, _)| *row).collect();
    if !silent.is_empty() {
        parts.push(segment(&fact.name, NOT_SAID.to_owned(), &silent));
    }
    parts
}

fn by_word<'a>(by: &str, rows: impl Iterator<Item = (Scored<'a>, &'a str)>) -> Vec<Segment> {
    let mut grouped: BTreeMap<&str, Vec<Scored>> = BTreeMap::new();
    for (row, word) in rows {
        grouped.entry(word).or_default().push(row);
    }
    if grouped.len() < 2 {
        return Vec::new();
    }
    grouped.into_iter().map(|(word, rows)| segment(by, word.to_owned(), &rows)).collect()
}

fn segment(by: &str, part: String, rows: &[Scored]) -> Segment {
    Segment { by: by.to_owned(), part, metrics: measure(rows) }
}

/// Fifths by a number; rows of one number stay together.
fn by_number(by: &str, rows: &[Scored], number: impl Fn(&Scored) -> f64) -> Vec<Segment> {
    fifths(by, rows.iter().map(|row| (number(row), *row)).collect())
}

fn fifths(by: &str, mut sorted: Vec<(f64, Scored)>) -> Vec<Segment> {
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
        parts.push(segment(by, format!("{} to {}", short(first.0), short(last.0)), &rows));
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
        let found = segments(&rows, &[], 1);
        assert_eq!(found.len(), 5, "one category and one uncertainty are no cuts: {found:?}");
        assert_eq!(found.iter().map(|s| s.metrics.rows).sum::<u64>(), 1_000);
        assert_eq!(found[0].part, "1.000 to 200");
        assert!(segments(&rows, &[], 201).is_empty());
    }

    #[test]
    fn facts_cut_by_their_words_or_in_fifths() {
        let prediction = Prediction {
            quantiles: Some([1.0; 7]),
            sigma: 0.3,
            comp_count: 7,
            comps: Vec::new(),
            note: None,
            odds: None,
        };
        let rows = vec![Scored { category: "a", price: 1.0, prediction: &prediction, fallback: 1.0 }; 100];
        let miles: Vec<String> = (0..100).map(|i| (i * 1_000).to_string()).collect();
        let said = |of: &dyn Fn(usize) -> Option<&'static str>| (0..100).map(of).collect::<Vec<_>>();
        let facts = [
            Fact { name: "fuel".into(), values: said(&|i| (i < 30).then_some("gas")) },
            Fact { name: "doors".into(), values: said(&|i| Some(if i < 60 { "2" } else { "4" })) },
            Fact {
                name: "miles".into(),
                values: miles
                    .iter()
                    .enumerate()
                    .map(|(i, text)| (i >= 50).then_some(text.as_str()))
                    .collect(),
            },
        ];
        let parts: Vec<String> = segments(&rows, &facts, 1)
            .iter()
            .map(|cut| format!("{} {} {}", cut.by, cut.part, cut.metrics.rows))
            .collect();
        assert_eq!(
            parts,
            [
                "fuel gas 30",
                "fuel not said 70",
                "doors 2 60",
                "doors 4 40",
                "miles 50000 to 59000 10",
                "miles 60000 to 69000 10",
                "miles 70000 to 79000 10",
                "miles 80000 to 89000 10",
                "miles 90000 to 99000 10",
                "miles not said 50",
            ]
        );
    }
}
