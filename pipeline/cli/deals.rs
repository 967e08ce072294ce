//! `autobazaaar deals`: what is worth buying, and why.

use std::num::NonZeroUsize;

use autobazaaar_domain::ListingKey;
use clap::{Args, Subcommand, ValueEnum};

use autobazaaar_domain::{Action, Basis, Currency, Money};
use autobazaaar_lake::{Dataset, Lake};
use duckdb::Row;

use super::output::{Cell, Column, Table, Tone};
use super::owner::approve::{self, DealsApproveArgs, DealsRejectArgs};
use super::session::{amount, engine, lake, share};
use super::state::{has_state, with_store};
use super::{CliError, Context, OutputFormat};
use crate::decide::Decided;
use crate::decide::explain::{Explained, explain};
use crate::publish::{Engine, SqlError};
use crate::runner::stages::as_of;
use crate::score::Economics;
use crate::score::learned::as_scored;

/// Arguments of `deals`; without a subcommand, the list.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DealsArgs {
    /// One deal instead of the list.
    #[command(subcommand)]
    pub command: Option<DealsCommand>,
    /// How to list.
    #[command(flatten)]
    pub list: DealsListArgs,
}

/// What to do with deals.
#[derive(Debug, Subcommand)]
pub enum DealsCommand {
    /// The same list as without a command
    List(DealsListArgs),
    /// Show one deal with every reason and number behind it
    Show(DealsShowArgs),
    /// Take a deal on: hold the money, and word the first message or the payment
    Approve(DealsApproveArgs),
    /// Leave a deal that waits for you
    Reject(DealsRejectArgs),
}

/// How to list deals.
#[derive(Debug, Args)]
pub struct DealsListArgs {
    /// Also what was passed, with the reason
    #[arg(long)]
    pub all: bool,
    /// Best first, by this
    #[arg(long, value_enum, value_name = "BY", default_value_t = DealsSort::Rank)]
    pub sort: DealsSort,
    /// Most rows
    #[arg(long, value_name = "N", default_value = "30")]
    pub limit: NonZeroUsize,
}

/// What deals are sorted by, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DealsSort {
    /// Risk-adjusted profit per unit of capital and day
    Rank,
    /// How far the ask is below the value
    Underpriced,
    /// Net profit
    Profit,
    /// Net profit over landed cost
    Roi,
    /// Profit score, 0 to 100
    Score,
    /// Price asked, lowest first
    Ask,
    /// Newest first
    Newest,
}

/// Arguments of `deals show`.
#[derive(Debug, Args)]
pub struct DealsShowArgs {
    /// The listing: ebay:1234
    #[arg(value_name = "ID")]
    pub id: ListingKey,
}

/// Lists deals, or explains one.
///
/// # Errors
/// When nothing is scored yet, or there is no such listing.
pub fn run(args: &DealsArgs, context: &Context<'_>) -> Result<(), CliError> {
    let lake = lake(context)?;
    if lake.entries(Dataset::Deals)?.is_empty() {
        return Err(CliError::failed("nothing is scored yet").hint("autobazaaar run"));
    }
    match &args.command {
        None => list_of(&lake, &args.list, context),
        Some(DealsCommand::List(list)) => list_of(&lake, list, context),
        Some(DealsCommand::Show(args)) => show(&lake, &args.id, context),
        Some(DealsCommand::Approve(args)) => approve::approve(args, context),
        Some(DealsCommand::Reject(args)) => approve::reject(args, context),
    }
}

/// A line of the list; amounts are minor units.
struct Listed {
    platform: String,
    external_id: String,
    title: String,
    category: String,
    currency: Currency,
    ask: Option<i64>,
    expected: Option<i64>,
    low: Option<i64>,
    high: Option<i64>,
    underpriced: Option<f64>,
    net_profit: Option<i64>,
    roi: Option<f64>,
    p_loss: Option<f64>,
    max_price: Option<i64>,
    /// Mean, 10 % and 90 % quantile.
    days_to_sell: [Option<f64>; 3],
    action: Option<String>,
    reason: Option<String>,
    url: Option<String>,
}

