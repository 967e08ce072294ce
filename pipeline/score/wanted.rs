//! Advertisements of people who want to buy. Such a "listing" offers nothing, and its price, where
//! it has one, is what somebody would pay.
//!
//! Only the title is read: descriptions of ordinary listings are full of "serious buyers only" and
//! "I would rather have cash". A rule must name the buying itself ("we buy", "cash for your",
//! "top buyer"); a word that sellers use as well (buy, buyer, wanted, cash) never suffices without
//! its neighbours.

/// Lower-case words of a lower-case text: runs of letters and digits.
pub(super) fn words(lower: &str) -> Vec<&str> {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Phrases that only somebody who buys writes, as consecutive words.
const PHRASES: &[&[&str]] = &[
    &["wtb"],
    &["we", "buy"],
    &["we", "buying"],
    &["webuy"],
    &["i", "buy"],
    &["i", "am", "buying"],
    &["i", "m", "buying"],
    &["we", "pay"],
    &["i", "pay"],
    &["i", "will", "buy"],
    &["will", "pay", "cash"],
    &["want", "to", "buy"],
    &["wanted", "to", "buy"],
    &["looking", "to", "buy"],
    &["sell", "me", "your"],
    &["sell", "us", "your"],
    &["sell", "your"],
    &["top", "buyer"],
    &["tbuyer"],
    &["we", "are", "tbuy"],
    &["buyer", "of"],
    &["cash", "buyer"],
    &["buying", "your"],
    &["buying", "all"],
    &["buying", "used"],
    &["paying", "cash"],
    &["top", "dollar", "paid"],
    &["paying", "top", "dollar"],
    &["cash", "paid"],
    &["call", "now", "buy"],
    &["cash", "for", "your"],
    &["cash", "4", "your"],
    &["instant", "cash"],
    &["fast", "cash", "for"],
    &["top", "cash"],
    &["suche"],
    &["ich", "suche"],
    &["wir", "kaufen"],
    &["ankauf", "von"],
    &["kaufe"],
];

/// Words before `buyer` that make it somebody a seller speaks of.
const SELLERS_BUYER: &[&str] = &[
    "serious",
    "first",
    "next",
    "the",
    "to",
    "by",
    "any",
    "for",
    "real",
    "right",
    "lucky",
    "no",
    "only",
    "a",
    "good",
    "with",
    "ready",
    "new",
    "interested",
    "motivated",
    "picky",
    "low",
    "time",
];

/// Words after a leading `wanted` that make it a title, not a wish.
const NAMED_WANTED: &[&str] =
    &["poster", "posters", "dead", "movie", "dvd", "blu", "game", "weapons", "sign"];

/// What sellers look for, beside a price: "looking for a new home", "… a serious buyer".
const SOUGHT_BY_SELLERS: &[&str] = &[
    "home", "owner", "buyer", "change", "someone", "somebody", "tenant", "roommate", "renter", "family",
    "person", "place", "offers", "trade", "trades",
];

/// Whether a title is that of somebody who wants to buy. `has_ask` is whether the advertisement
/// states a price that is meant: doubtful titles count as wishes only without one.
#[must_use]
pub fn is_wanted_ad(title: &str, has_ask: bool) -> bool {
    // "Ca$h", "$ell": the sign stands for its letter.
    let lower = title.to_lowercase().replace("ca$h", "cash").replace("$ell", "sell");
    let words = words(&lower);
    let Some(first) = words.first() else { return false };
    let second = words.get(1).copied().unwrap_or_default();
    if PHRASES.iter().any(|phrase| holds(&words, phrase)) {
        return !sellers_turn(&words);
    }
    let leading = match *first {
        "wanted" => !NAMED_WANTED.contains(&second),
        // A norm or a film's speed; a year is that of the thing sought.
        "iso" => second.parse().map_or(true, |number: u32| (1950..2050).contains(&number)),
        "buyer" => second != "beware",
        "ankauf" | "cash4" => true,
        "cash" => second == "for" || second == "4",
        // "Looking for a change?" opens offers too; "looking for a new home" is said of gifts.
        "looking" if second == "for" => {
            let (asks, sellers) = if has_ask {
                (title.contains('?'), SOUGHT_BY_SELLERS)
            } else {
                (false, &SOUGHT_BY_SELLERS[..2])
            };
            !asks && !words.iter().any(|word| sellers.contains(word))
        }
        "buy" | "buying" => !has_ask,
        _ => false,
    };
    leading || speaks_as_buyer(&words) || speaks_of_buying_twice(&words)
}

/// "Buy iPhone … buy Galaxy", "buy phones, wants tablets": once could be a seller's "buy now".
fn speaks_of_buying_twice(words: &[&str]) -> bool {
    let buys = |i: usize| {
        let shop = i > 0 && words[i - 1] == "best";
        let of_ours = words
            .get(i + 1)
            .is_some_and(|next| ["now", "it", "1", "one", "2", "two", "3", "any"].contains(next));
        matches!(words[i], "buy" | "buying" | "tbuy") && !shop && !of_ours
    };
    let bought = (0..words.len()).filter(|&i| buys(i)).count();
    let wants = words.iter().any(|word| matches!(*word, "wants" | "wanted"));
    let gets = words.contains(&"get") || words.contains(&"free");
    !gets && (bought >= 2 || bought == 1 && wants)
}

/// `buyer` said of oneself: after a thing ("iphone buyer"), not after a word a seller would use.
fn speaks_as_buyer(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(i, word)| {
        *word == "buyer"
            && i > 0
            && !SELLERS_BUYER.contains(&words[i - 1])
            && words.get(i + 1).is_none_or(|next| !["only", "beware", "pays", "pay", "must"].contains(next))
    })
}

