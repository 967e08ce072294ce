//! Listings made up for the tests.

use autobazaaar_domain::{Attributes, Basis, Condition, ItemId, ListingKey};
use autobazaaar_models::text::mix;
use autobazaaar_models::{Example, Prediction, TrainOptions};

/// A listing that owns its parts.
#[derive(Debug, Clone)]
pub struct Owned {
    pub item: ItemId,
    pub key: ListingKey,
    pub category: String,
    pub title: String,
    pub description: Option<String>,
    pub condition: Option<Condition>,
    pub attributes: Attributes,
    pub at: i64,
    pub price: f64,
}

impl Owned {
    pub fn example(&self) -> Example<'_> {
        Example {
            item: self.item,
            key: &self.key,
            category: &self.category,
            platform: self.key.platform.as_str(),
            title: &self.title,
            description: self.description.as_deref(),
            condition: self.condition,
            attributes: &self.attributes,
            at: self.at,
            price: Some(self.price),
            basis: Basis::Asked,
            status_active: true,
        }
    }
}

pub fn examples(rows: &[Owned]) -> Vec<Example<'_>> {
    rows.iter().map(Owned::example).collect()
}

pub fn item(n: u64) -> ItemId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    ItemId(bytes)
}

/// Phones and bicycles whose price follows model, size, condition and wear, with noise.
pub fn market(n: u64) -> Vec<Owned> {
    let models = [("nova a1", 150.0), ("nova b2", 320.0), ("pixon 5", 240.0), ("pixon 7", 480.0)];
    (0..n)
        .map(|i| {
            let mut dice = Dice(i.wrapping_mul(0x9e37_79b9) ^ 0xabcd);
            let (model, base) = models[dice.below(4)];
            let size = [64, 128, 256][dice.below(3)];
            let condition = [Condition::New, Condition::Good, Condition::Poor][dice.below(3)];
            let worn = match condition {
                Condition::New => 1.2,
                Condition::Good => 1.0,
                _ => 0.6,
            };
            let noise = (0.25 * (dice.unit() + dice.unit() + dice.unit() - 1.5) * 2.0).exp();
            let bicycle = dice.below(3) == 0;
            Owned {
                item: item(i),
                key: format!("bazaar:{i}").parse().unwrap(),
                category: if bicycle { "bicycles".into() } else { "phones".into() },
                title: format!("{model} {size} GB {}", ["unlocked", "black", "with box"][dice.below(3)]),
                description: Some(format!(
                    "selling my {model}, works, {}",
                    ["mint", "scratched"][dice.below(2)]
                )),
                condition: Some(condition),
                attributes: [("mileage", format!("{}", 100 + dice.below(5_000)))].into_iter().collect(),
                at: 1_700_000_000 + 3_600 * i as i64,
                price: (base * (f64::from(size) / 64.0).powf(0.3) * worn * noise).round(),
            }
        })
        .collect()
}

/// A small fixed generator (splitmix64), so that the market is the same everywhere.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = mix(self.0, 1);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
}

pub fn options() -> TrainOptions {
    TrainOptions { temporal: false, ..TrainOptions::default() }
}

pub fn bits(predictions: &[Prediction]) -> Vec<Option<[u64; 7]>> {
    predictions.iter().map(|p| p.quantiles.map(|q| q.map(f64::to_bits))).collect()
}
