//! The price models in use, one per basis and currency.

use std::collections::BTreeMap;

use autobazaaar_domain::{Basis, Cents, Currency, ListingKey, Quantiles, Valuation};
use autobazaaar_lake::Lake;
use autobazaaar_models::discount::Discount;
use autobazaaar_models::selling::SellingCard;
use autobazaaar_models::{Example, Prediction, PriceModel, Registry, RegistryError};

/// Share of such items that the interval covers.
pub const LEVEL: f64 = 0.8;
/// A sold basis needs so many comparables to be preferred to asks.
const MIN_SOLD_COMPS: usize = 5;

/// The registry of the models of one basis and currency.
#[must_use]
pub fn registry(lake: &Lake, basis: Basis, currency: Currency) -> Registry {
    Registry::new(lake.models().join(segment(basis, currency)))
}

/// `asked-usd`: the folder of a basis and currency.
#[must_use]
pub fn segment(basis: Basis, currency: Currency) -> String {
    format!("{basis}-{}", currency.as_str().to_lowercase())
}

/// Every segment that has versions.
///
/// # Errors
/// When the folder cannot be listed.
pub fn segments(lake: &Lake) -> std::io::Result<Vec<(Basis, Currency)>> {
    let entries = match std::fs::read_dir(lake.models()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let parsed = name.to_str().and_then(|name| {
            let (basis, currency) = name.split_once('-')?;
            Some((basis.parse().ok()?, currency.to_uppercase().parse().ok()?))
        });
        found.extend(parsed);
    }
    found.sort_unstable();
    Ok(found)
}

/// The champions.
pub struct Models {
    by_segment: BTreeMap<(Basis, Currency), (String, PriceModel)>,
    /// What was learned of selling, if anything.
    selling: Option<SellingCard>,
}

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("cannot list the models: {0}")]
    Io(#[from] std::io::Error),
}

/// A valuation with what else the model says.
pub struct Valued {
    pub valuation: Valuation,
    pub prediction: Option<Prediction>,
}

