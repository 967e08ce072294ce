//! How merging fares on listings that people wrote.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;

/// The folder of real listings; `None` (and said so) where it is not at hand.
fn real_data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("AUTOBAZAAAR_REAL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join("listings").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "real data not found: {}", path.display());
    println!("skipped: real data not found");
    None
}

#[derive(Default)]
struct Row {
    key: Option<ListingKey>,
    title: String,
    description: Option<String>,
    price: Option<Cents>,
    attributes: Attributes,
    day: (i64, i64),
}

fn facts(row: &Row) -> ListingFacts<'_> {
    let at = |day: i64| Utc::from_timestamp_millis(day * 86_400_000).unwrap();
    ListingFacts {
        key: row.key.as_ref().unwrap(),
        title: &row.title,
        description: row.description.as_deref(),
        category: "any",
        condition: None,
        currency: Currency::USD,
        price: row.price,
        attributes: &row.attributes,
        images: &[],
        seller_key: None,
        first_seen: at(row.day.0),
        last_seen: at(row.day.1),
    }
}

fn dollars(text: &str) -> Option<Cents> {
    let number: f64 = text.trim_matches(|c: char| !c.is_ascii_digit()).replace(',', "").parse().ok()?;
    Cents::from_major(number, Currency::USD).filter(|price| price.0 > 0)
}

/// Prints the merged pairs when asked to, for reading by eye.
fn show(name: &str, rows: &[Row]) -> Vec<ItemAssignment> {
    let facts: Vec<_> = rows.iter().map(facts).collect();
    let items = merge_items(&facts);
    let mut members: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    for (i, assignment) in items.iter().enumerate() {
        members.entry(assignment.item).or_default().push(i);
    }
    let merged: Vec<_> = members.values().filter(|m| m.len() > 1).collect();
    println!("{name}: {} listings, {} items, {} with several", rows.len(), members.len(), merged.len());
    for kind in Evidence::ALL {
        let count = items.iter().filter(|a| a.evidence.contains(&kind)).count();
        println!("  {}: {count} listings", kind.as_str());
    }
    if std::env::var_os("SHOW_ITEMS").is_some() {
        for m in merged.iter().step_by((merged.len() / 40).max(1)) {
            println!("--- {:?}", items[m[0]].evidence);
            for &i in m.iter().take(4) {
                let text: String = rows[i].description.iter().flat_map(|t| t.chars()).take(90).collect();
                println!("  {} {:?} {:?} {text:?}", facts[i].key, rows[i].title, rows[i].price);
            }
        }
    }
    items
}

#[test]
fn two_fifths_of_the_later_vehicles_are_reposts() {
    let Some(folder) = real_data("craigslist-vehicles-us") else { return };
    let mut rows = Vec::new();
    for (i, record) in csv::Reader::from_path(folder.join("vehicles_us.csv")).unwrap().records().enumerate() {
        let record = record.unwrap();
        let attributes = [("model_year", 1), ("model", 2), ("odometer", 6), ("type", 8), ("fuel", 5)]
            .into_iter()
            .filter(|&(_, column)| !record[column].is_empty())
            .map(|(name, column)| (name.to_owned(), record[column].to_owned()))
            .collect();
        let date = chrono::NaiveDate::parse_from_str(&record[11], "%m/%d/%y").unwrap();
        let day = i64::from((date - chrono::NaiveDate::default()).num_days() as i32);
        rows.push(Row {
            key: Some(format!("vehicles:{i}").parse().unwrap()),
            title: format!("{} {}", &record[1], &record[2]),
            price: dollars(&record[0]),
            attributes,
            day: (day, day),
            ..Row::default()
        });
    }
    let items = show("vehicles", &rows);
    let mut days: Vec<_> = rows.iter().map(|row| row.day.0).collect();
    days.sort_unstable();
    let split = days[days.len() * 4 / 5];
    // A later row repeats an earlier one when model, year, odometer and type are the same.
    let name = |row: &Row| {
        ["model", "model_year", "odometer", "type"].map(|n| row.attributes.get(n).map(str::to_owned))
    };
    let reads = |row: &&(&Row, &ItemAssignment)| row.0.attributes.get("odometer").is_some_and(|o| o != "0");
    let rows: Vec<_> = rows.iter().zip(&items).collect();
    let (earlier, later): (Vec<_>, Vec<_>) =
        rows.iter().filter(reads).partition(|(row, _)| row.day.0 < split);
    let names: std::collections::HashSet<_> = earlier.iter().map(|(row, _)| name(row)).collect();
    let seen: std::collections::HashSet<_> = earlier.iter().map(|(_, a)| a.item).collect();
    let again: Vec<_> = later.iter().filter(|(row, _)| names.contains(&name(row))).collect();
    let found = again.iter().filter(|(_, a)| seen.contains(&a.item)).count() as f64;
    let share = again.len() as f64 / later.len() as f64;
    println!("  later rows with a reading: {}, seen before: {share:.3}", later.len());
    println!("  of these merged: {:.3}", found / again.len() as f64);
    assert!(share > 0.25 && found > 0.95 * again.len() as f64);
}

