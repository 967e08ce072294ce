//! The report's plots: what each shows, and the finding it is titled with.

use autobazaaar_domain::{Cents, Currency, Utc};

use super::data::{CalibrationPoint, Deal, Market, ModelReport, ReportData};
use super::parts::{Cell, Column, Figure, Table};
use super::svg::{self, Bin, Labels, Series, ValuePlot, value_plot};
use super::text::{about, at_most, clean, count, date, days, moment, money, percent, plural};

/// An axis' or hover's amount from major units.
fn major_text(currency: Currency) -> impl Fn(f64) -> String {
    move |major| Cents::from_major(major, currency).map_or_else(String::new, |amount| about(amount, currency))
}

/// The deal's value with the ask and its comparables.
pub(super) fn value(deal: &Deal, data: &ReportData, title: &str) -> Option<Figure> {
    let currency = data.currency;
    let major = |amount: Cents| amount.to_major(currency);
    let quantiles = deal.valuation.quantiles?;
    let comp = |c: &autobazaaar_domain::Comp| {
        let hover = format!(
            "{} {}: {} ({} similar)",
            money(c.price, currency),
            c.basis,
            clean(&c.title),
            percent(c.similarity)
        );
        (major(c.price), hover)
    };
    let comps: Vec<_> = deal.enriched.comps.iter().map(comp).collect();
    let plot = ValuePlot {
        quantiles: quantiles.0.map(major),
        ask: deal.listing.ask.map(|ask| (major(ask), money(ask, currency))),
        max_price: Some((major(deal.max_price), at_most(deal.max_price, currency))),
        comps: &comps,
    };
    let finding = format!(
        "Eight of ten such items end between {} and {}",
        about(quantiles.low(), currency),
        about(quantiles.high(), currency)
    );
    let description = format!(
        "{title}: bands hold 50, 80 and 90% of likely prices, the orange line is the ask, the dashed line the most to pay, dots are comparables."
    );
    let rows = autobazaaar_domain::valuation::LEVELS.iter().zip(quantiles.0).map(|(level, price)| {
        vec![Cell::number(percent(*level), *level), Cell::number(about(price, currency), price.0 as f64)]
    });
    Some(Figure {
        svg: value_plot(&plot, &finding, &description, &major_text(currency)),
        title: finding,
        values: Table {
            caption: "Likely prices".into(),
            columns: vec![Column::number("Share of prices below"), Column::number("Price")],
            rows: rows.collect(),
        },
    })
}

/// The listing's own price over time, when it changed.
pub(super) fn price_history(deal: &Deal, data: &ReportData) -> Option<Figure> {
    let history = &deal.enriched.price_history;
    let (first, last) = (history.first()?, history.last()?);
    if history.len() < 2 {
        return None;
    }
    let currency = data.currency;
    let title = match last.price.cmp(&first.price) {
        std::cmp::Ordering::Less => format!(
            "The seller came down from {} to {}",
            money(first.price, currency),
            money(last.price, currency)
        ),
        std::cmp::Ordering::Equal => {
            format!("The price moved and is back at {}", money(last.price, currency))
        }
        std::cmp::Ordering::Greater => format!(
            "The seller went up from {} to {}",
            money(first.price, currency),
            money(last.price, currency)
        ),
    };
    // A price holds until the next one: steps, not slopes.
    let mut points: Vec<(f64, f64)> = Vec::new();
    for point in history {
        let at = point.at.timestamp() as f64;
        if let Some((_, price)) = points.last().copied() {
            points.push((at, price));
        }
        points.push((at, point.price.to_major(currency)));
    }
    let last_seen = deal.enriched.last_seen.timestamp() as f64;
    if let Some((_, price)) = points.last().copied().filter(|(at, _)| *at < last_seen) {
        points.push((last_seen, price));
    }
    let labels = Labels {
        title: &title,
        description: "asked price over time",
        x: "date",
        y: &format!("asked ({currency})"),
    };
    let series = [Series { name: "asked".into(), points }];
    let svg = svg::lines(&series, &labels, &day, &major_text(currency));
    let rows = history.iter().map(|point| {
        vec![
            Cell::number(moment(point.at), point.at.timestamp() as f64),
            Cell::number(money(point.price, currency), point.price.0 as f64),
        ]
    });
    let values = Table {
        caption: "Asked price over time".into(),
        columns: vec![Column::text("From"), Column::number("Asked")],
        rows: rows.collect(),
    };
    Some(Figure { title, svg, values })
}

