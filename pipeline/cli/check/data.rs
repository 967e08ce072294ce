//! What is here: configuration, data folder, data tests, price models, runs, alerts.

use autobazaaar_domain::owner::AlertStatus;
use autobazaaar_domain::run::RunState;
use autobazaaar_lake::{Dataset, Lake};

use super::finding::{Finding, State};
use super::models;
use crate::cli::session::engine;
use crate::cli::{CliError, Context};
use crate::publish::checks::audit;
use crate::runner::open_sources;
use crate::searches::owner_store;

/// More alerts than anybody counts.
const MOST_ALERTS: u32 = 1_000;

/// Looks at everything that needs no network.
///
/// # Errors
/// When the lake or the store cannot be read at all.
pub fn findings(context: &Context<'_>) -> Result<Vec<Finding>, CliError> {
    let lake = Lake::new(&context.loaded.data_dir);
    let mut findings = vec![configuration(context), folder(context)];
    if !context.config().sources.is_empty() {
        findings.push(sources(context));
    }
    findings.extend(tests(context, &lake)?);
    findings.extend(models::findings(context, &lake)?);
    findings.extend(last_run(&lake)?);
    findings.extend(alerts(context)?);
    Ok(findings)
}

fn configuration(context: &Context<'_>) -> Finding {
    // A wrong one never gets here: loading it ends with its own findings.
    match &context.loaded.file {
        Some(path) => Finding::good("configuration", "file", path.display().to_string()),
        None => Finding::good("configuration", "file", "none: every setting has its default"),
    }
}

fn folder(context: &Context<'_>) -> Finding {
    let path = &context.loaded.data_dir;
    let shown = path.display();
    if !path.exists() {
        return Finding::good("data", "folder", format!("{shown} is not there yet; a first run makes it"));
    }
    match tempfile::tempfile_in(path) {
        Ok(_) => Finding::good("data", "folder", format!("{shown} can be written")),
        Err(error) => Finding::new(
            "data",
            "folder",
            State::Bad,
            format!("{shown} cannot be written: {error}"),
            Some("give yourself the right to write there, or name another by --data-dir".to_owned()),
        ),
    }
}

fn sources(context: &Context<'_>) -> Finding {
    match open_sources(context.config(), &context.loaded.base_dir) {
        Ok(files) => Finding::good("configuration", "sources", format!("{} files", files.len())),
        Err(error) => Finding::new(
            "configuration",
            "sources",
            State::Bad,
            error.to_string(),
            Some("correct [[sources]]".to_owned()),
        ),
    }
}

/// The data tests, over what counts in the lake.
fn tests(context: &Context<'_>, lake: &Lake) -> Result<Vec<Finding>, CliError> {
    let all = [
        Dataset::Observations,
        Dataset::Sightings,
        Dataset::Enriched,
        Dataset::Valuations,
        Dataset::Deals,
        Dataset::Decisions,
    ];
    let mut filled = Vec::new();
    for dataset in all {
        if !lake.entries(dataset)?.is_empty() {
            filled.push(dataset);
        }
    }
    if filled.is_empty() {
        return Ok(vec![Finding::good("data", "tests", "no listings yet")]);
    }
    let wrong = audit(&engine(context, lake)?, &filled)?;
    if wrong.is_empty() {
        let rows = lake.rows(Dataset::Observations)?;
        return Ok(vec![Finding::good("data", "tests", format!("{rows} contents hold to every test"))]);
    }
    let told = |found: crate::publish::checks::Finding| {
        let text =
            format!("{}: {} rows that must not be, such as {}", found.check, found.rows, found.example);
        let mend = "report it; do the stage that made them again, such as: autobazaaar run".to_owned();
        Finding::new("data", "tests", State::Bad, text, Some(mend))
    };
    Ok(wrong.into_iter().map(told).collect())
}

fn last_run(lake: &Lake) -> Result<Option<Finding>, CliError> {
    let Some(run) = lake.runs()?.into_iter().next_back() else { return Ok(None) };
    let (kind, at) = (&run.kind, run.started_at.format("%Y-%m-%d %H:%M UTC"));
    let mend = Some(format!("autobazaaar runs show {}", run.run_id));
    let error = run.error.as_deref().unwrap_or("no reason is recorded");
    Ok(Some(match run.state {
        RunState::Finished => Finding::good("data", "last run", format!("{kind} of {at} finished")),
        RunState::Running => {
            Finding::new("data", "last run", State::Odd, format!("{kind} of {at} has not ended"), mend)
        }
        RunState::Failed | RunState::Abandoned => {
            Finding::new("data", "last run", State::Odd, format!("{kind} of {at} did not end: {error}"), mend)
        }
    }))
}

/// Alerts that nobody has looked at.
fn alerts(context: &Context<'_>) -> Result<Option<Finding>, CliError> {
    let data_dir = &context.loaded.data_dir;
    if !data_dir.join("state").join("autobazaaar.db").exists() {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let open = runtime.block_on(async {
        let store = owner_store(data_dir, context.now(), &|| context.entropy.bits()).await?;
        let open = store.read().await?.alerts(Some(AlertStatus::New), MOST_ALERTS).await?;
        store.close().await?;
        Ok::<_, autobazaaar_store::StoreError>(open)
    })?;
    Ok(Some(match open.first() {
        None => Finding::good("data", "alerts", "none is new"),
        Some(newest) => Finding::new(
            "data",
            "alerts",
            State::Odd,
            format!("{} new, the newest: {}", open.len(), newest.title),
            Some("autobazaaar alerts".to_owned()),
        ),
    }))
}
