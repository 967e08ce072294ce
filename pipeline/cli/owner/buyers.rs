//! `listings message` and what follows: buyers who write about what we offer.

use std::path::PathBuf;

use autobazaaar_domain::effect::{Effect, EffectKind};
use autobazaaar_domain::hash::{FieldHasher, hex};
use autobazaaar_domain::message::{Direction, Message, MessageStatus};
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus};
use autobazaaar_domain::{Cents, Money};
use autobazaaar_store::Reader;
use clap::Args;

use super::desk::{Desk, at_desk};
use super::find;
use super::talk::{not_before, not_sent, taken, text_of};
use crate::cli::{CliError, Context};
use crate::execute::hand::ByHand;
use crate::execute::market::{Incoming, Receipt, Refusal, RefusalCode, Writer};
use crate::execute::{Change, Unanswered, key_of, unanswered};

/// A buyer whose name nobody noted.
const UNNAMED: &str = "a buyer";

/// Arguments of `listings message`.
#[derive(Debug, Args)]
pub struct MessageArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// What the buyer wrote
    #[arg(long, value_name = "TEXT", required_unless_present = "file", conflicts_with = "file")]
    pub text: Option<String>,
    /// A file of what the buyer wrote
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Who the buyer is, as the venue shows it: tells buyers of the same offer apart
    #[arg(long, value_name = "NAME", default_value = UNNAMED)]
    pub buyer: String,
}

/// Arguments of `listings offer`.
#[derive(Debug, Args)]
pub struct OfferedArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// What the buyer offers by the venue's form
    #[arg(long, value_name = "PRICE")]
    pub price: String,
    /// Who the buyer is, as the venue shows it: tells buyers of the same offer apart
    #[arg(long, value_name = "NAME", default_value = UNNAMED)]
    pub buyer: String,
}

/// A word of the owner on an answer to a buyer.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// To whom, where answers to several buyers wait
    #[arg(long, value_name = "NAME")]
    pub buyer: Option<String>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Arguments of `listings edit`.
#[derive(Debug, Args)]
pub struct EditAnswerArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// To whom, where several buyers wrote
    #[arg(long, value_name = "NAME")]
    pub buyer: Option<String>,
    /// Ask this of the buyer instead, or now
    #[arg(long, value_name = "PRICE")]
    pub price: Option<String>,
    /// Say it in these words; the closing lines are added
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    pub text: Option<String>,
    /// Say it in the words of this file
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `listings answered`.
#[derive(Debug, Args)]
pub struct AnsweredArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// To whom, where answers to several buyers wait
    #[arg(long, value_name = "NAME")]
    pub buyer: Option<String>,
    /// It cannot be sent: sold, unknown, blocked, opted-out or other
    #[arg(long, value_name = "WHY", value_parser = not_sent)]
    pub refused: Option<RefusalCode>,
}

/// Takes in what a buyer wrote, reads it, and words an answer within the floor.
///
/// # Errors
/// The offer is not up, or the file cannot be read.
pub fn message(args: &MessageArgs, context: &Context<'_>) -> Result<(), CliError> {
    let text = text_of(args.text.as_deref(), args.file.as_deref())?.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(CliError::usage("the message is empty").hint("paste what the buyer wrote"));
    }
    at_desk(context, async |desk| heard(desk, &args.id, &args.buyer, &text, None, context).await)
}

/// Takes in a formal offer of a buyer, and words an answer within the floor.
///
/// # Errors
/// The offer is not up, or the price is none.
pub fn offered(args: &OfferedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let offer = find::offer(&mut desk.store.read().await?, &args.id).await?;
        let price = find::amount("--price", &args.price, offer.currency)?;
        if price.0 <= 0 {
            return Err(CliError::usage("--price: an offer is more than 0"));
        }
        let text =
            format!("(offered {} by the venue's form)", Money { amount: price, currency: offer.currency });
        heard(desk, &args.id, &args.buyer, &text, Some(price), context).await
    })
}

