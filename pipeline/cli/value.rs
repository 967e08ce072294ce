//! `autobazaaar value`: what would this resell for?

mod answers;

use std::path::PathBuf;
use std::sync::Arc;

use autobazaaar_domain::{Attributes, Basis, Condition, Currency, ListingKey, Platform, RunId};
use autobazaaar_models::Example;
use autobazaaar_venues::file::{MappedBatch, SourceError, SourceOptions, open};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args};

use super::args::basis;
use super::ingest::wrong_source;
use super::output::{Cell, Column, Table};
use super::session::{amount, lake};
use super::{CliError, Context, OutputFormat, ResultExt as _};
use crate::runner::sources::mapping;
use crate::score::learned::store;
use crate::score::models::Models;
use crate::stream::on_all_threads;
use answers::{Answers, BATCH_ROWS, Known, unknown_item};

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
    /// What the estimate stands on [default: asked]
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

/// Values a file of listings, or one described on the command line.
///
/// # Errors
/// When no model is trained yet, the mapping is wrong, or the output cannot be written.
pub fn run(args: &ValueArgs, context: &Context<'_>) -> Result<(), CliError> {
    let lake = lake(context)?;
    let models = Models::load(&lake)?.with_selling(store(&lake).newest()?);
    if models.is_empty() {
        return Err(CliError::failed("there is no price model yet").hint("autobazaaar train"));
    }
    match (&args.from_file, &args.mapping, &args.output) {
        (Some(files), Some(mapping), Some(output)) => {
            value_file(args, files, mapping, output, &Known { models, lake }, context)
        }
        _ => value_one(args, &models, context),
    }
}

/// Comparables shown of a listing described on the command line.
const SHOWN_COMPS: usize = 10;

fn value_file(
    args: &ValueArgs,
    files: &str,
    mapping_name: &str,
    output: &std::path::Path,
    known: &Known,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let here = std::path::Path::new("");
    let mapping = Arc::new(mapping(mapping_name, here).map_err(wrong_source)?);
    let options = SourceOptions { to_be_valued: true, ..SourceOptions::default() };
    let sources = open(&[files], mapping, &options).map_err(|error| wrong_source(error.into()))?;
    let stage = context.progress.stage("value", None);
    let started = std::time::Instant::now();
    let mut answers = Answers::new(args.basis, known)?;
    for source in &sources {
        let map = |batch: Result<_, SourceError>| Ok(source.map(batch?, &RunId("value".to_owned())));
        on_all_threads(source.batches(BATCH_ROWS)?, map, |mapped: Result<MappedBatch, SourceError>| {
            let mapped = mapped?;
            stage.advance((mapped.rows.len() + mapped.rejected.len()) as u64);
            answers.take(source, mapped)
        })?;
    }
    let (bytes, outcome) = answers.finish()?;
    autobazaaar_lake::write_atomically(output, &bytes)?;
    stage.finish(&outcome);
    let seconds = started.elapsed().as_secs_f64();
    context.out.say(&format!("{outcome} in {seconds:.1} s: {}", output.display()))?;
    Ok(())
}

fn value_one(args: &ValueArgs, models: &Models, context: &Context<'_>) -> Result<(), CliError> {
    let currency = args.currency.unwrap_or(Currency::USD);
    let platform =
        args.platform.clone().map_or_else(|| "described".parse().doing("cannot name the listing"), Ok)?;
    let key = ListingKey { platform, external_id: "1".to_owned() };
    let attributes: Attributes = args.attributes.iter().map(|(name, value)| (name, value)).collect();
    let title = args.title.as_deref().unwrap_or_default();
    let categories = match &args.category {
        Some(category) => vec![category.clone()],
        None => models.categories(currency),
    };
    let examples: Vec<Example<'_>> = categories
        .iter()
        .map(|category| Example {
            item: unknown_item(&key),
            key: &key,
            category,
            platform: key.platform.as_str(),
            title,
            description: args.description.as_deref(),
            condition: args.condition,
            attributes: &attributes,
            at: context.now().timestamp(),
            price: None,
            basis: Basis::Asked,
            status_active: true,
        })
        .collect();
    let basis = args.basis.or(Some(Basis::Asked));
    let answers = models.value(&examples, currency, basis, SHOWN_COMPS);
    // Without a category, the one in which most is known of such things.
    let likeness = |answer: &crate::score::models::Valued| {
        answer.prediction.as_ref().map_or(0.0, |p| p.comps.iter().map(|comp| comp.similarity).sum::<f64>())
    };
    let best = answers.into_iter().zip(&categories).max_by(|a, b| likeness(&a.0).total_cmp(&likeness(&b.0)));
    let Some((answer, category)) = best else {
        return Err(CliError::failed(format!("the models know nothing in {currency}")));
    };
    print_one(&answer, category, context)
}

fn print_one(
    answer: &crate::score::models::Valued,
    category: &str,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let valuation = &answer.valuation;
    let value = |of: fn(&autobazaaar_domain::Quantiles) -> autobazaaar_domain::Cents| {
        amount(valuation.quantiles.as_ref().map(|q| of(q).0), valuation.currency)
    };
    let mut table = Table::new([
        Column::number("expected", "expected"),
        Column::number("low", "low"),
        Column::number("high", "high"),
        Column::number("level", "level"),
        Column::text("currency", "currency"),
        Column::text("basis", "basis"),
        Column::number("comp_count", "comparables"),
        Column::text("category", "category"),
        Column::text("note", "note"),
    ]);
    table.push([
        value(autobazaaar_domain::Quantiles::expected),
        value(autobazaaar_domain::Quantiles::low),
        value(autobazaaar_domain::Quantiles::high),
        Cell::percent(valuation.level),
        Cell::text(valuation.currency.as_str()),
        Cell::text(valuation.basis.as_str()),
        Cell::count(u64::from(valuation.comp_count)),
        Cell::text(category),
        valuation.note.as_ref().map_or_else(Cell::missing, Cell::text),
    ]);
    context.out.table(&table)?;
    let comps = answer.prediction.iter().flat_map(|prediction| &prediction.comps);
    if context.out.format() == OutputFormat::Table {
        for comp in comps {
            context.out.print(&format!(
                "  {:>10.0}  {:>3.0} %  {}",
                comp.price,
                comp.similarity * 100.0,
                comp.key
            ))?;
        }
    }
    Ok(())
}
