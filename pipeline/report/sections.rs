//! The parts below the deals, each with its finding as heading, for HTML and Markdown alike.

use autobazaaar_domain::run::{Run, RunState, Stage};

use super::advice;
use super::data::{PassedListing, PlatformQuality, Problem, ReportData, Severity};
use super::parts::{Cell, Column, Section, Table};
use super::plots;
use super::summary::failure;
use super::text::{
    about, ago, bytes, clean, date, moment, money, percent, plural, safe_url, seconds, sentence, short_id,
    shorten,
};

/// What was passed and why.
pub(super) fn passed(data: &ReportData) -> Section {
    let mut section = Section { anchor: "passed", name: "Passed", ..Section::default() };
    let total: u64 = data.passed_reasons.iter().map(|reason| reason.count).sum();
    let reasons = advice::by_count(data);
    let Some(top) = reasons.first().filter(|_| total > 0) else {
        section.heading = "Nothing was passed".into();
        section.text.push("Listings that are not worth buying will be counted here by reason.".into());
        return section;
    };
    section.heading = format!(
        "{} passed, most often ({}) because: {}",
        plural(total, "listing was", "listings were"),
        percent(top.count as f64 / total as f64),
        clean(&top.text),
    );
    let rows = reasons.iter().map(|reason| {
        let examples =
            data.passed.iter().filter(|p| p.reasons.first().is_some_and(|r| r.code == reason.code));
        let named: Vec<_> = examples.take(2).map(|p| shorten(&clean(&p.listing.title), 60)).collect();
        vec![
            Cell::text(sentence(&clean(&reason.text))).hover(clean(&reason.code)),
            Cell::count(reason.count),
            share(reason.count, total),
            Cell::text(advice::hint(reason).map_or_else(|| "—".into(), sentence)),
            Cell::text(if named.is_empty() { "—".into() } else { named.join("; ") }),
        ]
    });
    section.tables.push(Table {
        caption: "Why listings were passed".into(),
        columns: vec![
            Column::text("Reason"),
            Column::number("Listings"),
            Column::number("Share"),
            Column::text("To change that"),
            Column::text("For example"),
        ],
        rows: rows.collect(),
    });
    section.tables.extend(near_misses(data));
    section
}

/// The passed listings that came nearest to a deal.
fn near_misses(data: &ReportData) -> Option<Table> {
    const SHOWN: usize = 15;
    let mut near: Vec<&PassedListing> =
        data.passed.iter().filter(|p| p.net_profit.is_some_and(|profit| profit.0 > 0)).collect();
    near.sort_by(|a, b| b.net_profit.cmp(&a.net_profit).then_with(|| a.listing.key.cmp(&b.listing.key)));
    let rows: Vec<_> = near.into_iter().take(SHOWN).map(|p| near_miss(p, data)).collect();
    (!rows.is_empty()).then(|| Table {
        caption: "Near misses: a profit was likely, but a limit stood in the way".into(),
        columns: vec![
            Column::text("Listing"),
            Column::text("Where"),
            Column::number("Asked"),
            Column::number("Pay at most"),
            Column::number("Worth"),
            Column::number("Net profit"),
            Column::number("Chance of loss"),
            Column::text("Passed because"),
        ],
        rows,
    })
}

fn near_miss(passed: &PassedListing, data: &ReportData) -> Vec<Cell> {
    let listing = &passed.listing;
    let paid = |amount: Option<autobazaaar_domain::Cents>, show: fn(_, _) -> String| match amount {
        Some(amount) => Cell::number(show(amount, data.currency), amount.0 as f64),
        None => Cell::text("—"),
    };
    let worth = passed.valuation.as_ref().and_then(|v| v.quantiles);
    vec![
        Cell::text(shorten(&clean(&listing.title), 90))
            .hover(clean(&listing.key.to_string()))
            .link(safe_url(listing.url.as_deref())),
        Cell::text(listing.key.platform.to_string()),
        paid(listing.ask, money),
        paid(passed.max_price, money),
        paid(worth.map(|q| q.expected()), about),
        paid(passed.net_profit, about),
        passed.p_loss.map_or_else(|| Cell::text("—"), |p| Cell::number(percent(p), p)),
        Cell::text(passed.reasons.first().map_or_else(|| "—".into(), |r| sentence(&clean(&r.text)))),
    ]
}

/// How long listings stay and how their prices move.
pub(super) fn market(data: &ReportData) -> Option<Section> {
    let market = data.market.as_ref()?;
    let (figures, heading) = (plots::market(market), plots::market_heading(market)?);
    Some(Section { anchor: "market", name: "Market", heading, figures, ..Section::default() })
}

