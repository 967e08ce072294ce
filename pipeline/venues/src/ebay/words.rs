//! Words on eBay's pages, in the languages that eBay shows them in.

use autobazaaar_domain::{Condition, Utc};
use chrono::NaiveDate;

/// A condition as a subtitle words it; `None` where the text is something else.
pub(super) fn condition(text: &str) -> Option<Condition> {
    if let Some(condition) = crate::draft::condition(text) {
        return Some(condition);
    }
    let text = text.trim().to_lowercase();
    let is = |words: &[&str]| words.contains(&text.as_str());
    if is(&[
        "new (other)",
        "new other",
        "new with defects",
        "new without tags",
        "new without box",
        "開封済み",
        "neu (sonstige)",
        "neuf (autre)",
        "neu: sonstige (siehe artikelbeschreibung)",
    ]) {
        return Some(Condition::LikeNew);
    }
    if text.contains("refurbished")
        || text.contains("整備済")
        || text.contains("generalüberholt")
        || text.contains("reconditionné")
    {
        let worn = text.starts_with("good") || text.starts_with("very good") || text.starts_with("seller");
        return Some(if worn { Condition::Good } else { Condition::LikeNew });
    }
    if is(&[
        "真新しい新品",
        "新品",
        "brandneu",
        "neu",
        "neuf",
        "nuevo",
        "nuovo",
        "nieuw",
        "completamente nuevo",
        "nuevo (otro)",
    ]) {
        return Some(Condition::New);
    }
    if is(&[
        "中古品",
        "中古",
        "gebraucht",
        "occasion",
        "usato",
        "de segunda mano",
        "usado",
        "tweedehands",
        "pre-owned",
        "pre-loved",
    ]) || text.starts_with("pre-owned")
        || text.starts_with("used")
    {
        return Some(Condition::Good);
    }
    if is(&[
        "parts only",
        "for parts",
        "nur ersatzteile",
        "als ersatzteil / defekt",
        "pour pièces",
        "solo ricambi",
        "ジャンク品",
        "部品取り",
        "パーツのみ",
    ]) {
        return Some(Condition::Parts);
    }
    None
}

/// A condition by its number in the API.
pub(super) fn condition_id(id: &str) -> Option<Condition> {
    Some(match id {
        "1000" => Condition::New,
        "1500" | "1750" | "2000" | "2010" | "2500" | "2750" | "2990" => Condition::LikeNew,
        "2020" | "2030" | "3000" | "3010" | "4000" | "5000" => Condition::Good,
        "6000" => Condition::Fair,
        "7000" => Condition::Parts,
        _ => return None,
    })
}