async fn heard(
    desk: &Desk,
    name: &str,
    buyer: &str,
    text: &str,
    price: Option<Cents>,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let mut reader = desk.store.read().await?;
    let offer = find::offer(&mut reader, name).await?;
    let Some(listing) = key_of(&offer).filter(|_| offer.status == ResaleStatus::Active) else {
        return Err(CliError::failed(format!("{name} is not up: it is {}", offer.status))
            .hint(format!("autobazaaar listings posted {name} says that it is up")));
    };
    let before = reader.messages_about(offer.resale_id).await?;
    drop(reader);
    let person = address(&offer, buyer);
    let thread = desk.store.hash_of(&person).await;
    let mut hands = ByHand::default();
    hands.heard(Incoming {
        seq: 0,
        message: name_of(&before, &thread, text),
        thread,
        from: Writer::Buyer,
        address: person,
        listing,
        at: desk.now,
        text: text.to_owned(),
        offer: price,
        order: None,
        asks_return: false,
    });
    desk.tell(hands).await?;
    let mut reader = desk.store.read().await?;
    let after = reader.messages_about(offer.resale_id).await?;
    let heard = |said: &[Message]| said.iter().filter(|one| one.direction == Direction::Inbound).count();
    if heard(&after) == heard(&before) {
        context.out.say("this message was taken in before: nothing changes")?;
    } else if let Some(newest) = after.iter().rev().find(|one| one.direction == Direction::Inbound) {
        context.out.print(&read_as(newest, &offer))?;
        if reader.is_suppressed(&newest.person_key).await? {
            return context
                .out
                .print(&format!("{buyer} wants to hear no more: nothing is answered any more"));
        }
    }
    show_talk(&mut reader, &offer, name, Some(buyer), context).await
}

/// How a message was understood.
fn read_as(message: &Message, offer: &ResaleListing) -> String {
    let money = |amount| Money { amount, currency: offer.currency };
    let Some(reading) = &message.reading else { return "read as nothing: it is not answered".to_owned() };
    match message.their_offer {
        Some(price) => format!("read as {} {}", reading.intent, money(price)),
        None => format!("read as {}, {:.0} % sure", reading.intent, reading.confidence * 100.0),
    }
}

/// What waits in the talks about an offer, or in that with one buyer, and what is next.
///
/// # Errors
/// The store cannot be read.
pub async fn show_talk(
    reader: &mut Reader<'_>,
    offer: &ResaleListing,
    name: &str,
    buyer: Option<&str>,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let out = &context.out;
    let said = reader.messages_about(offer.resale_id).await?;
    let meant = |message: &Message| buyer.is_none_or(|buyer| is_buyer(message, buyer));
    for one in unanswered(reader, offer.resale_id).await?.into_iter().filter(|one| meant(&one.message)) {
        let (who, option) = (buyer_of(&one.message), buyer_option(&one.message));
        out.print("")?;
        if one.is_worded() {
            show_question(&said, &one.message, context)?;
            out.print(&format!("answer to {who}, waits for your yes:"))?;
            print_text(&one.message, context)?;
            let commands =
                format!("approve {name}{option}   or edit {name}{option} --price …, reject {name}{option}");
            out.say(&format!("hint: autobazaaar listings {commands}"))?;
        } else {
            out.print(&format!("{who} wants to know what the facts do not say:"))?;
            print_text(&one.message, context)?;
            out.say(&format!("hint: autobazaaar listings edit {name}{option} --text \"…\""))?;
        }
    }
    for (message, effect) in unsent(reader, offer).await?.into_iter().filter(|(message, _)| meant(message)) {
        out.print("")?;
        out.print(&format!("answer to {}, ready to send, word for word:", buyer_of(&message)))?;
        print_text(&message, context)?;
        if let Some(wait) = not_before(&effect, context) {
            out.print(&format!("quiet hours: send it {wait}"))?;
        }
        let option = buyer_option(&message);
        out.say(&format!("hint: when it is sent: autobazaaar listings answered {name}{option}"))?;
    }
    Ok(())
}

