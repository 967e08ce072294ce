//! `negotiations`: talking to sellers by hand.

use std::path::PathBuf;

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::hash::{FieldHasher, hex};
use autobazaaar_domain::message::{Direction, Message, MessageStatus};
use autobazaaar_domain::negotiation::Negotiation;
use autobazaaar_domain::{Lifecycle as _, Money};
use autobazaaar_negotiation::strategy::QuietHours;
use autobazaaar_store::{Reader, Store};
use clap::Args;

use super::desk::{Desk, at_desk};
use super::find;
use crate::cli::output::{Cell, Column, Table};
use crate::cli::session::moment;
use crate::cli::{CliError, Context, OutputFormat};
use crate::execute::hand::ByHand;
use crate::execute::market::{Incoming, Receipt, Refusal, RefusalCode, Writer};
use crate::execute::{Change, waiting};

/// Arguments of `negotiations list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
}

/// A negotiation.
#[derive(Debug, Args)]
pub struct NamedArgs {
    /// The listing it is about (offerup:1234), or its id
    #[arg(value_name = "ID")]
    pub id: String,
}

/// A word of the owner on a negotiation.
#[derive(Debug, Args)]
pub struct WordArgs {
    /// The listing it is about (offerup:1234), or its id
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Arguments of `negotiations edit`.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The listing it is about (offerup:1234), or its id
    #[arg(value_name = "ID")]
    pub id: String,
    /// Offer this instead, or now
    #[arg(long, value_name = "PRICE")]
    pub price: Option<String>,
    /// Say it in these words; the closing lines are added
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    pub text: Option<String>,
    /// Say it in the words of this file
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `negotiations sent`.
#[derive(Debug, Args)]
pub struct SentArgs {
    /// The listing it is about (offerup:1234), or its id
    #[arg(value_name = "ID")]
    pub id: String,
    /// It cannot be sent: sold, unknown, blocked, opted-out or other
    #[arg(long, value_name = "WHY", value_parser = not_sent)]
    pub refused: Option<RefusalCode>,
}

/// Arguments of `negotiations reply`.
#[derive(Debug, Args)]
pub struct ReplyArgs {
    /// The listing it is about (offerup:1234), or its id
    #[arg(value_name = "ID")]
    pub id: String,
    /// What the seller wrote
    #[arg(long, value_name = "TEXT", required_unless_present = "file", conflicts_with = "file")]
    pub text: Option<String>,
    /// A file of what the seller wrote
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

const ALL: u32 = 10_000;
/// Longest text that is taken in, bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// Reads why a message could not be sent.
///
/// # Errors
/// It is another word.
pub fn not_sent(word: &str) -> Result<RefusalCode, String> {
    Ok(match word {
        "sold" => RefusalCode::Gone,
        "unknown" => RefusalCode::Unknown,
        "blocked" => RefusalCode::Blocked,
        "opted-out" => RefusalCode::OptedOut,
        "other" => RefusalCode::Other,
        _ => return Err("expected sold, unknown, blocked, opted-out or other".to_owned()),
    })
}

/// Lists negotiations.
///
/// # Errors
/// The store cannot be read.
pub fn list(args: &ListArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let mut table = Table::new([
            Column::text("listing", "about"),
            Column::text("status", "state"),
            Column::number("ask", "asked"),
            Column::number("our_offer", "our offer"),
            Column::number("limit", "at most"),
            Column::text("waits", "waits for"),
            Column::text("last_activity_at", "last"),
        ]);
        let found = reader.negotiations(None, ALL).await?;
        for one in found.into_iter().filter(|one| args.all || !one.status.is_final()) {
            let money = |amount| Cell::money(Money { amount, currency: one.currency });
            let waits = waits_for(&mut reader, &one).await?;
            table.push([
                Cell::text(one.key.to_string()),
                Cell::text(one.status.as_str().replace('_', " ")),
                money(one.ask),
                one.current_offer.map_or_else(Cell::missing, money),
                money(one.max_acceptable),
                waits.map_or_else(Cell::missing, Cell::text),
                moment(one.last_activity_at),
            ]);
        }
        context.out.table(&table.or_empty("no negotiation is open"))
    })
}

