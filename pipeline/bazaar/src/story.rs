//! Descriptions as people write them: a few sentences, some facts, some missing, some wrong.

use std::fmt::Write as _;

use autobazaaar_domain::Condition;

use super::dice::Dice;
use super::thing::{Junk, Thing};
use super::title::{code, typo};

const OPENINGS: &[&str] = &[
    "Selling my",
    "Up for sale is a",
    "Here is my",
    "I have a",
    "For sale:",
    "Offering a",
    "Letting go of my",
    "Time to part with my",
    "You are looking at a",
    "Used",
    "Clearing out:",
    "Hi, I'm selling a",
];
const WHY: &[&str] = &[
    "upgraded last month",
    "moving out of state",
    "it was a gift I never used",
    "no room in the new place",
    "my son outgrew it",
    "switching to something smaller",
    "we got a new one",
    "need the money for tuition",
    "downsizing",
    "my wife says it has to go",
    "cleaning out the garage",
    "changed hobbies",
    "bought two by mistake",
    "it just sits in the closet",
    "retiring from the trade",
    "work gave me another one",
];
const WHO: &[&str] = &[
    "I bought it",
    "my dad bought it",
    "a friend gave it to me",
    "we picked it up",
    "my brother had it",
    "got it from the first owner",
    "my neighbor used it",
    "I won it in a raffle",
    "our office had it",
    "my daughter got it",
];
const WHEN: &[&str] = &[
    "last spring",
    "two years ago",
    "before the holidays",
    "in college",
    "when we moved here",
    "over the summer",
    "right before winter",
    "for my birthday",
    "at an estate sale",
    "on a road trip",
    "at the outlet",
    "from a shop downtown",
];
const USED: &[&str] = &[
    "and used it maybe five times",
    "and it was used on weekends only",
    "and it served us well",
    "and it has been in storage since",
    "and took good care of it",
    "and it was used daily but never abused",
    "and never got around to using it",
    "and kept it in the spare room",
    "and only used it indoors",
    "and it has never let me down",
];
const FINE: &[&str] = &[
    "Everything works as it should.",
    "No issues at all.",
    "Works perfectly.",
    "Fully functional and tested.",
    "Runs great.",
    "In great shape.",
    "Smoke free and pet free home.",
    "No scratches or dents that I can see.",
    "Well looked after.",
    "You will not be disappointed.",
];
const WORN: &[&str] = &[
    "Normal wear for its age.",
    "Shows some use but does the job.",
    "Cosmetic wear, see pictures.",
    "Has been used and looks like it.",
    "Not pretty but it works.",
    "Could use a good cleaning.",
];
const NEW: &[&str] = &[
    "Brand new, never opened.",
    "New in box.",
    "Unused, still has the tags.",
    "Sealed.",
    "Opened to check, never used.",
];
const HANDOVER: &[&str] = &[
    "Cash only.",
    "Local pickup only.",
    "Can meet at the police station lot.",
    "Pick up near the mall.",
    "Will deliver within ten miles for gas money.",
    "First come first served.",
    "No holds.",
    "Porch pickup available.",
    "Evenings and weekends work best.",
    "Will help you load.",
    "Bring a truck and a friend.",
    "Can ship at buyer's expense.",
    "Ships the next business day.",
    "You can test it before you buy.",
];
const HAGGLE: &[&str] = &[
    "Price is firm.",
    "Open to reasonable offers.",
    "No lowballs please.",
    "Or best offer.",
    "Will consider trades.",
    "No trades.",
    "Make me an offer.",
    "Priced to sell.",
    "Paid a lot more for it.",
    "Lower offers will be ignored.",
    "Don't ask for my lowest price.",
    "Might take a bit less today.",
];
const CLOSING: &[&str] = &[
    "Thanks for looking!",
    "Message me with any questions.",
    "If the ad is up it is still available.",
    "Serious buyers only.",
    "Check out my other listings.",
    "See photos.",
    "Text is best.",
    "Thanks!",
    "God bless.",
    "Happy to send more pictures.",
    "Ask if you need measurements.",
];
const DEALER: &[&str] = &[
    "Visit our showroom, open seven days a week.",
    "All items are inspected and cleaned by our own workshop.",
    "Thirty day store warranty on everything we sell.",
    "We also buy and take trade-ins.",
    "Financing available with approved credit.",
    "Family owned business since the nineties.",
    "Our stock changes daily, follow us to see the newest arrivals.",
    "Ask about our bundle discounts.",
    "Free parking behind the building.",
    "We ship all over the country with insurance.",
    "Price does not include tax and handling.",
    "Refurbished by certified technicians.",
];

