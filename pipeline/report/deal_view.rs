//! One deal in words and figures, for HTML and Markdown alike.

use autobazaaar_domain::{Basis, Cents, Presence, Utc};

use super::data::{Deal, ReportData};
use super::parts::{Cell, Column, Figure, Table};
use super::plots;
use super::summary::do_this;
use super::svg::{Interval, Svg, interval_bar};
use super::text::{
    about, ago, at_most, clean, count, days, exact, moment, money, percent, plural, safe_url, sentence,
    shorten,
};

/// Comparables shown per deal.
const COMPS_SHOWN: usize = 12;

/// Everything the templates print of one deal.
pub(super) struct DealView {
    pub(super) rank: usize,
    pub(super) title: String,
    pub(super) url: Option<String>,
    pub(super) platform: String,
    /// Category, condition, place.
    pub(super) about: String,
    pub(super) key: String,
    pub(super) do_this: String,
    pub(super) action: &'static str,
    pub(super) ask: String,
    pub(super) ask_sort: i64,
    pub(super) max_price: String,
    pub(super) max_sort: i64,
    pub(super) value: String,
    pub(super) value_sort: i64,
    pub(super) range: String,
    pub(super) bar: Option<Svg>,
    pub(super) net_profit: String,
    pub(super) net_sort: i64,
    pub(super) landed_cost: String,
    pub(super) p_loss: String,
    pub(super) p_loss_sort: f64,
    pub(super) risk_word: &'static str,
    pub(super) risk_score: String,
    pub(super) why: String,
    pub(super) watch: Option<String>,
    pub(super) figure: Option<Figure>,
    pub(super) history: Option<Figure>,
    /// From the sale down to what is left: label, amount, whether it is a sum.
    pub(super) sums: Vec<(String, String, bool)>,
    pub(super) comps: Table,
    pub(super) comps_note: Option<String>,
    pub(super) risks: Vec<String>,
    /// Text and code.
    pub(super) reasons: Vec<(String, String)>,
    /// Label, value, exact value on hover.
    pub(super) facts: Vec<(&'static str, String, String)>,
}

/// The deals as views, best first.
pub(super) fn views(data: &ReportData) -> Vec<DealView> {
    let common = common_factors(data);
    data.deals.iter().enumerate().map(|(i, deal)| view(i + 1, deal, data, &common)).collect()
}

/// Risk factors that every deal has: they tell none of them apart.
fn common_factors(data: &ReportData) -> Vec<&str> {
    let [first, rest @ ..] = data.deals.as_slice() else { return Vec::new() };
    let has = |deal: &Deal, code: &str| deal.risk.risk_factors.iter().any(|factor| factor.code == code);
    let codes = first.risk.risk_factors.iter().map(|factor| factor.code.as_str());
    codes.filter(|code| !rest.is_empty() && rest.iter().all(|deal| has(deal, code))).collect()
}

fn view(rank: usize, deal: &Deal, data: &ReportData, common: &[&str]) -> DealView {
    let currency = data.currency;
    let title = clean(&deal.listing.title);
    let value = deal.valuation.quantiles.map_or(deal.estimated_sale_price, |q| q.expected());
    let range = deal.valuation.quantiles.map_or_else(
        || "no range".into(),
        |q| format!("{} – {}", about(q.low(), currency), about(q.high(), currency)),
    );
    DealView {
        rank,
        url: safe_url(deal.listing.url.as_deref()),
        platform: deal.listing.key.platform.to_string(),
        about: about_listing(deal),
        key: clean(&deal.listing.key.to_string()),
        do_this: do_this(deal, data),
        action: deal.action.as_str(),
        ask: deal.listing.ask.map_or_else(|| "—".into(), |ask| money(ask, currency)),
        ask_sort: deal.listing.ask.map_or(0, |ask| ask.0),
        max_price: at_most(deal.max_price, currency),
        max_sort: deal.max_price.0,
        value: about(value, currency),
        value_sort: value.0,
        bar: bar(deal, data, &range),
        range,
        net_profit: about(deal.net_profit, currency),
        net_sort: deal.net_profit.0,
        landed_cost: about(deal.landed_cost, currency),
        p_loss: percent(deal.p_loss),
        p_loss_sort: if deal.p_loss.is_finite() { deal.p_loss } else { 1.0 },
        risk_word: risk_word(deal.risk.score),
        risk_score: format!("{:.2}", deal.risk.score),
        why: why(deal),
        watch: watch(deal, common),
        figure: plots::value(deal, data, &title),
        history: plots::price_history(deal, data),
        sums: sums(deal, data),
        comps: comps(deal, data),
        comps_note: comps_note(deal),
        risks: deal
            .risk
            .risk_factors
            .iter()
            .map(|f| format!("{} (+{:.2})", sentence(&clean(&f.text)), f.points))
            .collect(),
        reasons: deal.reasons.iter().map(|r| (sentence(&clean(&r.text)), clean(&r.code))).collect(),
        facts: facts(deal, data),
        title,
    }
}

/// The risk score in a word: the same at 0.3 and 0.6 everywhere.
fn risk_word(score: f64) -> &'static str {
    // Sums of tenths are a hair off in binary.
    match (score * 100.0).round() / 100.0 {
        s if s <= 0.3 => "low",
        s if s <= 0.6 => "medium",
        _ => "high",
    }
}

