//! How a message is written: mood, worries, haste, style.

use std::sync::LazyLock;

use regex::Regex;

use super::{Concern, Intent, Sentiment, Style, Urgency};
use crate::lexicon::pattern;

static GLAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:great|thanks?|thank you|perfect|awesome|wonderful|glad|happy|love|lovely|appreciate|excellent|nice|pleasure|good|sounds good|deal|sure|please|enjoy|welcome|lol|haha)\b|[:;]-?\)|!{1,2}$",
    )
});
static CROSS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:insult\w*|ridiculous|joke|joking|waste|wasting|stop|leave me|lowball\w*|rude|stupid|idiot|scam\w*|annoy\w*|never|no way|seriously|unfortunately|sorry|too low|come on|wtf|hell|damn|crap|fed up|sick of|disappoint\w*|not interested)\b|!{3,}",
    )
});
static HASTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:today|tonight|asap|a\.s\.a\.p|right now|immediately|right away|must go|gotta go|need (?:it|this|them|to get (?:it|rid)) .{0,20}(?:gone|out)|moving (?:out|soon|tomorrow|this|on)|by (?:tomorrow|friday|saturday|sunday|monday|the weekend|the end)|quick(?:ly)?|urgent\w*|hurry)\b",
    )
});
static SOME_HASTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:soon|this week(?:end)?|tomorrow|other (?:people|buyers|offers)|someone else|first come|get rid of|moving|running out|before)\b",
    )
});
static FORMAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:dear|sincerely|regards|kindly|sir|madam|mr|mrs|ms|furthermore|regarding|would be pleased|i would like|please let me know|at your (?:earliest )?convenience|invoice|warranty)\b",
    )
});

static CONCERNS: LazyLock<Vec<(Concern, Regex)>> = LazyLock::new(|| {
    let of = |concern, words: &str| (concern, pattern(&format!(r"\b(?:{words})\b")));
    vec![
        of(
            Concern::Price,
            r"too low|low ?ball\w*|worth more|price|cheap|lower|less than|value|profit|lose money|losing money|paid",
        ),
        of(
            Concern::Payment,
            r"cash|check|cheque|venmo|paypal|zelle|payment|pay(?:ing)? (?:by|with|me)|deposit|bank|transfer|money order|escrow",
        ),
        of(
            Concern::Pickup,
            r"pick(?:ed|ing)? (?:it |them |this )?up|pick-?up|come (?:get|by|and get|over)|collect|haul|load|truck|drive",
        ),
        of(
            Concern::Shipping,
            r"ship(?:ping|ped)?|deliver(?:y|ed|ing)?|postage|mail it|ups|fedex|drop (?:it |them )?off",
        ),
        of(
            Concern::Condition,
            r"condition|scratch\w*|broken|as[- ]is|damage\w*|works?|wear|used|repair\w*|crack\w*",
        ),
        of(
            Concern::Timing,
            r"today|tomorrow|tonight|weekend|soon|asap|when can|what time|moving|hold it|week",
        ),
        of(
            Concern::Trust,
            r"scam\w*|fraud|legit|real person|robot|bot|trust|flak\w*|no.?shows?|serious|tire kickers?|fake",
        ),
        of(
            Concern::OtherBuyers,
            r"other (?:offers?|buyers?|people|person|interest)|another (?:offer|buyer|person)|someone else|lots? of interest|several (?:people|offers|inquiries)|many (?:people|offers)|interested (?:buyers|parties|people)|first come",
        ),
        of(
            Concern::Firm,
            r"firm|non[- ]?negotiable|not negotiable|final|lowest|bottom|no lower|no less|won'?t go",
        ),
    ]
});

/// Mood, worries, haste and style of a folded, lower-case text.
pub(super) fn manner(text: &str, intent: Intent) -> (Sentiment, Vec<Concern>, Urgency, Style) {
    let glad = GLAD.find_iter(text).take(20).count() + usize::from(intent == Intent::Accept);
    let cross = CROSS.find_iter(text).take(20).count() + usize::from(intent == Intent::Reject);
    let sentiment = match glad.cmp(&cross) {
        std::cmp::Ordering::Greater => Sentiment::Positive,
        std::cmp::Ordering::Less => Sentiment::Negative,
        std::cmp::Ordering::Equal => Sentiment::Neutral,
    };
    let concerns =
        CONCERNS.iter().filter(|(_, words)| words.is_match(text)).map(|(concern, _)| *concern).collect();
    let urgency = if HASTE.is_match(text) {
        Urgency::High
    } else if SOME_HASTE.is_match(text) {
        Urgency::Medium
    } else {
        Urgency::Low
    };
    let style = if FORMAL.is_match(text) {
        Style::Formal
    } else if text.split_whitespace().count() <= 6 {
        Style::Terse
    } else {
        Style::Casual
    };
    (sentiment, concerns, urgency, style)
}
