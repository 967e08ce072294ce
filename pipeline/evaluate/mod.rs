//! How good the price model is, on listings that it has not learned from: a split's test rows, or
//! every listing by the model that left its item out.

pub mod rows;
pub mod split;
pub mod stale;

use std::collections::{BTreeMap, HashMap};

use autobazaaar_domain::{Basis, Currency, ItemId, ObservationId};
use autobazaaar_models::evaluate::{CalibrationRow, Metrics, Scored, calibration, measure, scored};
use autobazaaar_models::paired::{Paired, paired};
use autobazaaar_models::planted::{Ranking, plant, ranking};
use autobazaaar_models::segments::{Fact, Segment, segments};
use autobazaaar_models::{Example, Prediction, PriceModel, TrainError, TrainOptions, train};
use serde::Serialize;

use crate::enrich::listings::Listing;
use crate::train::{examples, priced, written};
use split::{Reference, Split};

/// Rows from which a part gets figures of its own.
const SEGMENT_ROWS: usize = 500;
/// Asks below this are not meant, more often than not: major units.
const MEANT: f64 = 5.0;

/// What was measured of one basis and currency.
#[derive(Debug, Serialize)]
pub struct Measured {
    pub basis: Basis,
    pub currency: Currency,
    /// The version, or how the model came about.
    pub model: String,
    pub trained_on: u64,
    pub train_seconds: Option<f64>,
    pub predict_rows_per_second: f64,
    /// Named sets of rows, the last is what everything below stands on.
    pub sets: Vec<(String, Metrics)>,
    pub references: Vec<Against>,
    pub calibration: Vec<CalibrationRow>,
    /// Largest distance of an observed share from its level.
    pub largest_deviation: f64,
    pub segments: Vec<Segment>,
    pub planted: Vec<Ranking>,
    #[serde(skip)]
    pub lines: Vec<Line>,
}

/// The comparison with one column of others' predictions on one set of rows.
#[derive(Debug, Serialize)]
pub struct Against {
    pub name: String,
    pub set: String,
    pub figures: Paired,
}

/// A row that was valued.
#[derive(Debug)]
pub struct Line {
    pub platform: String,
    pub external_id: String,
    pub category: String,
    pub price: f64,
    pub fresh: Option<bool>,
    /// The answer of who does not know.
    pub fallback: f64,
    pub prediction: Prediction,
}

/// What to measure by.
#[derive(Debug, Default)]
pub struct Trial {
    pub references: Vec<Reference>,
    /// Sets of lowered asks by external id.
    pub planted: Vec<HashMap<String, f64>>,
    /// Seeds of sets to lower beside those.
    pub plant_seeds: Vec<u64>,
}

/// Trains on the split's training rows and values its test rows, by currency. All test rows count,
/// also those that would teach nothing, such as wishes, parts and asks that are not meant: others
/// were measured on them, too.
///
/// # Errors
/// When nothing can be learned from the training rows.
pub fn by_split(
    listings: &[Listing],
    items: &HashMap<ObservationId, ItemId>,
    split: &Split,
    trial: &Trial,
    options: &TrainOptions,
) -> Result<Vec<Measured>, TrainError> {
    let part = |example: &Example| split.part(example.key);
    let tested = |listing: &Listing| {
        written(listing).filter(|_| split.part(&listing.key).is_some_and(|part| part.test))
    };
    let mut taught = examples(listings, items, Basis::Asked);
    let mut measured = Vec::new();
    for (currency, test) in priced(listings, items, Basis::Asked, &tested) {
        let mut taught = taught.remove(&currency).unwrap_or_default();
        taught.retain(|example| part(example).is_some_and(|part| !part.test));
        let options = TrainOptions { temporal: false, ..options.clone() };
        let (model, evaluation) = train(&taught, currency, Basis::Asked, &options)?;
        let fresh = |example: &Example| split.tells_fresh.then(|| part(example).is_some_and(|p| p.fresh));
        let known: Vec<f64> = taught.iter().filter_map(|example| example.price).collect();
        let rows = Rows { model: &model, examples: &test, fresh: &fresh, known: &known };
        measured.push(Measured {
            model: "trained on the split".to_owned(),
            trained_on: taught.len() as u64,
            train_seconds: Some(evaluation.train_seconds),
            ..rows.measured(trial)
        });
    }
    Ok(measured)
}

/// Values every listing by a stored model, each without its item.
#[must_use]
pub fn of_version(model: &PriceModel, version: &str, examples: &[Example], trial: &Trial) -> Measured {
    let known: Vec<f64> = examples.iter().filter_map(|example| example.price).collect();
    let rows = Rows { model, examples, fresh: &|_| None, known: &known };
    let trained_on = examples.iter().filter(|example| model.knows(example.item)).count() as u64;
    Measured { model: version.to_owned(), trained_on, ..rows.measured(trial) }
}

/// Rows to value and what is known beside them.
struct Rows<'a> {
    model: &'a PriceModel,
    examples: &'a [Example<'a>],
    fresh: &'a dyn Fn(&Example) -> Option<bool>,
    /// Prices that the model was taught.
    known: &'a [f64],
}