fn about_listing(deal: &Deal) -> String {
    let listing = &deal.listing;
    let mut parts = vec![clean(&listing.category)];
    parts.extend(listing.condition.map(|c| c.as_str().replace('_', " ")));
    parts.extend(listing.location.city.as_deref().map(clean));
    parts.join(" · ")
}

/// Why it is a deal, in a sentence or two that a buyer can check.
pub(super) fn why(deal: &Deal) -> String {
    let stands_on = match deal.valuation.basis {
        Basis::Sold => "sold ones",
        Basis::Asked => "ones on offer",
    };
    let comps = deal.enriched.comp_count;
    let judged = match comps {
        0 => "judged by the model alone, no close match".into(),
        n => format!("judged by {} similar {stands_on}", count(n.into())),
    };
    let expected = deal.valuation.quantiles.map_or(deal.estimated_sale_price, |q| q.expected());
    let under = match deal.listing.ask {
        Some(ask) if expected.0 > 0 && ask < expected => {
            let share = 1.0 - ask.0 as f64 / expected.0 as f64;
            format!("{} under its likely price, {judged}", percent(share))
        }
        Some(_) => format!("Asked about its likely price: worth it only if the seller comes down, {judged}"),
        None => sentence(&judged),
    };
    match deal.days_to_sell {
        Some(sell) => format!("{under}. Sells in about {}.", days(sell.expected)),
        None => format!("{under}."),
    }
}

/// A word of caution: that it is no longer there, or the heaviest risk factor of its own.
fn watch(deal: &Deal, common: &[&str]) -> Option<String> {
    if matches!(deal.enriched.presence, Presence::Sold | Presence::Gone) {
        return Some(format!("no longer on offer ({})", deal.enriched.presence));
    }
    let own = deal.risk.risk_factors.iter().filter(|factor| !common.contains(&factor.code.as_str()));
    let heaviest = own.max_by(|a, b| a.points.total_cmp(&b.points))?;
    Some(clean(&heaviest.text))
}

fn bar(deal: &Deal, data: &ReportData, range: &str) -> Option<Svg> {
    let major = |amount: Cents| amount.to_major(data.currency);
    let q = deal.valuation.quantiles?;
    let asked =
        deal.listing.ask.map_or_else(String::new, |ask| format!("; asked {}", money(ask, data.currency)));
    let title = format!("worth {range}, most likely {}{asked}", about(q.expected(), data.currency));
    let interval = Interval {
        low: major(q.low()),
        expected: major(q.expected()),
        high: major(q.high()),
        ask: deal.listing.ask.map(major),
    };
    Some(interval_bar(&interval, &title))
}

fn sums(deal: &Deal, data: &ReportData) -> Vec<(String, String, bool)> {
    let show = |amount: Cents| exact(amount, data.currency);
    let mut rows =
        vec![(format!("Sells for about, on {}", deal.best_platform), show(deal.estimated_sale_price), false)];
    let paid = deal.fees.iter().chain(&deal.costs);
    rows.extend(paid.clone().map(|line| (sentence(&clean(&line.label)), show(-line.amount), false)));
    rows.push(("Price paid to the seller".into(), show(-deal.purchase_price), false));
    let itemised = deal.estimated_sale_price - paid.map(|line| line.amount).sum() - deal.purchase_price;
    if itemised != deal.net_profit {
        // The reader must be able to add the column up: what is not in a line is said to be so.
        rows.push((
            "Not itemised (the profit weighs the whole range)".into(),
            show(deal.net_profit - itemised),
            false,
        ));
    }
    rows.push(("Net profit".into(), show(deal.net_profit), true));
    rows
}

