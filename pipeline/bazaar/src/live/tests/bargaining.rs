//! Sellers against the published figures of eBay Best Offer (Backus, Blake, Larsen and Tadelis,
//! "Sequential Bargaining in the Field", QJE 2020; and on messages and splitting the difference).

use super::*;
use crate::dice::Dice;

const BARE: &str = "";
const DECENT: &str = "Hello, nice piece. Would you take this if I pay today?";

/// How offers ended, as shares.
#[derive(Debug, Default)]
struct Tally {
    talks: f64,
    /// After the first offer.
    accept: f64,
    counter: f64,
    decline: f64,
    /// In the end.
    agreed: f64,
    agreed_electronics: f64,
    /// Of those agreed, share of the ask.
    final_price: f64,
}

/// What a first offer led to.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Agreed(Cents),
    Countered(Cents),
    Declined,
    /// Sold or taken down before an answer: no part of the figures.
    Lost,
}

/// A buyer as in the study: a first offer of 61 % of the ask in the mean; takes a counter within
/// his limit, else meets the seller in the middle, raises after a refusal now and then, or leaves.
struct Reference {
    first: f64,
    limit: f64,
    tries_again: bool,
    splits: bool,
}

impl Reference {
    fn new(number: u64) -> Self {
        let mut dice = Dice::new(1, number, 99);
        let first = (0.61 + 0.14 * dice.bell()).clamp(0.15, 0.97);
        let limit = (first + dice.between(0.0, 0.25)).min(1.0);
        Self { first, limit, tries_again: dice.chance(0.1), splits: dice.chance(0.5) }
    }
}

fn electronic(category: &str) -> bool {
    matches!(category, "phones" | "laptops" | "cameras" | "consoles" | "audio")
}

/// A market and every listing in it on which one can bid.
fn subjects(mut params: Params, seed: u64) -> (Bazaar, Vec<Hidden>) {
    params.market.new_per_day = 400.0;
    let bazaar = Bazaar::new(params, seed, start()).unwrap();
    let mut all = Vec::new();
    for venue in bazaar.venues() {
        for category in categories() {
            let standing = bazaar.oracle().standing(venue.as_str(), category);
            all.extend(standing.into_iter().filter(|h| h.junk.is_none() && !h.auction && !h.scam));
        }
    }
    (bazaar, all)
}

/// Lets a seller answer; a question or a ramble gets a word back.
fn wait(bazaar: &mut Bazaar, key: &autobazaaar_domain::ListingKey, round: usize) {
    let Ok(copy) = bazaar.copy_of(key) else { return };
    for turn in 0..2 {
        let Some(talk) = bazaar.talks.get(&copy) else { return };
        if !talk.open_offer || talk.persona.silent || talk.opted_out {
            return;
        }
        if turn > 0 || talk.asked_first {
            bazaar.send_message(&format!("word {key} {round} {turn}"), key, BARE, None);
        }
    }
}

fn end(bazaar: &Bazaar, key: &autobazaaar_domain::ListingKey, offers: usize) -> End {
    let Some(talk) = bazaar.copy_of(key).ok().and_then(|copy| bazaar.talks.get(&copy)) else {
        return End::Lost;
    };
    if let Some((price, _)) = talk.agreed {
        return End::Agreed(price);
    }
    if bazaar.stock.get(bazaar.copy_of(key).unwrap()).is_none() {
        return End::Lost;
    }
    match talk.counters.last() {
        Some(counter) if talk.counters.len() >= offers && !talk.refused => End::Countered(*counter),
        _ => End::Declined,
    }
}

/// Makes every seller one first offer, and goes on as the reference buyer does.
fn haggle(seed: u64, text: &str) -> Tally {
    haggle_in(Params::standard().unwrap(), seed, text)
}

