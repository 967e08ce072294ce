//! `autobazaaar model`: versions of the price model with their measured quality.

use std::collections::BTreeSet;

use autobazaaar_domain::Utc;
use clap::{Args, Subcommand};

use autobazaaar_models::{ModelCard, Registry};

use super::output::{Cell, Column, Table, Tone};
use super::session::{lake, moment};
use super::{CliError, Context, OutputFormat};
use crate::score::models::{registry, segments};

/// Features that `model show` tells of; the JSON card has all.
const FEATURES_SHOWN: usize = 10;

/// What to do with versions.
#[derive(Debug, Subcommand)]
pub enum ModelArgs {
    /// List versions, the newest first
    List,
    /// Show a version's data, parameters and quality
    Show(ModelShowArgs),
    /// Measure on listings that the model has not learned from, and write the rows to check it by
    Evaluate(super::evaluate::EvaluateArgs),
    /// Let a version go live, although it measured worse
    Promote(ModelPromoteArgs),
    /// Return to the version that was live before
    Rollback,
    /// Show what was learned of selling: days until things leave, and share of the ask paid
    Selling(super::selling::SellingArgs),
}

/// Arguments of `model show`.
#[derive(Debug, Args)]
pub struct ModelShowArgs {
    /// The version; without it, the live one
    pub version: Option<String>,
}

/// Arguments of `model promote`.
#[derive(Debug, Args)]
pub struct ModelPromoteArgs {
    /// The version
    pub version: String,
}

/// Lists, shows, promotes or rolls back versions.
///
/// # Errors
/// When a version cannot be read, or there is no such one.
pub fn run(args: &ModelArgs, context: &Context<'_>) -> Result<(), CliError> {
    if let ModelArgs::Selling(args) = args {
        return super::selling::run(args, context);
    }
    if let ModelArgs::Evaluate(args) = args {
        return super::evaluate::run(args, context);
    }
    let known = versions(context)?;
    match args {
        ModelArgs::List => list(&known, context),
        ModelArgs::Show(args) => {
            let wanted =
                |v: &&Version| args.version.as_ref().map_or(v.champion, |name| v.card.version == *name);
            match known.iter().find(wanted) {
                Some(version) => show(version, context),
                None => Err(unknown(args.version.as_deref())),
            }
        }
        ModelArgs::Promote(args) => match known.iter().find(|v| v.card.version == args.version) {
            Some(version) => promote(version, context),
            None => Err(unknown(Some(&args.version))),
        },
        ModelArgs::Rollback => rollback(&known, context),
        // Handled above: they need no list of versions.
        ModelArgs::Selling(_) | ModelArgs::Evaluate(_) => Ok(()),
    }
}

struct Version {
    registry: Registry,
    card: ModelCard,
    champion: bool,
}

fn versions(context: &Context<'_>) -> Result<Vec<Version>, CliError> {
    let lake = lake(context)?;
    let mut known = Vec::new();
    for (basis, currency) in segments(&lake)? {
        let registry = registry(&lake, basis, currency);
        let champion = registry.champion()?;
        for card in registry.list()? {
            let champion = champion.as_deref() == Some(&card.version);
            known.push(Version { registry: registry.clone(), card, champion });
        }
    }
    Ok(known)
}

fn unknown(version: Option<&str>) -> CliError {
    match version {
        Some(version) => {
            CliError::failed(format!("there is no model version `{version}`")).hint("autobazaaar model list")
        }
        None => CliError::failed("no model is in use yet").hint("autobazaaar train"),
    }
}

fn list(known: &[Version], context: &Context<'_>) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::text("version", "version"),
        Column::text("state", "state"),
        Column::text("created_at", "trained"),
        Column::number("rows", "rows"),
        Column::number("rmsle", "RMSLE"),
        Column::number("mdape", "median error"),
        Column::number("coverage", "80 % covers"),
    ]);
    for Version { card, champion, .. } in known.iter().rev() {
        let overall = &card.evaluation.overall;
        table.push([
            Cell::text(&card.version),
            if *champion { Cell::text("in use").tone(Tone::Good) } else { Cell::text("stored").muted() },
            moment(card.created_at),
            Cell::count(overall.rows),
            Cell::float(overall.rmsle, 3),
            Cell::percent(overall.mdape),
            Cell::percent(overall.coverage80),
        ]);
    }
    context
        .out
        .table(&table.or_empty("no model yet: autobazaaar train").hint("autobazaaar model show VERSION"))
}