async fn waits_for(reader: &mut Reader<'_>, one: &Negotiation) -> Result<Option<&'static str>, CliError> {
    if waiting(reader, one.negotiation_id).await?.is_some() {
        return Ok(Some("your yes"));
    }
    if unsent(reader, one).await?.is_some() {
        return Ok(Some("your sending"));
    }
    Ok((!one.status.is_final()).then_some("the seller"))
}

/// Shows one negotiation: every offer and every word.
///
/// # Errors
/// There is none of that name.
pub fn show(args: &NamedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let one = find::negotiation(&mut reader, &args.id).await?;
        let said = reader.messages_of(one.negotiation_id).await?;
        if context.out.format() != OutputFormat::Table {
            let rounds = reader.rounds(one.negotiation_id).await?;
            let all = serde_json::json!({ "negotiation": one, "rounds": rounds, "messages": said });
            return context.out.print(&serde_json::to_string_pretty(&all)?);
        }
        let money = |amount| Money { amount, currency: one.currency }.to_string();
        context.out.print(&format!("{} · {}", one.key, one.negotiation_id))?;
        let why = one.status_reason.as_deref().map_or_else(String::new, |why| format!(" ({why})"));
        context.out.print(&format!("{}{why}, as {}", one.status.as_str().replace('_', " "), one.strategy))?;
        context.out.print(&format!("asked {}, at most {}", money(one.ask), money(one.max_acceptable)))?;
        if let Some(price) = one.final_price {
            context.out.print(&format!("agreed at {}", money(price)))?;
        }
        let open = waiting(&mut reader, one.negotiation_id).await?.map(|(message, _)| message.message_id);
        for message in said.iter().filter(|message| Some(message.message_id) != open) {
            context.out.print("")?;
            for line in told(message, &one) {
                context.out.print(&line)?;
            }
        }
        show_waiting(&mut reader, &one, context).await
    })
}

/// A message in lines.
fn told(message: &Message, one: &Negotiation) -> Vec<String> {
    let money = |amount| Money { amount, currency: one.currency }.to_string();
    let who = match message.direction {
        Direction::Outbound => "we",
        Direction::Inbound => "they",
    };
    let kind = match message.direction {
        Direction::Outbound => format!("{}, {}", message.kind.as_str().replace('_', " "), message.status),
        Direction::Inbound => message.reading.as_ref().map_or_else(String::new, |reading| {
            let price = reading.price.map_or_else(String::new, |price| format!(" {}", money(price)));
            format!("read as {}{price}, {:.0} % sure", reading.intent, reading.confidence * 100.0)
        }),
    };
    let mut lines = vec![format!("{} {who} ({kind}):", message.at.format("%Y-%m-%d %H:%M"))];
    let text = message.text.as_deref().unwrap_or("(forgotten)");
    lines.extend(text.lines().map(|line| format!("  {line}")));
    lines
}

/// What the owner is to do next in a negotiation, and the text of it.
///
/// # Errors
/// The store cannot be read.
pub async fn show_waiting(
    reader: &mut Reader<'_>,
    one: &Negotiation,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let key = &one.key;
    if let Some((message, _)) = waiting(reader, one.negotiation_id).await? {
        print_text("waits for your yes", &message, context)?;
        return context.out.say(&format!(
            "hint: autobazaaar negotiations approve {key}   or edit {key} --price …, reject {key}"
        ));
    }
    if let Some((message, effect)) = unsent(reader, one).await? {
        print_text("ready to send, word for word", &message, context)?;
        if let Some(wait) = not_before(&effect, context) {
            context.out.print(&format!("quiet hours: send it {wait}"))?;
        }
        return context.out.say(&format!("hint: when it is sent: autobazaaar negotiations sent {key}"));
    }
    if !one.status.is_final() && reader.is_stopped().await? {
        return context
            .out
            .say("everything is stopped: what is to be answered waits for autobazaaar stop --resume");
    }
    if !one.status.is_final() {
        return context.out.say(&format!(
            "hint: when the seller answers: autobazaaar negotiations reply {key} --text \"…\""
        ));
    }
    Ok(())
}

/// From when on a message may be sent, where that is not now: "not before 08:00".
pub fn not_before(effect: &Effect, context: &Context<'_>) -> Option<String> {
    let (owner, acting) = (&context.config().owner, &context.config().acting);
    let zone = owner.time_zone;
    let from = effect.not_before.max(context.now());
    let open = acting.quiet_hours.parse::<QuietHours>().map_or(from, |hours| hours.next_open(from, zone));
    (open > context.now()).then(|| format!("not before {}", zone.at(open).format("%H:%M")))
}