/// What the buyer wrote last, above the answer to it.
fn show_question(said: &[Message], answer: &Message, context: &Context<'_>) -> Result<(), CliError> {
    let theirs = |one: &&Message| one.direction == Direction::Inbound && one.person_key == answer.person_key;
    let Some(question) = said.iter().rev().find(theirs) else { return Ok(()) };
    context.out.print(&format!("{} wrote:", buyer_of(question)))?;
    print_text(question, context)
}

fn print_text(message: &Message, context: &Context<'_>) -> Result<(), CliError> {
    for line in message.text.as_deref().unwrap_or("(forgotten)").lines() {
        context.out.print(&format!("  {line}"))?;
    }
    Ok(())
}

/// Says yes to the answer that waits; prints it, ready to copy.
///
/// # Errors
/// None waits, or answers to several buyers do.
pub fn approve(args: &AnswerArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let (offer, waiting) = waiting(desk, &args.id, args.buyer.as_deref()).await?;
        if !waiting.is_worded() {
            return Err(CliError::failed(format!(
                "no answer to {} is worded yet",
                buyer_of(&waiting.message)
            ))
            .hint(format!("autobazaaar listings edit {} --text \"…\"", args.id)));
        }
        let mut hands = ByHand::default();
        desk.executor(&mut hands).say_yes_to_buyer(waiting.message.message_id, args.note.as_deref()).await?;
        let buyer = buyer_of(&waiting.message);
        show_talk(&mut desk.store.read().await?, &offer, &args.id, Some(&buyer), context).await
    })
}

/// Says no to the answer that waits: nothing is said.
///
/// # Errors
/// None waits, or answers to several buyers do.
pub fn reject(args: &AnswerArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let (_, waiting) = waiting(desk, &args.id, args.buyer.as_deref()).await?;
        let mut hands = ByHand::default();
        desk.executor(&mut hands).say_no_to_buyer(waiting.message.message_id, args.note.as_deref()).await?;
        context.out.print(&format!("{} gets no answer", buyer_of(&waiting.message)))
    })
}

/// Says it otherwise.
///
/// # Errors
/// The price is below the floor, the words are not fit, or nobody wrote.
pub fn edit(args: &EditAnswerArgs, context: &Context<'_>) -> Result<(), CliError> {
    let text = text_of(args.text.as_deref(), args.file.as_deref())?;
    if args.price.is_none() && text.is_none() {
        return Err(CliError::usage("nothing to change").hint("give --price, --text or --file"));
    }
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let offer = find::offer(&mut reader, &args.id).await?;
        let said = reader.messages_about(offer.resale_id).await?;
        drop(reader);
        let is_asked = |one: &&Message| {
            one.direction == Direction::Inbound
                && args.buyer.as_deref().is_none_or(|name| is_buyer(one, name))
        };
        let Some(about) = said.iter().rev().find(is_asked) else {
            return Err(CliError::failed(format!("no such buyer wrote about {}", args.id))
                .hint(format!("autobazaaar listings message {} --text \"…\"", args.id)));
        };
        let price =
            args.price.as_deref().map(|text| find::amount("--price", text, offer.currency)).transpose()?;
        let change = Change { price, text: text.as_deref() };
        let mut hands = ByHand::default();
        desk.executor(&mut hands).change_answer(about.message_id, change).await?;
        let buyer = buyer_of(about);
        show_talk(&mut desk.store.read().await?, &offer, &args.id, Some(&buyer), context).await
    })
}

