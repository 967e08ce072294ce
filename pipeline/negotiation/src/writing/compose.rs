//! From an order to a message: a wording between a greeting's line and the closing lines.

use serde::{Deserialize, Serialize};

use super::html::paragraphs;
use super::voices::voice;
use super::{Facts, Fault, MessageType, Order, SUBJECT_CHARS, check, title};
use autobazaaar_domain::Money;

/// What a template or a model words. The closing lines are added to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// At most [`SUBJECT_CHARS`] characters.
    pub subject: String,
    /// At most [`super::PREVIEW_CHARS`] characters.
    pub preview: String,
    /// Plain text; blank lines part paragraphs.
    pub body: String,
}

/// A message ready to be checked, approved and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub kind: MessageType,
    pub subject: String,
    pub preview: String,
    /// The text part: the wording and the closing lines.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The approved price that it states.
    pub price: Option<Money>,
}

/// Why no message can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WritingError {
    #[error("a message of type {0} needs a price above zero; approve one first")]
    NoPrice(MessageType),
    #[error(
        "the owner's {0} is empty; set owner.{0}, every message must tell for whom it is sent and from where"
    )]
    NoSender(&'static str),
    #[error("there is no answer to give; add a fact that answers the question, or let the owner answer")]
    NoAnswer,
}

/// The message of the templates.
///
/// # Errors
/// Where the order lacks a price or answer that its type needs, or the owner has no name or
/// address.
pub fn template(order: &Order, facts: &Facts) -> Result<Message, WritingError> {
    complete(order, facts)?;
    compose(&voice(order).word(order, facts), order, facts)
}

/// A wording with its closing lines and its HTML part.
///
/// # Errors
/// As [`template`].
pub fn compose(wording: &Wording, order: &Order, facts: &Facts) -> Result<Message, WritingError> {
    complete(order, facts)?;
    let text = format!("{}\n\n{}", wording.body.trim(), closing_lines(order, facts));
    Ok(Message {
        kind: order.kind,
        subject: wording.subject.trim().to_owned(),
        preview: wording.preview.trim().to_owned(),
        html: paragraphs(&text),
        text,
        price: order.money(),
    })
}

/// The message of a wording if it is faultless, else that of the templates, and what was wrong.
///
/// # Errors
/// As [`template`].
pub fn checked(
    wording: Option<&Wording>,
    order: &Order,
    facts: &Facts,
) -> Result<(Message, Vec<Fault>), WritingError> {
    let Some(wording) = wording else { return Ok((template(order, facts)?, Vec::new())) };
    let message = compose(wording, order, facts)?;
    let faults = check(&message, order, facts);
    if faults.is_empty() { Ok((message, faults)) } else { Ok((template(order, facts)?, faults)) }
}

fn complete(order: &Order, facts: &Facts) -> Result<(), WritingError> {
    let priced = order.price.is_some_and(|price| price.0 > 0);
    if (order.kind.needs_price() || order.price.is_some()) && !priced {
        return Err(WritingError::NoPrice(order.kind));
    }
    if facts.owner.name.trim().is_empty() {
        return Err(WritingError::NoSender("name"));
    }
    if facts.owner.postal_address.trim().is_empty() {
        return Err(WritingError::NoSender("postal_address"));
    }
    if order.kind == MessageType::Answer && order.answers.is_empty() {
        return Err(WritingError::NoAnswer);
    }
    Ok(())
}

/// Until when it stands, who writes for whom, from where, and how to be left alone.
pub(super) fn closing_lines(order: &Order, facts: &Facts) -> String {
    let mut lines = Vec::new();
    if let Some(stands) = standing_line(order) {
        lines.push(format!("{stands}\n"));
    }
    lines.push(facts.owner.name.trim().to_owned());
    lines.push("--".to_owned());
    lines.push(disclosure_line(facts));
    lines.push(one_line(&facts.owner.postal_address));
    lines.push(opt_out_line(facts));
    lines.join("\n")
}

/// Until when the offer stands; only priced offers say so.
pub(super) fn standing_line(order: &Order) -> Option<String> {
    let offers =
        matches!(order.kind, MessageType::InitialOffer | MessageType::Counter | MessageType::FinalOffer);
    let until = order.stands_until.filter(|_| offers)?;
    Some(format!("This offer stands until {}.", until.format("%A, %-d %B %Y, %H:%M (UTC%:z)")))
}

pub(super) fn disclosure_line(facts: &Facts) -> String {
    format!("This message comes from an automated agent acting for {}.", facts.owner.name.trim())
}

pub(super) fn opt_out_line(facts: &Facts) -> String {
    let stop = "Answer \"stop\" and you will hear no more from us";
    match &facts.owner.opt_out_url {
        Some(url) => format!("{stop}, or use {url}"),
        None => format!("{stop}."),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A subject with as much of the title as fits.
pub(super) fn subject(start: &str, listing_title: &str) -> String {
    let room = SUBJECT_CHARS.saturating_sub(start.chars().count() + 1);
    format!("{start} {}", title::plain_title_within(listing_title, room))
}