fn print_text(what: &str, message: &Message, context: &Context<'_>) -> Result<(), CliError> {
    context.out.print("")?;
    context.out.print(&format!("{} — {what}:", message.kind.as_str().replace('_', " ")))?;
    context.out.print("")?;
    context.out.print(message.text.as_deref().unwrap_or_default())
}

/// The oldest message that may go out and has not, with its effect.
async fn unsent(reader: &mut Reader<'_>, one: &Negotiation) -> Result<Option<(Message, Effect)>, CliError> {
    for message in reader.messages_of(one.negotiation_id).await? {
        let open = matches!(message.status, MessageStatus::Queued | MessageStatus::Uncertain);
        if message.direction == Direction::Outbound && open {
            let subject = message.message_id.to_string();
            if let Some(effect) = find::waiting(reader, EffectKind::SendMessage, &subject).await? {
                return Ok(Some((message, effect)));
            }
        }
    }
    Ok(None)
}

/// Says yes to the message that waits; prints it, ready to copy.
///
/// # Errors
/// Nothing waits, or a limit refuses it.
pub fn approve(args: &WordArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let id = named(&desk.store, &args.id).await?.negotiation_id;
        desk.executor(&mut ByHand::default()).say_yes(id, args.note.as_deref()).await?;
        next(desk, &args.id, context).await
    })
}

/// Says no to the message that waits, which ends the negotiation.
///
/// # Errors
/// Nothing waits.
pub fn reject(args: &WordArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let one = named(&desk.store, &args.id).await?;
        desk.executor(&mut ByHand::default()).say_no(one.negotiation_id, args.note.as_deref()).await?;
        context.out.print(&format!("the negotiation about {} is ended; its money is free again", one.key))
    })
}

/// Says it otherwise.
///
/// # Errors
/// The price is above the limit, or the words are not fit.
pub fn edit(args: &EditArgs, context: &Context<'_>) -> Result<(), CliError> {
    if args.price.is_none() && args.text.is_none() && args.file.is_none() {
        return Err(CliError::usage("nothing to change").hint("give --price, --text or --file"));
    }
    let text = text_of(args.text.as_deref(), args.file.as_deref())?;
    at_desk(context, async |desk| {
        let one = named(&desk.store, &args.id).await?;
        let price = args.price.as_deref().map(|text| find::amount("--price", text, one.currency));
        let change = Change { price: price.transpose()?, text: text.as_deref() };
        desk.executor(&mut ByHand::default()).change(one.negotiation_id, change).await?;
        next(desk, &args.id, context).await
    })
}

/// The message was sent, or could not be.
///
/// # Errors
/// None waits to be sent, or it may not be sent now.
pub fn sent(args: &SentArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let one = named(&desk.store, &args.id).await?;
        let found = unsent(&mut desk.store.read().await?, &one).await?;
        let Some((_, effect)) = found else {
            return Err(CliError::failed(format!("no message about {} waits to be sent", one.key))
                .hint(format!("autobazaaar negotiations show {}", one.key)));
        };
        let mut hands = ByHand::default();
        match args.refused {
            Some(code) => hands.did_not(effect.effect_id, Refusal::new(code, "the owner could not send it")),
            None => hands.did(
                effect.effect_id,
                Receipt::Sent {
                    message: effect.effect_id.to_string(),
                    thread: one.negotiation_id.to_string(),
                },
            ),
        }
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        next(desk, &args.id, context).await
    })
}

/// Whether the store let the owner's word on an effect count.
///
/// # Errors
/// It did not: everything is stopped, the day's cap is reached, or the address gets no messages.
pub async fn taken(desk: &Desk, effect: &Effect) -> Result<(), CliError> {
    let mut reader = desk.store.read().await?;
    let Some(now) = reader.effect(effect.effect_id).await? else { return Ok(()) };
    if now.state != EffectState::Queued {
        return Ok(());
    }
    if reader.is_stopped().await? {
        return Err(CliError::failed("everything is stopped").hint("autobazaaar stop --resume"));
    }
    Err(CliError::failed("the day's cap is reached: today nothing more of this kind may be done")
        .hint("see acting.messages_a_day and limits.capital in autobazaaar.toml"))
}

