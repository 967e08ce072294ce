//! A listing is never valued with its own price, nor with another price of its item.

mod common;

use std::collections::BTreeMap;

use autobazaaar_domain::{Basis, Condition, Currency};
use autobazaaar_models::{ModelCard, Prediction, PriceModel, Registry, RegistryError, TrainOptions, train};
use common::{Owned, examples, item};

/// Phones and bicycles whose price follows model, size, condition and wear, with noise.
fn market(n: u64) -> Vec<Owned> {
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
                attributes: BTreeMap::from([("mileage".into(), format!("{}", 100 + dice.below(5_000)))]),
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
        self.0 = autobazaaar_models::text::mix(self.0, 1);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
}

fn options() -> TrainOptions {
    TrainOptions { temporal: false, ..TrainOptions::default() }
}

fn fit(rows: &[Owned]) -> PriceModel {
    train(&examples(rows), Currency::USD, Basis::Asked, &options()).unwrap().0
}

fn bits(predictions: &[Prediction]) -> Vec<Option<[u64; 7]>> {
    predictions.iter().map(|p| p.quantiles.map(|q| q.map(f64::to_bits))).collect()
}

#[test]
fn its_own_ask_does_not_move_a_listings_value() {
    let rows = market(900);
    let before = fit(&rows);
    for (i, ask) in [(17, 1.0), (400, 99_999.0)] {
        let mut changed = rows.clone();
        changed[i].price = ask;
        let after = fit(&changed);
        let query = [rows[i].example()];
        assert_eq!(bits(&before.predict(&query)), bits(&after.predict(&query)));
        // The rest of the market does see it.
        assert_ne!(bits(&before.predict(&examples(&rows))), bits(&after.predict(&examples(&rows))));
    }
}

#[test]
fn a_repost_does_not_move_the_originals_value() {
    let rows = market(900);
    let before = fit(&rows);
    for (title, at) in [(None, 0), (Some("nova a1 64 gb unlocked brand new words here"), 9_000_000)] {
        let mut repost = rows[123].clone();
        repost.key = "bazaar:again".parse().unwrap();
        repost.price = 77_777.0;
        repost.at += at;
        if let Some(title) = title {
            repost.title = title.into();
        }
        let mut changed = rows.clone();
        changed.push(repost);
        let query = [rows[123].example()];
        assert_eq!(bits(&before.predict(&query)), bits(&fit(&changed).predict(&query)));
    }
}

#[test]
fn one_thread_or_two_the_same_model_to_the_bit() {
    let rows = market(600);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let model = fit(&rows);
            (model.to_bytes().unwrap(), bits(&model.predict(&examples(&rows))))
        })
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(one.1, two.1);
    assert!(one.0 == two.0);
}

#[test]
fn eighty_percent_intervals_cover_eighty_percent_of_unseen_listings() {
    let rows = market(3_000);
    let (train_rows, held_back) = rows.split_at(2_000);
    let (model, evaluation) = train(&examples(train_rows), Currency::USD, Basis::Asked, &options()).unwrap();
    let predictions = model.predict(&examples(held_back));
    let scored = autobazaaar_models::evaluate::scored(&model, &examples(held_back), &predictions).len();
    assert_eq!(scored, 1_000);
    for metrics in [
        autobazaaar_models::evaluate::measure(&autobazaaar_models::evaluate::scored(
            &model,
            &examples(held_back),
            &predictions,
        )),
        evaluation.overall,
    ] {
        assert!((0.74..=0.86).contains(&metrics.coverage80), "{metrics:?}");
        assert!(metrics.rmsle < 0.35 && metrics.answered > 0.99, "{metrics:?}");
    }
    for prediction in predictions {
        assert!(prediction.quantiles.unwrap().windows(2).all(|w| w[0] <= w[1]));
    }
}

#[test]
fn without_comparables_there_is_no_estimate() {
    let rows = market(300);
    let model = fit(&rows);
    let mut strange = rows[0].clone();
    strange.item = item(999_999);
    strange.title = "harpsichord".into();
    let mut elsewhere = rows[1].clone();
    elsewhere.item = item(999_998);
    elsewhere.category = "boats".into();
    for prediction in model.predict(&examples(&[strange, elsewhere])) {
        assert_eq!((prediction.quantiles, prediction.comp_count), (None, 0));
        assert_eq!(prediction.note.as_deref(), Some("no comparables"));
        assert_eq!(prediction.underpriced(10.0), None);
    }
}

#[test]
fn comps_are_other_items_of_the_same_kind() {
    let rows = market(600);
    let model = fit(&rows);
    let prediction = &model.predict_with(&[rows[5].example()], 5)[0];
    assert_eq!(prediction.comps.len(), 5);
    assert!(prediction.comps.iter().all(|comp| comp.key != rows[5].key && comp.price > 0.0));
    assert!(prediction.comps.windows(2).all(|w| w[0].similarity >= w[1].similarity));
}

#[test]
fn too_little_data_is_said() {
    let rows = market(10);
    let error = train(&examples(&rows), Currency::USD, Basis::Asked, &options()).unwrap_err();
    assert_eq!(error.to_string(), "10 priced items of USD asked, but at least 40 are needed");
}

#[test]
fn a_registry_gives_back_what_it_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::new(dir.path().join("models"));
    let rows = market(400);
    let (model, evaluation) = train(&examples(&rows), Currency::USD, Basis::Asked, &options()).unwrap();
    assert!(registry.list().unwrap().is_empty() && registry.champion().unwrap().is_none());

    let created = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let card = registry.store(&model, &ModelCard::new("v1", created, &model, evaluation)).unwrap();
    registry.promote("v1").unwrap();

    assert_eq!(registry.list().unwrap(), [card.clone()]);
    assert_eq!(registry.champion().unwrap().as_deref(), Some("v1"));
    let loaded = registry.load("v1").unwrap();
    assert_eq!(bits(&loaded.predict(&examples(&rows))), bits(&model.predict(&examples(&rows))));
    assert!(matches!(registry.store(&model, &card), Err(RegistryError::Exists(_))));
    for bad in ["../v1", ".v", "champion", ""] {
        assert!(matches!(registry.promote(bad), Err(RegistryError::BadVersion(_))), "{bad}");
    }
    assert!(matches!(registry.promote("v2"), Err(RegistryError::Missing(_))));

    let path = dir.path().join("models/v1/model.bin");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(registry.load("v1"), Err(RegistryError::Changed(_))));
    assert!(PriceModel::from_bytes(b"nonsense").is_err());
}