/// Whether offers are welcome.
pub(super) fn is_offer(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "or best offer",
        "best offer",
        "ベストオファー",
        "preisvorschlag",
        "offre directe",
        "proposta d'acquisto",
        "mejor oferta",
        "of beste bod",
        "o mejor",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether it was sold at an offer that the page does not show.
pub(super) fn is_offer_accepted(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "best offer accepted",
        "preisvorschlag angenommen",
        "offre acceptée",
        "ベストオファーが承認",
        "ベストオファー成立",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether it counts bids: `3 bids`, `0 Gebote`.
pub(super) fn is_bids(text: &str) -> bool {
    let text = text.to_lowercase();
    let numbered = text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with("入札");
    numbered
        && ["bid", "gebot", "enchère", "offerte", "puja", "入札", "biedingen"]
            .iter()
            .any(|word| text.contains(word))
        && !text.contains("best")
}

/// Whether it says that sending costs nothing.
pub(super) fn is_free_shipping(text: &str) -> bool {
    let text = text.to_lowercase();
    let free =
        ["free", "無料", "kostenlos", "gratis", "gratuit", "gratuita"].iter().any(|word| text.contains(word));
    let sent = [
        "shipping",
        "delivery",
        "postage",
        "送料",
        "versand",
        "lieferung",
        "livraison",
        "spedizione",
        "envío",
        "verzending",
        "配送",
    ]
    .iter()
    .any(|word| text.contains(word));
    free && sent && !text.contains("return")
}

/// The count in `10 watchers`, `3+ watching`, `2人以上がウォッチ中`.
pub(super) fn watchers(text: &str) -> Option<i64> {
    let lower = text.to_lowercase();
    let watched = ["watcher", "watching", "ウォッチ", "beobachter", "observateur"]
        .iter()
        .any(|word| lower.contains(word));
    let digits: String = text.trim().chars().filter(|c| *c != ',').take_while(char::is_ascii_digit).collect();
    watched.then(|| digits.parse().ok()).flatten()
}

/// The country in `Located in China`, `from Japan`, `発送元 英国`.
pub(super) fn country(text: &str) -> Option<&str> {
    let before = [
        "Located in ",
        "located in ",
        "from ",
        "From ",
        "発送元 ",
        "発送元：",
        "aus ",
        "Standort: ",
        "de ",
        "provenance : ",
        "Da: ",
    ];
    before.iter().find_map(|word| text.strip_prefix(word)).map(str::trim).filter(|text| !text.is_empty())
}

/// Whether a caption says sold (and not: ended without a sale).
pub(super) fn is_sold(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    [
        "sold",
        "verkauft",
        "vendu",
        "venduto",
        "vendido",
        "verkocht",
        "販売済",
        "販売日",
        "売れました",
        "売却済",
        "落札",
    ]
    .iter()
    .any(|word| text.starts_with(word))
}

/// Whether a caption says that it ended.
pub(super) fn is_ended(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    ["ended", "beendet", "terminé", "終了"].iter().any(|word| text.starts_with(word))
}

/// The seller's share of good feedback, in percent, and how many: `liquid05 96.2% positive (1.1K)`,
/// `i3collectibles (3,908) 97.3%`.
pub(super) struct SellerLine {
    pub name: String,
    pub percentage: f64,
    pub count: Option<i64>,
}

pub(super) fn seller(text: &str) -> Option<SellerLine> {
    let percent = text.find('%')?;
    let digits = text[..percent]
        .rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let percentage: f64 = text[digits..percent].replace(',', ".").parse().ok()?;
    let open = text.find('(')?;
    let close = open + text[open..].find(')')?;
    let name_end = open.min(digits);
    let name = text[..name_end].trim();
    let legal = (0.0..=100.0).contains(&percentage) && !name.is_empty() && !name.contains(' ');
    legal.then(|| SellerLine {
        name: name.to_owned(),
        percentage,
        count: rounded_count(&text[open + 1..close]),
    })
}

/// `1.1K` → 1,100; `3,908`; `2.5M`.
pub(super) fn rounded_count(text: &str) -> Option<i64> {
    let text = text.trim();
    let (digits, thousands) = match text.chars().last()? {
        'K' | 'k' => (&text[..text.len() - 1], 1_000),
        'M' | 'm' => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    if thousands == 1 {
        return digits.replace([',', '.'], "").parse().ok();
    }
    let (whole, tenths) = digits.split_once('.').unwrap_or((digits, "0"));
    let (whole, tenths): (i64, i64) = (whole.replace(',', "").parse().ok()?, tenths.get(..1)?.parse().ok()?);
    whole.checked_mul(thousands)?.checked_add(tenths * thousands / 10)
}

/// The day in `Sold  May 4, 2026`, `Sold 4 May 2026`, `Verkauft 4. Mai 2026`, `2026年5月4日`, at noon
/// UTC because the hour is not shown.
pub(super) fn day(text: &str) -> Option<Utc> {
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| (1..=4).contains(&digits.len()))
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let date = if text.contains('年') {
        let [year, month, day] = numbers[..] else { return None };
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
    } else {
        let [day, year] = numbers[..] else { return None };
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month(text)?, day)?
    };
    Some(date.and_hms_opt(12, 0, 0)?.and_utc())
}

/// The day in a sentence that may name the hour too: `sold on Mon, Oct 27, 2025 at 12:10 PM`. Most name no
/// year: then it is not known.
pub(super) fn day_in(text: &str) -> Option<Utc> {
    let mut words = text.split_whitespace();
    let named = |word: &&str| !word.contains(':') && *word != "at";
    let before_hour: Vec<&str> = words.by_ref().take_while(named).collect();
    // "Ended: Oct 27, 2025 12:10:05 PDT": the first colon ends a label, not the date.
    let text = if before_hour.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        before_hour.join(" ")
    } else {
        words.take_while(named).collect::<Vec<_>>().join(" ")
    };
    day(&text)
}

/// Beginnings of months' names that fit no other month.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "janv"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrz", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

fn month(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic());
    let month_of =
        |word: &str| MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    // The month stands behind the word for sold.
    words.rev().find_map(month_of).and_then(|at| u32::try_from(at + 1).ok())
}
