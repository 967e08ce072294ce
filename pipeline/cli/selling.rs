//! `autobazaaar model selling`: what was learned of days until a sale and of ask against sale.

use std::num::NonZeroU32;

use autobazaaar_domain::Currency;
use autobazaaar_models::discount::Share;
use autobazaaar_models::selling::{Learned, SellingCard, SellingOf};
use autobazaaar_models::survival::ExitSpeed;
use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::{lake, with_outside};
use super::{CliError, Context, OutputFormat};
use crate::backtest::held_back::{Fared, HeldBack};
use crate::runner::backtest::held_back;
use crate::score::learned::store;

/// Arguments of `model selling`.
#[derive(Debug, Args)]
pub struct SellingArgs {
    /// Learn without the last days of the record and see how well that foretells them
    #[arg(long, value_name = "DAYS")]
    pub held_back: Option<NonZeroU32>,
    /// Currency of the held-back days [default: that of most listings]
    #[arg(long, value_name = "CODE", requires = "held_back")]
    pub currency: Option<Currency>,
}

/// Shows what is in use, or tries it on held-back days.
///
/// # Errors
/// When nothing was learned yet, or the record cannot be read.
pub fn run(args: &SellingArgs, context: &Context<'_>) -> Result<(), CliError> {
    let lake = lake(context)?;
    if let Some(days) = args.held_back {
        let found =
            with_outside(context, |outside| Ok(held_back(&lake, outside, args.currency, days.get())?))?;
        return show_held_back(&found, context);
    }
    let card = store(&lake).newest()?;
    let card =
        card.ok_or_else(|| CliError::failed("nothing was learned of selling yet").hint("autobazaaar train"))?;
    if context.out.format() == OutputFormat::Json {
        return context.out.print(&serde_json::to_string_pretty(&card)?);
    }
    let mut table = Table::new([
        Column::text("currency", "currency"),
        Column::text("category", "category"),
        Column::number("days_cheap", "days, cheap"),
        Column::number("days", "at value"),
        Column::number("days_dear", "dear"),
        Column::number("ask_to_sale", "sale of ask"),
        Column::number("ask_to_sale_low", "80 % from"),
        Column::number("ask_to_sale_high", "to"),
        Column::number("sales", "sales"),
    ]);
    for (currency, selling) in &card.by_currency {
        for category in categories(selling) {
            table.push(row(*currency, category, selling));
        }
    }
    context.out.table(&table.or_empty("nothing was learned: everything is assumed"))?;
    if context.out.format() == OutputFormat::Table {
        for line in lines(&card) {
            context.out.print(&line)?;
        }
    }
    Ok(())
}

/// Those with figures of their own, after what holds for all others.
fn categories(selling: &SellingOf) -> Vec<Option<&str>> {
    let known = selling.speed.known().is_some() || selling.discount.known().is_some();
    let mut names: Vec<&str> = Vec::new();
    names.extend(selling.speed.known().into_iter().flat_map(|s| s.categories.keys()).map(String::as_str));
    names.extend(selling.discount.known().into_iter().flat_map(|d| d.by_category.keys()).map(String::as_str));
    names.sort_unstable();
    names.dedup();
    known.then_some(None).into_iter().chain(names.into_iter().map(Some)).collect()
}

/// Levels of the value's distribution at which a price is cheap, fair and dear.
const LEVELS: [f64; 3] = [0.25, 0.5, 0.75];

fn row(currency: Currency, category: Option<&str>, selling: &SellingOf) -> Vec<Cell> {
    let name = category.unwrap_or("all others");
    let mut cells = vec![Cell::text(currency.as_str()), Cell::text(name)];
    let pace = selling.speed.known().map(|speed| speed.pace(name));
    cells.extend(LEVELS.map(|level| {
        let days = pace.map(|pace| pace.quantile(pace.speed(level, 0.5), 0.5));
        days.map_or_else(Cell::missing, |days| Cell::float(days, 1))
    }));
    let share = selling.discount.known().map(|discount| discount.share(name));
    let percent = |of: fn(&Share) -> f64| share.as_ref().map_or_else(Cell::missing, |s| Cell::percent(of(s)));
    cells.extend([percent(|s| s.share), percent(|s| s.low), percent(|s| s.high)]);
    cells.push(share.map_or_else(Cell::missing, |share| Cell::count(share.pairs)));
    cells
}

