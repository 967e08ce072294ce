//! What a reply refers to: the offer that stands, and what our side said last.

use std::sync::LazyLock;

use autobazaaar_domain::Cents;
use regex::Regex;

use super::fold::fold;
use super::prices::{self, Prices};
use super::sentences::sentences;
use super::{Heard, Party, Utterance};
use crate::lexicon::pattern;

/// What our side said last, as far as a yes or no of theirs can refer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Named a price.
    Offer,
    /// Said yes to their price or terms.
    Agreed,
    /// Asked for a lower (higher) price without naming one.
    AskedForBetter,
    /// Asked something else, or chatted.
    Other,
}

/// The bargain so far, seen from the writer of the message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// Our offer that stands.
    pub offer: Option<Cents>,
    /// The last price of their own.
    pub theirs: Option<Cents>,
    pub last: Last,
    /// Our last words end in a question about something other than the price, so that a bare
    /// "yes" answers that.
    pub asked_aside: bool,
    /// Some price was agreed to before.
    pub agreed_before: bool,
}

/// How many utterances back are looked at.
const LOOK_BACK: usize = 8;

/// Reads the utterances before a message.
pub(super) fn context(heard: &Heard) -> Context {
    let mut context = Context {
        offer: None,
        theirs: None,
        last: if heard.before.is_empty() && heard.our_offer.is_some() { Last::Offer } else { Last::Other },
        asked_aside: false,
        agreed_before: false,
    };
    let start = heard.before.len().saturating_sub(LOOK_BACK);
    for utterance in &heard.before[start..] {
        note(&mut context, utterance, heard);
    }
    context.offer = heard.our_offer.or(context.offer);
    context
}

fn note(context: &mut Context, utterance: &Utterance, heard: &Heard) {
    let bounded: String = utterance.text.chars().take(4_000).collect();
    let text = fold(&bounded).to_lowercase();
    let ours = utterance.party != heard.from;
    let against = if ours { context.theirs } else { context.offer };
    let prices = prices::in_text(&text, heard.currency, heard.list_price, against);
    if !ours {
        context.theirs = prices.best(heard.from).or(context.theirs);
        return;
    }
    let glad = GLAD.is_match(&text) && (text.split_whitespace().count() <= 8 || context.agreed_before);
    let agrees = (glad || AGREES.is_match(&text)) && !REFUSES.is_match(&text);
    let theirs_named = YOUR_PRICE.is_match(&text);
    let price = our_price(&prices, against, heard).filter(|_| !theirs_named);
    let differs = price.is_none() && !theirs_named && BY_SO_MUCH.is_match(&text);
    context.offer =
        price.or(context.offer.filter(|_| !agrees)).or(context.theirs.filter(|_| agrees)).or(context.offer);
    context.last = match price {
        Some(_) => Last::Offer,
        None if differs => Last::Offer,
        None if agrees => Last::Agreed,
        None if ASKS_BETTER.is_match(&text) => Last::AskedForBetter,
        None => Last::Other,
    };
    context.agreed_before |= agrees && price.is_none();
    context.asked_aside = asks_aside(&text, context.last);
}

/// Whether a question about something other than the price follows our last words about it.
fn asks_aside(text: &str, last: Last) -> bool {
    let all = sentences(text);
    let priced = all.iter().rposition(|sentence| sentence.chars().any(|c| c.is_ascii_digit()));
    let asked = all.iter().skip(priced.unwrap_or(0)).filter(|sentence| sentence.ends_with('?'));
    asked.into_iter().any(|sentence| {
        let clause = sentence.rsplit([',', ';']).next().unwrap_or(sentence);
        let of_price = PRICE_WORDS.is_match(clause) || clause.chars().any(|c| c.is_ascii_digit());
        !(of_price || last == Last::Agreed && LOGISTICS.is_match(clause))
    })
}