/// The answer was sent, or could not be.
///
/// # Errors
/// None waits to be sent, or it may not be sent now.
pub fn answered(args: &AnsweredArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let offer = find::offer(&mut reader, &args.id).await?;
        let ready = unsent(&mut reader, &offer).await?;
        drop(reader);
        let (message, effect) =
            only(ready, args.buyer.as_deref(), |(message, _)| message, &args.id, "approve")?;
        let mut hands = ByHand::default();
        match args.refused {
            Some(code) => hands.did_not(effect.effect_id, Refusal::new(code, "the owner could not send it")),
            None => hands.did(
                effect.effect_id,
                Receipt::Sent { message: effect.effect_id.to_string(), thread: message.person_key.clone() },
            ),
        }
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        context.out.print(&format!("{} is answered", buyer_of(&message)))?;
        let name = &args.id;
        context.out.say(&format!(
            "hint: what comes back: autobazaaar listings message {name} --text \"…\"; when it is sold: listings sold {name} --price …"
        ))
    })
}

async fn waiting(
    desk: &Desk,
    name: &str,
    buyer: Option<&str>,
) -> Result<(ResaleListing, Unanswered), CliError> {
    let mut reader = desk.store.read().await?;
    let offer = find::offer(&mut reader, name).await?;
    let found = unanswered(&mut reader, offer.resale_id).await?;
    Ok((offer, only(found, buyer, |one| &one.message, name, "message")?))
}

/// The one that is meant: of the named buyer, or the only one.
fn only<T>(
    found: Vec<T>,
    buyer: Option<&str>,
    message: impl Fn(&T) -> &Message,
    name: &str,
    first: &str,
) -> Result<T, CliError> {
    let mut meant: Vec<T> =
        found.into_iter().filter(|one| buyer.is_none_or(|buyer| is_buyer(message(one), buyer))).collect();
    if meant.len() > 1 {
        let names: Vec<String> = meant.iter().map(|one| buyer_of(message(one))).collect();
        return Err(
            CliError::usage(format!("several wait: {}", names.join(", "))).hint("say whom: --buyer NAME")
        );
    }
    meant.pop().ok_or_else(|| {
        CliError::failed(format!("nothing waits in the talks about {name}"))
            .hint(format!("autobazaaar listings {first} {name} comes first"))
    })
}

/// Answers that the owner said yes to and has not sent.
async fn unsent(reader: &mut Reader<'_>, offer: &ResaleListing) -> Result<Vec<(Message, Effect)>, CliError> {
    let mut ready = Vec::new();
    for message in reader.messages_about(offer.resale_id).await? {
        let open = matches!(message.status, MessageStatus::Queued | MessageStatus::Uncertain);
        if message.direction == Direction::Outbound && open {
            let subject = message.message_id.to_string();
            if let Some(effect) = find::waiting(reader, EffectKind::SendMessage, &subject).await? {
                ready.push((message, effect));
            }
        }
    }
    Ok(ready)
}

/// Under what a buyer of an offer is known: names are the venue's.
fn address(offer: &ResaleListing, buyer: &str) -> String {
    format!("{} on {}", buyer.trim(), offer.platform)
}

fn buyer_of(message: &Message) -> String {
    let known = message.address.as_deref().unwrap_or(UNNAMED);
    known.rsplit_once(" on ").map_or(known, |(name, _)| name).to_owned()
}

/// How a buyer is named on the command line; nothing for the one without a name.
#[must_use]
pub fn buyer_option(message: &Message) -> String {
    let buyer = buyer_of(message);
    match buyer.as_str() {
        UNNAMED => String::new(),
        plain if plain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) => {
            format!(" --buyer {plain}")
        }
        _ => format!(" --buyer '{}'", buyer.replace('\'', "")),
    }
}

fn is_buyer(message: &Message, name: &str) -> bool {
    buyer_of(message).eq_ignore_ascii_case(name.trim())
}

/// The same words of a buyer pasted twice since our last answer are one message.
fn name_of(said: &[Message], person: &str, text: &str) -> String {
    let sent = |one: &&Message| one.status == MessageStatus::Sent && one.person_key == person;
    let last = said.iter().rev().find(sent).map_or_else(String::new, |one| one.message_id.to_string());
    hex(&FieldHasher::new("buyer").text(person).text(&last).text(text.trim()).finish())
}
