//! What the writer wants, from their words and what they answer.

use std::sync::LazyLock;

use autobazaaar_domain::Cents;
use regex::Regex;

use super::context::{Context, LOGISTICS, Last};
use super::prices::Prices;
use super::sentences::sentences;
use super::{Heard, Intent, Party};
use crate::lexicon::pattern;

/// An intent, how sure it is, and the price that goes with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Verdict {
    pub intent: Intent,
    pub price: Option<Cents>,
    pub confidence: f64,
}

fn verdict(intent: Intent, price: Option<Cents>, confidence: f64) -> Verdict {
    Verdict { intent, price, confidence }
}

/// Decides the intent of a folded, lower-case text.
pub(super) fn decide(text: &str, prices: &Prices, context: &Context, heard: &Heard) -> Verdict {
    let signs = Signs::of(text, heard.from, context);
    if let Some(price) = prices.best(heard.from) {
        return priced(price, prices, &signs, context, heard.from);
    }
    if let Some(verdict) = consent(&signs, context, prices) {
        return verdict;
    }
    if signs.echo {
        return verdict(Intent::Unclear, None, 0.6);
    }
    if signs.refuses || signs.refuses_hard || prices.quoted.is_some() && signs.low {
        let open = (signs.asks_price || signs.meets_middle) && (!signs.refuses_hard || signs.has_room);
        return if open {
            verdict(Intent::Negotiate, None, 0.6)
        } else {
            verdict(Intent::Reject, None, if signs.refuses_hard { 0.85 } else { 0.7 })
        };
    }
    if signs.low && matches!(context.last, Last::Offer) {
        return verdict(Intent::Reject, None, 0.75);
    }
    if signs.asks_price || signs.has_room || signs.meets_middle {
        return verdict(Intent::Negotiate, None, 0.8);
    }
    if signs.question {
        return verdict(Intent::Question, None, 0.8);
    }
    verdict(Intent::Unclear, None, 0.6)
}

/// The text states a price of the writer's own.
fn priced(price: Cents, prices: &Prices, signs: &Signs, context: &Context, from: Party) -> Verdict {
    // Another price of theirs beside ours, or a "but", leaves it in doubt.
    let ours = context.offer.is_some_and(|offer| {
        let demanded = || prices.own.iter().filter(|own| !own.wished);
        demanded().any(|own| own.firm || prices.own.len() == 1) && demanded().all(|own| own.value == offer)
    }) && prices.own.iter().any(|own| !own.wished)
        && !signs.but_not;
    let better = |a: Cents, b: Cents| match from {
        Party::Seller => a <= b,
        Party::Buyer => a >= b,
    };
    if let Some(offer) = context.offer.filter(|_| ours) {
        let against = signs.refuses_hard || signs.low || signs.asks_price;
        let answered = matches!(context.last, Last::Offer | Last::Agreed | Last::Other);
        if !against && answered {
            return verdict(Intent::Accept, Some(offer), 0.85);
        }
    }
    if signs.takes_ours && prices.own.len() == 1 && context.offer.is_none_or(|offer| offer == price) {
        return verdict(Intent::Accept, Some(price), 0.8);
    }
    // They repeat their own price after we agreed to it.
    if context.last == Last::Agreed
        && context.theirs.is_some_and(|theirs| better(theirs, price) && better(price, theirs))
        && !signs.refuses
    {
        return verdict(Intent::Accept, Some(price), 0.8);
    }
    verdict(Intent::Counter, Some(price), if prices.own.len() == 1 { 0.85 } else { 0.7 })
}

/// A yes without a price: to what we said last.
fn consent(signs: &Signs, context: &Context, prices: &Prices) -> Option<Verdict> {
    let stands = context.offer.is_some() || context.last == Last::Offer;
    let agreed = context.last == Last::Agreed && signs.strong_yes;
    if !(stands || agreed)
        || signs.refuses_hard
        || signs.low
        || signs.wants_more
        || prices.quoted.is_some() && !signs.strong_yes
    {
        return None;
    }
    let answered = matches!(context.last, Last::Offer | Last::Agreed);
    if signs.strong_yes && !signs.refuses && (answered || context.agreed_before) {
        return Some(verdict(Intent::Accept, None, 0.9));
    }
    let asked = context.asked_aside || signs.asks_price || signs.asks_aside;
    if signs.plain_yes && answered && !asked && !signs.refuses {
        return Some(verdict(Intent::Accept, None, if signs.short { 0.85 } else { 0.7 }));
    }
    None
}