fn comps(deal: &Deal, data: &ReportData) -> Table {
    let rows = deal.enriched.comps.iter().take(COMPS_SHOWN).map(|comp| {
        vec![
            Cell::text(shorten(&clean(&comp.title), 90)).hover(clean(&comp.key.to_string())),
            Cell::text(comp.key.platform.to_string()),
            Cell::number(money(comp.price, data.currency), comp.price.0 as f64),
            Cell::text(comp.basis.to_string()),
            Cell::number(percent(comp.similarity), comp.similarity),
            Cell::number(days(comp.age_days), comp.age_days),
        ]
    });
    Table {
        caption: "Comparables".into(),
        columns: vec![
            Column::text("Similar listing"),
            Column::text("Where"),
            Column::number("Price"),
            Column::text("Asked or sold"),
            Column::number("Similarity"),
            Column::number("Age"),
        ],
        rows: rows.collect(),
    }
}

fn comps_note(deal: &Deal) -> Option<String> {
    let (all, shown) =
        (u64::from(deal.enriched.comp_count), deal.enriched.comps.len().min(COMPS_SHOWN) as u64);
    if all == 0 {
        return Some("No close match: the value stands on the model alone.".into());
    }
    (all > shown).then(|| format!("The {} most similar of {}.", count(shown), count(all)))
}

fn facts(deal: &Deal, data: &ReportData) -> Vec<(&'static str, String, String)> {
    let (enriched, now) = (&deal.enriched, data.generated_at);
    let when = |at: Utc| (ago(at, now), moment(at));
    let mut facts: Vec<(&'static str, String, String)> = Vec::new();
    let mut add = |label, value: String, hover: String| facts.push((label, value, hover));
    add(
        "Return",
        format!("{} on {} spent", percent(deal.roi), about(deal.landed_cost, data.currency)),
        String::new(),
    );
    add("Margin", percent(deal.profit_margin), "net profit ÷ price paid".into());
    if let Some(sell) = deal.days_to_sell {
        add(
            "Time to sell",
            format!("{} ({} to {})", days(sell.expected), days(sell.low), days(sell.high)),
            match sell.learned {
                true => "from payment; learned from listings that left, sold or not".into(),
                false => "from payment; assumed, too few exits were seen".into(),
            },
        );
    }
    let (first, exact_first) = when(enriched.first_seen);
    add("First seen", first, exact_first);
    let (last, exact_last) = when(enriched.last_seen);
    add("Last seen", format!("{last}, {}", presence(enriched.presence)), exact_last);
    add("Seller", seller(deal), String::new());
    add(
        "Rivals",
        plural(enriched.competitor_count.into(), "similar one on offer", "similar ones on offer"),
        String::new(),
    );
    add("Demand", demand(deal), "how fast such items leave, as a percentile of the category".into());
    if let Some(volatility) = enriched.volatility {
        add("Price spread", percent(volatility), "interquartile range ÷ median of the comparables".into());
    }
    add(
        "Profit score",
        format!("{:.0} of 100, priority {}", deal.profit_score, deal.priority.as_str()),
        String::new(),
    );
    if let Some(strategy) = &deal.strategy {
        add("Strategy", clean(strategy), String::new());
    }
    facts
}

fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Active => "on offer",
        Presence::Sold => "sold",
        Presence::Gone => "gone",
        Presence::Unknown => "not checked since",
    }
}

fn seller(deal: &Deal) -> String {
    let seller = &deal.listing.seller;
    let rating = seller.rating.filter(|r| r.is_finite()).map(|r| format!("rated {r:.1} of 5"));
    let ratings =
        seller.feedback_count.and_then(|n| u64::try_from(n).ok()).map(|n| plural(n, "rating", "ratings"));
    let kind = seller.kind.map(|kind| kind.to_string());
    let known: Vec<String> = [kind, rating, ratings].into_iter().flatten().collect();
    if known.is_empty() { "nothing known".into() } else { known.join(", ") }
}

fn demand(deal: &Deal) -> String {
    let enriched = &deal.enriched;
    if enriched.demand_known { format!("{:.2} of 1", enriched.demand_score) } else { "not measured".into() }
}
