//! The comparables index.

use autobazaaar_domain::{Attributes, Condition};
use autobazaaar_models::{CompsIndex, CompsOptions, Exclude};
use proptest::prelude::*;

use crate::common::{Owned, examples, item};

fn listing(n: u64, category: &str, title: &str) -> Owned {
    Owned {
        item: item(n),
        key: format!("bazaar:{n}").parse().unwrap(),
        category: category.into(),
        title: title.into(),
        description: None,
        condition: None,
        attributes: Attributes::default(),
        at: 1_700_000_000 + n as i64,
        price: 100.0,
    }
}

fn found(rows: &[Owned], query: &Owned) -> Vec<u32> {
    let index = CompsIndex::build(&examples(rows), CompsOptions::default());
    index.search(&query.example(), Exclude::OwnItem, 20).iter().map(|hit| hit.row).collect()
}

#[test]
fn the_same_thing_comes_before_its_accessory_and_other_sizes() {
    let rows = [
        listing(0, "phones", "case for Nova A1 64gb"),
        listing(1, "phones", "Nova A1 256 GB unlocked"),
        listing(2, "phones", "Nova A1 64 GB unlocked"),
        listing(3, "phones", "Pixon 7 64gb unlocked"),
        listing(4, "phones", "Pixon 7 256gb case"),
    ];
    let query = listing(9, "phones", "nova a1 64gb, unlocked");
    let order = found(&rows, &query);
    assert_eq!(order[..2], [2, 1]);
    let place = |row| order.iter().position(|&r| r == row).unwrap_or(usize::MAX);
    assert!(place(1) < place(0));
}

#[test]
fn neither_its_own_item_nor_another_category_is_found() {
    let rows = [
        listing(0, "phones", "Nova A1 64gb"),
        listing(1, "phones", "Nova A1 64gb"),
        listing(2, "boats", "Nova A1 64gb"),
        listing(3, "boats", "Nova A1 64gb"),
    ];
    assert_eq!(found(&rows, &listing(0, "phones", "Nova A1 64gb")), [1]);
    let index = CompsIndex::build(&examples(&rows), CompsOptions::default());
    assert_eq!(index.map_neighbours(5, |_, hits| hits[0].row), [1, 0, 3, 2]);
}

#[test]
fn nearer_numbers_and_condition_come_first() {
    let car = |n: u64, odometer: u32, condition| {
        let attributes = [("odometer", odometer.to_string())].into_iter().collect();
        Owned { attributes, condition: Some(condition), ..listing(n, "cars", "2011 roadstar x5") }
    };
    let mut rows: Vec<Owned> = (0..19).map(|i| car(i, 55_000 + 5_000 * i as u32, Condition::Good)).collect();
    rows.push(car(20, 100_000, Condition::Parts));
    let order = found(&rows, &car(99, 100_000, Condition::Good));
    assert_eq!(order[0], 9);
    assert_eq!(order.last(), Some(&19));
}

proptest! {
    #[test]
    fn any_text_is_searched_and_similarity_stays_in_bounds(titles in prop::collection::vec(".{0,40}", 1..30)) {
        let rows: Vec<Owned> =
            titles.iter().enumerate().map(|(i, title)| listing(i as u64, "any", title)).collect();
        let index = CompsIndex::build(&examples(&rows), CompsOptions::default());
        for row in &rows {
            let hits = index.search(&row.example(), Exclude::Nothing, 7);
            prop_assert!(hits.len() <= 7);
            prop_assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.similarity)));
            prop_assert!(hits.windows(2).all(|w| w[0].similarity >= w[1].similarity));
        }
    }
}
