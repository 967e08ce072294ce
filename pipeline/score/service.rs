//! Advertisements of work: a repair, a screen put in, a phone unlocked. Such a "listing" sells no
//! thing, its price is a bait (1, 25) or that of the cheapest job, and its title names a dozen things.
//!
//! Only the title is read, and only repairs are known: of other work ("moving", "service") titles of
//! things speak as often ("moving sale", "service truck"). A thing that needs a repair is a thing.

use super::wanted::{holds, words};

/// Phrases that only somebody who works for others writes, as consecutive words.
const PHRASES: &[&[&str]] = &[
    &["we", "repair"],
    &["i", "repair"],
    &["we", "fix"],
    &["i", "fix"],
    &["we", "unlock"],
    &["i", "unlock"],
    &["repair", "service"],
    &["repair", "services"],
    &["repair", "near"],
    &["unlock", "service"],
    &["unlock", "services"],
    &["unlocking", "service"],
    &["unlocking", "services"],
    &["unblock", "service"],
    &["phone", "fix"],
    &["phones", "fix"],
    &["computer", "fix"],
    &["fixing", "screens"],
    &["fixing", "phones"],
    &["wir", "reparieren"],
    &["handy", "reparatur"],
    &["reparatur", "service"],
];

/// Words before the work that make it work the thing needs, or had.
const OF_THE_THING: &[&str] = &[
    "need",
    "needs",
    "needed",
    "needing",
    "require",
    "requires",
    "requiring",
    "for",
    "after",
    "with",
    "without",
    "no",
    "had",
    "has",
    "got",
    "was",
    "or",
    "parts",
    "spares",
    "minor",
    "small",
    "little",
    "easy",
    "simple",
    "some",
    "slight",
    "cracked",
    "broken",
    "damaged",
    "recent",
    "new",
    "under",
    "before",
];

/// Words after it that make the whole a thing.
const THINGS: &[&str] = &[
    "kit", "kits", "manual", "manuals", "book", "books", "guide", "tool", "tools", "machine", "machines",
    "stand", "stands", "table", "station", "set", "part", "parts", "patch", "tape", "truck", "van", "mat",
    "license", "records", "record", "history", "receipt", "receipts", "bill", "cost", "costs", "estimate",
    "done", "needed", "required", "or", "assembly", "sign",
];

/// Whether a title offers work instead of a thing.
#[must_use]
pub fn is_service_ad(title: &str) -> bool {
    let lower = title.to_lowercase();
    let words = words(&lower);
    let works = |&i: &usize| match words[i] {
        "repair" | "repairs" | "repairing" => true,
        // A part, too, is called so; whoever ends on it means the work.
        "replacement" => i + 1 == words.len() && i > 0 && is_part(words[i - 1]),
        _ => false,
    };
    let phrase = PHRASES.iter().find_map(|phrase| words.windows(phrase.len()).position(|at| at == *phrase));
    let Some(at) = (0..words.len()).find(works).into_iter().chain(phrase).min() else { return false };
    !words[..at].iter().any(|word| OF_THE_THING.contains(word))
        && !words[at..].iter().any(|word| THINGS.contains(word))
        && !holds(&words, &["for", "sale"])
}

fn is_part(word: &str) -> bool {
    matches!(word, "screen" | "lcd" | "glass" | "digitizer" | "display" | "battery")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_offered() {
        for title in [
            "Phone repair - I come to you",
            "WE REPAIR*phones/tablets*cracked screens",
            "cheap laptop repair",
            "Tablet Screen Replacement",
            "Galaxy S8, Note 8, Note 9 Repair",
            "TV REPAIR: BROKEN GLASS, WATER DAMAGE",
            "Repair & unlock services (call now)",
            "PC & PHONE FIX for low price",
            "phone and computer repairs for as low as",
            "Handy-Reparatur",
        ] {
            assert!(is_service_ad(title), "{title}");
        }
    }

    #[test]
    fn a_thing_is_offered() {
        for title in [
            "Phone X, needs screen replacement",
            "Coupe, not running (for parts or engine repair)",
            "Phone 6 for parts/repair/spares",
            "Bike repair stand",
            "LCD repair machine, all in one",
            "Volvo repair manual",
            "Plasma TV - needs repair, can you fix?",
            "Cracked phone, screen replacement",
            "Pure Fix single speed",
            "Tester fixer-upper",
            "Turntable, recently serviced",
            "Service truck",
            "Replacement band",
            "Moving sale",
            "Phone unlocked for all services",
            "Unlock any carrier Galaxy S8",
            "Repaired laptop",
            "",
        ] {
            assert!(!is_service_ad(title), "{title}");
        }
    }
}