/// What sellers write around the same words: "sell your old one and buy this", "we buy and sell".
fn sellers_turn(words: &[&str]) -> bool {
    let phrases: [&[&str]; 5] = [
        &["for", "sale"],
        &["buy", "sell"],
        &["buy", "and", "sell"],
        &["or", "i", "buy"],
        &["pay", "shipping"],
    ];
    let sells = phrases.iter().any(|phrase| holds(words, phrase));
    // "We buy and sell" stands over shops' offers as over their wishes; only a wish names no sale.
    sells && !holds(words, &["wtb"]) && !holds(words, &["top", "buyer"])
}

/// Whether the words hold the phrase, one word after the other.
pub(super) fn holds(words: &[&str], phrase: &[&str]) -> bool {
    words.windows(phrase.len()).any(|window| window == phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_who_buy() {
        for title in [
            "We Buy Phones!",
            "$$ CASH FOR IPHONES $$",
            "cash for your locked galaxy",
            "I buy broken laptops",
            "iPhone / Samsung BUYER!!",
            "WTB: old servers",
            "Wanted locked MacBooks",
            "Sell your phone - top buyer",
            "I pay cash for smartphones",
            "ISO a used crib",
            "Suche altes Fahrrad",
            "CA$H PAID 4 TABLETS",
            "BUY iPhone 8 (buy Galaxy)",
            "iphone x webuy cash offer",
            "Looking for a pick-up truck",
            "ISO 2015 Subaru Outback",
        ] {
            assert!(is_wanted_ad(title, true), "{title}");
        }
        let doubtful = "Buy new phones of all kinds";
        assert!(is_wanted_ad(doubtful, false) && !is_wanted_ad(doubtful, true));
        assert!(!is_wanted_ad("Sofa looking for a new home", false));
        for title in [
            "Looking for a change? Honda Civic",
            "Looking for a serious buyer, MacBook Pro",
            "ISO 9001 scale",
        ] {
            assert!(!is_wanted_ad(title, true), "{title}");
        }
    }

    #[test]
    fn people_who_sell() {
        for title in [
            "iPhone X 64 GB unlocked",
            "Phone, serious buyers only",
            "Galaxy S8 to the first buyer",
            "Selling for cash, will trade",
            "Need for Speed Most Wanted",
            "Wanted poster, framed",
            "Sofa looking for a new home",
            "Buy one get one free cases",
            "ISO 9001 handbook",
            "Cash register",
            "Best Buy gift card",
            "Camera, ISO 6400",
            "Buyers guide 1988",
            "Buy 2 get one free, buy now",
            "Why buy new? Laptop, half the price",
            "Serious buyer only, 2010 pick-up",
            "",
        ] {
            assert!(!is_wanted_ad(title, true), "{title}");
        }
    }

    /// Rows flagged and rows altogether in the files of one venue.
    fn flagged(folder: &std::path::Path, venue: &str, column: &str) -> (usize, usize) {
        let (mut found, mut all) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            if !name.contains(venue) || !name.ends_with(".csv") {
                continue;
            }
            let mut rows = csv::ReaderBuilder::new().flexible(true).from_path(&path).unwrap();
            let header = rows.byte_headers().unwrap().clone();
            let place = |name: &str| header.iter().position(|cell| cell == name.as_bytes()).unwrap();
            let (title, price) = (place(column), place("Price"));
            for row in rows.byte_records().filter_map(Result::ok) {
                let text =
                    |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default()).into_owned();
                let amount = text(price).trim_start_matches('$').parse::<f64>().unwrap_or(0.0);
                all += 1;
                found += usize::from(is_wanted_ad(&text(title), amount > 1.0));
            }
        }
        (found, all)
    }

    #[test]
    fn real_listings_of_two_venues() {
        let root = std::env::var("AUTOBAZAAAR_REAL_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
        let folder = std::path::Path::new(&root).join("listings/phones-sandiego-2019-daily");
        if !folder.is_dir() {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "real data not found");
            println!("skipped: real data not found");
            return;
        }
        // One venue is full of such advertisements, the other nearly free of them.
        let (wishes, all) = flagged(&folder, "craigslist", "Name");
        println!("craigslist: {wishes} of {all}");
        assert!(wishes * 10 > all, "{wishes} of {all}");
        let (wishes, all) = flagged(&folder, "offerup", "Title");
        println!("offerup: {wishes} of {all}");
        assert!(wishes * 500 < all, "{wishes} of {all}");
    }
}
