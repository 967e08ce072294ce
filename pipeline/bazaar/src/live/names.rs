//! Invented people. No name is of anybody; addresses end in `.invalid` (RFC 2606).

use crate::dice::Dice;

const FIRST: &[&str] = &[
    "Abel", "Brisa", "Corin", "Dalia", "Edric", "Fenna", "Garrik", "Hollis", "Ines", "Jorun", "Kester",
    "Lumi", "Marlo", "Nessa", "Orrin", "Petra", "Quill", "Rhea", "Soren", "Tamsin", "Ulric", "Vesna", "Wynn",
    "Xenia", "Yorick", "Zelda", "Amos", "Birgit", "Caspian", "Delphine", "Ezra", "Flora",
];
const LAST: &[&str] = &[
    "Ashgrove",
    "Brackwell",
    "Calderon-Pike",
    "Dunmore",
    "Elverson",
    "Farrowby",
    "Gildersleeve",
    "Harkness",
    "Inglebrook",
    "Jessamine",
    "Kettlewell",
    "Lindqvist-Rowe",
    "Marchbank",
    "Northam",
    "Oakhurst",
    "Pemberley",
    "Quarrington",
    "Ravensby",
    "Stillwater",
    "Thornbury",
    "Underhill",
    "Vantongeren",
    "Westerling",
    "Yardley",
];
const STREETS: &[&str] =
    &["Alder", "Birch", "Canal", "Depot", "Elm", "Foundry", "Granary", "Harbor", "Mill", "Quarry"];
const TOWNS: &[&str] =
    &["Eastmere", "Harlow Bend", "Port Calder", "Millgate", "Norrick", "Lakeholm", "Wexley"];

/// Name and mail address of a person.
pub(super) fn person(seed: u64, number: u64) -> (String, String) {
    let mut dice = Dice::new(seed, number, 30);
    let (first, last) = (dice.pick(FIRST), dice.pick(LAST));
    let address = format!("{}.{}{}@post.invalid", first, last, dice.below(10_000)).to_lowercase();
    (format!("{first} {last}"), address)
}

/// A postal address.
pub(super) fn postal(seed: u64, number: u64) -> String {
    let mut dice = Dice::new(seed, number, 31);
    let (house, street, town) = (1 + dice.below(990), dice.pick(STREETS), dice.pick(TOWNS));
    format!("{house} {street} Street, {town}, OR {:05}", dice.below(100_000))
}
