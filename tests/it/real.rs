//! The whole way on real listings: phones of two venues over nine days, a local site with text,
//! cars with attributes. None of their content stands here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

/// The folder of the real listings; `None`, and said so, where there is none.
pub fn listings() -> Option<PathBuf> {
    let named = std::env::var_os("AUTOBAZAAAR_REAL_DATA").map(PathBuf::from);
    let data = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    match data.join("listings").canonicalize() {
        Ok(folder) => Some(folder),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("real data not found at {}; set AUTOBAZAAAR_REAL_DATA", data.display())
        }
        Err(_) => {
            println!("skipped: real data not found");
            None
        }
    }
}

/// Reads files; rows read, new, seen again, known, rejected.
pub fn ingest(sandbox: &Sandbox, files: &str, mapping: &str) -> [i64; 5] {
    let said = sandbox.json(&["ingest", "--from-file", files, "--mapping", mapping]);
    ["rows", "observations", "sightings", "repeated", "rejected"].map(|name| said[0][name].as_i64().unwrap())
}

#[test]
fn phones_of_two_venues_from_files_to_deals() {
    let Some(listings) = listings() else { return };
    let phones = |name: &str| listings.join("phones-sandiego-2019-daily").join(name).display().to_string();
    let sandbox = Sandbox::new();
    let offerup = ingest(&sandbox, &phones("*_Result_Offerup.csv"), "phones-offerup");
    let craigslist = ingest(&sandbox, &phones("Craigslist_*.csv"), "phones-craigslist");
    assert_eq!((offerup[0], craigslist[0]), (8_685, 3_031));
    assert_eq!(offerup[4] + craigslist[4], 11);
    for seen in [offerup, craigslist] {
        assert_eq!(seen[0], seen[1..].iter().sum::<i64>(), "every row is accounted for: {seen:?}");
    }
    for stage in ["enrich", "train", "score", "decide"] {
        sandbox.ok(&[stage]);
    }

    // What the panel is known to hold.
    assert_eq!(
        sandbox.number("select count(distinct external_id) from sightings where platform = 'offerup'"),
        1_580
    );
    assert!(sandbox.number("select count(distinct (platform, external_id)) from price_changes") >= 70);
    let days = "select count(distinct cast(observed_at as date)) from sightings where platform = 'offerup'";
    assert!(sandbox.number(days) >= 8);
    let unpaired = "select count(*) from listings where presence = 'sold' and status <> 'sold'";
    assert_eq!(sandbox.number(unpaired), 0, "gone is not sold");

    // Of the last day, something is underpriced: a phone, with comparables, below its interval.
    let underpriced = "select count(*) from listings
        where category = 'phones' and underpriced > 0 and price < low and comp_count >= 5
            and last_seen >= (select max(last_seen) - interval 1 day from listings)";
    assert!(sandbox.number(underpriced) > 0);
    let best = sandbox.json(&["deals", "--all", "--sort", "underpriced"]);
    assert!(best[0]["underpriced"].as_f64().is_some_and(|score| score > 0.0), "{}", best[0]);
    let id =
        format!("{}:{}", best[0]["platform"].as_str().unwrap(), best[0]["external_id"].as_str().unwrap());
    let shown = sandbox.ok(&["deals", "show", &id]);
    assert!(shown.contains("worth ") && shown.contains("comparable"), "{shown}");
    sandbox.ok(&["report"]);

    // Nothing comes of reading it all again.
    let again = ingest(&sandbox, &phones("*_Result_Offerup.csv"), "phones-offerup");
    assert_eq!((again[1], again[2], again[3]), (0, 0, 8_685 - again[4]), "{again:?}");
    let again = ingest(&sandbox, &phones("Craigslist_*.csv"), "phones-craigslist");
    assert_eq!((again[1], again[2], again[3]), (0, 0, 3_031 - again[4]), "{again:?}");
}

#[test]
fn a_site_with_text_is_learned() {
    let Some(listings) = listings() else { return };
    let sandbox = Sandbox::new();
    let mut read = 0;
    for category in ["bike", "car", "electronics", "furniture", "phone"] {
        let file = listings.join(format!("craigslist-sfbay-2017/craigslist_{category}.json"));
        read += ingest(&sandbox, &file.display().to_string(), "sfbay")[0];
    }
    assert!(read > 5_000, "{read}");
    sandbox.ok(&["enrich"]);
    sandbox.ok(&["train"]);
    let card = sandbox.json(&["model", "show"]);
    let overall = &card["evaluation"]["overall"];
    let [rmsle, coverage] = ["rmsle", "coverage80"].map(|name| overall[name].as_f64().unwrap());
    assert!(rmsle < 1.25, "{overall:#}");
    assert!((0.74..0.86).contains(&coverage), "an 80 % interval covers {coverage}");
}

