//! Titles of what we offer: within each venue's limit, the words that are searched for first to stay.
//!
//! The words are the thing's own, as its first listing named it. What a seller says to hurry or to
//! praise is left out: the condition that counts is the one found on inspection.

use autobazaaar_domain::Platform;

/// Characters of a title at venues that say nothing of a limit: what all known ones take.
const LEAST_CHARS: usize = 70;

/// Characters of a title that a venue takes. Simulated venues take what the shortest does.
#[must_use]
pub fn title_chars(platform: &Platform) -> usize {
    match platform.as_str() {
        // developer.ebay.com, inventory_item: product.title.
        "ebay" | "mercari" => 80,
        "facebook" => 100,
        _ => LEAST_CHARS,
    }
}

/// The title of a thing at a venue.
#[must_use]
pub fn title_for(name: &str, platform: &Platform) -> String {
    let named = words(name);
    let words = if named.is_empty() { name.split_whitespace().collect() } else { named };
    let most = title_chars(platform);
    let maker = maker(&words).filter(|maker| words.iter().all(|word| !is(word, maker)));
    let with_maker: Vec<&str> = maker.into_iter().chain(words.iter().copied()).collect();
    fitted(with_maker, most)
}

/// Other words by which people look for it, for venues with a field for them: at most eight, none of
/// them in the title.
#[must_use]
pub fn search_words(title: &str, category: &str) -> Vec<String> {
    let lower = title.to_lowercase();
    let has = |phrase: &str| contains_phrase(&lower, phrase);
    let mut found: Vec<String> = Vec::new();
    let accessory = is_accessory(&title.split_whitespace().collect::<Vec<_>>());
    for group in SAME.iter().filter(|_| !accessory) {
        if group.iter().any(|phrase| has(phrase)) {
            found.extend(group.iter().filter(|phrase| !has(phrase)).map(|phrase| (*phrase).to_owned()));
        }
    }
    let category = category.to_lowercase().replace(['_', '&', '/'], " ");
    let category = category.split_whitespace().collect::<Vec<_>>().join(" ");
    if !category.is_empty() && category != "uncategorised" && !has(&category) {
        found.push(category);
    }
    found.dedup();
    found.truncate(8);
    found
}

/// The words of a name that a title keeps, in order: each once, without noise.
fn words(name: &str) -> Vec<&str> {
    let all: Vec<&str> = name.split_whitespace().collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let skipped = NOISE.iter().map(|phrase| matched(&all[at..], phrase)).max().unwrap_or(0);
        if skipped > 0 {
            at += skipped;
            continue;
        }
        let word = all[at];
        let again = core(word).len() > 3 && kept.iter().any(|known| is(known, core(word)));
        if !again && !core(word).is_empty() || word == "&" {
            kept.push(word);
        }
        at += 1;
    }
    while kept.last().is_some_and(|word| CONNECTING.iter().any(|known| is(word, known))) {
        kept.pop();
    }
    kept
}

/// As much as fits. Connecting words go first, then the last of those that are neither a model nor a
/// measure, then the last.
fn fitted(mut words: Vec<&str>, most: usize) -> String {
    let length = |words: &[&str]| words.iter().map(|word| word.chars().count() + 1).sum::<usize>();
    while length(&words) > most + 1 && words.len() > 1 {
        let connecting = |word: &&str| CONNECTING.iter().any(|known| is(word, known));
        let plain = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
        let at = words.iter().rposition(connecting);
        // What the thing is stands in front: its first words stay.
        let at = at.or_else(|| words.iter().rposition(plain).filter(|at| *at > 1));
        words.remove(at.unwrap_or(words.len() - 1));
    }
    let title = words.join(" ");
    let title = title.trim_matches(|c: char| matches!(c, ',' | ';' | '-' | '–' | ':' | '|' | '/' | '.'));
    title.chars().take(most).collect::<String>().trim_end().to_owned()
}

/// Who makes what the first word names: sellers leave it out, buyers type it.
fn maker(words: &[&str]) -> Option<&'static str> {
    let first = words.first().filter(|_| !is_accessory(words))?;
    let (_, maker) = MAKERS.iter().find(|(lines, _)| lines.iter().any(|line| is(first, line)))?;
    Some(maker)
}

fn is_accessory(words: &[&str]) -> bool {
    words.iter().any(|word| ACCESSORIES.iter().any(|known| is(word, known)))
}

