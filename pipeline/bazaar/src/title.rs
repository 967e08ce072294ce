//! Titles as people write them.

use autobazaaar_domain::Condition;

use std::borrow::Cow;

use super::catalogue::Naming;
use super::dice::Dice;
use super::thing::{Junk, Thing};

const HYPE: &[&str] = &[
    "must go",
    "like new",
    "great deal",
    "barely used",
    "moving sale",
    "price drop",
    "OBO",
    "excellent condition",
    "clean",
    "works great",
    "mint",
    "read description",
    "cash only",
    "free delivery",
    "rare",
    "!!!",
    "firm",
    "today only",
    "estate sale",
    "no low ballers",
    "tested",
    "one owner",
    "reduced",
    "pickup only",
    "final price",
];
const EMOJI: &[&str] = &["🔥", "✅", "⭐", "💰", "📦", "‼️"];

/// A word of a title, mostly as the catalogue has it.
type Word = Cow<'static, str>;

/// The title; `stated` are the axis values as the seller tells them.
pub(super) fn title(thing: &Thing, stated: &[&'static str], dice: &mut Dice) -> String {
    let mut words: Vec<Word> = Vec::with_capacity(12);
    name(thing, dice, &mut words);
    for (axis, &value) in thing.family.axes.iter().zip(stated) {
        if dice.chance(axis.in_title) {
            words.push(spelled(value, dice));
        }
    }
    if dice.chance(0.12) && words.len() > 3 {
        let (a, b) = (dice.below(words.len()), dice.below(words.len()));
        words.swap(a, b);
    }
    if dice.chance(0.22) {
        words.push(hype(thing, dice).into());
    }
    mark_junk(thing, dice, &mut words);
    let mut text = words.join(if dice.chance(0.04) { " / " } else { " " });
    if dice.chance(0.05) {
        typo(&mut text, dice);
    }
    style(text, dice)
}

fn name(thing: &Thing, dice: &mut Dice, words: &mut Vec<Word>) {
    let category = thing.category();
    let noun = thing.family.nouns[dice.skewed(thing.family.nouns.len())];
    match category.naming {
        Naming::Generation => {
            words.push(thing.brand.into());
            words.push(thing.line.into());
            words.push(thing.generation.to_string().into());
        }
        Naming::Code => {
            words.push(thing.brand.into());
            if dice.chance(0.5) {
                words.push(thing.line.into());
            }
            if dice.chance(0.8) {
                words.push(code(thing, dice).into());
            }
        }
        Naming::Year => {
            if category.name == "vehicles" || dice.chance(0.35) {
                words.push(thing.made_year.to_string().into());
            }
            words.push(thing.brand.into());
            words.push(thing.line.into());
        }
        Naming::Plain => {
            words.push(thing.line.into());
            if dice.chance(0.3) {
                words.push(thing.brand.into());
            }
        }
    }
    if !thing.suffix.is_empty() && dice.chance(0.85) {
        words.push(thing.suffix.into());
    }
    if category.naming != Naming::Generation || dice.chance(0.4) {
        words.push(noun.into());
    }
    if let Some(miles) = thing.odometer.filter(|_| dice.chance(0.3)) {
        words.push(if dice.chance(0.7) {
            format!("{}k miles", miles / 1_000).into()
        } else {
            format!("{miles} mi").into()
        });
    }
}

/// The model code as this seller writes it: HX-3120, HX3120 or hx 3120.
pub(super) fn code(thing: &Thing, dice: &mut Dice) -> String {
    let (a, b, number) = thing.code;
    match dice.below(4) {
        0 => format!("{a}{b}{number}"),
        1 => format!("{a}{b} {number}"),
        _ => format!("{a}{b}-{number}"),
    }
}

/// "128GB" is also "128 gb", "128g" and "128GB".
fn spelled(value: &'static str, dice: &mut Dice) -> Word {
    match value.strip_suffix("GB") {
        Some(size) => match dice.below(5) {
            0 => format!("{size} gb").into(),
            1 => format!("{size}gb").into(),
            2 => format!("{size}G").into(),
            _ => value.into(),
        },
        None => value.into(),
    }
}

/// Nobody calls a worn thing mint and gets away with it for long.
fn hype(thing: &Thing, dice: &mut Dice) -> &'static str {
    let word = dice.pick(HYPE);
    let praised = matches!(word, "like new" | "excellent condition" | "mint" | "barely used");
    if praised && thing.condition > Condition::Good { "works" } else { word }
}

fn mark_junk(thing: &Thing, dice: &mut Dice, words: &mut Vec<Word>) {
    let category = thing.category();
    let (at_start, text): (bool, &'static str) = match thing.junk {
        Some(Junk::Accessory) => {
            words.insert(0, format!("{} for", dice.pick(category.extras)).into());
            return;
        }
        Some(Junk::Broken) => {
            (false, dice.pick(&["for parts", "BROKEN", "parts or repair", "not working", "as is"]))
        }
        Some(Junk::DownPayment) => {
            (false, dice.pick(&["low down", "down payment only", "$0 credit check", "EZ finance"]))
        }
        Some(Junk::Wanted) => (true, dice.pick(&["WTB", "Wanted:", "Looking for", "I buy", "ISO"])),
        Some(Junk::CallForPrice) => (false, dice.pick(&["call for price", "text for price", "make offer"])),
        Some(Junk::Free) => (true, dice.pick(&["FREE", "Free", "Curb alert:"])),
        Some(Junk::Placeholder) | None => return,
    };
    if at_start { words.insert(0, text.into()) } else { words.push(text.into()) }
}

/// One slip of the finger: a letter swapped, dropped or doubled.
pub(super) fn typo(text: &mut String, dice: &mut Dice) {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 6 {
        return;
    }
    let at = 1 + dice.below(letters.len() - 3);
    match dice.below(3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    *text = letters.into_iter().collect();
}

fn style(text: String, dice: &mut Dice) -> String {
    match dice.unit() {
        u if u < 0.14 => text.to_lowercase(),
        u if u < 0.2 => text.to_uppercase(),
        u if u < 0.215 => format!("{} {text}", dice.pick(EMOJI)),
        u if u < 0.3 => text,
        _ => {
            let mut letters = text.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        }
    }
}
