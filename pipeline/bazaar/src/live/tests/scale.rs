//! Speed at size.

use std::time::Duration;

use super::*;

/// Time that this thread has spent computing: other work on the machine does not count.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|first| first.parse().ok());
    nanos.map_or(Duration::ZERO, Duration::from_nanos)
}

/// Resident memory of the process, MB, where the system tells.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1_024.0)
}

#[test]
fn a_hundred_thousand_listings_live_a_day_in_a_second() {
    let mut params = Params::standard().unwrap();
    params.market.new_per_day = 6_200.0;
    let before = busy();
    let mut bazaar = Bazaar::new(params, 41, start()).unwrap();
    let warm = busy() - before;
    let standing = bazaar.oracle().listings();
    let events = bazaar.events();
    let before = busy();
    bazaar.advance_to(start() + hours(24));
    let day = busy() - before;
    let found = bazaar.search("bazaar-local", &Query::words("pelio phone"), 0).unwrap();
    let page = bazaar.search("bazaar-local", &Query::category("phones"), 3).unwrap();
    let before = busy();
    for page in 0..10 {
        drop(bazaar.search("bazaar-local", &Query::words("pelio phone"), page));
    }
    let search = (busy() - before) / 10;
    let before = busy();
    for page in 0..50 {
        drop(bazaar.search("bazaar-local", &Query::category("phones"), page));
    }
    let shelf = (busy() - before) / 50;
    let before = busy();
    let rows = bazaar.scan("bazaar-local", "phones").unwrap().listings();
    let scan = busy() - before;
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