/// A word without what stands around it.
fn core(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is(word: &str, known: &str) -> bool {
    core(word).eq_ignore_ascii_case(known)
}

/// How many words at the beginning are a phrase; 0 where they are not.
fn matched(words: &[&str], phrase: &str) -> usize {
    let parts = phrase.split(' ');
    let count = parts.clone().count();
    let fits = words.len() >= count && parts.zip(words).all(|(part, word)| is(word, part));
    if fits { count } else { 0 }
}

/// Whether a lower-case text holds a phrase as whole words.
fn contains_phrase(text: &str, phrase: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (0..words.len()).any(|at| matched(&words[at..], phrase) > 0)
}

/// Said to hurry, to haggle or to praise, and searched for by nobody.
const NOISE: [&str; 52] = [
    "must sell",
    "must go",
    "needs to go",
    "need gone",
    "gotta go",
    "moving sale",
    "moving out",
    "for sale",
    "on sale",
    "selling",
    "sale",
    "obo",
    "o b o",
    "or best offer",
    "best offer",
    "make offer",
    "offers welcome",
    "cheap",
    "firm",
    "price drop",
    "reduced",
    "today only",
    "asap",
    "wow",
    "l@@k",
    "look",
    "hot deal",
    "great deal",
    "good deal",
    "steal",
    "great price",
    "good price",
    "cash only",
    "no trades",
    "no lowballers",
    "pick up only",
    "pickup only",
    "local pickup",
    "read description",
    "see description",
    "please read",
    "great condition",
    "good condition",
    "excellent condition",
    "mint condition",
    "perfect condition",
    "like new",
    "brand new",
    "barely used",
    "lightly used",
    "very nice",
    "beautiful",
];

/// What holds words together.
const CONNECTING: [&str; 14] =
    ["and", "with", "in", "of", "the", "a", "an", "for", "to", "from", "by", "on", "at", "w"];

/// Where one of these stands, the thing may be something for what is named, of another maker.
const ACCESSORIES: [&str; 18] = [
    "for",
    "case",
    "cases",
    "cover",
    "charger",
    "cable",
    "adapter",
    "dock",
    "stand",
    "mount",
    "protector",
    "screen",
    "parts",
    "box",
    "strap",
    "band",
    "controller",
    "compatible",
];

/// Product lines that one maker has.
const MAKERS: [(&[&str], &str); 10] = [
    (&["iphone", "ipad", "ipod", "macbook", "imac", "airpods", "homepod"], "Apple"),
    (&["playstation", "ps3", "ps4", "ps5", "walkman", "bravia"], "Sony"),
    (&["xbox"], "Microsoft"),
    (&["thinkpad", "ideapad"], "Lenovo"),
    (&["chromecast"], "Google"),
    (&["kindle"], "Amazon"),
    (&["gopro"], "GoPro"),
    (&["roomba"], "iRobot"),
    (&["wii", "gamecube", "gameboy"], "Nintendo"),
    (&["inspiron"], "Dell"),
];

/// Words that name the same thing.
const SAME: [&[&str]; 14] = [
    &["couch", "sofa"],
    &["tv", "television"],
    &["fridge", "refrigerator"],
    &["bike", "bicycle"],
    &["dresser", "chest of drawers"],
    &["desk", "writing table"],
    &["iphone", "smartphone", "cell phone"],
    &["macbook", "laptop", "notebook"],
    &["laptop", "notebook computer"],
    &["ps4", "playstation 4"],
    &["ps5", "playstation 5"],
    &["sneakers", "shoes", "trainers"],
    &["stroller", "pushchair"],
    &["headphones", "headset"],
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(platform: &str) -> Platform {
        platform.parse().unwrap()
    }

    #[test]
    fn the_searched_words_come_first_and_fit_the_venue() {
        let long = "MUST SELL!! iPhone 8 Plus 64GB unlocked with charger and case and original box in space gray, great condition, obo, cash only";
        let cases = [
            (
                long,
                "facebook",
                "iPhone 8 Plus 64GB unlocked with charger and case and original box in space gray",
            ),
            (long, "ebay", "iPhone 8 Plus 64GB unlocked with charger and case and original box space gray"),
            ("iPhone 8 Plus 64GB unlocked", "ebay", "Apple iPhone 8 Plus 64GB unlocked"),
            ("iPhone 8 case", "ebay", "iPhone 8 case"),
            ("Vintage oak dresser with mirror", "craigslist", "Vintage oak dresser with mirror"),
            ("Bike for sale - like new", "offerup", "Bike"),
            ("Galaxy S8 galaxy S8", "ebay", "Galaxy S8 S8"),
            ("For sale", "ebay", "For sale"),
            ("Samsung Galaxy S9", "mercari", "Samsung Galaxy S9"),
        ];
        for (name, platform, title) in cases {
            assert_eq!(title_for(name, &at(platform)), title, "{name} at {platform}");
        }
    }

    #[test]
    fn models_and_measures_outlast_other_words() {
        let name =
            "Canon EOS digital camera body kit bundle outfit accessories collection package strap 750D 24MP";
        let title = title_for(name, &at("craigslist"));
        assert!(title.chars().count() <= 70 && title.starts_with("Canon EOS"), "{title}");
        assert!(title.ends_with("750D 24MP"), "{title}");
    }

    #[test]
    fn other_names_are_told_where_the_title_lacks_them() {
        assert_eq!(
            search_words("Apple iPhone 8", "cell_phones"),
            ["smartphone", "cell phone", "cell phones"]
        );
        assert_eq!(search_words("Sofa bed couch", "furniture"), ["furniture"]);
        assert!(search_words("A thing", "uncategorised").is_empty());
    }

    proptest! {
        #[test]
        fn every_title_fits_and_is_made_of_the_names_words(name in "(\\PC{0,12} ){0,30}", ebay: bool) {
            let platform = at(if ebay { "ebay" } else { "craigslist" });
            let title = title_for(&name, &platform);
            prop_assert!(title.chars().count() <= title_chars(&platform), "{}", title);
            for word in title.split_whitespace() {
                prop_assert!(name.contains(word) || MAKERS.iter().any(|(_, maker)| *maker == word), "{}", word);
            }
        }
    }
}
