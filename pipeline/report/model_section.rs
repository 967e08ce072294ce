//! How far the prices can be trusted.

use super::data::{ModelMetrics, ModelReport, ReportData};
use super::parts::{Cell, Column, Section, Table};
use super::plots;
use super::text::{about, ago, clean, count, date, percent, plural};
use autobazaaar_domain::{Basis, Currency};

/// A coverage further than this from 80 % is called wrong.
const COVERAGE_TOLERANCE: f64 = 0.05;
/// Categories with fewer held-out rows are not judged.
const ROWS_TO_JUDGE: u64 = 20;
/// Days after which a model is called old.
const OLD_DAYS: i64 = 14;

/// The price model's section, or how to get one.
pub(super) fn model(data: &ReportData) -> Section {
    let mut section = Section { anchor: "model", name: "Price model", ..Section::default() };
    let Some(model) = &data.model else {
        section.heading = "No price model yet".into();
        section.text.push(
            "Not trained yet: run `autobazaaar train`. How far its prices are off, and how often its ranges hold, \
             will appear here."
                .into(),
        );
        return section;
    };
    section.heading = format!(
        "Prices are typically {} off; the 80% range held {} of the time",
        percent(model.metrics.mdape),
        percent(model.metrics.coverage),
    );
    section.text.push(about_model(model, data));
    section.list = weak_points(model, data);
    section.figures = plots::model(model, data.currency);
    section.tables.push(metrics(model, data.currency));
    section
}

fn about_model(model: &ModelReport, data: &ReportData) -> String {
    let span = match (model.data_from, model.data_to) {
        (Some(from), Some(to)) => format!(" seen from {} to {}", date(from), date(to)),
        _ => String::new(),
    };
    let basis = match model.basis {
        Basis::Asked => "asking prices",
        Basis::Sold => "sale prices",
    };
    format!(
        "Version {}, trained {} on {basis} of {}{span}. Measured on {} that it had not seen.",
        clean(&model.model_version),
        ago(model.trained_at, data.generated_at),
        plural(model.trained_rows, "listing", "listings"),
        count(model.metrics.rows),
    )
}

/// Weaknesses told by whoever trained it, then those the figures show.
fn weak_points(model: &ModelReport, data: &ReportData) -> Vec<String> {
    let mut weak: Vec<String> = model.weak_points.iter().map(|text| clean(text)).collect();
    if model.basis == Basis::Asked {
        weak.push("It learned from asking prices, and things usually sell for less than was asked.".into());
    }
    if model.metrics.coverage < 0.8 - COVERAGE_TOLERANCE {
        weak.push("Its ranges are too narrow: a real price falls outside more often than promised.".into());
    }
    if model.metrics.coverage > 0.8 + COVERAGE_TOLERANCE {
        weak.push("Its ranges are wider than needed, so some deals may be missed.".into());
    }
    if model.metrics.answered < 0.9 {
        weak.push(format!("It has no price for {} of listings.", percent(1.0 - model.metrics.answered)));
    }
    let age = (data.generated_at - model.trained_at).num_days();
    if age > OLD_DAYS {
        weak.push(format!("It is {age} days old: run `autobazaaar train` to bring it up to date."));
    }
    let judged = model.by_category.iter().filter(|c| c.metrics.rows >= ROWS_TO_JUDGE);
    for category in judged.filter(|c| c.metrics.mdape > 1.5 * model.metrics.mdape) {
        weak.push(format!(
            "{}: typically {} off, so trust its prices less.",
            clean(&category.category),
            percent(category.metrics.mdape)
        ));
    }
    weak
}

fn metrics(model: &ModelReport, currency: Currency) -> Table {
    let row = |name: String, m: &ModelMetrics| {
        vec![
            Cell::text(name),
            Cell::count(m.rows),
            Cell::number(percent(m.mdape), m.mdape),
            Cell::number(about(m.mae, currency), m.mae.0 as f64),
            Cell::number(format!("{:.3}", m.rmsle), m.rmsle),
            Cell::number(percent(m.coverage), m.coverage),
            Cell::number(percent(m.answered), m.answered),
        ]
    };
    let mut categories: Vec<_> = model.by_category.iter().collect();
    categories.sort_by(|a, b| b.metrics.rows.cmp(&a.metrics.rows).then_with(|| a.category.cmp(&b.category)));
    let mut rows = vec![row("All".into(), &model.metrics)];
    rows.extend(categories.into_iter().map(|c| row(clean(&c.category), &c.metrics)));
    Table {
        caption: "Quality by category, on listings the model had not seen".into(),
        columns: vec![
            Column::text("Category"),
            Column::number("Listings"),
            Column::number("Typical error"),
            Column::number("Mean error"),
            Column::number("RMSLE"),
            Column::number("80% range held"),
            Column::number("Answered"),
        ],
        rows,
    }
}
