use proptest::prelude::*;

use super::*;

fn schedule() -> FeeSchedule {
    FeeSchedule::parse(include_str!("../../../data/fees.json")).unwrap()
}

fn sale(price: i64, delivery: Delivery) -> SaleTerms {
    SaleTerms {
        price: Cents(price),
        shipping_charged: Cents::ZERO,
        tax: Cents::ZERO,
        currency: Currency::USD,
        delivery,
        at: Utc::from_timestamp(1_790_000_000, 0).unwrap(),
    }
}

fn total(platform: &str, category: &str, terms: SaleTerms) -> i64 {
    schedule().for_sale(&platform.parse().unwrap(), category, terms).unwrap().total.0
}

#[test]
fn bills_to_the_cent() {
    use Delivery::{Local, Shipped};
    let cases = [
        // 13.6 % of 100.00 + 0.40; of 10.00 + 0.30 (up to and including $10).
        ("ebay", "phones", 10_000, Shipped, 1_400),
        ("ebay", "phones", 1_000, Shipped, 166),
        // 10.01: 136.136 → 136, + 40.
        ("ebay", "phones", 1_001, Shipped, 176),
        // Slices: 7,500 at 13.6 % = 1,020.00; 500 at 2.35 % = 11.75; + 0.40.
        ("ebay", "phones", 800_000, Shipped, 103_215),
        // Whole amount at 15 %, and at 9 % above $5,000.
        ("ebay", "Fine Jewelry", 500_000, Shipped, 75_040),
        ("ebay", "Fine Jewelry", 500_100, Shipped, 45_049),
        // Three slices: 150.00 + 6,500 × 6.5 % = 422.50 + 500 × 3 % = 15.00 + 0.40.
        ("ebay", "Watches", 800_000, Shipped, 58_790),
        // Shoes: below $150 with the per-order fee, from $150 8 % without.
        ("ebay", "Athletic Shoes", 14_999, Shipped, 2_080),
        ("ebay", "Athletic Shoes", 15_000, Shipped, 1_200),
        ("ebay", "NFT", 10_000, Shipped, 540),
        ("ebay", "books", 10_000, Shipped, 1_570),
        ("mercari", "phones", 12_345, Shipped, 1_235),
        ("facebook", "phones", 10_000, Local, 0),
        ("facebook", "phones", 500, Shipped, 80),
        ("offerup", "phones", 10_000, Local, 0),
        ("offerup", "phones", 10_000, Shipped, 1_290),
        ("offerup", "phones", 1_000, Shipped, 199),
        ("craigslist", "cars+trucks", 500_000, Local, 500),
        ("craigslist", "car parts", 5_000, Local, 0),
    ];
    for (platform, category, price, delivery, expected) in cases {
        assert_eq!(
            total(platform, category, sale(price, delivery)),
            expected,
            "{platform} {category} {price}"
        );
    }
}

#[test]
fn the_base_is_what_the_venue_says() {
    let terms =
        SaleTerms { shipping_charged: Cents(1_000), tax: Cents(880), ..sale(10_000, Delivery::Shipped) };
    // eBay: 13.6 % of 118.80 = 16.1568 → 16.16, + 0.40.
    assert_eq!(total("ebay", "phones", terms), 1_656);
    assert_eq!(total("mercari", "phones", terms), 1_100);
    assert_eq!(total("offerup", "phones", terms), 1_290);
}

