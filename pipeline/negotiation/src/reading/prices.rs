//! Which amounts of a text are a price of the writer's own.

use std::sync::LazyLock;

use autobazaaar_domain::{Cents, Currency};
use regex::Regex;

use super::Party;
use super::amounts::{Amount, amounts_of_folded};
use super::sentences::around;
use crate::lexicon::pattern;

/// An amount that the writer would take (or pay).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Own {
    pub value: Cents,
    /// Where it stands in the text.
    pub start: usize,
    pub end: usize,
    /// Said to be wished or asked rather than demanded: "I was hoping for 120".
    pub wished: bool,
    /// Words of demand or consent stand with it: "I can do 80".
    pub firm: bool,
}

/// The amounts of a text, sorted by what they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prices {
    /// The writer's own, in the order of the text.
    pub own: Vec<Own>,
    /// The other side's offer, refused or asked back.
    pub quoted: Option<Cents>,
    /// Some money of another kind is spoken of.
    pub other: bool,
}

impl Prices {
    /// The price at which the writer would close: of several the one that is demanded before the
    /// one that is wished, and the lowest a seller names (the highest a buyer names).
    pub fn best(&self, from: Party) -> Option<Cents> {
        let demanded = self.own.iter().filter(|own| !own.wished).map(|own| own.value);
        let wished = self.own.iter().map(|own| own.value);
        match from {
            Party::Seller => demanded.min().or_else(|| wished.min()),
            Party::Buyer => demanded.max().or_else(|| wished.max()),
        }
    }
}

/// Sorts the amounts of a folded, lower-case text. `against` is the offer it may answer.
pub(super) fn in_text(text: &str, currency: Currency, list: Option<Cents>, against: Option<Cents>) -> Prices {
    let mut prices = Prices::default();
    for amount in amounts_of_folded(text, currency) {
        let (before, after) = around(text, amount.start, amount.end);
        match kind(&amount, before, after, list, against, currency) {
            Kind::Own { wished, firm } => prices.own.push(Own {
                value: amount.value,
                start: amount.start,
                end: amount.end,
                wished,
                firm,
            }),
            Kind::Quoted => prices.quoted = Some(amount.value),
            Kind::OtherMoney => prices.other = true,
            Kind::NoMoney => {}
        }
    }
    prices
}

enum Kind {
    Own { wished: bool, firm: bool },
    Quoted,
    OtherMoney,
    NoMoney,
}

fn kind(
    amount: &Amount,
    before: &str,
    after: &str,
    list: Option<Cents>,
    against: Option<Cents>,
    currency: Currency,
) -> Kind {
    let near = last_words(before, 60);
    let close = first_words(after, 60);
    if amount.value.0 <= 0 || UNIT_AFTER.is_match(close) && !amount.marked {
        return Kind::NoMoney;
    }
    if !amount.marked && (NAME_BEFORE.is_match(near) || year_like(amount, near, list, currency)) {
        return Kind::NoMoney;
    }
    let firm = DEMAND_BEFORE.is_match(near) || CONSENT_AFTER.is_match(close);
    if !amount.marked && !plausible(amount.value, list, firm, currency) {
        return Kind::NoMoney;
    }
    if DIFFERENCE_AFTER.is_match(close) || DIFFERENCE_BEFORE.is_match(near) {
        return Kind::OtherMoney;
    }
    if FOREIGN_AFTER.is_match(close) || foreign_before(near, amount.value, list) {
        return Kind::OtherMoney;
    }
    let floor = FLOOR_BEFORE.is_match(near);
    let clause = last_clause(near);
    let refused = QUOTED_BEFORE.is_match(near)
        || TOO_LOW_AFTER.is_match(close)
        || (REFUSED_BEFORE.is_match(clause) && !floor && !ASKED_BEFORE.is_match(clause));
    if refused {
        return Kind::Quoted;
    }
    let share = list.filter(|list| list.0 > 0).map(|list| amount.value.0 as f64 / list.0 as f64);
    if share.is_some_and(|share| share < 0.1 || (amount.marked && share < 0.2 && !firm && !floor)) {
        return Kind::OtherMoney;
    }
    let asked = before.trim().is_empty() && after.trim().ends_with('?');
    let echoed = against == Some(amount.value) && asked && (after.trim() == "?" || !firm);
    if echoed {
        return Kind::Quoted;
    }
    let wished = WISHED_BEFORE.is_match(near) && !floor;
    Kind::Own { wished, firm: firm || floor }
}