fn show(version: &Version, context: &Context<'_>) -> Result<(), CliError> {
    if context.out.format() != OutputFormat::Table {
        let card = serde_json::to_string_pretty(&version.card)?;
        return context.out.print(&card);
    }
    let card = &version.card;
    let mut table = Table::new([
        Column::text("category", "category"),
        Column::number("rows", "rows"),
        Column::number("answered", "answered"),
        Column::number("rmsle", "RMSLE"),
        Column::number("mdape", "median error"),
        Column::number("mae", "mean error"),
        Column::number("coverage", "80 % covers"),
        Column::number("winkler", "Winkler"),
    ]);
    let overall = std::iter::once(("all, out of fold", &card.evaluation.overall));
    let newest = card.evaluation.newest.iter().map(|metrics| ("newest fifth", metrics));
    let categories = card.evaluation.by_category.iter().map(|(name, metrics)| (name.as_str(), metrics));
    for (name, metrics) in overall.chain(newest).chain(categories) {
        table.push([
            Cell::text(name),
            Cell::count(metrics.rows),
            Cell::percent(metrics.answered),
            Cell::float(metrics.rmsle, 3),
            Cell::float(metrics.mdape, 3),
            Cell::float(metrics.mae, 2),
            Cell::float(metrics.coverage80, 3),
            Cell::float(metrics.winkler80, 3),
        ]);
    }
    context.out.print(&format!("{}, {} in {}", card.version, card.basis, card.currency))?;
    context.out.print(&told(version)?)?;
    context.out.table(&table)?;
    if !card.importances.is_empty() {
        context.out.print("\nwhat its trees go by, and how much of what they explain comes of it")?;
        context.out.table(&importances(card))?;
    }
    for point in &card.weak_points {
        context.out.print(&format!("weak: {point}"))?;
    }
    Ok(())
}

/// What it was learned from, how large it is, and how fast it is here.
fn told(version: &Version) -> Result<String, CliError> {
    let Version { registry, card, .. } = version;
    let evaluation = &card.evaluation;
    let day =
        |seconds| Utc::from_timestamp(seconds, 0).map_or_else(String::new, |at| at.date_naive().to_string());
    let started = std::time::Instant::now();
    registry.load(&card.version)?;
    Ok(format!(
        "learned in {:.0} s from listings of {} to {}; {:.1} MB, loaded in {:.2} s",
        evaluation.train_seconds,
        day(evaluation.data_from),
        day(evaluation.data_to),
        registry.size(&card.version)? as f64 / 1e6,
        started.elapsed().as_secs_f64(),
    ))
}

/// The features that weigh most in either kind of trees.
fn importances(card: &ModelCard) -> Table {
    let share = |kind: &str, name: &str| card.importances.get(kind).and_then(|of| of.get(name)).copied();
    let mut table = Table::new([
        Column::text("feature", "feature"),
        Column::number("facts", "by facts alone"),
        Column::number("corrections", "beside comparables"),
    ]);
    let names: BTreeSet<&String> = card.importances.values().flat_map(|of| of.keys()).collect();
    let most =
        |name: &str| share("facts", name).unwrap_or(0.0).max(share("corrections", name).unwrap_or(0.0));
    let mut ranked: Vec<(f64, &String)> = names.into_iter().map(|name| (most(name), name)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let cell = |share: Option<f64>| share.map_or_else(Cell::missing, Cell::percent);
    for (_, name) in ranked.into_iter().take(FEATURES_SHOWN) {
        table.push([Cell::text(name), cell(share("facts", name)), cell(share("corrections", name))]);
    }
    table
}

fn promote(version: &Version, context: &Context<'_>) -> Result<(), CliError> {
    version.registry.promote(&version.card.version)?;
    context.out.print(&format!("{} is in use", version.card.version))
}

/// In every segment, back to the version that was in use before.
fn rollback(known: &[Version], context: &Context<'_>) -> Result<(), CliError> {
    let mut any = false;
    for version in known.iter().filter(|version| version.champion) {
        if let Some(before) = version.registry.rollback()? {
            context.out.print(&format!("{before} is in use"))?;
            any = true;
        }
    }
    if any { Ok(()) } else { Err(CliError::failed("there is no earlier version to go back to")) }
}
