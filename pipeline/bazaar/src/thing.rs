//! A thing that exists in the simulated market, with its hidden value; and what its seller does.
//! Everything follows from (seed, number of the thing), so nothing has to be kept.

use std::f64::consts::TAU;

use autobazaaar_domain::{Condition, Utc};
use chrono::Datelike;

use super::catalogue::{CATEGORIES, Category, Family, Naming};
use super::dice::{Dice, mix};
use super::venue::VENUES;

/// Listings that are not an honest offer of a whole, working thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Junk {
    /// Only a part or an extra of what the title names.
    Accessory,
    /// Broken, for parts, and priced so.
    Broken,
    /// The price is a first instalment.
    DownPayment,
    /// The price is not meant: 1, 1234, 99999.
    Placeholder,
    /// Somebody who buys.
    Wanted,
    /// No price without a call.
    CallForPrice,
    /// Given away.
    Free,
}

/// What everything in a simulated market follows from.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    pub seed: u64,
    /// The present year.
    pub year: i32,
    /// How many of the venues are there, 1–5.
    pub venues: usize,
}

/// A thing and its owner.
pub(super) struct Thing {
    pub number: u64,
    /// Venue it is offered on first.
    pub home: usize,
    pub category: usize,
    pub family: &'static Family,
    pub brand: &'static str,
    pub line: &'static str,
    pub suffix: &'static str,
    pub generation: u32,
    /// Letters and number of the model, where the category has them.
    pub code: (char, char, u32),
    /// Position of the value on each of the family's axes.
    pub picks: [usize; 4],
    pub age_years: f64,
    pub made_year: i32,
    pub condition: Condition,
    pub odometer: Option<u32>,
    pub junk: Option<Junk>,
    /// The seller wants it gone, or does not know what it is worth.
    pub bargain: bool,
    pub dealer: Option<u32>,
    pub seller: u64,
    /// What it would sell for to a patient seller in an average month, dollars.
    pub value_dollars: f64,
    /// What the owner asks first, dollars; unrounded.
    pub ask_dollars: f64,
}

impl Thing {
    /// The thing of this number.
    pub fn new(world: World, number: u64) -> Self {
        let seed = world.seed;
        let mut dice = Dice::new(seed, number, 1);
        let home = dice.weighted(VENUES[..world.venues].iter().map(|venue| venue.weight));
        let category_at = dice.weighted(CATEGORIES.iter().map(category_weight));
        let category = &CATEGORIES[category_at];
        let family_at = dice.weighted(category.families.iter().map(|family| family.weight));
        let family = &category.families[family_at];
        let brand_at = dice.skewed(category.brands.len());
        let line_at = dice.skewed(category.lines.len());
        let generation = 1 + dice.skewed(9) as u32;
        let age_years = age(&mut dice, category);
        let condition = condition(&mut dice, age_years / category.oldest_years);
        let picks = std::array::from_fn(|i| family.axes.get(i).map_or(0, |a| dice.skewed(a.values.len())));
        let odometer = (category.naming == Naming::Year && category.name == "vehicles")
            .then(|| odometer(&mut dice, age_years, family));
        let model = [category_at, family_at, brand_at, line_at, generation as usize]
            .iter()
            .fold(seed, |sum, &part| mix(sum ^ part as u64));
        let junk = dice.chance(0.065).then(|| junk(&mut dice, category)).flatten();
        let mut thing = Self {
            number,
            home,
            category: category_at,
            family,
            brand: category.brands[brand_at],
            line: category.lines[line_at],
            suffix: category.suffixes[dice.skewed(category.suffixes.len())],
            generation,
            code: code(model, category.brands[brand_at]),
            picks,
            age_years,
            made_year: world.year - age_years as i32,
            condition: if junk == Some(Junk::Broken) { Condition::Parts } else { condition },
            odometer,
            junk,
            bargain: dice.chance(0.04),
            dealer: dice.chance(VENUES[home].dealers).then(|| dice.skewed(400) as u32),
            seller: mix(seed ^ number) % 50_000_000,
            value_dollars: 0.0,
            ask_dollars: 0.0,
        };
        thing.value_dollars = thing.price(&mut dice, model);
        thing.ask_dollars = thing.first_ask(&mut dice);
        thing
    }

