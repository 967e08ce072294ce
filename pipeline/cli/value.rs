//! `autobazaaar value`: what would this resell for?

use std::path::PathBuf;

use autobazaaar_domain::{Basis, Condition, Currency, Platform};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args};

use super::args::basis;

/// Arguments of `value`: a file of listings, or one thing described here.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["from_file", "title"]))]
pub struct ValueArgs {
    /// Value every listing of these files
    #[arg(long, value_name = "GLOB", requires_all = ["mapping", "output"])]
    pub from_file: Option<String>,
    /// How columns become fields: a mapping's name or a mapping file
    #[arg(long, value_name = "FILE|NAME", requires = "from_file")]
    pub mapping: Option<String>,
    /// CSV to write the values to, a row for each row that was read
    #[arg(long, value_name = "FILE", requires = "from_file")]
    pub output: Option<PathBuf>,
    /// Value one thing: its title as a listing would have it
    #[arg(long)]
    pub title: Option<String>,
    /// More about it
    #[arg(long, value_name = "TEXT", requires = "title")]
    pub description: Option<String>,
    /// Its category, as the data have it
    #[arg(long, requires = "title")]
    pub category: Option<String>,
    /// Its condition
    #[arg(long, requires = "title", value_parser = condition())]
    pub condition: Option<Condition>,
    /// Where it is offered
    #[arg(long, requires = "title")]
    pub platform: Option<Platform>,
    /// Currency of the answer
    #[arg(long, value_name = "CODE", requires = "title")]
    pub currency: Option<Currency>,
    /// An attribute: `odometer=81000`; may be repeated
    #[arg(long = "attr", value_name = "NAME=VALUE", num_args = 1.., requires = "title", value_parser = attribute)]
    pub attributes: Vec<(String, String)>,
    /// What the estimate stands on, instead of what the configuration says
    #[arg(long, value_parser = basis())]
    pub basis: Option<Basis>,
}

fn condition() -> impl TypedValueParser<Value = Condition> {
    PossibleValuesParser::new(Condition::ALL.iter().map(|condition| condition.as_str()))
        .try_map(|word| word.parse::<Condition>())
}

fn attribute(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("expected NAME=VALUE, for example odometer=81000".to_owned()),
    }
}