/// What stands in a text.
#[derive(Debug, Clone, Copy)]
struct Signs {
    /// "You have a deal", "I accept", "I'll take it", "works for me".
    strong_yes: bool,
    /// "Ok", "sure", "sounds good" at the beginning.
    plain_yes: bool,
    /// "… but I don't have the box".
    but_not: bool,
    /// "I accept your offer of …".
    takes_ours: bool,
    refuses: bool,
    /// A refusal that nothing softens.
    refuses_hard: bool,
    /// Their offer is called low.
    low: bool,
    /// Asks for more without a figure.
    wants_more: bool,
    asks_price: bool,
    has_room: bool,
    meets_middle: bool,
    question: bool,
    /// Asks about something other than how the thing changes hands.
    asks_aside: bool,
    /// An amount asked back, no more.
    echo: bool,
    short: bool,
}

impl Signs {
    fn of(text: &str, from: Party, context: &Context) -> Self {
        let all = sentences(text);
        let strong = |sentence: &&str| {
            STRONG_YES.is_match(sentence) && !NO_YES.is_match(sentence) && !DEAL_ASKED.is_match(sentence)
        };
        let start = all.first().copied().unwrap_or_default();
        let bargains = matches!(context.last, Last::Offer | Last::AskedForBetter);
        let says_no =
            bargains && !context.asked_aside && SAYS_NO.is_match(start) && !NO_MATTER.is_match(start);
        let aside = |sentence: &&str| {
            asks(sentence) && !LOGISTICS.is_match(sentence) && !YES_ASKED.is_match(sentence)
        };
        let words = text.split_whitespace().count();
        let low = if from == Party::Seller { LOW.is_match(text) } else { HIGH.is_match(text) };
        Self {
            strong_yes: all.iter().any(strong),
            plain_yes: PLAIN_YES.is_match(start) && !NO_YES.is_match(text) && !DEAL_ASKED.is_match(text),
            but_not: BUT_NOT.is_match(text),
            takes_ours: TAKES_OURS.is_match(text),
            refuses: says_no || REFUSES.is_match(text) && (bargains || context.offer.is_some()),
            refuses_hard: REFUSES_HARD.is_match(text),
            low,
            wants_more: WANTS_MORE.is_match(text),
            asks_price: ASKS_PRICE.is_match(text),
            has_room: HAS_ROOM.is_match(text),
            meets_middle: MIDDLE.is_match(text),
            question: all.iter().any(|sentence| asks(sentence)),
            asks_aside: all.iter().any(aside),
            echo: words <= 2 && text.contains(|c: char| c.is_ascii_digit()) && text.ends_with('?'),
            short: words <= 8,
        }
    }
}

/// Whether a sentence asks us something.
pub(super) fn asks(sentence: &str) -> bool {
    let small_talk = SMALL_TALK.is_match(sentence);
    (sentence.trim_end_matches(['!', '"', ')', ' ']).ends_with('?') || ASKS_WITHOUT_SIGN.is_match(sentence))
        && !small_talk
}

