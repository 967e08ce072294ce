//! The stage: gathers what a report shows from the lake, renders it, writes the files.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use autobazaaar_domain::run::Run;
use autobazaaar_domain::{Action as Chosen, Basis, Cents, Currency, ListingKey, ReasonCode, Utc};
use autobazaaar_lake::quarantine::read_refused;
use autobazaaar_lake::{Lake, LakeError, write_atomically};
use autobazaaar_models::evaluate::Metrics;
use autobazaaar_models::{ModelCard, RegistryError};
use duckdb::Row;

use super::data::{
    Action, Budget, CalibrationPoint, CategoryMetrics, DataQuality, Deal, FieldShare, Line, ListingFacts,
    Market, ModelMetrics, ModelReport, PassedListing, PassedReason, PastRun, PlatformQuality, PredictedPoint,
    PresenceCount, Priority, Problem, QuarantineReason, Reason, ReportData, Risk, RiskFactor, Severity,
};
use super::{ReportError, RunSummary, deals_csv, passed_csv, render_html, render_markdown};
use crate::decide::Limits;
use crate::decide::explain::{Explained, explain, keys_of};
use crate::publish::{Engine, SqlError, sql_text};
use crate::score::Economics;
use crate::score::models::registry;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportStageError {
    #[error(transparent)]
    Render(#[from] ReportError),
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// What a report is made from.
pub struct ReportInput<'a> {
    pub lake: &'a Lake,
    /// The run that the report belongs to, as far as it came.
    pub run: &'a Run,
    /// The present moment: it names the folder.
    pub now: Utc,
    /// The moment that the data speak of.
    pub as_of: Utc,
    /// The listings are of the simulated market.
    pub simulated: bool,
    pub economics: &'a Economics,
    pub limits: &'a Limits,
}

/// Writes the report of each currency: `reports/<date>/<run>-<currency>.{html,md,csv}` and what
/// was passed. Returns the files, pages first.
///
/// # Errors
/// When the lake cannot be read or the disk is full.
pub fn report(input: &ReportInput<'_>, engine: &Engine) -> Result<Vec<PathBuf>, ReportStageError> {
    let mut files = Vec::new();
    for currency in currencies(engine)? {
        let data = gather(input, engine, currency)?;
        let folder = input.lake.reports().join(input.now.date_naive().to_string());
        files.extend(write(&data, &folder)?);
    }
    files.sort_by_key(|file| file.extension().is_none_or(|ending| ending != "html"));
    Ok(files)
}

fn write(data: &ReportData, folder: &Path) -> Result<Vec<PathBuf>, ReportStageError> {
    let name = format!("{}-{}", data.run.run_id, data.currency.as_str().to_lowercase());
    let summary = serde_json::to_vec_pretty(&data.summary())
        .map_err(std::io::Error::from)
        .map_err(ReportError::from)?;
    let contents: [(&str, Vec<u8>); 5] = [
        (".html", render_html(data)?.into_bytes()),
        (".md", render_markdown(data).into_bytes()),
        ("-deals.csv", deals_csv(data)?),
        ("-passed.csv", passed_csv(data)?),
        ("-summary.json", summary),
    ];
    let mut files = Vec::with_capacity(contents.len());
    for (ending, bytes) in contents {
        let path = folder.join(format!("{name}{ending}"));
        write_atomically(&path, &bytes)?;
        files.push(path);
    }
    Ok(files)
}

fn currencies(engine: &Engine) -> Result<Vec<Currency>, SqlError> {
    let sql = "select currency from lake.decisions group by currency order by count(*) desc, currency";
    let codes: Vec<String> = rows(engine, sql, "", |row| row.get(0))?;
    Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
}

/// Rows of a query; a `?` in it is the currency.
fn rows<T>(
    engine: &Engine,
    sql: &str,
    currency: &str,
    read: impl Fn(&Row<'_>) -> duckdb::Result<T>,
) -> Result<Vec<T>, SqlError> {
    let doing = "cannot gather the report";
    let sql = sql.replace('?', &sql_text(currency));
    let mut statement = engine.connection().prepare(&sql).map_err(SqlError::new(doing))?;
    let rows = statement.query_map([], |row| read(row)).map_err(SqlError::new(doing))?;
    rows.collect::<duckdb::Result<Vec<T>>>().map_err(SqlError::new(doing))
}

fn gather(
    input: &ReportInput<'_>,
    engine: &Engine,
    currency: Currency,
) -> Result<ReportData, ReportStageError> {
    let code = currency.as_str();
    let chosen =
        keys_of(engine, &include_str!("../../sql/reports/chosen.sql").replace('?', &sql_text(code)))?;
    let examples = keys_of(
        engine,
        &include_str!("../../sql/reports/passed_examples.sql").replace('?', &sql_text(code)),
    )?;
    let wanted: HashSet<ListingKey> = chosen.iter().chain(&examples).cloned().collect();
    let explained = explain(input.lake, engine, input.economics, input.as_of, &wanted)?;
    let mut by_key: BTreeMap<ListingKey, Explained> =
        explained.into_iter().map(|one| (one.seen.key.clone(), one)).collect();
    let take = |keys: Vec<ListingKey>, by_key: &mut BTreeMap<ListingKey, Explained>| -> Vec<Explained> {
        keys.iter().filter_map(|key| by_key.remove(key)).collect()
    };
    let chosen = take(chosen, &mut by_key);
    let passed = take(examples, &mut by_key);
    let history = history(input, currency)?;
    Ok(ReportData {
        generated_at: input.as_of,
        currency,
        simulated: input.simulated,
        run: input.run.clone(),
        budget: Budget {
            capital: input.limits.capital(currency),
            stock_at_cost: Cents::ZERO,
            open_holds: Cents::ZERO,
        },
        previous: history.iter().rev().find_map(|past| past.summary.clone()),
        deals: chosen.into_iter().filter_map(|one| deal(one, currency)).collect(),
        passed_reasons: passed_reasons(engine, code)?,
        passed: passed.into_iter().map(passed_listing).collect(),
        model: model(input, engine, currency)?,
        quality: DataQuality { platforms: platforms(engine, code)?, quarantine: quarantine(input)? },
        market: market(engine, code)?,
        problems: problems(input.run),
        history,
    })
}

fn reasons(one: &Explained) -> Vec<Reason> {
    let reason = |reason: &autobazaaar_domain::Reason| Reason {
        code: reason.code.as_str().to_owned(),
        text: reason.to_string(),
    };
    match &one.decision {
        Some(decision) => decision.reasons.iter().map(reason).collect(),
        None => one.deal.status_reason.iter().map(reason).collect(),
    }
}

/// A chosen deal; `None` for one without figures, which is never chosen.
fn deal(one: Explained, currency: Currency) -> Option<Deal> {
    let reasons = reasons(&one);
    let decision = one.decision?;
    let figures = one.deal.figures?;
    let line = |label: &str, amount: Cents| Line { label: label.to_owned(), amount };
    let fees = figures.fees(currency);
    let sale = &figures.proceeds;
    let costs = figures
        .lines()
        .into_iter()
        .filter(|(name, amount)| amount.0 < 0 && *name != "purchase price" && !name.ends_with(" fees"))
        .map(|(name, amount)| line(name, -amount))
        .collect();
    let risk_factors = one.deal.risk.factors.iter().map(|factor| RiskFactor {
        code: factor.code.as_str().to_owned(),
        text: factor.code.explain().to_owned(),
        points: factor.addition,
    });
    Some(Deal {
        listing: ListingFacts::from(&one.seen),
        enriched: one.enriched,
        valuation: one.valuation,
        action: match decision.action {
            Chosen::Buy => Action::Buy,
            Chosen::Negotiate => Action::Negotiate,
            Chosen::Pass => Action::Pass,
        },
        purchase_price: figures.purchase_price,
        max_price: decision.max_price.unwrap_or(figures.purchase_price),
        landed_cost: figures.landed_cost,
        estimated_sale_price: figures.estimated_sale_price,
        best_platform: figures.best_platform().clone(),
        days_to_sell: Some(figures.days_to_sell),
        fees: [("platform fee", fees.platform), ("payment fee", sale.payment_fees)]
            .into_iter()
            .filter(|(_, amount)| amount.0 != 0)
            .map(|(name, amount)| line(name, amount))
            .collect(),
        costs,
        profit_potential: figures.profit_potential,
        net_profit: figures.net_profit,
        profit_margin: figures.profit_margin,
        roi: figures.roi,
        annualised_roi: Some(figures.annualised_roi).filter(|roi| roi.is_finite()),
        p_loss: figures.p_loss,
        risk: Risk { score: one.deal.risk.score, risk_factors: risk_factors.collect() },
        profit_score: figures.profit_score,
        rank_score: figures.rank_score,
        priority: match one.deal.priority {
            autobazaaar_domain::Priority::High => Priority::High,
            autobazaaar_domain::Priority::Normal => Priority::Normal,
            autobazaaar_domain::Priority::Low => Priority::Low,
        },
        strategy: decision.strategy.map(|strategy| strategy.as_str().to_owned()),
        reasons,
    })
}

fn passed_listing(one: Explained) -> PassedListing {
    let figures = one.deal.figures.as_ref();
    PassedListing {
        listing: ListingFacts::from(&one.seen),
        max_price: one.decision.as_ref().and_then(|decision| decision.max_price),
        net_profit: figures.map(|figures| figures.net_profit),
        p_loss: figures.map(|figures| figures.p_loss),
        reasons: reasons(&one),
        valuation: Some(one.valuation),
    }
}

fn passed_reasons(engine: &Engine, currency: &str) -> Result<Vec<PassedReason>, SqlError> {
    let sql = include_str!("../../sql/reports/passed_reasons.sql");
    let counts: Vec<(Option<String>, u64)> =
        rows(engine, sql, currency, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let reason = |(code, count): (Option<String>, u64)| {
        let code = code.unwrap_or_default();
        let text = code.parse::<ReasonCode>().map_or_else(|_| code.clone(), |c| c.explain().to_owned());
        PassedReason { code, text, count, hint: None }
    };
    Ok(counts.into_iter().map(reason).collect())
}

fn platforms(engine: &Engine, currency: &str) -> Result<Vec<PlatformQuality>, SqlError> {
    use autobazaaar_domain::Presence::{Active, Gone, Sold, Unknown};
    const FIELDS: [&str; 5] = ["description", "condition", "price", "seller", "images"];
    let read = |row: &Row<'_>| {
        let mut missing = Vec::with_capacity(FIELDS.len());
        for (i, field) in FIELDS.iter().enumerate() {
            missing.push(FieldShare { field: (*field).to_owned(), share: row.get(2 + i)? });
        }
        let mut presence = Vec::with_capacity(4);
        for (i, state) in [Active, Sold, Gone, Unknown].into_iter().enumerate() {
            presence.push(PresenceCount { presence: state, count: row.get(8 + i)? });
        }
        let (platform, listings): (String, u64) = (row.get(0)?, row.get(1)?);
        let newest: Option<i64> = row.get(7)?;
        Ok((platform, listings, missing, newest, presence, row.get::<_, u64>(12)?, row.get::<_, u64>(13)?))
    };
    let found = rows(engine, include_str!("../../sql/reports/platforms.sql"), currency, read)?;
    let quality = |(platform, listings, missing, newest, presence, scans_complete, scans_capped): (
        String,
        _,
        _,
        Option<i64>,
        _,
        _,
        _,
    )| {
        Some(PlatformQuality {
            platform: platform.parse().ok()?,
            listings,
            missing,
            newest_observed_at: newest.and_then(Utc::from_timestamp_micros),
            scans_complete,
            scans_capped,
            presence,
        })
    };
    Ok(found.into_iter().filter_map(quality).collect())
}

fn quarantine(input: &ReportInput<'_>) -> Result<Vec<QuarantineReason>, LakeError> {
    let mut reasons: BTreeMap<String, QuarantineReason> = BTreeMap::new();
    for file in input.lake.quarantine_files()? {
        for refused in read_refused(&file)? {
            let refused = refused?;
            let source =
                Path::new(&refused.source).file_name().unwrap_or_default().to_string_lossy().into_owned();
            let entry = reasons.entry(refused.code.clone()).or_insert_with(|| QuarantineReason {
                code: refused.code,
                text: refused.reason,
                count: 0,
                example: Some(format!("{source}:{}", refused.row)),
            });
            entry.count += 1;
        }
    }
    let mut reasons: Vec<QuarantineReason> = reasons.into_values().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    Ok(reasons)
}

fn market(engine: &Engine, currency: &str) -> Result<Option<Market>, SqlError> {
    type Life = (f64, bool, i64, Option<f64>);
    let read =
        |row: &Row<'_>| -> duckdb::Result<Life> { Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)) };
    let lives = rows(engine, include_str!("../../sql/reports/market.sql"), currency, read)?;
    let mut market = Market::default();
    for (days, censored, prices, change) in lives {
        if censored {
            market.censored += 1;
        } else {
            market.exit_days.push(days);
        }
        market.price_changes.extend(change.filter(|change| *change != 0.0));
        market.priced += u64::from(prices > 0);
    }
    let known = !market.exit_days.is_empty() || !market.price_changes.is_empty();
    Ok(known.then_some(market))
}

fn model(
    input: &ReportInput<'_>,
    engine: &Engine,
    currency: Currency,
) -> Result<Option<ModelReport>, ReportStageError> {
    let registry = registry(input.lake, Basis::Asked, currency);
    let Some(version) = registry.champion()? else { return Ok(None) };
    let sql = include_str!("../../sql/reports/predicted.sql");
    let predicted = rows(engine, sql, currency.as_str(), |row| {
        Ok(PredictedPoint { predicted: Cents(row.get(0)?), actual: Cents(row.get(1)?) })
    })?;
    Ok(Some(ModelReport { predicted, ..model_report(registry.show(&version)?) }))
}

fn model_report(card: ModelCard) -> ModelReport {
    let ModelCard { currency, evaluation, .. } = card;
    let metrics = |metrics: &Metrics| ModelMetrics {
        rows: metrics.rows,
        answered: metrics.answered,
        rmsle: metrics.rmsle,
        mdape: metrics.mdape,
        mae: Cents::from_major(metrics.mae, currency).unwrap_or_default(),
        coverage: metrics.coverage80,
    };
    let by_category = evaluation.by_category.iter();
    ModelReport {
        model_version: card.version,
        trained_at: card.created_at,
        trained_rows: evaluation.overall.rows,
        data_from: Utc::from_timestamp(evaluation.data_from, 0),
        data_to: Utc::from_timestamp(evaluation.data_to, 0),
        basis: card.basis,
        metrics: metrics(&evaluation.overall),
        by_category: by_category
            .map(|(category, figures)| CategoryMetrics {
                category: category.clone(),
                metrics: metrics(figures),
            })
            .collect(),
        calibration: intervals(&evaluation),
        quantiles: quantile_grid(&evaluation),
        predicted: Vec::new(),
        importances: card
            .importances
            .get("facts")
            .into_iter()
            .flatten()
            .map(|(n, s)| (n.clone(), *s))
            .collect(),
        weak_points: card.weak_points,
    }
}

fn answered(evaluation: &autobazaaar_models::Evaluation) -> u64 {
    (evaluation.overall.rows as f64 * evaluation.overall.answered).round() as u64
}

fn quantile_grid(evaluation: &autobazaaar_models::Evaluation) -> Vec<CalibrationPoint> {
    let rows = answered(evaluation);
    let point = |row: &autobazaaar_models::evaluate::CalibrationRow| CalibrationPoint {
        nominal: row.level,
        observed: row.observed,
        rows,
    };
    evaluation.calibration.iter().map(point).collect()
}

/// Central intervals from the observed shares below each level.
fn intervals(evaluation: &autobazaaar_models::Evaluation) -> Vec<CalibrationPoint> {
    let (rows, answered) = (&evaluation.calibration, answered(evaluation));
    (0..rows.len() / 2)
        .rev()
        .map(|i| {
            let (low, high) = (&rows[i], &rows[rows.len() - 1 - i]);
            CalibrationPoint {
                nominal: high.level - low.level,
                observed: high.observed - low.observed,
                rows: answered,
            }
        })
        .collect()
}

/// Former runs of the same kind, with the summary that their report left.
fn history(input: &ReportInput<'_>, currency: Currency) -> Result<Vec<PastRun>, LakeError> {
    let mut past = Vec::new();
    for run in input.lake.runs()?.into_iter().filter(|run| run.run_id != input.run.run_id) {
        let summary = summary(input, &run, currency);
        past.push(PastRun { run, summary });
    }
    Ok(past)
}

fn summary(input: &ReportInput<'_>, run: &Run, currency: Currency) -> Option<RunSummary> {
    let folder = input.lake.reports();
    let date = run.finished_at.unwrap_or(run.started_at).date_naive();
    let name = format!("{}-{}-summary.json", run.run_id, currency.as_str().to_lowercase());
    // A report that the owner removed is no failure: the run is shown without its figures.
    let bytes = std::fs::read(folder.join(date.to_string()).join(name)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn problems(run: &Run) -> Vec<Problem> {
    let refused: u64 = run.stages.iter().map(|stage| stage.rows_rejected).sum();
    let read: u64 = run.stages.iter().filter(|s| s.rows_rejected > 0).map(|stage| stage.rows_in).sum();
    if refused == 0 {
        return Vec::new();
    }
    vec![Problem {
        severity: Severity::Info,
        title: format!("{refused} of {read} rows were set aside"),
        message: "they did not fit their mapping; nothing of them is lost".to_owned(),
        suggested_action: Some("autobazaaar quarantine list".to_owned()),
    }]
}