/// What came in, what was set aside, what is missing.
pub(super) fn quality(data: &ReportData) -> Section {
    let mut section = Section { anchor: "data", name: "Data", ..Section::default() };
    let summary = data.summary();
    section.heading = match summary.listings_read {
        0 if data.quality.platforms.is_empty() => "No data was read".into(),
        0 => "No new data in this run: it worked on listings read before".into(),
        read => {
            let kept = 1.0 - summary.rows_rejected as f64 / read as f64;
            format!("{} of {} were usable", percent(kept), plural(read, "row", "rows"))
        }
    };
    if data.quality.platforms.is_empty() {
        section.text.push("Freshness and missing fields of each platform will appear here.".into());
        return section;
    }
    section.tables.push(platforms(data));
    section.tables.extend(missing(&data.quality.platforms));
    section.tables.extend(quarantine(data));
    section
}

fn platforms(data: &ReportData) -> Table {
    let columns = ["Listings", "Newest", "Complete scans", "Capped scans"];
    let presences = autobazaaar_domain::Presence::ALL;
    let mut all = vec![Column::text("Platform")];
    all.extend(columns.iter().map(|name| Column::number(name)));
    all.extend(presences.iter().map(|presence| Column::number(&sentence(presence.as_str()))));
    let rows = data.quality.platforms.iter().map(|p| {
        let newest = match p.newest_observed_at {
            Some(at) => Cell::number(ago(at, data.generated_at), -(at.timestamp() as f64)).hover(moment(at)),
            None => Cell::text("unknown"),
        };
        let mut row = vec![Cell::text(p.platform.to_string()), Cell::count(p.listings), newest];
        row.extend([Cell::count(p.scans_complete), Cell::count(p.scans_capped)]);
        row.extend(presences.iter().map(|presence| {
            Cell::count(p.presence.iter().filter(|c| c.presence == *presence).map(|c| c.count).sum())
        }));
        row
    });
    Table {
        caption: "Where listings came from, how fresh they are, and what is still there".into(),
        columns: all,
        rows: rows.collect(),
    }
}

/// Field by platform; fields that are never missing are left out.
fn missing(platforms: &[PlatformQuality]) -> Option<Table> {
    let mut fields: Vec<&str> = Vec::new();
    for field in platforms.iter().flat_map(|p| &p.missing).filter(|f| f.share > 0.0) {
        if !fields.contains(&field.field.as_str()) {
            fields.push(&field.field);
        }
    }
    if fields.is_empty() {
        return None;
    }
    let mut columns = vec![Column::text("Missing")];
    columns.extend(platforms.iter().map(|p| Column::number(p.platform.as_str())));
    let row = |field: &&str| {
        let mut row = vec![Cell::text(clean(field))];
        row.extend(platforms.iter().map(|p| match p.missing.iter().find(|f| f.field == **field) {
            Some(found) => Cell::number(percent(found.share), found.share),
            None => Cell::text("—"),
        }));
        row
    };
    Some(Table {
        caption: "Share of listings without a field".into(),
        columns,
        rows: fields.iter().map(row).collect(),
    })
}

fn quarantine(data: &ReportData) -> Option<Table> {
    let total: u64 = data.quality.quarantine.iter().map(|q| q.count).sum();
    let mut reasons: Vec<_> = data.quality.quarantine.iter().collect();
    reasons.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    let rows = reasons.into_iter().map(|q| {
        vec![
            Cell::text(sentence(&clean(&q.text))).hover(clean(&q.code)),
            Cell::count(q.count),
            share(q.count, total),
            Cell::text(q.example.as_deref().map_or_else(|| "—".into(), clean)),
        ]
    });
    (total > 0).then(|| Table {
        caption: "Rows set aside (see them with autobazaaar quarantine)".into(),
        columns: vec![
            Column::text("Reason"),
            Column::number("Rows"),
            Column::number("Share"),
            Column::text("For example"),
        ],
        rows: rows.collect(),
    })
}

fn share(part: u64, whole: u64) -> Cell {
    let share = part as f64 / whole.max(1) as f64;
    Cell::number(percent(share), share)
}