/// Prints the deals of a lake.
///
/// # Errors
/// When the lake cannot be read.
pub(super) fn list_of(lake: &Lake, args: &DealsListArgs, context: &Context<'_>) -> Result<(), CliError> {
    let engine = engine(context, lake)?;
    let listed = query(&engine, args, context)?;
    let people = context.out.format() == OutputFormat::Table;
    let mut table = if people { short_table(args.all) } else { full_table() };
    for one in &listed {
        table.push(if people { short_row(one, args.all) } else { full_row(one) });
    }
    let first = listed.first().map(|one| format!("{}:{}", one.platform, one.external_id));
    let hint =
        first.map_or("autobazaaar deals --all".to_owned(), |id| format!("autobazaaar deals show '{id}'"));
    let empty =
        "no deal meets the limits; `autobazaaar deals --all` lists what was looked at, the report says why";
    context.out.table(&table.or_empty(empty).hint(hint))
}

fn query(engine: &Engine, args: &DealsListArgs, context: &Context<'_>) -> Result<Vec<Listed>, SqlError> {
    let order = match args.sort {
        DealsSort::Rank => "rank_score desc nulls last",
        DealsSort::Underpriced => "underpriced desc nulls last",
        DealsSort::Profit => "net_profit desc nulls last",
        DealsSort::Roi => "roi desc nulls last",
        DealsSort::Score => "profit_score desc nulls last",
        DealsSort::Ask => "purchase_price nulls last",
        DealsSort::Newest => "discovered_at desc",
    };
    let chosen = if args.all { "true" } else { "action in ('buy', 'negotiate')" };
    // For programs everything is listed: nobody should take a cut list for the whole.
    let limit = match context.out.format() {
        OutputFormat::Table => format!("limit {}", args.limit),
        _ => String::new(),
    };
    let sql = format!(
        "select platform, external_id, title, category, deals.currency, purchase_price, expected, low, high,
            underpriced, net_profit, roi, p_loss, max_price, action,
            coalesce(status_reason, reasons[1]), url, days_to_sell, days_to_sell_low, days_to_sell_high
         from lake.deals as deals left join lake.decisions as decisions using (platform, external_id)
         where {chosen} order by {order}, platform, external_id {limit}"
    );
    let doing = "cannot list the deals";
    let mut statement = engine.connection().prepare(&sql).map_err(SqlError::new(doing))?;
    let rows = statement.query_map([], read).map_err(SqlError::new(doing))?;
    rows.collect::<duckdb::Result<Vec<Listed>>>().map_err(SqlError::new(doing))
}

fn read(row: &Row<'_>) -> duckdb::Result<Listed> {
    let currency: String = row.get(4)?;
    Ok(Listed {
        platform: row.get(0)?,
        external_id: row.get(1)?,
        title: row.get(2)?,
        category: row.get(3)?,
        // The lake holds checked codes only.
        currency: currency.parse().unwrap_or(Currency::USD),
        ask: row.get(5)?,
        expected: row.get(6)?,
        low: row.get(7)?,
        high: row.get(8)?,
        underpriced: row.get(9)?,
        net_profit: row.get(10)?,
        roi: row.get(11)?,
        p_loss: row.get(12)?,
        max_price: row.get(13)?,
        action: row.get(14)?,
        reason: row.get(15)?,
        url: row.get(16)?,
        days_to_sell: [row.get(17)?, row.get(18)?, row.get(19)?],
    })
}

fn short_table(all: bool) -> Table {
    let mut columns = vec![
        Column::text("title", "listing"),
        Column::text("id", "id"),
        Column::number("ask", "ask"),
        Column::number("value", "worth"),
        // As a number it is never cut.
        Column::number("interval", "80 % between"),
    ];
    if all {
        columns.push(Column::number("underpriced", "underpriced"));
        columns.push(Column::text("reason", "why not"));
    } else {
        columns.push(Column::number("net_profit", "profit"));
        columns.push(Column::number("p_loss", "loss"));
        columns.push(Column::text("action", "do"));
    }
    Table::new(columns)
}

