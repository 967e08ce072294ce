//! A listing is never valued with its own price, nor with another price of its item.

use crate::common::{Owned, bits, examples, item, market, options};
use autobazaaar_domain::{Basis, Currency};
use autobazaaar_models::evaluate::{measure, scored};
use autobazaaar_models::{PriceModel, train};

fn fit(rows: &[Owned]) -> PriceModel {
    train(&examples(rows), Currency::USD, Basis::Asked, &options()).unwrap().0
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
        // Asked for later, too: how far the market was seen is not told by its own re-post.
        let mut later = rows[123].clone();
        later.at += 20_000_000;
        let query = [rows[123].example(), later.example()];
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
    let unseen = measure(&scored(&model, &examples(held_back), &predictions));
    assert_eq!(unseen.rows, 1_000);
    for metrics in [unseen, evaluation.overall] {
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
fn a_trend_is_not_drawn_on_beyond_what_was_seen() {
    // Given prices that rise by a tenth a day for a week
    let mut rows = market(400);
    for (i, row) in rows.iter_mut().enumerate() {
        row.at = 1_700_000_000 + (i as i64 % 7) * 86_400;
        row.price *= 1.1_f64.powi(i as i32 % 7);
    }
    let model = fit(&rows);
    // When the same thing is seen at the week's end, a week later and a year later
    let mut query = market(401).pop().unwrap();
    query.item = item(9_999);
    let mut value = |days: i64| {
        query.at = 1_700_000_000 + days * 86_400;
        model.predict(&examples(std::slice::from_ref(&query)))[0].quantiles.unwrap()[3]
    };
    let (end, week, year) = (value(6), value(13), value(371));
    // Then it is worth about the same: only how old its comparables are differs
    assert!((week / end - 1.0).abs() < 0.05 && (year / end - 1.0).abs() < 0.15, "{end} {week} {year}");
}