/// What each stage did and how this run compares with earlier ones.
pub(super) fn runs(data: &ReportData) -> Section {
    let took: f64 = data.run.stages.iter().map(|stage| stage.seconds).filter(|s| s.is_finite()).sum();
    let peak = data.run.stages.iter().map(|stage| stage.peak_memory_bytes).max().unwrap_or(0);
    let heading = if data.run.stages.is_empty() {
        "No stage has run yet".into()
    } else {
        format!("This run took {} and at most {} of memory", seconds(took), bytes(peak))
    };
    let mut section = Section { anchor: "runs", name: "Runs", heading, ..Section::default() };
    if !data.run.stages.is_empty() {
        section.tables.push(stages(&data.run));
    }
    section.figures.extend(plots::run_history(data));
    section.tables.extend(history(data));
    section
}

fn stages(run: &Run) -> Table {
    let rows = run.stages.iter().map(|s| {
        vec![
            Cell::text(s.stage.to_string()),
            Cell::text(s.state.to_string()),
            Cell::count(s.rows_in),
            Cell::count(s.rows_out),
            Cell::count(s.rows_rejected),
            Cell::number(seconds(s.seconds), s.seconds),
            Cell::number(bytes(s.peak_memory_bytes), s.peak_memory_bytes as f64),
        ]
    });
    Table {
        caption: "Stages".into(),
        columns: vec![
            Column::text("Stage"),
            Column::text("State"),
            Column::number("Rows in"),
            Column::number("Rows out"),
            Column::number("Rejected"),
            Column::number("Time"),
            Column::number("Peak memory"),
        ],
        rows: rows.collect(),
    }
}

fn history(data: &ReportData) -> Option<Table> {
    const SHOWN: usize = 20;
    let mut past: Vec<_> = data.history.iter().collect();
    past.sort_by_key(|past| std::cmp::Reverse(past.run.started_at));
    let rows = past.into_iter().take(SHOWN).map(|past| {
        let run = &past.run;
        let read = run.stages.iter().filter(|s| s.stage == Stage::Ingest).map(|s| s.rows_in).sum();
        let took: f64 = run.stages.iter().map(|s| s.seconds).sum();
        let known = past.summary.as_ref();
        let dash = || Cell::text("—");
        vec![
            Cell::number(date(run.started_at), run.started_at.timestamp() as f64)
                .hover(moment(run.started_at)),
            Cell::text(short_id(&run.run_id.0)).hover(clean(&run.run_id.0)),
            Cell::text(run.state.to_string()),
            Cell::count(read),
            Cell::number(seconds(took), took),
            known.map_or_else(dash, |s| Cell::count(s.deals)),
            known.map_or_else(dash, |s| {
                Cell::number(about(s.net_profit, data.currency), s.net_profit.0 as f64)
            }),
        ]
    });
    (!data.history.is_empty()).then(|| Table {
        caption: "Earlier runs".into(),
        columns: vec![
            Column::text("Started"),
            Column::text("Run"),
            Column::text("State"),
            Column::number("Rows read"),
            Column::number("Time"),
            Column::number("Deals"),
            Column::number("Net profit"),
        ],
        rows: rows.collect(),
    })
}

/// What went wrong, worst first: the run's own errors and what else was reported.
pub(super) fn problems(data: &ReportData) -> Vec<Problem> {
    let mut all: Vec<Problem> = Vec::new();
    if matches!(data.run.state, RunState::Failed | RunState::Abandoned) {
        all.push(Problem {
            severity: Severity::Error,
            title: format!("The run was not finished ({})", data.run.state),
            message: failure(data),
            suggested_action: Some(
                "run `autobazaaar run` again: it goes on where this run was cut off".into(),
            ),
        });
    }
    for stage in &data.run.stages {
        let Some(error) = &stage.error else { continue };
        let told = all.iter().any(|problem| problem.message.contains(error.as_str()));
        if !told {
            all.push(Problem {
                severity: Severity::Error,
                title: format!("Stage {} failed", stage.stage),
                message: error.clone(),
                suggested_action: None,
            });
        }
    }
    all.extend(data.problems.iter().cloned());
    all.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    for problem in &mut all {
        problem.title = clean(&problem.title);
        problem.message = clean(&problem.message);
    }
    all
}

/// The heading over the problems.
pub(super) fn problems_heading(problems: &[Problem]) -> String {
    let bad = problems.iter().filter(|p| p.severity >= Severity::Error).count() as u64;
    let warnings = problems.iter().filter(|p| p.severity == Severity::Warning).count() as u64;
    match (bad, warnings) {
        (0, 0) => "Nothing went wrong".into(),
        (0, w) => plural(w, "warning", "warnings"),
        (b, 0) => format!("{} to look at", plural(b, "error", "errors")),
        (b, w) => format!("{} and {}", plural(b, "error", "errors"), plural(w, "warning", "warnings")),
    }
}