fn short_row(one: &Listed, all: bool) -> Vec<Cell> {
    let money = |minor| amount(minor, one.currency);
    let interval = match (one.low, one.high) {
        (Some(low), Some(high)) => {
            Cell::text(format!("{} – {}", whole(low, one.currency), whole(high, one.currency)))
        }
        _ => Cell::missing(),
    };
    let mut cells = vec![
        Cell::text(&one.title),
        Cell::text(format!("{}:{}", one.platform, one.external_id)).muted(),
        money(one.ask),
        one.expected.map_or_else(Cell::missing, |minor| Cell::text(whole(minor, one.currency))),
        interval,
    ];
    if all {
        cells.push(one.underpriced.map_or_else(Cell::missing, |score| Cell::float(score, 2)));
        cells.push(one.reason.as_ref().map_or_else(Cell::missing, Cell::text));
    } else {
        cells.push(
            one.net_profit
                .map_or_else(Cell::missing, |minor| Cell::text(whole(minor, one.currency)).tone(Tone::Good)),
        );
        cells.push(share(one.p_loss));
        cells.push(one.action.as_ref().map_or_else(Cell::missing, Cell::text));
    }
    cells
}

/// An estimate without its cents, which nobody knows.
fn whole(minor: i64, currency: Currency) -> String {
    let scale = currency.scale();
    let rounded = (minor as f64 / scale as f64).round() as i64 * scale;
    Money::new(rounded, currency).to_string()
}

fn full_table() -> Table {
    let text = ["platform", "external_id", "title", "category", "currency"];
    let numbers =
        ["ask", "expected", "low", "high", "underpriced", "net_profit", "roi", "p_loss", "max_price"];
    let columns = text.map(|name| Column::text(name, name)).into_iter();
    let columns = columns.chain(numbers.map(|name| Column::number(name, name)));
    let days = ["days_to_sell", "days_to_sell_low", "days_to_sell_high"];
    let columns = columns.chain(days.map(|name| Column::number(name, name)));
    Table::new(columns.chain(["action", "reason", "url"].map(|name| Column::text(name, name))))
}

fn full_row(one: &Listed) -> Vec<Cell> {
    let money = |minor| amount(minor, one.currency);
    let real = |number: Option<f64>| number.map_or_else(Cell::missing, |number| Cell::float(number, 4));
    let text = |text: &Option<String>| text.as_ref().map_or_else(Cell::missing, Cell::text);
    let mut cells = vec![
        Cell::text(&one.platform),
        Cell::text(&one.external_id),
        Cell::text(&one.title),
        Cell::text(&one.category),
        Cell::text(one.currency.as_str()),
        money(one.ask),
        money(one.expected),
        money(one.low),
        money(one.high),
        real(one.underpriced),
        money(one.net_profit),
        real(one.roi),
        real(one.p_loss),
        money(one.max_price),
    ];
    let day = |days: Option<f64>| days.map_or_else(Cell::missing, |days| Cell::float(days, 1));
    cells.extend(one.days_to_sell.map(day));
    cells.extend([text(&one.action), text(&one.reason), text(&one.url)]);
    cells
}

fn show(lake: &Lake, id: &ListingKey, context: &Context<'_>) -> Result<(), CliError> {
    let engine = engine(context, lake)?;
    let as_of = as_of(&engine, context.now())?;
    let economics = Economics::new(context.config().economics.clone(), Economics::built_in_fees()?)?;
    let economics = economics.with_learned(as_scored(lake)?);
    let wanted = std::iter::once(id.clone()).collect();
    let found = explain(lake, &engine, &economics, as_of, &wanted)?;
    let Some(one) = found.into_iter().next() else {
        return Err(not_scored(&engine, id)?);
    };
    if context.out.format() == OutputFormat::Table {
        for line in told(&one) {
            context.out.print(&line)?;
        }
        for line in became_of(id, context)? {
            context.out.print(&line)?;
        }
        return comps(&one, context);
    }
    let json = serde_json::json!({
        "observation": one.seen,
        "enriched": one.enriched,
        "valuation": one.valuation,
        "deal": one.deal,
        "decision": one.decision,
    });
    context.out.print(&serde_json::to_string_pretty(&json)?)
}

