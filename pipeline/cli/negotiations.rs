//! `autobazaaar negotiations`: what is said between us and the other side.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use autobazaaar_negotiation::{MAX_LINE_BYTES, read_line};
use clap::{Args, Subcommand};

use super::owner::talk;
use super::{CliError, Context};

/// What to do with messages.
#[derive(Debug, Subcommand)]
pub enum NegotiationsArgs {
    /// Read messages apart from any negotiation: intent, price, whose words
    Read(NegotiationsReadArgs),
    /// List negotiations and what each waits for
    List(talk::ListArgs),
    /// Show every offer and every word of one
    Show(talk::NamedArgs),
    /// Say yes to the message that waits, and print it ready to copy
    Approve(talk::WordArgs),
    /// Say no to the message that waits, which ends the negotiation
    Reject(talk::WordArgs),
    /// Say it otherwise: another price, other words
    Edit(talk::EditArgs),
    /// The message was sent, or could not be
    Sent(talk::SentArgs),
    /// Take in what the seller wrote
    Reply(talk::ReplyArgs),
}

/// Arguments of `negotiations read`.
#[derive(Debug, Args)]
pub struct NegotiationsReadArgs {
    /// A JSON object per line: text, and if known list_price, our_offer, before, format, from, currency
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
}

/// Reads messages.
///
/// # Errors
/// When the file cannot be read, or a line of it is no message.
pub fn run(args: &NegotiationsArgs, context: &Context<'_>) -> Result<(), CliError> {
    match args {
        NegotiationsArgs::Read(args) => read(args, context),
        NegotiationsArgs::List(args) => talk::list(args, context),
        NegotiationsArgs::Show(args) => talk::show(args, context),
        NegotiationsArgs::Approve(args) => talk::approve(args, context),
        NegotiationsArgs::Reject(args) => talk::reject(args, context),
        NegotiationsArgs::Edit(args) => talk::edit(args, context),
        NegotiationsArgs::Sent(args) => talk::sent(args, context),
        NegotiationsArgs::Reply(args) => talk::reply(args, context),
    }
}

/// Prints a line for each line: what was read, or `{"error": …}` where it is no message. Blank
/// lines are left out.
fn read(args: &NegotiationsReadArgs, context: &Context<'_>) -> Result<(), CliError> {
    let name = args.file.display();
    let unreadable = |error: std::io::Error| {
        CliError::usage(format!("cannot read {name}: {error}")).hint("give a file of JSON lines")
    };
    let mut lines = BufReader::new(File::open(&args.file).map_err(unreadable)?);
    let (mut number, mut wrong) = (0_u64, 0_u64);
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = MAX_LINE_BYTES as u64 + 1;
        let read = std::io::Read::take(&mut lines, most).read_until(b'\n', &mut line).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        number += 1;
        if line.len() > MAX_LINE_BYTES {
            return Err(CliError::usage(format!(
                "{name}: line {number} is longer than {MAX_LINE_BYTES} bytes"
            )));
        }
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        match read_line(text.trim()) {
            Ok(read) => context.out.print(&read)?,
            Err(error) => {
                wrong += 1;
                tracing::warn!("{name}: line {number}: {error}");
                context.out.print(&serde_json::json!({ "error": error.to_string() }).to_string())?;
            }
        }
    }
    if wrong > 0 {
        let lines = if wrong == 1 { "1 line is no message" } else { "some lines are no messages" };
        return Err(CliError::failed(format!("{name}: {lines} ({wrong} of {number})"))
            .hint("a line is a JSON object such as {\"text\": \"How about 90?\", \"list_price\": 100}"));
    }
    Ok(())
}