/// The same where the world may have put it off: then it was tried, and says why.
///
/// # Errors
/// As [`taken`].
pub async fn taken_by(desk: &Desk, effect: &Effect) -> Result<(), CliError> {
    let now = desk.store.read().await?.effect(effect.effect_id).await?;
    if now.is_some_and(|now| now.attempts > effect.attempts) {
        return Ok(());
    }
    taken(desk, effect).await
}

/// Takes in what the seller wrote, reads it, and words what follows.
///
/// # Errors
/// Nothing was sent to the seller yet, or the file cannot be read.
pub fn reply(args: &ReplyArgs, context: &Context<'_>) -> Result<(), CliError> {
    let text = text_of(args.text.as_deref(), args.file.as_deref())?.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(CliError::usage("the reply is empty").hint("paste what the seller wrote"));
    }
    at_desk(context, async |desk| {
        let one = named(&desk.store, &args.id).await?;
        let Some(thread) = one.thread_id.clone() else {
            return Err(CliError::failed(format!("nothing was sent to the seller of {} yet", one.key))
                .hint(format!("autobazaaar negotiations sent {}", one.key)));
        };
        let mut hands = ByHand::default();
        let said = desk.store.read().await?.messages_of(one.negotiation_id).await?;
        hands.heard(Incoming {
            seq: 0,
            message: name_of(&said, &text),
            thread,
            from: Writer::Seller,
            address: one.key.to_string(),
            listing: one.key.clone(),
            at: desk.now,
            text,
            offer: None,
            order: None,
            asks_return: false,
        });
        desk.tell(hands).await?;
        let after = desk.store.read().await?.messages_of(one.negotiation_id).await?;
        let newest = after.iter().rev().find(|message| message.direction == Direction::Inbound);
        if inbound(&after) == inbound(&said) {
            context.out.say("this reply was taken in before: nothing changes")?;
        } else if let Some(newest) = newest {
            let read = told(newest, &one);
            context.out.print(read.first().map_or("", String::as_str))?;
        }
        next(desk, &args.id, context).await
    })
}

fn inbound(said: &[Message]) -> usize {
    said.iter().filter(|message| message.direction == Direction::Inbound).count()
}

/// The same words pasted twice since our last message are one reply.
fn name_of(said: &[Message], text: &str) -> String {
    let last = said.iter().rev().find(|message| message.status == MessageStatus::Sent);
    let last = last.map_or_else(String::new, |message| message.message_id.to_string());
    hex(&FieldHasher::new("reply").text(&last).text(text.trim()).finish())
}

async fn named(store: &Store, name: &str) -> Result<Negotiation, CliError> {
    find::negotiation(&mut store.read().await?, name).await
}

/// How the negotiation stands now, and what is next.
async fn next(desk: &Desk, name: &str, context: &Context<'_>) -> Result<(), CliError> {
    let mut reader = desk.store.read().await?;
    let one = find::negotiation(&mut reader, name).await?;
    let money = |amount| Money { amount, currency: one.currency };
    let why = one.status_reason.as_deref().map_or_else(String::new, |why| format!(" ({why})"));
    context.out.print(&format!("{}: {}{why}", one.key, one.status.as_str().replace('_', " ")))?;
    show_waiting(&mut reader, &one, context).await?;
    if let (Some(price), None) = (one.final_price, unsent(&mut reader, &one).await?) {
        context.out.print(&format!("agreed at {}: fetch and pay it", money(price)))?;
        context.out.say(&format!(
            "hint: when it is paid: autobazaaar inventory bought {} --paid {}",
            one.key,
            money(price).decimal()
        ))?;
    }
    Ok(())
}

/// A text that is given by an option or a file.
///
/// # Errors
/// The file cannot be read.
pub fn text_of(text: Option<&str>, file: Option<&std::path::Path>) -> Result<Option<String>, CliError> {
    use std::io::Read as _;
    let Some(path) = file else { return Ok(text.map(str::to_owned)) };
    let unreadable = |error: std::io::Error| {
        CliError::usage(format!("cannot read {}: {error}", path.display())).hint("give a file of text")
    };
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path).map_err(unreadable)?;
    opened.take(MOST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
