//! Listings made for a test: a shop whose asks change from day to day, and its mapping.

use std::fmt::Write as _;

/// Reads what this module writes.
pub const MAPPING: &str = r#"platform = "shop"
currency = "USD"

[time]
observed_at = "seen"

[id]
column = "id"

[price]
column = "price"

[fields]
title = "title"
category = { constant = "things" }
"#;

/// The header, then these rows: id, title, price, moment of sight.
pub fn csv(rows: &[(&str, &str, &str, &str)]) -> String {
    let mut text = "id,title,price,seen\n".to_owned();
    for (id, title, price, seen) in rows {
        writeln!(text, "{id},{title},{price},{seen}").unwrap();
    }
    text
}

/// `listings` listings seen on each of `days` days; every tenth asks more from the fourth on.
pub fn many(listings: u32, days: u32) -> String {
    let mut text = "id,title,price,seen,note\n".to_owned();
    for day in 0..days {
        for id in 0..listings {
            let dearer = if id % 10 == 0 { day / 3 } else { 0 };
            let price = 10 + (id * 7919) % 500 + dearer;
            let (word, kind) = (id % 997, id % 31);
            let day = day + 1;
            writeln!(
                text,
                "{id},thing {word} of kind {kind},${price},2024-01-{day:02} 10:00,a note about thing {id}"
            )
            .unwrap();
        }
    }
    text
}