    pub fn category(&self) -> &'static Category {
        &CATEGORIES[self.category]
    }

    /// Family base × model × variant × condition × age × what no listing tells.
    fn price(&self, dice: &mut Dice, model: u64) -> f64 {
        let model_factor = (Dice::new(0, model, 2).bell() * 0.28).exp();
        let generation = 1.0 + 0.05 * (f64::from(self.generation) - 4.0);
        let axes: f64 =
            self.family.axes.iter().zip(self.picks).map(|(axis, pick)| axis.values[pick].1).product();
        let condition = worth_by_condition(self.condition);
        let age = self.category().kept_per_year.powf(self.age_years).max(0.06);
        let driven = self.odometer.map_or(1.0, |miles| (-0.6 * f64::from(miles) / 150_000.0).exp());
        let untold = (dice.bell() * 0.09).exp();
        let whole = self.family.new_dollars * 0.82 * model_factor * generation * axes * condition;
        let value = whole * age * driven * untold;
        match self.junk {
            Some(Junk::Accessory) => (value * dice.between(0.02, 0.07)).max(3.0),
            _ => value.max(4.0),
        }
    }

    /// Most ask somewhat more than it is worth, a few much more, some far less.
    fn first_ask(&self, dice: &mut Dice) -> f64 {
        let bell = dice.bell();
        let mut markup = (0.07 + 0.15 * bell + 0.14 * bell.max(0.0)).exp();
        if self.dealer.is_some() {
            markup *= 1.12;
        }
        if self.bargain {
            markup = dice.between(0.38, 0.72);
        }
        match self.junk {
            Some(Junk::DownPayment) => self.value_dollars * dice.between(0.08, 0.2),
            Some(Junk::Placeholder) => dice.pick(&[1.0, 1.0, 1.0, 123.0, 1234.0, 99_999.0, 11.0]),
            Some(Junk::Wanted) => self.value_dollars * dice.between(0.3, 0.8),
            Some(Junk::Free | Junk::CallForPrice) => 0.0,
            Some(Junk::Accessory | Junk::Broken) | None => self.value_dollars * markup,
        }
    }
}

/// What a condition does to a price.
pub(super) fn worth_by_condition(condition: Condition) -> f64 {
    match condition {
        Condition::New => 1.12,
        Condition::LikeNew => 1.0,
        Condition::Good => 0.88,
        Condition::Fair => 0.7,
        Condition::Poor => 0.48,
        Condition::Parts => 0.24,
    }
}

/// What a category's month does to its prices.
pub(super) fn season(category: &Category, at: Utc) -> f64 {
    let (peak, swing) = category.season;
    let months = f64::from(at.month()) + f64::from(at.day()) / 31.0 - f64::from(peak);
    1.0 + swing * (TAU * months / 12.0).cos()
}

/// Cheap things are traded more often than dear ones.
fn category_weight(category: &Category) -> f64 {
    match category.name {
        "phones" => 1.6,
        "furniture" | "vehicles" => 1.3,
        "laptops" | "tools" => 1.1,
        "audio" | "instruments" | "outdoors" => 0.7,
        _ => 0.9,
    }
}

fn age(dice: &mut Dice, category: &Category) -> f64 {
    category.oldest_years * dice.unit().powf(1.6)
}

/// Wear grows with age, but the careful and the careless live side by side.
fn condition(dice: &mut Dice, age_share: f64) -> Condition {
    let wear = age_share * 0.6 + dice.between(0.0, 0.6);
    match wear {
        w if w < 0.1 => Condition::New,
        w if w < 0.3 => Condition::LikeNew,
        w if w < 0.68 => Condition::Good,
        w if w < 0.95 => Condition::Fair,
        w if w < 1.12 => Condition::Poor,
        _ => Condition::Parts,
    }
}

/// Miles; two in five owners round to thousands.
fn odometer(dice: &mut Dice, age_years: f64, family: &Family) -> u32 {
    let per_year = if family.nouns[0] == "motorcycle" { 2_800.0 } else { 11_500.0 };
    let miles = (age_years * per_year * dice.between(0.5, 1.6) + dice.between(20.0, 900.0)) as u32;
    if dice.chance(0.4) { (miles / 1_000).max(1) * 1_000 } else { miles }
}

fn junk(dice: &mut Dice, category: &Category) -> Option<Junk> {
    let kind = [Junk::Accessory, Junk::Broken, Junk::Placeholder, Junk::Wanted, Junk::CallForPrice]
        [dice.weighted([3.2, 2.2, 1.5, 0.9, 0.7].into_iter())];
    match (kind, category.name) {
        (Junk::Accessory | Junk::Broken, "furniture") => Some(Junk::Free),
        (Junk::Accessory, "vehicles") => Some(Junk::DownPayment),
        (kind, _) => Some(kind),
    }
}

/// A model code such as "HX-3120": the same for each thing of the model.
fn code(model: u64, brand: &str) -> (char, char, u32) {
    let letter = |shift: u32| char::from(b'A' + (mix(model) >> shift) as u8 % 26);
    (brand.chars().next().unwrap_or('A'), letter(8), 100 + (mix(model ^ 5) % 9_400) as u32)
}