fn day(seconds: f64) -> String {
    Utc::from_timestamp(seconds as i64, 0).map_or_else(String::new, date)
}

/// Calibration, and predicted against actual.
pub(super) fn model(model: &ModelReport, currency: Currency) -> Vec<Figure> {
    let mut figures = Vec::new();
    figures.extend(calibration(model));
    figures.extend(quantiles(model));
    figures.extend(predicted(model, currency));
    figures.extend(importances(model));
    figures
}

/// Features shown; the rest is one bar.
const FEATURES: usize = 9;

fn importances(model: &ModelReport) -> Option<Figure> {
    let mut ranked: Vec<(String, f64)> =
        model.importances.iter().map(|(name, share)| (name.replace('_', " "), *share)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let title = format!("By facts alone, prices go by {} most", ranked.first()?.0);
    let rest: f64 = ranked.iter().skip(FEATURES).map(|(_, share)| share).sum();
    ranked.truncate(FEATURES);
    if rest > 0.0 {
        ranked.push(("all others".to_owned(), rest));
    }
    let labels = Labels {
        title: &title,
        description: "for each fact, its share in what the price model's trees on facts explain",
        x: "share of what is explained",
        y: "",
    };
    let svg = svg::bars(&ranked, &labels, &percent_tick);
    let rows = ranked
        .iter()
        .map(|(name, share)| vec![Cell::text(name.clone()), Cell::number(percent(*share), *share)]);
    let values = Table {
        caption: "What prices go by".into(),
        columns: vec![Column::text("Fact"), Column::number("Share")],
        rows: rows.collect(),
    };
    Some(Figure { title, svg, values })
}

/// The largest difference between what was found and what was promised, with its sign.
fn worst(points: &[CalibrationPoint]) -> f64 {
    let gaps = points.iter().map(|p| p.observed - p.nominal);
    gaps.fold(0.0, |worst: f64, gap| if gap.abs() > worst.abs() { gap } else { worst })
}

fn calibration(model: &ModelReport) -> Option<Figure> {
    if model.calibration.is_empty() {
        return None;
    }
    let title = match worst(&model.calibration) {
        gap if gap.abs() <= 0.03 => "Ranges hold as often as they promise".to_owned(),
        gap if gap < 0.0 => format!("Ranges are too sure of themselves by up to {:.0} points", -gap * 100.0),
        gap => format!("Ranges are too careful by up to {:.0} points", gap * 100.0),
    };
    let labels = Labels {
        title: &title,
        description: "for each promised share, the share of real prices found inside; the dashed diagonal is perfect",
        x: "promised share inside the range",
        y: "share found inside",
    };
    let sides = ("below the line: too sure", "above: too careful");
    Some(promised_and_found(&model.calibration, &labels, sides, "Promised and found"))
}

/// An interval may hold while both of its ends stand too high: the grid tells.
fn quantiles(model: &ModelReport) -> Option<Figure> {
    if model.quantiles.is_empty() {
        return None;
    }
    let title = match worst(&model.quantiles) {
        gap if gap.abs() <= 0.03 => "Each quantile has its share of prices at or below it".to_owned(),
        gap if gap < 0.0 => format!("Quantiles stand too low by up to {:.0} points", -gap * 100.0),
        gap => format!("Quantiles stand too high by up to {:.0} points", gap * 100.0),
    };
    let labels = Labels {
        title: &title,
        description: "for each quantile, the share of real prices found at or below it; the dashed diagonal is perfect",
        x: "quantile",
        y: "share found at or below",
    };
    let sides = ("below the line: too low", "above: too high");
    Some(promised_and_found(&model.quantiles, &labels, sides, "Quantiles and what lies below them"))
}

fn promised_and_found(
    points: &[CalibrationPoint],
    labels: &Labels<'_>,
    sides: (&str, &str),
    caption: &str,
) -> Figure {
    let dots: Vec<_> = points.iter().map(|p| (p.nominal, p.observed, p.rows)).collect();
    let svg = svg::calibration(&dots, labels, sides, &percent_tick);
    let rows = points.iter().map(|p| {
        vec![
            Cell::number(percent(p.nominal), p.nominal),
            Cell::number(percent(p.observed), p.observed),
            Cell::count(p.rows),
        ]
    });
    let values = Table {
        caption: caption.into(),
        columns: vec![Column::number("Promised"), Column::number("Found"), Column::number("Listings")],
        rows: rows.collect(),
    };
    Figure { title: labels.title.to_owned(), svg, values }
}

fn percent_tick(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

fn predicted(model: &ModelReport, currency: Currency) -> Option<Figure> {
    let usable: Vec<_> = model.predicted.iter().filter(|p| p.actual.0 > 0 && p.predicted.0 > 0).collect();
    if usable.is_empty() {
        return None;
    }
    let near =
        usable.iter().filter(|p| (p.predicted.0 as f64 / p.actual.0 as f64 - 1.0).abs() <= 0.25).count();
    let title = format!(
        "{} of predictions are within a quarter of the real price",
        percent(near as f64 / usable.len() as f64)
    );
    let actual = match model.basis {
        autobazaaar_domain::Basis::Asked => "asked",
        autobazaaar_domain::Basis::Sold => "sold for",
    };
    let labels = Labels {
        title: &title,
        description: "each dot gathers held-out listings of like price; the dashed diagonal is a perfect prediction",
        x: &format!("{actual} ({currency}, powers of ten)"),
        y: &format!("predicted ({currency})"),
    };
    let major = |amount: Cents| amount.to_major(currency);
    let points: Vec<_> = usable.iter().map(|p| (major(p.actual), major(p.predicted))).collect();
    let svg = svg::scatter(&points, &labels, &major_text(currency));
    Some(Figure { title, svg, values: predicted_table(&usable, actual, currency) })
}

/// Median prediction per tenth of the actual prices: the plot's dots are too many for a table.
fn predicted_table(points: &[&super::PredictedPoint], actual: &str, currency: Currency) -> Table {
    let mut sorted: Vec<_> = points.to_vec();
    sorted.sort_by_key(|p| (p.actual, p.predicted));
    let rows = sorted.chunks(sorted.len().div_ceil(10).max(1)).map(|tenth| {
        let mut predictions: Vec<Cents> = tenth.iter().map(|p| p.predicted).collect();
        predictions.sort_unstable();
        let (low, high) = (tenth[0].actual, tenth[tenth.len() - 1].actual);
        let median = predictions[predictions.len() / 2];
        vec![
            Cell::number(format!("{} – {}", about(low, currency), about(high, currency)), low.0 as f64),
            Cell::number(about(median, currency), median.0 as f64),
            Cell::count(tenth.len() as u64),
        ]
    });
    Table {
        caption: "Predictions by tenths of the real prices".into(),
        columns: vec![
            Column::text(&super::text::sentence(actual)),
            Column::number("Median prediction"),
            Column::number("Listings"),
        ],
        rows: rows.collect(),
    }
}

/// Time to exit and price changes, as far as they were seen.
pub(super) fn market(market: &Market) -> Vec<Figure> {
    let mut figures = Vec::new();
    figures.extend(time_on_market(market));
    figures.extend(price_changes(market));
    figures
}

/// Both findings in one line.
pub(super) fn market_heading(market: &Market) -> Option<String> {
    let left = median(&market.exit_days)
        .map(|d| format!("half of the listings that left were gone within {}", days(d.max(1.0))));
    let changed = median(&market.price_changes).map(|_| {
        format!(
            "{} of prices were changed",
            percent(market.price_changes.len() as f64 / market.priced.max(1) as f64)
        )
    });
    let found: Vec<String> = [left, changed].into_iter().flatten().collect();
    (!found.is_empty()).then(|| super::text::sentence(&found.join("; ")))
}

fn time_on_market(market: &Market) -> Option<Figure> {
    let middle = median(&market.exit_days)?;
    let top = quantile(&market.exit_days, 0.98)?.max(1.0);
    let title = format!("Listings that leave typically stay {}", days(middle.max(1.0)));
    let still = format!("{} still there are not counted", plural(market.censored, "listing", "listings"));
    let labels =
        Labels { title: &title, description: &still, x: "days from first sight to exit", y: "listings" };
    Some(histogram_figure(&market.exit_days, (0.0, top.ceil()), &labels, &|d| format!("{d:.0}"), "Days"))
}

fn price_changes(market: &Market) -> Option<Figure> {
    let middle = median(&market.price_changes)?;
    let changed = market.price_changes.len() as f64 / market.priced.max(1) as f64;
    let direction = if middle < 0.0 { "down" } else { "up" };
    let title = format!(
        "Sellers who changed their price ({}) typically went {direction} by {}",
        percent(changed),
        percent(middle.abs())
    );
    // Zero is always shown: the reader asks which way prices go.
    let low = quantile(&market.price_changes, 0.02)?.min(-0.1);
    let high = quantile(&market.price_changes, 0.98)?.max(0.1);
    let ends = ((low * 20.0).floor() / 20.0, (high * 20.0).ceil() / 20.0);
    let description = "last price over first; left of zero the price fell";
    let labels = Labels { title: &title, description, x: "change from first to last price", y: "listings" };
    Some(histogram_figure(
        &market.price_changes,
        ends,
        &labels,
        &|share| percent(share).replace("under 0.1%", "0%"),
        "Change",
    ))
}

/// Up to 24 bins of equal width; what lies outside the ends counts in the outermost bin.
fn histogram_figure(
    values: &[f64],
    ends: (f64, f64),
    labels: &Labels<'_>,
    format: svg::Format<'_>,
    name: &str,
) -> Figure {
    let bins = bins(values, ends);
    let rows = bins.iter().map(|bin| {
        let range = format!("{} to {}", format(bin.from), format(bin.to));
        vec![Cell::number(range, bin.from), Cell::count(bin.count)]
    });
    Figure {
        title: labels.title.to_owned(),
        svg: svg::histogram(&bins, labels, format),
        values: Table {
            caption: format!("{name} and number of listings"),
            columns: vec![Column::text(name), Column::number("Listings")],
            rows: rows.collect(),
        },
    }
}

fn bins(values: &[f64], (from, to): (f64, f64)) -> Vec<Bin> {
    let width = nice_width((to - from) / 16.0);
    let first = (from / width + 1e-9).floor();
    let number = ((to / width - 1e-9).ceil() - first).clamp(1.0, 40.0) as usize;
    let edge = |i: usize| (first + i as f64) * width;
    let mut bins: Vec<Bin> = (0..number).map(|i| Bin { from: edge(i), to: edge(i + 1), count: 0 }).collect();
    for value in values.iter().filter(|v| v.is_finite()) {
        let place = ((value / width).floor() - first).clamp(0.0, number as f64 - 1.0) as usize;
        bins[place].count += 1;
    }
    bins
}

/// The next of 1, 2, 5 times a power of ten.
fn nice_width(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|w| *w >= rough * 0.999).unwrap_or(power)
}

fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

fn quantile(values: &[f64], level: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let place = (level * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(place).copied()
}

/// Expected net profit run by run, this one included.
pub(super) fn run_history(data: &ReportData) -> Option<Figure> {
    let mut runs: Vec<_> = data.history.iter().filter_map(|past| past.summary.clone()).collect();
    let now = data.summary();
    runs.retain(|past| past.run_id != now.run_id);
    runs.push(now);
    runs.sort_by_key(|summary| summary.started_at);
    if runs.len() < 3 {
        return None;
    }
    let (currency, n) = (data.currency, runs.len());
    let mut profits: Vec<Cents> = runs.iter().map(|s| s.net_profit).collect();
    profits.sort_unstable();
    let title = format!(
        "A run typically finds {} of net profit ({} runs)",
        about(profits[n / 2], currency),
        count(n as u64)
    );
    let labels = Labels {
        title: &title,
        description: "expected net profit of the deals of each run",
        x: "run",
        y: &format!("expected net profit ({currency})"),
    };
    let points = runs.iter().map(|s| (s.started_at.timestamp() as f64, s.net_profit.to_major(currency)));
    let series = [Series { name: "net profit".into(), points: points.collect() }];
    let svg = svg::lines(&series, &labels, &day, &major_text(currency));
    let rows = runs.iter().map(|s| {
        vec![
            Cell::number(moment(s.started_at), s.started_at.timestamp() as f64),
            Cell::count(s.deals),
            Cell::number(about(s.net_profit, currency), s.net_profit.0 as f64),
        ]
    });
    let values = Table {
        caption: "Net profit by run".into(),
        columns: vec![Column::text("Run"), Column::number("Deals"), Column::number("Net profit")],
        rows: rows.collect(),
    };
    Some(Figure { title, svg, values })
}
