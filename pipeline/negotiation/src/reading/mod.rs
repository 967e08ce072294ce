//! Reading a message of the other side: what it wants, and at what price.
//!
//! **Invariant:** a price is a number that stands in the writer's own words as theirs; what is
//! quoted, refused, paid elsewhere or said of something else never becomes one.
//! **Invariant:** whatever is in doubt is no acceptance.

mod amounts;
mod automatic;
mod context;
mod fold;
mod fraud;
mod intent;
mod manner;
mod numerals;
mod own;
mod prices;
mod sentences;
mod types;

pub(crate) use amounts::amounts_in;
pub use fraud::FraudSign;
pub use own::own_text;
pub use types::{
    Automatic, Concern, Format, Heard, Intent, Party, Reading, Sentiment, Style, Urgency, Utterance,
};

use sentences::sentences;

/// Longer messages are cut: nobody bargains in a book, and every rule is bounded by this.
pub const MAX_BYTES: usize = 64 * 1024;
/// Own words beyond this are not looked at for intent and price.
const MAX_OWN_CHARS: usize = 4_000;
const EXCERPT_CHARS: usize = 200;
const MOST_QUESTIONS: usize = 5;

/// Reads a message by rules. Total: any text gives a reading.
#[must_use]
pub fn read(heard: &Heard) -> Reading {
    let whole = bounded(heard.text);
    let own = match heard.format {
        Format::Text => whole.trim().to_owned(),
        Format::Mail => own_text(whole),
    };
    let short: String = own.chars().take(MAX_OWN_CHARS).collect();
    let folded = fold::fold(&short);
    let text = folded.to_lowercase();
    let automatic = automatic::automatic(&fold::fold(whole).to_lowercase(), &text, heard.format);
    let opt_out = automatic.is_none() && automatic::opts_out(&text);
    let context = context::context(heard);
    let prices = prices::in_text(&text, heard.currency, heard.list_price, context.offer);
    let gone = automatic.is_none()
        && automatic::gone(&text)
        && prices.own.is_empty()
        && context.last != context::Last::Agreed;
    let verdict = match automatic {
        Some(_) => intent::Verdict { intent: Intent::Unclear, price: None, confidence: 0.95 },
        None if opt_out || gone => intent::Verdict { intent: Intent::Reject, price: None, confidence: 0.9 },
        None => intent::decide(&text, &prices, &context, heard),
    };
    let (sentiment, concerns, urgency, style) = manner::manner(&text, verdict.intent);
    let asked = sentences(&folded).into_iter().filter(|sentence| intent::asks(&sentence.to_lowercase()));
    Reading {
        intent: verdict.intent,
        price: verdict.price,
        confidence: verdict.confidence,
        sentiment,
        concerns,
        urgency,
        style,
        excerpt: excerpt(&folded, verdict.price, heard),
        questions: asked.take(MOST_QUESTIONS).map(str::to_owned).collect(),
        opt_out,
        gone,
        fraud: if automatic.is_some() { Vec::new() } else { fraud::signs(&text) },
        automatic,
        own_text: own,
    }
}

/// The beginning of a text, cut at a character.
fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The sentence that names the price, else the first.
fn excerpt(folded: &str, price: Option<autobazaaar_domain::Cents>, heard: &Heard) -> String {
    let all = sentences(folded);
    let names = |sentence: &&&str| {
        amounts_in(sentence, heard.currency).iter().any(|amount| Some(amount.value) == price)
    };
    let telling = all.iter().find(names).or_else(|| all.first()).copied().unwrap_or_default();
    telling.chars().take(EXCERPT_CHARS).collect()
}

#[cfg(test)]
mod measure;
#[cfg(test)]
mod tests;
