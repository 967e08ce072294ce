//! How long listings stay, against a public panel of phone listings.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};

use super::*;

/// Exits per listing-day: of all listings, and of those up to a week old.
#[derive(Debug, Clone, Copy, Default)]
struct Leaving {
    at_risk: f64,
    left: f64,
    young: f64,
    young_left: f64,
}

impl Leaving {
    fn count(&mut self, age_days: f64, left: bool) {
        self.at_risk += 1.0;
        self.left += f64::from(u8::from(left));
        if age_days < 7.0 {
            self.young += 1.0;
            self.young_left += f64::from(u8::from(left));
        }
    }

    fn per_day(&self) -> f64 {
        self.left / self.at_risk
    }

    fn young_per_day(&self) -> f64 {
        self.young_left / self.young
    }
}

/// The panel's complete scans, one a day; the first of one query differs from the rest of it in
/// what was searched for and is left out.
const SCANS: [&[&str]; 2] = [
    &[
        "iphone+x_2019-11-20_222029.753521.csv",
        "iphone+x_2019-11-21.csv",
        "iphone+x_2019-11-22_212740.391702.csv",
        "iphone.csv_2019-11-23.csv",
        "iphone_2019-11-24.csv",
        "iphone_2019-11-25.csv",
        "iphone_2019-11-26.csv",
    ],
    &["samsung_2019-11-24.csv", "samsung_2019-11-25.csv", "samsung_2019-11-26.csv"],
];

/// The folder of the panel; `None`, and said so, where there is none.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("AUTOBAZAAAR_REAL_DATA").map(PathBuf::from);
    let data = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let folder = data.join("listings/phones-sandiego-2019-daily");
    if folder.exists() {
        return Some(folder);
    }
    assert!(!std::env::var("CI").is_ok_and(|ci| ci == "true"), "real data not found at {}", folder.display());
    println!("skipped: real data not found");
    None
}

/// Post ids of a scan with the day they were posted.
fn posts(file: &Path) -> HashMap<String, NaiveDateTime> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(file).unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (id, posted) = (at("postID"), at("postDate"));
    let mut found = HashMap::new();
    for record in reader.records().map_while(Result::ok) {
        let digits: String = record[id].chars().filter(char::is_ascii_digit).collect();
        if let Ok(at) = NaiveDateTime::parse_from_str(record[posted].trim(), "%Y-%m-%d %H:%M") {
            found.insert(digits, at);
        }
    }
    found
}

fn day_of(name: &str) -> NaiveDate {
    let at = name.find("2019-").unwrap();
    name[at..at + 10].parse().unwrap()
}

fn of_panel(folder: &Path) -> Leaving {
    let mut leaving = Leaving::default();
    for query in SCANS {
        let scans: Vec<_> = query
            .iter()
            .map(|name| {
                (
                    day_of(name).and_hms_opt(21, 0, 0).unwrap(),
                    posts(&folder.join(format!("Craigslist_{name}"))),
                )
            })
            .collect();
        for (i, (at, scan)) in scans.iter().enumerate().take(scans.len() - 1) {
            for (id, posted) in scan {
                let age = (*at - *posted).as_seconds_f64() / 86_400.0;
                leaving.count(age, !scans[i + 1..].iter().any(|(_, later)| later.contains_key(id)));
            }
        }
    }
    leaving
}

/// The same of the simulated local venue's phones, where every exit is seen as well.
fn of_bazaar() -> Leaving {
    let mut params = Params::standard().unwrap();
    params.market.new_per_day = 600.0;
    let mut bazaar = Bazaar::new(params, 31, start()).unwrap();
    let mut leaving = Leaving::default();
    for day in 1..=20 {
        let before = bazaar.oracle().standing("bazaar-local", "phones");
        let then = bazaar.now();
        bazaar.advance_to(start() + hours(24 * day));
        let after: HashSet<_> = bazaar.keys("bazaar-local", "phones").into_iter().collect();
        for hidden in before {
            let age = (then - hidden.listed_at).as_seconds_f64() / 86_400.0;
            leaving.count(age, !after.contains(&hidden.listing));
        }
    }
    leaving
}

#[test]
fn listings_stay_as_long_as_in_the_panel() {
    let Some(folder) = folder() else { return };
    let (real, simulated) = (of_panel(&folder), of_bazaar());
    println!(
        "exits per listing-day: panel {:.4} ({} of {}), bazaar {:.4} ({} of {})",
        real.per_day(),
        real.left,
        real.at_risk,
        simulated.per_day(),
        simulated.left,
        simulated.at_risk
    );
    println!(
        "of those up to a week old: panel {:.4}, bazaar {:.4}",
        real.young_per_day(),
        simulated.young_per_day()
    );
    println!("at risk up to a week old: panel {}, bazaar {}", real.young, simulated.young);
    assert!((simulated.per_day() - real.per_day()).abs() < 0.012);
    assert!((simulated.young_per_day() - real.young_per_day()).abs() < 0.012);
}