/// The price that our side named: as a buyer the last one, for who bids rises.
fn our_price(prices: &Prices, against: Option<Cents>, heard: &Heard) -> Option<Cents> {
    let meant = |price: Cents| heard.list_price.is_none_or(|list| price.0 * 20 > list.0);
    // Nobody bids above the ask where they name a price below it too.
    let below =
        |price: Cents| heard.from == Party::Buyer || heard.list_price.is_none_or(|list| price <= list);
    let own: Vec<_> = prices.own.iter().filter(|own| meant(own.value)).collect();
    let likely = [
        own.iter().rfind(|own| own.firm && below(own.value)),
        own.iter().rfind(|own| below(own.value)),
        own.last(),
    ];
    let last = likely.into_iter().flatten().next().map(|own| own.value);
    last.or_else(|| prices.quoted.filter(|quoted| Some(*quoted) == against && meant(*quoted)))
}

static AGREES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        ^\W*(?:ok(?:ay|ey)?|k|sure|yes|yeah|yep|deal|done|fine|alright|all\ right|agreed|sold|definitely|absolutely|that\ works|sounds)\b
        | \b(?:it'?s\ a\ |you(?:'ve|\ have)?(?:\ got)?(?:\ yourself)?\ a\ |we\ have\ a\ |we\ got\ a\ |sounds\ like\ a\ )deal\b
        | \bsounds?\ (?:good|great|fair|reasonable|perfect|fine|like\ a\ (?:deal|plan))
        | \b(?:i|we)\ (?:can|could|will|'ll|think\ (?:i|we)\ c(?:an|ould))\ (?:do|arrange|manage|swing|work\ with|live\ with)\ (?:that|it)\b
        | \bi(?:'ll|\ will)\ (?:take|buy)\ (?:it|them|that)
        | \b(?:that|this|it)(?:'?s|\ is|\ would\ be)\ (?:fine|good|great|perfect|fair|reasonable|ok|okay|acceptable|more\ than\ fair)
        | \b(?:works|work)\ for\ me\b | \bi\ agree\b | \bi\ accept\b | \bthat\ will\ work\b | \bis\ fine\b | \bfair\ enough\b
        | \bthank\ you\ for\ accepting\b",
    )
});
/// Gladness, which is a yes where little else is said.
static GLAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\W*(?:great|perfect|awesome|cool|wonderful|excellent)\b"));
static REFUSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:too (?:much|high|steep|expensive|pricey)|can'?t (?:do|afford|pay|go)|cannot|can not|not (?:willing|able|worth)|but (?:i|that|it|can|could|would|what|how|will)|pass\b|no thanks?)",
    )
});
static ASKS_BETTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:low(?:er|est)|negotiat\w+|wiggle|discount|come down|go down|bring (?:it |the price )?down|knock|better (?:price|deal|offer)|flexible|drop the price|less\b|firm|budget|too (?:much|high|steep)|expensive|pricey|best price|offers?\b|deal\b|cheaper|afford|reduce|how much|(?:asking )?price)",
    )
});
static PRICE_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:price|offer|deal|take|accept|sell|low(?:er)?|negotiat\w+|work for you|sound|okay|ok|fair|reasonable|discount|do (?:that|it)|agree|good|willing|possible|interested|consider|what (?:do|would) you (?:say|think)|think|let it go|come down|go down|cool|acceptable|right|off\b|less\b|budget|how about|what about)\b",
    )
});
/// Our words name their price, not ours: "you're asking 90?", "it is listed at 100".
static YOUR_PRICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:you(?:'re|r)?|are|it'?s|is it|it is|still|price)\b[^.!?]{0,20}\b(?:asking|listed|want(?:ing)? \$?\d|selling (?:it|this|them|that)? ?for)\b|\basking price (?:is|of)\b",
    )
});
/// "Would $20 off work?", "I'd throw in 10 more".
static BY_SO_MUCH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\$?\d+(?:\.\d+)?(?: dollars| bucks)? (?:off|less|more)\b|\b(?:throw in|add) (?:an(?:other)? )?(?:extra )?\$?\d+|\bknock (?:off )?\$?\d+",
    )
});
/// How the thing changes hands.
pub(super) static LOGISTICS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:pick(?:ed|ing)? (?:it|them|this|that)? ?up|pick-?up|come (?:by|get|over|and|pick|tonight|today|tomorrow)|meet|deliver\w*|ship\w*|cash|pay|when|where|what time|time|today|tonight|tomorrow|weekend|address|phone|number|available|get (?:it|them))\b",
    )
});