static STRONG_YES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \b(?:it'?s|that'?s|we(?:'ve|\ have)?(?:\ got)?|you(?:'ve|\ have)?(?:\ got)?(?:\ yourself|\ yourselves)?|sounds?\ like|call\ it|is|consider\ it)\ (?:a|the)?\ ?deal\b
        | ^\W*(?:ok(?:ay)?|great|sure|alright|fine|yes|yeah|perfect|good|cool|awesome|then|well|hmm+)?\W*(?:it'?s\ a\ |a\ )?deal(?:\ then|\ done)?\W*$ | ^\W*deal\W | \bdone\ deal\b | \b(?:reach|reached|make|made|got)\ a\ deal\b
        | ^\W*(?:ok(?:ay)?\W+|great\W+|alright\W+|sure\W+)?(?:sold|done|agreed)\b\W*(?:$|for\b|at\b|to\ you) | \b(?:no\ prob(?:lem)?\W+done)\b
        | \b(?:i|we|i'll|we'll)\ (?:will\ |can\ |would\ |do\ |gladly\ |happily\ |be\ willing\ to\ |would\ be\ willing\ to\ |think\ i\ can\ |guess\ i\ can\ )*(?:accept|agree|take\ (?:it|that|the\ offer|your\ offer)|settle\ (?:with|for)\ that|go\ (?:with|for)\ (?:that|it|you)|do\ (?:that|it|this)|work\ with\ (?:that|it|this|you\ on\ that)|live\ with\ (?:that|it)|manage\ that|make\ that\ work|swing\ that|agree\ (?:on|to)\ that)\b
        | \b(?:that|it|this|which)?\ ?(?:will|would|'ll|should|'d)?\ ?works?\ for\ (?:me|us)\b | \bthat\ (?:will\ |would\ |can\ )?works?\b
        | \b(?:that'?s|that\ (?:is|would\ be|will\ be)|it'?s|this\ is|which\ is)\ (?:a\ |an\ |very\ |totally\ |perfectly\ |definitely\ |more\ than\ |just\ |pretty\ |all\ |completely\ )*(?:fine|fair|acceptable|agreeable|doable|ok|okay|reasonable|good\ (?:offer|price|deal)|fair\ (?:offer|price|deal)|great\ offer|reasonable\ offer)\b
        | \b(?:offer|price)\ (?:is|seems|sounds)\ (?:definitely\ |very\ |totally\ |pretty\ )?(?:fair|fine|acceptable|reasonable|good|great)\b
        | \b(?:sounds?|seems?)\ (?:very\ |really\ |pretty\ |like\ a\ |more\ than\ |about\ )*(?:good|great|fair|reasonable|perfect|fine|okay|ok|plan|acceptable|awesome|right)\b
        | \b(?:it'?s|they'?re|its|it\ is|they\ are|all)\ (?:all\ )?your'?s\b | \byou\ got\ it\b | \bfair\ enough\b | \blet'?s\ do\ (?:it|this|that)\b | \bi\ (?:guess|suppose)\ so\b
        | \b(?:i'?m|i\ am|we'?re|we\ are)\ (?:happy|glad|willing|ok|okay|fine)\ (?:to\ do|with|doing|to\ accept)\ (?:that|it)\b | \bmake\ an\ exception\b | \bglad\ we\ (?:could|can|reached|came)\b | \b(?:nice|pleasure)\ doing\ business\b | \bi\ can\ deliver(?:\ it)?\ but\b",
    )
});
static PLAIN_YES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:(?:oh|well|hmm+|hm|um|alright|and|wow|haha?|lol|yeah)\W+)?(?:ok(?:ay|ey|ie)?|k|kk|sure(?: thing)?|yes|yeah|yep|yup|ya|great|perfect|awesome|excellent|wonderful|cool|fine|alright|all right|absolutely|definitely|of course|certainly|good|fantastic|sweet|super|very well|that'?s right|i guess|i suppose|why not|deal|works|done|sold|agreed|right)\b",
    )
});
/// A yes that is none: denied, or on a condition about money.
static NO_YES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:not|n't|no|never|can'?t|won'?t|cannot|unless)\b[^.!?]{0,25}\b(?:deal|accept|agree|take|works?|fine|fair|acceptable|reasonable|do that|do it)\b|\b(?:great|good|better|best|real|sweet|amazing|fair|any|this|that's|such a|steal|package|what a|a hell of a|one heck of a) deal (?:on|for (?:a|an|this|it|the)|here|already|than|at that|with)\b|\bbut (?:i|we) (?:need|want|would|can only|could only|was hoping|am)\b|\bif you (?:can |could )?(?:come up|go up|raise|add|pay (?:a (?:little|bit)|more))|\b(?:a (?:little|bit|few)|some) (?:more|higher)\b|\bmake (?:me )?an(?:other)? offer\b",
    )
});
static DEAL_ASKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:do we have a deal|is (?:it|that|this) a deal|deal\?|have we got a deal|can we (?:make|do|reach) a deal|make a deal|work (?:out )?a deal|want to make|reach a deal\?|does that (?:work|sound)|would that (?:work|be)|how does that sound|is that (?:ok|okay|fair|fine|good)|what do you say)",
    )
});
static REFUSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \bno\ (?:thanks?|thank\ you|deal|way|can\ do)\b
        | \b(?:can'?t|cannot|can\ not|couldn'?t|could\ not|won'?t|will\ not|wouldn'?t|would\ not|not\ able\ to|unable\ to|not\ willing\ to|not\ going\ to|not\ gonna|don'?t\ think\ (?:i|we)\ can|don'?t\ think\ (?:i|we)\ could|definetely\ can'?t)\b[^.!?]{0,30}\b(?:do\ (?:that|it)|accept|take|go|sell|let|lower|come\ down|bring\ (?:it|the\ price)\ down|part|afford|agree|budge|drop|reduce|give|be\ able|work|happen|that|settle|sacrifice)\b
        | \b(?:i|we|i'll|i'm)(?:\ will|\ have\ to|\ must|\ am\ going\ to|\ going\ to|\ need\ to)?\ (?:decline|pass|refuse|say\ no|stick)\b | \bi\ (?:decline|refuse|pass)\b | \b(?:not|isn'?t)\ (?:interested|acceptable|enough|possible|going\ to\ (?:work|happen))\b
        | \bno\b[^.!?]{0,12}\b(?:lower|less|cheaper)\b | \bprice\ is\ firm\b | \bnot\ negotiable\b | \bnon[\s-]?negotiable\b | \bfirm\ on\ (?:the|my|that|this)\b | \bcome\ on,?\ be\ fair\b | \bdo\ not\ see\ us\ reaching\b | \bno\ deal\b | \bwaste\ (?:of\ )?my\ time\b | \blow\ ?ball\w*\b",
    )
});
static REFUSES_HARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:no deal|no thanks?|no thank you|not interested|absolutely not|no way|(?:i|we|i'll)(?: have to| must| am going to| will)? (?:decline|pass|refuse)|(?:very|really|pretty|quite|awfully|extremely|such a) low (?:price|offer)|i (?:decline|refuse)|out of the question|not going to happen|forget it|waste (?:of )?my time|insult\w*|(?:is|are|was|that'?s|thats|it'?s|its|just|way|far|much|bit|little|offer|sorry)[\s,]+too low|(?:can'?t|cannot|can not|won'?t|couldn'?t|could not) (?:go (?:that|so|any|as|lower)|do (?:that|this|it)|accept|take (?:that|this|less|it\b[^.!?]{0,3}$)|sell (?:it|them|this)? ?(?:for|at) (?:that|so)|let (?:it|them) go)|do not see us reaching)\b",
    )
});
static LOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:too|way|kind of|kinda|a (?:bit|little|tad)|bit|little|quite(?: a)?|pretty|really|very|rather|so|super|that|a)[\s-]+(?:too )?(?:low|lower|less)\b|\bless than (?:i|what|half)\b|\blow ?ball\w*|\blower than (?:i|what)\b|\bnot enough\b|\bbelow (?:what|my)\b|\bworth (?:more|a lot more|way more|every)\b",
    )
});
static HIGH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:too|way|kind of|kinda|a (?:bit|little|tad)|bit|little|quite|pretty|really|very|rather|so)[\s-]+(?:too )?(?:high|much|steep|expensive|pricey)\b|\bmore than (?:i|what)\b|\b(?:over|above|out of) my budget\b|\bcan'?t afford\b",
    )
});
static WANTS_MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:a (?:little|bit|few)|some|slightly|little) (?:bit )?(?:more|higher)\b|\b(?:come|go|bump|move) (?:it |that )?up\b|\bhigher\b|\braise (?:your|the|it)\b|\bdo (?:any )?better\b|\bbetter (?:offer|price)\b|\bclose(?:r)? to (?:my|the|what|asking)\b",
    )
});
static ASKS_PRICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \b(?:what|how\ much)\b[^.!?]{0,40}\b(?:offer(?:ing)?|budget|pay(?:ing)?|spend|have\ in\ mind|thinking|price|willing|number|afford|suggest\w*|propose|looking\ (?:to\ (?:pay|spend)|at)|want\ to\ (?:pay|spend)|like\ to\ pay|hoping)\b
        | \b(?:make|give|send|name|shoot)\ (?:me\ |us\ )?(?:an?\ |your\ )?(?:fair\ |reasonable\ |better\ |good\ |best\ |real\ )*(?:offer|price|number)\b | \bmake\ an\ offer\b | \bwhat'?s\ your\ (?:offer|budget|price|best|max\w*|number)\b | \byour\ (?:best|highest|max)\ (?:offer|price)\b
        | \b(?:can|could|would|will|are)\ you\b[^.!?]{0,25}\b(?:go|come|do|offer|meet)\ (?:me\ )?(?:a\ (?:little|bit)\ |any\ |up\ |bit\ |some\ |much\ )*(?:higher|up|more|better)\b | \bhow\ high\b | \bhow\ low\b | \bwhat\ (?:were|are|did)\ you\ (?:thinking|have\ in\ mind|looking\ to)\b | \bwhat\ (?:do\ you\ have|did\ you\ have)\ in\ mind\b | \bhow\ much\ (?:were|are|did|do|can|could|would|will)\ you\b | \bany\ offers?\b | \bhave\ an\ offer\b | \bopen\ to\ offers\b | \blike\ to\ make\ an\ offer\b | \bwhat\ about\ meeting\b",
    )
});
static HAS_ROOM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:willing|able|open|happy|ready|room|ok|okay|prepared|we can|i can|i could|can always|always)(?: to| for)?\b[^.!?]{0,20}\b(?:negotiat\w+|come down|go (?:a (?:little|bit) )?lower|lower (?:the|my|it)|work with you|drop (?:the\b|my\b|it (?:a|to|down)\b|down\b|some\b)|knock (?:off|a (?:bit|few|little)|some)|bring (?:it|the price) down|haggl\w+|bargain|discount|budge|flexib\w+|come up with)|\b(?:wiggle|some|a little|bit of|have) (?:wiggle )?(?:room|flexibility)\b|\bnegotiable\b|\bflexible (?:on|with|about)\b|\bi (?:can|could|might|may) (?:maybe |probably |possibly )?(?:go|come) (?:a (?:little|bit) )?(?:lower|down)\b|\bgive you some (?:money )?off\b|\bgive you a (?:discount|deal)\b|\b(?:maybe|perhaps) a (?:little|bit)\b|\bhoping (?:to get|for) (?:a (?:little|bit) )?more\b|\bcould maybe do that if\b|\bcan do (?:a (?:bit|little)|something)\b|\bwork with you (?:a (?:little|bit) )?on the price\b",
    )
});
static MIDDLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:meet|split|half ?way|settle)\b[^.!?]{0,20}\b(?:middle|difference|half ?way|half)\b|\bmeet (?:me|you) half ?way\b",
    )
});
static SMALL_TALK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:(?:hi|hello|hey|good \w+|fine|ok|great|well|i'?m (?:good|well|fine|great|doing well)|not bad)\W+(?:there\W+|and\W+)?)*(?:how(?:'s| is| are| r)? (?:you|it going|u|things|everything|ya)(?: doing)?(?: today)?|(?:and )?(?:you|yourself|u)|what'?s up|right|you know|ok(?:ay)?|huh|really|yes|no)\W*$|\byou know\?\W*$",
    )
});
/// Questions whose writer left out the sign.
static ASKS_WITHOUT_SIGN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:(?:hi|hello|hey|there|ok|okay|so|and|well|great)\W+)*(?:how (?:can|may) i help|what can i do|are you|do you|can you|could you|would you|will you|when (?:can|could|would|will|do|are)|where (?:are|do|is)|what (?:time|day|kind|are|do|is)|which|how (?:can|do|would|will|soon|far)|is (?:it|that|this) (?:ok|possible)|have you|did you|may i)\b",
    )
});
/// A no that refuses nothing: "no problem".
static NO_MATTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\W*no (?:prob\w*|worries|doubt|need|issues?|rush|scratches|damage)"));
/// A no at the beginning.
static SAYS_NO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:(?:um+|hmm+|oh|well|honestly|i'?m afraid|i'?m|i am)\W+)?(?:no|nope|nah|not really|unfortunately not|sorry\W+(?:but|no|i|that|can))(?:\W|$)",
    )
});
/// Questions that ask for our yes: "does that sound good?", "deal?".
static YES_ASKED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:deal|sounds? (?:good|fair|ok)|agree|ok(?:ay)?|right|work for you)\?"));
static TAKES_OURS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:i|we)(?:'ll| will| can| am happy to| gladly)? (?:accept|take) your (?:offer|bid|price)\b")
});
static BUT_NOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bbut (?:i|we|it|that)(?: (?:do|does|will|can|would|am|is) not|'?m not| (?:don'?t|doesn'?t|won'?t|can'?t|cannot|wouldn'?t|isn'?t))\b",
    )
});
