//! What people write is varied, and says what they mean.

use std::collections::HashSet;

use super::persona::{Manner, Persona, Trick};
use super::speech::{Say, seller};
use super::*;
use crate::dice::Dice;

fn somebody(number: u64, trick: Option<Trick>) -> Persona {
    let mut bazaar = small(61);
    bazaar.params.sellers.rude = 0.2;
    let mut who = Persona::of(&bazaar.params, number, &bazaar.thing(number), 1.0);
    who.trick = trick;
    who
}

/// Texts of many sellers who all say the same, letters only.
fn texts(say: Say, trick: Option<Trick>) -> Vec<String> {
    let bazaar = small(61);
    (0..600)
        .map(|number| {
            let mut who = Persona::of(&bazaar.params, number, &bazaar.thing(number), 1.0);
            who.trick = trick;
            seller(&[say], &who, Cents(80_000), Some(Cents(56_000)), &mut Dice::new(5, number, 1))
        })
        .collect()
}

#[test]
fn nobody_reads_from_a_list() {
    let price = Cents(75_000);
    for (say, least) in [
        (Say::Accept(price), 350),
        (Say::Counter(price), 450),
        (Say::Decline, 250),
        (Say::Question, 150),
        (Say::Ramble, 120),
        (Say::ScamAccept(price), 120),
        (Say::OptOut, 80),
        (Say::StillThere, 120),
        (Say::Insulted, 150),
        (Say::Sold, 80),
    ] {
        let distinct: HashSet<_> = texts(say, None).into_iter().map(|text| text.to_lowercase()).collect();
        println!("{say:?}: {} different texts of 600, such as", distinct.len());
        texts(say, None).iter().step_by(97).for_each(|text| println!("    {text}"));
        assert!(distinct.len() >= least, "{say:?}: {}", distinct.len());
    }
}

#[test]
fn a_counter_states_its_price() {
    for trick in
        [None, Some(Trick::TwoPrices), Some(Trick::Orders), Some(Trick::FalseQuote), Some(Trick::InWords)]
    {
        for text in texts(Say::Counter(Cents(75_000)), trick) {
            let plain = text.to_lowercase();
            let said = plain.contains("750")
                || plain.contains("seven hundred fifty")
                || plain.contains("seven fifty");
            assert!(said, "{text}");
        }
    }
}

#[test]
fn a_refusal_names_no_price_but_ours() {
    for text in texts(Say::Decline, None) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(digits.is_empty() || digits.starts_with("560"), "{text}");
    }
}

#[test]
fn people_and_addresses_are_invented() {
    for number in 0..500 {
        let (name, address) = super::names::person(3, number);
        assert!(name.contains(' ') && address.ends_with("@post.invalid"), "{name} {address}");
    }
    assert_eq!(somebody(3, None).manner, somebody(3, None).manner);
    assert_ne!(Manner::Terse, Manner::Chatty);
}