/// The description; `stated` are the axis values as the seller tells them.
pub(super) fn story(thing: &Thing, stated: &[&str], seed: u64, dice: &mut Dice) -> String {
    let mut text = String::with_capacity(400);
    if let Some(dealer) = thing.dealer {
        return dealers(thing, dealer, seed, dice);
    }
    opening(thing, &mut text, dice);
    if dice.chance(0.45) {
        say(&mut text, &[dice.pick(WHO), " ", dice.pick(WHEN), " ", dice.pick(USED), "."]);
    }
    facts(thing, stated, &mut text, dice);
    state(thing, &mut text, dice);
    if dice.chance(0.35) {
        extras(thing, &mut text, dice);
    }
    if dice.chance(0.4) {
        say(&mut text, &["Reason for selling: ", dice.pick(WHY), "."]);
    }
    for (list, share) in [(HANDOVER, 0.5), (HAGGLE, 0.4), (CLOSING, 0.35)] {
        if dice.chance(share) {
            say(&mut text, &[dice.pick(list)]);
        }
    }
    if dice.chance(0.12) {
        typo(&mut text, dice);
    }
    if dice.chance(0.08) { text.to_lowercase() } else { text }
}

/// A dealer's template: the same for all of his goods but for the first words.
fn dealers(thing: &Thing, dealer: u32, seed: u64, dice: &mut Dice) -> String {
    let mut text = format!("{} {}.", thing.brand, thing.family.nouns[0]);
    let mut template = Dice::new(seed, u64::from(dealer), 7);
    for _ in 0..4 {
        say(&mut text, &[template.pick(DEALER)]);
    }
    if dice.chance(0.5) {
        let _ = write!(text, " Stock no. {}.", thing.number % 100_000);
    }
    text
}

fn opening(thing: &Thing, text: &mut String, dice: &mut Dice) {
    match thing.junk {
        Some(Junk::Wanted) => {
            return say(text, &["I am looking to buy one like this, paying cash. Show me what you have."]);
        }
        Some(Junk::DownPayment) => {
            say(text, &["Price shown is the down payment, the rest in weekly payments. No credit needed."])
        }
        Some(Junk::Accessory) => {
            return say(text, &["This is only the accessory, not the ", thing.family.nouns[0], "."]);
        }
        Some(Junk::CallForPrice) => say(text, &["Several available, ask for the price."]),
        _ => {}
    }
    let noun = dice.pick(thing.family.nouns);
    let opening = dice.pick(OPENINGS);
    let vowel = thing.brand.starts_with(['A', 'E', 'I', 'O', 'U']);
    let article = if vowel && opening.ends_with(" a") { "n " } else { " " };
    say(text, &[opening, article, thing.brand, " ", thing.line, " ", noun, "."]);
}

fn extras(thing: &Thing, text: &mut String, dice: &mut Dice) {
    let (one, two) = (dice.pick(thing.category().extras), dice.pick(thing.category().extras));
    if one == two {
        say(text, &["Comes with ", one, "."]);
    } else {
        say(text, &["Comes with ", one, " and ", two, "."]);
    }
}

fn facts(thing: &Thing, stated: &[&str], text: &mut String, dice: &mut Dice) {
    for (axis, &value) in thing.family.axes.iter().zip(stated) {
        if dice.chance(0.4) {
            match dice.below(3) {
                0 if !value.starts_with("w/") => say(text, &["It is the ", value, " one."]),
                1 => say(text, &[axis.name, ": ", value, "."]),
                _ => say(text, &[value, "."]),
            }
        }
    }
    if dice.chance(0.25) {
        say(text, &["Model ", &code(thing, dice), "."]);
    }
    if dice.chance(0.3) {
        let years = thing.age_years as i32;
        match years {
            0 => say(text, &[&format!("About {} months old.", 1 + (thing.age_years * 12.0) as u32)]),
            _ if dice.chance(0.5) => say(text, &[&format!("Bought in {}.", thing.made_year)]),
            _ => say(text, &[&format!("Around {years} years old.")]),
        }
    }
    if let Some(miles) = thing.odometer.filter(|_| dice.chance(0.6)) {
        say(text, &[&format!("{miles} miles on it.")]);
    }
}

fn state(thing: &Thing, text: &mut String, dice: &mut Dice) {
    let list = match thing.condition {
        Condition::New => NEW,
        Condition::LikeNew | Condition::Good => FINE,
        _ => WORN,
    };
    if dice.chance(0.75) {
        say(text, &[dice.pick(list)]);
    }
    // Not every seller tells what is wrong.
    if thing.condition >= Condition::Fair && dice.chance(0.7) {
        say(text, &["Only thing: ", dice.pick(thing.category().faults), "."]);
    }
    if thing.condition == Condition::Parts && dice.chance(0.8) {
        say(text, &["Sold as is for parts or repair."]);
    }
}

fn say(text: &mut String, parts: &[&str]) {
    if !text.is_empty() {
        text.push(' ');
    }
    let start = text.len();
    parts.iter().for_each(|part| text.push_str(part));
    if let Some(first) = text.get_mut(start..=start) {
        first.make_ascii_uppercase();
    }
}
