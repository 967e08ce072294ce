//! Speed at size.

use std::time::Instant;

use super::*;

/// Resident memory of the process, MB, where the system tells.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1_024.0)
}

#[test]
fn a_hundred_thousand_listings_live_a_day_in_a_second() {
    let mut params = Params::standard().unwrap();
    params.market.new_per_day = 9_000.0;
    let before = Instant::now();
    let mut bazaar = Bazaar::new(params, 41, start()).unwrap();
    let warm = before.elapsed();
    let standing = bazaar.oracle().listings();
    let events = bazaar.events();
    let before = Instant::now();
    bazaar.advance_to(start() + hours(24));
    let day = before.elapsed();
    let before = Instant::now();
    let found = bazaar.search("bazaar-local", &Query::words("pelio phone"), 0).unwrap();
    let search = before.elapsed();
    let before = Instant::now();
    let page = bazaar.search("bazaar-local", &Query::category("phones"), 3).unwrap();
    let shelf = before.elapsed();
    let before = Instant::now();
    let rows = bazaar.scan("bazaar-local", "phones").unwrap().listings();
    let scan = before.elapsed();
    println!(
        "{standing} listings; warm-up {warm:.2?}, a day {day:.2?} ({} events), search by words {search:.2?} ({} fit), \
         page {shelf:.2?} ({} rows), scan {scan:.2?} ({rows} rows), resident {:.0} MB",
        bazaar.events() - events,
        found.total,
        page.listings.len(),
        resident_mb().unwrap_or(f64::NAN),
    );
    assert!(standing >= 100_000, "{standing}");
    assert!(day.as_secs_f64() < 1.0, "{day:?}");
    assert!(resident_mb().is_none_or(|mb| mb < 2_000.0));
}
