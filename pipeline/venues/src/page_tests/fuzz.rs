//! V-09: foreign bytes neither panic nor hang. An ordinary test tries a few thousand pages; a million:
//!
//!     AUTOBAZAAAR_FUZZ_CASES=1000000 cargo test -p autobazaaar-venues fuzz

use std::time::{Duration, Instant};

use autobazaaar_domain::{RunId, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::fixtures::*;
use crate::{Page, ReadContext, read};

/// Longest time for one page of at most [`MOST_SEED`] bytes, generous for a busy machine.
const MOST_TIME: Duration = Duration::from_secs(5);
/// Bytes of a real page that are mutated, from a random place on.
const MOST_SEED: usize = 60_000;

pub(super) fn try_read(bytes: &[u8]) -> Option<Page> {
    let run_id = RunId("fuzz".into());
    let context =
        ReadContext { run_id: &run_id, observed_at: Utc::UNIX_EPOCH, label: "page", currency: None };
    read(bytes, &context).ok()
}

fn seeds() -> Vec<Vec<u8>> {
    let card = ebay_card(
        "376726124899",
        "Lamp",
        &ebay_price("$8.49 to $9"),
        &["+$5.00 delivery", "a 99% positive (1K)"],
        "<div class=s-card__caption>Sold 4 May 2026</div>",
    );
    let mut seeds: Vec<Vec<u8>> = [
        ebay_page("1 result", &card),
        ebay_old_page(),
        ebay_item("<div class=d-statusmessage>This listing sold on May 4, 2026 at 9:41 PM.</div>", &[]),
        EBAY_ITEM_DATA.to_owned(),
        EBAY_OLD_ITEM.to_owned(),
        ebay_api(
            &ebay_api_item("304825976215", "Lamp", "\"price\":{\"value\":\"1\",\"currency\":\"USD\"}"),
            1,
        ),
        craigslist_page(&craigslist_row("7883474047", "Lamp", "$40"), ""),
        CRAIGSLIST_POSTING.to_owned(),
        craigslist_api(
            "[5,60,107,40,\"1:1~37~-122\",[4,\"3:a\"],[10,\"$40\"],\"Lamp\"]",
            "{\"minPostingId\":7,\"minPostedDate\":1,\"locations\":[],\"locationDescriptions\":[]}",
        ),
        facebook_page(&facebook_edge("1", "Lamp", "{\"amount\":\"5\"}", "")),
        FACEBOOK_LISTING.to_owned(),
        mercari_answer(&mercari_item("m22320342524", "Lamp", "18", "trading")),
        offerup_answer(&offerup_tile("1", "Lamp", "5", "")),
        offerup_page(OFFERUP_ADVERTS),
    ]
    .map(String::into_bytes)
    .into();
    for path in super::real::files() {
        let bytes = std::fs::read(path).unwrap();
        // The head, and a part around the middle, where listings are.
        seeds.push(bytes[..bytes.len().min(MOST_SEED)].to_vec());
        let middle = bytes.len() / 2;
        seeds.push(
            [&bytes[..bytes.len().min(4_000)], &bytes[middle..bytes.len().min(middle + MOST_SEED)]].concat(),
        );
    }
    seeds
}

/// What is done to a page, with places as shares of its length.
#[derive(Debug, Clone)]
enum Change {
    Flip(u16, u8),
    Cut(u16, u16),
    Repeat(u16, u16),
    Insert(u16, &'static str, u16),
    Splice(u16, usize, u16, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let odd = prop::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "\0",
        "<div>",
        "</ul>",
        "<script>",
        "<!--",
        "[",
        "{\"a\":",
        "&#x10ffff;",
        "-9223372036854775808",
        "1e309",
        "\u{202e}",
        "é",
        "$9999999999999999999",
        "{\"",
        "]]>",
    ]);
    prop_oneof![
        (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        (any::<u16>(), any::<u16>()).prop_map(|(from, to)| Change::Cut(from, to)),
        (any::<u16>(), any::<u16>()).prop_map(|(from, length)| Change::Repeat(from, length)),
        (any::<u16>(), odd, 1_u16..600).prop_map(|(at, text, times)| Change::Insert(at, text, times)),
        (any::<u16>(), any::<usize>(), any::<u16>(), any::<u16>())
            .prop_map(|(at, seed, from, to)| Change::Splice(at, seed, from, to)),
    ]
}

fn place(share: u16, length: usize) -> usize {
    usize::from(share) * length / 65_536
}

fn range(from: u16, to: u16, length: usize) -> std::ops::Range<usize> {
    place(from.min(to), length)..place(from.max(to), length)
}

fn changed(mut bytes: Vec<u8>, changes: &[Change], seeds: &[Vec<u8>]) -> Vec<u8> {
    for change in changes {
        let length = bytes.len();
        match change {
            Change::Flip(at, byte) if length > 0 => bytes[place(*at, length)] ^= byte,
            Change::Flip(..) => {}
            Change::Cut(from, to) => drop(bytes.drain(range(*from, *to, length))),
            Change::Repeat(from, size) => {
                let part = range(*from, from.saturating_add(*size / 16), length);
                let part = bytes[part].to_vec();
                bytes.extend(part);
            }
            Change::Insert(at, text, times) => {
                let at = place(*at, length);
                bytes.splice(at..at, text.repeat(usize::from(*times)).into_bytes());
            }
            Change::Splice(at, seed, from, to) => {
                let other = &seeds[seed % seeds.len()];
                let at = place(*at, length);
                bytes.splice(at..at, other[range(*from, *to, other.len())].iter().copied());
            }
        }
        bytes.truncate(4 * MOST_SEED);
    }
    bytes
}

#[test]
fn fuzz_mutated_pages() {
    let cases = std::env::var("AUTOBAZAAAR_FUZZ_CASES").ok().map_or(2_000, |cases| cases.parse().unwrap());
    let seeds = seeds();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(change(), 1..6));
    let outcome = runner.run(&strategy, |(seed, changes)| {
        let bytes = changed(seed.get(&seeds).clone(), &changes, &seeds);
        let start = Instant::now();
        if let Some(page) = try_read(&bytes) {
            for listing in &page.listings {
                prop_assert!(
                    !listing.observation.title.is_empty() && !listing.observation.key.external_id.is_empty()
                );
                prop_assert!(listing.observation.price.is_none_or(|price| price.0 >= 0));
            }
        }
        prop_assert!(start.elapsed() < MOST_TIME, "{} bytes took {:?}", bytes.len(), start.elapsed());
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn hostile_shapes_end_in_time() {
    let shapes = [
        "<div>".repeat(200_000) + &"</span>".repeat(200_000) + "ebaystatic.com www.ebay.",
        "<li class=s-card>".repeat(100_000) + "ebaystatic.com ebayimg.com",
        "ebaystatic.com ebayimg.com <ul class=srp-results>".to_owned()
            + &"<li class=s-card><a class=s-card__link href=/itm/1234567890>".repeat(20_000),
        "[".repeat(1_000_000),
        "{\"a\":".repeat(500_000),
        format!(
            "<html id=\"facebook\"><script src=https://static.xx.fbcdn.net/a.js></script><script>marketplace {}</script>",
            "{\"a\":[".repeat(100_000)
        ),
    ];
    for shape in shapes {
        let start = Instant::now();
        let _ = try_read(shape.as_bytes());
        assert!(start.elapsed() < Duration::from_secs(20), "{}… took {:?}", &shape[..20], start.elapsed());
    }
}
