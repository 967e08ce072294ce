//! What a text claims of its sender that only some owners may say, or none.

use std::sync::LazyLock;

use autobazaaar_domain::words;
use regex::Regex;

use super::Facts;
use crate::lexicon::pattern;

words! {
    /// Something said to move the other side.
    Claim {
        /// Lives or is near.
        Near = "near",
        Cash = "cash",
        FlexiblePickup = "flexible_pickup",
        PaysPromptly = "pays_promptly",
        Collects = "collects",
        /// Buys as a business.
        Business = "business",
        /// Another seller, buyer or offer.
        Rival = "rival",
        /// Need, illness, family, a gift.
        Hardship = "hardship",
        /// A deadline beside that of the offer.
        Deadline = "deadline",
        /// Denies being an agent.
        Human = "human",
        /// Promises or threatens something outside the deal.
        Promise = "promise",
    }
}

impl Claim {
    /// Whether the owner's settings make it true. Nothing makes the last five true.
    fn holds(self, facts: &Facts) -> bool {
        let owner = facts.owner;
        match self {
            Self::Near => owner.lives_near.as_ref().is_some_and(|place| !place.trim().is_empty()),
            Self::Cash => owner.pays_cash,
            Self::FlexiblePickup => owner.flexible_pickup,
            Self::PaysPromptly => owner.pays_promptly,
            Self::Collects => owner.collects,
            Self::Business => owner.invoice,
            Self::Rival | Self::Hardship | Self::Deadline | Self::Human | Self::Promise => false,
        }
    }
}

/// Wide on purpose: a sentence wrongly taken for a claim costs a template, a claim missed is a lie.
static CLAIMS: LazyLock<Vec<(Claim, Regex)>> = LazyLock::new(|| {
    let of = |claim, words: &str| (claim, pattern(&format!(r"(?i)\b(?:{words})\b")));
    vec![
        of(
            Claim::Near,
            r"neighbou?rs?|neighbou?rhood|nearby|local(?:ly)?|(?:live|am|are|based|located|work|just) (?:very |quite )?(?:near|close|around|next|down|minutes|in)|around the corner|(?:minutes?|miles?|blocks?|streets?) (?:away|from|over)|in (?:the|your) area|same (?:town|city|street)",
        ),
        of(Claim::Cash, r"cash|banknotes?|bills in hand"),
        of(
            Claim::FlexiblePickup,
            r"flexib\w+|any ?time|whenever|(?:at|on) (?:a|any) (?:time|day) (?:that )?(?:suits|you)|time that suits",
        ),
        of(
            Claim::PaysPromptly,
            r"(?:pay|paid|payment|transfer|money)\b[^.!?\n]{0,40}\b(?:at once|immediate(?:ly)?|right away|promptly|instant(?:ly)?|today|tonight|same day|up ?front|in advance|straight away|as soon as)|immediate payment|prompt payment",
        ),
        of(
            Claim::Collects,
            r"collector|(?:my|our|a) collection|(?:i|we) collect(?: such| these| them| this kind)|collecting (?:these|such)|missing (?:piece|from my)",
        ),
        of(
            Claim::Business,
            r"invoices?|my (?:company|business|shop|store|firm)|our (?:company|business|shop|store|firm)|(?:as|am|are) (?:a )?(?:dealer|trader|reseller|business|professional)|on behalf of (?:a|my|our) (?:company|business)",
        ),
        of(
            Claim::Rival,
            r"(?:another|other|different|second|more) (?:seller|buyer|offer|listing|bidder|option|one|people|person|party)s?|someone else|somebody else|elsewhere|(?:found|seen|saw) (?:one|it|the same|a similar|similar|them|others?)|(?:cheaper|lower|less) (?:one|price|ones)? ?(?:at|on|from|somewhere)|competing|outbid|going rate|(?:sell|selling|sells|sold|go|going|goes|listed) for (?:less|about|around)|market (?:value|price)",
        ),
        of(
            Claim::Hardship,
            r"(?:my|our) (?:son|daughter|kids?|child(?:ren)?|wife|husband|mother|mom|mum|father|dad|grand\w+|family|baby|girlfriend|boyfriend|brother|sister|niece|nephew|rent|budget)|lost my|laid off|unemployed|students?|pensioner|single (?:mother|father|mom|dad|parent)|tight budget|on a budget|afford|broke|sick|ill|hospital|birthday|christmas|gift|present for|save(?:d)? up|saving up|all (?:the money )?(?:i|we) have|struggling|charity|poor|desperate(?:ly)?",
        ),
        of(
            Claim::Deadline,
            r"today only|only today|by (?:tonight|tomorrow|noon|midnight|today|the end of|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|last chance|before (?:i|we) (?:leave|go|move|buy|decide)|leav(?:e|ing) (?:town|soon)|mov(?:e|ing) (?:away|out|soon)|(?:expires?|ends?) (?:today|tonight|soon|in)|now or never|hurry|running out|within the (?:hour|day)|(?:a few|couple of) hours",
        ),
        of(
            Claim::Human,
            r"(?:not|no|never|isn't|aren't|'m not) (?:a |an |any )?(?:ro)?bots?|real (?:person|human|man|woman|buyer)|(?:i am|i'm|we are) (?:a |an )?(?:human|person)|not (?:automated|an? (?:ai|agent|machine|program))",
        ),
        of(
            Claim::Promise,
            r"guarantee\w*|promise\w*|swear|trust me|report you|lawyer|police|sue|positive (?:review|feedback|rating)|five stars?|5 stars?|leave (?:you )?a (?:good |great )?review|refund|tip you|bonus|extra money",
        ),
    ]
});

/// Claims in `text` that the owner's settings do not make true.
pub(super) fn untrue(text: &str, facts: &Facts) -> Vec<Claim> {
    CLAIMS
        .iter()
        .filter(|(claim, words)| !claim.holds(facts) && words.is_match(text))
        .map(|(claim, _)| *claim)
        .collect()
}