/// Whether the words before an amount make it other money than the price.
fn foreign_before(near: &str, value: Cents, list: Option<Cents>) -> bool {
    let Some(found) = FOREIGN_BEFORE.find(near) else { return false };
    if OWN_AGAIN.is_match(found.as_str()) || SELLS_BEFORE.is_match(near) {
        return false;
    }
    // "I'll deliver it for 180" of something at 200 is the price; for 20 it is the fee.
    let near_ask = list.is_some_and(|list| value.0 * 10 >= list.0 * 6 && value.0 * 10 <= list.0 * 14);
    !(near_ask && BUNDLED.is_match(found.as_str()))
}

/// What stands after the last word that starts a new thought.
fn last_clause(text: &str) -> &str {
    THOUGHT.find_iter(text).last().map_or(text, |found| &text[found.end()..])
}

/// The end of a text, at most so many bytes, cut at a character.
fn last_words(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

fn first_words(text: &str, bytes: usize) -> &str {
    let mut to = text.len().min(bytes);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[..to]
}

/// Whether a number without a currency can be a price of the thing at all.
fn plausible(value: Cents, list: Option<Cents>, firm: bool, currency: Currency) -> bool {
    match list.filter(|list| list.0 > 0) {
        Some(list) => {
            let share = value.0 as f64 / list.0 as f64;
            if firm { (0.15..=2.5).contains(&share) } else { (0.3..=1.8).contains(&share) }
        }
        None => firm || value.0 >= 10 * currency.scale(),
    }
}

/// 1950 to 2035 without a currency is a year, unless it is near the ask and stands like a price.
fn year_like(amount: &Amount, near: &str, list: Option<Cents>, currency: Currency) -> bool {
    let scale = currency.scale();
    let major = amount.value.0 / scale;
    if amount.in_words
        || amount.value.0 % scale != 0
        || !(1950..=2035).contains(&major)
        || amount.written.contains([',', '.', 'k'])
    {
        return false;
    }
    if YEAR_BEFORE.is_match(near) {
        return true;
    }
    list.is_none_or(|list| amount.value.0 * 5 < list.0 * 2 || amount.value.0 > list.0 * 2)
}

static UNIT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x)^[\s-]*(?:
        years?|yrs?|yr|months?|mos?|weeks?|wks?|days?|hours?|hrs?|hr|minutes?|mins?|min|seconds?|secs?|miles?|mi|mph|mpg|km|kms|kilomet\w+|k\s?miles|k\s?mi
        |inch(?:es)?|in(?:\s(?:tall|wide|long|high|deep|diameter|screen|monitor|tv|by|x)|\.|x)|feet|foot|ft|yards?|yds?|cm|mm|met(?:er|re)s?|sq
        |lbs?|pounds?|oz|ounces?|kg|kgs?|grams?|gallons?|liters?|litres?|quarts?
        |gb|tb|mb|gigs?|gigabytes?|mhz|ghz|mp|megapixels?|watts?|w\b|volts?|v\b|amps?|mah|hz|rpm|cc|hp|horsepower|cylinders?|valves?
        |speeds?|gears?|people|persons?|adults?|kids?|owners?|times|pieces?|pcs|drawers?|shelves|chairs?|doors?|seats?|wheels?|tires?|pairs?|sets?|boxes|bedrooms?|rooms?|stars?|percent|degrees?|lumens?|inputs?|ports?|channels?|bulbs?
        |others?|of\s(?:them|these|those)|more\s(?:of|months?|years?|days?)|left\b|or\sso\s(?:years?|months?|miles?)|year|month|tv\b|tvs\b|pm|am|st|nd|rd|th|%|x\b|°
        )\b|^[\s-]*(?:"|''|%|°)"#,
    )
});
/// "iphone 6", "size 10", "apt 4".
static NAME_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\b(?:iphone|ipad|galaxy|note|pixel|model|size|version|series|gen|generation|ps|playstation|xbox|windows|number|no\.|phone|call|text|zip|apt|apartment|room|unit|suite|street|exit|route|highway|hwy|page|channel|part|class|type|mark|mk|level|grade|chapter|step|age|aged|nokia|lg|bmw|mazda|audi|ford|f|macbook|hero|gopro|moto|nexus|i|tile|photos?|picture|top|ios|android|version)\s|#)\s?$",
    )
});
static YEAR_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:in|since|from|year|the|a|an|my|early|late|mid|until|till|by|summer|spring|fall|winter|of|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|built|made|bought(?: it| them)?|it's|its|is)\s*$",
    )
});
/// Amounts by which a price moves.
static DIFFERENCE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:off\b|less\b(?:$|\s*[.,!?]|\s+(?:for|and|if|then|since|because)\b)|less than (?:the|my|what|i|list|asking|retail)|more\b|extra\b|cheaper|discount|below (?:my|the|asking|list|retail|market)|under (?:my|the|asking|list)|lower than|higher|over (?:my|the|asking|list)|difference|towards?\b|in (?:gas|parts|repairs)\b)",
    )
});
static DIFFERENCE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:knock|take|taking|drop|come down|go down|lower|reduce|cut|shave|bring)(?: (?:it|the price|price|that|them|another|off|maybe|like|around|about|only|down))* (?:off|by)|(?:knock|shave)(?: off)?|save(?: you)?|saving(?: you)?|saves(?: you)?|by another|an? (?:extra|additional|more)|an(?:other)?|add(?: in| on)?|extra|plus|difference(?: is| of)?|discount of|almost|take off|about a) \W*$",
    )
});
/// Money that is not the price: what it cost, costs elsewhere, is worth, a fee, another's offer.
static FOREIGN_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:(?:brand )?new\b|retail|value\b|(?:in|at) (?:the )?(?:stores?|retail)|on (?:amazon|ebay)|at (?:target|walmart|best ?buy|ikea|costco|home depot)|gas card|gift card|for (?:the )?(?:shipping|delivery|gas|postage|repairs?|parts?|labor)|shipping|delivery|deposit|in (?:repairs?|parts?|upgrades?|accessories)|worth of|(?:a|per|each) (?:month|year|week|day)|originally|when (?:i|it|they|we) (?:bought|got|was|were)|years? ago|months? ago|(?:last|this) (?:year|month|summer|winter))",
    )
});
static FOREIGN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?:
        \bbrand[\s-]new\W+(?:for|at|was|is|it|they|these|this|price|ones?|cost\w*|retail\w*|goes|go|sells?|runs?|from|i|you)\b[^,;]{0,40}
        | \b(?:gas|gift)\scards?\b[^,;]{0,20}
        | \b(?:paid|payed|spent|invested|owe|owed|invoice)\b[^,;.]{0,40}
        | \b(?:bought|got|purchased|picked)\s(?:it|this|them|these|that|the\s\w+|mine|one)\b[^,;]{0,25}\s(?:for|at)
        | \b(?:cost|costs|costed|costing)\b[^,;]{0,30}
        | \b(?:retail|retails|retailed|retailing|msrp|sticker|original(?:ly)?|new\sones?|kbb|blue\sbook|book\svalue|appraised|insured|market\svalue|stores?|online|amazon|ebay|craigslist|dealer(?:ship)?|elsewhere|other\ssellers?|full\sprice)\b[^,;]{0,40}
        | \bworth\b[^,;]{0,25} | \bvalued\sat\b
        | \b(?:sell|sells|sold|selling|go|goes|going|listed|run|runs|priced|valued)\s(?:new\s|used\s|online\s|elsewhere\s|usually\s|normally\s)*(?:for|at|around)\s(?:new|retail|more\sthan|over|up\sto|like|about|around)
        | \b(?:they|these|those|similar\s\w+|others?|new\sones|most)\s(?:\w+\s)?(?:sell|go|are\sselling|are\sgoing|retail|run|cost|going)\s(?:for|at|around)
        | \b(?:ship|shipping|postage|ups|fedex|delivery|deliver|gas)\b[^,;]{0,25}\b(?:is|are|was|for|costs?|me|about|around|fee|another|be|at)
        | \b(?:deposit|fee|tax|taxes|warranty|insurance|repair|tune[\s-]?up|battery|parts?)\s(?:is|was|of|for|costs?|are)
        | \bthrow\sin\b[^,;]{0,25}
        | \b(?:instead\sof|down\sfrom|reduced\sfrom|marked\sdown\sfrom|used\sto\sbe)
        | \b(?:someone|somebody|another\s(?:buyer|person|guy|party|lady)|other\s(?:buyer|person|guy|people))\b[^.]{0,40}
        )\s*(?:\w+\s)?\W*$",
    )
});
/// After talk of other money, the writer comes back to a price of their own.
static OWN_AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:i|we)(?:'ll|'d|'m| will| would| can| could| am| need| want)|how about|what about|asking|lowest|let (?:it|them) go|sell (?:it|them) (?:to you )?for|so i|make it|final|settle)\b[^,;]{0,30}$|\b(?:lowered|dropped|reduced|marked) (?:it|the price|them)?(?: down)? ?(?:to|at) \W*$",
    )
});
/// Their offer and a word that it is too low.
static TOO_LOW_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^\s*(?:dollars?|bucks?)?\s*(?:
        (?:is|are|was|would\sbe|'s|seems?|sounds?|feels?)\s(?:just\s|still\s|a\s|an\s|way\s|much\s|far\s|kind\sof\s|kinda\s|a\slittle\s|little\s|a\sbit\s|bit\s|quite\s|pretty\s|really\s|very\s|too\s|so\s|definitely\s|a\slot\s|lot\s|rather\s|somewhat\s|slightly\s|super\s|extremely\s|simply\s)*
            (?:low|lower|lowball|less|under|below|little|cheap|insulting|unreasonable|ridiculous|out\sof|not\s(?:enough|going|acceptable|possible|fair|gonna)|short)
        | (?:just\s)?(?:won't|will\snot|doesn't|does\snot|isn't|is\snot|wouldn't|can't)\s(?:work|do|be|cut|happen|enough|going|acceptable|quite)
        | (?:way\s|much\s|far\s)?too\slow | is\sa\sno | \?\s*(?:no|nope|that|really|come\son)
        | is\sway\s | \?+\s*(?:that's|thats)\s(?:way\s)?too
        )",
    )
});
/// Refusal before an amount: "can't do 80".
static REFUSED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:can'?t|cannot|can not|couldn'?t|could not|won'?t|will not|wouldn'?t|would not|unable to|not (?:able|willing|going|gonna|prepared|interested)(?: to| in)?|never|refuse to|no way(?: i| i'm| i can)?|don'?t think i can|do not think i can)\b[^,;.]{0,40}$|\b(?:not|no to)\s*(?:at|for|to|just|only)?\s*\W*$",
    )
});
/// A lowest price: "can't go below 80", "no less than 80", "at least 80".
static FLOOR_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:less|lower|below|under|cheaper|anything under)(?: than)?(?: about| around| like| at)?\s*\W*$|\b(?:at least|no less than|minimum(?: of| is)?|lowest|bottom(?: line)?|rock bottom)\b[^,;]{0,45}$",
    )
});
static WISHED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:asking(?: price)?|hoping|wanted|looking (?:to get|for)|listed|listing|posted|was thinking|ideally|would like|i'd like|i'd love|want(?:ing)?|trying to (?:get|sell)|advertised|selling (?:it|this|them) for|i'm selling)\b[^,;]{0,40}$",
    )
});
/// Words of a price that is meant.
static DEMAND_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)\b(?:how\sabout|what\sabout|can\sdo|could\sdo|will\sdo|would\sdo|'ll\sdo|'d\sdo|do|take|taking|accept|accepting|asking|want|need|get|least|than|lowest|say|make\sit|pay|paying|go|going|went|down|up|price|offer|offering|settle|consider|considering|meet|firm|only|sell|selling|split|call\sit|part\swith|let|give|giving|go\sas\slow|have|yours|sold|deal|agree|agreed|at|is|be|spend|budget|max|maximum|highest|most)
        (?:\s(?:it|is|you|them|this|that|one|at|for|to|on|of|as|low|an|a|the|even|around|about|like|just|only|me|us|with|be|around|roughly|maybe|in|middle|price|best|final|offer|i|can|could|do|go|would|will|in\sthe\smiddle|up|down|low|my|something|close|and|pick|deliver))*\s*\W*$",
    )
});
static CONSENT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:it is|works|sounds|is (?:fine|good|ok|okay|fair|great|perfect|acceptable|doable|a deal|the deal|my|the|as low|what|reasonable)|would (?:be|work)|firm\b|obo\b|or best|cash\b|and (?:it|you|we|they|i)\b|if you|,? no less|each\b|final\b|seems (?:fair|reasonable|good)|total\b|even\b)",
    )
});
static THOUGHT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[,;]\s|\s(?:but|so|because|however|though|and (?:i|we|so)|instead|then)\s"));
/// A refusal that is a question to us: "are you sure you can't go 90".
static ASKED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:you (?:really )?(?:can'?t|couldn'?t|won'?t|wouldn'?t|cannot)|(?:can'?t|couldn'?t|won'?t|wouldn'?t) (?:you|we)|would you not|could you not)\b",
    )
});
/// The writer sells the thing for it, whatever else is spoken of.
static SELLS_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:i|we)(?:'ll|'d| will| can| could| would)? (?:be (?:able|willing) to )?(?:sell|let you have|give) (?:you |it |them |this )[^.!?]{0,40}\b(?:for|at)\s*\W*$",
    )
});
/// Talk of what comes with the thing.
static BUNDLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\W*(?:ship|deliver|throw|warranty|parts?|gas|postage)"));
/// "You said 80".
static QUOTED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\byou(?:'ve| have)? (?:just |already )?(?:said|offered|mentioned|told|agreed|wrote)\b[^,;.]{0,30}$|\byour (?:offer|bid) (?:was|is)\s*$",
    )
});