fn haggle_in(params: Params, seed: u64, text: &str) -> Tally {
    let (mut bazaar, all) = subjects(params, seed);
    for (number, hidden) in all.iter().enumerate() {
        let offer = hidden.ask.share(Reference::new(number as u64).first);
        bazaar.send_message(&format!("first {number}"), &hidden.listing, text, Some(offer));
    }
    settle(&mut bazaar, &all, 0);
    let mut tally = Tally::default();
    let mut open = Vec::new();
    let mut first = Vec::new();
    for (number, hidden) in all.iter().enumerate() {
        let ended = end(&bazaar, &hidden.listing, 1);
        first.push(ended);
        tally.talks += f64::from(u8::from(ended != End::Lost));
        match ended {
            End::Agreed(_) => tally.accept += 1.0,
            End::Countered(_) => tally.counter += 1.0,
            End::Declined => tally.decline += 1.0,
            End::Lost => {}
        }
        let who = Reference::new(number as u64);
        let next = match ended {
            End::Countered(counter) if counter <= hidden.ask.share(who.limit) => Some(counter),
            End::Countered(counter) if who.splits => {
                Some(Cents((counter.0 + hidden.ask.share(who.first).0) / 2))
            }
            End::Declined if who.tries_again => Some(hidden.ask.share((who.first + 0.1).min(1.0))),
            _ => None,
        };
        if let Some(offer) = next {
            let sent = bazaar.send_message(&format!("second {number}"), &hidden.listing, text, Some(offer));
            open.extend(matches!(sent, Outcome::Done(_)).then_some(number));
        }
    }
    settle(&mut bazaar, &all, 1);
    // What is countered a second time is taken where the limit allows.
    for &number in &open {
        let hidden = &all[number];
        let limit = hidden.ask.share(Reference::new(number as u64).limit);
        if let End::Countered(counter) = end(&bazaar, &hidden.listing, 1)
            && counter <= limit
        {
            bazaar.send_message(&format!("third {number}"), &hidden.listing, text, Some(counter));
        }
    }
    settle(&mut bazaar, &all, 2);
    let (mut electronics, mut electronics_agreed) = (0.0, 0.0);
    for (hidden, first) in all.iter().zip(first) {
        if first == End::Lost {
            continue;
        }
        let ended = end(&bazaar, &hidden.listing, 1);
        let agreed = f64::from(u8::from(matches!(ended, End::Agreed(_))));
        if let End::Agreed(price) = ended {
            tally.agreed += 1.0;
            tally.final_price += price.0 as f64 / hidden.ask.0 as f64;
        }
        if electronic(hidden.category) {
            electronics += 1.0;
            electronics_agreed += agreed;
        }
    }
    tally.final_price /= tally.agreed;
    tally.agreed_electronics = electronics_agreed / electronics;
    for count in [&mut tally.accept, &mut tally.counter, &mut tally.decline, &mut tally.agreed] {
        *count /= tally.talks;
    }
    tally
}

fn settle(bazaar: &mut Bazaar, all: &[Hidden], round: usize) {
    for part in 0..3 {
        bazaar.advance_to(bazaar.now() + hours(31));
        if part < 2 {
            for hidden in all {
                wait(bazaar, &hidden.listing, round * 10 + part);
            }
        }
    }
}

#[test]
fn sellers_answer_as_the_published_figures_say() {
    let found = haggle(21, BARE);
    println!("after {} first offers: {found:.3?}", found.talks);
    let cases = [
        ("accept", found.accept, 0.32, 0.03),
        ("counter", found.counter, 0.28, 0.03),
        ("decline or no answer", found.decline, 0.40, 0.03),
        ("agreement", found.agreed, 0.45, 0.03),
        ("agreement, electronics", found.agreed_electronics, 0.32, 0.03),
        ("final price", found.final_price, 0.73, 0.02),
    ];
    for (what, share, published, within) in cases {
        println!("{what}: {share:.3}, published {published}");
        assert!((share - published).abs() <= within, "{what}: {share:.3}, published {published}");
    }
}

#[test]
fn a_text_with_the_offer_helps() {
    let (bare, decent) = (haggle(22, BARE), haggle(22, DECENT));
    let lift = decent.accept - bare.accept;
    println!("a text lifts acceptance by {:.1} points; published about 7", lift * 100.0);
    assert!((0.05..0.09).contains(&lift), "{lift:.3}");
}

/// Share of counters that end in agreement when we answer at `place` of the way to the counter.
fn accepted_at(place: f64) -> f64 {
    let (mut bazaar, all) = subjects(Params::standard().unwrap(), 23);
    let offer = |hidden: &Hidden| hidden.ask.share(0.6);
    for (number, hidden) in all.iter().enumerate() {
        bazaar.send_message(&format!("first {number}"), &hidden.listing, BARE, Some(offer(hidden)));
    }
    settle(&mut bazaar, &all, 0);
    let mut answered = Vec::new();
    for (number, hidden) in all.iter().enumerate() {
        if let End::Countered(counter) = end(&bazaar, &hidden.listing, 1) {
            let next = offer(hidden) + (counter - offer(hidden)).share(place);
            bazaar.send_message(&format!("second {number}"), &hidden.listing, BARE, Some(next));
            answered.push(number);
        }
    }
    settle(&mut bazaar, &all, 1);
    let ends: Vec<End> = answered.iter().map(|&number| end(&bazaar, &all[number].listing, 2)).collect();
    let counted = ends.iter().filter(|&&end| end != End::Lost).count();
    ends.iter().filter(|end| matches!(end, End::Agreed(_))).count() as f64 / counted as f64
}

#[test]
fn meeting_in_the_middle_helps() {
    let beside = (accepted_at(0.41) + accepted_at(0.59)) / 2.0;
    let middle = accepted_at(0.5);
    let lift = middle - beside;
    println!(
        "a split lifts acceptance by {:.1} points ({middle:.3} for {beside:.3}); published 5 to 10",
        lift * 100.0
    );
    assert!((0.05..=0.10).contains(&lift), "{lift:.3}");
}

#[test]
fn other_markets_haggle_otherwise() {
    let market = |change: f64| {
        let mut params = Params::standard().unwrap();
        params.sellers.reservation += change;
        params.sellers.reservation_electronics += change;
        haggle_in(params, 24, BARE)
    };
    let (looser, tighter) = (market(-0.1), market(0.1));
    println!("looser sellers: {looser:.3?}");
    println!("tighter sellers: {tighter:.3?}");
    assert!(looser.agreed > 0.53 && tighter.agreed < 0.38);
    assert!(looser.final_price < tighter.final_price);
}