#[test]
fn cars_that_were_held_back_are_valued() {
    let Some(listings) = listings() else { return };
    let text = fs::read_to_string(listings.join("craigslist-vehicles-us/vehicles_us.csv")).unwrap();
    let held = Held::of(&text, 5);
    let sandbox = Sandbox::new().file("known.csv", &held.known).file("held.csv", &held.unpriced);
    let read = ingest(&sandbox, "known.csv", "vehicles");
    assert!(read[0] > 9_000, "{read:?}");
    sandbox.ok(&["enrich"]);
    sandbox.ok(&["train"]);
    let card = sandbox.json(&["model", "show"]);
    for part in ["rmsle", "mdape", "mae", "coverage80", "winkler80"] {
        assert!(card["evaluation"]["overall"][part].as_f64().is_some(), "{part} in {card:#}");
    }
    let looked = sandbox.json(&["check", "--offline"]);
    let found = looked.as_array().unwrap().iter().find(|row| row["area"] == "models").unwrap();
    assert_eq!(found["state"], "ok", "{found}");
    sandbox.ok(&["value", "--from-file", "held.csv", "--mapping", "vehicles", "--output", "values.csv"]);

    let values = sandbox.read("values.csv");
    let mut rows = csv::Reader::from_reader(values.as_bytes());
    let names = rows.headers().unwrap().clone();
    let column = |name: &str| names.iter().position(|found| found == name).unwrap();
    let (id, expected, low, high) =
        (column("external_id"), column("expected"), column("low"), column("high"));
    let mut errors = Vec::new();
    let (mut answered, mut covered) = (0_usize, 0_usize);
    for row in rows.records().map(Result::unwrap) {
        let Some(price) = held.prices.iter().find(|(row_id, _)| *row_id == row[id]).map(|(_, price)| *price)
        else {
            panic!("row {} was not asked for", &row[id]);
        };
        let Ok(value) = row[expected].parse::<f64>() else { continue };
        answered += 1;
        errors.push((value - price).abs() / price);
        let range = row[low].parse::<f64>().unwrap()..=row[high].parse::<f64>().unwrap();
        covered += usize::from(range.contains(&price));
    }
    assert!(answered * 100 >= held.prices.len() * 95, "{answered} of {} answered", held.prices.len());
    errors.sort_by(f64::total_cmp);
    let median = errors[errors.len() / 2];
    let coverage = covered as f64 / answered as f64;
    println!("{answered} cars valued: median error {median:.3}, coverage {coverage:.3}");
    assert!(median < 0.27, "median error {median}");
    assert!((0.72..0.88).contains(&coverage), "an 80 % interval covers {coverage}");
}

#[test]
fn a_car_is_not_valued_by_its_own_post_under_another_id() {
    let Some(listings) = listings() else { return };
    let text = fs::read_to_string(listings.join("craigslist-vehicles-us/vehicles_us.csv")).unwrap();
    let held = Held::of(&text, 25);
    let (asked, price) = held.prices.iter().find(|(row, _)| held.tells_odometer(row)).unwrap();
    let value = |factor: f64| {
        let post = held.post(asked, "900000", price * factor);
        let sandbox = Sandbox::new()
            .file("known.csv", &format!("{}{post}\n", held.known))
            .file("held.csv", &held.unpriced);
        ingest(&sandbox, "known.csv", "vehicles");
        sandbox.ok(&["enrich"]);
        sandbox.ok(&["train"]);
        sandbox.ok(&["value", "--from-file", "held.csv", "--mapping", "vehicles", "--output", "values.csv"]);
        let values = sandbox.read("values.csv");
        values.lines().find(|line| line.split(',').nth(1) == Some(asked)).unwrap().to_owned()
    };
    assert_eq!(value(0.1), value(8.0));
}

/// One in so many of the cars; a tenth of these are held back without their price.
struct Held {
    known: String,
    unpriced: String,
    /// Row and price of those held back.
    prices: Vec<(String, f64)>,
}

impl Held {
    fn of(text: &str, step: usize) -> Self {
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let header = rows.headers().unwrap().clone();
        assert_eq!(&header[0], "price");
        let mut known = csv::Writer::from_writer(Vec::new());
        let mut unpriced = csv::Writer::from_writer(Vec::new());
        known.write_record(header.iter().chain(["row"])).unwrap();
        unpriced.write_record(header.iter().skip(1).chain(["row"])).unwrap();
        let mut prices = Vec::new();
        for (at, row) in rows.records().map(Result::unwrap).enumerate().step_by(step) {
            let price: f64 = row[0].parse().unwrap();
            let name = at.to_string();
            if at % (step * 10) != 0 {
                known.write_record(row.iter().chain([name.as_str()])).unwrap();
            } else if price > 100.0 {
                unpriced.write_record(row.iter().skip(1).chain([name.as_str()])).unwrap();
                prices.push((name, price));
            }
        }
        let text = |lines: csv::Writer<Vec<u8>>| String::from_utf8(lines.into_inner().unwrap()).unwrap();
        Self { known: text(known), unpriced: text(unpriced), prices }
    }

    /// The line of a car that was held back, without its price.
    fn line(&self, row: &str) -> &str {
        let mut lines = self.unpriced.lines();
        lines.find(|line| line.rsplit(',').next() == Some(row)).unwrap()
    }

    /// Whether an odometer reading tells the car from all others.
    fn tells_odometer(&self, row: &str) -> bool {
        let column = self.unpriced.lines().next().unwrap().split(',').position(|name| name == "odometer");
        let miles = self.line(row).split(',').nth(column.unwrap()).and_then(|text| text.parse::<f64>().ok());
        miles.is_some_and(|miles| miles > 1_000.0 && miles % 1_000.0 != 0.0)
    }

    /// A line of known cars: the one that was held back, offered once more.
    fn post(&self, row: &str, id: &str, price: f64) -> String {
        let line = self.line(row);
        let content = &line[..line.len() - row.len()];
        format!("{price:.0},{content}{id}")
    }
}