impl Models {
    /// Loads the champion of every segment.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn load(lake: &Lake) -> Result<Self, ModelsError> {
        let mut by_segment = BTreeMap::new();
        for (basis, currency) in segments(lake)? {
            let registry = registry(lake, basis, currency);
            if let Some(version) = registry.champion()? {
                let model = registry.load(&version)?;
                by_segment.insert((basis, currency), (version, model));
            }
        }
        Ok(Self { by_segment, selling: None })
    }

    /// With what was learned of selling, by which sales are estimated where none are known.
    #[must_use]
    pub fn with_selling(self, selling: Option<SellingCard>) -> Self {
        Self { selling, ..self }
    }

    /// These models with their versions' names.
    #[must_use]
    pub fn of(by_segment: BTreeMap<(Basis, Currency), (String, PriceModel)>) -> Self {
        Self { by_segment, selling: None }
    }

    /// No model at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_segment.is_empty()
    }

    /// Categories that the models of a currency know.
    #[must_use]
    pub fn categories(&self, currency: Currency) -> Vec<String> {
        let of_currency = self.by_segment.iter().filter(|((_, known), _)| *known == currency);
        let names: std::collections::BTreeSet<String> =
            of_currency.flat_map(|(_, (_, model))| model.categories()).collect();
        names.into_iter().collect()
    }

    /// Versions in use.
    #[must_use]
    pub fn versions(&self) -> Vec<&str> {
        self.by_segment.values().map(|(version, _)| version.as_str()).collect()
    }

    /// Values examples of one currency on the wanted basis, or, without a wish, on sales where
    /// enough are known and asks do not tell more, and on asks elsewhere. In the examples' order.
    #[must_use]
    pub fn value(
        &self,
        examples: &[Example<'_>],
        currency: Currency,
        basis: Option<Basis>,
        comps: usize,
    ) -> Vec<Valued> {
        match basis {
            Some(Basis::Sold) => return self.value_sold(examples, currency, comps),
            Some(Basis::Asked) => return self.value_on(examples, currency, Basis::Asked, comps),
            None => {}
        }
        if !self.by_segment.contains_key(&(Basis::Sold, currency)) {
            return self.value_on(examples, currency, Basis::Asked, comps);
        }
        let mut valued = self.value_from(examples, currency, Basis::Sold, comps, MIN_SOLD_COMPS);
        let asked = self.value_on(examples, currency, Basis::Asked, comps);
        for (sold, asked) in valued.iter_mut().zip(asked) {
            if sold.valuation.quantiles.is_none() || is_surer(&asked.valuation, &sold.valuation) {
                *sold = asked;
            }
        }
        // A few sales are better than nothing.
        let sold = |rest: &[Example<'_>]| self.value_on(rest, currency, Basis::Sold, comps);
        instead(&mut valued, examples, sold);
        valued
    }

    /// On known sales; where they say nothing, on what is asked less the discount to a sale, if
    /// that was learned in this currency.
    fn value_sold(&self, examples: &[Example<'_>], currency: Currency, comps: usize) -> Vec<Valued> {
        let mut valued = self.value_on(examples, currency, Basis::Sold, comps);
        let learned = self.selling.as_ref().and_then(|card| card.of(currency)?.discount.known());
        let Some(discount) = learned else { return valued };
        if valued.iter().all(|one| one.valuation.quantiles.is_some()) {
            return valued;
        }
        let asked = self.value_on(examples, currency, Basis::Asked, comps);
        for ((sold, asked), example) in valued.iter_mut().zip(asked).zip(examples) {
            if sold.valuation.quantiles.is_none() && asked.valuation.quantiles.is_some() {
                *sold = discounted(asked, discount, example.category);
            }
        }
        valued
    }

    fn value_on(
        &self,
        examples: &[Example<'_>],
        currency: Currency,
        basis: Basis,
        comps: usize,
    ) -> Vec<Valued> {
        self.value_from(examples, currency, basis, comps, 1)
    }

    /// On one basis, where so many comparables stand behind the estimate.
    fn value_from(
        &self,
        examples: &[Example<'_>],
        currency: Currency,
        basis: Basis,
        comps: usize,
        at_least: usize,
    ) -> Vec<Valued> {
        let Some((version, model)) = self.by_segment.get(&(basis, currency)) else {
            let note = match basis {
                Basis::Sold => format!("no sold basis: no sale prices in {currency} are known"),
                Basis::Asked => format!("no model for {currency} yet"),
            };
            return examples.iter().map(|example| unvalued(example.key, currency, basis, &note)).collect();
        };
        let predictions = model.predict_from(examples, comps, at_least);
        examples
            .iter()
            .zip(predictions)
            .map(|(example, prediction)| valued(example.key, currency, basis, version, prediction))
            .collect()
    }
}

/// An estimate of what is asked, brought down to a sale.
fn discounted(asked: Valued, discount: &Discount, category: &str) -> Valued {
    let Valued { valuation, prediction } = asked;
    let share = discount.share(category);
    let whose = if discount.by_category.contains_key(category) { "such" } else { "other" };
    let note = format!(
        "no sold basis of its own: {:.0} % of the ask, learned from {} sales of {whose} things (80 % between {:.0} and {:.0} %)",
        share.share * 100.0,
        share.pairs,
        share.low * 100.0,
        share.high * 100.0
    );
    let valuation = Valuation {
        basis: Basis::Sold,
        quantiles: valuation.quantiles.map(|asked| as_sales(&asked, share.share, discount.within)),
        note: Some(note),
        ..valuation
    };
    Valued { valuation, prediction }
}

/// The distribution of a sale price: the ask's times the share that is paid, which differs from
/// sale to sale (standard deviation `spread` of its logarithm). Distances from the median add up
/// as squares, as they do for normal logarithms.
fn as_sales(asked: &Quantiles, share: f64, spread: f64) -> Quantiles {
    /// The standard normal's quantiles at the levels of a distribution.
    const NORMAL: [f64; 7] = [-1.644_854, -1.281_552, -0.674_490, 0.0, 0.674_490, 1.281_552, 1.644_854];
    let median = asked.expected().0.max(1) as f64;
    let mut sales = asked.0;
    for (price, z) in sales.iter_mut().zip(NORMAL) {
        let distance = (price.0.max(1) as f64 / median).ln();
        let wider = (distance * distance + (z * spread).powi(2)).sqrt();
        let signed = if z < 0.0 { -wider } else { wider };
        *price = Cents((median * share * signed.exp()).round() as i64);
    }
    Quantiles(sales)
}

/// How much the share of an ask that is paid differs from sale to sale, as a standard deviation of
/// logarithms: what an estimate of asks lacks to one of sales.
const SHARE_SPREAD: f64 = 0.15;

/// Whether asks tell more of a sale than the few known sales do: their interval, widened by how much
/// the share that is paid differs, is still the narrower one.
fn is_surer(asked: &Valuation, sold: &Valuation) -> bool {
    let spread = |valuation: &Valuation| valuation.quantiles.and_then(|quantiles| quantiles.log_spread());
    spread(asked).zip(spread(sold)).is_some_and(|(asked, sold)| asked.hypot(SHARE_SPREAD) < sold)
}

/// Values anew what has no estimate yet, where that gives one.
fn instead(valued: &mut [Valued], examples: &[Example<'_>], value: impl Fn(&[Example<'_>]) -> Vec<Valued>) {
    let open: Vec<usize> = (0..valued.len()).filter(|&i| valued[i].valuation.quantiles.is_none()).collect();
    let rest: Vec<Example<'_>> = open.iter().map(|&i| examples[i]).collect();
    for (i, other) in open.into_iter().zip(value(&rest)) {
        if other.valuation.quantiles.is_some() {
            valued[i] = other;
        }
    }
}

fn unvalued(key: &ListingKey, currency: Currency, basis: Basis, note: &str) -> Valued {
    let valuation = Valuation {
        key: key.clone(),
        currency,
        basis,
        quantiles: None,
        level: LEVEL,
        comp_count: 0,
        model_version: String::new(),
        note: Some(note.to_owned()),
        days_to_sell: None,
        selling_version: None,
    };
    Valued { valuation, prediction: None }
}

fn valued(
    key: &ListingKey,
    currency: Currency,
    basis: Basis,
    version: &str,
    prediction: Prediction,
) -> Valued {
    let quantiles = prediction.quantiles.and_then(|levels| rounded(levels, currency));
    let note = match (&quantiles, &prediction.note) {
        (None, None) => Some("the estimate does not fit an amount of money".to_owned()),
        (_, note) => note.clone(),
    };
    let valuation = Valuation {
        key: key.clone(),
        currency,
        basis,
        quantiles,
        level: LEVEL,
        comp_count: prediction.comp_count,
        model_version: version.to_owned(),
        note,
        days_to_sell: None,
        selling_version: None,
    };
    Valued { valuation, prediction: Some(prediction) }
}

/// Model figures in major units become amounts here, at the edge.
fn rounded(levels: [f64; 7], currency: Currency) -> Option<Quantiles> {
    let mut cents = [Cents::ZERO; 7];
    for (slot, level) in cents.iter_mut().zip(levels) {
        *slot = Cents::from_major(level, currency)?;
    }
    Some(Quantiles(cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_is_lower_and_less_certain_than_an_ask() {
        let asked = Quantiles([60, 70, 85, 100, 118, 140, 160].map(|major| Cents(major * 100)));
        let sales = as_sales(&asked, 0.8, 0.3);
        assert_eq!(sales.expected(), Cents(8_000));
        assert!(sales.0.windows(2).all(|pair| pair[0] < pair[1]), "{sales:?}");
        let width = |q: &Quantiles| (q.high().0 as f64 / q.low().0 as f64).ln();
        assert!(width(&sales) > width(&asked));
        // No spread between sales: nothing but the share.
        assert_eq!(as_sales(&asked, 0.5, 0.0).0.map(|c| c.0), asked.0.map(|c| c.0 / 2));
    }
}