/// Why there is nothing to show: what is gone is no deal any more.
fn not_scored(engine: &Engine, id: &ListingKey) -> Result<CliError, SqlError> {
    let sql = "select strftime(last_seen, '%Y-%m-%d') from lake.enriched
        where platform = ? and external_id = ? and presence = 'gone'";
    let doing = "cannot look for the listing";
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new(doing))?;
    let mut rows = statement.query([id.platform.as_str(), &id.external_id]).map_err(SqlError::new(doing))?;
    let Some(row) = rows.next().map_err(SqlError::new(doing))? else {
        return Ok(CliError::failed(format!("there is no scored listing {id}"))
            .hint("autobazaaar deals --all lists them"));
    };
    let last_seen: String = row.get(0).map_err(SqlError::new(doing))?;
    Ok(CliError::failed(format!("{id} is gone: it was last seen on {last_seen}"))
        .hint("autobazaaar query reads what is known of it: select * from listings"))
}

/// A scored deal with its decision, as the newest run left them; `None` for what it does not know.
///
/// # Errors
/// When the lake cannot be read.
pub(super) fn decided_in_lake(id: &ListingKey, context: &Context<'_>) -> Result<Option<Decided>, CliError> {
    let lake = lake(context)?;
    if lake.entries(Dataset::Decisions)?.is_empty() {
        return Ok(None);
    }
    let engine = engine(context, &lake)?;
    let as_of = as_of(&engine, context.now())?;
    let economics = Economics::new(context.config().economics.clone(), Economics::built_in_fees()?)?;
    let economics = economics.with_learned(as_scored(&lake)?);
    let found = explain(&lake, &engine, &economics, as_of, &std::iter::once(id.clone()).collect())?;
    Ok(found.into_iter().next().and_then(|one| Some((one.deal, one.decision?))))
}

/// What the store knows of a deal, in lines.
fn became_of(id: &ListingKey, context: &Context<'_>) -> Result<Vec<String>, CliError> {
    if !has_state(context)? {
        return Ok(Vec::new());
    }
    let mut lines =
        with_store(context, async |store| super::owner::story::story(&mut store.read().await?, id).await)?;
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    Ok(lines)
}