impl Rows<'_> {
    fn measured(&self, trial: &Trial) -> Measured {
        let started = std::time::Instant::now();
        let predictions = self.model.predict(self.examples);
        let seconds = started.elapsed().as_secs_f64().max(1e-9);
        let rows = scored(self.model, self.examples, &predictions);
        let sets = self.sets(&rows);
        let of = |members: &[usize]| members.iter().map(|&i| rows[i]).collect::<Vec<Scored>>();
        let chosen_rows = sets.last().map_or(&[][..], |(_, members)| members);
        let chosen = of(chosen_rows);
        let calibration = calibration(&chosen);
        let deviation = |row: &CalibrationRow| (row.observed - row.level).abs();
        Measured {
            basis: self.model.basis(),
            currency: self.model.currency(),
            model: String::new(),
            trained_on: 0,
            train_seconds: None,
            predict_rows_per_second: self.examples.len() as f64 / seconds,
            references: self.against(&rows, trial),
            largest_deviation: calibration.iter().map(deviation).fold(0.0, f64::max),
            segments: segments(&chosen, &self.facts(chosen_rows), SEGMENT_ROWS),
            planted: self.planted(&rows, trial),
            sets: sets.iter().map(|(name, members)| (name.clone(), measure(&of(members)))).collect(),
            calibration,
            lines: self.lines(&rows, &predictions),
        }
    }

    /// What the rows say beside their price, if enough of them say it: condition and attributes.
    fn facts(&self, members: &[usize]) -> Vec<Fact<'_>> {
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        for &row in members {
            for (name, _) in self.examples[row].attributes.iter() {
                *told.entry(name).or_default() += 1;
            }
        }
        let condition = members.iter().map(|&row| self.examples[row].condition.map(|one| one.as_str()));
        let attribute = |name: &str| Fact {
            name: name.to_owned(),
            values: members.iter().map(|&row| self.examples[row].attributes.get(name)).collect(),
        };
        let often = told.into_iter().filter(|(_, rows)| *rows >= SEGMENT_ROWS);
        std::iter::once(Fact { name: "condition".to_owned(), values: condition.collect() })
            .chain(often.map(|(name, _)| attribute(name)))
            .collect()
    }

    /// The sets of rows that the figures are told of, from the widest: all, those whose ask is
    /// meant, those of new things. One that leaves nothing out, or everything, tells nothing.
    fn sets(&self, rows: &[Scored]) -> Vec<(String, Vec<usize>)> {
        let all: Vec<usize> = (0..rows.len()).collect();
        let meant: Vec<usize> = all.iter().copied().filter(|&i| rows[i].price >= MEANT).collect();
        let fresh = |i: &usize| (self.fresh)(&self.examples[*i]) == Some(true);
        let fresh: Vec<usize> = all.iter().copied().filter(fresh).collect();
        let mut sets = vec![("all".to_owned(), all)];
        for (name, set) in [(format!("price at least {MEANT}"), meant), ("fresh".to_owned(), fresh)] {
            if !set.is_empty() && set.len() < rows.len() {
                sets.push((name, set));
            }
        }
        sets
    }

    fn against(&self, rows: &[Scored], trial: &Trial) -> Vec<Against> {
        let mut found = Vec::new();
        for reference in &trial.references {
            for (column, name) in reference.names.iter().enumerate() {
                let triple = |i: usize| {
                    let theirs = reference.values.get(&self.examples[i].key.external_id)?.get(column)?;
                    let ours = rows[i].prediction.quantiles.map_or(rows[i].fallback, |q| q[3]);
                    Some((rows[i].price, ours, *theirs))
                };
                for (set, members) in self.sets(rows) {
                    let triples: Vec<_> = members.into_iter().filter_map(triple).collect();
                    let figures = paired(&triples);
                    found.extend(figures.map(|figures| Against { name: name.clone(), set, figures }));
                }
            }
        }
        found
    }

    /// Rankings of the fresh rows, of all where none is told fresh.
    fn planted(&self, rows: &[Scored], trial: &Trial) -> Vec<Ranking> {
        let fresh = |i: &usize| (self.fresh)(&self.examples[*i]);
        let some_fresh = (0..rows.len()).any(|i| fresh(&i) == Some(true));
        let ranked: Vec<usize> = (0..rows.len()).filter(|i| !some_fresh || fresh(i) == Some(true)).collect();
        let place: HashMap<&str, usize> = ranked
            .iter()
            .enumerate()
            .map(|(at, &i)| (self.examples[i].key.external_id.as_str(), at))
            .collect();
        let told = trial.planted.iter().map(|asks| {
            asks.iter()
                .filter_map(|(id, ask)| Some((*place.get(id.as_str())?, *ask)))
                .collect::<HashMap<_, _>>()
        });
        let own: Vec<f64> = ranked.iter().map(|&i| rows[i].price).collect();
        let drawn = trial.plant_seeds.iter().map(|seed| plant(&own, self.known, *seed).into_iter().collect());
        told.chain(drawn)
            .map(|lowered: HashMap<usize, f64>| {
                let score = |(at, &i): (usize, &usize)| {
                    rows[i].prediction.underpriced(lowered.get(&at).copied().unwrap_or(rows[i].price))
                };
                let scores: Vec<Option<f64>> = ranked.iter().enumerate().map(score).collect();
                ranking(&scores, |at| lowered.contains_key(&at))
            })
            .collect()
    }

    fn lines(&self, rows: &[Scored], predictions: &[Prediction]) -> Vec<Line> {
        let line = |((example, row), prediction): ((&Example, &Scored), &Prediction)| Line {
            platform: example.platform.to_owned(),
            external_id: example.key.external_id.clone(),
            category: example.category.to_owned(),
            price: row.price,
            fresh: (self.fresh)(example),
            fallback: row.fallback,
            prediction: prediction.clone(),
        };
        self.examples.iter().zip(rows).zip(predictions).map(line).collect()
    }
}
