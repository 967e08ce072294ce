//! What is wrong with a message.

use std::sync::LazyLock;

use autobazaaar_domain::Money;
use regex::Regex;

use super::claims::{self, Claim};
use super::compose::{disclosure_line, one_line, opt_out_line, standing_line};
use super::html::paragraphs;
use super::{BODY_CHARS, Facts, Message, MessageType, Order, PREVIEW_CHARS, SUBJECT_CHARS, title};
use crate::lexicon::pattern;
use crate::reading::amounts_in;

/// A reason not to send a message.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("the approved price {0} is not in the text")]
    PriceMissing(Money),
    #[error("the text holds the number `{0}`, which no fact holds")]
    ForeignNumber(String),
    #[error("the text claims what the owner's settings do not say: {0}")]
    Claim(Claim),
    #[error("a {0} message must not say that a price is agreed")]
    Commitment(MessageType),
    #[error("the {0} has {1} characters, at most {2} are allowed")]
    TooLong(&'static str, usize, usize),
    #[error("the {0} is empty")]
    Empty(&'static str),
    #[error("the text holds a link, address or phone number: `{0}`")]
    Contact(String),
    #[error("the text holds control or invisible characters")]
    Invisible,
    #[error("the line that tells of the agent is missing or changed")]
    NoDisclosure,
    #[error("the postal address is missing or changed")]
    NoAddress,
    #[error("the way to opt out is missing or changed")]
    NoOptOut,
    #[error("the line that tells until when the offer stands is missing or changed")]
    NoExpiry,
    #[error("the HTML part does not say what the text says")]
    HtmlDiffers,
    #[error("the message is of type {0}, the order of type {1}")]
    WrongType(MessageType, MessageType),
}

static CONTACTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:https?|ftp|mailto|tel|javascript):|\bwww\.|[\w.+-]+@[\w-]|\b[\w-]{2,}\.(?:com|net|org|info|biz|io|co|me|ly|app|shop|xyz|ru|de|uk|us|link|site|online|top)\b|\+?\d[\d\s().\-]{7,}\d",
    )
});
static COMMITMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:i|we)(?:'ll| will| do| can| gladly| hereby)? (?:accept|agree)|(?:you|we|you've|we've)(?: have| got|'ve got)? a deal|it'?s a deal|deal!|agreed|sold\b|i(?:'ll| will) take it|i(?:'ll| will) pay (?:the|your|full) )",
    )
});

/// Everything that is wrong with a message, held against what was ordered and what is true.
#[must_use]
pub fn check(message: &Message, order: &Order, facts: &Facts) -> Vec<Fault> {
    let mut faults = shape(message, order);
    faults.extend(closing(message, order, facts));
    let own = own_words(message, order, facts);
    faults.extend(contacts(&own));
    faults.extend(numbers(&own, &message.text, order));
    faults.extend(claims::untrue(&own, facts).into_iter().map(Fault::Claim));
    if order.kind != MessageType::Accept && COMMITMENTS.is_match(&own) {
        faults.push(Fault::Commitment(order.kind));
    }
    faults
}

/// Lengths, type, characters.
fn shape(message: &Message, order: &Order) -> Vec<Fault> {
    let mut faults = Vec::new();
    if message.kind != order.kind {
        faults.push(Fault::WrongType(message.kind, order.kind));
    }
    let body = message.text.split("\n--\n").next().unwrap_or_default();
    let parts = [
        ("subject", message.subject.as_str(), SUBJECT_CHARS),
        ("preview", message.preview.as_str(), PREVIEW_CHARS),
        ("text", body, BODY_CHARS),
    ];
    for (name, text, most) in parts {
        let chars = text.chars().count();
        if chars > most {
            faults.push(Fault::TooLong(name, chars, most));
        }
        if text.trim().is_empty() {
            faults.push(Fault::Empty(name));
        }
    }
    let one_liners = [&message.subject, &message.preview];
    let odd = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if message.text.chars().any(odd)
        || one_liners.iter().any(|line| line.chars().any(|c| c.is_control() || odd(c)))
    {
        faults.push(Fault::Invisible);
    }
    if message.html != paragraphs(&message.text) {
        faults.push(Fault::HtmlDiffers);
    }
    faults
}

/// The lines at the end, each whole and on its own.
fn closing(message: &Message, order: &Order, facts: &Facts) -> Vec<Fault> {
    let has = |line: &str| message.text.lines().any(|found| found.trim() == line);
    let mut faults = Vec::new();
    if !has(&disclosure_line(facts)) {
        faults.push(Fault::NoDisclosure);
    }
    if !has(&one_line(&facts.owner.postal_address)) {
        faults.push(Fault::NoAddress);
    }
    if !has(&opt_out_line(facts)) {
        faults.push(Fault::NoOptOut);
    }
    if standing_line(order).is_some_and(|line| !has(&line)) {
        faults.push(Fault::NoExpiry);
    }
    faults
}

/// What the writer says: subject, preview and text without the closing lines, the title and the
/// sentences that the facts hold.
fn own_words(message: &Message, order: &Order, facts: &Facts) -> String {
    let title = title::plain_title(facts.title);
    let mut own = vec![title::without_end(&message.subject, facts.title).to_owned()];
    // The beginning of the text again says nothing that the text does not say.
    if !message.text.contains(message.preview.trim_end_matches(" …")) {
        own.push(message.preview.clone());
    }
    own.extend(
        message.text.lines().filter(|line| !closing_line(line.trim(), order, facts)).map(str::to_owned),
    );
    let mut known: Vec<&str> = order.answers.iter().chain(facts.said).map(String::as_str).collect();
    known.push(&title);
    known.extend(facts.owner.lives_near.as_deref());
    known.retain(|text| text.trim().len() > 2);
    known.sort_by_key(|text| std::cmp::Reverse(text.len()));
    known.into_iter().fold(own.join("\n"), |own, text| own.replace(text.trim(), " "))
}

/// Whether a line is one of those at the end.
fn closing_line(line: &str, order: &Order, facts: &Facts) -> bool {
    line == facts.owner.name.trim()
        || line == opt_out_line(facts)
        || line == one_line(&facts.owner.postal_address)
        || line == disclosure_line(facts)
        || standing_line(order).is_some_and(|standing| standing == line)
}

fn contacts(own: &str) -> Vec<Fault> {
    CONTACTS.find_iter(own).map(|found| Fault::Contact(found.as_str().to_owned())).collect()
}

/// The approved price is there, and no other number.
fn numbers(own: &str, text: &str, order: &Order) -> Vec<Fault> {
    let amounts = amounts_in(own, order.currency);
    let mut faults: Vec<Fault> = amounts
        .iter()
        .filter(|amount| Some(amount.value) != order.price)
        .map(|amount| Fault::ForeignNumber(amount.written.clone()))
        .collect();
    if let Some(money) = order.money().filter(|_| order.kind.needs_price()) {
        let stated = amounts_in(text, order.currency).iter().any(|amount| amount.value == money.amount);
        if !stated {
            faults.push(Fault::PriceMissing(money));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