#[test]
fn says_what_it_does_not_know() {
    let (fees, unknown) = (schedule(), "fleamarket".parse().unwrap());
    let terms = sale(10_000, Delivery::Local);
    assert!(matches!(fees.for_sale(&unknown, "", terms), Err(FeeError::UnknownPlatform(_))));
    let assumed =
        fees.clone().with_unknown(UnknownVenue::Assume(12.0)).for_sale(&unknown, "", terms).unwrap();
    assert_eq!(assumed.total, Cents(1_200));
    assert!(assumed.lines[0].explanation.contains("no schedule known"));

    let euros = SaleTerms { currency: Currency::EUR, ..terms };
    assert!(matches!(fees.for_sale(&"ebay".parse().unwrap(), "", euros), Err(FeeError::Currency { .. })));
    assert_eq!(fees.for_sale(&"kleinanzeigen".parse().unwrap(), "", euros).unwrap().total, Cents::ZERO);

    let early = SaleTerms { at: Utc::UNIX_EPOCH, ..terms };
    let bill = fees.for_sale(&"mercari".parse().unwrap(), "", early).unwrap();
    assert!(bill.lines[0].explanation.contains("2025-01-06"));
    let bill = fees.for_sale(&"facebook".parse().unwrap(), "", terms).unwrap();
    assert!(bill.lines[0].explanation.contains("uncertain"));
}

#[test]
fn advertisements_are_free_up_to_a_number() {
    let ebay = "ebay".parse().unwrap();
    assert_eq!(schedule().insertion_fee(&ebay, 249), Cents::ZERO);
    assert_eq!(schedule().insertion_fee(&ebay, 250), Cents(35));
    assert_eq!(schedule().insertion_fee(&"mercari".parse().unwrap(), 900), Cents::ZERO);
}

#[test]
fn refuses_schedules_that_contradict_themselves() {
    let file = |rules: &str| {
        let text = r#"{"platforms":{"x":{"source":"","confidence":"high","schedules":[{"from":null,"base":["price"],"rules":[RULES]}]}}}"#;
        FeeSchedule::parse(&text.replace("RULES", rules))
    };
    assert!(file(r#"{"id":"a","kind":"none"}"#).is_ok());
    let wrong = [
        r#"{"id":"a","kind":"flat","tiers":[{"percent":130}]}"#,
        r#"{"id":"a","kind":"flat","tiers":[{"up_to":5,"percent":1}]}"#,
        r#"{"id":"a","kind":"whole","tiers":[{"up_to":9,"percent":1},{"up_to":5,"percent":1},{"percent":1}]}"#,
        r#"{"id":"a","kind":"marginal"}"#,
        r#"{"id":"a","kind":"none","words":["car"]}"#,
        r#"{"id":"a","kind":"none","delivery":"local"}"#,
        r#"{"id":"a","kind":"none","minimum":-1}"#,
        r#"{"id":"a","kind":"none","surprise":1}"#,
    ];
    for rules in wrong {
        assert!(file(rules).is_err(), "{rules}");
    }
}

proptest! {
    #[test]
    fn a_bill_adds_up_and_never_exceeds_the_sale_much(
        price in 0_i64..100_000_000,
        shipping in 0_i64..100_000,
        tax in 0_i64..100_000,
        category in "(phones|watches|books|jewelry|sneakers|cars|bullion)",
    ) {
        for platform in ["ebay", "mercari", "facebook", "offerup", "craigslist"] {
            for delivery in Delivery::ALL {
                let terms = SaleTerms {
                    shipping_charged: Cents(shipping),
                    tax: Cents(tax),
                    ..sale(price, *delivery)
                };
                let bill = schedule().for_sale(&platform.parse().unwrap(), &category, terms).unwrap();
                prop_assert_eq!(bill.total, bill.lines.iter().map(|line| line.amount).sum::<Cents>());
                prop_assert_eq!(bill.total, bill.platform + bill.payment);
                prop_assert!(bill.lines.iter().all(|line| line.amount.0 >= 0));
                prop_assert!(bill.total.0 <= (price + shipping + tax) / 6 + 500);
            }
        }
    }

    #[test]
    fn slices_never_make_a_dearer_sale_cheaper_in_fees(price in 0_i64..2_000_000) {
        prop_assert!(
            total("ebay", "phones", sale(price, Delivery::Shipped))
                <= total("ebay", "phones", sale(price + 1, Delivery::Shipped))
        );
    }
}