/// The deal in lines for people.
fn told(one: &Explained) -> Vec<String> {
    let Explained { seen, enriched, valuation, deal, decision } = one;
    let money =
        |cents: autobazaaar_domain::Cents| Money { amount: cents, currency: seen.currency }.to_string();
    let mut lines = vec![seen.title.clone(), format!("{} · {}", seen.key, seen.category)];
    lines.extend(seen.url.clone());
    let condition = seen.condition.map_or("condition not told", |condition| condition.as_str());
    lines.push(format!(
        "{condition} · {} · first seen {}, last seen {}",
        enriched.presence,
        enriched.first_seen.format("%Y-%m-%d"),
        enriched.last_seen.format("%Y-%m-%d")
    ));
    lines.extend(enriched.insights.iter().cloned());
    lines.push(String::new());
    lines.push(format!("ask          {}", seen.ask().map_or("none".to_owned(), money)));
    match (&valuation.quantiles, &valuation.note) {
        (Some(value), _) => {
            lines.push(format!("worth        {}", money(value.expected())));
            lines.push(format!("80 % between {} and {}", money(value.low()), money(value.high())));
            let basis = match valuation.basis {
                Basis::Asked => "what such items are offered for",
                Basis::Sold => "what such items sold for",
            };
            lines.push(format!("stands on    {basis}, {} comparables", valuation.comp_count));
            lines.push(format!("model        {}", valuation.model_version));
        }
        (None, note) => {
            lines.push(format!("worth        not known: {}", note.as_deref().unwrap_or("no reason given")))
        }
    }
    if let Some(figures) = &deal.figures {
        lines.push(String::new());
        lines.push(format!("If bought at the ask and sold on {}:", figures.best_platform()));
        for (name, amount) in figures.lines() {
            lines.push(format!("  {name:<30}{:>12}", money(amount)));
        }
        lines.push(format!("  {:<30}{:>12}", "net profit", money(figures.net_profit)));
        lines.push(format!(
            "  margin {:.0} %, return {:.0} %, chance of a loss {:.0} %",
            figures.profit_margin * 100.0,
            figures.roi * 100.0,
            figures.p_loss * 100.0,
        ));
        if figures.honest < 0.995 {
            lines.push(format!(
                "  an honest offer with a chance of {:.0} %: so low an ask is soon taken, where it is meant",
                figures.honest * 100.0
            ));
        }
        let days = figures.days_to_sell;
        lines.push(format!(
            "  sold {:.0} days after paying, in four cases of five {:.0} to {:.0} ({}), at {}",
            days.expected,
            days.low,
            days.high,
            if days.learned { "learned" } else { "assumed" },
            money(figures.plan.list_price)
        ));
        if let Some(given) = &figures.given_ask {
            lines.push(format!(
                "  such things sell for {}; this one, given its ask, for {} to {} in four cases of five",
                money(figures.usual_sale_price()),
                money(given.low()),
                money(given.high())
            ));
        }
        if figures.basis == Basis::Asked {
            let how = if figures.ask_to_sale_learned { "learned" } else { "assumed" };
            lines.push(format!("  a sale brings {:.0} % of the ask ({how})", figures.ask_to_sale * 100.0));
        }
    }
    lines.push(String::new());
    lines.push(format!("risk {:.2}", deal.risk.score));
    for factor in &deal.risk.factors {
        lines.push(format!("  +{:.2} {}", factor.addition, factor.code.explain()));
    }
    lines.extend(deal.notes.iter().map(|note| format!("note: {}", note.explain())));
    lines.extend(deal.check_list().iter().map(|check| format!("check: {check}")));
    lines.push(String::new());
    lines.extend(decided(decision.as_ref(), seen.currency));
    lines
}

fn decided(decision: Option<&autobazaaar_domain::Decision>, currency: Currency) -> Vec<String> {
    let Some(decision) = decision else {
        return vec!["nothing is decided yet: autobazaaar decide".to_owned()];
    };
    let money = |cents| Money { amount: cents, currency }.to_string();
    let mut lines = vec![match (decision.action, decision.max_price) {
        (Action::Pass, _) => "pass".to_owned(),
        (action, Some(most)) => format!("{action}, for at most {}", money(most)),
        (action, None) => action.to_string(),
    }];
    if let (Some(strategy), Some(offer)) = (decision.strategy, decision.opening_offer) {
        lines.push(format!("  open with {} ({strategy})", money(offer)));
    }
    lines.extend(decision.reasons.iter().map(|reason| format!("  {} — {reason}", reason.code)));
    lines
}

fn comps(one: &Explained, context: &Context<'_>) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::text("title", "comparable"),
        Column::text("id", "id"),
        Column::number("price", "price"),
        Column::text("basis", "basis"),
        Column::number("similarity", "similar"),
        Column::number("age_days", "days old"),
    ]);
    for comp in &one.enriched.comps {
        table.push([
            Cell::text(&comp.title),
            Cell::text(comp.key.to_string()).muted(),
            amount(Some(comp.price.0), one.seen.currency),
            Cell::text(comp.basis.as_str()),
            Cell::percent(comp.similarity),
            Cell::float(comp.age_days, 0),
        ]);
    }
    context.out.print("")?;
    context.out.table(&table.or_empty("no comparables"))
}
