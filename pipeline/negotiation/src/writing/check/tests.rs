//! Each fault is found; no template has one.

use autobazaaar_domain::{Cents, Currency, Strategy};
use chrono::{DateTime, FixedOffset};
use proptest::prelude::*;

use super::*;
use crate::Party;
use crate::writing::{Owner, Wording, checked, compose, template};

fn owner() -> Owner {
    Owner {
        name: "Ada Byron".to_owned(),
        postal_address: "12 Example Street\nSpringfield 12345".to_owned(),
        ..Owner::default()
    }
}

fn everything() -> Owner {
    Owner {
        lives_near: Some("the old harbour".to_owned()),
        pays_cash: true,
        flexible_pickup: true,
        pays_promptly: true,
        collects: true,
        invoice: true,
        opt_out_url: Some("https://example.org/stop".to_owned()),
        ..owner()
    }
}

fn until() -> DateTime<FixedOffset> {
    "2026-11-27T18:00:00-08:00".parse().unwrap()
}

fn order(kind: MessageType, price: i64) -> Order<'static> {
    Order {
        kind,
        side: Party::Buyer,
        strategy: Strategy::FriendlyLocal,
        price: Some(Cents(price)),
        currency: Currency::USD,
        restated: false,
        stands_until: Some(until()),
        answers: &[],
        seed: 7,
    }
}

#[test]
fn no_template_has_a_fault() {
    let answers = ["I can come on Saturday at 10:30.".to_owned(), "The charger is included.".to_owned()];
    let titles = [
        "iPhone 12, 64 GB",
        "Oak dresser",
        "<b>x</b> http://evil.example 555-123-4567\r\nBcc: a@b.example",
        "",
    ];
    for owner in [owner(), everything()] {
        for title in titles {
            let facts = Facts { owner: &owner, title, said: &[] };
            for (side, strategy, kind, seed) in combinations() {
                for restated in [false, true] {
                    let order =
                        Order { side, strategy, restated, answers: &answers, seed, ..order(kind, 45_000) };
                    let message = template(&order, &facts).unwrap();
                    let faults = check(&message, &order, &facts);
                    assert_eq!(faults, Vec::new(), "{message:#?}");
                }
            }
        }
    }
}

fn combinations() -> impl Iterator<Item = (Party, Strategy, MessageType, u64)> {
    let sides =
        Party::ALL.iter().flat_map(|side| Strategy::ALL.iter().map(move |strategy| (*side, *strategy)));
    sides.flat_map(|(side, strategy)| {
        let kinds = MessageType::ALL.iter();
        kinds.flat_map(move |kind| (0..12).map(move |seed| (side, strategy, *kind, seed)))
    })
}

#[test]
fn only_what_is_true_of_the_owner_is_said() {
    for (side, strategy, kind, seed) in combinations() {
        let owner = owner();
        let facts = Facts { owner: &owner, title: "Oak dresser", said: &[] };
        let answers = ["Yes.".to_owned()];
        let message =
            template(&Order { side, strategy, seed, answers: &answers, ..order(kind, 45_000) }, &facts)
                .unwrap();
        let text = message.text.to_lowercase();
        for word in ["cash", "near", "collect ", "invoice", "whenever", "flexible"] {
            assert!(!text.contains(word), "`{word}` in {text}");
        }
    }
}

#[test]
fn every_fault_is_found_and_the_template_takes_its_place() {
    let owner = owner();
    let facts = Facts { owner: &owner, title: "Oak dresser, 6 drawers", said: &[] };
    let order = order(MessageType::Counter, 45_000);
    let good = "Thank you. I could go to $450 for it.";
    let cases = [
        (good, Vec::new()),
        ("Thank you. I could go to four hundred and fifty dollars for it.", Vec::new()),
        ("Thank you. I could go to 450 for the Oak dresser, 6 drawers.", Vec::new()),
        ("Thank you. I could go higher.", vec!["price_missing"]),
        ("I could go to $460.", vec!["foreign", "price_missing"]),
        ("I could go to $450, or 500 if need be.", vec!["foreign"]),
        ("I could go to $450, or five hundred if need be.", vec!["foreign"]),
        ("I could go to $450. I live nearby.", vec!["claim"]),
        ("I could go to $450. Another seller has one too.", vec!["claim"]),
        ("I could go to $450. It is a present for my son's birthday.", vec!["claim"]),
        ("I could go to $450. Today only!", vec!["claim"]),
        ("I could go to $450 in cash.", vec!["claim"]),
        ("I could go to $450. I am a real person.", vec!["claim"]),
        ("$450. You have a deal!", vec!["commitment"]),
        ("I could go to $450. See www.example.com", vec!["contact"]),
        ("I could go to $450. Write to me@example.com", vec!["contact"]),
        ("I could go to $450. \u{202e}", vec!["invisible"]),
    ];
    for (body, expected) in cases {
        let wording = Wording {
            subject: "New offer".to_owned(),
            preview: "About the dresser".to_owned(),
            body: body.to_owned(),
        };
        let (message, faults) = checked(Some(&wording), &order, &facts).unwrap();
        let mut names: Vec<&str> = faults.iter().map(name).collect();
        names.dedup();
        assert_eq!(names, expected, "{body}: {faults:?}");
        assert_eq!(message == template(&order, &facts).unwrap(), !faults.is_empty(), "{body}");
        assert!(check(&message, &order, &facts).is_empty());
    }
}

fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::PriceMissing(_) => "price_missing",
        Fault::ForeignNumber(_) => "foreign",
        Fault::Claim(_) => "claim",
        Fault::Commitment(_) => "commitment",
        Fault::TooLong(..) => "too_long",
        Fault::Empty(_) => "empty",
        Fault::Contact(_) => "contact",
        Fault::Invisible => "invisible",
        Fault::NoDisclosure => "disclosure",
        Fault::NoAddress => "address",
        Fault::NoOptOut => "opt_out",
        Fault::NoExpiry => "expiry",
        Fault::HtmlDiffers => "html",
        Fault::WrongType(..) => "type",
    }
}

#[test]
fn an_edited_message_is_found_out() {
    let owner = everything();
    let facts = Facts { owner: &owner, title: "Oak dresser", said: &[] };
    let order = order(MessageType::InitialOffer, 45_000);
    let good = template(&order, &facts).unwrap();
    let without = |part: &str| {
        let text = good.text.replace(part, "");
        Message { html: paragraphs(&text), text, ..good.clone() }
    };
    let cases = [
        (without("This message comes from an automated agent acting for Ada Byron."), "disclosure"),
        (without("12 Example Street, Springfield 12345"), "address"),
        (without("https://example.org/stop"), "opt_out"),
        (without("This offer stands until Friday, 27 November 2026, 18:00 (UTC-08:00)."), "expiry"),
        (Message { html: good.html.replace("450", "540"), ..good.clone() }, "html"),
        (Message { subject: "x".repeat(61), ..good.clone() }, "too_long"),
        (Message { preview: "x".repeat(101), ..good.clone() }, "too_long"),
        (Message { kind: MessageType::Accept, ..good.clone() }, "type"),
    ];
    for (message, expected) in cases {
        let found: Vec<&str> = check(&message, &order, &facts).iter().map(name).collect();
        assert!(found.contains(&expected), "{expected}: {found:?}\n{}", message.text);
    }
}

#[test]
fn messages_are_not_all_alike() {
    let owner = everything();
    let facts = Facts { owner: &owner, title: "Oak dresser", said: &[] };
    for strategy in Strategy::ALL {
        let texts: std::collections::BTreeSet<String> = (0..50)
            .map(|seed| {
                template(
                    &Order { strategy: *strategy, seed, ..order(MessageType::InitialOffer, 45_000) },
                    &facts,
                )
                .unwrap()
                .text
            })
            .collect();
        assert!(texts.len() >= 12, "{strategy}: {}", texts.len());
    }
}

#[test]
fn says_what_is_missing() {
    let nameless = Owner { name: " ".to_owned(), ..owner() };
    let facts = Facts { owner: &nameless, title: "x", said: &[] };
    let error = template(&order(MessageType::Counter, 100), &facts).unwrap_err();
    assert!(error.to_string().contains("owner.name"), "{error}");
    let owner = owner();
    let facts = Facts { owner: &owner, ..facts };
    for price in [None, Some(Cents(0)), Some(Cents(-5))] {
        let error = template(&Order { price, ..order(MessageType::Counter, 0) }, &facts).unwrap_err();
        assert!(error.to_string().contains("price"), "{error}");
    }
    let error = template(&order(MessageType::Answer, 500), &facts).unwrap_err();
    assert!(error.to_string().contains("answer"), "{error}");
}

proptest! {
    /// Whatever a listing's title says, the message is sound.
    #[test]
    fn no_title_breaks_a_message(title in "\\PC{0,120}|[\\x00-\\x7f]{0,120}|(\\$[0-9]{1,4} ?){1,4}", seed: u64) {
        let owner = everything();
        let facts = Facts { owner: &owner, title: &title, said: &[] };
        let order = Order { seed, ..order(MessageType::InitialOffer, 45_000) };
        let message = template(&order, &facts).unwrap();
        prop_assert_eq!(check(&message, &order, &facts), Vec::new(), "{:?}", message);
        let wording = Wording { subject: "Offer".to_owned(), preview: "An offer".to_owned(), body: title.clone() };
        let (message, _) = checked(Some(&wording), &order, &facts).unwrap();
        prop_assert!(message.text.contains("$450"));
        compose(&wording, &order, &facts).unwrap();
    }
}