/// What the table stands on.
fn lines(card: &SellingCard) -> Vec<String> {
    let mut lines = Vec::new();
    for (currency, selling) in &card.by_currency {
        lines.push(format!("days until half have left, {currency}: {}", told_speed(&selling.speed)));
        if let Learned::From(speed) = &selling.speed {
            lines.push(format!(
                "  rate × (2·(1 − level))^{:.2} × (0.5 + demand)^{:.2} (± {:.2})",
                speed.price_power, speed.demand_power.value, speed.demand_power.error
            ));
            if speed.seen_price_power.value < speed.price_power {
                lines.push(format!(
                    "  the price's power is held at {:.2}; the exits alone would say {:.2} (± {:.2}): unseen quality hides the price",
                    speed.price_power, speed.seen_price_power.value, speed.seen_price_power.error
                ));
            }
            lines.push("  left is not sold: these are the fewest days that a sale can take".to_owned());
        }
        let discount = match &selling.discount {
            Learned::From(discount) => format!(
                "learned from {} sales whose ask is known; {} left out as no price of the same thing",
                discount.overall.pairs, discount.left_out
            ),
            Learned::Not(why) => format!("assumed ({why})"),
        };
        lines.push(format!("sale as a share of the ask, {currency}: {discount}"));
    }
    for told in &card.told {
        lines.push(format!(
            "{} tells of {} sales in {:.0} listing-days on offer; {} listings were sold when first seen",
            told.platform, told.sales, told.listing_days, told.sold_at_first_sight
        ));
    }
    lines
}

fn told_speed(speed: &Learned<ExitSpeed>) -> String {
    match speed {
        Learned::From(speed) => format!(
            "learned from {} exits of {} watched listings in {:.0} listing-days",
            speed.exits, speed.listings, speed.exposure_days
        ),
        Learned::Not(why) => format!("assumed ({why})"),
    }
}

/// A line for each currency, after training.
///
/// # Errors
/// When what was learned cannot be read.
pub(super) fn in_short(context: &Context<'_>) -> Result<Vec<String>, CliError> {
    let card = store(&lake(context)?).newest()?;
    Ok(card
        .as_ref()
        .map(lines)
        .unwrap_or_default()
        .into_iter()
        .filter(|line| !line.starts_with(' '))
        .collect())
}

fn show_held_back(found: &HeldBack, context: &Context<'_>) -> Result<(), CliError> {
    if context.out.format() == OutputFormat::Json {
        return context.out.print(&serde_json::to_string_pretty(found)?);
    }
    let mut table = Table::new([
        Column::text("rate", "rate of leaving"),
        Column::number("concordance", "concordance"),
        Column::number("error", "±"),
        Column::number("expected_exits", "exits expected"),
        Column::number("exits", "seen"),
        Column::number("log_likelihood", "log likelihood"),
    ]);
    let number = |number: Option<f64>| number.map_or_else(Cell::missing, |number| Cell::float(number, 3));
    let mut push = |name: &str, fared: &Fared| {
        table.push([
            Cell::text(name),
            number(fared.concordance),
            number(fared.concordance_error),
            Cell::float(fared.expected_exits, 1),
            Cell::count(found.exits),
            Cell::float(fared.log_likelihood, 4),
        ]);
    };
    if let Some(learned) = &found.learned {
        push("learned", learned);
    }
    push("assumed", &found.assumed);
    context.out.table(&table)?;
    if context.out.format() == OutputFormat::Table {
        let learned = match (found.exits_learned_from, &found.why_not) {
            (Some(exits), _) => format!("learned from {exits} exits"),
            (None, why) => {
                format!("nothing learned ({})", why.as_deref().unwrap_or("no listing was watched"))
            }
        };
        context.out.print(&format!(
            "{learned} seen before {}; {} listings followed since, {} pairs in known order",
            found.before.date_naive(),
            found.listings,
            found.pairs
        ))?;
    }
    Ok(())
}