#[test]
fn phones_are_merged_where_something_specific_ties_them() {
    let Some(folder) = real_data("phones-sandiego-2019-daily") else { return };
    let mut rows: BTreeMap<ListingKey, Row> = BTreeMap::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "csv")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let day = (19..28).find(|d| name.contains(&format!("11-{d}")) || name.contains(&format!("11.{d}")));
        for record in reader.records() {
            let record = record.unwrap();
            let get = |column: &str| headers.iter().position(|h| h == column).and_then(|i| record.get(i));
            let (id, title) = match get("Item ID") {
                Some(id) => (format!("offerup:{id}"), get("Title")),
                None => {
                    let id = get("postID").unwrap_or_default();
                    (format!("craigslist:{}", id.trim_start_matches("post id: ")), get("Name"))
                }
            };
            let Ok(key) = id.parse::<ListingKey>() else { continue };
            let day = day.unwrap();
            let row = rows.entry(key.clone()).or_insert_with(|| Row { day: (day, day), ..Row::default() });
            *row = Row {
                key: Some(key),
                title: title.unwrap_or_default().into(),
                description: get("Description").filter(|text| !text.is_empty()).map(Into::into),
                price: get("Price").and_then(dollars),
                attributes: Attributes::default(),
                day: (row.day.0.min(day), row.day.1.max(day)),
            };
        }
    }
    let rows: Vec<_> = rows.into_values().collect();
    let items = show("phones", &rows);
    let distinct: std::collections::HashSet<_> = items.iter().map(|a| a.item).collect();
    // Some re-posts are there, and most listings are phones of their own.
    assert!(distinct.len() < rows.len() - 50 && distinct.len() > rows.len() * 3 / 4);
}

#[test]
fn sfbay_listings_are_merged_where_something_specific_ties_them() {
    let Some(folder) = real_data("craigslist-sfbay-2017") else { return };
    let mut rows = Vec::new();
    for kind in ["bike", "car", "electronics", "furniture", "phone"] {
        let text = std::fs::read_to_string(folder.join(format!("craigslist_{kind}.json"))).unwrap();
        let listings: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        for listing in listings {
            let id = listing["post_id"].to_string();
            let paragraphs = listing["description"].as_array().unwrap().iter().filter_map(|p| p.as_str());
            let attributes = listing["attrs"].as_object().into_iter().flatten();
            let value = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            rows.push(Row {
                key: Some(format!("craigslist:{}", id.trim_matches('"')).parse().unwrap()),
                title: listing["title"].as_str().unwrap().into(),
                description: Some(paragraphs.collect::<Vec<_>>().join("\n")),
                price: dollars(&listing["price"].to_string()),
                attributes: attributes.map(|(name, v)| (name.clone(), value(v))).collect(),
                ..Row::default()
            });
        }
    }
    let items = show("sfbay", &rows);
    let distinct: std::collections::HashSet<_> = items.iter().map(|a| a.item).collect();
    assert!(distinct.len() < rows.len() && distinct.len() > rows.len() * 3 / 4);
}
