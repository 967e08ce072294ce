//! Real pages, where they are at hand. Counts are those of a person who looked at each.

use std::path::PathBuf;

use autobazaaar_domain::{Cents, Condition, Status};

use super::{page, rows};
use crate::{Page, PageKind, Venue};

/// The folder of saved pages; `None`, said aloud, where there is none. Its absence is a failure in
/// continuous integration.
fn pages() -> Option<PathBuf> {
    let root = std::env::var_os("AUTOBAZAAAR_REAL_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let found = root.join("pages");
    if found.is_dir() {
        return Some(found);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "real data not found at {}", root.display());
    println!("skipped: real data not found");
    None
}

/// Every saved page and answer.
pub(super) fn files() -> Vec<PathBuf> {
    let Some(pages) = pages() else { return Vec::new() };
    let folders = std::fs::read_dir(pages).unwrap().map(|folder| folder.unwrap().path());
    let files =
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ending| ending != "md")).collect();
    files.sort();
    files
}

fn read(name: &str) -> Option<Page> {
    Some(page(&std::fs::read(pages()?.join(name)).unwrap()))
}

#[test]
fn every_page_has_the_listings_that_a_person_counts() {
    use PageKind::{Blocked, Listing, NoResults, Results};
    use Venue::{Craigslist, Ebay, Facebook, Mercari, Offerup};
    let expected = [
        ("ebay/search_s-card_active_kitchen_2026.html", Ebay, Results, 60),
        ("ebay/search_s-card_sold_jetta_intake_2026.html", Ebay, Results, 60),
        ("ebay/search_s-item_active_nintendo_switch_2025.html", Ebay, Results, 60),
        ("ebay/search_s-card_noresults_bmwx5_2026.html", Ebay, NoResults, 0),
        ("ebay/blocked_pardon_our_interruption_1.html", Ebay, Blocked, 0),
        ("ebay-browse-api/ebay-alerts__sample_response_100.json", Ebay, Results, 100),
        ("ebay-browse-api/gpu-agent__ebay-client__mock-search-paged-response-1.json", Ebay, Results, 3),
        // Repeats within an answer are one listing.
        ("ebay-browse-api/gpu-agent__search-listings-amd-radeon-rx-590.json", Ebay, Results, 95),
        ("ebay-browse-api/gpu-agent__search-listings-nvidia-a10.json", Ebay, Results, 88),
        ("craigslist/search_cl-static-search-result_sfbay_surfboard.html", Craigslist, Results, 65),
        ("craigslist/search_result-row_trimmed_3rows.html", Craigslist, Results, 3),
        ("craigslist/listing_7344465455.html", Craigslist, Listing, 1),
        ("craigslist/listing_moozzyk_forSalePost.html", Craigslist, Listing, 1),
        ("facebook/search_result_1.html", Facebook, Results, 14),
        ("facebook/regular_listing.html", Facebook, Listing, 1),
        ("facebook/regular_listing.pdp.json", Facebook, Listing, 1),
        ("facebook/auto_with_description_listing.html", Facebook, Listing, 1),
        ("facebook/auto_with_description_listing.pdp.json", Facebook, Listing, 1),
        ("mercari-us/items_graphql.json", Mercari, Results, 149),
        ("offerup/GetModularFeed_jordan4_boston_2024-04-29.json", Offerup, Results, 39),
    ];
    for (name, venue, kind, count) in expected {
        let Some(found) = read(name) else { return };
        let found = (found.venue, found.kind, found.listings.len(), found.rejected.len());
        assert_eq!(found, (venue, kind, count, 0), "{name}");
    }
}

#[test]
fn ebay_rows_are_exact() {
    let Some(active) = read("ebay/search_s-card_active_kitchen_2026.html") else { return };
    let all = rows(&active);
    assert_eq!(
        all[0],
        "155888203360 2199 USD fixed Pot Lid Holder Storage Rack Wall Mounted Pan Cover Organizer Kitchen Accessories"
    );
    assert_eq!(
        all[4],
        "397630142957 849 USD range Silicone Faucet Mat Dish Soap Sponge Holder for Kitchen Sink Accessories"
    );
    assert_eq!(active.listings[1].observation.original_price, Some(Cents(342)));
    assert_eq!(active.listings[9].observation.original_price, Some(Cents(1_654)));
    assert_eq!(active.listings[3].observation.shipping_price, Some(Cents(144)));
    assert_eq!(active.listings[52].observation.condition, Some(Condition::Good));
    assert_eq!(active.total, Some(9_100));
    assert!(active.listings.iter().all(|one| one.seller_name.is_some() && one.observation.images.len() == 1));

    let sold = read("ebay/search_s-card_sold_jetta_intake_2026.html").unwrap();
    assert!(
        sold.listings
            .iter()
            .all(|one| one.observation.status == Status::Sold && one.observation.sold_at.is_some())
    );
    assert!(rows(&sold)[0].starts_with("135533719878 28095 USD sold APR Engine Cold Air Intake"));
    assert!(rows(&sold)[6].starts_with("277409128798 30000 USD or_best_offer"));

    let yen = read("ebay/search_s-item_active_nintendo_switch_2025.html").unwrap();
    assert!(rows(&yen)[0].starts_with("125098319434 3858 JPY range"));
    assert!(rows(&yen)[7].starts_with("204966931574 1253 JPY or_best_offer"));
    assert_eq!(yen.listings[7].observation.original_price, Some(Cents(1_567)));
    assert!(yen.next.is_some());
}

#[test]
fn other_rows_are_exact() {
    let Some(surf) = read("craigslist/search_cl-static-search-result_sfbay_surfboard.html") else { return };
    assert!(surf.listings.iter().all(|one| one.observation.price.is_some()));
    assert_eq!(rows(&surf)[64], "7881465229 30000 USD fixed SURFBOARD Roberts Jackal 5'6\" - 30.5L");
    let blazer = read("craigslist/listing_moozzyk_forSalePost.html").unwrap();
    assert_eq!(rows(&blazer), ["7552653376 2000000 USD fixed K5 Blazer (Square Body)"]);
    assert_eq!(blazer.listings[0].observation.attributes.get("odometer"), Some("123456"));
    let drones = read("facebook/search_result_1.html").unwrap();
    assert_eq!(rows(&drones)[0], "628088039705732 20000 USD fixed DJI Mavic Mini");
    assert_eq!(drones.listings[0].observation.original_price, Some(Cents(30_000)));
    let car = read("facebook/auto_with_description_listing.html").unwrap();
    assert_eq!(rows(&car), ["1368912131186930 669500 EUR fixed Volkswagen Tiguan 1.4 TSI Sport&Style"]);
    assert!(!car.listings[0].observation.images.is_empty());
    let shoes = read("offerup/GetModularFeed_jordan4_boston_2024-04-29.json").unwrap();
    assert_eq!(
        rows(&shoes)[0],
        "69574713-3300-320d-aaa6-52d59d8dd8e4 26000 USD fixed Jordan 4 Military Blue Size 10.5"
    );
    let sold = read("mercari-us/items_graphql.json").unwrap();
    assert!(sold.listings.iter().all(|one| one.observation.status == Status::Sold));
    assert_eq!(rows(&sold)[0], "m22320342524 1800 USD sold Lululemon aling tank top");
}
